import type { Span } from '../../../../model/span.ts';
import type { Piece } from '../../../syntax/wildcards.ts';

/** Syntax tree of Lucene's classic query parser as Elasticsearch's `query_string` uses it (default operator OR). */
export type LuceneExpr = (
  | { readonly kind: 'and' | 'or'; readonly children: readonly LuceneExpr[] }
  /** `not` is NOT, `!` and `-`, which must not match; `must` is `+`. */
  | { readonly kind: 'not' | 'must'; readonly child: LuceneExpr }
  /** `field:(…)`: the field of all terms within that name none. */
  | { readonly kind: 'group'; readonly field: string; readonly child: LuceneExpr }
  | { readonly kind: 'term'; readonly field: string | undefined; readonly value: LuceneValue }
) & { readonly span: Span };

export type LuceneValue = (
  | { readonly kind: 'word'; readonly pieces: readonly Piece[]; readonly fuzzy: boolean }
  | { readonly kind: 'phrase'; readonly text: string; readonly fuzzy: boolean }
  /** The expression as written between the slashes. */
  | { readonly kind: 'regex'; readonly source: string }
  /** Ends as written; `*` is none. */
  | {
      readonly kind: 'range';
      readonly from: string;
      readonly to: string;
      readonly includesFrom: boolean;
      readonly includesTo: boolean;
    }
) & { readonly span: Span };

/** Binding powers, loosest first. */
export const POWER = { or: 1, and: 2, prefix: 3, primary: 4 } as const;

export function powerOf({ kind }: LuceneExpr): number {
  if (kind === 'and' || kind === 'or') return POWER[kind];
  return kind === 'not' || kind === 'must' ? POWER.prefix : POWER.primary;
}
