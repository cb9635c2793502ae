import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpusPath } from '../../../../main/testing/corpus.ts';
import { eachPredicate } from '../common/lowering.ts';
import { macros, predicates, read } from './brief.test-data.ts';
import { show } from '../one-line.test-data.ts';
import { readSplunkMacro, type SplunkMacro } from './macro.ts';
import { readSplunk } from './read.ts';

describe('values', () => {
  it.each([
    ['a=*\\\\cmd.exe', 'a ends_with \\cmd.exe'],
    ['a="x*"', 'a starts_with x'],
    ['a="*x y*"', 'a contains x y'],
    ['a=*', 'a is_not_null'],
    ['a="x*y"', 'a wildcard x*y'],
    ['a="x?y\\*"', 'a starts_with x?y\\'],
    ['a="say \\"hi\\""', 'a eq say "hi"'],
    ['a=10.0.0.0/8', 'a cidr 10.0.0.0/8'],
    ['a>5', 'a gt 5'],
    ['a=TERM(x.y) b=1', '(a eq x.y and b eq 1)'],
    ['a!=x', '!(a eq x)'],
    ['a IN (x, "*y")', '(a eq x or a ends_with y)'],
    ['a=(x OR y)', 'a eq x|y'],
    ['word', 'keyword contains word'],
    ['CASE(Word)', 'keyword contains Word'],
    ['"ModifiedProperties{}.Name"=x', 'ModifiedProperties{}.Name eq x'],
  ])('%s is %s', (written, expected) => {
    expect(predicates(written)).toEqual([expected]);
  });

  it.each([
    ['match(a, "(?i)\\.exe$")', 'a match (?i)\\.exe$'],
    ['like(a, "%x%")', 'a contains x'],
    ['a LIKE "x_z%"', 'a wildcard x?z*'],
    ['cidrmatch("10.0.0.0/8", a)', 'a cidr 10.0.0.0/8'],
    ['isnull(a) OR NOT isnotnull(b)', '(a is_null or !(b is_not_null))'],
    ['a IN ("x", "y")', 'a eq x|y'],
    ['in(a, "x")', 'a eq x'],
    ['5 < a', 'a gt 5'],
    ['a=b', 'a eq_field b'],
    ['1=1 AND a="x"', '(true and a eq x)'],
    ['a="x" OR b="y" AND NOT c="z"', '(a eq x or (b eq y and !(c eq z)))'],
    ['\'x y\'=="z"', 'x y eq z'],
    ['searchmatch("a=b*")', 'a starts_with b'],
  ])('where %s is %s', (written, expected) => {
    expect(predicates(`| where ${written}`)).toEqual([expected]);
  });

  it('takes the case into account as each command does', () => {
    const cases = (text: string): boolean[] =>
      read(text).queries.flatMap(({ predicates: found }) =>
        found ? [...eachPredicate(found)].map(({ predicate }) => predicate.caseSensitive) : [],
      );
    expect(cases('a=x | where b="x" AND lower(c)="x"')).toEqual([false, true, false]);
    expect(cases('CASE(x)')).toEqual([true]);
  });
});

describe('the order of a search', () => {
  it.each([
    ['a=1 OR b=2 c=3', '((a eq 1 or b eq 2) and c eq 3)'],
    ['a=1 b=2 OR c=3 AND d=4', '(a eq 1 and (b eq 2 or c eq 3) and d eq 4)'],
    ['NOT a=1 OR b=2', '(!(a eq 1) or b eq 2)'],
    ['NOT (a=1 b=2) c!=3', '(!((a eq 1 and b eq 2)) and !(c eq 3))'],
  ])('%s', (written, expected) => {
    expect(predicates(written)).toEqual([expected]);
  });

  it('takes what a subsearch behind a NOT finds as absent', () => {
    const found = read('a=1 NOT [search b=2 NOT [search c=3]]').queries;
    expect(found.map(({ predicates: tests, absent }) => [show(tests), absent])).toEqual([
      ['a eq 1', false],
      ['b eq 2', true],
      ['c eq 3', false],
    ]);
  });

  it('follows a field of which eval changed the case', () => {
    const rule = read('a=1 | eval low=lower(b) | where low="x" | search low="*y*"');
    expect(show(rule.condition)).toBe('(a eq 1 and b eq x and b contains y)');
    const cases = rule.condition ? [...eachPredicate(rule.condition)] : [];
    expect(cases.map(({ predicate }) => predicate.caseSensitive)).toEqual([false, false, false]);
  });
});

describe('macros', () => {
  it('are put in, with arguments, and dropped where they only shape results', () => {
    expect(predicates('`sysmon` EventCode=1 `named(a, "b")` | `security_content_ctime(t)` | `x_filter`')).toEqual([
      '((sourcetype eq xml:sysmon or source eq sysmon) and EventCode eq 1 and a contains b)',
    ]);
    expect(read('`sysmon` a=b').queries[0]?.sources).toContainEqual({ kind: 'macro', name: 'sysmon' });
  });

  it('point at their call', () => {
    const search = '| tstats count from datamodel=Endpoint.Processes where `shells` by x';
    const text = `name: T\nsearch: '${search}'\n`;
    const [rule] = readSplunk(text, '', macros).rules;
    const found = rule?.queries[0]?.predicates;
    expect(found && text.slice(found.span.start, found.span.end)).toBe('`shells`');
  });

  it('are reported where unknown or circular, and the rest goes on', () => {
    const rule = read('`unknown(x)` a=b `loop`');
    expect(rule.notParsed.map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', 'The macro unknown is not among the macros read'],
      ['warning', 'The macro loop calls itself'],
    ]);
    expect(rule.queries[0]?.predicates && show(rule.queries[0].predicates)).toBe('a eq b');
    expect(rule.condition).toBeUndefined();
  });
});

describe('pipelines', () => {
  it('reads tstats with its data model, and follows names back through what drops the object', () => {
    const rule = read(
      '| tstats count values(Processes.user) as who from datamodel=Endpoint.Processes where Processes.process_name=a.exe ' +
        'by Processes.process Processes.dest | `drop_dm_object_name(Processes)` | rename process as cmd ' +
        '| where match(cmd, "x") AND who="root" AND count > 3',
    );
    expect(rule.queries.map((query) => show(query.predicates))).toEqual([
      '(Processes.process_name eq a.exe and Processes.process match x and Processes.user eq root)',
    ]);
    expect(rule.queries[0]?.sources).toEqual([{ kind: 'datamodel', name: 'Endpoint.Processes' }]);
    expect(rule.notParsed).toEqual([]);
    expect(rule.notRunnable).toMatch(/several events/);
  });

  it('makes a query of each subsearch and gives a test after a join to the side that has the field', () => {
    const search =
      '| tstats count from datamodel=A.B where B.x=1 by B.id | join id [| tstats count from datamodel=C.D where D.y=2 ' +
      'by D.id D.z | `drop_dm_object_name(D)`] | where z="3"';
    expect(predicates(search)).toEqual(['B.x eq 1', '(D.y eq 2 and D.z eq 3)']);
  });

  it('asks a lookup', () => {
    expect(predicates('a=1 | lookup bad ip as src OUTPUT isBad | search isBad=true')).toEqual([
      '(a eq 1 and src in_lookup bad)',
    ]);
    expect(predicates('a=1 | lookup known p as proc OUTPUT seen | where isnull(seen)')).toEqual([
      '(a eq 1 and !(proc in_lookup known))',
    ]);
    expect(predicates('a=1 NOT [| inputlookup allowed | fields user]')).toEqual([
      '(a eq 1 and !(user in_lookup allowed))',
    ]);
  });

  it('sees the condition behind a flag', () => {
    expect(predicates('a=1 | eval bad=if(match(b, "x"), 1, 0) | where bad=1')).toEqual(['(a eq 1 and b match x)']);
  });

  it('runs only what single events decide, with Splunk’s truth of missing fields', () => {
    expect(show(read('`sysmon` a!=x').condition)).toBe('(a is_not_null and !(a eq x))');
    expect(show(read('NOT a=x b=1').condition)).toBe('(!(a eq x) and b eq 1)');
    expect(show(read('b=1 | where NOT (a="x" AND c="y")').condition)).toBe(
      '(b eq 1 and ((a is_not_null and !(a eq x)) or (c is_not_null and !(c eq y))))',
    );
    expect(read('a=1 | stats max(x) as m by b | where m > 1').condition).toBeUndefined();
  });

  it.each([
    [
      'a=1 | stats count by b dest | where count > 1',
      { groupBy: ['b', 'dest'], window: 'search', criterion: { op: 'gt', value: 1 } },
    ],
    [
      'a=1 | bin _time span=5m | stats dc(u) as n by _time, b | search n >= 30',
      { distinct: 'u', groupBy: ['b'], window: 'buckets', timespanUs: 300e6 },
    ],
    [
      '| tstats count as n from datamodel=A.B where B.x=1 by B.y _time span=1h | `drop_dm_object_name(B)` | where n=3 AND y="z"',
      { groupBy: ['B.y'], timespanUs: 3600e6 },
    ],
    [
      'a=1 | rename u as v | eventstats dc(v) as n by b | where n > 2 | stats count by b',
      { distinct: 'u', groupBy: ['b'] },
    ],
    ['a=1 | stats count by u b | stats dc(u) as n by b | where n > 2', { distinct: 'u', groupBy: ['b'] }],
  ])('counts: %s', (search, wanted) => {
    const rule = read(search);
    expect(rule.counting).toMatchObject(wanted);
    expect(rule.notRunnable).toBe('');
    expect(rule.condition).toBeDefined();
  });

  it.each([
    'a=1 | stats count by b _time | where count > 1',
    'a=1 | stats count by b | where count > 1 OR b="x"',
    'a=1 | stats count dc(u) as n by b | where count > 1 AND n > 2',
    'a=1 | stats count values(u) as u by b | where count > 1 AND u="x"',
    'a=1 | stats count(eval(x=1)) as n by b | where n > 1',
    'a=1 | eval k=substr(b, 1, 2) | stats count by k | where count > 1',
    'a=1 | stats count by b | stats sum(count) as n | where n > 1',
    'a=1 | streamstats count by b | where count > 1',
  ])('does not count, and says so: %s', (search) => {
    const rule = read(search);
    expect(rule.condition).toBeUndefined();
    expect(rule.notRunnable).not.toBe('');
  });

  it('lists what it does not know', () => {
    const rule = read('a=1 | frobnicate x | where a.b..c');
    expect(rule.notParsed.map(({ code }) => code)).toEqual(['splunk-unknown-command', 'splunk-syntax']);
    expect(readSplunk('name: x\n', '', macros).diagnostics.map(({ code }) => code)).toEqual(['splunk-no-search']);
  });
});

it('reads any text without throwing', () => {
  const pieces = [
    'a=b',
    ' OR ',
    '(',
    ')',
    '[',
    ']',
    '|',
    '"',
    "'",
    '`',
    '`loop`',
    'where ',
    'eval x=',
    'IN (',
    ',',
    '\\',
    '\n',
    '=',
    '!=',
  ];
  const search = fc.array(fc.constantFrom(...pieces, 'stats count by ', 'tstats ', ' where ', ' by ', 'if(', '*'), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(search, (parts) => {
      const rule = read(`a ${parts.join('')}`);
      for (const { span } of rule.notParsed) expect(span.end).toBeGreaterThanOrEqual(span.start);
    }),
    { numRuns: 400 },
  );
});

it('bounds what texts that repeat themselves cost', () => {
  const bomb = new Map<string, SplunkMacro>();
  for (let i = 0; i < 14; i++)
    bomb.set(`m${i}`, { name: `m${i}`, parameters: [], definition: `\`m${i + 1}\``.repeat(10) });
  const [rule] = readSplunk('name: T\nsearch: "a=b `m0`"\n', '', bomb).rules;
  expect(rule?.notParsed.length).toBeGreaterThan(0);
  const flags = Array.from({ length: 30 }, (_, i) => `| eval f${i + 1}=if(f${i}=1 OR f${i}=1, 1, 0)`).join(' ');
  expect(read(`a=b ${flags} | where f30=1`).condition).toBeUndefined();
  for (const text of ['(', '[', 'NOT ', '[search x ', '| where ('])
    expect(read(`a=b ${text.repeat(2000)}`).notParsed.length).toBeGreaterThan(0);
});

const detections = corpusPath('corpus', 'splunk', 'detections');
const macroFolder = corpusPath('corpus', 'splunk', 'macros');
const SCOPE = new Set(['index', 'source', 'sourcetype', 'eventtype']);

describe.skipIf(!detections || !macroFolder)('the corpus', () => {
  const folder = detections as string;
  const known = new Map<string, SplunkMacro>();
  if (macroFolder) {
    for (const name of readdirSync(macroFolder)) {
      const macro = readSplunkMacro(readFileSync(join(macroFolder, name), 'utf8'), name);
      if (macro) known.set(macro.name, macro);
    }
  }

  it('gives real predicates for nearly every active rule, and places within the file', () => {
    const files = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.yml'));
    let active = 0;
    let real = 0;
    let runnable = 0;
    for (const name of files) {
      const text = readFileSync(join(folder, name), 'utf8');
      const { rules, diagnostics } = readSplunk(text, `detections/${name}`, known);
      expect(diagnostics).toEqual([]);
      for (const rule of rules) {
        if (rule.status === 'deprecated') continue;
        const found = rule.queries.flatMap((query) => (query.predicates ? [...eachPredicate(query.predicates)] : []));
        for (const { predicate } of found) {
          expect(predicate.span.start).toBeGreaterThanOrEqual(rule.querySpan.start);
          expect(predicate.span.end).toBeLessThanOrEqual(rule.querySpan.end);
        }
        active++;
        if (found.some(({ predicate }) => !SCOPE.has(predicate.field))) real++;
        if (rule.condition) runnable++;
      }
    }
    expect(known.size).toBe(189);
    expect([files.length, active]).toEqual([1711, 1613]);
    expect(real).toBeGreaterThanOrEqual(1599);
    expect(runnable).toBeGreaterThanOrEqual(1100);
  });

  it('gives the gold rules’ predicates', () => {
    const goldPath = corpusPath('catalog', 't1572-gold.json');
    if (goldPath === undefined) return;
    const gold = JSON.parse(readFileSync(goldPath, 'utf8')) as {
      rules: {
        vendor: string;
        file: string;
        predicates: { nativeField: string; op: string; values: string[]; negated: boolean }[];
      }[];
    };
    const rules = gold.rules.filter(({ vendor }) => vendor === 'splunk');
    expect(rules.length).toBe(2);
    for (const { file, predicates: expected } of rules) {
      const text = readFileSync(join(folder, '..', file), 'utf8');
      const [rule] = readSplunk(text, file, known).rules;
      const keys = (rule?.queries ?? []).flatMap(({ predicates: found }) =>
        found
          ? [...eachPredicate(found)].flatMap(({ predicate: { field, op, values }, isNegated }) =>
              values.map(({ text: value }) => [field, op, value.toLowerCase(), isNegated].join('\u0000')),
            )
          : [],
      );
      const wanted = expected.flatMap(({ nativeField, op, values, negated }) =>
        values.map((value) => [nativeField, op, value.toLowerCase(), negated].join('\u0000')),
      );
      expect([...new Set(keys)].sort()).toEqual([...new Set(wanted)].sort());
    }
  });
});
