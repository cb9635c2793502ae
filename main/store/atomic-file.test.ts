import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeAtomically } from './atomic-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atomic-'));
  path = join(folder, 'a.rwcase');
  writeFileSync(path, 'old');
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

/** No process has it: numbers end far below. */
const GONE = 2 ** 30;

it('holds what was there before until all of the new is written', async () => {
  const written = await writeAtomically(path, async (write) => {
    await write(Buffer.from('new '));
    // Whoever is killed here leaves the file as it was.
    expect(readFileSync(path, 'utf8')).toBe('old');
    await write(Buffer.from('content'));
  });
  expect(written).toMatchObject({ ok: true, value: { bytes: 11 } });
  expect(readFileSync(path, 'utf8')).toBe('new content');
  expect(readdirSync(folder)).toEqual(['a.rwcase']);
});

it('leaves nothing behind where the content cannot be made', async () => {
  const failing = writeAtomically(path, async (write) => {
    await write(Buffer.from('half'));
    throw new Error('bug');
  });
  await expect(failing).rejects.toThrow('bug');
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['a.rwcase']);
});

it.each([
  ['ENOSPC', 'the disk is full'],
  ['EROFS', 'this place is read-only'],
  ['ESTALE', 'the system says ESTALE'],
])('says what %s means, and that the old file is whole', async (code, why) => {
  const written = await writeAtomically(path, () => Promise.reject(Object.assign(new Error(code), { code })));
  expect(written).toMatchObject({
    ok: false,
    fault: { code: 'storage-failed', message: expect.stringContaining(why) as string },
  });
  expect(readFileSync(path, 'utf8')).toBe('old');
});

it('says that the folder is gone, or is no folder', async () => {
  const write = (to: string) => writeAtomically(to, (put) => put(Buffer.from('x')));
  expect(await write(join(folder, 'gone', 'a'))).toMatchObject({
    fault: { message: expect.stringContaining('folder') as string },
  });
  mkdirSync(join(folder, 'taken'));
  expect(await write(join(folder, 'taken'))).toMatchObject({ ok: false, fault: { code: 'storage-failed' } });
});

it('clears away what a writer that was killed has left, and nothing of one that may still run', async () => {
  const leftover = (pid: number, name = 'a.rwcase'): string => join(folder, `${name}.${pid}-lk3.part`);
  const kept = [
    leftover(process.pid),
    leftover(GONE, 'b.rwcase'),
    join(folder, 'a.rwcase.notes.part'),
    leftover(GONE + 1),
  ];
  const old = new Date(Date.now() - 2 * 3_600_000);
  for (const file of [...kept, leftover(GONE)]) {
    writeFileSync(file, 'half');
    // The last but one was left a moment ago: perhaps by another machine.
    if (file !== leftover(GONE + 1)) utimesSync(file, old, old);
  }
  await writeAtomically(path, (write) => write(Buffer.from('new')));
  expect(existsSync(leftover(GONE))).toBe(false);
  for (const file of kept) expect(existsSync(file)).toBe(true);
});
