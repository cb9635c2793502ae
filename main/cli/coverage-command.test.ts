import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CoverageJson } from '../../shared/catalog/coverage/render-coverage.ts';
import { runCli } from '../testing/run-cli.ts';

let folder: string;
let logs: string;
let rules: string;
const SECURITY = { Channel: 'Security', Provider_Name: 'Microsoft-Windows-Security-Auditing' };
const SYSMON = 'Microsoft-Windows-Sysmon/Operational';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coverage-cli-'));
  logs = join(folder, 'logs.jsonl');
  rules = join(folder, 'rules.yml');
  const event = (id: number, data: Record<string, string>) => JSON.stringify({ ...SECURITY, EventID: id, ...data });
  writeFileSync(
    logs,
    [
      event(4688, { NewProcessName: 'C:\\a\\plink.exe', CommandLine: 'plink -R 1' }),
      event(4688, { NewProcessName: 'C:\\a\\other.exe', CommandLine: 'x' }),
      event(4616, { SubjectUserName: 'x' }),
    ].join('\n'),
  );
  writeFileSync(
    rules,
    [
      rule('Hits', 'process_creation', "Image|endswith: '\\plink.exe'", 't1572'),
      rule('Could hit', 'process_creation', "Image|endswith: '\\nothere.exe'", 't1021.001'),
      rule('Lacks its events', 'dns_query', "QueryName|endswith: '.example'", 't1071.004'),
      rule('Cannot run', 'process_creation', "CommandLine|re: '(?<=a)b'", 't1003'),
    ].join('---\n'),
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function rule(title: string, category: string, selection: string, tag: string): string {
  return `title: ${title}
id: 00000000-0000-0000-0000-0000000000${String(title.length).padStart(2, '0')}
level: high
tags: [attack.${tag}]
logsource: { product: windows, category: ${category} }
detection:
  selection:
    ${selection}
  condition: selection
`;
}

const run = (...args: string[]) => runCli('catalog', 'coverage', ...args);

it('tells techniques by their rules, the events of the logs, and hits', async () => {
  const { code, out } = await run(logs, '--rules', rules, '--format', 'json');
  expect(code).toBe(0);
  const { techniques, unread, hasLogs } = JSON.parse(out) as CoverageJson;
  expect(hasLogs).toBe(true);
  expect(techniques.map(({ technique, state, run: n, hits }) => [technique, state, n, hits])).toEqual([
    ['T1003', 'ready', 0, 0],
    ['T1021', 'ready', 1, 0],
    ['T1021.001', 'ready', 1, 0],
    ['T1071', 'absent', 1, 0],
    ['T1071.004', 'absent', 1, 0],
    ['T1572', 'hit', 1, 1],
  ]);
  expect(techniques.at(-1)?.events).toContainEqual({ channel: 'Security', eventId: 4688, rules: 1, open: 2 });
  expect(unread).toEqual([{ channel: 'Security', eventId: 4616, events: 1 }]);
});

it('writes a table, a layer and CSV', async () => {
  const table = await run(logs, '--rules', rules);
  expect(table.out).toMatch(/^T1572 +Protocol Tunneling +hits +1 +1 +0 +0 +1 /m);
  expect(table.out).toMatch(new RegExp(`^T1071\\.004 .*events absent.* ${SYSMON} 22`, 'm'));
  expect(table.err).toContain('Techniques hits: 1');
  const file = join(folder, 'layer.json');
  expect(await run(logs, '--rules', rules, '--format', 'navigator', '--out', file)).toMatchObject({ code: 0, out: '' });
  const layer = JSON.parse(readFileSync(file, 'utf8')) as { techniques: { techniqueID: string; score: number }[] };
  expect(layer).toMatchObject({ name: 'logs.jsonl', domain: 'enterprise-attack' });
  expect(layer.techniques.find(({ techniqueID }) => techniqueID === 'T1572')?.score).toBe(3);
  expect((await run(logs, '--rules', rules, '--format', 'csv')).out).toMatch(/^T1572,Protocol Tunneling,/m);
});

it('tells wrong calls from failures', async () => {
  expect((await run(logs)).code).toBe(2);
  expect((await run(logs, '--rules', rules, '--format', 'picture')).code).toBe(2);
  expect((await run(logs, '--rules', join(folder, 'none'))).code).toBe(1);
  expect((await run(join(folder, 'none'), '--rules', rules)).code).toBe(1);
});
