import type { Expr, Predicate } from '../../../../model/predicate.ts';
import { groupByOp, joined, predicateOf, RANGE_OPS, type OpValue, type TestShape } from '../../common/lowering.ts';
import { isAddressField, isNetwork, type Lowering } from '../lower.ts';
import { piecesValue } from '../wildcards.ts';
import type { KueryExpr, KueryLiteral, KueryValues } from './ast.ts';
import { wordObstacle } from './words.ts';

/** Makes predicates of a query. */
export function lowerKuery(expr: KueryExpr, lowering: Lowering): Expr {
  return lowerAt(expr, '', lowering);
}

/** @param path of the nested field around, with its dot. */
function lowerAt(expr: KueryExpr, path: string, lowering: Lowering): Expr {
  const span = lowering.place(expr.span);
  switch (expr.kind) {
    case 'and':
    case 'or':
      return { kind: expr.kind, children: expr.children.map((child) => lowerAt(child, path, lowering)), span };
    case 'not':
      return { kind: 'not', child: lowerAt(expr.child, path, lowering), span };
    case 'nested':
      lowering.inexact.push('The rule tests several fields of one nested object');
      return lowerAt(expr.child, `${path}${textOf(expr.field)}.`, lowering);
    case 'range': {
      const text = textOf(expr.value);
      if (Number.isNaN(Number(text))) lowering.inexact.push(`The rule compares with ${text}, which is no number`);
      const shape = shapeOf(expr.field, path, expr.op, lowering, span);
      return predicateOf(shape, RANGE_OPS[expr.op] ?? 'eq', [{ text, span: lowering.place(expr.value.span) }]);
    }
    case 'is':
      return lowerTest(expr.field, expr.values, path, lowering, span);
    case 'bare':
      return lowerBare(expr.value, lowering, span);
  }
}

function lowerTest(
  field: KueryLiteral,
  values: KueryValues,
  path: string,
  lowering: Lowering,
  span: Expr['span'],
): Expr {
  const isAnyField = textOf(field) === '*' && !field.quoted;
  if (isAnyField && values.kind === 'literal') return lowerBare(values, lowering, span);
  return lowerValues(shapeOf(field, path, ':', lowering, span), values, lowering);
}

function lowerValues(shape: TestShape, values: KueryValues, lowering: Lowering): Expr {
  const span = lowering.place(values.span);
  switch (values.kind) {
    case 'literal':
      return groupByOp(shape, [valueOf(values, shape.field, lowering)]);
    case 'not':
      return { kind: 'not', child: lowerValues({ ...shape, span }, values.child, lowering), span };
    case 'and':
    case 'or': {
      const literals = values.children.filter((child) => child.kind === 'literal');
      const others = values.children.filter((child) => child.kind !== 'literal');
      const quantifier = values.kind === 'and' ? 'all' : 'any';
      const test = groupByOp(
        { ...shape, quantifier },
        literals.map((literal) => valueOf(literal, shape.field, lowering)),
      );
      const tests = test.kind === values.kind ? test.children : literals.length === 0 ? [] : [test];
      return joined(
        values.kind,
        [
          ...tests,
          ...others.map((other) => lowerValues({ ...shape, span: lowering.place(other.span) }, other, lowering)),
        ],
        shape.span,
      );
    }
  }
}

/** A value that any field may hold. */
function lowerBare(value: KueryLiteral, lowering: Lowering, span: Expr['span']): Expr {
  const text = textOf(value);
  if (text === '*' && !value.quoted) return { kind: 'constant', value: true, span };
  lowering.inexact.push('The rule searches for a word in every field');
  const at = lowering.place(value.span);
  const { op, value: placed } = piecesValue(value.pieces, at);
  const predicate: Predicate = {
    kind: 'predicate',
    field: 'keyword',
    op: op === 'wildcard' ? 'wildcard' : 'contains',
    values: [placed],
    quantifier: 'any',
    caseSensitive: false,
    native: '',
    span,
  };
  return predicate;
}

function valueOf(literal: KueryLiteral, field: string, lowering: Lowering): OpValue {
  const span = lowering.place(literal.span);
  const text = textOf(literal);
  if (isAddressField(field) && isNetwork(text)) return { op: 'cidr', value: { text, span } };
  const obstacle = wordObstacle(field, literal.pieces, literal.quoted);
  if (obstacle !== undefined) lowering.inexact.push(obstacle);
  return piecesValue(literal.pieces, span);
}

function shapeOf(field: KueryLiteral, path: string, native: string, lowering: Lowering, span: Expr['span']): TestShape {
  const name = path + textOf(field);
  if (name.includes('*')) lowering.inexact.push(`The rule tests every field that is named like ${name}`);
  return { field: name, native, caseSensitive: true, quantifier: 'any', span };
}

/** The text as decoded, wildcards as `*`. */
function textOf({ pieces }: KueryLiteral): string {
  return pieces.map((piece) => ('literal' in piece ? piece.literal : piece.wild)).join('');
}
