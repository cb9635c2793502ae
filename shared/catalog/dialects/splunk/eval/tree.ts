import type { Span } from '../../../../model/span.ts';
import { quoteSpl } from '../search/tokens.ts';

export type EvalOperator =
  'OR' | 'XOR' | 'AND' | '=' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | '+' | '-' | '.' | '*' | '/' | '%';

/** An expression of `eval` and `where` as written (Search Reference, "Evaluation functions"). */
export type EvalNode =
  | { readonly kind: 'field'; readonly name: string; readonly span: Span }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'number'; readonly text: string; readonly span: Span }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly EvalNode[]; readonly span: Span }
  | { readonly kind: 'unary'; readonly operator: 'NOT' | '-'; readonly child: EvalNode; readonly span: Span }
  | {
      readonly kind: 'binary';
      readonly operator: EvalOperator;
      readonly left: EvalNode;
      readonly right: EvalNode;
      readonly span: Span;
    }
  | { readonly kind: 'in'; readonly left: EvalNode; readonly values: readonly EvalNode[]; readonly span: Span };

/** How tightly each operator binds. NOT is looser than comparisons: `NOT a=1` is `NOT (a=1)`. */
export const EVAL_POWER: Readonly<Record<EvalOperator, number>> = {
  OR: 1,
  XOR: 1,
  AND: 2,
  '=': 4,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  LIKE: 4,
  '+': 5,
  '-': 5,
  '.': 5,
  '*': 6,
  '/': 6,
  '%': 6,
};
export const NOT_POWER = 3;
export const IN_POWER = 4;
export const MINUS_POWER = 7;

/** Prints an expression so that reading it gives the same tree. */
export function printEval(node: EvalNode): string {
  switch (node.kind) {
    case 'field':
      return /^[a-zA-Z_][\w]*$/.test(node.name) && !/^(?:and|or|not|xor|like|in)$/i.test(node.name)
        ? node.name
        : `'${node.name.replace(/['\\]/g, '\\$&')}'`;
    case 'string':
      return quoteSpl(node.value);
    case 'number':
      return node.text;
    case 'call':
      return `${node.name}(${node.args.map(printEval).join(', ')})`;
    case 'unary': {
      const power = node.operator === 'NOT' ? NOT_POWER : MINUS_POWER;
      return `${node.operator} ${printAt(node.child, power)}`;
    }
    case 'binary': {
      const power = EVAL_POWER[node.operator];
      return `${printAt(node.left, power)} ${node.operator} ${printAt(node.right, power + 1)}`;
    }
    case 'in':
      return `${printAt(node.left, IN_POWER)} IN (${node.values.map(printEval).join(', ')})`;
  }
}

function printAt(node: EvalNode, power: number): string {
  const text = printEval(node);
  return powerOf(node) < power ? `(${text})` : text;
}

function powerOf(node: EvalNode): number {
  if (node.kind === 'binary') return EVAL_POWER[node.operator];
  if (node.kind === 'in') return IN_POWER;
  // A prefix operator takes what follows it: never bare as an operand of another operator.
  if (node.kind === 'unary') return node.operator === 'NOT' ? 0 : MINUS_POWER;
  return Infinity;
}
