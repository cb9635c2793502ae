import type { Expr } from '../../../model/predicate.ts';
import { LEVELS, type Level } from '../../../model/severity.ts';
import type { CatalogRule, ScopeSource } from '../../catalog-rule.ts';
import { eachPredicate } from '../common/lowering.ts';
import { asTables, asText, asTexts, type Table } from './toml-value.ts';

type Metadata = Pick<
  CatalogRule,
  'id' | 'title' | 'description' | 'status' | 'level' | 'author' | 'date' | 'tags' | 'techniques'
>;

/** Reads what a rule says of itself. */
export function readMetadata(rule: Table, metadata: Table, fileName: string): Metadata {
  const text = (key: string): string => asText(rule[key]) ?? '';
  const severity = text('severity').toLowerCase();
  const level: Level = LEVELS.find((known) => known === severity) ?? 'informational';
  return {
    id: text('rule_id') || `file-${fileName}`,
    title: text('name'),
    description: text('description').trim(),
    status: asText(metadata['maturity']) ?? '',
    level,
    author: asTexts(rule['author']).join(', '),
    date: (asText(metadata['creation_date']) ?? '').replaceAll('/', '-'),
    tags: asTexts(rule['tags']),
    techniques: readTechniques(rule),
  };
}

const TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/i;

function readTechniques(rule: Table): readonly string[] {
  const techniques = asTables(rule['threat']).flatMap((threat) => asTables(threat['technique']));
  const ids = techniques.flatMap((technique) =>
    [technique, ...asTables(technique['subtechnique'])].flatMap(({ id }) => asText(id) ?? []),
  );
  return [...new Set(ids.filter((id) => TECHNIQUE.test(id)).map((id) => id.toUpperCase()))];
}

/** Folders of the rule collection that name a platform. */
const PLATFORM_FOLDER =
  /(?:^|[\\/])(?:(windows|linux|macos)|integrations[\\/](aws|azure|gcp|github|google_workspace|kubernetes|o365|okta)(?:_[a-z_]+)?)(?=[\\/])/gi;

/** The platforms that a rule's folder, `OS:` tags and tests of host.os.type name. */
export function readPlatforms(fileName: string, tags: readonly string[], exprs: readonly Expr[]): readonly string[] {
  const platforms = new Set<string>();
  // The nearest folder says it: a collection may itself lie below one called linux.
  const folder = [...fileName.matchAll(PLATFORM_FOLDER)].at(-1);
  const named = folder?.[1] ?? folder?.[2];
  if (named !== undefined) platforms.add(named.toLowerCase());
  for (const tag of tags) {
    const os = /^OS:\s*(.+)$/i.exec(tag)?.[1];
    if (os !== undefined) platforms.add(os.trim().toLowerCase());
  }
  for (const value of valuesOf(exprs, ['host.os.type', 'host.os.family', 'host.os.platform']))
    platforms.add(value.toLowerCase());
  return [...platforms];
}

/** Values that some field of a list must or may equal, each once; those under a NOT don't count. */
function valuesOf(exprs: readonly Expr[], fields: readonly string[]): string[] {
  const values = new Set<string>();
  for (const expr of exprs) {
    for (const { predicate, isNegated } of eachPredicate(expr)) {
      if (isNegated || predicate.op !== 'eq' || !fields.includes(predicate.field)) continue;
      for (const { text } of predicate.values) values.add(text);
    }
  }
  return [...values];
}

/** Index patterns and `Data Source:` tags of a rule: what all of its queries read. */
export function readRuleSources(rule: Table, tags: readonly string[]): readonly ScopeSource[] {
  const indices = asTexts(rule['index']).map((name): ScopeSource => ({ kind: 'index', name }));
  const dataSources = tags.flatMap((tag): ScopeSource[] => {
    const name = /^Data Source:\s*(.+)$/i.exec(tag)?.[1]?.trim();
    return name === undefined ? [] : [{ kind: 'data_source', name }];
  });
  return [...indices, ...dataSources];
}

/** What a query's own tests say of the events it reads. */
export function readTestedSources(predicates: Expr | undefined): readonly ScopeSource[] {
  const exprs = predicates ? [predicates] : [];
  return [
    ...valuesOf(exprs, ['event.category']).map((name): ScopeSource => ({ kind: 'event_category', name })),
    ...valuesOf(exprs, ['data_stream.dataset', 'event.dataset']).map((name): ScopeSource => ({
      kind: 'dataset',
      name,
    })),
  ];
}

/** Why a rule of this type is no plain test of single events; undefined where it is one. */
export function typeObstacle(rule: Table): string | undefined {
  switch (asText(rule['type'])) {
    case 'threat_match':
      return 'The rule compares with a list of threat indicators';
    case 'machine_learning':
      return `The rule has no query: it reads the anomaly scores of ${asTexts(rule['machine_learning_job_id']).join(', ') || 'a job'}`;
    default:
      return undefined;
  }
}
