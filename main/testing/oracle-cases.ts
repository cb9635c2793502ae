import fc from 'fast-check';
import { wellFormed } from '../../shared/matching/fold.ts';
import type { NaiveEvent } from '../../shared/matching/naive.ts';
import { OPS, type Encoding, type Expr, type Predicate } from '../../shared/model/predicate.ts';
import { UNTOLD, type Rule } from '../../shared/model/rule.ts';
import type { MadeEvent } from './make-events.ts';

/**
 * Random rules over random events: the matcher and the oracle must agree on every pair. Values and patterns are put
 * together from the same few words, so that they meet often, and the words hold what is treacherous: case pairs
 * beyond ASCII, dashes, wildcards, backslashes, literals shorter and longer than the automaton's.
 */
const WORDS = [
  'abc',
  'ABC',
  'abcd',
  'bcd',
  'xabc',
  'kelvin',
  '\u212aELVIN',
  'straße',
  'STRAẞE',
  'strasse',
  'ΣΑΣ',
  'σας',
  'ıi',
  'İI',
  'e\u0301',
  '\ud83d',
  '\ude00',
  '\0',
  'ſet',
  'SET',
  'caféx',
  'CAFÉX',
  '-enc',
  '/ENC',
  '–enc',
  ' -a -b',
  'a very long literal of a path',
  'A Very Long Literal Of A Path',
  '*',
  '?',
  '\\',
  '\\\\',
  '.',
  'a',
  'b',
  ' ',
  '😀',
  '\n',
  '1',
  '"',
  '\\"',
  '"abc -a" ',
];
const FIELDS = ['A', 'B'];
const TEXT_OPS = ['eq', 'contains', 'starts_with', 'ends_with', 'wildcard', 'match'] as const;
const span = { start: 0, end: 0 };

/** Mostly undefined. */
function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

interface Arbitraries {
  readonly expr: fc.Arbitrary<Expr>;
  readonly event: fc.Arbitrary<Record<string, string>>;
}

/** Rules and events that speak in a few words. */
function arbitraries(words: readonly string[]): Arbitraries {
  const text = fc.array(fc.constantFrom(...words), { maxLength: 3 }).map((words) => words.join(''));
  const needle = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...words) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom(...words), { maxLength: 2 }).map((words) => words.join('')) },
  );
  const special = fc.constantFrom(
    '10.1.2.3',
    '::ffff:10.1.2.3',
    'fe80::1%3',
    '10',
    '0x1F',
    '31',
    '-4',
    '2024-05-06T07:08:09Z',
    'xYWJjx',
    'YWJj',
    'FiYw',
    'eWFiYw==',
    'a\0b\0c\0',
    'kiosk',
    'SYS',
    '',
  );
  const value = fc.oneof({ weight: 6, arbitrary: text }, { weight: 2, arbitrary: special });
  const event = fc.dictionary(fc.constantFrom(...FIELDS, 'C', 'A[2]'), value).map((data) => {
    // A second occurrence only beside a first, as decoders write them.
    const { 'A[2]': second, ...rest } = data;
    return second !== undefined && rest['A'] !== undefined ? data : rest;
  });

  const encodings = fc.constantFrom<Encoding[]>(
    ['base64'],
    ['base64offset'],
    ['wide'],
    ['utf16be', 'base64'],
    ['utf16'],
  );
  const regex = fc.constantFrom(
    'a+b',
    '^[ab]',
    'k',
    'b$',
    '(?:ab|bka)',
    'a.b',
    '\\\\',
    'é',
    '1{2,}',
    'ab?k+',
    'abc(?:d|\\s)',
    'Abc',
    '(kelvin|set)$',
    'STRASSE|straße',
    'caf.x',
    '-(?:enc|x)+',
    '(?i)KB',
  );

  const predicate: fc.Arbitrary<Predicate> = fc
    .record({
      field: fc.constantFrom(...FIELDS, ...FIELDS, 'C', 'keyword'),
      op: fc.constantFrom(...OPS.filter((op) => op !== 'in_lookup'), ...TEXT_OPS, ...TEXT_OPS),
      texts: fc.array(fc.oneof({ weight: 6, arbitrary: needle }, { weight: 1, arbitrary: special }), {
        minLength: 1,
        maxLength: 3,
      }),
      regexes: fc.array(regex, { minLength: 1, maxLength: 2 }),
      networks: fc.array(fc.constantFrom('10.0.0.0/8', 'fe80::/10', '10.1.2.3', '0.0.0.0/0', '10.1.2.2/31', '::/0'), {
        minLength: 1,
        maxLength: 2,
      }),
      numbers: fc.array(fc.constantFrom('0', '10', '31', '0x1f', '7', '5', '2024', '1.5', '-9'), {
        minLength: 1,
        maxLength: 2,
      }),
      others: fc.array(fc.constantFrom(...FIELDS), { minLength: 1, maxLength: 2 }),
      quantifier: fc.constantFrom('any' as const, 'all' as const),
      caseSensitive: fc.boolean(),
      windash: rarely(fc.constant(true as const)),
      encodings: rarely(encodings),
      splits: rarely(fc.constant('arguments' as const)),
      regexFlags: fc.constantFrom('', 'i', 's', 'im', 'ims'),
      fieldCompare: fc.constantFrom('eq' as const, 'contains' as const, 'starts_with' as const, 'ends_with' as const),
      timePart: rarely(
        fc.constantFrom(
          'minute' as const,
          'hour' as const,
          'day' as const,
          'week' as const,
          'month' as const,
          'year' as const,
        ),
      ),
    })
    .map((made): Predicate => {
      const { op } = made;
      const isText = op === 'eq' || op === 'contains' || op === 'starts_with' || op === 'ends_with';
      const isNumber = op === 'gt' || op === 'gte' || op === 'lt' || op === 'lte';
      const isTimed = made.timePart !== undefined && (isNumber || op === 'eq');
      const texts =
        op === 'is_null' || op === 'is_not_null'
          ? []
          : isNumber || isTimed
            ? made.numbers
            : op === 'match'
              ? made.regexes
              : op === 'cidr'
                ? made.networks
                : op === 'eq_field'
                  ? made.others
                  : made.texts;
      return {
        kind: 'predicate',
        field: made.field,
        op,
        values: texts.map((value) => ({ text: value, span })),
        quantifier: made.quantifier,
        caseSensitive: made.caseSensitive,
        native: '',
        span,
        ...(isText && !isTimed && made.encodings ? { encodings: made.encodings } : {}),
        ...((isText || op === 'wildcard') && !isTimed && made.windash ? { windash: true } : {}),
        ...(texts.length > 0 && op !== 'eq_field' && made.splits ? { splits: made.splits } : {}),
        ...(op === 'match' ? { regexFlags: made.regexFlags } : {}),
        ...(op === 'eq_field' ? { fieldCompare: made.fieldCompare } : {}),
        ...(isTimed && made.timePart ? { timePart: made.timePart } : {}),
      };
    });

  const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
    expr: fc.oneof(
      { maxDepth: 4 },
      { weight: 5, arbitrary: predicate },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constantFrom('and' as const, 'or' as const),
          children: fc.array(tie('expr'), { minLength: 1, maxLength: 4 }),
          span: fc.constant(span),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('not' as const), child: tie('expr'), span: fc.constant(span) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('constant' as const), value: fc.boolean(), span: fc.constant(span) }),
      },
    ),
  }));
  return { expr, event };
}

/** Rules and events over the same two to five words; each event is its data and its event id. */
export function oracleCases(
  rules: number,
  events: number,
): fc.Arbitrary<readonly [readonly Expr[], readonly (readonly [Record<string, string>, number])[]]> {
  return fc.subarray(WORDS, { minLength: 2, maxLength: 5 }).chain((words) => {
    const { expr, event } = arbitraries(words);
    return fc.tuple(
      fc.array(expr, { minLength: 1, maxLength: rules }),
      fc.array(fc.tuple(event, fc.integer({ min: 1, max: 2 })), { minLength: 2, maxLength: events }),
    );
  });
}

/** A rule of one condition, for all events of the System channel. */
export function ruleOf(condition: Expr, number: number): Rule {
  return {
    ...UNTOLD,
    id: String(number),
    level: 'low',
    logsource: { product: 'windows', service: 'system' },
    selections: [{ name: 'all', expr: condition, span }],
    condition,
    diagnostics: [],
    span,
  };
}

/** An event of the System channel. */
export const systemEvent = (data: Record<string, string>, eventId: number): MadeEvent => ({
  channel: 'System',
  provider: 'Prov',
  eventId,
  computer: 'Kiosk',
  timeUs: 1,
  data,
});

/** Such an event as the oracle sees it; keywords also search channel, provider and computer. */
export function naiveEvent(data: Record<string, string>): NaiveEvent {
  // The dictionary holds UTF-8: no halves of surrogate pairs.
  const texts = Object.fromEntries(Object.entries(data).map(([name, text]) => [name, wellFormed(text)]));
  const { 'A[2]': second, ...rest } = texts;
  const first = rest['A'];
  const own: NaiveEvent = second !== undefined && first !== undefined ? { ...rest, A: [first, second] } : rest;
  return { ...own, Channel: 'System', Provider_Name: 'Prov', Computer: 'Kiosk' };
}
