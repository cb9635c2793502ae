import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../testing/run-cli.ts';
import type { ScanHit } from '../scan/api.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

const failed = (record: number, second: number, user: string, id = 4625): string =>
  `${JSON.stringify({
    '@timestamp': `2024-05-01T08:00:${String(second).padStart(2, '0')}.0000000Z`,
    winlog: {
      channel: 'Security',
      provider_name: 'Microsoft-Windows-Security-Auditing',
      event_id: id,
      computer_name: 'dc01',
      record_id: record,
      event_data: { TargetUserName: user },
    },
  })}\n`;

const single = (name: string, eventId: number): string => `title: ${name}
name: ${name}
logsource: {product: windows, service: security}
detection:
  sel: {EventID: ${eventId}}
  condition: sel
level: low
`;

const RULES = [
  single('failed_logon', 4625),
  single('logon', 4624),
  `title: Many failed
name: many_failed
correlation:
  type: event_count
  rules: [failed_logon]
  group-by: [TargetUserName]
  timespan: 1m
  condition: {gte: 3}
level: medium
generate: true
`,
  `title: Guessed
correlation:
  type: temporal_ordered
  rules: [many_failed, logon]
  group-by: [TargetUserName]
  timespan: 5m
level: high
`,
].join('---\n');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'correlation-cli-'));
  writeFileSync(at('rules.yml'), RULES);
  // Two files, the later events in the first.
  writeFileSync(at('a.jsonl'), failed(9, 40, 'jo') + failed(10, 50, 'jo', 4624));
  writeFileSync(at('b.jsonl'), failed(1, 10, 'jo') + failed(2, 15, 'al') + failed(3, 20, 'jo'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('hits of correlations', () => {
  it('name the events that made them, over files and correlations of correlations', async () => {
    const { code, out } = await runCli('scan', folder, '--rules', at('rules.yml'), '--format', 'jsonl');
    expect(code).toBe(0);
    const hits = out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ScanHit);
    const guessed = hits.find(({ title }) => title === 'Guessed');
    expect(guessed).toMatchObject({ recordId: 10, fields: { TargetUserName: 'jo' } });
    expect(guessed?.related?.map(({ recordId }) => recordId)).toEqual([1, 3, 9, 10]);
    expect(guessed?.related?.[0]).toEqual({
      file: at('b.jsonl'),
      recordId: 1,
      time: '2024-05-01T08:00:10.0000000Z',
    });
    expect(hits.filter(({ related }) => related === undefined).map(({ title }) => title)).not.toContain('Guessed');
  });

  it('stay as they are for rules about one event', async () => {
    writeFileSync(at('one.yml'), single('logon', 4624));
    const { out } = await runCli('scan', at('a.jsonl'), '--rules', at('one.yml'), '--format', 'jsonl');
    expect(Object.keys(JSON.parse(out) as ScanHit)).not.toContain('related');
  });
});
