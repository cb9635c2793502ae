import type { Expr, Op, PredicateValue } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import { groupByOp, joined, nativeFunctions, opValue, predicateOf, type OpValue } from '../../common/lowering.ts';
import { isNetwork, type Lowering } from '../../elastic/lower.ts';
import { placeText, type Piece } from '../../../syntax/wildcards.ts';
import type { Binding, Bindings, FieldBehind } from '../bindings.ts';
import type { QueryDraft } from '../draft.ts';
import type { Comparison, SearchNode, SearchText } from './tree.ts';

/** What lowering an expression of a search needs to know. */
export interface SearchScope extends Lowering {
  readonly names: Bindings;
  /** Reads a subsearch that stands in an expression; the span is that of its brackets. Gives its own test, if any. */
  readonly subsearch: (span: Span, field: string, isNegated: boolean) => Expr | undefined;
  /** Told of each query that a predicate speaks of. */
  readonly touch: (query: QueryDraft) => void;
  /** Told of an object of the data model, `nodename=Authentication.Failed`: that is no test of a field. */
  readonly object: (name: string) => void;
  /** How many conditions behind names have been entered. */
  readonly conditionDepth: number;
  /** Whether a test stands in `where` or `eval`, where a comparison with a missing field is neither true nor false. */
  readonly isEval: boolean;
  /**
   * The condition under which a computed value is a wanted constant; undefined where it is no choice between some.
   */
  readonly chosen: (
    binding: Binding,
    isWanted: (text: string) => boolean,
    span: Span,
    scope: SearchScope,
  ) => Expr | undefined;
}

/** Words of a search that say when or how to look, not what for. */
const TIME_WORDS = /^(?:_?index_?)?(?:earliest|latest)$|^(?:starttime|endtime|starthoursago|endhoursago|timeformat)$/i;

const RANGE_OPS: Readonly<Record<string, Op>> = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };

/**
 * Turns a search expression into predicates; undefined where nothing in it tests an event.
 * @param isNegated whether it stands behind an odd number of NOTs.
 */
export function lowerSearch(node: SearchNode, scope: SearchScope, isNegated = false): Expr | undefined {
  switch (node.kind) {
    case 'and':
    case 'or':
      return joinParts(
        node.kind,
        node.children.map((child) => lowerSearch(child, scope, isNegated)),
        scope.place(node.span),
        scope,
      );
    case 'not': {
      const child = lowerSearch(node.child, scope, !isNegated);
      return child && { kind: 'not', child, span: scope.place(node.span) };
    }
    case 'subsearch':
      return scope.subsearch(node.span, node.field, isNegated);
    case 'nothing':
      return undefined;
    case 'term':
      return lowerTerm(node.value, node.directive, scope);
    case 'compare':
      return lowerCompare(node.field, node.operator, [node.value], node.span, scope);
    case 'in':
      return lowerCompare(node.field, node.operator, node.values, node.span, scope);
  }
}

/** Joins the parts that test events; a part that doesn't is left out, and `or` then says less than the search. */
export function joinParts(
  kind: 'and' | 'or',
  parts: readonly (Expr | undefined)[],
  span: Span,
  { inexact }: Lowering,
): Expr | undefined {
  const children = parts.filter((part) => part !== undefined);
  if (children.length === 0) return undefined;
  if (kind === 'or' && children.length < parts.length) inexact.push('One side of an OR is no test of an event');
  return joined(
    kind,
    children.flatMap((child) => (child.kind === kind ? child.children : [child])),
    span,
  );
}

function lowerTerm(value: SearchText, directive: '' | 'TERM' | 'CASE', scope: SearchScope): Expr | undefined {
  const pieces = splitStars(value.text);
  if (pieces.every((piece) => 'wild' in piece)) return undefined;
  const isWide = pieces.length === 3 && 'wild' in (pieces[0] as Piece) && 'wild' in (pieces[2] as Piece);
  if (!isWide) scope.inexact.push('A search term without a field matches whole words of the raw event');
  const hasInner = pieces.slice(1, -1).some((piece) => 'wild' in piece);
  const span = scope.place(value.span);
  const placed = hasInner
    ? placeText([{ wild: '*' }, ...pieces, { wild: '*' }], undefined)
    : { op: 'contains' as const, text: pieces.map((piece) => ('wild' in piece ? '' : piece.literal)).join('') };
  const shape = { field: 'keyword', native: directive === '' ? 'term' : directive, quantifier: 'any' as const, span };
  return groupByOp({ ...shape, caseSensitive: directive === 'CASE' }, [opValue(placed, span)]);
}

function lowerCompare(
  field: string,
  operator: Comparison | 'IN',
  values: readonly SearchText[],
  span: Span,
  scope: SearchScope,
): Expr | undefined {
  if (TIME_WORDS.test(field)) return undefined;
  if (field.toLowerCase() === 'nodename') {
    for (const { text } of values) scope.object(text);
    return undefined;
  }
  const binding = scope.names.get(field);
  const place = scope.place(span);
  const opValues = values.map((value) => searchValue(value, operator, scope.place(value.span)));
  const isNegated = operator === '!=';
  if (opValues.every(({ op }) => op === 'eq')) {
    const wanted = new Set(opValues.map(({ value }) => value.text.toLowerCase()));
    const chosen = scope.chosen(binding, (text) => wanted.has(text.toLowerCase()) !== isNegated, span, scope);
    if (chosen) return chosen;
  }
  const test = bindTest(binding, field, scope, {
    native: operator,
    values: opValues,
    caseSensitive: false,
    span: place,
  });
  return test && isNegated ? { kind: 'not', child: test, span: place } : test;
}

function searchValue(value: SearchText, operator: Comparison | 'IN', span: Span): OpValue {
  const range = RANGE_OPS[operator];
  if (range) return { op: range, value: { text: value.text, span } };
  if (isNetwork(value.text)) return { op: 'cidr', value: { text: value.text, span } };
  return opValue(placeText(splitStars(value.text), undefined), span);
}

/** In a search only `*` is a wildcard, and nothing escapes it. */
export function splitStars(text: string): Piece[] {
  const parts = text.split('*');
  return parts.flatMap((literal, i): Piece[] => {
    const pieces: Piece[] = i > 0 ? [{ wild: '*' }] : [];
    if (literal !== '') pieces.push({ literal });
    return pieces;
  });
}

/** A test of one name, before it is known what the name means. */
export interface NameTest {
  readonly native: string;
  readonly values: readonly OpValue[];
  readonly caseSensitive: boolean;
  readonly span: Span;
}

/**
 * Makes predicates of a test on a name. A test on what an aggregation gave is none. A test on what a lookup gave asks
 * whether the lookup has a row for the field that was looked up.
 */
export function bindTest(binding: Binding, name: string, scope: SearchScope, test: NameTest): Expr | undefined {
  const { native, values, caseSensitive, span } = test;
  switch (binding.kind) {
    case 'aggregate':
      scope.inexact.push('It filters on what several events give together');
      return undefined;
    case 'lookup':
      scope.inexact.push(`It needs the lookup ${binding.lookup}`);
      scope.touch(binding.query);
      return lookupTest(binding, test);
    case 'computed':
      scope.touch(binding.query);
      if (binding.of) return testBehind(binding.of, scope, test);
      scope.inexact.push(`${name} is computed in the search`);
      return groupByOp({ field: name, native, caseSensitive, quantifier: 'any', span }, values);
    case 'event':
      scope.touch(binding.query);
      return groupByOp({ field: binding.field, native, caseSensitive, quantifier: 'any', span }, values);
  }
}

/** A test of what functions of one field give: told of that field. */
function testBehind({ field, functions, isFolded, isExact }: FieldBehind, scope: SearchScope, test: NameTest): Expr {
  const { native, values, caseSensitive, span } = test;
  if (!isExact) scope.inexact.push(`${functions[0] ?? 'A function'}() of a field can't be compared`);
  const shape = { field, native: nativeFunctions(functions) + native, caseSensitive: caseSensitive && !isFolded, span };
  return groupByOp({ ...shape, quantifier: 'any' }, values);
}

function lookupTest(binding: Binding & { kind: 'lookup' }, { native, values, span }: NameTest): Expr {
  const row: PredicateValue = { text: binding.lookup, span };
  const shape = { field: binding.field, native, caseSensitive: false, quantifier: 'any' as const, span };
  const isIn = predicateOf(shape, 'in_lookup', [row]);
  const saysNo = values.every(
    ({ op, value }) => op === 'is_null' || (op === 'eq' && /^(?:false|0|no)$/i.test(value.text)),
  );
  return saysNo ? { kind: 'not', child: isIn, span } : isIn;
}
