import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Manifest, MessagePiece, MessagesRead, MessageTable } from './api.ts';
import { arbitraryMessages, arbitraryProviders } from './pe/arbitrary-messages.ts';
import { writeManifest, writeMessageTable, writePe, type WrittenProvider } from './pe/pe-writer.test-data.ts';
import { readExecutable } from './read-executable.ts';

function read(bytes: Buffer, name = 'sample.dll'): MessagesRead {
  return readExecutable({ size: bytes.length, read: (from, length) => bytes.subarray(from, from + length) }, name);
}

const tablesOf = (read: MessagesRead) => read.pieces.filter((piece): piece is MessageTable => piece.kind === 'table');

/** What the reader must make of a provider: templates and maps that no event leads to are not in it. */
function expected(provider: WrittenProvider): unknown {
  return {
    guid: provider.guid,
    name: provider.name,
    events: provider.events.map(({ id, version, messageId, template }) => {
      const fields = template === undefined ? undefined : provider.templates[template];
      return { id, version, messageId, fields: fields?.map(({ name, map }) => ({ name, map: mapOf(provider, map) })) };
    }),
  };
}

function resolved(manifest: Manifest): unknown {
  return {
    guid: manifest.guid,
    name: manifest.name,
    events: manifest.events.map(({ id, version, messageId, template }) => {
      const fields = template === undefined ? undefined : manifest.templates[template];
      return { id, version, messageId, fields: fields?.map(({ name, map }) => ({ name, map: mapOf(manifest, map) })) };
    }),
  };
}

function mapOf<T>({ maps }: { readonly maps: readonly T[] }, index: number | undefined): T | undefined {
  return index === undefined ? undefined : maps[index];
}

describe('executables', () => {
  it('gives the messages of tables, in every language', () => {
    fc.assert(
      fc.property(arbitraryMessages, arbitraryMessages, fc.boolean(), (english, german, is64) => {
        const bytes = writePe(
          [
            { type: 11, language: 0x409, data: writeMessageTable(english) },
            { type: 16, language: 0x409, data: Buffer.from('a version') },
            { type: 11, language: 0x407, data: writeMessageTable(german) },
          ],
          is64,
        );
        const found = read(bytes, 'Sample.DLL.mui');
        expect(found.faults).toEqual([]);
        const wanted = [
          ['en-US', english],
          ['de-DE', german],
        ] as const;
        expect(tablesOf(found).map(({ file, language, ids, texts }) => ({ file, language, ids, texts }))).toEqual(
          wanted
            .filter(([, messages]) => messages.length > 0)
            .map(([language, messages]) => {
              const sorted = [...messages].sort((a, b) => a.id - b.id);
              return {
                file: 'sample.dll',
                language,
                ids: sorted.map(({ id }) => id),
                texts: sorted.map(({ text }) => text),
              };
            }),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('gives the events of manifests, with the names and the maps of their values', () => {
    fc.assert(
      fc.property(arbitraryProviders, fc.boolean(), (providers, isOld) => {
        const bytes = writePe([{ type: 'WEVT_TEMPLATE', language: 0x409, data: writeManifest(providers, isOld) }]);
        const found = read(bytes);
        expect(found.faults).toEqual([]);
        expect(found.pieces.map((piece) => resolved(piece as Manifest))).toEqual(providers.map(expected));
      }),
      { numRuns: 60 },
    );
  });

  it('reads texts that are not Unicode by the code page of their language', () => {
    const data = writeMessageTable([{ id: 1, text: '\u00cf\u00f0\u00e8', isUnicode: false }]);
    const [table] = tablesOf(read(writePe([{ type: 11, language: 0x419, data }])));
    expect(table?.texts).toEqual(['При']);
  });

  it('has nothing to say of files without message data', () => {
    expect(read(writePe([{ type: 16, language: 0, data: Buffer.from('x') }]))).toEqual({ pieces: [], faults: [] });
    expect(read(writePe([]))).toEqual({ pieces: [], faults: [] });
  });

  it('says where a file breaks off, and keeps what it has', () => {
    const data = writeMessageTable([
      { id: 1, text: 'one', isUnicode: true },
      { id: 9, text: 'nine', isUnicode: true },
    ]);
    // The second block's entries are said to lie beyond the resource.
    data.writeUInt32LE(data.length + 4, 4 + 12 + 8);
    const bytes = writePe([{ type: 11, language: 0, data }]);
    const found = read(bytes);
    expect(tablesOf(found).map(({ texts }) => texts)).toEqual([['one']]);
    const start = bytes.indexOf(data);
    expect(found.faults).toEqual([
      { code: 'damaged-source', message: 'It goes on beyond its end', offset: start + data.length },
    ]);
    expect(read(bytes.subarray(0, 0x90)).faults).toEqual([
      { code: 'damaged-source', message: 'The file ends before what it announces', offset: 0x90 },
    ]);
  });

  it('does not let blocks that share their texts make more of them than there are bytes', () => {
    const out = Buffer.alloc(4 + 12 * 1000 + 32_000);
    out.writeUInt32LE(1000, 0);
    for (let block = 0; block < 1000; block++) {
      out.writeUInt32LE(block, 4 + block * 12);
      out.writeUInt32LE(block, 8 + block * 12);
      out.writeUInt32LE(4 + 12 * 1000, 12 + block * 12);
    }
    out.writeUInt16LE(30_000, 4 + 12 * 1000);
    out.fill('a', 4 + 12 * 1000 + 4);
    const found = read(writePe([{ type: 11, language: 0, data: out }]));
    expect(tablesOf(found)[0]?.ids.length).toBe(1);
    expect(found.faults).toHaveLength(1);
    expect(found.faults[0]?.message).toContain('share their texts');
  });
});

/** Numbers that hurt where a length, a count or an offset is meant. */
const EVIL = [
  0, 1, 2, 3, 4, 7, 0x10, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff,
];

describe('hostile executables', () => {
  it('neither throw nor give more than they hold, and their faults lie within them', () => {
    const change = fc.tuple(fc.nat(), fc.constantFrom(...EVIL), fc.constantFrom(1, 2, 4));
    fc.assert(
      fc.property(
        arbitraryMessages,
        arbitraryProviders,
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat(), { nil: undefined }),
        (messages, providers, changes, cut) => {
          const whole = writePe([
            { type: 11, language: 0x409, data: writeMessageTable(messages) },
            { type: 'WEVT_TEMPLATE', language: 0x409, data: writeManifest(providers) },
          ]);
          // Bytes of the headers' padding mean nothing: most changes go where something is.
          const used = [...whole.keys()].filter((at) => at < 0x40 || (at >= 0x80 && at < 0x1c0) || at >= 0x400);
          for (const [place, value, size] of changes) {
            const at = Math.min(used[place % used.length] as number, whole.length - 4);
            if (size === 4) whole.writeUInt32LE(value, at);
            else if (size === 2) whole.writeUInt16LE(value & 0xffff, at);
            else whole.writeUInt8(value & 0xff, at);
          }
          const bytes = cut === undefined ? whole : whole.subarray(0, cut % (whole.length + 1));
          const found = read(bytes);
          for (const fault of found.faults) {
            expect(fault.offset).toBeGreaterThanOrEqual(0);
            expect(fault.offset).toBeLessThanOrEqual(bytes.length);
          }
          expect(JSON.stringify(found.pieces).length).toBeLessThan(40 * bytes.length + 4096);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(`skipped: ${program} is not installed`);
    return false;
  }
}

const PREFIX = 'x86_64-w64-mingw32-';

describe.runIf(isInstalled(`${PREFIX}windmc`) && isInstalled(`${PREFIX}ld`))('what GNU windmc and ld write', () => {
  it('is read in both languages', () => {
    const folder = mkdtempSync(join(tmpdir(), 'windmc-'));
    try {
      writeFileSync(
        join(folder, 'm.mc'),
        'LanguageNames=(English=0x409:ENU German=0x407:DEU)\nMessageId=7\nLanguage=English\nService %1 stopped.\n.\n' +
          'Language=German\nDienst %1 beendet.\n.\nMessageId=300\nSeverity=Error\nLanguage=English\nLost %2!d! of %1%n\n.\n' +
          'Language=German\nVerloren\n.\n',
      );
      const run = (program: string, ...args: string[]) => execFileSync(PREFIX + program, args, { cwd: folder });
      run('windmc', '-U', 'm.mc');
      // What windmc writes has comments, for which windres wants a C compiler; so does anything but our own "last".
      const language = (name: string, primary: number) => `LANGUAGE ${primary}, 1\n1 MESSAGETABLE "${name}.bin"\n`;
      writeFileSync(join(folder, 'm.rc'), language('ENU', 9) + language('DEU', 7));
      writeFileSync(join(folder, 'last.sh'), '#!/bin/sh\nfor file; do :; done\ncat "$file"\n', { mode: 0o755 });
      run('windres', '--preprocessor', './last.sh', 'm.rc', '-O', 'coff', '-o', 'm.o');
      run('ld', '-shared', '-o', 'm.dll', 'm.o');
      const found = read(readFileSync(join(folder, 'm.dll')), 'm.dll');
      expect(found.faults).toEqual([]);
      const byLanguage = (pieces: readonly MessagePiece[]) =>
        Object.fromEntries(
          pieces.map((piece) => [
            (piece as MessageTable).language,
            [(piece as MessageTable).ids, (piece as MessageTable).texts],
          ]),
        );
      expect(byLanguage(found.pieces)).toEqual({
        'en-US': [
          [7, 0xc000012c],
          ['Service %1 stopped.\n', 'Lost %2!d! of %1%n\n'],
        ],
        'de-DE': [
          [7, 0xc000012c],
          ['Dienst %1 beendet.\n', 'Verloren\n'],
        ],
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
