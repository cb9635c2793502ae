import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCacheFile, writeCacheFile } from './cache-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cache-file-'));
  path = join(folder, 'below', 'a.cache');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const LINES = ['one', '', 'zwölf', '{"a":1}'];
const read = async (content = 'test', limit?: number) =>
  (await readCacheFile(path, content, limit))?.map((line) => line.toString());

describe('a cache file', () => {
  it('gives the lines that were written last', async () => {
    expect(await read()).toBeUndefined();
    expect(await writeCacheFile(path, 'test', ['before'])).toMatchObject({ ok: true });
    expect(await writeCacheFile(path, 'test', LINES)).toMatchObject({ ok: true });
    expect(await read()).toEqual(LINES);
    expect(readdirSync(join(folder, 'below'))).toEqual(['a.cache']);
    if (process.platform !== 'win32') expect(statSync(join(folder, 'below')).mode & 0o77).toBe(0);
  });

  it('is as good as none where it holds something else, is too large, or is of another build', async () => {
    await writeCacheFile(path, 'test', LINES);
    expect(await read('other')).toBeUndefined();
    const { size } = statSync(path);
    expect(await read('test', size - 1)).toBeUndefined();
    expect(await read('test', size)).toEqual(LINES);
    const [header = '', ...rest] = readFileSync(path, 'utf8').split('\n');
    const { program, ...others } = JSON.parse(header) as Record<string, string>;
    expect(program).toMatch(/^[0-9a-f]{64}$/);
    writeFileSync(path, [JSON.stringify({ ...others, program: '0' }), ...rest].join('\n'));
    expect(await read()).toBeUndefined();
  });

  it('is as good as none where any byte of it is another, or it was cut', async () => {
    await writeCacheFile(path, 'test', LINES);
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, by, cut) => {
          const damaged = Buffer.from(cut ? whole.subarray(0, at) : whole);
          if (!cut) damaged[at] = (damaged[at] as number) ^ by;
          writeFileSync(path, damaged);
          expect(await read()).toBeUndefined();
        },
      ),
      { numRuns: 100 },
    );
    expect(await writeCacheFile(path, 'test', LINES)).toMatchObject({ ok: true });
    expect(await read()).toEqual(LINES);
  });

  it('is whole whoever writes at the same time', async () => {
    const texts = Array.from('abcdefgh').map((letter) => [letter.repeat(300_000), letter]);
    const seen = new Set<string>();
    let isWriting = true;
    const reading = (async () => {
      while (isWriting) {
        const lines = await read();
        if (lines) expect([300_000, lines[0]?.[0]]).toEqual([lines[0]?.length, lines[1]]);
        seen.add(lines?.[1] ?? '');
      }
    })();
    const written = await Promise.all(texts.map((lines) => writeCacheFile(path, 'test', lines)));
    isWriting = false;
    await reading;
    expect(written.every(({ ok }) => ok)).toBe(true);
    expect(texts).toContainEqual(await read());
    expect(readdirSync(join(folder, 'below'))).toEqual(['a.cache']);
  });

  it('says that it cannot be written, and harms nothing', async () => {
    writeFileSync(join(folder, 'below'), 'a file');
    expect(await writeCacheFile(path, 'test', LINES)).toMatchObject({ ok: false, fault: { code: 'storage-failed' } });
    expect(readFileSync(join(folder, 'below'), 'utf8')).toBe('a file');
    // The superuser may write everywhere.
    if (process.platform === 'win32' || process.getuid?.() === 0) return;
    chmodSync(folder, 0o500);
    expect(await writeCacheFile(join(folder, 'b.cache'), 'test', LINES)).toMatchObject({ ok: false });
    chmodSync(folder, 0o700);
  });
});
