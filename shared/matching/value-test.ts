import type { Predicate, PredicateValue } from '../model/predicate.ts';
import type { Span } from '../model/span.ts';
import { commandLineArguments } from './command-line.ts';
import { encodeValue } from './encode.ts';
import { foldDashes, foldText, wellFormed } from './fold.ts';
import { isInNetwork, parseAddress, parseNetwork, type Address } from './ip.ts';
import { compares, parseNumber, type Comparison, type ExactNumber } from './number.ts';
import type { RegexEngine } from './regex.ts';
import { timePartOf } from './time-part.ts';
import { compileWildcard, matchWildcard } from './wildcard.ts';

/**
 * What each op means for one text of a field. Stated once:
 *
 * - Comparison ignores case (simple folding, fold.ts) unless the predicate is case-sensitive. `match` is
 *   case-sensitive unless its flags hold `i`.
 *   Nothing else is made equal: `ß` is not `ss`, `é` is not `e` with an accent behind it, `İ` and `ı` are no `i`;
 *   final and other sigma are one letter.
 * - eq: the whole text. contains, starts_with, ends_with: a part of it; an empty value is in every text.
 *   wildcard: `*` any run, `?` one code point, over the whole text.
 * - windash: hyphen, slash, en dash, em dash and horizontal bar are one character, in value and text.
 * - A predicate that splits compares each argument of a command line (command-line.ts), as if the field occurred once
 *   for each.
 * - Encodings turn the value into one or more texts (encode.ts), of which one must do.
 * - match: RE2, anywhere in the text. cidr: the text is an address in the network; an IPv4-mapped IPv6 address
 *   counts as the IPv4 address.
 * - gt, gte, lt, lte: both are numbers, decimal or `0x…`, compared exactly. A text that is no number never holds.
 * - A time part: the text is a time (UTC where it has no offset); its part is compared as a number; eq is equality.
 * - is_null: the event has no such field. is_not_null: it has one, empty or not.
 * - A field that occurs several times holds a value if one occurrence does; under quantifier `all` each value may
 *   be held by another occurrence. `keyword` means every value of the event.
 * - eq_field: some occurrence of the field compares (fieldCompare) with some occurrence of the other.
 */
export interface ValueTest {
  /** Whether the text fulfils the value. */
  test(subject: Subject): boolean;
  /** The characters that made it so, UTF-16 offsets; empty where the text doesn't fulfil it. */
  ranges(subject: Subject): Span[];
}

/** A text of an event in the forms that comparisons need, each made at most once. */
export class Subject {
  #address: Address | undefined | null = null;
  #number: ExactNumber | undefined | null = null;
  #folded: string | undefined;
  #dashed: string | undefined;
  #foldedDashed: string | undefined;
  #arguments: readonly (Span & { readonly subject: Subject })[] | undefined;

  constructor(readonly text: string) {}

  get folded(): string {
    return (this.#folded ??= foldText(this.text));
  }

  /** The text as an IP address, undefined where it is none. */
  get address(): Address | undefined {
    if (this.#address === null) this.#address = parseAddress(this.text);
    return this.#address;
  }

  /** The arguments of the text as a command line, each with where it stands. */
  get arguments(): readonly (Span & { readonly subject: Subject })[] {
    return (this.#arguments ??= commandLineArguments(this.text).map(({ text, start, end }) => {
      return { start, end, subject: new Subject(text) };
    }));
  }

  /** The text as a number, undefined where it is none. */
  get number(): ExactNumber | undefined {
    if (this.#number === null) this.#number = parseNumber(this.text);
    return this.#number;
  }

  form(caseSensitive: boolean, windash: boolean): string {
    if (!windash) return caseSensitive ? this.text : this.folded;
    if (caseSensitive) return (this.#dashed ??= foldDashes(this.text));
    return (this.#foldedDashed ??= foldDashes(this.folded));
  }
}

/** Puts a value's text into the form that the subject is compared in. */
export function normalForm(text: string, caseSensitive: boolean, windash: boolean): string {
  const folded = caseSensitive ? wellFormed(text) : foldText(wellFormed(text));
  return windash ? foldDashes(folded) : folded;
}

/**
 * Compiles one value of a predicate, for the ops that look at a field's own text (not eq_field, not the null ops).
 * @returns the reason where the regex engine refuses the pattern.
 */
export function compileValue(
  predicate: Predicate,
  value: PredicateValue,
  regexes: RegexEngine,
): ValueTest | { readonly refused: string } {
  if (predicate.splits) return argumentsTest(predicate, value, regexes);
  if (predicate.timePart) return timeTest(predicate, value);
  switch (predicate.op) {
    case 'eq':
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return textTest(predicate, predicate.op, value);
    case 'wildcard':
      return wildcardTest(predicate, value);
    case 'match': {
      const compiled = regexes.compile(value.text, predicate.regexFlags ?? '');
      if (!compiled.ok) return { refused: compiled.reason };
      const { regex } = compiled;
      return {
        test: (subject) => regex.test(subject.text),
        ranges: (subject) => {
          const found = regex.find(subject.text);
          return found ? [found] : [];
        },
      };
    }
    case 'cidr': {
      const network = parseNetwork(value.text);
      return wholeTest(
        ({ address }) => address !== undefined && network !== undefined && isInNetwork(address, network),
      );
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return numberTest(predicate.op, value);
    case 'is_not_null':
      return wholeTest(() => true);
    case 'is_null':
    case 'eq_field':
    case 'in_lookup':
      return wholeTest(() => false);
  }
}

/** Whether an argument of the command line fulfils the value. */
function argumentsTest(
  { splits: _splits, ...predicate }: Predicate,
  value: PredicateValue,
  regexes: RegexEngine,
): ValueTest | { readonly refused: string } {
  const inner = compileValue(predicate, value, regexes);
  if ('refused' in inner) return inner;
  return {
    test: (line) => line.arguments.some(({ subject }) => inner.test(subject)),
    ranges: (line) =>
      line.arguments.flatMap(({ subject, start, end }) => (inner.test(subject) ? [{ start, end }] : [])),
  };
}

/** A test on the text as a whole. */
function wholeTest(holds: (subject: Subject) => boolean): ValueTest {
  return {
    test: holds,
    ranges: (subject) => (holds(subject) ? [{ start: 0, end: subject.text.length }] : []),
  };
}

function numberTest(op: Comparison, value: PredicateValue): ValueTest {
  const wanted = parseNumber(value.text);
  return wholeTest(({ number }) => {
    return number !== undefined && wanted !== undefined && compares(op, number, wanted);
  });
}

function timeTest(predicate: Predicate, value: PredicateValue): ValueTest {
  const wanted = parseNumber(value.text);
  const part = predicate.timePart;
  return wholeTest(({ text }) => {
    const number = part && timePartOf(text, part);
    if (number === undefined || wanted === undefined) return false;
    const op = predicate.op;
    return op === 'gt' || op === 'gte' || op === 'lt' || op === 'lte'
      ? compares(op, number, wanted)
      : BigInt(number) === BigInt(Math.trunc(Number(wanted))) && Number(wanted) % 1 === 0;
  });
}

function textTest(
  predicate: Predicate,
  op: 'eq' | 'contains' | 'starts_with' | 'ends_with',
  value: PredicateValue,
): ValueTest {
  const { caseSensitive, windash = false } = predicate;
  const wanted = encodeValue(value.text, predicate.encodings ?? []).map((text) =>
    normalForm(text, caseSensitive, windash),
  );
  const place = PLACES[op];
  return {
    test: (subject) => {
      const text = subject.form(caseSensitive, windash);
      return wanted.some((needle) => place(text, needle) >= 0);
    },
    ranges: (subject) => {
      const text = subject.form(caseSensitive, windash);
      return wanted.flatMap((needle) => {
        const start = place(text, needle);
        return start < 0 ? [] : [{ start, end: start + needle.length }];
      });
    },
  };
}

/** Where the needle stands as the op wants it, or -1. */
const PLACES = {
  eq: (text: string, needle: string): number => (text === needle ? 0 : -1),
  contains: (text: string, needle: string): number => text.indexOf(needle),
  starts_with: (text: string, needle: string): number => (text.startsWith(needle) ? 0 : -1),
  ends_with: (text: string, needle: string): number => (text.endsWith(needle) ? text.length - needle.length : -1),
} as const;

function wildcardTest(predicate: Predicate, value: PredicateValue): ValueTest {
  const { caseSensitive, windash = false } = predicate;
  const pattern = compileWildcard(normalForm(value.text, caseSensitive, windash));
  return {
    test: (subject) => matchWildcard(pattern, subject.form(caseSensitive, windash)) !== undefined,
    ranges: (subject) => {
      const found = matchWildcard(pattern, subject.form(caseSensitive, windash));
      return (found ?? []).map(([start, end]) => ({ start, end }));
    },
  };
}

/** Compares two fields' texts for eq_field. */
export function comparesFields(predicate: Predicate, left: string, right: string): boolean {
  const [text, needle] = predicate.caseSensitive ? [left, right] : [foldText(left), foldText(right)];
  return PLACES[predicate.fieldCompare ?? 'eq'](text, needle) >= 0;
}
