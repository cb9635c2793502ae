import type { IndexedKey, IndexedRule } from '../../shared/catalog/index/catalog-index.ts';
import type { NormalisedPredicate } from '../../shared/catalog/normalise/normalised-rule.ts';

/**
 * A regular expression of the catalog as the matcher is to run it, flags in front; null for another operator. Rules of
 * several languages may write the same: then it means what it means in the first.
 */
export function patternOf(key: IndexedKey, ruleAt: (number: number) => IndexedRule): string | null {
  const [first] = [...key.rules, ...key.excludedBy];
  if (key.op !== 'match' || first === undefined) return null;
  const { rule } = ruleAt(first);
  const predicate = rule.predicates.find(
    ({ field, op, values }) => field === key.field && op === 'match' && values.includes(key.value),
  );
  const flags = predicate ? flagsOf(predicate) : '';
  // Elasticsearch matches a whole value, dots line breaks too; others look anywhere in it.
  const [body, all] = rule.vendor === 'elastic' ? [`^(?:${key.value})$`, `${flags}s`] : [key.value, flags];
  return all === '' ? body : `(?${all})${body}`;
}

function flagsOf({ nativeOp, caseSensitive }: NormalisedPredicate): string {
  const written = nativeOp.split('|').filter((part) => /^[ims]$/.test(part));
  return [...new Set([...written, ...(caseSensitive ? [] : ['i'])])].join('');
}
