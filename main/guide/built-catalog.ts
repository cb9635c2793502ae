import { join } from 'node:path';
import {
  buildIndex,
  type CatalogIndex,
  type IndexedKey,
  type IndexedRule,
} from '../../shared/catalog/index/catalog-index.ts';
import { findOverlaps, type OverlapFinder } from '../../shared/catalog/index/overlap.ts';
import { keyName } from '../../shared/catalog/index/rule-keys.ts';
import { foldValue } from '../../shared/catalog/normalise/values.ts';
import type { Op } from '../../shared/model/predicate.ts';
import type { Vendor } from '../../shared/model/rule.ts';
import type { CatalogFolders, UnreadFile } from '../catalog/read-folders.ts';
import type { CatalogRoot } from './catalog-root.ts';

/** Native names of a field, by vendor and name, with the rules that use them. */
export interface NativeName {
  readonly vendor: Vendor;
  readonly name: string;
  readonly rules: number;
}

/**
 * A catalog as it was read once: the index, and what makes its parts findable by names that outlive it. Immutable;
 * the maps that only some questions need are made when first asked for.
 */
export class BuiltCatalog {
  readonly index: CatalogIndex;
  readonly unread: readonly UnreadFile[];
  /** What reading and indexing took. */
  readonly elapsedMs: number;
  readonly #names: readonly string[];
  readonly #byName = new Map<string, IndexedRule>();
  #keys: ReadonlyMap<string, IndexedKey> | undefined;
  #natives: ReadonlyMap<string, readonly NativeName[]> | undefined;
  #sigmaNames: ReadonlySet<string> | undefined;
  #overlaps: OverlapFinder | undefined;

  constructor(
    readonly revision: number,
    readonly roots: readonly CatalogRoot[],
    readonly folders: CatalogFolders,
    /** Milliseconds since the epoch at which reading began. */
    readonly builtAt: number,
    elapsedMs: () => number,
  ) {
    this.index = buildIndex(folders.entries);
    this.unread = folders.unread;
    this.#names = this.index.rules.map(({ file, rule }) => `${file}#${rule.position}`);
    this.index.rules.forEach((rule, i) => this.#byName.set(this.#names[i] as string, rule));
    this.elapsedMs = elapsedMs();
  }

  /** Key of a rule for the window. */
  nameOf({ number }: Pick<IndexedRule, 'number'>): string {
    return this.#names[number] as string;
  }

  rule(name: string): IndexedRule | undefined {
    return this.#byName.get(name);
  }

  key(field: string, op: Op, value: string): IndexedKey | undefined {
    this.#keys ??= new Map(
      this.index.keys.map((key) => [keyName({ ...key, folded: foldValue(key.op, key.value) }), key]),
    );
    return this.#keys.get(keyName({ field, op, folded: foldValue(op, value) }));
  }

  get overlaps(): OverlapFinder {
    return (this.#overlaps ??= findOverlaps(this.index));
  }

  /** How vendors write a field, most rules first. */
  nativesOf(field: string): readonly NativeName[] {
    this.#natives ??= collectNatives(this.index.rules);
    return this.#natives.get(field) ?? [];
  }

  /** Whether a Sigma rule writes this field name: then events may have it under the same. */
  isSigmaName(field: string): boolean {
    this.#sigmaNames ??= new Set(
      this.index.rules
        .filter(({ rule }) => rule.vendor === 'sigma')
        .flatMap(({ rule }) => rule.predicates.map(({ native }) => native)),
    );
    return this.#sigmaNames.has(field);
  }

  /** Path of a file by its display name, which begins with its folder's. */
  pathOf(file: string): string | undefined {
    for (const { name, path } of this.roots) {
      if (file === name) return path;
      if (file.startsWith(`${name}/`)) return join(path, file.slice(name.length + 1));
    }
    return undefined;
  }
}

function collectNatives(rules: readonly IndexedRule[]): ReadonlyMap<string, readonly NativeName[]> {
  const fields = new Map<string, Map<string, { vendor: Vendor; name: string; rules: number }>>();
  for (const { rule } of rules) {
    const seen = new Set<string>();
    for (const { field, native, derived } of rule.predicates) {
      for (const name of derived ? [field, derived.field] : [field]) {
        const key = `${name}\n${native}`;
        if (seen.has(key)) continue;
        seen.add(key);
        let natives = fields.get(name);
        if (!natives) {
          natives = new Map<string, { vendor: Vendor; name: string; rules: number }>();
          fields.set(name, natives);
        }
        const known = natives.get(`${rule.vendor} ${native}`);
        if (known) known.rules++;
        else natives.set(`${rule.vendor} ${native}`, { vendor: rule.vendor, name: native, rules: 1 });
      }
    }
  }
  return new Map(
    [...fields].map(([field, natives]) => [
      field,
      [...natives.values()].sort((a, b) => b.rules - a.rules || (a.name < b.name ? -1 : 1)),
    ]),
  );
}
