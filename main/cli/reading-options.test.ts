import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import type { IngestReport } from './ingest-report-command.ts';

let folder: string;
let log: string;
let rules: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reading-'));
  log = join(folder, 'log.json');
  rules = join(folder, 'rule.yml');
  const event = (n: number, time: string, channel: string) =>
    JSON.stringify({ '@timestamp': time, winlog: { channel, event_id: 1, record_id: n, event_data: { Image: 'a' } } });
  const lines = [
    event(1, '2024-05-01T08:00:00Z', 'Security'),
    event(2, '2024-05-01T10:00:00.5Z', 'Security'),
    event(3, '2024-05-01T12:00:00Z', 'System'),
    event(4, 'no time', 'security'),
  ];
  writeFileSync(log, lines.join('\n'));
  writeFileSync(
    rules,
    'title: A\nlogsource:\n  product: windows\ndetection:\n  s:\n    Image: a\n  condition: s\nlevel: low\n',
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const records = (out: string): number[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { recordId: number }).recordId);

describe('--from, --to and --channels', () => {
  it('leave out what is not of the time or the channels, and say how much and why', async () => {
    const time = await runCli('events', log, '--from', '2024-05-01 08:00:00.1', '--to', '2024-05-01T12:00:00Z');
    expect(records(time.out)).toEqual([2, 4]);
    expect(time.err).toContain(
      'Events     2\nLeft out   2 events: before 2024-05-01T08:00:00.100000Z, or not before 2024-05-01T12:00:00Z\n',
    );
    const channel = await runCli('events', log, '--channels', 'SECURITY', 'Setup', '--to', '2024-05-02');
    expect(records(channel.out)).toEqual([1, 2, 4]);
    expect(channel.err).toContain('Left out   1 event: not before 2024-05-02T00:00:00Z, or not of SECURITY, Setup\n');
    expect((await runCli('events', log)).err).not.toContain('Left out');
  });

  it('take a time by its own zone, else by --zone', async () => {
    expect(records((await runCli('events', log, '--to', '2024-05-01T12:00:00+03:00')).out)).toEqual([1, 4]);
    const zoned = await runCli('events', log, '--zone', 'Europe/Berlin', '--from', '2024-05-01T12:30');
    expect(records(zoned.out)).toEqual([3, 4]);
  });

  it('hold for hits and for the report', async () => {
    const scan = await runCli('scan', log, '--rules', rules, '--format', 'jsonl', '--channels', 'System');
    expect(records(scan.out)).toEqual([3]);
    expect(scan.err).toContain('Left out   3 events: not of System\n');
    const json = await runCli('ingest-report', log, '--format', 'json', '--from', '2024-05-01T11:00:00Z');
    const { files, totals } = JSON.parse(json.out) as IngestReport;
    expect(files).toMatchObject([{ records: 2, leftOut: 2, firstTime: '2024-05-01T12:00:00Z' }]);
    expect(totals).toMatchObject({ records: 2, leftOut: 2 });
    const table = await runCli('ingest-report', log, '--from', '2024-05-01T11:00:00Z');
    expect(table.out).toContain('\n        2 events left out, as chosen\n');
  });

  it('are refused where they mean nothing', async () => {
    const bad = await runCli('events', log, '--from', 'yesterday');
    expect(bad.code).toBe(2);
    expect(bad.err).toContain('It is no time: write 2024-05-01');
    const turned = await runCli('ingest-report', log, '--from', '2024-05-01', '--to', '2024-05-01T00:00Z');
    expect(turned).toMatchObject({ code: 2, out: '' });
    expect(turned.err).toContain("the time of '--to' is not after that of '--from'");
    expect((await runCli('events', log, '--channels')).code).toBe(2);
  });
});
