import { describe, expect, it } from 'vitest';
import type { CatalogRule } from '../../catalog-rule.ts';
import { brief } from './brief.test-data.ts';
import { readElastic } from './read.ts';

const RULE = String.raw`[metadata]
creation_date = "2024/01/02"
maturity = "production"

[rule]
author = ["One", "Two"]
description = """
What it does.
"""
index = ["logs-a-*", "winlogbeat-*"]
language = "eql"
name = "A rule"
rule_id = "00000000-0000-0000-0000-000000000001"
severity = "high"
tags = ["OS: Windows", "OS: macOS", "Data Source: Sysmon", "Tactic: Execution"]
type = "eql"
query = '''
process where host.os.type == "windows" and event.category : "process" and
  process.name : ("a.exe", "*b.exe") and not process.args : "x\\y"
'''

[[rule.threat]]
framework = "MITRE ATT&CK"
[[rule.threat.technique]]
id = "T1021"
name = "x"
[[rule.threat.technique.subtechnique]]
id = "T1021.004"
name = "y"
`;

const only = (text: string, file = 'rules/cross-platform/a.toml'): CatalogRule => {
  const { rules, diagnostics } = readElastic(text, file);
  expect(diagnostics).toEqual([]);
  expect(rules).toHaveLength(1);
  return rules[0] as CatalogRule;
};

/** The rule with other lines in place of some of its own. */
const changed = (...pairs: readonly (readonly [string | RegExp, string])[]): string =>
  pairs.reduce((text, [from, to]) => text.replace(from, () => to), RULE);

describe('a rule file of Elastic', () => {
  it('gives the rule and what it says of itself', () => {
    expect(only(RULE)).toMatchObject({
      vendor: 'elastic',
      language: 'eql',
      id: '00000000-0000-0000-0000-000000000001',
      title: 'A rule',
      description: 'What it does.',
      status: 'production',
      level: 'high',
      author: 'One, Two',
      date: '2024-01-02',
      techniques: ['T1021', 'T1021.004'],
      platforms: ['windows', 'macos'],
      sequence: undefined,
      notParsed: [],
      notRunnable: '',
    });
  });

  it('names platforms by folder, tag and test', () => {
    expect(only(RULE, 'rules/linux/a.toml').platforms).toEqual(['linux', 'windows', 'macos']);
    expect(only(RULE, 'C:\\r\\integrations\\aws_bedrock\\a.toml').platforms[0]).toBe('aws');
    expect(only(RULE, '/home/linux/rules/macos/a.toml').platforms[0]).toBe('macos');
    expect(only(changed([/tags = .*/, 'tags = []'], ['== "windows"', '!= "windows"'])).platforms).toEqual([]);
  });

  it('names the sources of its query', () => {
    expect(only(RULE).queries[0]?.sources.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'event_category process',
      'index logs-a-*',
      'index winlogbeat-*',
      'data_source Sysmon',
    ]);
  });

  it('gives predicates whose places are in the file', () => {
    const [query] = only(RULE).queries;
    expect(brief(query?.predicates)).toEqual({
      and: [
        'host.os.type eq windows',
        'event.category eq~ process',
        { or: ['process.name eq~ a.exe', 'process.name ends_with~ b.exe'] },
        { not: 'process.args eq~ x\\y' },
      ],
    });
    const places: string[] = [];
    const collect = (expr: unknown): void => {
      if (Array.isArray(expr)) expr.forEach(collect);
      else if (typeof expr === 'object' && expr !== null) {
        const node = expr as Record<string, unknown>;
        for (const value of (node['values'] as { span: { start: number; end: number } }[] | undefined) ?? []) {
          places.push(RULE.slice(value.span.start, value.span.end));
        }
        collect(node['children']);
        collect(node['child']);
      }
    };
    collect(query?.predicates);
    expect(places).toEqual(['"windows"', '"process"', '"a.exe"', '"*b.exe"', String.raw`"x\\y"`]);
  });

  it('adds saved filters to the query', () => {
    const text = `${RULE}
[[rule.filters]]
[rule.filters.meta]
negate = true
[rule.filters.query.wildcard."file.path"]
case_insensitive = true
value = 'C:\\\\x\\\\*'
[[rule.filters]]
[rule.filters.meta]
disabled = true
[rule.filters.query.exists]
field = "never"
[[rule.filters]]
[rule.filters.meta]
negate = false
[rule.filters.query.bool]
must_not = [{ terms = { a = ["1", "2"] } }]
should = [{ match_phrase = { b = "3" } }, { range = { c = { gte = 4 } } }]
`;
    const rule = only(changed(["'''\nprocess where", "'''\nprocess where"]) + text.slice(RULE.length));
    expect(brief(rule.queries[0]?.predicates)).toMatchObject({
      and: [
        {},
        { not: 'file.path starts_with~ C:\\x\\' },
        { and: [{ not: 'a eq 1,2' }, { or: ['b eq 3', 'c gte 4'] }] },
      ],
    });
    expect(rule.condition).toBeDefined();
  });

  it('says which filter it does not understand, and does not run the rule', () => {
    const rule = only(`${RULE}\n[[rule.filters]]\n[rule.filters.query.script]\nsource = "x"\n`);
    expect(rule.notParsed.map(({ code, severity }) => [severity, code])).toEqual([['warning', 'elastic-filter-part']]);
    expect(rule.condition).toBeUndefined();
    expect(rule.notRunnable).toContain('script');
    expect(rule.queries[0]?.predicates).toBeDefined();
  });

  it('lists a machine learning rule without a query and without fault', () => {
    const rule = only(
      changed(
        [/query = '''[^]*?'''/, 'machine_learning_job_id = "job"'],
        [/language = .*\n/, ''],
        [/type = "eql"/, 'type = "machine_learning"'],
      ),
    );
    expect(rule).toMatchObject({ language: 'none', queries: [], notParsed: [], condition: undefined });
    expect(rule.notRunnable).toContain('job');
  });

  it('does not run what needs more than single events, and says why', () => {
    const kuery = [
      [/query = '''[^]*?'''/, 'query = "a:b"'],
      [/language = .*/, 'language = "kuery"'],
    ] as const;
    const threshold = only(
      changed(...kuery, ['type = "eql"', 'type = "threshold"']) + '\n[rule.threshold]\nfield = ["user.id"]\n',
    );
    expect(threshold).toMatchObject({
      condition: undefined,
      notRunnable: 'The rule counts events per user.id (threshold)',
    });
    const match = only(
      changed(...kuery, ['type = "eql"', 'type = "threat_match"']) +
        '\n[[rule.threat_mapping]]\n[[rule.threat_mapping.entries]]\nfield = "source.ip"\ntype = "mapping"\nvalue = "threat.ip"\n',
    );
    expect(brief(match.queries[0]?.predicates)).toEqual({ and: ['a eq b', 'source.ip in_lookup threat.ip'] });
    expect(match.condition).toBeUndefined();
    const plain = only(changed(...kuery, ['type = "eql"', 'type = "query"']));
    expect(brief(plain.condition)).toBe('a eq b');
  });

  it('points into the file at a query that is wrong', () => {
    const text = changed(['process.name : (', 'process.name : : (']);
    const rule = only(text);
    expect(rule.queries).toEqual([]);
    expect(rule.notParsed).toHaveLength(1);
    const [fault] = rule.notParsed;
    expect(fault?.severity).toBe('error');
    expect(fault?.span.start).toBe(text.indexOf(': : (') + 2);
    expect(rule.title).toBe('A rule');
  });

  it('takes bad files as they come', () => {
    const bad = readElastic('[rule]\nname = "x\n', 'a.toml');
    expect(bad.rules).toEqual([]);
    expect(bad.diagnostics).toMatchObject([{ severity: 'error', code: 'elastic-bad-toml' }]);
    expect(bad.diagnostics[0]?.span.start).toBeGreaterThan(7);
    expect(readElastic('[tool]\na = 1\n', 'a.toml').diagnostics).toMatchObject([
      { severity: 'info', code: 'elastic-no-rule' },
    ]);
    expect(readElastic('', 'a.toml').rules).toEqual([]);
    expect(only('[rule]\nquery = 3\nlanguage = "sql"\ntags = 7\nthreat = "x"\nfilters = [1]\n')).toMatchObject({
      notParsed: [{ code: 'elastic-unknown-language' }],
      tags: ['7'],
    });
    expect(only('[rule]\nlanguage = "eql"\n').notParsed).toMatchObject([{ code: 'elastic-no-query' }]);
    expect(only(`\uFEFF${RULE}`).title).toBe('A rule');
  });
});
