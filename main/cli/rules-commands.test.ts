import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli } from '../testing/run-cli.ts';
import type { RuleCheck } from '../scan/api.ts';

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);

function put(path: string, text: string): void {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), text);
}

const ID = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
const rule = (n: number, line: string): string =>
  `title: Rule ${n}\nid: ${ID(n)}\nname: rule_${n}\nlogsource: {product: windows, category: process_creation}\n` +
  `detection:\n  sel:\n    ${line}\n  condition: sel\nlevel: high\n`;
const event = (record: number, second: number, image: string): string =>
  `${JSON.stringify({
    '@timestamp': `2024-05-01T08:00:0${second}.1234567Z`,
    winlog: {
      channel: 'Microsoft-Windows-Sysmon/Operational',
      provider_name: 'Microsoft-Windows-Sysmon',
      event_id: 1,
      computer_name: 'ws01',
      record_id: record,
      event_data: { Image: image, User: 'u' },
    },
  })}\n`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-cli-'));
  put('ok/good.yml', rule(1, "Image|endswith: '\\tool.exe'"));
  put('bad/unknown.yml', rule(2, "Image|sounds_like: 'x'"));
  put('bad/lookahead.yml', rule(3, "Image|re: '(?=x)'"));
  put('bad/absent.yml', rule(4, "Nope: 'x'"));
  put('bad/broken.yml', 'detection: [unclosed\n');
  put('bad/other.yml', 'just: yaml\n');
  put('logs/a.json', event(7, 1, 'C:\\tool.exe') + event(8, 2, 'C:\\tool.exe'));
  put(
    'set/many.yml',
    'title: Many\ncorrelation:\n  type: event_count\n  rules: [rule_1]\n  group-by: [User]\n  timespan: 1m\n' +
      '  condition: {gte: 2}\nlevel: critical\n---\n' +
      rule(1, "Image|endswith: '\\tool.exe'"),
  );
  const info = (tests: string): string =>
    `id: x\nrule_metadata:\n  - id: ${ID(1)}\n    title: Rule <1>\nregression_tests_info:\n${tests}`;
  const test = (name: string, path: string, more = ''): string =>
    `  - name: ${name}\n    type: json\n    provider: P\n    path: regression_data/rules/${path}\n${more}`;
  put('repo/rules/one.yml', rule(1, "Image|endswith: '\\tool.exe'"));
  put('repo/regression_data/rules/one/hit.json', event(1, 1, 'C:\\tool.exe') + event(2, 2, 'C:\\tool.exe'));
  put('repo/regression_data/rules/one/miss.json', event(1, 1, 'C:\\other.exe'));
  put(
    'repo/regression_data/rules/one/info.yml',
    info(
      test('Positive Detection Test', 'one/hit.json', '    match_count: 2\n') +
        test('Negative Detection Test', 'one/miss.json'),
    ),
  );
  put(
    'wrong/regression_data/rules/one/info.yml',
    info(
      test('Positive Detection Test', 'one/miss.json') +
        test('Negative Detection Test', 'one/hit.json') +
        test('Positive Detection Test', 'one/gone.json') +
        '  - name: No path\n',
    ),
  );
  put('wrong/regression_data/rules/one/hit.json', event(1, 1, 'C:\\tool.exe'));
  put('wrong/regression_data/rules/one/miss.json', event(1, 1, 'C:\\other.exe'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What we write of SARIF 2.1.0, by its schema and no more. */
const sarifLog = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string().min(1),
          semanticVersion: z.string().regex(/^\d+\.\d+\.\d+/),
          rules: z.array(
            z.strictObject({
              id: z.string().min(1),
              shortDescription: z.strictObject({ text: z.string().min(1) }),
              defaultConfiguration: z.strictObject({ level: z.enum(['error', 'warning', 'note']) }),
            }),
          ),
        }),
      }),
      columnKind: z.literal('utf16CodeUnits'),
      results: z.array(
        z.strictObject({
          ruleId: z.string().min(1),
          ruleIndex: z.number().int().min(0),
          level: z.enum(['error', 'warning', 'note']),
          message: z.strictObject({ text: z.string().min(1) }),
          locations: z.tuple([
            z.strictObject({
              physicalLocation: z.strictObject({
                artifactLocation: z.strictObject({ uri: z.string().min(1) }),
                region: z.strictObject({
                  startLine: z.number().int().min(1),
                  startColumn: z.number().int().min(1),
                  endLine: z.number().int().min(1),
                  endColumn: z.number().int().min(1),
                }),
              }),
            }),
          ]),
          properties: z.strictObject({ detectionRuleId: z.string() }).optional(),
        }),
      ),
    }),
  ]),
});

/** Attributes that each element may have, by junit-10.xsd of Jenkins' xUnit plugin; those of a case are required. */
const JUNIT: Readonly<Record<string, readonly string[]>> = {
  testsuites: ['name', 'time', 'tests', 'failures', 'errors'],
  testsuite: ['name', 'tests', 'failures', 'errors', 'time', 'file'],
  testcase: ['name', 'classname', 'time'],
  failure: ['message', 'type'],
  error: ['message', 'type'],
  'system-out': [],
};

/** The elements of JUnit XML in order, with what the suites count. Fails on what the schema does not know. */
function junitElements(text: string): string[] {
  const elements: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    expect(JUNIT[name]).toEqual(expect.arrayContaining(Object.keys(attributes)));
    const counts = ['tests', 'failures', 'errors'].flatMap((key) =>
      attributes[key] ? [`${key}=${attributes[key]}`] : [],
    );
    elements.push([name, ...counts].join(' '));
  });
  parser.write(text).close();
  return elements;
}

describe('rules check', () => {
  it('lists every fault at its place, in the agreed keys, and fails on errors', async () => {
    const { code, out, err } = await runCli('rules', 'check', at('ok'), at('bad'), '--format', 'json');
    expect(code).toBe(1);
    const check = JSON.parse(out) as RuleCheck;
    expect(Object.keys(check)).toEqual(['files', 'rules', 'run', 'notRun', 'findings']);
    expect(check).toMatchObject({ files: 5, rules: 5, run: 2, notRun: 3 });
    const errors = check.findings.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code: kind, line, column, ruleId }) => [kind, line, column, ruleId])).toContainEqual([
      'sigma-unknown-modifier',
      7,
      11,
      ID(2),
    ]);
    expect(errors.map(({ code: kind }) => kind)).toEqual(expect.arrayContaining(['yaml-syntax', 'regex-refused']));
    expect(Object.keys(errors[0] ?? {})).toEqual([
      ...['file', 'line', 'column', 'endLine', 'endColumn', 'severity', 'code', 'message', 'ruleId'],
    ]);
    expect(err).toContain('1 file without a rule left out');
    expect(err).toMatch(/Cannot +3/);
  });

  it('says with logs which rules can never fire, and passes where there are no errors', async () => {
    const { code, out } = await runCli('rules', 'check', at('ok'), at('bad', 'absent.yml'), '--logs', at('logs'));
    expect(code).toBe(0);
    const file = at('bad', 'absent.yml');
    expect(out).toContain(
      `${file}:1:1: info: Cannot fire on these logs: no such event has the field Nope [cannot-fire] (${ID(4)})\n`,
    );
    expect(out).not.toContain('good.yml');
  });

  it('writes SARIF with a reporting rule and a region for each finding', async () => {
    const out = at('check.sarif');
    expect((await runCli('rules', 'check', at('bad'), '--format', 'sarif', '--out', out)).code).toBe(1);
    const log = sarifLog.parse(JSON.parse(readFileSync(out, 'utf8')));
    const [{ tool, results }] = log.runs;
    expect(results.length).toBeGreaterThan(3);
    for (const { ruleId, ruleIndex, locations } of results) {
      expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
      const { artifactLocation, region } = locations[0].physicalLocation;
      expect(artifactLocation.uri).toMatch(/^file:\/\/\/.*\.yml$/);
      const { startLine, startColumn, endLine, endColumn } = region;
      expect(endLine > startLine || (endLine === startLine && endColumn >= startColumn)).toBe(true);
    }
  });

  it('fails where nothing can be read, and on wrong use', async () => {
    expect((await runCli('rules', 'check', at('logs'))).code).toBe(1);
    expect((await runCli('rules', 'check', at('gone'))).code).toBe(1);
    expect((await runCli('rules', 'check')).code).toBe(2);
    expect((await runCli('rules', 'check', at('ok'), '--format', 'xml')).code).toBe(2);
    expect((await runCli('rules')).code).toBe(2);
  });
});

describe('rules test', () => {
  it('passes where positive tests hit and negative ones do not', async () => {
    const { code, out, err } = await runCli('rules', 'test', at('repo', 'regression_data'));
    expect({ code, err }).toEqual({ code: 0, err: '2 tests: 2 passed, 0 failed, 0 errors\n' });
    expect(out.match(/^ok /gm)?.length).toBe(2);
  });

  it('tells what failed from what could not be run', async () => {
    const { code, out } = await runCli(
      ...['rules', 'test', at('wrong'), '--rules', at('repo', 'rules'), '--format', 'json'],
    );
    expect(code).toBe(1);
    const report = JSON.parse(out) as { results: { outcome: string; expected: string; hits: number }[] };
    expect(report).toMatchObject({ tests: 3, passed: 0, failed: 2, errors: 2, faults: [{ line: 18 }] });
    expect(report.results.map(({ outcome, expected, hits }) => [outcome, expected, hits])).toEqual([
      ['failed', 'hit', 0],
      ['failed', 'none', 1],
      ['error', 'hit', 0],
    ]);
  });

  it('writes JUnit XML', async () => {
    const { out } = await runCli('rules', 'test', at('wrong'), '--rules', at('repo', 'rules'), '--format', 'junit');
    expect(junitElements(out)).toEqual([
      ...['testsuites tests=4 failures=2 errors=2', 'testsuite tests=4 failures=2 errors=2'],
      ...['testcase', 'failure', 'system-out', 'testcase', 'failure', 'system-out', 'testcase', 'error', 'system-out'],
      ...['testcase', 'error'],
    ]);
  });

  it('fails without tests, and without the rule', async () => {
    expect((await runCli('rules', 'test', at('ok'))).code).toBe(1);
    const { code, err } = await runCli('rules', 'test', at('repo'), '--rules', at('bad'));
    expect({ code, err }).toEqual({ code: 1, err: '2 tests: 0 passed, 0 failed, 2 errors\n' });
  });
});

describe('scan', () => {
  it('gives the hits of correlations in the agreed keys, after those of single events', async () => {
    const { code, out } = await runCli('scan', at('logs'), '--rules', at('set'), '--format', 'jsonl');
    expect(code).toBe(0);
    const hits = out.trimEnd().split('\n');
    expect(hits.length).toBe(1);
    const hit = JSON.parse(hits[0] ?? '') as Record<string, unknown>;
    expect(Object.keys(hit)).toEqual([
      ...[
        'ruleId',
        'title',
        'level',
        'file',
        'recordId',
        'time',
        'computer',
        'channel',
        'eventId',
        'fields',
        'related',
      ],
    ]);
    expect(hit).toMatchObject({
      ...{ title: 'Many', level: 'critical', file: at('logs', 'a.json'), recordId: 8 },
      ...{ time: '2024-05-01T08:00:02.1234567Z', computer: 'ws01', eventId: 1, fields: { User: 'u', count: '2' } },
    });
  });
});
