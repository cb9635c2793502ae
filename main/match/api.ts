import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import type { Head } from '../columns/batch.ts';
import type { Expr } from '../../shared/model/predicate.ts';
import type { Diagnostic, Logsource, Rule } from '../../shared/model/rule.ts';
import type { Span } from '../../shared/model/span.ts';

/**
 * What the engine needs of the matcher. `createMatching` in main/match/matching.ts makes one `Matching` for an
 * event table; it keeps the outcome of each predicate for each distinct value, across rule sets and drafts.
 */
export interface Matching {
  /** Compiles a rule set to one plan. Rules that cannot run are left out and listed, never dropped in silence. */
  compile(rules: readonly Rule[], options?: CompileOptions): RulePlan;
  /**
   * Compiles one expression: for filters over every event, and with a logsource for counts per selection, over the
   * events that it covers and with its field aliases.
   */
  compileExpr(expr: Expr, logsource?: Logsource): ExprScan;
}

export interface CompileOptions {
  /** Rules that those of the set may refer to, and filters that apply to them: they give no hits here. */
  readonly others?: readonly Rule[];
  /** A plan of the same rules whose table has been replaced: what its correlations have collected stays. */
  readonly continues?: RulePlan;
}

export interface RulePlan {
  readonly rules: readonly Rule[];
  /** By index in `rules`: why it cannot run. The rule's own errors, and what only compiling shows (a refused regex). */
  readonly notRun: ReadonlyMap<number, readonly Diagnostic[]>;
  /** By index in `rules`: warnings that only the whole set shows, such as a filter that speaks of no rule in it. */
  readonly notes: ReadonlyMap<number, readonly Diagnostic[]>;
  /**
   * Tests rows [fromRow, toRow) of a shape against every rule; calls back once for each (rule index, event id).
   * Correlations only collect: each row must come once. Rules that serve them do not hit by themselves.
   * @param onCollect called for each event that a correlation keeps, maybe more than once.
   */
  run(
    shape: ShapeTable,
    fromRow: number,
    toRow: number,
    onHit: (rule: number, event: number) => void,
    onCollect?: (event: number) => void,
  ): void;
  /** Whether there are rules about several events that can run. */
  readonly correlates: boolean;
  /** Whether correlations have collected anything since they were last worked out. */
  readonly isStale: boolean;
  /** All hits of all correlations on what has been run so far, rule by rule; replaces what it gave before. */
  correlate(): CorrelationHit[];
  /** What correlations had to leave out, by index in `rules`. */
  correlationNotes(): readonly { readonly rule: number; readonly diagnostic: Diagnostic }[];
  /** For a table that forgets its events: ids begin anew, and collected ones go on from here. */
  advance(events: number): void;
  /** Whether the rule's logsource covers events of a head. */
  applies(rule: number, head: Head): boolean;
  /** Why the rule can never fire on the table's events (channel or event id absent, field never present), or null. */
  cannotFire(rule: number): string | null;
  /** What made a rule hit an event. Empty where it does not hit. */
  explain(rule: number, event: number): readonly MatchedField[];
  /** The events that together made a correlation hit an event, in order of time. Empty for other rules. */
  related(rule: number, event: number): readonly number[];
}

/** A window of events that fulfils a correlation. */
export interface CorrelationHit {
  /** Index in the plan's rules. */
  readonly rule: number;
  /** The event that completes the window; counted on over the events of a table that forgets them. */
  readonly event: number;
  readonly timeUs: number;
  /**
   * The group-by values, and `count`; for sums and the like also the number by its name, for temporal ones also how many
   * events of each part the window holds.
   */
  readonly fields: Readonly<Record<string, string>>;
  /** The comparison, such as `gte 10`. */
  readonly wanted: string;
  /** Events of the window, in order of time. */
  related(): number[];
}

export interface ExprScan {
  /** Calls back for each event of rows [fromRow, toRow) that fulfils the expression, in the row order. */
  run(shape: ShapeTable, fromRow: number, toRow: number, onMatch: (event: number) => void): void;
}

/** One predicate that held, and where. */
export interface MatchedField {
  /** Field as the event names it. */
  readonly field: string;
  readonly value: string;
  /** Name of the selection it stands in, or ''. */
  readonly selection: string;
  readonly op: string;
  /** The rule's value that matched. */
  readonly wanted: string;
  /** The matched characters of `value`, UTF-16 offsets. */
  readonly ranges: readonly Span[];
}

/**
 * Makes the matcher of a table.
 * @param contentFolder holds `mappings/` (see rules/ in the project).
 * @param sourceName gives a source's name, for the field `File`; without it the field is the source's number.
 */
export type CreateMatching = (
  table: EventTable,
  contentFolder: string,
  sourceName?: (source: number) => string,
) => Matching;
