import type { Expr } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import { groupByOp, joined, opValue, predicateOf, type TestShape } from '../../common/lowering.ts';
import { isAddressField, isNetwork, regexValue, type Lowering } from '../lower.ts';
import { piecesValue } from '../wildcards.ts';
import type { LuceneExpr, LuceneValue } from './ast.ts';

/** Makes predicates of a query. */
export function lowerLucene(expr: LuceneExpr, lowering: Lowering): Expr {
  return lowerAt(expr, undefined, lowering);
}

/** @param around the field of the group around, if any. */
function lowerAt(expr: LuceneExpr, around: string | undefined, lowering: Lowering): Expr {
  const span = lowering.place(expr.span);
  switch (expr.kind) {
    case 'and':
      return { kind: 'and', children: expr.children.map((child) => lowerAt(child, around, lowering)), span };
    case 'or':
      return lowerClauses(expr.children, around, lowering, span);
    case 'not':
      return { kind: 'not', child: lowerAt(expr.child, around, lowering), span };
    case 'must':
      return lowerAt(expr.child, around, lowering);
    case 'group':
      return lowerAt(expr.child, expr.field, lowering);
    case 'term':
      return lowerTerm(expr.field ?? around, expr.value, lowering, span);
  }
}

/** Terms side by side: where one has `+` or `-`, those decide and the others only rank. */
function lowerClauses(
  clauses: readonly LuceneExpr[],
  around: string | undefined,
  lowering: Lowering,
  span: Span,
): Expr {
  const hasMust = clauses.some(({ kind }) => kind === 'must');
  // AND makes its terms such that must match, as `+` does.
  const isMust = ({ kind }: LuceneExpr): boolean => kind === 'must' || (hasMust && kind === 'and');
  const musts = clauses.filter(isMust);
  const nots = clauses.filter(({ kind }) => kind === 'not');
  const others = clauses.filter((clause) => !isMust(clause) && clause.kind !== 'not');
  const lower = (clause: LuceneExpr): Expr => lowerAt(clause, around, lowering);
  const hasNoChoice = musts.length > 0 || others.length === 0;
  const choice = hasNoChoice ? [] : [joined('or', others.map(lower), span)];
  const parts = [...musts.map(lower), ...choice, ...nots.map(lower)];
  return joined(
    'and',
    parts.flatMap((part) => (part.kind === 'and' ? part.children : [part])),
    span,
  );
}

function lowerTerm(field: string | undefined, value: LuceneValue, lowering: Lowering, span: Span): Expr {
  const at = lowering.place(value.span);
  if (field === '_exists_') return predicateOf(shapeOf(textOf(value), '_exists_:', span), 'is_not_null', []);
  if (field === undefined || field === '*') {
    const text = textOf(value);
    if (text === '*') return { kind: 'constant', value: true, span };
    lowering.inexact.push('The rule searches for a word in every field');
    return { ...predicateOf(shapeOf('keyword', '', span), 'contains', [{ text, span: at }]), caseSensitive: false };
  }
  if (field.includes('*')) lowering.inexact.push(`The rule tests every field that is named like ${field}`);
  const shape = shapeOf(field, ':', span);
  switch (value.kind) {
    case 'word':
    case 'phrase': {
      if (value.fuzzy) lowering.inexact.push(`The rule searches for words like ${textOf(value)}`);
      const text = textOf(value);
      if (isAddressField(field) && isNetwork(text)) return predicateOf(shape, 'cidr', [{ text, span: at }]);
      const placed = value.kind === 'word' ? piecesValue(value.pieces, at) : opValue({ op: 'eq', text }, at);
      return groupByOp(shape, [placed]);
    }
    case 'regex':
      return { ...predicateOf(shape, 'match', [regexValue(value.source, at, lowering).value]), regexFlags: 's' };
    case 'range':
      return lowerRange(shape, value, at, lowering);
  }
}

function lowerRange(
  shape: TestShape,
  range: Extract<LuceneValue, { kind: 'range' }>,
  at: Span,
  lowering: Lowering,
): Expr {
  const { from, to, includesFrom, includesTo } = range;
  const bounds = [
    { text: from, op: includesFrom ? 'gte' : 'gt' } as const,
    { text: to, op: includesTo ? 'lte' : 'lt' } as const,
  ].filter(({ text }) => text !== '*');
  for (const { text } of bounds) {
    if (Number.isNaN(Number(text))) lowering.inexact.push(`The rule compares with ${text}, which is no number`);
  }
  if (bounds.length === 0) return predicateOf(shape, 'is_not_null', []);
  return joined(
    'and',
    bounds.map(({ text, op }) => predicateOf(shape, op, [{ text, span: at }])),
    shape.span,
  );
}

function shapeOf(field: string, native: string, span: Span): TestShape {
  return { field, native, caseSensitive: true, quantifier: 'any', span };
}

function textOf(value: LuceneValue): string {
  switch (value.kind) {
    case 'word':
      return value.pieces.map((piece) => ('literal' in piece ? piece.literal : piece.wild)).join('');
    case 'phrase':
      return value.text;
    case 'regex':
      return value.source;
    case 'range':
      return `${value.from}-${value.to}`;
  }
}
