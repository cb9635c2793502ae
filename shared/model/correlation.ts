import type { Expr } from './predicate.ts';
import type { Span } from './span.ts';

/**
 * What a correlation counts. The first seven are Sigma's (correlation rules specification 2.1); minimum and maximum
 * come from the old aggregations only.
 */
export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_min',
  'value_max',
] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];

export const COMPARISONS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;

/** One comparison of the number that a window comes to; several make a range, and all must hold. */
export interface Criterion {
  readonly op: (typeof COMPARISONS)[number];
  readonly value: number;
}

/** Whose hits are correlated: another rule's, by its id or name, or those of an expression of the rule's own. */
export type CorrelationPart =
  | { readonly kind: 'reference'; readonly name: string; readonly span: Span }
  | { readonly kind: 'inline'; readonly name: string; readonly expr: Expr; readonly span: Span };

/** Which parts must have hits in a window, by their index. */
export type Formula =
  | { readonly kind: 'part'; readonly part: number }
  | { readonly kind: 'and' | 'or'; readonly children: readonly Formula[] }
  | { readonly kind: 'not'; readonly child: Formula };

/** What a rule asks of several events together. */
export interface Correlation {
  readonly type: CorrelationType;
  /** In the order that `temporal_ordered` wants. */
  readonly parts: readonly CorrelationPart[];
  /** Events are looked at apart for each combination of these fields' values; aliases may stand here. */
  readonly groupBy: readonly string[];
  /** By alias, then by the name that `parts` calls a rule: the field it stands for in that rule's events. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Width of the window in microseconds; Infinity where an old aggregation names none. */
  readonly timespanUs: number;
  /** At least one. */
  readonly criteria: readonly Criterion[];
  /** Fields whose values are counted, summed and so on; empty for counts of events and for temporal. */
  readonly fields: readonly string[];
  /** For value_percentile: which percentile (0 to 100) of the values is compared. See main/match/correlation/windows.ts. */
  readonly percentile?: number;
  /** For temporal: which combination of parts counts as 1, all others as 0, in place of the number of parts. */
  readonly formula?: Formula;
  /** Whether the rules it refers to hit by themselves, too. */
  readonly generate: boolean;
  readonly span: Span;
}

/** A filter that takes hits away from other rules (filters specification 2.1). */
export interface GlobalFilter {
  /** `any`, or the ids and names of the rules. */
  readonly rules: 'any' | readonly { readonly name: string; readonly span: Span }[];
  /** True for what is to be let through; else for what is to be suppressed. */
  readonly keeps: boolean;
  readonly span: Span;
}
