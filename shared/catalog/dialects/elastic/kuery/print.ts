import { POWER, powerOf, type KueryExpr, type KueryLiteral, type KueryValues } from './ast.ts';

/** Writes a query so that parsing it gives the same tree (spans aside). */
export function printKuery(expr: KueryExpr): string {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.children.map((child) => wrapped(child, POWER[expr.kind] + 1, printKuery)).join(` ${expr.kind} `);
    case 'not':
      return `not ${wrapped(expr.child, POWER.not, printKuery)}`;
    case 'is':
      return `${printLiteral(expr.field)}: ${wrapped(expr.values, POWER.primary, printValues)}`;
    case 'range':
      return `${printLiteral(expr.field)} ${expr.op} ${printLiteral(expr.value)}`;
    case 'nested':
      return `${printLiteral(expr.field)}:{ ${printKuery(expr.child)} }`;
    case 'bare':
      return printLiteral(expr.value);
  }
}

function printValues(values: KueryValues): string {
  switch (values.kind) {
    case 'and':
    case 'or':
      return values.children
        .map((child) => wrapped(child, POWER[values.kind] + 1, printValues))
        .join(` ${values.kind} `);
    case 'not':
      return `not ${wrapped(values.child, POWER.not, printValues)}`;
    case 'literal':
      return printLiteral(values);
  }
}

function wrapped<Node extends KueryExpr | KueryValues>(
  node: Node,
  minPower: number,
  print: (node: Node) => string,
): string {
  return powerOf(node) < minPower ? `(${print(node)})` : print(node);
}

function printLiteral({ pieces, quoted }: KueryLiteral): string {
  if (quoted) {
    const text = pieces.map((piece) => ('literal' in piece ? piece.literal : piece.wild)).join('');
    return `"${text.replace(/["\\]/g, '\\$&').replace(/[\t\r\n]/g, hexEscape)}"`;
  }
  return pieces.map((piece) => ('wild' in piece ? '*' : escapeUnquoted(piece.literal))).join('');
}

/** Blanks as \uXXXX, so that those at the ends stay; keywords with a backslash. */
function escapeUnquoted(text: string): string {
  return text
    .replace(/[\\():<>"*{}]/g, '\\$&')
    .replace(/\s/g, hexEscape)
    .replace(/^(?:and|or|not)$/i, '\\$&');
}

function hexEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
