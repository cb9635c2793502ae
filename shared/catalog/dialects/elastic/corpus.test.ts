import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpusPath } from '../../../../main/testing/corpus.ts';
import type { CatalogRule } from '../../catalog-rule.ts';
import { withoutPlaces } from '../../syntax/tree.test-data.ts';
import { parseEql } from './eql/parse.ts';
import { printEql } from './eql/print.ts';
import { parseEsql } from './esql/parse.ts';
import { printEsql } from './esql/print.ts';
import { parseKuery } from './kuery/parse.ts';
import { printKuery } from './kuery/print.ts';
import { eachPredicate } from '../common/lowering.ts';
import { readElastic } from './read.ts';
import { decodeTomlString } from './toml-places.ts';

interface Read {
  readonly text: string;
  readonly rule: CatalogRule;
}

const root = corpusPath('corpus', 'elastic');
const goldFile = corpusPath('catalog', 't1572-gold.json');

/** A hand-verified rule, as far as it is of use here. */
interface GoldRule {
  readonly vendor: string;
  readonly id: string;
  readonly file: string;
  readonly predicates: readonly GoldPredicate[];
  readonly exclusions: readonly GoldPredicate[];
  readonly sequence?: { readonly by: readonly string[] };
}

interface GoldPredicate {
  readonly nativeField: string;
  readonly op: string;
  readonly values: readonly string[];
  readonly negated: boolean;
  readonly quantifier: string;
  readonly optional?: boolean;
}

function readAll(folder: string): Read[] {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.toml'));
  return files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const { rules, diagnostics } = readElastic(text, file);
    expect(diagnostics).toEqual([]);
    expect(rules).toHaveLength(1);
    return { text, rule: rules[0] as CatalogRule };
  });
}

describe.skipIf(!root)('rules of Elastic as published', () => {
  const read = root ? readAll(root) : [];
  const queriesOf = (language: string): string[] =>
    read
      .filter(({ rule }) => rule.language === language)
      .map(({ text, rule }) => decodeTomlString(text, rule.querySpan)?.text ?? '');

  it('are all understood, language by language', () => {
    const counts: Record<string, { rules: number; whole: number; withPredicates: number }> = {};
    for (const { rule } of read) {
      const count = (counts[rule.language] ??= { rules: 0, whole: 0, withPredicates: 0 });
      count.rules++;
      if (rule.notParsed.length === 0) count.whole++;
      if (rule.queries.some(({ predicates }) => predicates !== undefined)) count.withPredicates++;
    }
    expect(counts).toEqual({
      eql: { rules: 1081, whole: 1081, withPredicates: 1081 },
      kuery: { rules: 792, whole: 792, withPredicates: 792 },
      // One groups all events before it tests anything.
      esql: { rules: 212, whole: 212, withPredicates: 211 },
      lucene: { rules: 1, whole: 1, withPredicates: 1 },
      none: { rules: 106, whole: 106, withPredicates: 0 },
    });
  });

  it('are run, or say why not', () => {
    for (const { rule } of read) expect(rule.condition === undefined).toBe(rule.notRunnable !== '');
  });

  it('come back from their printed form', () => {
    const check = <Tree>(
      queries: readonly string[],
      parse: (text: string) => { ok: true; tree: Tree } | { ok: false },
      print: (tree: NonNullable<Tree>) => string,
    ): void => {
      for (const query of queries) {
        const first = parse(query);
        if (!first.ok || first.tree == null) throw new Error('not read');
        const second = parse(print(first.tree));
        expect(second.ok && withoutPlaces(second.tree)).toEqual(withoutPlaces(first.tree));
      }
    };
    check(queriesOf('eql'), parseEql, printEql);
    check(queriesOf('kuery'), parseKuery, printKuery);
    check(queriesOf('esql'), parseEsql, printEsql);
  });

  it('have every value at its place', () => {
    for (const { text, rule } of read) {
      for (const { predicates } of rule.queries) {
        for (const { predicate } of predicates ? eachPredicate(predicates) : []) {
          const isFilter = predicate.span.start > rule.querySpan.end;
          for (const value of predicate.op === 'eq' && !isFilter && predicate.native !== '' ? predicate.values : []) {
            const written = text.slice(value.span.start, value.span.end);
            if (!written.includes('\\')) expect(written).toContain(value.text);
          }
        }
      }
    }
  });

  it.skipIf(!goldFile)('agree with the rules read by hand', () => {
    const gold = JSON.parse(readFileSync(goldFile ?? '', 'utf8')) as { readonly rules: readonly GoldRule[] };
    const rules = gold.rules.filter(({ vendor }) => vendor === 'elastic');
    expect(rules).toHaveLength(4);
    for (const wanted of rules) {
      const { rule } = read.find(({ rule: { id } }) => id === wanted.id) as Read;
      expect(rule.techniques).toContain('T1572');
      expect(keysOf(rule)).toEqual(goldKeys([...wanted.predicates, ...wanted.exclusions]));
      expect(rule.sequence?.by).toEqual(wanted.sequence?.by);
    }
  });
});

function keysOf(rule: CatalogRule): string[] {
  const keys = rule.queries.flatMap(({ predicates }) =>
    [...(predicates ? eachPredicate(predicates) : [])].flatMap(({ predicate, isNegated }) => {
      // Wildcards are escaped in predicates, and as written in the list.
      const texts = predicate.values.map(({ text }) =>
        predicate.op === 'wildcard' ? text.replace(/\\([\\*?])/g, '$1') : text,
      );
      return (texts.length === 0 ? [''] : texts).map((text) =>
        [predicate.field, predicate.op, text, isNegated, predicate.quantifier, predicate.optional ?? false].join(' | '),
      );
    }),
  );
  return [...new Set(keys)].sort();
}

function goldKeys(predicates: readonly GoldPredicate[]): string[] {
  const keys = predicates.flatMap(({ nativeField, op, values, negated, quantifier, optional }) =>
    (values.length === 0 ? [''] : values).map((text) =>
      [nativeField, op, text, negated, quantifier, optional ?? false].join(' | '),
    ),
  );
  return [...new Set(keys)].sort();
}
