import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../shared/model/fault.ts';
import { loadSqlite, SqliteFile } from '../store/sqlite.ts';
import { projectRoot } from '../testing/corpus.ts';
import { importMessages, looksLikeMessages, type ImportReport } from './import-messages.ts';
import { MessageBook, type MessageKey } from './message-book.ts';
import { MessageBooks } from './message-books.ts';
import { readMessageFiles } from './message-files.ts';
import { PackFolder } from './pack-folder.ts';
import { writeManifest, writeMessageTable, writePe, type WrittenProvider } from './pe/pe-writer.test-data.ts';

const root = mkdtempSync(join(tmpdir(), 'messages-'));
let made = 0;
let from: string;
let kept: string;
beforeEach(() => {
  from = join(root, `from-${made}`);
  kept = join(root, `kept-${made++}`);
  mkdirSync(from);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const GUID = '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}';

function put(name: string, content: string | Uint8Array): string {
  const path = join(from, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function importAll(paths: readonly string[] = [from], provider?: string): Promise<Result<ImportReport>> {
  return importMessages(
    {
      roots: paths.map((path) => ({ path, name: path.slice(path.lastIndexOf('/') + 1) })),
      provider,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    },
    new PackFolder(kept),
  );
}

const books = new MessageBooks(join(projectRoot, 'rules'));

function message(key: Partial<MessageKey>, values: Readonly<Record<string, string>> = {}): string | undefined {
  const whole = { provider: '', providerGuid: '', eventId: 1, version: 0, qualifiers: undefined, ...key };
  const list = Object.entries(values).map(([field, value]) => ({ field, value }));
  return books
    .of(kept)?.(whole, list)
    ?.parts.map((part) => part.text)
    .join('');
}

const table = (messages: Readonly<Record<number, string>>) =>
  writeMessageTable(Object.entries(messages).map(([id, text]) => ({ id: Number(id), text, isUnicode: true })));

const manifest: WrittenProvider = {
  guid: GUID,
  name: 'Vendor-Agent',
  events: [
    { id: 1, version: 0, messageId: 0xb0000001, template: 0 },
    { id: 1, version: 2, messageId: 0xb0000002, template: 1 },
    { id: 2, version: 0, messageId: undefined, template: undefined },
  ],
  templates: [
    [{ name: 'Process' }, { name: 'State', map: 0 }],
    [{ name: 'Process' }, { name: 'Flags', map: 1 }, { name: 'Reason' }],
  ],
  maps: [
    {
      isBits: false,
      entries: [
        [0, 0xd0000001],
        [1, 0xd0000002],
      ],
    },
    {
      isBits: true,
      entries: [
        [1, 0xf0000001],
        [4, 0xf0000002],
      ],
    },
  ],
};

const agentTexts = {
  0xb0000001: '%1 is %2%n\r\n',
  0xb0000002: '%1 has %2, since %3\r\n',
  0xd0000001: 'stopped\r\n',
  0xd0000002: 'running\r\n',
  0xf0000001: 'read\r\n',
  0xf0000002: 'write\r\n',
};

describe('message data of executables', () => {
  it('joins a manifest with the texts of its MUI file, in whatever order they come', async () => {
    const dll = put(
      'agent.dll',
      writePe([{ type: 'WEVT_TEMPLATE', language: 0x409, data: writeManifest([manifest]) }]),
    );
    const mui = (language: string, identifier: number, texts: Readonly<Record<number, string>>) =>
      put(`${language}/agent.dll.mui`, writePe([{ type: 11, language: identifier, data: table(texts) }]));
    const german = mui('de-DE', 0x407, { 0xb0000001: '%1 ist %2' });
    expect(await importAll([german])).toMatchObject({ ok: true });
    expect(message({ providerGuid: GUID })).toBeUndefined();
    expect(await importAll([dll])).toMatchObject({ ok: true });
    expect(message({ providerGuid: GUID }, { Process: 'a.exe', State: '1' })).toBe('a.exe ist 1');
    // English goes first.
    expect(await importAll([mui('en-US', 0x409, agentTexts)])).toMatchObject({ ok: true });
    expect(message({ providerGuid: GUID.toUpperCase() }, { State: '1', Process: 'a.exe' })).toBe('a.exe is running');
    expect(message({ provider: 'vendor-agent' }, { State: '7', Process: 'a.exe' })).toBe('a.exe is 7');
    // Bits are named where all of them are known.
    const three = { Process: 'x', Flags: '5', Reason: 'y' };
    expect(message({ providerGuid: GUID, version: 2 }, three)).toBe('x has read | write, since y');
    expect(message({ providerGuid: GUID, version: 2 }, { ...three, Flags: '0x6' })).toBe('x has 0x6, since y');
    // A version that the manifest does not have is taken for the newest.
    expect(message({ providerGuid: GUID, version: 9 }, three)).toBe('x has read | write, since y');
    expect(message({ providerGuid: GUID, eventId: 2 })).toBeUndefined();
    expect(message({ providerGuid: GUID, eventId: 3 })).toBeUndefined();
  });

  it('finds a classic provider’s text by qualifiers and id, under the name that the user gives', async () => {
    const dll = put('classic.dll', writePe([{ type: 11, language: 0x409, data: table({ 0x40000007: 'Hello %1' }) }]));
    expect(await importAll([dll], 'My Service')).toMatchObject({ ok: true });
    const values = { Data: 'you' };
    expect(message({ provider: 'my service', eventId: 7, qualifiers: 0x4000 }, values)).toBe('Hello you');
    expect(message({ provider: 'My Service', eventId: 7, qualifiers: 0x8000 }, values)).toBeUndefined();
    // Exports often lose the qualifiers.
    expect(message({ provider: 'My Service', eventId: 7 }, values)).toBe('Hello you');
    expect(message({ provider: 'Another', eventId: 7, qualifiers: 0x4000 }, values)).toBeUndefined();
  });

  it('gives the texts that stand for numbers in values, by the provider’s parameter file', async () => {
    put(
      'msobjs.dll',
      writePe([{ type: 11, language: 0x409, data: table({ 1833: 'Impersonation\r\n', 4416: 'ReadData' }) }]),
    );
    put('kernel32.dll', writePe([{ type: 11, language: 0x409, data: table({ 1833: 'something else' }) }]));
    put(
      'adtschema.dll',
      writePe([{ type: 11, language: 0x409, data: table({ 4624: 'Level: %1, access: %2. %%4416' }) }]),
    );
    expect(await importAll()).toMatchObject({ ok: true });
    const security = { provider: 'Microsoft-Windows-Security-Auditing', eventId: 4624, qualifiers: 0 };
    expect(message(security, { Level: '%%1833', Access: '%%4416\n\t%%9999' })).toBe(
      'Level: Impersonation, access: ReadData\n\t%%9999. ReadData',
    );
  });
});

describe('numbers that stand for texts', () => {
  it('are looked up in the manifest’s file, but never as the text of an event', async () => {
    const events = [
      { id: 1, version: 0, messageId: 1, template: undefined },
      { id: 2, version: 0, messageId: 2, template: undefined },
    ];
    const own: WrittenProvider = { guid: GUID, name: 'Own', events, templates: [], maps: [] };
    put(
      'own.dll',
      writePe([
        { type: 'WEVT_TEMPLATE', language: 0x409, data: writeManifest([own]) },
        { type: 11, language: 0x409, data: table({ 1: '%1 and %2', 2: 'an event', 50: 'fifty' }) },
      ]),
    );
    expect(await importAll()).toMatchObject({ ok: true });
    expect(message({ providerGuid: GUID }, { Data: '%%50', 'Data[2]': '%%2' })).toBe('fifty and %%2');
  });

  it('are left as they are in a classic provider’s events where no parameter file is known', async () => {
    const dll = put('c.dll', writePe([{ type: 11, language: 0x409, data: table({ 7: 'got %1', 5: 'event five' }) }]));
    await importAll([dll], 'Classic');
    expect(message({ provider: 'Classic', eventId: 7, qualifiers: 0 }, { Data: '%%5' })).toBe('got %%5');
  });
});

describe('lists of providers', () => {
  const own = {
    provider: 'Vendor-Agent',
    guid: GUID,
    events: [{ id: 1, version: 0, title: 'Started', message: '%1 by %2', fields: ['Image', 'User'] }],
    parameters: { 12: 'twelve' },
  };

  it('reads our own form, by the names of its fields', async () => {
    const file = put('own.json', JSON.stringify(own));
    expect(await importAll([file])).toMatchObject({ ok: true, value: { files: [{ providers: 1, messages: 1 }] } });
    expect(message({ provider: 'Vendor-Agent' }, { User: 'u', Image: 'i %%12' })).toBe('i twelve by u');
    // A value that is absent leaves its place empty, and does not shift the others.
    expect(message({ providerGuid: GUID }, { User: 'u' })).toBe(' by u');
    // Without any of the names the order is what there is.
    expect(message({ provider: 'Vendor-Agent' }, { Data: 'a', 'Data[2]': 'b' })).toBe('a by b');
  });

  it.each(['utf8', 'utf16le', 'utf16be'])('reads what PowerShell writes of Get-WinEvent, in %s', async (encoding) => {
    const text = JSON.stringify([
      {
        Name: 'Microsoft-Windows-Sysmon',
        Id: GUID.slice(1, -1),
        Events: [
          {
            Id: 3,
            Version: 5,
            Description: 'Network connection:\nTo: %2\nImage: %1',
            Template:
              '<template xmlns="http://schemas.microsoft.com/win/2004/08/events">\r\n' +
              '  <data name="Image" inType="win:UnicodeString"/><data name="DestinationIp"/></template>',
          },
          { Id: 4, Version: 1, Description: null, Template: '' },
        ],
      },
    ]);
    const bytes = Buffer.from(`\ufeff${text}`, encoding === 'utf8' ? 'utf8' : 'utf16le');
    put('list.json', encoding === 'utf16be' ? bytes.swap16() : bytes);
    expect(await importAll()).toMatchObject({ ok: true, value: { files: [{ faults: [] }] } });
    const values = { DestinationIp: '10.0.0.1', Image: 'a.exe' };
    expect(message({ providerGuid: GUID, eventId: 3, version: 5 }, values)).toBe(
      'Network connection:\nTo: 10.0.0.1\nImage: a.exe',
    );
    expect(message({ providerGuid: GUID, eventId: 4, version: 1 })).toBeUndefined();
  });

  it('takes from PowerShell’s list which files hold the texts of a classic provider', async () => {
    const sql = {
      Name: 'SQLAgent',
      Id: '00000000-0000-0000-0000-000000000000',
      MessageFilePath: 'C:\\SQL\\Binn\\sqlmsg.rll;C:\\Windows\\more.dll',
      ParameterFilePath: 'C:\\SQL\\Binn\\params.dll',
      Events: [{ Id: 0x80000065, Description: 'Warned of %1' }],
    };
    put('list.json', JSON.stringify([sql]));
    put('SQLMSG.RLL', writePe([{ type: 11, language: 0x409, data: table({ 0x40000064: '%1 because of %2' }) }]));
    put('params.dll', writePe([{ type: 11, language: 0x409, data: table({ 5: 'a fault' }) }]));
    expect(await importAll()).toMatchObject({ ok: true });
    const key = { provider: 'SQLAgent', eventId: 100, qualifiers: 0x4000 };
    expect(message(key, { Data: 'stopped', 'Data[2]': '%%5' })).toBe('stopped because of a fault');
    expect(message({ ...key, eventId: 101, qualifiers: 0x8000 }, { Data: 'it' })).toBe('Warned of it');
    expect(message({ ...key, eventId: 101, qualifiers: 0x4000 }, { Data: 'it' })).toBeUndefined();
    // A GUID of zeros is nobody's.
    expect(message({ providerGuid: sql.Id, eventId: 101 }, { Data: 'it' })).toBeUndefined();
  });

  it('reads the tables of an SQLite file that have the columns, and runs no views', async () => {
    const file = new SqliteFile(await loadSqlite());
    file.exec(`
      CREATE TABLE anything(provider TEXT, ID INTEGER, message TEXT, version INTEGER, fields TEXT, more TEXT);
      CREATE TABLE other(a, b);
      CREATE VIEW seen AS SELECT 'Vendor-Agent' AS provider, 1 AS id, 'from a view' AS message;
      INSERT INTO anything VALUES ('Vendor-Agent', 1, 'A %1 B %2', 0, '["Two","One"]', ''), ('Vendor-Agent', 1, '%1', 1, 'One, Two', ''),
        ('', 2, 'nobody', 0, '', ''), ('Vendor-Agent', 'x', 'no number', 0, '', '');`);
    put('providers.db', file.image());
    expect(await importAll()).toMatchObject({ ok: true, value: { files: [{ messages: 2 }] } });
    expect(message({ provider: 'Vendor-Agent' }, { One: '1', Two: '2' })).toBe('A 2 B 1');
    expect(message({ provider: 'Vendor-Agent', version: 1 }, { One: '1', Two: '2' })).toBe('1');
  });

  it('reads the databases that EventLogExpert makes', async () => {
    const file = new SqliteFile(await loadSqlite());
    file.exec(
      'CREATE TABLE "ProviderDetails"("ProviderName" TEXT PRIMARY KEY, "Messages" BLOB, "Parameters" BLOB, "Events" BLOB)',
    );
    const packed = (list: unknown) => gzipSync(JSON.stringify(list));
    const modern = {
      Id: 1,
      Version: 2,
      Description: '%2 by %1',
      Template: '<template><data name="User"/><data name="Image"/></template>',
    };
    file.insert('ProviderDetails', [
      [
        'Modern',
        packed([{ RawId: 0x40000009, ShortId: 9, Text: 'classic %1\r\n' }]),
        packed([{ RawId: 1833, Text: 'Impersonation' }]),
        packed([modern]),
      ],
      ['Damaged', 'x', new Uint8Array([1, 2]), packed([modern])],
      ['Older', '[]', null, JSON.stringify([modern])],
    ]);
    put('providers.db', file.image());
    const report = await importAll();
    expect(report).toMatchObject({
      ok: true,
      value: { files: [{ providers: 2, faults: [{ code: 'damaged-source' }] }] },
    });
    const values = { Image: 'a.exe', User: '%%1833' };
    expect(message({ provider: 'Modern', version: 2 }, values)).toBe('a.exe by Impersonation');
    expect(message({ provider: 'Older', version: 2 }, values)).toBe('a.exe by %%1833');
    expect(message({ provider: 'Modern', eventId: 9, qualifiers: 0x4000 }, { Data: 'text' })).toBe('classic text');
  });

  it('says what is wrong, and keeps the rest', async () => {
    put(
      'a.json',
      JSON.stringify([own, { name: 'B', events: [{ id: 'x' }, { id: 5, message: 'five' }, 7] }, { events: [] }]),
    );
    put('b.json', '{"provider": "C",\n "events": [');
    put('c.json', '[1, 2]');
    put('LocaleMetaData/log_1033.MTA', 'x');
    put('d.db', `SQLite format 3\0${'\x07'.repeat(2000)}`);
    const report = await importAll();
    if (!report.ok) throw new Error(report.fault.message);
    expect(report.value.others).toBe(1);
    expect(
      report.value.files.map(({ name, messages, faults }) => [name.split('/').at(-1), messages, faults.length]),
    ).toEqual([
      ['log_1033.MTA', 0, 1],
      ['a.json', 2, 3],
      ['b.json', 0, 1],
      ['d.db', 0, 1],
    ]);
    expect(message({ provider: 'B', eventId: 5 })).toBe('five');
    expect(await importAll([join(from, 'b.json')])).toMatchObject({ ok: false, fault: { code: 'damaged-source' } });
    expect(await importAll([join(from, 'c.json')])).toMatchObject({ ok: false, fault: { code: 'not-found' } });
  });
});

describe('the folder of imports', () => {
  it('replaces an import by the same one, and forgets what is removed', async () => {
    const file = put('a.json', JSON.stringify({ provider: 'P', events: [{ id: 1, message: 'old' }] }));
    await importAll([file]);
    expect(message({ provider: 'P' })).toBe('old');
    put('a.json', JSON.stringify({ provider: 'P', events: [{ id: 1, message: 'the new one' }] }));
    await importAll([file]);
    const folder = new PackFolder(kept);
    expect(folder.list().packs).toHaveLength(1);
    expect(message({ provider: 'P' })).toBe('the new one');
    expect(folder.remove(folder.list().packs[0]?.id ?? '')).toBe(true);
    expect(folder.remove('../../etc')).toBe(false);
    expect(message({ provider: 'P' })).toBeUndefined();
  });

  it('survives any damage to what it keeps', async () => {
    put(
      'agent.dll',
      writePe([
        { type: 'WEVT_TEMPLATE', language: 0x409, data: writeManifest([manifest]) },
        { type: 11, language: 0x409, data: table(agentTexts) },
      ]),
    );
    await importAll();
    const [name] = readdirSync(kept) as [string];
    const whole = readFileSync(join(kept, name));
    const files = readMessageFiles(join(projectRoot, 'rules'));
    fc.assert(
      fc.property(
        fc.nat({ max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, by, isCut) => {
          const bytes = Buffer.from(isCut ? whole.subarray(0, at) : whole);
          if (!isCut) bytes[at] = (bytes[at] as number) ^ by;
          writeFileSync(join(kept, name), bytes);
          const folder = new PackFolder(kept);
          const { packs, faults } = folder.list();
          expect(packs.length + faults.length).toBe(1);
          const key = { provider: '', providerGuid: GUID, eventId: 1, version: 0, qualifiers: undefined };
          const book = new MessageBook(folder, files);
          book.refresh();
          expect(() => book.find(key)).not.toThrow();
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('messages that would not end', () => {
  it('are cut', async () => {
    put(
      'a.json',
      JSON.stringify({
        provider: 'P',
        events: [{ id: 1, message: '%1'.repeat(50_000) }],
        parameters: { 1: 'x'.repeat(50_000) },
      }),
    );
    await importAll();
    const key = { provider: 'P', providerGuid: '', eventId: 1, version: 0, qualifiers: undefined };
    const cut = books.of(kept)?.(key, [{ field: 'Data', value: '%%1'.repeat(50_000) }]);
    expect(cut?.isCut).toBe(true);
    expect(cut?.parts.reduce((sum, part) => sum + part.text.length, 0)).toBe(200_000);
  });
});

describe('what holds message data, by its beginning', () => {
  it.each([
    ['{"provider":"A","events":[]}', true],
    ['[{"Name":"A","Id":"…","Events":[{"Id":1', true],
    ['{"winlog":{"provider_name":"A"},"message":"x"}', false],
    ['{"events":[{"provider":"A","event_id":1}]}', false],
    ['<Events>', false],
    ['MZ\x90', true],
    ['ElfFile\0', false],
  ])('%j: %j', (text, isOne) => {
    expect(looksLikeMessages(Buffer.from(text, 'latin1'))).toBe(isOne);
  });
});
