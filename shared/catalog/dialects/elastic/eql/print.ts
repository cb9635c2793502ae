import {
  binaryPower,
  KEYWORDS,
  POWER,
  powerOf,
  type EqlExpr,
  type EqlFilter,
  type EqlQuery,
  type EqlTerm,
} from './ast.ts';

/** Writes a query so that parsing it gives the same tree (spans aside). */
export function printEql(query: EqlQuery): string {
  const pipes = query.pipes.map(({ name, args }) => ` | ${name}${args.length > 0 ? ` ${list(args)}` : ''}`).join('');
  if (query.kind === 'event') return printFilter(query.filter) + pipes;
  const by = printKeys(query.by);
  const maxSpan = query.maxSpan === undefined ? '' : ` with maxspan=${query.maxSpan}`;
  const terms = query.terms.map((term) => `\n  ${printTerm(term)}`).join('');
  const until = query.until ? `\nuntil ${printTerm(query.until)}` : '';
  return `${query.kind}${by}${maxSpan}${terms}${until}${pipes}`;
}

function printTerm({ filter, missing, by, runs }: EqlTerm): string {
  return `${missing ? '!' : ''}[${printFilter(filter)}]${printKeys(by)}${runs === undefined ? '' : ` with runs=${runs}`}`;
}

function printKeys(by: readonly EqlExpr[]): string {
  return by.length === 0 ? '' : ` by ${by.map((key) => printAt(key, POWER.comparison)).join(', ')}`;
}

function printFilter({ category, condition }: EqlFilter): string {
  const name = /^[A-Za-z_]\w*$/.test(category) ? category : quoted(category);
  return `${name} where ${printEqlExpr(condition)}`;
}

export function printEqlExpr(expr: EqlExpr): string {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.children.map((child) => printAt(child, POWER[expr.kind] + 1)).join(` ${expr.kind} `);
    case 'not':
      return `not ${printAt(expr.child, POWER.not)}`;
    case 'binary': {
      const power = binaryPower(expr.op);
      return `${printAt(expr.left, power)} ${expr.op} ${printAt(expr.right, power + 1)}`;
    }
    case 'sign':
      return `${expr.sign} ${printAt(expr.child, POWER.sign)}`;
    case 'test': {
      const values = expr.list
        ? `(${expr.values.map((value) => printAt(value, POWER.sum)).join(', ')})`
        : expr.values.map((value) => printAt(value, value.kind === 'sign' ? POWER.sign : POWER.primary)).join('');
      return `${printAt(expr.subject, POWER.test)} ${expr.negated ? 'not ' : ''}${expr.op} ${values}`;
    }
    case 'call':
      return `${expr.name}(${list(expr.args)})`;
    case 'field':
      return `${expr.optional ? '?' : ''}${printField(expr.name)}`;
    case 'string':
      return quoted(expr.text);
    case 'number':
      return expr.text;
    case 'boolean':
      return String(expr.value);
    case 'null':
      return 'null';
    case 'relation':
      return `${expr.relation} of [${printFilter(expr.filter)}]`;
  }
}

function printAt(expr: EqlExpr, minPower: number): string {
  const text = printEqlExpr(expr);
  return powerOf(expr) < minPower ? `(${text})` : text;
}

function list(args: readonly EqlExpr[]): string {
  return args.map(printEqlExpr).join(', ');
}

function printField(name: string): string {
  const isPlain = /^[A-Za-z_@][\w@]*(?:\[\d+\])*(?:\.[A-Za-z_@][\w@]*(?:\[\d+\])*)*$/.test(name);
  const first = /^[^.[]*/.exec(name)?.[0] ?? '';
  return isPlain && !KEYWORDS.has(first.toLowerCase()) ? name : `\`${name.replaceAll('`', '``')}\``;
}

const ESCAPED: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

function quoted(text: string): string {
  return `"${text.replace(/["\\\n\r\t\b\f]/g, (char) => ESCAPED[char] as string)}"`;
}
