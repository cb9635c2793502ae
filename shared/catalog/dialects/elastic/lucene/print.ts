import { POWER, powerOf, type LuceneExpr, type LuceneValue } from './ast.ts';

/** Writes a query so that parsing it gives the same tree (spans aside). */
export function printLucene(expr: LuceneExpr): string {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.children
        .map((child) => printAt(child, POWER[expr.kind] + 1))
        .join(expr.kind === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return `NOT ${printAt(expr.child, POWER.prefix)}`;
    case 'must':
      return `+${printAt(expr.child, POWER.prefix)}`;
    case 'group':
      return `${escaped(expr.field)}:(${printLucene(expr.child)})`;
    case 'term':
      return `${expr.field === undefined ? '' : `${escaped(expr.field)}:`}${printValue(expr.value)}`;
  }
}

function printAt(expr: LuceneExpr, minPower: number): string {
  return powerOf(expr) < minPower ? `(${printLucene(expr)})` : printLucene(expr);
}

function printValue(value: LuceneValue): string {
  switch (value.kind) {
    case 'word': {
      const text = value.pieces.map((piece) => ('wild' in piece ? piece.wild : escaped(piece.literal))).join('');
      return text + (value.fuzzy ? '~' : '');
    }
    case 'phrase':
      return `"${value.text.replace(/["\\]/g, '\\$&')}"${value.fuzzy ? '~' : ''}`;
    case 'regex':
      return `/${value.source.replaceAll('/', '\\/')}/`;
    case 'range': {
      const [open, close] = [value.includesFrom ? '[' : '{', value.includesTo ? ']' : '}'];
      return `${open}${bound(value.from)} TO ${bound(value.to)}${close}`;
    }
  }
}

function bound(text: string): string {
  return /^[^\s\]}"]+$/.test(text) ? text : `"${text}"`;
}

/** Every sign with a backslash, and the first letter too where the word would be an operator. */
function escaped(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}_.@]/gu, (char) => (char.length > 1 ? char : `\\${char}`))
    .replace(/^(?:AND|OR|NOT|TO)$/, '\\$&');
}
