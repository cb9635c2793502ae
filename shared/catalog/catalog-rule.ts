import type { Criterion } from '../model/correlation.ts';
import type { Expr } from '../model/predicate.ts';
import type { Diagnostic, Vendor } from '../model/rule.ts';
import type { Level } from '../model/severity.ts';
import type { Span } from '../model/span.ts';

/** Language that a rule's query is written in; `none` for rules without one (Elastic machine_learning). */
export type QueryLanguage = 'sigma' | 'eql' | 'kuery' | 'esql' | 'lucene' | 'spl' | 'kql' | 'none';

/**
 * Something a query says of the logs it reads, in its vendor's own terms. Field mapping and the events covered follow
 * from it:
 *   logsource       Sigma `category/product/service`, empty parts kept, such as `process_creation/windows/`
 *   event_category  Elastic event.category or EQL's leading word, `any` included, such as `process`
 *   index, dataset  Elastic index patterns and data_stream.dataset / event.dataset values
 *   datamodel       Splunk data model and object, such as `Endpoint.Processes`
 *   macro           Splunk source macro, without backticks, such as `wineventlog_security`
 *   sourcetype      Splunk sourcetype= or source= of a search
 *   data_source     Splunk rule's data_source entry, Elastic `Data Source:` tag, Sentinel required connector's data type
 *   table           Kusto table, such as `DeviceProcessEvents`
 */
export interface ScopeSource {
  readonly kind:
    | 'logsource'
    | 'event_category'
    | 'index'
    | 'dataset'
    | 'datamodel'
    | 'macro'
    | 'sourcetype'
    | 'data_source'
    | 'table';
  readonly name: string;
}

/**
 * One kind of event that a rule looks for, and the predicates on it, with field names as the vendor writes them.
 * A Sigma rule or an EQL event query has one; an EQL sequence one for each step; SPL and Kusto one for the main search
 * and one for each subsearch, join or union leg.
 */
export interface EventQuery {
  readonly sources: readonly ScopeSource[];
  /**
   * Undefined where the query filters nothing, or nothing of it was understood (then `notParsed` says so). Regular
   * expressions stand as their author wrote them, in the vendor's syntax; in `condition` they are RE2's.
   */
  readonly predicates: Expr | undefined;
  /** An absent event (EQL `![…]`, `until`): its predicates are negated context, neither indicators nor exclusions. */
  readonly absent: boolean;
  /** Keys that join this step to the others, besides those of the whole sequence (EQL `[…] by user.id`). */
  readonly by?: readonly string[];
  /** How many such events the step wants; one where not given (EQL `with runs=10`). */
  readonly runs?: number;
  /** The event that ends a sequence before its last step (EQL `until`); it is `absent` too. */
  readonly endsSequence?: true;
  readonly span: Span;
}

/** Metadata of an EQL sequence or sample, or of another vendor's join of events. */
export interface SequenceInfo {
  readonly kind: 'sequence' | 'sample';
  readonly by: readonly string[];
  /** Microseconds; undefined for no limit. */
  readonly maxSpanUs: number | undefined;
}

/**
 * What a rule asks of groups of the events that its condition finds: how many they are, or how many values of a field
 * they have between them. The number is of the whole group within a window of time.
 */
export interface CountingInfo {
  /** Native field whose distinct values are counted; undefined where events are. */
  readonly distinct: string | undefined;
  /** Native fields that make a group. */
  readonly groupBy: readonly string[];
  /**
   * How the windows come: `buckets` begin at full spans, `lookback` is as far as one run of the rule looks, `search` is
   * whatever time is searched, `history` asks for values that were not there before.
   */
  readonly window: 'buckets' | 'lookback' | 'search' | 'history';
  /** Microseconds; undefined for `search`. */
  readonly timespanUs: number | undefined;
  readonly criterion: Criterion;
  readonly span: Span;
}

/** Several queries of which each by itself is the rule: it holds for what any of them finds (a union of tables). */
export interface Alternatives {
  /** Each with its condition, as the matcher can run it, in its `predicates`. */
  readonly queries: readonly EventQuery[];
  /** Those of which no condition can be run, and why. */
  readonly notRun: readonly { readonly message: string; readonly span: Span }[];
}

/** A rule of any vendor as the catalog knows it. */
export interface CatalogRule {
  readonly vendor: Vendor;
  readonly language: QueryLanguage;
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly status: string;
  readonly level: Level;
  readonly author: string;
  readonly date: string;
  readonly tags: readonly string[];
  /** ATT&CK technique ids, upper case, such as `T1572` and `T1021.001`; each once. */
  readonly techniques: readonly string[];
  /** `windows`, `linux`, `macos`, `aws`, …, lower case; empty where the rule does not say. */
  readonly platforms: readonly string[];
  readonly queries: readonly EventQuery[];
  readonly sequence: SequenceInfo | undefined;
  /**
   * What of the rule was not understood, each with its place: errors where nothing of a query came out, warnings where
   * a part is missing. A rule with any is listed as not or partly parsed; never dropped.
   */
  readonly notParsed: readonly Diagnostic[];
  /**
   * The whole detection as one expression over native fields, where the rule is a plain test of single events that the
   * matcher can run; else undefined, and `notRunnable` says why.
   */
  readonly condition: Expr | undefined;
  /** In place of a condition where there are several queries; then `notRunnable` is empty. */
  readonly alternatives?: Alternatives;
  /** In what the condition says something else than the rule, though nothing that matters. */
  readonly runNotes?: readonly Diagnostic[];
  /** What is asked besides of the events that fulfil the condition, together. */
  readonly counting?: CountingInfo;
  readonly notRunnable: string;
  /** Where the rule stands in its text, and where its query does. */
  readonly span: Span;
  readonly querySpan: Span;
}

/** What reading one file gives: its rules, and faults that belong to no rule. */
export interface CatalogText {
  readonly rules: readonly CatalogRule[];
  readonly diagnostics: readonly Diagnostic[];
}
