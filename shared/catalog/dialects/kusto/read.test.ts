import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpusPath } from '../../../../main/testing/corpus.ts';
import type { Expr } from '../../../model/predicate.ts';
import { eachPredicate } from '../common/lowering.ts';
import { predicates, read } from './brief.test-data.ts';
import { show } from '../one-line.test-data.ts';
import { readMarkdown } from './markdown.ts';
import { parseKql } from './query/parser.ts';
import { looksLikeKql } from './query-text.ts';
import { readKusto } from './read.ts';

function markdown(...blocks: string[]): string {
  return `# Title\n\n| T1021 | 002 | Name |\n\n${blocks.map((block) => `\`\`\`KQL\n${block}\n\`\`\`\n`).join('\n')}`;
}

describe('lists that a query holds itself', () => {
  const list = 'let L = datatable(Name:string, Port:int)["ssh", 22, \'rdp\', 3389,];\n';

  it.each([
    ['T | where a in (L)', 'a eq ssh|rdp'],
    ['T | where a has_any ((L | project Name))', 'a contains ssh|rdp'],
    ['T | where a in ((L | distinct Port))', 'a eq 22|3389'],
    ['T | where a in~ (toscalar(L | summarize make_set(Name)))', 'a eq ssh|rdp'],
  ])('%s', (query, wanted) => {
    expect(predicates(list + query)).toEqual([wanted]);
  });

  it('stay names where rows are chosen or a value is computed', () => {
    expect(predicates(`${list}T | where a in ((L | where Port > 25 | project Name))`)).toEqual(['a in_lookup L']);
    expect(predicates('let L = datatable(n:string)[strcat("a", "b")];\nT | where a in (L)')).toEqual(['a in_lookup L']);
  });
});

describe('operators on groups and arrays', () => {
  it('reads what mv-apply tests', () => {
    const rule = read('T | mv-apply e = Items to typeof(string) on (where e has "x" | project e) | where b == 1');
    expect(show(rule.queries[0]?.predicates)).toBe('(Items contains x and b eq 1)');
    expect(rule.notRunnable).toBe('It uses mv-apply');
  });

  it('does not run a test of what arg_max left', () => {
    expect(read('T | summarize arg_max(Timestamp, *) by D | where a == "x"').condition).toBeUndefined();
    expect(read('T | where a == "x" | summarize arg_max(Timestamp, *) by D').condition).toBeDefined();
  });

  it('keeps a condition with something behind it that does not belong there, and says so', () => {
    const rule = read('T | where a == "x"\nof the file.\n| where b == "y"');
    expect(show(rule.queries[0]?.predicates)).toBe('(a eq x and b eq y)');
    expect(rule.notParsed.map(({ message }) => message)).toEqual(['Unexpected of']);
    expect(rule.condition).toBeUndefined();
  });
});

describe('conditions', () => {
  it.each([
    ['a == "x"', 'a eq x'],
    ['a != "x"', '!(a eq x)'],
    ['a !~ "x"', '!(a eq x)'],
    ['a in~ ("x", "y")', 'a eq x|y'],
    ['a !in ("x")', '!(a eq x)'],
    ['a has "x"', 'a contains x'],
    ['a == "x" or b == "y" and c != "z"', '(a eq x or (b eq y and !(c eq z)))'],
    ['not(a has "x" or b !contains "y")', '!((a contains x or !(b contains y)))'],
    ['a !between (1 .. 5)', '!((a gte 1 and a lte 5))'],
    ['isnotempty(a) == true and (b has "x") == false', '(a is_not_null and !(b contains x))'],
    ['coalesce(a == "x", false) and iff(isempty(b), false, true)', '(a eq x and !(b is_null))'],
    ['a in ((datatable(n:string, i:int)["x", 1, "y", 2]))', 'a eq x|y'],
    ['a has_all ("x", "y")', 'a contains x&y'],
    ['a !has_any ("x")', '!(a contains x)'],
    ['a startswith_cs "x"', 'a starts_with x'],
    ['a !endswith "x"', '!(a ends_with x)'],
    ['a matches regex @"\\d+"', 'a match \\d+'],
    ['a between (1 .. 5)', '(a gte 1 and a lte 5)'],
    ['5 < a', 'a gt 5'],
    ['isnotempty(a) and not(isempty(b))', '(a is_not_null and !(b is_null))'],
    ['ipv4_is_in_range(a, "10.0.0.0/8")', 'a cidr 10.0.0.0/8'],
    ['tolower(a) == "x"', 'a eq x'],
    ['tostring(parse_json(AdditionalFields).Name) == "x"', 'AdditionalFields.Name eq x'],
    ['AdditionalFields["Name"] has "x"', 'AdditionalFields.Name contains x'],
    ['a == b', 'a eq_field b'],
    ['Timestamp > ago(1d) and a == 1', 'a eq 1'],
  ])('%s is %s', (condition, expected) => {
    expect(predicates(`T | where ${condition}`)).toEqual([expected]);
  });

  it('takes the case into account as each operator does', () => {
    const query =
      'T | where a == "x" and b =~ "x" and c has "x" and d contains_cs "x" and e in ("x") and tolower(f) == "x"';
    const found = read(query).queries[0]?.predicates as Expr;
    expect([...eachPredicate(found)].map(({ predicate }) => predicate.caseSensitive)).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('queries', () => {
  it('puts definitions in: values, lists, tables and functions', () => {
    expect(
      predicates('let n = 5m; let list = dynamic(["x", \'y\']); T | where a in (list) | where Timestamp > ago(n)'),
    ).toEqual(['a eq x|y']);
    expect(predicates('let bad = T | where a == 1; bad | where b == 2')).toEqual(['(a eq 1 and b eq 2)']);
    expect(predicates('let f = (v:string) { T | where a has v }; f("x")')).toEqual(['a contains x']);
  });

  it('gives the place of a value where it is written', () => {
    const text = 'name: T\nquery: |\n  let list = dynamic(["secret"]);\n  T | where a in (list)\n';
    const [rule] = readKusto(text, 'rule.yaml').rules;
    const found = rule?.queries[0]?.predicates;
    const at = found?.kind === 'predicate' ? found.values[0]?.span : undefined;
    expect(at && text.slice(at.start, at.end)).toBe('"secret"');
    expect(found && text.slice(found.span.start, found.span.end)).toBe('a in (list)');
  });

  it('follows plain renames and names what is computed', () => {
    expect(
      predicates('T | extend x = tostring(a), y = strcat(a, b) | project-rename z = x | where z == "1" and y == "2"'),
    ).toEqual(['(a eq 1 and y eq 2)']);
  });

  it('makes queries of joined and united ones, absent where the join is anti', () => {
    const rule = read(
      'A | where x == 1 | join kind=leftanti (B | where y == 2) on id | union (C | where z == 3) | where w == 4',
    );
    expect(rule.queries.map((query) => [query.sources[0]?.name, query.absent, show(query.predicates)])).toEqual([
      ['A', false, '(x eq 1 and w eq 4)'],
      ['B', true, 'y eq 2'],
      ['C', false, '(z eq 3 and w eq 4)'],
    ]);
  });

  it('takes no test of a count for a test of an event', () => {
    const rule = read('T | where a == 1 | summarize n = count() by b | where n > 5 and b == 2');
    expect(show(rule.queries[0]?.predicates)).toBe('(a eq 1 and b eq 2)');
    expect(rule.notParsed).toEqual([]);
    expect(show(rule.condition)).toBe('(a eq 1 and b eq 2)');
    expect(rule.counting).toMatchObject({ groupBy: ['b'], criterion: { op: 'gt', value: 5 } });
  });
});

describe('running', () => {
  it('keeps Kusto’s meaning of missing values and of words', () => {
    expect(show(read('T | where a != ""').condition)).toBe('!((a eq or a is_null))');
    expect(show(read('T | where isempty(a)').condition)).toBe('(a is_null or a eq)');
    expect(show(read('T | where a has "word"').condition)).toBe(
      'a match (?:^|[^\\p{L}\\p{N}])word(?:$|[^\\p{L}\\p{N}])',
    );
    const several = read('T | where a has_any (".exe", "two words")');
    expect(show(several.condition)).toBe(
      'a match \\.exe(?:$|[^\\p{L}\\p{N}])|(?:^|[^\\p{L}\\p{N}])two words(?:$|[^\\p{L}\\p{N}])',
    );
    expect(several.runNotes?.map(({ message }) => message)).toEqual([
      'has with several words looks for them as one text here',
    ]);
  });

  it('holds for what any of several tables gives', () => {
    const rule = read('union A, (B | where x == 1) | where y == 2 | top 5 by z');
    expect(rule.condition).toBeUndefined();
    expect(rule.notRunnable).toBe('');
    expect(rule.alternatives?.queries.map((query) => show(query.predicates))).toEqual([
      'y eq 2',
      '(x eq 1 and y eq 2)',
    ]);
    expect(rule.runNotes?.map(({ message }) => message)).toEqual([
      'top shows some of the rows only; here all are shown',
    ]);
    const [two] = readKusto(markdown('A | where a == "x"', 'B | where b == "y" | join C on id'), 'x.md').rules;
    expect(two?.alternatives).toMatchObject({ queries: [{}], notRun: [{ message: 'It joins two queries' }] });
  });

  it.each([
    [
      'T | where a == 1 | summarize count() by b, bin(Timestamp, 1h) | where count_ > 5',
      { groupBy: ['b'], window: 'buckets', timespanUs: 3600e6, criterion: { op: 'gt', value: 5 } },
    ],
    [
      'let n = 10; T | where Timestamp > ago(1d) and a == 1 | summarize c = dcount(u) by b | where c >= n and b != "z"',
      { distinct: 'u', groupBy: ['b'], window: 'lookback', timespanUs: 86400e6, criterion: { op: 'gte', value: 10 } },
    ],
    [
      'T | where a == 1 | extend k = b | summarize dcount(u) by k | where dcount_u > 1',
      { distinct: 'u', groupBy: ['b'], window: 'search' },
    ],
  ])('counts: %s', (query, wanted) => {
    const rule = read(query);
    expect(rule.counting).toMatchObject(wanted);
    expect(rule.notRunnable).toBe('');
  });

  it.each([
    'T | where a == 1 | summarize c = count(), d = dcount(u) by b | where c > 5 and d > 2',
    'T | where a == 1 | summarize c = count() by substring(b, 1) | where c > 5',
    'T | where a == 1 | summarize c = countif(x == 1) by b | where c > 5',
    'T | where a == 1 | summarize c = count(), u = take_any(u) by b | where c > 5 and u == "x"',
    'T | where a == 1 | summarize c = count() by b | summarize d = count() by c | where d > 5',
    'union A, B | where a == 1 | summarize c = count() by b | where c > 5',
  ])('does not count, and says so: %s', (query) => {
    const rule = read(query);
    expect([rule.condition, rule.alternatives]).toEqual([undefined, undefined]);
    expect(rule.notRunnable).not.toBe('');
  });

  it('says why it can’t', () => {
    expect(read('A | join B on id').notRunnable).toBe('It joins two queries');
    expect(read('T | where x in (U | project y)').notRunnable).toMatch(/values of U first/);
  });
});

describe('markdown', () => {
  it('is one rule, the same query for Defender and Sentinel taken once', () => {
    const query = 'DeviceEvents\n| where Timestamp > ago(1d)\n| where a == "x"';
    const { rules } = readKusto(markdown(query, query.replace('Timestamp', 'TimeGenerated')), 'x.md');
    expect(rules.length).toBe(1);
    expect(rules[0]?.title).toBe('Title');
    expect(rules[0]?.techniques).toEqual(['T1021.002']);
    expect(rules[0]?.queries.map((found) => show(found.predicates))).toEqual(['a eq x']);
    expect(show(rules[0]?.condition)).toBe('a eq x');
    const two = readKusto(markdown(query, query.replace('"x"', '"y"')), 'x.md').rules;
    expect(two[0]?.queries.length).toBe(2);
  });

  it('lists blocks that are no query, with the reason', () => {
    const text =
      markdown('T | where a == 1', 'let x = 5;') + '```PowerShell\nGet-Item\n```\n```\ncmd.exe /c dir\n```\n';
    const { rules, diagnostics } = readKusto(text, 'x.md');
    expect(rules.length).toBe(1);
    expect(diagnostics.map(({ code }) => code)).toEqual([
      'kusto-only-definitions',
      'kusto-not-a-query',
      'kusto-not-a-query',
    ]);
  });
});

it('reads any text without throwing', () => {
  const pieces = [
    'T',
    ' | where ',
    'a == "x"',
    ' and ',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ';',
    '"',
    "'",
    '@"',
    'let x = ',
    'x',
    '()',
    ' in (',
    ',',
  ];
  const more = [
    '\n\n',
    ' | join kind=leftanti ',
    'union ',
    ' | summarize count() by ',
    '.',
    '..',
    '!',
    'dynamic([',
    '// c\n',
    ' | extend y = ',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 40 }), (parts) => {
      const text = markdown(parts.join(''));
      for (const rule of readKusto(text, 'x.md').rules) {
        for (const { span } of rule.notParsed) expect(span.end).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 400 },
  );
});

it('bounds what texts that repeat themselves cost', () => {
  const doubled = Array.from({ length: 40 }, (_, i) => `let x${i + 1} = union x${i}, x${i};`).join('\n');
  const [rule] = readKusto(markdown(`let x0 = T | where a == 1;\n${doubled}\nx40`), 'x.md').rules;
  expect(rule?.notParsed.map(({ message }) => message)).toContain('Queries are nested too deeply, or are too many');
  for (const text of ['T | where a in (', '(', 'let f = () {', '"']) {
    const { rules } = readKusto(markdown(`T | where b == 1 | ${text.repeat(2000)}`), 'x.md');
    expect(rules[0]?.notParsed.length).toBeLessThan(50);
  }
});

const folders = ['kusto-hunting', 'kusto-falconfriday', 'sentinel'].map((name) => corpusPath('corpus', name));

describe.skipIf(folders.includes(undefined))('the corpus', () => {
  const files = folders.flatMap((folder) =>
    readdirSync(folder as string, { recursive: true })
      .map((name) => join(folder as string, String(name)))
      .filter((name) => /\.(?:md|yaml)$/.test(name)),
  );

  it('parses the fenced blocks', () => {
    let blocks = 0;
    let kql = 0;
    let good = 0;
    let goodKql = 0;
    for (const file of files.filter((name) => name.endsWith('.md'))) {
      const text = readFileSync(file, 'utf8');
      for (const { content } of readMarkdown(text).blocks) {
        const query = text.slice(content.start, content.end);
        const isGood = parseKql(query).faults.length === 0;
        blocks++;
        if (isGood) good++;
        if (!looksLikeKql(query)) continue;
        kql++;
        if (isGood) goodKql++;
      }
    }
    expect(good / blocks).toBeGreaterThan(0.95);
    expect(goodKql / kql).toBeGreaterThan(0.98);
  });

  it('gives predicates for the rules that test anything, within their files', () => {
    let rules = 0;
    let real = 0;
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      for (const rule of readKusto(text, file).rules) {
        rules++;
        const found = rule.queries.flatMap((query) => (query.predicates ? [...eachPredicate(query.predicates)] : []));
        if (found.length > 0) real++;
        for (const { predicate } of found) expect(predicate.span.end).toBeLessThanOrEqual(text.length);
      }
    }
    expect(rules).toBeGreaterThanOrEqual(500);
    expect(real).toBeGreaterThanOrEqual(445);
  });

  it('reads an analytic rule of Sentinel', () => {
    const file = join(folders[2] as string, 'PotentialRemoteDesktopTunneling.yaml');
    const [rule] = readKusto(readFileSync(file, 'utf8'), file).rules;
    expect(rule).toMatchObject({ techniques: ['T1572'], level: 'medium', platforms: ['windows'], notParsed: [] });
    expect(rule?.queries.map((query) => show(query.predicates))).toEqual([
      '(EventID eq 4624|4625 and LogonType eq 10 and IpAddress eq ::1|127.0.0.1)',
    ]);
    expect(rule?.condition).toBeDefined();
  });
});
