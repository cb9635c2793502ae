import type { Level } from '../../shared/model/severity.ts';

/** One rule that hit one event, in the keys and the order that scripts rely on. */
export interface ScanHit {
  readonly ruleId: string;
  readonly title: string;
  readonly level: Level;
  /** As given on the command line. */
  readonly file: string;
  readonly recordId: number;
  /** ISO 8601, UTC, with all its digits. */
  readonly time: string | null;
  readonly computer: string | null;
  readonly channel: string | null;
  readonly eventId: number | null;
  /** Set where the event was recovered from slack space or a damaged chunk. */
  readonly recovered?: true;
  /** The fields that made it hit. */
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
  /** For a correlation: the events that together made it hit, in order of time; the first RELATED_LIMIT of them. */
  readonly related?: readonly RelatedEvent[];
}

/** Related events that a hit names at most. */
export const RELATED_LIMIT = 1000;

/** An event that a correlation hit consists of. */
export type RelatedEvent = Pick<ScanHit, 'file' | 'recordId' | 'time'>;

/** A rule, or a rule file, that was not run. */
export interface RuleNotRun {
  /** '' where it is a file. */
  readonly ruleId: string;
  readonly title: string;
  readonly file: string;
  /** One-based. */
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

export interface ScanRules {
  readonly files: number;
  readonly run: number;
  readonly notRun: readonly RuleNotRun[];
}

/** Something to say about a rule file, with its place; lines and columns are one-based, the end is exclusive. */
export interface RuleFinding {
  /** As given on the command line. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly message: string;
  /** Null where it belongs to no rule, as a file that cannot be read does. */
  readonly ruleId: string | null;
}

/** What a check of rules comes to, in the keys that scripts rely on. */
export interface RuleCheck {
  readonly files: number;
  readonly rules: number;
  /** Rules that can run, and rules that cannot. */
  readonly run: number;
  readonly notRun: number;
  readonly findings: readonly RuleFinding[];
}
