import type { Expr } from '../../../../model/predicate.ts';
import { firstOf } from '../../common/choices.ts';
import type { KqlNode } from '../query/tree.ts';
import type { ConditionScope } from './subject.ts';
import { constantsOf } from './values.ts';

export function truthOf(node: KqlNode | undefined): boolean | undefined {
  const text = node?.kind === 'literal' ? node.text.toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

const ASKING =
  /^(?:not|is(?:not)?(?:empty|null)|not(?:empty|null)|ipv[46]_is_(?:in_range|in_any_range|match)|ipv4_is_private|set_has_element)$/i;

/** Whether an expression asks something, and doesn't only give a value. */
export function isCondition(node: KqlNode): boolean {
  if (node.kind === 'between') return true;
  if (node.kind === 'call') return ASKING.test(node.name);
  return node.kind === 'binary' && !/^[-+*/%]$/.test(node.operator);
}

/** Whether an expression says which of some things holds. */
export function isChoice(node: KqlNode): boolean {
  return isCondition(node) || (node.kind === 'call' && /^(?:iff|iif|case)$/i.test(node.name));
}

/** What a choice gives where its condition is the first that holds. */
interface Branch {
  readonly condition: KqlNode;
  readonly text: string;
}

interface Choice {
  readonly branches: readonly Branch[];
  /** What it gives where none does. */
  readonly otherwise: string;
}

/** How many conditions behind names are followed: each may name the one before more than once. */
const DEPTH_LIMIT = 3;
const BRANCH_LIMIT = 30;

/**
 * The condition under which an expression, or what made the column that it names, gives a wanted constant: of
 * `case(a, "x", b, "y", "z")` `y` is wanted where `b` holds and `a` does not. Undefined where it is no such choice.
 * @param lower lowers a condition of it.
 */
export function lowerChosen(
  node: KqlNode,
  isWanted: (text: string) => boolean,
  scope: ConditionScope,
  lower: (condition: KqlNode, scope: ConditionScope) => Expr | undefined,
): Expr | undefined {
  if (scope.depth >= DEPTH_LIMIT) return undefined;
  const column = node.kind === 'name' && !scope.definitions.get(node.name) ? scope.leg.get(node.name) : undefined;
  const made = column?.kind === 'computed' ? column.made : undefined;
  if (node.kind === 'name' && !made) return undefined;
  const inner: ConditionScope = made
    ? { ...scope, leg: made.leg, definitions: made.definitions, depth: scope.depth + 1 }
    : { ...scope, depth: scope.depth + 1 };
  const choice = choiceOf(made?.value ?? node, inner);
  if (!choice) return undefined;
  const wanted = choice.branches.map(({ text }) => isWanted(text));
  const isOtherwise = isWanted(choice.otherwise);
  const conditions = choice.branches.map(({ condition }) => lower(condition, inner));
  if (conditions.includes(undefined)) return undefined;
  return firstOf(conditions as readonly Expr[], wanted, isOtherwise, node.span);
}

function choiceOf(node: KqlNode, { definitions }: Pick<ConditionScope, 'definitions'>): Choice | undefined {
  if (isCondition(node)) return { branches: [{ condition: node, text: 'true' }], otherwise: 'false' };
  if (node.kind !== 'call' || !isChoice(node)) return undefined;
  const args = node.args.map(({ value }) => value);
  if (args.length % 2 === 0 || args.length < 3 || args.length > 2 * BRANCH_LIMIT) return undefined;
  const textOf = (value: KqlNode | undefined): string | undefined => {
    const constants = value && constantsOf(value, definitions);
    return constants?.length === 1 ? constants[0]?.text : undefined;
  };
  const otherwise = textOf(args.at(-1));
  const branches: Branch[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) {
    const text = textOf(args[i + 1]);
    if (text === undefined) return undefined;
    branches.push({ condition: args[i] as KqlNode, text });
  }
  return otherwise === undefined ? undefined : { branches, otherwise };
}
