import type { Expr, Predicate } from '../../../../model/predicate.ts';
import { escapeRegex } from '../../../run/patterns.ts';
import { eachPredicate, joined, predicateOf, type TestShape } from '../../common/lowering.ts';

export type Exact = { readonly condition: Expr } | { readonly reason: string };

/** Predicates of whole words whose text is several: see `exactCondition`. */
export function hasPhrase(expr: Expr): boolean {
  return [...eachPredicate(expr)].some(
    ({ predicate }) => /^!?has/.test(predicate.native) && predicate.values.some(({ text }) => !TERM.test(text)),
  );
}

/**
 * Predicates as the matcher must run them to give what Kusto gives:
 * - A column without a value is the empty text: `x == ""` and isempty(x) also hold where the event has no such field.
 * - `has` and its kin compare whole terms, "maximal sequences of alphanumeric characters" (Kusto, "String operators").
 *   What a value of several terms means Kusto does not say exactly. Here it is the text where no letter or digit stands
 *   before its first or behind its last, if these are such: `.exe` is in `x.exe`, `x.exe` is not in `ax.exe`.
 */
export function exactCondition(expr: Expr): Exact {
  switch (expr.kind) {
    case 'predicate':
      return exactPredicate(expr);
    case 'constant':
      return { condition: expr };
    case 'not': {
      const child = exactCondition(expr.child);
      return 'reason' in child ? child : { condition: { ...expr, child: child.condition } };
    }
    case 'and':
    case 'or': {
      const children: Expr[] = [];
      for (const part of expr.children) {
        const child = exactCondition(part);
        if ('reason' in child) return child;
        children.push(child.condition);
      }
      return { condition: { ...expr, children } };
    }
  }
}

function exactPredicate(predicate: Predicate): Exact {
  const { field, native, quantifier, caseSensitive, span, op, values } = predicate;
  const shape: TestShape = { field, native, quantifier, caseSensitive, span };
  const missing = predicateOf(shape, 'is_null', []);
  const empty = predicateOf(shape, 'eq', [{ text: '', span }]);
  if (/^isn?o?t?empty\(\)$|^notempty\(\)$/.test(native)) {
    const isEmpty = joined('or', [missing, empty], span);
    return { condition: op === 'is_null' ? isEmpty : { kind: 'not', child: isEmpty, span } };
  }
  if (op === 'eq' && values.some(({ text }) => text === '')) {
    return { condition: joined('or', [predicate, missing], span) };
  }
  return /^!?has/.test(native) ? termPredicate(predicate, shape) : { condition: predicate };
}

const TERM = /^[\p{L}\p{N}]+$/u;
const NO_TERM = '[^\\p{L}\\p{N}]';

function termPredicate({ native, values, caseSensitive }: Predicate, shape: TestShape): Exact {
  const patterns = values.map(({ text, span }) => {
    const before = native.includes('suffix') || !/^[\p{L}\p{N}]/u.test(text) ? '' : `(?:^|${NO_TERM})`;
    const after = native.includes('prefix') || !/[\p{L}\p{N}]$/u.test(text) ? '' : `(?:$|${NO_TERM})`;
    return { text: before + escapeRegex(text) + after, span };
  });
  const match = predicateOf({ ...shape, caseSensitive: true }, 'match', patterns);
  return { condition: caseSensitive ? match : { ...match, regexFlags: 'i' } };
}
