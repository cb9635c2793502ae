import type { Encoding, Op } from '../../model/predicate.ts';
import type { Vendor } from '../../model/rule.ts';
import type { Level } from '../../model/severity.ts';
import type { Span } from '../../model/span.ts';
import type { QueryLanguage, SequenceInfo } from '../catalog-rule.ts';
import type { Polarity } from './polarity.ts';

/** A kind of event: a channel of a log, and an id in it; null for any. */
export interface CatalogEvent {
  readonly channel: string;
  readonly eventId: number | null;
}

/**
 * What a predicate is for its rule: a polarity, or
 *   scope   says which events the rule reads
 *   absent  is of an event that must not be there
 */
export type PredicateRole = Polarity | 'scope' | 'absent';

/** A name that a path's end also asks for. */
export interface DerivedPredicate {
  readonly field: string;
  readonly op: Op;
  readonly values: readonly string[];
}

/** A predicate with its field under the catalog's name. */
export interface NormalisedPredicate {
  /** Canonical, or the native name where the mapping has none. */
  readonly field: string;
  readonly native: string;
  readonly isMapped: boolean;
  readonly op: Op;
  /** As written; without a placeholder's values. */
  readonly values: readonly string[];
  readonly quantifier: 'any' | 'all';
  readonly negated: boolean;
  readonly role: PredicateRole;
  /** Way down the tree; a sequence's steps start with `SEQ[n]`, other joined queries with `QUERY[n]`. */
  readonly context: string;
  /** Operator as the vendor writes it. */
  readonly nativeOp: string;
  readonly caseSensitive: boolean;
  readonly derived?: DerivedPredicate;
  /** Names of `%placeholders%` that stand where values would. */
  readonly placeholders?: readonly string[];
  readonly encodings?: readonly Encoding[];
  readonly windash?: true;
  readonly optional?: true;
  /** Algorithm of a hash that the value named. */
  readonly algorithm?: string;
  readonly span: Span;
}

/** A place in a file, for a list of what could not be read. Lines and columns are one-based. */
export interface NotParsed {
  readonly isError: boolean;
  readonly reason: string;
  readonly line: number;
  readonly column: number;
}

/** A rule in the catalog's one language. Its text and its runnable condition are read again from its file when asked. */
export interface NormalisedRule {
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
  readonly techniques: readonly string[];
  readonly platforms: readonly string[];
  /** Whether it reads Windows events: by its product, its folder, its test of the platform, or its sources. */
  readonly isWindows: boolean;
  readonly events: readonly CatalogEvent[];
  readonly sequence: SequenceInfo | undefined;
  readonly predicates: readonly NormalisedPredicate[];
  readonly notParsed: readonly NotParsed[];
  readonly notRunnable: string;
  /** Which of the file's rules it is, from 0. */
  readonly position: number;
  readonly span: Span;
  readonly querySpan: Span;
}
