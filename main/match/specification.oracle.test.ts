import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSigma, type SigmaOptions } from '../../shared/catalog/dialects/sigma/read.ts';
import { evaluateNaively } from '../../shared/matching/naive.ts';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { EventTable } from '../columns/event-table.ts';
import { makeBatches } from '../testing/make-events.ts';
import { projectRoot } from '../testing/corpus.ts';
import { loadMappings } from './mappings.ts';
import { TableMatching } from './matching.ts';
import { createRegexEngine, re2jsEngine } from './regex-engine.ts';

/**
 * What the specification says of values and modifiers (rules specification and modifiers appendix 2.1), as selections with
 * events that fulfil them and events that don't. Each is asked of the oracle and of the matcher.
 */
type Event = Readonly<Record<string, string>>;

const mappings = loadMappings(join(projectRoot, 'rules'));
const native = createRegexEngine();
const OPTIONS: SigmaOptions = { placeholders: { two: ['p', 'q'], stars: ['a*z'], one: ['x'] } };

/** The events of the list that a rule hits, by oracle and by matcher. */
function hitsOf(detection: string, events: readonly Event[]): { oracle: number[]; matcher: number[] } {
  const text =
    'title: T\nid: 929a690e-bef0-4204-a928-ef5e620d6fcc\nlogsource: {product: windows, service: system}\n' +
    `detection:\n${detection.replace(/^/gm, '  ')}\n`;
  const [rule] = readSigma(text, OPTIONS).rules;
  if (!rule?.condition) throw new Error(rule?.diagnostics.map(({ message }) => message).join('\n'));
  const { condition } = rule;
  const regexes = re2jsEngine();
  const oracle = events.flatMap((event, i) => (evaluateNaively(condition, event, regexes) ? [i] : []));
  const table = new EventTable();
  const made = events.map((data) => {
    return { channel: 'System', provider: 'P', eventId: 1, computer: 'Host', timeUs: 1, data };
  });
  for (const batch of makeBatches(new BatchBuilder(), made, 0)) table.append(batch);
  const plan = new TableMatching(table, mappings, native, String).compile([rule]);
  const matcher: number[] = [];
  for (const shape of table.shapes) plan.run(shape, 0, shape.count, (_, event) => matcher.push(event));
  return { oracle, matcher: matcher.sort((a, b) => a - b) };
}

const SELECTION = 'sel:\n';

/** @param selection the lines of one selection. */
function check(selection: string, yes: readonly Event[], no: readonly Event[], condition = 'sel'): void {
  const written = selection.startsWith('sel') ? selection : `${SELECTION}${selection.replace(/^/gm, '  ')}`;
  const { oracle, matcher } = hitsOf(`${written}\ncondition: ${condition}`, [...yes, ...no]);
  const wanted = yes.map((_, i) => i);
  expect({ oracle, matcher }).toEqual({ oracle: wanted, matcher: wanted });
}

const a = (...values: string[]): Event[] => values.map((value) => ({ A: value }));

describe('the specification', () => {
  it.each<[string, readonly Event[], readonly Event[]]>([
    // Strings, wildcards, escapes
    ["A: 'x'", a('x', 'X'), [...a('', 'xx', ' x'), {}]],
    ["A: 'a*c'", a('ac', 'abc', 'a\nc', 'A**C'), a('acd', 'xac')],
    ["A: 'a?c'", a('abc', 'a😀c', 'a\nc'), a('ac', 'abbc')],
    ["A: 'a\\*c'", a('a*c'), a('abc', 'a\\*c', 'a\\c')],
    ["A: 'a\\?c'", a('a?c'), a('abc', 'a\\?c')],
    ["A: 'a\\\\*c'", a('a\\c', 'a\\xc'), a('a*c', 'a\\\\')],
    ["A: 'a\\\\\\*c'", a('a\\*c'), a('a\\xc', 'a\\\\*c', 'a*c')],
    ["A: 'a\\\\b'", a('a\\b'), a('a\\\\b')],
    ["A: 'a\\b'", a('a\\b'), a('a\\\\b', 'ab')],
    ["A: '\\\\\\\\srv'", a('\\\\srv'), a('\\srv', '\\\\\\\\srv')],
    ["A: '\\\\\\srv'", a('\\\\srv'), a('\\srv', '\\\\\\srv')],
    ["A: 'a\\'", a('a\\'), a('a', 'a\\\\')],
    ["A|endswith: '\\'", a('\\', 'C:\\'), a('a', '')],
    ["A|contains: '\\*'", a('x*y', '*'), a('xy', '\\')],
    ["A|startswith: 'a?'", a('ab', 'abc'), a('a', 'xab')],
    ["A|endswith: '?a'", a('ba', 'xba'), a('a', 'bab')],
    ["A: '*'", a('', 'x'), [{}, { B: 'x' }]],
    ["A: '?'", a('x', '😀'), a('', 'xy')],
    ["A: '?*'", a('x', 'xy'), [...a(''), {}]],
    ["A: ''", a(''), [...a('x', ' '), {}]],
    ['A: null', [{}, { B: '' }], a('', 'x')],
    ["A|contains: ''", a('', 'x'), [{}]],
    ['A: 5', a('5'), a('05', '5.0', '0x5')],
    ['A: true', a('true', 'True'), a('1', '')],
    ["A: ['x', 'y*']", a('x', 'Y1'), a('x1', 'z')],
    ["A|cased: 'aB*'", a('aB', 'aBc'), a('ab', 'AB')],
    ["A|cased|contains: 'aB'", a('xaBx'), a('xabx')],
    // Lists and links
    ["A|contains|all: ['x', 'y']", a('yx', 'XoY'), a('x', 'y')],
    ["A|contains|all: ['x']", a('x', 'ax'), a('y')],
    ["A|all: ['x*', '*y', '*z*']", a('xzy', 'xz y'), a('xy', 'zy')],
    ["A|neq: ['x', 'y']", [...a('z', ''), {}], a('x', 'Y')],
    ["A|contains|neq: 'x'", [...a('y'), {}], a('ax')],
    ["A|re|neq: 'x+'", [...a('X'), {}], a('xx')],
    ["A|cidr|neq: '10.0.0.0/8'", [...a('11.0.0.1', 'host'), {}], a('10.1.1.1')],
    ["A|contains|all|neq: ['x', 'y']", [...a('z', 'x'), {}], a('xy')],
    // Existence
    ['A|exists: true', a('', 'x'), [{}]],
    ['A|exists: no', [{}, { B: 'x' }], a('', 'x')],
    ['A|exists|neq: true', [{}], a('')],
    // Placeholders
    ["A|expand: '%two%'", a('p', 'Q'), a('%two%', 'x')],
    ["A|expand: 'pre-%two%-%one%'", a('pre-p-x', 'pre-q-x'), a('pre-p-q')],
    ["A|expand: '\\%two%two%'", a('%twop', '%twoq'), a('%two%two%', 'p')],
    ["A: '%two%'", a('%two%'), a('p')],
    ["A|expand: '%stars%'", a('az', 'abz'), a('a*', 'za')],
    ["A|contains|expand: '%two%'", a('xpx', 'q'), a('x')],
    ["A|contains|all|expand: ['%two%', '%one%']", a('px', 'xq', 'pqx'), a('pq', 'x', 'p')],
    ["A|contains|expand|all|neq: ['%two%', '%one%']", a('y', 'p', 'x', 'pq'), a('px', 'xq')],
    // Numbers
    ['A|gt: 5', a('6', '5.5', '0x10'), [...a('5', 'x', '', '-6'), {}]],
    ['A|lte: 1e3', a('1000', '-1', '.5'), a('1001', '1,000')],
    ['A|gte: .5', a('.5', '1'), a('.4')],
    ['A|lt: 0x10', a('15'), a('16', '0x10')],
    ['A|gt|neq: 5', [...a('5', 'x'), {}], a('6')],
    // Times
    ['A|hour: [7, 8]', a('2024-05-06T07:08:09Z', '2024-05-06 08:08:09'), a('2024-05-06T09:08:09Z', '7', '')],
    ['A|week|gte: 52', a('2024-12-28T00:00:00Z'), a('2024-12-31T00:00:00Z')],
    ['A|year|neq: 2024', [...a('2023-01-01T00:00:00Z', 'x'), {}], a('2024-01-01T00:00:00Z')],
    ['A|minute: 8', a('2024-05-06T07:08:09Z'), a('2024-05-06T07:09:09Z')],
    // Networks
    ["A|cidr: '10.0.0.0/8'", a('10.1.2.3', '::ffff:10.1.2.3'), a('11.1.2.3', '10.1.2', '', '10.1.2.3/8')],
    ["A|cidr: 'fe80::/10'", a('fe80::1', 'FE80::1%12', '[febf::1]'), a('fec0::1', 'fe80')],
    ["A|cidr: ['10.0.0.0/8', '192.168.0.0/16']", a('192.168.1.1', '10.0.0.0'), a('192.169.0.0')],
    // Other fields
    ['A|fieldref: B', [{ A: 'x', B: 'X' }], [{ A: 'x', B: 'y' }, { A: 'x' }, { B: 'x' }, {}]],
    ['A|fieldref|neq: B', [{ A: 'x', B: 'y' }, { A: 'x' }, {}], [{ A: 'x', B: 'X' }]],
    ['A|fieldref|startswith: B', [{ A: 'xy', B: 'X' }], [{ A: 'yx', B: 'x' }]],
    ['A|fieldref|endswith: B', [{ A: 'yx', B: 'X' }], [{ A: 'xy', B: 'x' }]],
    ['A|fieldref|contains: B', [{ A: 'yxy', B: 'X' }], [{ A: 'y', B: 'yx' }]],
    ['A|fieldref|cased: B', [{ A: 'x', B: 'x' }], [{ A: 'x', B: 'X' }]],
    ['A|fieldref: [B, C]', [{ A: 'x', B: 'y', C: 'x' }], [{ A: 'x', B: 'y' }]],
    // Regular expressions
    ["A|re: 'a.c'", a('xabcx'), a('ABC', 'a\nc')],
    ["A|re|i: 'a.c'", a('ABC'), a('a\nc')],
    ["A|re|s: 'a.c'", a('a\nc'), a('A\nC')],
    ["A|re|m: '^b$'", a('a\nb\nc'), a('ab', 'B')],
    ["A|re|i|m|s: '^b.c'", a('a\nB\nC'), a('ab\nc')],
    ["A|re|ignorecase|multiline: '^b$'", a('a\nB'), a('ab')],
    ["A|re: '\\*\\\\'", a('*\\', '\\*\\\\'), a('*', '\\')],
    ["A|re: ''", a('', 'x'), [{}]],
    ["A|re|all: ['a', 'b']", a('ba'), a('a', 'b')],
    // Dashes
    ["A|windash|contains: ' -a'", a('x -a', 'x /a', 'x –a', 'x —a', 'x ―a'), a('x ‐a', 'x a')],
    ["A|windash: '/a'", a('-a', '/A', '–a'), a('a')],
    ["A|windash|endswith: ['-a', '-b']", a('x/b', 'x—a'), a('x-c')],
    ["A|windash|contains|all: ['-a', '-b']", a('/a /b'), a('/a')],
    ["A|windash: '*-a-*'", a('x/a–y', '-a-'), a('-a')],
    // Encodings
    ["A|base64: 'foob'", a('Zm9vYg=='), a('foob', 'xZm9vYg==')],
    ["A|base64|contains: 'foo'", a('xZm9vx'), a('foo')],
    ["A|base64offset|contains: 'foobar'", a('xZm9vYmFyx', 'xZvb2Jhcx', 'mb29iYX'), a('foobar', 'Zm9v')],
    ["A|wide|base64offset|contains: 'cmd'", a('YwBtAGQA', 'xMAbQBkAx', 'jAG0AZA'), a('Y21k')],
    ["A|utf16le|base64: 'cmd'", a('YwBtAGQA'), a('Y21k')],
    ["A|utf16be|base64: 'cmd'", a('AGMAbQBk'), a('YwBtAGQA')],
    ["A|utf16|base64: 'cmd'", a('//5jAG0AZAA='), a('YwBtAGQA')],
    ["A|wide|contains: 'ab'", a('xa\0b\0x'), a('ab')],
    ["A|base64: 'a\\*'", a('YSo='), a('YVwq')],
    // Dashes are changed before the value is encoded: ' -a', ' /a' and ' –a'.
    ["A|windash|base64: ' -a'", a('IC1h', 'IC9h', 'IOKAk2E='), a(' -a', 'IC5h')],
    ["A|windash|base64: '>'", a('Pg=='), a('Pg-=')],
    ["A|windash|base64|contains: '\\?\\?\\?'", a('xPz8/'), a('xPz8-')],
    ["A|windash|base64|contains|all: ['-a', 'b']", a('LWE=Yg==', 'L2E= Yg=='), a('LWE=', 'Yg==')],
    // Lists of maps, keywords
    ["- A: 'x'\n  B: 'y'\n- B: 'z'", [{ A: 'x', B: 'y' }, { B: 'z' }], [{ A: 'x' }, { A: 'z' }]],
    ["- 'key'\n- B: 'z'", [{ A: 'a key' }, { B: 'z' }], [{ A: 'z' }, {}]],
    ["- 'k*y'\n- 5", [{ A: 'a kxy b' }, { B: '151' }], [{ A: 'k', B: 'y' }]],
    ["'|all': ['xx', 'zz']", [{ A: 'xx', B: 'zz' }, { B: 'xxzz' }], [{ A: 'xx' }]],
    ["'|re': '^x+$'", [{ B: 'xx' }], [{ B: 'xxy' }]],
    ["'|contains|cased': 'Xx'", [{ B: 'aXxb' }], [{ B: 'xx' }]],
  ])('%s', (selection, yes, no) => check(selection, yes, no));

  const four = "sel:\n  A: 'a'\nsel_2:\n  B: 'b'\n_sel_3:\n  C: 'c'\nfilter:\n  D: 'd'";
  const abc = (text: string): Event[] =>
    text.split(' ').map((letters) => Object.fromEntries(Array.from(letters).map((one) => [one.toUpperCase(), one])));
  it.each([
    ['1 of them', 'a b d ab', 'c x'],
    ['any of them', 'a b d', 'c'],
    ['all of them', 'abd abcd', 'ab abc acd'],
    ['1 of sel*', 'a b', 'c d'],
    ['all of sel*', 'ab abd', 'a b ac'],
    ['1 of *sel*', 'a b', 'c d'],
    ['1 of _*l_3', 'c', 'a b d'],
    ['all of *', 'abd', 'abc'],
    ['1 of _*', 'c', 'a b d'],
    ['1 of *', 'a b d', 'c x'],
    ['not 1 of sel*', 'c d x', 'a b'],
    ['not all of sel*', 'a b x', 'ab'],
    ['sel and not 1 of f*', 'a ab ac', 'ad b'],
    ['sel or sel_2 and not filter', 'a ad b abd', 'bd d'],
    ['(sel or sel_2) and not filter', 'a b ab', 'ad bd'],
    ['((sel)) AND (NOT (filter OR (sel_2)))', 'a ac', 'ab ad'],
    ['not(sel)and(sel_2)', 'b bd', 'ab a'],
    ['not not sel', 'a ab', 'b x'],
    ['1 Of sel_* Or All OF filt*', 'b d', 'a c'],
    ['[sel, sel_2 and filter]', 'a bd', 'b d'],
  ])('condition: %s', (condition, yes, no) => check(four, abc(yes), abc(no), condition));
});
