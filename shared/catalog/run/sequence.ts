import type { CorrelationPart } from '../../model/correlation.ts';
import type { EventKind, Rule } from '../../model/rule.ts';
import type { CatalogRule, EventQuery } from '../catalog-rule.ts';
import { ONLY_A_SEQUENCE } from '../dialects/elastic/eql/read.ts';
import { runnablePatterns } from '../dialects/elastic/lower.ts';
import {
  aboutRule,
  error,
  leftOutNotes,
  notRun,
  obstacleError,
  placeQuery,
  withGuard,
  type PlacedQuery,
  type RuleOrigin,
  type RunMappings,
} from './runnable.ts';
import type { RunEvent } from './run-events.ts';
import { columnNames, keyField, namesWith } from './keys.ts';
import type { FieldNames, Obstacle } from './specialise.ts';

/** Whether a rule looks for several events in their order. */
export function isSequence({ language, sequence }: CatalogRule): boolean {
  return language === 'eql' && sequence?.kind === 'sequence';
}

/**
 * An EQL sequence as an ordered correlation of its steps. It runs where each step does and where each key is a field of
 * the step's events. What a correlation has no equal for is refused at its place: absent events, `until`, functions,
 * relations of processes.
 */
export function runnableSequence(rule: CatalogRule, origin: RuleOrigin, mappings: RunMappings): Rule {
  const { sequence, queries, notParsed, querySpan } = rule;
  const isExact = rule.notRunnable === ONLY_A_SEQUENCE;
  const refused = notParsed.length > 0 || !isExact ? notParsed : sequenceObstacles(queries).map(obstacleError);
  if (!isExact || refused.length > 0 || !sequence) {
    const reason = error('not-runnable', rule.notRunnable, querySpan);
    return notRun(rule, [...refused, ...(refused.some(({ severity }) => severity === 'error') ? [] : [reason])]);
  }
  const keysOf = (query: EventQuery): readonly string[] => [...sequence.by, ...(query.by ?? [])];
  const steps = queries.map((query) => placeStep(rule, query, keysOf(query), origin, mappings));
  const faults = steps.flatMap((step) => ('obstacles' in step ? step.obstacles : []));
  if (faults.length > 0) return notRun(rule, faults.map(obstacleError));
  const placed = steps as readonly Step[];
  const columns = columnNames(
    keysOf(queries[0] as EventQuery).map((_, at) => queries.map((one) => keysOf(one)[at] ?? '')),
  );
  // A step `with runs=3` is the same as three such steps one behind the other.
  const repeated = placed.flatMap((step, i) => {
    const { runs = 1, span } = queries[i] as EventQuery;
    const name = `step ${i + 1}`;
    return Array.from({ length: Math.max(runs, 1) }, (_, run) => {
      return { ...step, span, name: run === 0 ? name : `${name} (${run + 1})` };
    });
  });
  const parts = repeated.map(({ query, span, name }): CorrelationPart => {
    return { kind: 'inline', name, expr: query.expr, span };
  });
  const aliases = columns.map((column, at) => {
    const byStep = repeated.map(({ keys, name }) => [name, keys[at] as string] as const);
    return [column, Object.fromEntries(byStep)] as const;
  });
  return {
    ...aboutRule(rule),
    logsource: { product: 'windows', kinds: placed.flatMap(({ query }): readonly EventKind[] => query.kinds) },
    condition: { kind: 'constant', value: false, span: querySpan },
    correlation: {
      type: 'temporal_ordered',
      parts,
      groupBy: columns,
      aliases: Object.fromEntries(aliases),
      timespanUs: sequence.maxSpanUs ?? Infinity,
      criteria: [{ op: 'gte', value: parts.length }],
      fields: [],
      generate: false,
      span: querySpan,
    },
    diagnostics: placed.flatMap(({ query }) => leftOutNotes(query.leftOut)),
  };
}

/** A sequence has as many parts as its steps occur together. */
const MAX_RUNS = 50;

function sequenceObstacles(queries: readonly EventQuery[]): readonly Obstacle[] {
  return queries.flatMap(({ absent, endsSequence, runs, by, span }): Obstacle[] => {
    if (endsSequence) return [{ message: 'A sequence with until cannot be run', span }];
    if (absent) return [{ message: 'A sequence with an event that must be absent cannot be run', span }];
    if (runs !== undefined && runs > MAX_RUNS)
      return [{ message: `A step that must occur more than ${MAX_RUNS} times cannot be run`, span }];
    if (by?.some((key) => !/^[\w.@]+$/.test(key))) return [{ message: 'A key that is computed cannot be run', span }];
    return [];
  });
}

interface Step {
  readonly query: PlacedQuery;
  /** The events' own fields of the sequence's keys, in their order. */
  readonly keys: readonly string[];
}

function placeStep(
  rule: CatalogRule,
  query: EventQuery,
  keys: readonly string[],
  origin: RuleOrigin,
  mappings: RunMappings,
): Step | { readonly obstacles: readonly Obstacle[] } {
  const { span } = query;
  let chosen: readonly string[] | undefined;
  const usable = (event: RunEvent, known: FieldNames): Obstacle | undefined => {
    const names = namesWith(keys, known, mappings);
    const fields = keys.map((key) => keyField(key, event, names, mappings.run));
    const missing = keys.find((_, i) => fields[i]?.kind !== 'field' || fields[i].isFiner);
    if (missing !== undefined)
      return { message: `${missing}, by which events are joined, has no equal in these logs`, span };
    const own = fields.flatMap((field) => (field.kind === 'field' ? [field.field] : []));
    if (chosen && chosen.join() !== own.join())
      return { message: 'Its keys have other names than in other events', span };
    chosen ??= own;
    return undefined;
  };
  const predicates = query.predicates && runnablePatterns(query.predicates);
  const placed = placeQuery(rule, { ...query, ...(predicates ? { predicates } : {}) }, origin, mappings, usable);
  if ('obstacles' in placed) return placed;
  // All steps share the rule's events: each must say which of them are its own.
  return { query: { ...placed, expr: withGuard(placed) }, keys: chosen ?? [] };
}
