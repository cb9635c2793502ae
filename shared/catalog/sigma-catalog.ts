import type { Expr } from '../model/predicate.ts';
import type { Diagnostic, Logsource } from '../model/rule.ts';
import type { Span } from '../model/span.ts';
import type { CatalogRule, CatalogText, EventQuery, ScopeSource } from './catalog-rule.ts';
import { readSigmaDocuments, type SigmaDocument } from './dialects/sigma/read.ts';
import type { ConditionParts } from './dialects/sigma/condition.ts';

/** Errors that keep a rule from running though all of it is understood. */
const UNDERSTOOD = new Set(['unsupported-placeholder', 'unsupported-aggregation']);

/** Reads a Sigma text for the catalog: also what can't run (placeholders without a list, aggregations) is known. */
export function readSigmaCatalog(text: string): CatalogText {
  const { documents, diagnostics } = readSigmaDocuments(text);
  return { rules: documents.map(catalogRule), diagnostics };
}

function catalogRule({ rule, conditions, detectionSpan }: SigmaDocument): CatalogRule {
  const source: ScopeSource = { kind: 'logsource', name: logsourceName(rule.logsource) };
  const queries = eventQueries(conditions, [source], detectionSpan);
  const errors = rule.diagnostics.filter(({ severity }) => severity === 'error');
  const { product } = rule.logsource;
  const isPlain = !rule.correlation && !rule.filter;
  return {
    vendor: 'sigma',
    language: 'sigma',
    id: rule.id,
    title: rule.title,
    description: rule.description,
    status: rule.status,
    level: rule.level,
    author: rule.author,
    date: rule.date,
    tags: rule.tags,
    techniques: rule.techniques,
    platforms: product === undefined ? [] : [product],
    queries,
    sequence: conditions.some(({ near }) => near) ? { kind: 'sample', by: [], maxSpanUs: undefined } : undefined,
    notParsed: notParsed(errors, conditions, queries.length > 0),
    condition: isPlain ? rule.condition : undefined,
    notRunnable: errors[0]?.message ?? (isPlain ? '' : 'It is no test of single events'),
    span: rule.span,
    querySpan: detectionSpan,
  };
}

function eventQueries(
  conditions: readonly ConditionParts[],
  sources: readonly ScopeSource[],
  span: Span,
): readonly EventQuery[] {
  const query = (predicates: Expr): EventQuery => ({ sources, predicates, absent: false, span: predicates.span });
  const first = conditions.flatMap(({ expr }) => expr ?? []);
  const near = conditions.flatMap((parts) => parts.near ?? []);
  const main: Expr[] = first.length > 1 ? [{ kind: 'or', children: first, span }] : first;
  return [...main, ...near].map(query);
}

/** Errors that took something from the predicates: errors still where nothing is left, else warnings. */
function notParsed(
  errors: readonly Diagnostic[],
  conditions: readonly ConditionParts[],
  hasPredicates: boolean,
): readonly Diagnostic[] {
  const knowsAggregations = conditions.every(({ expr, aggregation }) => expr && aggregation !== undefined);
  const lost = errors.filter(
    ({ code }) => !UNDERSTOOD.has(code) || (code === 'unsupported-aggregation' && !knowsAggregations),
  );
  return hasPredicates ? lost.map((error) => ({ ...error, severity: 'warning' })) : lost;
}

/** `category/product/service`, empty parts kept. */
export function logsourceName({ category = '', product = '', service = '' }: Logsource): string {
  return `${category}/${product}/${service}`;
}
