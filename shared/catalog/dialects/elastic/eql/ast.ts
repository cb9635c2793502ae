import type { Span } from '../../../../model/span.ts';

/** Syntax tree of EQL (elastic.co/guide, "EQL syntax reference"; grammar EqlBase.g4 of Elasticsearch). */
export type EqlExpr = (
  | { readonly kind: 'and' | 'or'; readonly children: readonly EqlExpr[] }
  | { readonly kind: 'not'; readonly child: EqlExpr }
  | { readonly kind: 'binary'; readonly op: EqlBinary; readonly left: EqlExpr; readonly right: EqlExpr }
  | { readonly kind: 'sign'; readonly sign: '+' | '-'; readonly child: EqlExpr }
  | {
      readonly kind: 'test';
      readonly op: EqlTest;
      readonly negated: boolean;
      readonly subject: EqlExpr;
      readonly values: readonly EqlExpr[];
      /** Whether the values stand in parentheses. */
      readonly list: boolean;
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly EqlExpr[] }
  | EqlField
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'relation'; readonly relation: string; readonly filter: EqlFilter }
) & { readonly span: Span };

export interface EqlField {
  readonly kind: 'field';
  /** Dotted name, array indices in brackets kept. */
  readonly name: string;
  /** Written `?name`: an index that lacks the field is no error. */
  readonly optional: boolean;
  readonly span: Span;
}

export const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const;
export type EqlComparison = (typeof COMPARISONS)[number];
export type EqlBinary = EqlComparison | '+' | '-' | '*' | '/' | '%';
export type EqlTest = ':' | 'in' | 'in~' | 'like' | 'like~' | 'regex' | 'regex~';

/** `category where condition`. */
export interface EqlFilter {
  readonly category: string;
  readonly condition: EqlExpr;
  readonly span: Span;
}

/** One step of a sequence or sample. */
export interface EqlTerm {
  readonly filter: EqlFilter;
  /** Written `![…]`: no such event. */
  readonly missing: boolean;
  readonly by: readonly EqlExpr[];
  readonly runs: number | undefined;
  readonly span: Span;
}

export interface EqlPipe {
  readonly name: string;
  readonly args: readonly EqlExpr[];
  readonly span: Span;
}

export type EqlQuery = (
  | { readonly kind: 'event'; readonly filter: EqlFilter }
  | {
      readonly kind: 'sequence' | 'sample';
      readonly by: readonly EqlExpr[];
      /** As written, such as `5m`. */
      readonly maxSpan: string | undefined;
      readonly terms: readonly EqlTerm[];
      readonly until: EqlTerm | undefined;
    }
) & { readonly pipes: readonly EqlPipe[]; readonly span: Span };

/** Binding powers, loosest first; the printer sets parentheses by them. */
export const POWER = {
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  sum: 5,
  product: 6,
  sign: 7,
  test: 8,
  primary: 9,
} as const;

export function powerOf(expr: EqlExpr): number {
  switch (expr.kind) {
    case 'and':
      return POWER.and;
    case 'or':
      return POWER.or;
    case 'not':
      return POWER.not;
    case 'binary':
      return binaryPower(expr.op);
    case 'sign':
      return POWER.sign;
    case 'test':
      return POWER.test;
    case 'relation':
    case 'call':
    case 'field':
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return POWER.primary;
  }
}

export function binaryPower(op: EqlBinary): number {
  if (op === '+' || op === '-') return POWER.sum;
  return op === '*' || op === '/' || op === '%' ? POWER.product : POWER.comparison;
}

export const KEYWORDS: ReadonlySet<string> = new Set([
  'and',
  'any',
  'by',
  'false',
  'in',
  'like',
  'maxspan',
  'not',
  'null',
  'of',
  'or',
  'regex',
  'runs',
  'sample',
  'sequence',
  'true',
  'until',
  'where',
  'with',
]);
