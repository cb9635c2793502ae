import type { Expr, Op, Predicate, PredicateValue } from '../../../model/predicate.ts';
import type { Span } from '../../../model/span.ts';
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
  const span = { start: key.span.start, end: Math.max(key.span.end, value.span.end) };
  if (chain.all && scalars.length === 1 && !chain.expand) {
    const place = modifiers.find((modifier) => modifier.name.toLowerCase() === 'all') as WrittenModifier;
    report.warning('sigma-all-single-value', 'The modifier all needs a list of several values', place.span);
  }
  return readItem(fieldName, chain, value, scalars, span, report, placeholders);
}

/** A field's values under one chain of modifiers: one predicate for each op that they come to. */
function readItem(
  field: string,
  chain: Chain,
  container: YamlNode,
  scalars: readonly YamlScalar[],
  span: Span,
  report: Report,
  placeholders: Placeholders,
): Expr | undefined {
  const typed: Typed[] = [];
  let isGood = true;
  for (const scalar of scalars) {
    const texts = chain.expand ? expand(scalar, report, placeholders) : [scalar.text];
    for (const text of texts) {
      const value = typeValue(field, chain, scalar, text, report);
      if (value) typed.push(value);
      else isGood = false;
    }
    if (scalar.type === 'null' && container.kind === 'list' && container.items.length > 1) {
      report.warning(
        'sigma-null-in-list',
        'null should be a selection of its own, not one of several values',
        scalar.span,
      );
    }
  }
  if (!isGood) return undefined;
  // `neq` is "none of the values": with `all` as without.
  const quantifier = chain.all && !chain.negated ? 'all' : 'any';
  const groups = new Map<Op, PredicateValue[]>();
  for (const { op, value } of typed) {
    const group = groups.get(op);
    if (group) group.push(value);
    else groups.set(op, [value]);
  }
  const children = [...groups].map(([op, values]) => predicate(field, op, values, quantifier, chain, span));
  const expr: Expr | undefined =
    children.length === 1 ? children[0] : { kind: quantifier === 'all' ? 'and' : 'or', children, span };
  return chain.negated && expr ? { kind: 'not', child: expr, span } : expr;
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
    ...(chain.windash && !takesNone ? { windash: true } : {}),
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
    if (!/^[+-]?(?:\d+(?:\.\d+)?|0x[0-9a-f]+)$/i.test(text)) {
      return refuse('sigma-not-a-number', `${chain.compare ?? chain.time ?? ''} takes a number, not "${text}"`);
    }
    return { op: chain.compare ?? 'eq', value };
  }
  if (chain.type === 'cidr') {
    return isNetwork(text) ? { op: 'cidr', value } : refuse('sigma-bad-cidr', `"${text}" is not an IP network`);
  }
  if (chain.type === 'fieldref') {
    return text === '' ? refuse('sigma-bad-value', 'fieldref takes a field name') : { op: 'eq_field', value };
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

/** The value's texts; as written, with errors, where a list is missing: the rule can't run, but is known. */
function expand(scalar: YamlScalar, report: Report, placeholders: Placeholders): readonly string[] {
  const { unknown, texts } = expandPlaceholders(scalar.text, placeholders);
  for (const name of unknown) {
    report.error('unsupported-placeholder', `No list is given for the placeholder %${name}%`, scalar.span);
  }
  return unknown.length > 0 ? [scalar.text] : texts;
}

/** A rough check for the editor; shared/matching/ip.ts reads networks exactly. */
const V4 = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?:\/(?:3[0-2]|[12]?\d))?$/;
const isNetwork = (text: string): boolean =>
  V4.test(text) || /^[0-9a-f:.]*:[0-9a-f:.]*(?:\/(?:12[0-8]|1[01]\d|\d?\d))?$/i.test(text);
