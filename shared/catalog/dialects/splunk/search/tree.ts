import type { Span } from '../../../../model/span.ts';
import { quoteSpl } from './tokens.ts';

/** A value or term of a search: its text with escapes undone, `*` any run of characters. */
export interface SearchText {
  readonly text: string;
  readonly isQuoted: boolean;
  readonly span: Span;
}

export type Comparison = '=' | '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A search expression as written (Search Reference, `search`). */
export type SearchNode =
  | { readonly kind: 'and' | 'or'; readonly children: readonly SearchNode[]; readonly span: Span }
  | { readonly kind: 'not'; readonly child: SearchNode; readonly span: Span }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly operator: Comparison;
      readonly value: SearchText;
      readonly span: Span;
    }
  | {
      /** `field IN (a, b)`, or as many people write it `field=(a OR b)`. */
      readonly kind: 'in';
      readonly field: string;
      readonly operator: 'IN' | '=' | '!=';
      readonly values: readonly SearchText[];
      readonly span: Span;
    }
  | {
      /** A word or phrase anywhere in the event; `TERM()` and `CASE()` are kept. */
      readonly kind: 'term';
      readonly directive: '' | 'TERM' | 'CASE';
      readonly value: SearchText;
      readonly span: Span;
    }
  /** `[search …]`: the span is that of the brackets and all between. */
  | { readonly kind: 'subsearch'; readonly field: string; readonly span: Span }
  /** `()`, as it is left where a macro gives nothing. */
  | { readonly kind: 'nothing'; readonly span: Span };

/** Prints a search expression so that reading it gives the same tree. */
export function printSearch(node: SearchNode): string {
  switch (node.kind) {
    case 'and':
      return node.children.map((child) => inBrackets(child, child.kind === 'and')).join(' ');
    case 'or':
      return node.children.map((child) => inBrackets(child, child.kind === 'and' || child.kind === 'or')).join(' OR ');
    case 'not':
      return `NOT ${inBrackets(node.child, node.child.kind === 'and' || node.child.kind === 'or')}`;
    case 'compare':
      return `${printField(node.field)}${node.operator}${printText(node.value)}`;
    case 'in':
      if (node.operator === 'IN') return `${printField(node.field)} IN (${node.values.map(printText).join(', ')})`;
      return `${printField(node.field)}${node.operator}(${node.values.map(printText).join(' OR ')})`;
    case 'term':
      return node.directive === '' ? printText(node.value) : `${node.directive}(${printText(node.value)})`;
    case 'subsearch':
      return node.field === '' ? '[]' : `${printField(node.field)}=[]`;
    case 'nothing':
      return '()';
  }
}

function inBrackets(node: SearchNode, isNeeded: boolean): string {
  const text = printSearch(node);
  return isNeeded ? `(${text})` : text;
}

function printText({ text, isQuoted }: SearchText): string {
  return isQuoted ? quoteSpl(text) : text.replace(/\\(?=["\\|]|$)/g, '\\\\');
}

function printField(field: string): string {
  const isPlain = /^[\w.{}*:@$-]+$/.test(field) && !/^(?:and|or|not|in|term|case)$/i.test(field);
  return isPlain ? field : quoteSpl(field);
}
