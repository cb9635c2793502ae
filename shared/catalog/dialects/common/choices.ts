import type { Expr } from '../../../model/predicate.ts';
import type { Span } from '../../../model/span.ts';
import { joined } from './lowering.ts';

/**
 * The condition under which the first of some conditions that holds is a wanted one.
 * Example: of `a`, `b` and `c` with `b` wanted it is `not a and b`.
 * @param isWanted for each condition.
 * @param isOtherwise whether it is wanted that none of them holds.
 */
export function firstOf(
  conditions: readonly Expr[],
  isWanted: readonly boolean[],
  isOtherwise: boolean,
  span: Span,
): Expr {
  // What is left where nothing holds is said by what is not wanted.
  const isPicked = isWanted.map((is) => is !== isOtherwise);
  const cases = conditions.flatMap((condition, i): Expr[] => {
    if (isPicked[i] !== true) return [];
    const before = conditions.slice(0, i).filter((_, j) => isPicked[j] !== true);
    const not = before.map((child): Expr => ({ kind: 'not', child, span: child.span }));
    return [joined('and', [...not, condition], span)];
  });
  const picked = joined('or', cases, span);
  return isOtherwise ? { kind: 'not', child: picked, span } : picked;
}
