import { zipSync } from 'fflate';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusPath } from '../testing/corpus.ts';
import { runCli } from '../testing/run-cli.ts';
import type { IngestReport } from './ingest-report-command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  mkdirSync(join(folder, 'logs'));
  const log = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, 'logs', name), content);
  };
  const json = '{"time":"2024-05-01T08:15:02.1234567Z"}\n{"a":tru}\n{"time":"2024-04-30T00:00:00+02:00"}\n{"b":1}\n';
  log('a.log', json);
  log(
    'b.zip',
    zipSync({ 'inner/x.csv': Buffer.from('time,host\n2024-05-01 08:15:02,a\n'), '../y': Buffer.from('{}') }),
  );
  log('c', gzipSync(Buffer.from(json)));
  log('readme', 'hello');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const report = (...args: string[]) => runCli('ingest-report', ...args);

describe('ingest-report', () => {
  it('reads times without a zone in the one that is given', async () => {
    const first = async (...args: string[]): Promise<unknown> => {
      const { out } = await report(join(folder, 'logs', 'b.zip'), '--format', 'json', ...args);
      return (JSON.parse(out) as IngestReport).files.find(({ file }) => file.endsWith('x.csv'))?.firstTime;
    };
    expect(await first()).toBe('2024-05-01T08:15:02Z');
    expect(await first('--zone', 'Asia/Tokyo')).toBe('2024-04-30T23:15:02Z');
    expect(await first('--zone', '-03:30')).toBe('2024-05-01T11:45:02Z');
    expect((await report(folder, '--zone', 'Mars/Base')).code).toBe(2);
  });

  it('tells of each file what became of it, in the agreed keys', async () => {
    const logs = join(folder, 'logs');
    const { code, out, err } = await report(logs, '--format', 'json');
    expect(code).toBe(0);
    const { files, totals } = JSON.parse(out) as IngestReport;
    const json = {
      records: 3,
      recovered: 0,
      damaged: 1,
      leftOut: 0,
      firstTime: '2024-04-29T22:00:00Z',
      lastTime: '2024-05-01T08:15:02.1234567Z',
    };
    const broken = {
      code: 'damaged-source',
      offset: 40,
      line: 2,
      message: 'Invalid JSON, column 6: expected a value, found "t"',
    };
    expect(files).toEqual([
      { file: `${logs}/a.log`, format: 'ndjson', state: 'read', bytes: 95, ...json, faultCount: 1, faults: [broken] },
      {
        file: `${logs}/b.zip/inner/x.csv`,
        format: 'csv',
        state: 'read',
        bytes: 32,
        records: 1,
        recovered: 0,
        damaged: 0,
        leftOut: 0,
        faultCount: 1,
        faults: [{ code: 'note', message: 'Times without a zone were read as UTC', offset: 10, line: 2 }],
        firstTime: '2024-05-01T08:15:02Z',
        lastTime: '2024-05-01T08:15:02Z',
      },
      expect.objectContaining({ file: `${logs}/b.zip/../y`, format: null, state: 'failed', firstTime: null }),
      expect.objectContaining({ file: `${logs}/c`, format: 'ndjson', ...json, faults: [broken] }),
      expect.objectContaining({ file: `${logs}/readme`, state: 'skipped', records: 0, faultCount: 1 }),
    ]);
    expect(Object.keys(files[0] ?? {})).toEqual([
      'file',
      'format',
      'state',
      'bytes',
      'records',
      'recovered',
      'damaged',
      'leftOut',
      'faultCount',
      'faults',
      'firstTime',
      'lastTime',
    ]);
    expect(totals).toEqual({ files: 5, records: 7, recovered: 0, damaged: 2, leftOut: 0, faults: 5 });
    expect(err).toContain('Files      5 (3 read, 1 failed, 1 skipped)');
  });

  it('prints a table with the place of each fault, to a file too', async () => {
    const path = join(folder, 'report.txt');
    const { code, out } = await report(join(folder, 'logs'), '--out', path);
    expect([code, out]).toEqual([0, '']);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines[0]).toMatch(
      /^STATE +FORMAT +RECORDS +RECOVERED +DAMAGED +FAULTS +BYTES +FIRST \(UTC\) +LAST \(UTC\) +FILE$/,
    );
    expect(lines[1]).toMatch(
      /^read +ndjson +3 +0 +1 +1 +95 +2024-04-29T22:00:00Z +2024-05-01T08:15:02\.1234567Z +.*a\.log$/,
    );
    expect(lines[2]).toBe(
      '        line 2, byte 40: Invalid JSON, column 6: expected a value, found "t" [damaged-source]',
    );
    expect(lines.at(-2)).toMatch(/^total +7 +0 +2 +5 +5 files$/);
  });

  it('fails where no log could be read', async () => {
    expect((await report(join(folder, 'logs', 'readme'))).code).toBe(1);
    expect((await report(join(folder, 'gone'), '--format', 'json')).code).toBe(1);
    expect((await report()).code).toBe(2);
  });

  const corpus = corpusPath('corpus', 'evtx-damaged');
  it.skipIf(corpus === undefined)('tells of damaged EVTX files, and of what is recovered', async () => {
    const { out } = await report(corpus as string, '--format', 'json', '--recover');
    const { files, totals } = JSON.parse(out) as IngestReport;
    expect(files.length).toBeGreaterThan(20);
    expect(totals.recovered).toBeGreaterThan(0);
    const located = files.flatMap(({ faults }) => faults).filter(({ offset }) => offset !== null);
    expect(located.length).toBeGreaterThan(10);
  });
});
