import type { Criterion } from '../../../model/correlation.ts';
import type { Span } from '../../../model/span.ts';
import type { CountingInfo } from '../../catalog-rule.ts';
import type { Bindings, Counted } from './bindings.ts';
import type { Aggregate } from './clauses.ts';
import type { EvalNode } from './eval/tree.ts';
import type { SearchNode } from './search/tree.ts';

const UNITS_US: Readonly<Record<string, number>> = { s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6, w: 604_800e6 };

/** Microseconds of a span of time such as `5m`, `30sec` or `1hr` (Search Reference, "Time spans"). */
export function spanUs(text: string): number | undefined {
  const match = /^(\d+)(s|m|h|d|w|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?)$/.exec(text.toLowerCase());
  return match ? Number(match[1]) * (UNITS_US[(match[2] as string).charAt(0)] as number) : undefined;
}

/** By what the rows of a command are grouped, as far as that is fields of events and windows of time. */
export interface Grouping {
  readonly groupBy: readonly string[];
  readonly timespanUs: number | undefined;
}

/**
 * @param by the names after BY.
 * @param bucketUs width of the windows that time is cut into; undefined where it isn't.
 * @returns undefined where a name stands for no field, or time is not cut into windows.
 */
export function groupingOf(by: readonly string[], names: Bindings, bucketUs: number | undefined): Grouping | undefined {
  const groupBy: string[] = [];
  let timespanUs: number | undefined;
  for (const name of by) {
    const binding = names.get(name);
    if (name === '_time') {
      if (bucketUs === undefined) return undefined;
      timespanUs = bucketUs;
    } else if (binding.kind === 'event') groupBy.push(binding.field);
    else return undefined;
  }
  return { groupBy, timespanUs };
}

/**
 * What an aggregation counts of each group.
 * @param isGrouped whether its rows are groups themselves: then values can still be counted, but not events.
 */
export function countedBy(
  { name, argument, isPlain }: Aggregate,
  grouping: Grouping | undefined,
  names: Bindings,
  isGrouped: boolean,
): Counted | undefined {
  if (!grouping || !isPlain) return undefined;
  if (/^(?:count|c)$/.test(name))
    return argument === '' && !isGrouped ? { ...grouping, distinct: undefined } : undefined;
  if (!/^(?:dc|distinct_count|estdc)$/.test(name) || argument === '_time') return undefined;
  const binding = names.get(argument);
  return binding.kind === 'event' ? { ...grouping, distinct: binding.field } : undefined;
}

/** A comparison of one name with a number. */
interface Comparison {
  readonly name: string;
  readonly criterion: Criterion;
  readonly span: Span;
}

const CRITERIA: Readonly<Record<string, Criterion['op']>> = {
  ...{ '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' },
  ...{ '=': 'eq', '==': 'eq', '!=': 'neq' },
};

/** The conditions that must all hold, of an expression of where. */
export function evalConjuncts(node: EvalNode): readonly EvalNode[] {
  return node.kind === 'binary' && node.operator === 'AND'
    ? [...evalConjuncts(node.left), ...evalConjuncts(node.right)]
    : [node];
}

export function searchConjuncts(node: SearchNode): readonly SearchNode[] {
  return node.kind === 'and' ? node.children.flatMap(searchConjuncts) : [node];
}

export function evalComparison(node: EvalNode): Comparison | undefined {
  if (node.kind !== 'binary' || node.left.kind !== 'field' || node.right.kind !== 'number') return undefined;
  return comparison(node.left.name, node.operator, node.right.text, node.span);
}

export function searchComparison(node: SearchNode): Comparison | undefined {
  return node.kind === 'compare' ? comparison(node.field, node.operator, node.value.text, node.span) : undefined;
}

function comparison(name: string, operator: string, text: string, span: Span): Comparison | undefined {
  const op = CRITERIA[operator];
  const value = Number(text);
  return op && text.trim() !== '' && Number.isFinite(value) ? { name, criterion: { op, value }, span } : undefined;
}

/** What a search asks of what it counted. */
export function countingOf({ distinct, groupBy, timespanUs }: Counted, criterion: Criterion, span: Span): CountingInfo {
  const window = timespanUs === undefined ? 'search' : 'buckets';
  return { distinct, groupBy, window, timespanUs, criterion, span };
}
