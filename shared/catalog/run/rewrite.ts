import { foldText } from '../../matching/fold.ts';
import { parseAddress } from '../../matching/ip.ts';
import type { RegexEngine } from '../../matching/regex.ts';
import { compileValue, Subject } from '../../matching/value-test.ts';
import type { Expr, Predicate, PredicateValue } from '../../model/predicate.ts';
import { constant, eachValue, isNullTest, join, PART_OPS, test, type Rewritten } from './build.ts';
import type { Form } from './form.ts';
import { beforeTest, dataTest, hiveTest, withHives } from './registry.ts';
import { splitWildcards, type Piece } from '../syntax/wildcards.ts';
import { patternRegex } from './patterns.ts';

/**
 * A predicate as a test of an event's own field that holds for exactly the same events.
 * `C:\Windows\x.exe` as an example: `process.name eq x.exe` is `Image ends_with \x.exe` or `Image eq x.exe`;
 * `process.name starts_with x` is a regular expression, `(?:^|\\)x[^\\]*$`, since no other backslash may follow.
 */
export function rewrite(predicate: Predicate, form: Form): Rewritten {
  if (predicate.op === 'eq_field' || predicate.op === 'in_lookup' || predicate.timePart) {
    if (form.kind !== 'plain' || predicate.op !== 'eq_field') return { reason: `the test ${predicate.native}` };
  }
  switch (form.kind) {
    case 'absent':
      return constant(predicate.op === 'is_null', predicate);
    case 'plain':
      return { ...predicate, field: form.field };
    case 'name':
      return partTest(predicate, form.field, LAST_PART);
    case 'before':
      return beforeTest(predicate, form.field);
    case 'extension':
      return partTest(predicate, form.field, EXTENSION);
    case 'registry':
      return withHives(predicate, (value) =>
        isNullTest(value) ? { ...value, field: form.field } : hiveTest(value, form.field),
      );
    case 'key':
      return withHives(predicate, (value) => beforeTest(value, form.field, true));
    case 'data':
      return dataTest(predicate, form.field);
    case 'hashes':
      return hashTest(predicate, form.field);
    case 'address':
      return addressTest(predicate, form.field);
    case 'arguments':
      return argumentsTest(predicate, form.field);
    case 'enum':
      return enumTest(predicate, form);
    case 'by':
      return chosenTest(predicate, form);
  }
}

// ---------------------------------------------------------------- parts of a path

/** A part that reaches to the end of a text. */
interface Part {
  /** What stands right before it, as RE2 and as text. */
  readonly start: string;
  readonly before: string;
  /** Characters that it can hold. */
  readonly any: string;
  readonly excluded: RegExp;
  /** Whether a text without `before` is the part as a whole. */
  readonly canBeWhole: boolean;
  readonly what: string;
}

const LAST_PART: Part = {
  start: '(?:^|\\\\)',
  before: '\\',
  any: '[^\\\\]',
  excluded: /\\/,
  canBeWhole: true,
  what: 'a name within a path',
};
const EXTENSION: Part = {
  start: '\\.',
  before: '.',
  any: '[^\\\\.]',
  excluded: /[\\.]/,
  canBeWhole: false,
  what: "a file's extension",
};

function partTest(predicate: Predicate, field: string, part: Part): Rewritten {
  const { op } = predicate;
  if (isNullTest(predicate)) {
    if (part.canBeWhole) return { ...predicate, field };
    const has = partRegex({ ...predicate, caseSensitive: true }, field, part, `${part.any}+`);
    return op === 'is_not_null' ? has : { kind: 'not', child: has, span: predicate.span };
  }
  if (op === 'eq' && predicate.quantifier === 'any') return partEquals(predicate, field, part);
  return eachValue(predicate, (value) => {
    const one = { ...predicate, values: [value] };
    if (op === 'eq') return partEquals(one, field, part);
    if (op === 'match' || !PART_OPS.has(op)) return { reason: `the test ${predicate.native} of ${part.what}` };
    const pieces: readonly Piece[] =
      op === 'wildcard' ? splitWildcards(value.text) : value.text === '' ? [] : [{ literal: value.text }];
    if (pieces.some((piece) => 'literal' in piece && part.excluded.test(piece.literal)))
      return constant(false, predicate);
    const isOpen = op === 'contains' || pieces.every((piece) => 'wild' in piece && piece.wild === '*');
    if (isOpen && pieces.every((piece) => 'wild' in piece))
      return partTest({ ...one, op: 'is_not_null', values: [] }, field, part);
    if (op === 'ends_with' && part.canBeWhole) return { ...one, field };
    const inner = patternRegex(pieces, part.any);
    const head = op === 'contains' || op === 'ends_with' ? `${part.any}*` : '';
    const tail = op === 'contains' || op === 'starts_with' ? `${part.any}*` : '';
    return partRegex(one, field, part, head + inner + tail);
  });
}

function partEquals(predicate: Predicate, field: string, part: Part): Expr {
  const values = predicate.values.filter(({ text }) => !part.excluded.test(text) && (part.canBeWhole || text !== ''));
  if (values.length === 0) return constant(false, predicate);
  const ends = test(
    predicate,
    field,
    'ends_with',
    values.map((value) => ({ ...value, text: part.before + value.text })),
  );
  return part.canBeWhole ? join('or', [ends, test(predicate, field, 'eq', values)], predicate) : ends;
}

function partRegex(predicate: Predicate, field: string, { start }: Part, inner: string): Expr {
  const span = predicate.values[0]?.span ?? predicate.span;
  return test(predicate, field, 'match', [{ text: `${start}${inner}$`, span }]);
}

// ---------------------------------------------------------------- others

/** A test of each argument of a command line. One that is there has at least the program's name. */
function argumentsTest(predicate: Predicate, field: string): Rewritten {
  if (isNullTest(predicate)) return { ...predicate, field };
  return { ...predicate, field, splits: 'arguments' };
}

const DIGEST_LENGTHS: Readonly<Record<string, number>> = { md5: 32, imphash: 32, sha1: 40, sha256: 64 };

function hashTest(predicate: Predicate, field: string): Rewritten {
  const algorithm = /(?:^|[._]|[a-z])(md5|imphash|sha1|sha256)$/i.exec(predicate.field)?.[1]?.toLowerCase();
  const length = algorithm === undefined ? undefined : DIGEST_LENGTHS[algorithm];
  if (algorithm === undefined || length === undefined) return { reason: 'a hash without its algorithm' };
  const name = `${algorithm.toUpperCase()}=`;
  if (isNullTest(predicate)) {
    const has = test(predicate, field, 'contains', [{ text: name, span: predicate.span }]);
    return predicate.op === 'is_not_null' ? has : { kind: 'not', child: has, span: predicate.span };
  }
  if (predicate.op !== 'eq') return { reason: `the test ${predicate.native} of a hash` };
  const isDigest = ({ text }: PredicateValue): boolean => text.length === length && /^[0-9a-f]+$/i.test(text);
  const values = predicate.values.filter(isDigest).map((value) => ({ ...value, text: name + value.text }));
  if (values.length < predicate.values.length && (predicate.quantifier === 'all' || values.length === 0)) {
    return constant(false, predicate);
  }
  return test({ ...predicate, caseSensitive: false }, field, 'contains', values);
}

function addressTest(predicate: Predicate, field: string): Rewritten {
  const { op, span } = predicate;
  // Security events write a dash where there is no address.
  const isDash = ({ text }: PredicateValue): boolean => text === '-' || text === '';
  const dash = test({ ...predicate, quantifier: 'any' }, field, 'eq', [
    { text: '-', span },
    { text: '', span },
  ]);
  if (isNullTest(predicate)) {
    const isThere = test(predicate, field, 'is_not_null', []);
    const there = join('and', [isThere, { kind: 'not', child: dash, span }], predicate);
    return op === 'is_not_null' ? there : { kind: 'not', child: there, span };
  }
  if (op === 'cidr') return { ...predicate, field };
  if (op !== 'eq' && (!PART_OPS.has(op) || predicate.values.some(({ text }) => text.includes(':')))) {
    return { reason: `the test ${predicate.native} of an address` };
  }
  if (op !== 'eq')
    return join(
      'and',
      [
        { ...predicate, field },
        { kind: 'not', child: dash, span },
      ],
      predicate,
    );
  return eachValue(predicate, (value) => {
    if (isDash(value)) return constant(false, predicate);
    if (!parseAddress(value.text)) return test(predicate, field, 'eq', [value]);
    const network = { ...value, text: `${value.text}/${value.text.includes(':') ? 128 : 32}` };
    return test(predicate, field, 'cidr', [network]);
  });
}

/** No regular expression is compiled here: `match` is refused before. */
const NO_REGEXES: RegexEngine = { name: 'none', compile: () => ({ ok: false, reason: 'not asked for' }) };

/** Whether a text fulfils a predicate of one value or any of several; undefined for ops that can't be asked here. */
export function holdsFor(predicate: Predicate, text: string): boolean | undefined {
  if (predicate.op === 'match' || predicate.op === 'eq_field' || predicate.op === 'in_lookup') return undefined;
  const held = predicate.values.map((value) => {
    const compiled = compileValue(predicate, value, NO_REGEXES);
    return 'refused' in compiled ? undefined : compiled.test(new Subject(text));
  });
  if (held.includes(undefined)) return undefined;
  return predicate.quantifier === 'all' ? held.every(Boolean) : held.some(Boolean);
}

function enumTest(predicate: Predicate, { field, words, isOpen }: Form & { kind: 'enum' }): Rewritten {
  if (isNullTest(predicate)) return { ...predicate, field };
  if (isOpen && predicate.op !== 'eq') return { reason: `the test ${predicate.native} of ${predicate.field}` };
  return eachValue(predicate, (value) => {
    const one = { ...predicate, values: [value] };
    // A number is the event's own.
    if (predicate.op === 'eq' && /^\d+$/.test(value.text)) return test(predicate, field, 'eq', [value]);
    const isKnown = words.some(([word]) => foldText(word) === foldText(value.text));
    if (predicate.op === 'eq' && !isKnown) return { reason: `"${value.text}" as ${predicate.field}` };
    const found: string[] = [];
    for (const [word, meant] of words) {
      const holds = holdsFor(one, word);
      if (holds === undefined) return { reason: `the test ${predicate.native} of ${predicate.field}` };
      if (holds) found.push(...meant);
    }
    if (found.length === 0) return constant(false, predicate);
    return test(
      { ...one, caseSensitive: false, quantifier: 'any' },
      field,
      'eq',
      [...new Set(found)].map((text) => ({ text, span: value.span })),
    );
  });
}

/** The field is another one by what the event says elsewhere. */
function chosenTest(predicate: Predicate, { field, fields }: Form & { kind: 'by' }): Rewritten {
  const { span } = predicate;
  const isNull = predicate.op === 'is_null';
  const asked: Predicate = isNull ? { ...predicate, op: 'is_not_null' } : predicate;
  const choices = fields.map(([when, name]): Expr => {
    const chosen = test({ ...predicate, caseSensitive: false, quantifier: 'any' }, field, 'eq', [{ text: when, span }]);
    return join('and', [chosen, { ...asked, field: name }], predicate);
  });
  const any = join('or', choices, predicate);
  return isNull ? { kind: 'not', child: any, span } : any;
}
