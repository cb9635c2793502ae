import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expr, Predicate } from '../../../model/predicate.ts';
import { readSigma } from './read.ts';

const head = 'title: T\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc\nlogsource: {product: windows, service: system}\n';
const withDetection = (lines: string): string => `${head}detection:\n${lines.replace(/^/gm, '  ')}\n`;
const one = (text: string) => {
  const [rule] = readSigma(text).rules;
  if (!rule) throw new Error('no rule');
  return rule;
};
/** Each diagnostic as "code: the text that it marks". */
const faults = (text: string): string[] => {
  const { rules, diagnostics } = readSigma(text);
  return [...diagnostics, ...rules.flatMap((rule) => rule.diagnostics)].map(
    ({ code, span }) => `${code}: ${text.slice(span.start, span.end)}`,
  );
};
/** A tree in short: `field op(value, …)`, and/or/not. */
const short = (expr: Expr | undefined): string => {
  if (!expr) return 'none';
  switch (expr.kind) {
    case 'constant':
      return String(expr.value);
    case 'not':
      return `not ${short(expr.child)}`;
    case 'and':
    case 'or':
      return `(${expr.children.map(short).join(` ${expr.kind} `)})`;
    case 'predicate':
      return `${expr.field} ${expr.op}${expr.quantifier === 'all' ? ' all' : ''}(${expr.values.map((value) => value.text).join(', ')})`;
  }
};
const tree = (selection: string, condition = 'sel'): string =>
  short(one(withDetection(`sel:\n${selection.replace(/^/gm, '  ')}\ncondition: ${condition}`)).condition);

describe('values and modifiers', () => {
  it.each([
    ["A: 'x'", 'A eq(x)'],
    ["A: '*x*'", 'A contains(x)'],
    ["A: 'x*'", 'A starts_with(x)'],
    ["A: '*\\x.exe'", 'A ends_with(\\x.exe)'],
    ["A: '*'", 'A is_not_null()'],
    ["A: ''", 'A eq()'],
    ['A: null', 'A is_null()'],
    ['A:', 'A is_null()'],
    ["A: 'a*b?c'", 'A wildcard(a*b?c)'],
    ["A: 'a\\*b'", 'A eq(a*b)'],
    ["A: 'a\\\\*'", 'A starts_with(a\\)'],
    ["A: 'a\\\\\\*'", 'A eq(a\\*)'],
    ["A: '\\\\\\\\srv'", 'A eq(\\\\srv)'],
    ["A: '\\\\\\*x*y'", 'A wildcard(\\\\\\*x*y)'],
    ["A|contains: 'a*b'", 'A wildcard(*a*b*)'],
    ["A|startswith: '*x'", 'A contains(x)'],
    ["A|contains|all: ['x', 'y']", 'A contains all(x, y)'],
    ["A: ['x', 'y*', 'z']", '(A eq(x, z) or A starts_with(y))'],
    ["A|all: ['x*', '*y']", '(A starts_with all(x) and A ends_with all(y))'],
    ['A: [0x10, 1.0, 007, true, 1e3]', 'A eq(0x10, 1.0, 007, true, 1e3)'],
    ["A|neq: ['x', 'y']", 'not A eq(x, y)'],
    ['A|exists: false', 'A is_null()'],
    ['A|exists: true', 'A is_not_null()'],
    ["A|re: '^a.*\\\\b$'", 'A match(^a.*\\\\b$)'],
    ["A|cidr: ['10.0.0.0/8', 'fe80::/10']", 'A cidr(10.0.0.0/8, fe80::/10)'],
    ['A|fieldref: B', 'A eq_field(B)'],
    ['A|gte: 5', 'A gte(5)'],
    ['A|hour|gt: 17', 'A gt(17)'],
    ["- 'x'\n- 'y*z'", '(keyword contains(x) or keyword wildcard(*y*z*))'],
    ["'|all':\n  - 'x'\n  - 'y'", 'keyword contains all(x, y)'],
    ["- A: 'x'\n- B: 'y'\n  C: 'z'", '(A eq(x) or (B eq(y) and C eq(z)))'],
    ["A: &list ['x']\nB: *list", '(A eq(x) and B eq(x))'],
  ])('%s means %s', (selection, meaning) => {
    expect(tree(selection)).toBe(meaning);
  });

  it('keeps flags, encodings and the chain as written', () => {
    const predicateOf = (selection: string): Predicate => {
      const condition = one(withDetection(`sel:\n  ${selection}\ncondition: sel`)).condition;
      if (condition?.kind !== 'predicate') throw new Error('not one predicate');
      return condition;
    };
    expect(predicateOf("A|re|s|i: 'x'")).toMatchObject({ regexFlags: 'is', caseSensitive: false, native: 're|s|i' });
    expect(predicateOf("A|wide|base64offset|contains: 'x'")).toMatchObject({
      encodings: ['wide', 'base64offset'],
      op: 'contains',
    });
    expect(predicateOf("A|contains|windash|cased: 'x'")).toMatchObject({ windash: true, caseSensitive: true });
    expect(predicateOf('A|fieldref|endswith: B')).toMatchObject({ op: 'eq_field', fieldCompare: 'ends_with' });
  });

  it('fills placeholders from lists that are given', () => {
    const text = withDetection("sel:\n  A|expand: ['%who%-x', 'b\\%']\ncondition: sel");
    expect(faults(text)).toEqual(["unsupported-placeholder: '%who%-x'"]);
    expect(short(readSigma(text, { placeholders: { who: ['p', 'q*'] } }).rules[0]?.condition)).toBe(
      '(A eq(p-x, b%) or A wildcard(q*-x))',
    );
  });
});

describe('conditions', () => {
  const detection = (condition: string): string =>
    withDetection(
      `a: {F: '1'}\nb: {F: '2'}\nsel_x: {F: '3'}\nsel_y: {F: '4'}\n_hidden: {F: '5'}\ncondition: ${condition}`,
    );
  it.each([
    ['a or b and not sel_x', '(F eq(1) or (F eq(2) and not F eq(3)))'],
    ['not a and b', '(not F eq(1) and F eq(2))'],
    ['(a or b) and sel_x', '((F eq(1) or F eq(2)) and F eq(3))'],
    ['1 of sel_*', '(F eq(3) or F eq(4))'],
    ['all of sel_* and not 1 of a*', '((F eq(3) and F eq(4)) and not F eq(1))'],
    ['all of sel*_x', 'F eq(3)'],
    ['any of them', '(F eq(1) or F eq(2) or F eq(3) or F eq(4))'],
    ['NOT NOT a AND b', '(not not F eq(1) and F eq(2))'],
    ['[a, b and sel_x]', '(F eq(1) or (F eq(2) and F eq(3)))'],
    ['>\n      a\n      or b', '(F eq(1) or F eq(2))'],
  ])('%s', (condition, meaning) => {
    expect(short(one(detection(condition)).condition)).toBe(meaning);
  });

  it.each([
    ['a and', 'sigma-condition-syntax: d'],
    ['a b', 'sigma-condition-syntax: b'],
    ['(a or b', 'sigma-condition-syntax: ('],
    ['a or b)', 'sigma-condition-syntax: )'],
    ['a and nope', 'sigma-unknown-selection: nope'],
    ['1 of nope*', 'sigma-unknown-selection: nope*'],
    ['2 of sel_*', 'unsupported-quantifier: 2'],
    ['a | count() by F', 'unsupported-aggregation: | count() by F'],
    ['a | sum() > 5', 'unsupported-aggregation: | sum() > 5'],
    ['(a | count() > 5)', 'unsupported-aggregation: |'],
    ['a | near nope', 'sigma-unknown-selection: nope'],
    ['a | near b by F', 'sigma-condition-syntax: by'],
    ['[a, b | count() > 5, a | count() > 6]', 'unsupported-aggregation: | count() > 5'],
    ["'a and ''x'''", "sigma-unknown-selection: ''x''"],
    ['>\n      a and\n      nope', 'sigma-unknown-selection: nope'],
  ])('%s is refused at its place', (condition, fault) => {
    const text = detection(condition);
    const isAside = (line: string): boolean => /^sigma-(?:unused|missing-timeframe)/.test(line);
    expect(faults(text).filter((line) => !isAside(line))).toEqual([fault]);
    expect(one(text).condition).toBeUndefined();
  });

  it('finds every unknown name, not only the first, and warns of what is unused', () => {
    expect(faults(detection('x and y or a'))).toEqual(['sigma-unknown-selection: x', 'sigma-unknown-selection: y']);
    expect(faults(detection('a and b and sel_x'))).toEqual([
      'sigma-unused-selection: sel_y',
      'sigma-unused-selection: _hidden',
    ]);
  });
});

describe('faults', () => {
  it.each([
    [
      'an unknown modifier',
      withDetection("sel:\n  A|contians: 'x'\ncondition: sel"),
      ['sigma-unknown-modifier: contians'],
    ],
    [
      'two places',
      withDetection("sel:\n  A|contains|endswith: 'x'\ncondition: sel"),
      ['sigma-modifier-chain: endswith'],
    ],
    [
      'an encoding after a place',
      withDetection("sel:\n  A|contains|base64: 'x'\ncondition: sel"),
      ['sigma-modifier-chain: base64'],
    ],
    ['a flag without re', withDetection("sel:\n  A|i: 'x'\ncondition: sel"), ['sigma-modifier-chain: i']],
    ['a bad number', withDetection("sel:\n  A|gt: 'x'\ncondition: sel"), ["sigma-not-a-number: 'x'"]],
    [
      'a bad network',
      withDetection("sel:\n  A|cidr: '10.0.0.0/40'\ncondition: sel"),
      ["sigma-bad-cidr: '10.0.0.0/40'"],
    ],
    [
      'a network that is none, though it looks like one',
      withDetection("sel:\n  A|cidr: ['fe80::1::2/64', '1:2:3']\ncondition: sel"),
      ["sigma-bad-cidr: 'fe80::1::2/64'", "sigma-bad-cidr: '1:2:3'"],
    ],
    [
      'existence of no field',
      withDetection("sel:\n  '|exists': true\ncondition: sel"),
      ["sigma-bad-value: '|exists': true"],
    ],
    [
      'a reference from no field',
      withDetection("sel:\n  '|fieldref': B\ncondition: sel"),
      ["sigma-bad-value: '|fieldref': B"],
    ],
    [
      'a reference to many fields',
      withDetection("sel:\n  A|fieldref: 'B*'\ncondition: sel"),
      ["sigma-bad-value: 'B*'"],
    ],
    [
      'existence and not',
      withDetection('sel:\n  A|exists: [true, false]\ncondition: sel'),
      ['sigma-bad-value: A|exists: [true, false]'],
    ],
    ['an hour that is none', withDetection('sel:\n  A|hour|gte: 24\ncondition: sel'), ['sigma-time-range: 24']],
    [
      'more dashes than can be encoded',
      withDetection("sel:\n  A|windash|base64: '-a-b-c-d-e'\ncondition: sel"),
      ["sigma-windash-encoded: '-a-b-c-d-e'"],
    ],
    [
      'offsets of a whole value',
      withDetection("sel:\n  A|base64offset: 'abc'\ncondition: sel"),
      ["sigma-base64offset-whole: A|base64offset: 'abc'"],
    ],
    [
      'another taxonomy',
      `taxonomy: ecs\n${withDetection("sel: {A: 'x'}\ncondition: sel")}`,
      ['sigma-unknown-taxonomy: ecs'],
    ],
    [
      'a field named as searches of the whole event are',
      withDetection("sel:\n  keyword: 'x'\ncondition: sel"),
      ['sigma-field-keyword: keyword'],
    ],
    ['a map as value', withDetection('sel:\n  A: {b: c}\ncondition: sel'), ['sigma-bad-value-type: {b: c}']],
    ['an empty list', withDetection('sel:\n  A: []\ncondition: sel'), ['sigma-empty-list: []']],
    [
      'several in one',
      withDetection("sel:\n  A|foo: 'x'\n  B|gt: 'y'\ncondition: nope"),
      ['sigma-unknown-modifier: foo', "sigma-not-a-number: 'y'", 'sigma-unknown-selection: nope'],
    ],
    ['a duplicate key', withDetection("sel:\n  A: 'x'\n  A: 'y'\ncondition: sel"), ['yaml-duplicate-key: A']],
    ['no condition', withDetection("sel:\n  A: 'x'"), ['sigma-missing-condition: detection']],
    ['no detection', head, ['sigma-missing-detection: title']],
    ['no logsource', "title: T\ndetection:\n  sel: {A: 'x'}\n  condition: sel\n", ['sigma-missing-logsource: title']],
    [
      'no title',
      "logsource: {product: windows}\ndetection:\n  sel: {A: 'x'}\n  condition: sel\n",
      ['sigma-missing-title: logsource'],
    ],
    ['a bad level', `level: hgih\n${withDetection("sel: {A: 'x'}\ncondition: sel")}`, ['sigma-bad-level: hgih']],
    ['a bad status', `status: new\n${withDetection("sel: {A: 'x'}\ncondition: sel")}`, ['sigma-bad-status: new']],
    [
      'a bad id',
      "title: T\nid: 12\nlogsource: {product: windows}\ndetection:\n  sel: {A: 'x'}\n  condition: sel\n",
      ['sigma-bad-id: 12'],
    ],
    ['a text', 'just a text', ['sigma-not-a-map: just a text']],
    ['a list', '- a\n', ['sigma-not-a-map: - a\n']],
  ])('%s', (_, text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('marks a YAML error near its place and still reads the rest', () => {
    const text = `${head}detection:\n  sel:\n    A: 'x\n  condition: sel\nlevel: high\n`;
    expect(faults(text)[0]).toMatch(/^yaml-syntax/);
    expect(one(text)).toMatchObject({ title: 'T', condition: undefined });
  });

  it('never throws, marks only what is in the text, and has an error exactly where a rule cannot run', () => {
    const good = withDetection(
      'sel:\n  A|contains|all: [\'x\', "y\\n"]\nf:\n  - B: null\ncondition: sel and not 1 of f*',
    );
    const garbage = fc.string({ unit: fc.constantFrom(...Array.from('\'"{}[]|>&*!%@:-, \n\tAab1~#?\\')) });
    const edit = fc.tuple(fc.nat(good.length), fc.nat(12), garbage);
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
        const text = edits.reduce((now, [at, cut, add]) => now.slice(0, at) + add + now.slice(at + cut), good);
        const { rules, diagnostics } = readSigma(text);
        for (const rule of rules) {
          expect(rule.condition === undefined).toBe(rule.diagnostics.some((known) => known.severity === 'error'));
        }
        for (const { span } of [...diagnostics, ...rules.flatMap((rule) => rule.diagnostics)]) {
          expect(span.start).toBeLessThanOrEqual(span.end);
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('stops at aliases that multiply', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
    );
    const text = `l0: &l0 [x, y]\n${levels.join('\n')}\n`;
    expect(faults(text).join()).toContain('yaml-');
  });
});

describe('documents', () => {
  it('applies global, reset and repeat', () => {
    const text = [
      "action: global\ntitle: G\nlogsource: {product: windows}\ndetection:\n  a: {A: '1'}\n  condition: a and b",
      "detection:\n  b: {B: '2'}",
      "action: repeat\ntitle: R\ndetection:\n  b: {B: '3'}",
      'action: reset',
      "title: Own\nlogsource: {product: windows}\ndetection:\n  c: {C: '4'}\n  condition: c",
    ].join('\n---\n');
    expect(readSigma(text).rules.map((rule) => `${rule.title}: ${short(rule.condition)}`)).toEqual([
      'G: (A eq(1) and B eq(2))',
      'R: (A eq(1) and B eq(3))',
      'Own: C eq(4)',
    ]);
  });
});
