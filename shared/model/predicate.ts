import type { Span } from './span.ts';

/**
 * The one language that every vendor's rule becomes: a boolean tree over predicates.
 * A predicate says "field op value(s)". What each op means is stated once, in shared/matching.
 */
export const OPS = [
  'eq',
  'contains',
  'starts_with',
  'ends_with',
  'wildcard',
  'match',
  'cidr',
  'is_null',
  'is_not_null',
  'gt',
  'gte',
  'lt',
  'lte',
  'eq_field',
  'in_lookup',
] as const;
export type Op = (typeof OPS)[number];

/** How the rule's author meant the value to be encoded before comparison; the value itself stays the source text. */
export type Encoding = 'base64' | 'base64offset' | 'utf16le' | 'utf16be' | 'utf16' | 'wide';

/** Part of a timestamp that a Sigma time modifier compares. */
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/**
 * One value of a predicate. For `wildcard` the text is a pattern: `*` any run, `?` any one character, and a
 * backslash before `*`, `?` or a backslash makes it literal. For `match` it is an RE2 expression without flags
 * (they are in `regexFlags`). For `eq_field` it is the other field's name. Else it is literal text.
 */
export interface PredicateValue {
  readonly text: string;
  readonly span: Span;
}

export interface Predicate {
  readonly kind: 'predicate';
  /** Field name as the vendor writes it; `keyword` for an unbound search over the whole event. */
  readonly field: string;
  readonly op: Op;
  /** Empty for is_null and is_not_null. */
  readonly values: readonly PredicateValue[];
  /** Whether one value is enough, or each must hold. */
  readonly quantifier: 'any' | 'all';
  readonly caseSensitive: boolean;
  /** Operator as written (for Sigma the modifier chain, such as `contains|all`). */
  readonly native: string;
  readonly encodings?: readonly Encoding[];
  /** Compare with every dash of the value also written as `/`, en dash, em dash and horizontal bar. */
  readonly windash?: boolean;
  /**
   * The field's text is a Windows command line, of which each argument is compared by itself (see
   * shared/matching/command-line.ts): the field counts as having all of them for values. Not
   * with the null ops and eq_field.
   */
  readonly splits?: 'arguments';
  /** Subset of `ims`, for `match`. */
  readonly regexFlags?: string;
  /** For `eq_field`: how the other field's value is compared. */
  readonly fieldCompare?: 'eq' | 'contains' | 'starts_with' | 'ends_with';
  /** For a Sigma time modifier: which part of the field's timestamp is compared. */
  readonly timePart?: TimePart;
  /** Elastic EQL `?field`: logs without the field are no error; the predicate does not hold there. */
  readonly optional?: boolean;
  readonly span: Span;
}

export type Expr =
  | Predicate
  | { readonly kind: 'and' | 'or'; readonly children: readonly Expr[]; readonly span: Span }
  | { readonly kind: 'not'; readonly child: Expr; readonly span: Span }
  | { readonly kind: 'constant'; readonly value: boolean; readonly span: Span };
