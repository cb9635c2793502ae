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
  /** The fields that made it hit. */
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
}

/** A rule, or a rule file, that was not run. */
export interface RuleNotRun {
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
