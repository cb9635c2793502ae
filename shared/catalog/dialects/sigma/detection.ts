import type { Expr, Op, Predicate, PredicateValue, TimePart } from '../../../model/predicate.ts';
import type { Span } from '../../../model/span.ts';
import { dashVariants } from '../../../matching/fold.ts';
import { parseNetwork } from '../../../matching/ip.ts';
import { parseNumber } from '../../../matching/number.ts';
import type { Report } from '../../diagnostics.ts';
import type { YamlEntry, YamlNode, YamlScalar } from '../../yaml/tree.ts';
import { placeText, splitWildcards } from '../../syntax/wildcards.ts';
import { readChain, type Chain, type WrittenModifier } from './modifiers.ts';
import { expandPlaceholders } from './value.ts';

/** The field name of an unbound search over the whole event. */
export const KEYWORD_FIELD = 'keyword';

/** Lists that replace placeholders (`expand`), by name without percent signs. */
export type Placeholders = Readonly<Record<string, readonly string[]>>;

/** One value as it will be compared; values of one op make one predicate. */
interface Typed {
  readonly op: Op;
  readonly value: PredicateValue;
}

const NO_MODIFIERS: Chain = {
  native: '',
  place: undefined,
  all: false,
  cased: false,
  negated: false,
  regexFlags: undefined,
  encodings: [],
  windash: false,
  expand: false,
  type: undefined,
  compare: undefined,
  time: undefined,
};

/** Turns one selection (a map, a list of maps, a list of keywords) into an expression; reports every fault. */
export function readSelection(node: YamlNode, report: Report, placeholders: Placeholders): Expr | undefined {
  switch (node.kind) {
    case 'scalar':
      return readItem(KEYWORD_FIELD, NO_MODIFIERS, node, [node], node.span, report, placeholders);
    case 'map': {
      if (node.entries.length === 0) {
        report.error('sigma-empty-selection', 'The selection is empty', node.span);
        return undefined;
      }
      const children = node.entries.map((entry) => readEntry(entry, report, placeholders));
      return combine('and', children, node.span);
    }
    case 'list': {
      if (node.items.length === 0) {
        report.error('sigma-empty-selection', 'The selection is empty', node.span);
        return undefined;
      }
      const keywords = node.items.filter((item) => item.kind === 'scalar');
      const children: (Expr | undefined)[] = [];
      if (keywords.length > 0) {
        children.push(readItem(KEYWORD_FIELD, NO_MODIFIERS, node, keywords, node.span, report, placeholders));
      }
      for (const item of node.items) {
        if (item.kind !== 'scalar') children.push(readSelection(item, report, placeholders));
      }
      return combine('or', children, node.span);
    }
  }
}

function combine(kind: 'and' | 'or', children: readonly (Expr | undefined)[], span: Span): Expr | undefined {
  if (children.includes(undefined)) return undefined;
  if (children.length === 1) return children[0];
  return { kind, children: children as readonly Expr[], span };
}

/** A map's entry: `field|modifier|modifier: value or list`. */
function readEntry(entry: YamlEntry, report: Report, placeholders: Placeholders): Expr | undefined {
  const { key, value } = entry;
  const [field = '', ...names] = key.text.split('|');
  const modifiers: WrittenModifier[] = [];
  let at = field.length + 1;
  for (const name of names) {
    modifiers.push({ name, span: { start: key.at(at), end: key.at(at + name.length) } });
    at += name.length + 1;
  }
  const chain = readChain(modifiers, report);
  if (value.kind === 'map') {
    report.error('sigma-bad-value-type', 'A field takes a value or a list of values, not a map', value.span);
    return undefined;
  }
  const items = value.kind === 'list' ? value.items : [value];
  if (items.length === 0) {
    report.error('sigma-empty-list', 'The list of values is empty', value.span);
    return undefined;
  }
  const scalars: YamlScalar[] = [];
  let isGood = chain !== undefined;
  for (const item of items) {
    if (item.kind === 'scalar') scalars.push(item);
    else {
      report.error('sigma-bad-value-type', `A value cannot be a ${item.kind}`, item.span);
      isGood = false;
    }
  }
  if (!chain || !isGood) return undefined;
  const fieldName = field === '' ? KEYWORD_FIELD : field;
  if (field === KEYWORD_FIELD) {
    const message = 'A field named keyword cannot be told from a search of the whole event, and is taken for one';
    report.warning('sigma-field-keyword', message, key.span);
  }
  const span = { start: key.span.start, end: Math.max(key.span.end, value.span.end) };
  if (chain.all && scalars.length === 1 && !chain.expand) {
    const place = modifiers.find((modifier) => modifier.name.toLowerCase() === 'all') as WrittenModifier;
    report.warning('sigma-all-single-value', 'The modifier all needs a list of several values', place.span);
  }
  return readItem(fieldName, chain, value, scalars, span, report, placeholders);
}

/** What a field's values ask for under one chain of modifiers; undefined, with what is wrong reported. */
function readItem(
  field: string,
  chain: Chain,
  container: YamlNode,
  scalars: readonly YamlScalar[],
  span: Span,
  report: Report,
  placeholders: Placeholders,
): Expr | undefined {
  /** By value as written: what it stands for, of which one is enough. */
  const typed: Typed[][] = [];
  let isGood = checkForm(field, chain, scalars, span, report);
  for (const scalar of scalars) {
    const meant: Typed[] = [];
    for (const text of textsOf(chain, scalar, report, placeholders)) {
      const value = typeValue(field, chain, scalar, text, report);
      if (value) meant.push(value);
      else isGood = false;
    }
    typed.push(meant);
    if (scalar.type === 'null' && container.kind === 'list' && container.items.length > 1) {
      report.warning(
        'sigma-null-in-list',
        'null should be a selection of its own, not one of several values',
        scalar.span,
      );
    }
  }
  if (!isGood) return undefined;
  // `neq` denies the whole: none of the values, or with `all` not all of them.
  const quantifier = chain.all ? 'all' : 'any';
  // Under `all` each value must hold; of the texts that one stands for (a list, ways to write dashes) one is enough.
  const isListed = quantifier === 'all' && typed.some((meant) => meant.length > 1);
  const expr: Expr | undefined = isListed
    ? combine(
        'and',
        typed.map((meant) => group(field, meant, 'any', chain, span)),
        span,
      )
    : group(field, typed.flat(), quantifier, chain, span);
  return chain.negated && expr ? { kind: 'not', child: expr, span } : expr;
}

/** What must be true of a field before its values are looked at. Reports what isn't. */
function checkForm(field: string, chain: Chain, scalars: readonly YamlScalar[], span: Span, report: Report): boolean {
  const refuse = (message: string): false => {
    report.error('sigma-bad-value', message, span);
    return false;
  };
  if (field === KEYWORD_FIELD && (chain.type === 'exists' || chain.type === 'fieldref')) {
    return refuse(`${chain.type} needs the name of a field before it`);
  }
  if (chain.type === 'exists' && scalars.length > 1) return refuse('exists takes one value, true or false');
  if (chain.encodings.includes('base64offset') && chain.place === undefined) {
    const message = 'base64offset gives the middle of a longer text; without contains it will hardly match';
    report.warning('sigma-base64offset-whole', message, span);
  }
  return true;
}

/** Values of a field under one link: one predicate for each op that they come to. */
function group(
  field: string,
  typed: readonly Typed[],
  quantifier: 'any' | 'all',
  chain: Chain,
  span: Span,
): Expr | undefined {
  const groups = new Map<Op, PredicateValue[]>();
  for (const { op, value } of typed) {
    const known = groups.get(op);
    if (known) known.push(value);
    else groups.set(op, [value]);
  }
  const children = [...groups].map(([op, values]) => predicate(field, op, values, quantifier, chain, span));
  return children.length === 1 ? children[0] : { kind: quantifier === 'all' ? 'and' : 'or', children, span };
}

function predicate(
  field: string,
  op: Op,
  values: readonly PredicateValue[],
  quantifier: 'any' | 'all',
  chain: Chain,
  span: Span,
): Predicate {
  const takesNone = op === 'is_null' || op === 'is_not_null';
  return {
    kind: 'predicate',
    field,
    op,
    values: takesNone ? [] : values,
    quantifier: takesNone ? 'any' : quantifier,
    caseSensitive: chain.cased || (op === 'match' && !chain.regexFlags?.includes('i')),
    native: chain.native,
    span,
    ...(chain.encodings.length > 0 && !takesNone ? { encodings: chain.encodings } : {}),
    ...(chain.windash && chain.encodings.length === 0 && !takesNone ? { windash: true } : {}),
    ...(op === 'match' ? { regexFlags: chain.regexFlags ?? '' } : {}),
    ...(op === 'eq_field' ? { fieldCompare: FIELD_COMPARE[chain.place ?? 'eq'] } : {}),
    ...(chain.time ? { timePart: chain.time } : {}),
  };
}

const FIELD_COMPARE = { eq: 'eq', contains: 'contains', startswith: 'starts_with', endswith: 'ends_with' } as const;

/** What one value asks for under the chain; undefined with a report where it can't be. */
function typeValue(field: string, chain: Chain, scalar: YamlScalar, text: string, report: Report): Typed | undefined {
  const { span } = scalar;
  const value = { text, span };
  const refuse = (code: string, message: string): undefined => {
    report.error(code, message, span);
    return undefined;
  };
  if (chain.type === 'exists') {
    // `yes` and `no` are booleans of YAML 1.1, which most tools for Sigma read.
    const wanted = /^(?:true|yes)$/i.test(text);
    if (!wanted && !/^(?:false|no)$/i.test(text)) return refuse('sigma-bad-value', 'exists takes true or false');
    return { op: wanted ? 'is_not_null' : 'is_null', value };
  }
  if (scalar.type === 'null') {
    if (field === KEYWORD_FIELD) return refuse('sigma-null-keyword', 'A keyword cannot be null');
    const asks =
      chain.place ?? chain.type ?? chain.compare ?? chain.time ?? (chain.regexFlags === undefined ? '' : 're');
    if (asks || chain.encodings.length > 0)
      return refuse('sigma-bad-value', `null has no meaning with these modifiers`);
    return { op: 'is_null', value };
  }
  if (chain.compare || chain.time) {
    const number = parseNumber(text);
    if (number === undefined) {
      return refuse('sigma-not-a-number', `${chain.compare ?? chain.time ?? ''} takes a number, not "${text}"`);
    }
    if (chain.time) checkTime(chain.time, Number(number), span, report);
    return { op: chain.compare ?? 'eq', value };
  }
  if (chain.type === 'cidr') {
    return parseNetwork(text) ? { op: 'cidr', value } : refuse('sigma-bad-cidr', `"${text}" is not an IP network`);
  }
  if (chain.type === 'fieldref') {
    const pieces = splitWildcards(text);
    if (pieces.length === 0) return refuse('sigma-bad-value', 'fieldref takes a field name');
    if (pieces.some((piece) => 'wild' in piece)) {
      return refuse('sigma-bad-value', 'fieldref takes the name of one field, without wildcards');
    }
    return { op: 'eq_field', value };
  }
  if (chain.regexFlags !== undefined) return { op: 'match', value };
  const pieces = splitWildcards(text);
  // A keyword is searched for within the event: it needs no wildcards of its own.
  const place = field === KEYWORD_FIELD && !chain.place ? 'contains' : chain.place;
  if (chain.encodings.length > 0 && pieces.some((piece) => 'wild' in piece)) {
    return refuse('sigma-encoded-wildcard', 'A value that is encoded cannot hold wildcards');
  }
  const placed = placeText(pieces, place);
  if (placed.op === 'is_not_null' && text === '') {
    // `contains: ''` holds for every value that is there.
    report.warning('sigma-empty-value', 'An empty value matches whatever the field holds', span);
  }
  return { op: placed.op, value: { text: placed.text, span } };
}

/** What the time modifiers can give. A year can be any. */
const TIME_RANGES: Readonly<Partial<Record<TimePart, readonly [number, number]>>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
};

function checkTime(part: TimePart, number: number, span: Span, report: Report): void {
  const range = TIME_RANGES[part];
  if (!range || (number >= range[0] && number <= range[1])) return;
  report.warning('sigma-time-range', `${part} is a number from ${range[0]} to ${range[1]}`, span);
}

/** Ways to write the dashes of one value that are put into an encoding one by one: all for up to four dashes. */
const ENCODED_DASHES_LIMIT = 625;

/** The texts that a value stands for: those of its placeholders, and of its dashes where they are to be encoded. */
function textsOf(chain: Chain, scalar: YamlScalar, report: Report, placeholders: Placeholders): readonly string[] {
  const texts = chain.expand ? expand(scalar, report, placeholders) : [scalar.text];
  if (!chain.windash || chain.encodings.length === 0) return texts;
  return texts.flatMap((text) => {
    const ways = dashVariants(text, ENCODED_DASHES_LIMIT);
    if (!ways) report.error('sigma-windash-encoded', 'Too many dashes to encode in each of their forms', scalar.span);
    return ways ?? [text];
  });
}

/** The value's texts; as written, with errors, where a list is missing: the rule can't run, but is known. */
function expand(scalar: YamlScalar, report: Report, placeholders: Placeholders): readonly string[] {
  const { unknown, texts } = expandPlaceholders(scalar.text, placeholders);
  for (const name of unknown) {
    report.error('unsupported-placeholder', `No list is given for the placeholder %${name}%`, scalar.span);
  }
  return unknown.length > 0 ? [scalar.text] : texts;
}
