import type { Correlation, GlobalFilter } from './correlation.ts';
import type { Expr } from './predicate.ts';
import type { Level } from './severity.ts';
import type { Span } from './span.ts';

export const VENDORS = ['sigma', 'elastic', 'splunk', 'kusto'] as const;
export type Vendor = (typeof VENDORS)[number];

/** A message at a place in a rule's text. An `error` makes the rule not runnable; never "matches nothing". */
export interface Diagnostic {
  readonly severity: 'error' | 'warning' | 'info';
  /** Stable, for tests and SARIF: `sigma-unknown-modifier` and the like. */
  readonly code: string;
  readonly message: string;
  readonly span: Span;
}

/** A kind of Windows events; what is undefined is free. Names compare without case. */
export interface EventKind {
  readonly channel?: readonly string[] | undefined;
  readonly provider?: readonly string[] | undefined;
  readonly events?: readonly number[] | undefined;
}

/** Which logs a rule speaks of (Sigma `logsource`, or the vendor's equivalent). */
export interface Logsource {
  readonly category?: string;
  readonly product?: string;
  readonly service?: string;
  /** The events themselves, for a rule of a vendor without Sigma's names: then these alone count. */
  readonly kinds?: readonly EventKind[];
}

/** A named part of a rule's detection (a Sigma selection), for explanations and counts per line. */
export interface NamedExpr {
  readonly name: string;
  readonly expr: Expr;
  readonly span: Span;
}

export interface Rule {
  readonly vendor: Vendor;
  /** The rule's own id; where it has none, a stable one derived from its text. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly status: string;
  readonly level: Level;
  readonly author: string;
  readonly date: string;
  readonly references: readonly string[];
  readonly falsePositives: readonly string[];
  readonly tags: readonly string[];
  /** ATT&CK technique ids, upper case, such as `T1572` and `T1021.001`. */
  readonly techniques: readonly string[];
  readonly logsource: Logsource;
  readonly selections: readonly NamedExpr[];
  /**
   * Undefined exactly when the rule cannot run; `diagnostics` then holds at least one error that says why.
   * For a correlation: the single events it looks at where it says so itself, else a constant that never holds.
   * For a global filter: what it filters. Both are not what the rule hits.
   */
  readonly condition: Expr | undefined;
  /** By which correlation rules and filters may call it besides its id (Sigma `name`). */
  readonly name?: string;
  /** The same for all rules of one text, so that names are first looked for there. */
  readonly origin?: string;
  /** For a rule about several events. */
  readonly correlation?: Correlation;
  /** For a rule that takes hits from others. */
  readonly filter?: GlobalFilter;
  readonly diagnostics: readonly Diagnostic[];
  /** Where the rule stands in its text (a file may hold several documents). */
  readonly span: Span;
}

/** What a rule says of itself where it says nothing. */
export const UNTOLD = {
  vendor: 'sigma',
  id: '',
  title: '',
  description: '',
  status: '',
  level: 'informational',
  author: '',
  date: '',
  references: [],
  falsePositives: [],
  tags: [],
  techniques: [],
  logsource: {},
  selections: [],
} as const satisfies Partial<Rule>;

/** What reading one rule text gives: every document as a rule, and faults that belong to no rule. */
export interface RuleText {
  readonly rules: readonly Rule[];
  readonly diagnostics: readonly Diagnostic[];
}
