import type { Span } from '../../../../model/span.ts';
import type { Piece } from '../../../syntax/wildcards.ts';

/** Syntax tree of the Kibana Query Language (Kibana's grammar kuery.peg). */
export type KueryExpr = (
  | { readonly kind: 'and' | 'or'; readonly children: readonly KueryExpr[] }
  | { readonly kind: 'not'; readonly child: KueryExpr }
  | { readonly kind: 'is'; readonly field: KueryLiteral; readonly values: KueryValues }
  | { readonly kind: 'range'; readonly field: KueryLiteral; readonly op: KueryRange; readonly value: KueryLiteral }
  | { readonly kind: 'nested'; readonly field: KueryLiteral; readonly child: KueryExpr }
  /** A value without a field: searched for everywhere. */
  | { readonly kind: 'bare'; readonly value: KueryLiteral }
) & { readonly span: Span };

export type KueryRange = '<' | '<=' | '>' | '>=';

/** What stands right of `field:`. */
export type KueryValues =
  | KueryLiteral
  | { readonly kind: 'and' | 'or'; readonly children: readonly KueryValues[]; readonly span: Span }
  | { readonly kind: 'not'; readonly child: KueryValues; readonly span: Span };

export interface KueryLiteral {
  readonly kind: 'literal';
  /** Decoded; only an unquoted one has wildcards, and only `*`. */
  readonly pieces: readonly Piece[];
  readonly quoted: boolean;
  readonly span: Span;
}

/** Binding powers, loosest first. */
export const POWER = { or: 1, and: 2, not: 3, primary: 4 } as const;

export function powerOf({ kind }: KueryExpr | KueryValues): number {
  switch (kind) {
    case 'and':
    case 'or':
    case 'not':
      return POWER[kind];
    case 'is':
    case 'range':
    case 'nested':
    case 'bare':
    case 'literal':
      return POWER.primary;
  }
}
