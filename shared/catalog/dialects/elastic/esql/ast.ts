import type { Span } from '../../../../model/span.ts';

/** Syntax tree of ES|QL (grammar EsqlBaseParser.g4 of Elasticsearch; elastic.co/docs, "ES|QL reference"). */
export type EsqlExpr = (
  | { readonly kind: 'and' | 'or'; readonly children: readonly EsqlExpr[] }
  | { readonly kind: 'not'; readonly child: EsqlExpr }
  | { readonly kind: 'binary'; readonly op: EsqlBinary; readonly left: EsqlExpr; readonly right: EsqlExpr }
  | { readonly kind: 'sign'; readonly sign: '+' | '-'; readonly child: EsqlExpr }
  | {
      readonly kind: 'test';
      readonly op: 'in' | 'like' | 'rlike' | ':';
      readonly negated: boolean;
      readonly subject: EsqlExpr;
      readonly values: readonly EsqlExpr[];
      /** Whether the values stand in parentheses. */
      readonly list: boolean;
    }
  | { readonly kind: 'isNull'; readonly negated: boolean; readonly subject: EsqlExpr }
  | { readonly kind: 'cast'; readonly subject: EsqlExpr; readonly type: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly EsqlExpr[] }
  | { readonly kind: 'field'; readonly name: string }
  | EsqlString
  | { readonly kind: 'number'; readonly text: string }
  /** A number with a unit, such as `7 days`. */
  | { readonly kind: 'interval'; readonly text: string; readonly unit: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  /** `*`, in count(*). */
  | { readonly kind: 'star' }
  /** `?name`, given when the query runs. */
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly EsqlExpr[] }
  | { readonly kind: 'map'; readonly entries: readonly { readonly key: string; readonly value: EsqlExpr }[] }
) & { readonly span: Span };

export interface EsqlString {
  readonly kind: 'string';
  readonly text: string;
  /** Offset in the query of the text's first character. */
  readonly textStart: number;
  readonly span: Span;
}

export const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const;
export type EsqlBinary = (typeof COMPARISONS)[number] | '+' | '-' | '*' | '/' | '%';

/** `name = expression`, or an expression alone; STATS may filter it by WHERE. */
export interface EsqlColumn {
  readonly name: string | undefined;
  readonly expr: EsqlExpr;
  readonly where: EsqlExpr | undefined;
}

export interface EsqlSortKey {
  readonly expr: EsqlExpr;
  readonly direction: 'asc' | 'desc' | undefined;
  readonly nulls: 'first' | 'last' | undefined;
}

export type EsqlCommand = (
  | {
      readonly kind: 'from';
      readonly word: 'from' | 'ts';
      readonly indices: readonly string[];
      readonly metadata: readonly string[];
    }
  | { readonly kind: 'row' | 'eval'; readonly columns: readonly EsqlColumn[] }
  | { readonly kind: 'where'; readonly condition: EsqlExpr }
  | {
      readonly kind: 'stats';
      readonly inline: boolean;
      readonly columns: readonly EsqlColumn[];
      readonly by: readonly EsqlColumn[];
    }
  | { readonly kind: 'keep' | 'drop'; readonly names: readonly string[] }
  | { readonly kind: 'rename'; readonly pairs: readonly { readonly from: string; readonly to: string }[] }
  | { readonly kind: 'sort'; readonly keys: readonly EsqlSortKey[] }
  | { readonly kind: 'limit'; readonly count: EsqlExpr }
  | { readonly kind: 'mv_expand'; readonly name: string }
  | {
      readonly kind: 'grok' | 'dissect';
      readonly input: EsqlExpr;
      readonly patterns: readonly EsqlExpr[];
      readonly separator: EsqlExpr | undefined;
    }
  | {
      readonly kind: 'enrich';
      readonly policy: string;
      readonly on: string | undefined;
      readonly columns: readonly EsqlColumn[];
    }
  | { readonly kind: 'lookup'; readonly index: string; readonly on: readonly EsqlExpr[] }
  | {
      readonly kind: 'completion';
      readonly name: string | undefined;
      readonly prompt: EsqlExpr;
      readonly options: EsqlExpr | undefined;
    }
  /** A command that only its name and text are known of. */
  | { readonly kind: 'other'; readonly name: string; readonly text: string }
) & { readonly span: Span };

export interface EsqlQuery {
  readonly commands: readonly EsqlCommand[];
  readonly span: Span;
}

/** Binding powers, loosest first; the printer sets parentheses by them. */
export const POWER = {
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  sum: 5,
  product: 6,
  sign: 7,
  cast: 8,
  primary: 9,
} as const;

export function powerOf(expr: EsqlExpr): number {
  switch (expr.kind) {
    case 'and':
    case 'or':
    case 'not':
    case 'sign':
    case 'cast':
      return POWER[expr.kind];
    case 'binary':
      return binaryPower(expr.op);
    case 'test':
    case 'isNull':
      return POWER.comparison;
    default:
      return POWER.primary;
  }
}

export function binaryPower(op: EsqlBinary): number {
  if (op === '+' || op === '-') return POWER.sum;
  return op === '*' || op === '/' || op === '%' ? POWER.product : POWER.comparison;
}
