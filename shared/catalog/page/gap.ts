import { VENDORS, type Vendor } from '../../model/rule.ts';
import type { CatalogIndex, IndexedKey, IndexedRule } from '../index/catalog-index.ts';
import { isPathOfName } from '../index/overlap.ts';
import { keyName, predicateKeys } from '../index/rule-keys.ts';
import { foldValue } from '../normalise/values.ts';
import type { Guide, IndicatorRow } from './technique-page.ts';

/** An indicator that one vendor alone looks for. */
export interface GapRow extends IndicatorRow {
  readonly vendor: Vendor;
}

/**
 * What others miss: the indicators of a page that rules of one vendor alone have, anywhere in the catalog. None where
 * the page's rules are all of one vendor. Left out are paths' ends, since other vendors write the names in them.
 */
export function gapsOf(index: CatalogIndex, { rules, indicators, vendors }: Guide): readonly GapRow[] {
  if (VENDORS.filter((vendor) => vendors[vendor] > 0).length < 2) return [];
  const paths = pathKeys(rules);
  return indicators.flatMap((row): readonly GapRow[] => {
    if (row.isScope || paths.has(keyName({ ...row, folded: foldValue(row.op, row.value) }))) return [];
    const key = index.keys[row.key] as IndexedKey;
    const users = new Set([...key.rules, ...key.excludedBy].map((number) => index.rules[number]?.rule.vendor));
    const [vendor] = users;
    return users.size === 1 && vendor !== undefined ? [{ ...row, vendor }] : [];
  });
}

function pathKeys(rules: readonly IndexedRule[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const predicate of rules.flatMap(({ rule }) => rule.predicates)) {
    for (const key of predicateKeys(predicate)) if (isPathOfName(predicate, key)) names.add(keyName(key));
  }
  return names;
}
