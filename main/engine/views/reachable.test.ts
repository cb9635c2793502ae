import { expect, it } from 'vitest';
import { ok } from '../../../shared/model/fault.ts';
import { reachable, type CasePlaces } from './reachable.ts';

/** Whether the raw text of a log at a path is read. */
async function isRead(path: string, places: Partial<CasePlaces>): Promise<boolean> {
  const read: string[] = [];
  const readRaw = reachable(
    (of) => {
      read.push(of);
      return ok({ text: 'raw', language: 'text' });
    },
    { file: '', opened: new Set(), ...places },
  );
  const answer = await readRaw(path, 'evtx', 0, 1);
  expect(answer.ok).toBe(read.length === 1);
  return answer.ok;
}

it('a case file cannot have logs read from other computers', async () => {
  const shares = [
    '\\\\evil\\share\\a.evtx',
    '//evil/share/a.evtx',
    '\\\\?\\UNC\\evil\\share\\a.evtx',
    '\\\\.\\pipe\\a',
  ];
  for (const path of shares) {
    expect([path, await isRead(path, { file: 'C:\\cases\\one.case' })]).toEqual([path, false]);
    expect([path, await isRead(path, { opened: new Set([path]) })]).toEqual([path, true]);
  }
});

it('logs of this computer, and of the share of the case, are read', async () => {
  expect(await isRead('C:\\logs\\a.evtx', { file: 'C:\\cases\\one.case' })).toBe(true);
  expect(await isRead('/var/log/a.evtx', { file: '/home/one.case' })).toBe(true);
  expect(await isRead('\\\\files\\ir\\logs\\a.evtx', { file: '\\\\FILES\\ir\\one.case' })).toBe(true);
  expect(await isRead('\\\\files\\other\\a.evtx', { file: '\\\\files\\ir\\one.case' })).toBe(false);
});
