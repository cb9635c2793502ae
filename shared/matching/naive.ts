import type { Expr, Predicate, PredicateValue } from '../model/predicate.ts';
import { commandLineArguments } from './command-line.ts';
import { encodeValue } from './encode.ts';
import { foldText, wellFormed } from './fold.ts';
import { isInNetwork, parseAddress, parseNetwork } from './ip.ts';
import { compares, parseNumber } from './number.ts';
import type { RegexEngine } from './regex.ts';
import { timePartOf } from './time-part.ts';

/**
 * One rule, one event, read straight from the specification with no cleverness: the oracle that the matcher is
 * tested against. It shares with the matcher only what is checked by tests of its own (folding, encodings, addresses).
 */

/** An event as the oracle sees it: values by field name; a field that repeats is an array. */
export type NaiveEvent = Readonly<Record<string, string | readonly string[]>>;

export function evaluateNaively(expr: Expr, event: NaiveEvent, regexes: RegexEngine): boolean {
  switch (expr.kind) {
    case 'constant':
      return expr.value;
    case 'not':
      return !evaluateNaively(expr.child, event, regexes);
    case 'and':
      return expr.children.every((child) => evaluateNaively(child, event, regexes));
    case 'or':
      return expr.children.some((child) => evaluateNaively(child, event, regexes));
    case 'predicate':
      return holds(expr, event, regexes);
  }
}

function valuesOf(event: NaiveEvent, field: string): readonly string[] {
  if (field === 'keyword') return Object.values(event).flat();
  const value = Object.hasOwn(event, field) ? event[field] : undefined;
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function holds(predicate: Predicate, event: NaiveEvent, regexes: RegexEngine): boolean {
  const written = valuesOf(event, predicate.field);
  const texts = predicate.splits
    ? written.flatMap((line) => commandLineArguments(line).map(({ text }) => text))
    : written;
  if (predicate.op === 'is_null') return texts.length === 0;
  if (predicate.op === 'is_not_null') return texts.length > 0;
  const isHeld = (value: PredicateValue): boolean =>
    predicate.op === 'eq_field'
      ? valuesOf(event, value.text).some((other) => texts.some((text) => placed(predicate, text, other)))
      : texts.some((text) => fulfils(predicate, value, text, regexes));
  return predicate.quantifier === 'all' ? predicate.values.every(isHeld) : predicate.values.some(isHeld);
}

function placed(predicate: Predicate, left: string, right: string): boolean {
  const a = predicate.caseSensitive ? left : foldText(left);
  const b = predicate.caseSensitive ? right : foldText(right);
  const compare = predicate.fieldCompare ?? 'eq';
  if (compare === 'contains') return a.includes(b);
  if (compare === 'starts_with') return a.startsWith(b);
  return compare === 'ends_with' ? a.endsWith(b) : a === b;
}

function fulfils(predicate: Predicate, value: PredicateValue, text: string, regexes: RegexEngine): boolean {
  if (predicate.timePart) {
    const part = timePartOf(text, predicate.timePart);
    const wanted = parseNumber(value.text);
    if (part === undefined || wanted === undefined) return false;
    switch (predicate.op) {
      case 'gt':
      case 'gte':
      case 'lt':
      case 'lte':
        return compares(predicate.op, part, wanted);
      default:
        return part === Number(wanted);
    }
  }
  switch (predicate.op) {
    case 'match': {
      const compiled = regexes.compile(value.text, predicate.regexFlags ?? '');
      return compiled.ok && compiled.regex.test(text);
    }
    case 'cidr': {
      const address = parseAddress(text);
      const network = parseNetwork(value.text);
      return address !== undefined && network !== undefined && isInNetwork(address, network);
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      const left = parseNumber(text);
      const right = parseNumber(value.text);
      return left !== undefined && right !== undefined && compares(predicate.op, left, right);
    }
    case 'eq':
    case 'contains':
    case 'starts_with':
    case 'ends_with':
    case 'wildcard':
      return encodeValue(value.text, predicate.encodings ?? []).some((wanted) =>
        likePattern(predicate, wellFormed(wanted)).test(normal(predicate, text)),
      );
    default:
      return false;
  }
}

function normal(predicate: Predicate, text: string): string {
  const folded = predicate.caseSensitive ? text : foldText(text);
  return predicate.windash ? folded.replace(/[/–—―]/g, '-') : folded;
}

/** The comparison as a JavaScript regular expression over the whole text. */
function likePattern(predicate: Predicate, wanted: string): RegExp {
  const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  let body = '';
  if (predicate.op === 'wildcard') {
    // Each match is an escaped character, a wildcard, or any other one code point.
    for (const [token] of normal(predicate, wanted).matchAll(/\\[*?\\]|[^]/gu)) {
      if (token === '*') body += '.*';
      else if (token === '?') body += '.';
      else body += quoted(token.length === 2 && token.startsWith('\\') ? token.slice(1) : token);
    }
  } else {
    body = quoted(normal(predicate, wanted));
    if (predicate.op === 'contains' || predicate.op === 'ends_with') body = `.*${body}`;
    if (predicate.op === 'contains' || predicate.op === 'starts_with') body = `${body}.*`;
  }
  return new RegExp(`^(?:${body})$`, 'su');
}
