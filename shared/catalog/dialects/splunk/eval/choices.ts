import type { Expr } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import { firstOf } from '../../common/choices.ts';
import type { Binding, Bindings } from '../bindings.ts';
import type { SearchScope } from '../search/lower.ts';
import { constantOf, lowerEval } from './lower.ts';
import type { EvalNode } from './tree.ts';

/** How many conditions behind names are followed: each may name the one before more than once. */
const DEPTH_LIMIT = 3;
const BRANCH_LIMIT = 30;

interface Choice {
  readonly branches: readonly { readonly condition: EvalNode; readonly text: string }[];
  /** What it gives where no condition holds; undefined for nothing. */
  readonly otherwise: string | undefined;
}

/**
 * `eval a=if(condition, 1, 0)` or `a=case(condition, 1, …)` and then `a=1`: the condition itself is what is asked.
 * Undefined where the value was not made so.
 */
export function lowerChosen(
  binding: Binding,
  isWanted: (text: string) => boolean,
  span: Span,
  scope: SearchScope,
): Expr | undefined {
  if (binding.kind !== 'computed' || !binding.made || scope.conditionDepth >= DEPTH_LIMIT) return undefined;
  const { value, names } = binding.made;
  const choice = choiceOf(value, names);
  if (!choice) return undefined;
  const inner = { ...scope, names, conditionDepth: scope.conditionDepth + 1 };
  const conditions = choice.branches.map(({ condition }) => lowerEval(condition, inner));
  if (conditions.includes(undefined)) return undefined;
  const wanted = choice.branches.map(({ text }) => isWanted(text));
  const isOtherwise = choice.otherwise !== undefined && isWanted(choice.otherwise);
  const place = scope.place(span);
  const always = conditions.map((): Expr => ({ kind: 'constant', value: true, span: place }));
  // Where a field is missing, a choice goes on as if its condition were false; the opposite of a test does not.
  const isOpposite = hasNot(firstOf(always, wanted, isOtherwise, place));
  if (isOpposite || (!scope.isEval && conditions.some((condition) => condition && hasNot(condition)))) {
    scope.inexact.push('It asks for what a condition is not, with fields that may be missing');
  }
  return firstOf(conditions as readonly Expr[], wanted, isOtherwise, place);
}

function hasNot(expr: Expr): boolean {
  switch (expr.kind) {
    case 'not':
      return true;
    case 'and':
    case 'or':
      return expr.children.some(hasNot);
    default:
      return false;
  }
}

function choiceOf(value: EvalNode, names: Bindings): Choice | undefined {
  if (value.kind !== 'call' || value.args.length > 2 * BRANCH_LIMIT) return undefined;
  const { name, args } = value;
  const textOf = (node: EvalNode | undefined): string | undefined => node && constantOf(node, { names });
  if (name === 'if' && args.length === 3) {
    const [condition, yes, no] = args as [EvalNode, EvalNode, EvalNode];
    const [ifTrue, ifFalse] = [textOf(yes), textOf(no)];
    // Each side must be known, or the answer could be the other one's by chance.
    if (ifTrue === undefined || ifFalse === undefined || ifTrue === ifFalse) return undefined;
    return { branches: [{ condition, text: ifTrue }], otherwise: ifFalse };
  }
  if (name !== 'case' || args.length % 2 === 1 || args.length === 0) return undefined;
  const branches: { condition: EvalNode; text: string }[] = [];
  for (let i = 0; i < args.length; i += 2) {
    const condition = args[i] as EvalNode;
    const text = textOf(args[i + 1]);
    if (text === undefined) return undefined;
    if (isAlways(condition, textOf)) return { branches, otherwise: text };
    branches.push({ condition, text });
  }
  return { branches, otherwise: undefined };
}

/** `true()` and `1=1`, as the last condition of a case. */
function isAlways(node: EvalNode, textOf: (node: EvalNode) => string | undefined): boolean {
  if (node.kind === 'call') return node.name === 'true' && node.args.length === 0;
  if (node.kind !== 'binary' || !/^==?$/.test(node.operator) || node.left.kind === 'field') return false;
  const left = textOf(node.left);
  return left !== undefined && left === textOf(node.right);
}
