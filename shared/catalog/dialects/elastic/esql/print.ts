import {
  binaryPower,
  POWER,
  powerOf,
  type EsqlColumn,
  type EsqlCommand,
  type EsqlExpr,
  type EsqlQuery,
} from './ast.ts';

/** Writes a query so that parsing it gives the same tree (places aside). */
export function printEsql(query: EsqlQuery): string {
  return query.commands.map(printCommand).join('\n| ');
}

function printCommand(command: EsqlCommand): string {
  switch (command.kind) {
    case 'from': {
      const metadata = command.metadata.length > 0 ? ` metadata ${command.metadata.map(printName).join(', ')}` : '';
      return `${command.word} ${command.indices.join(', ')}${metadata}`;
    }
    case 'row':
    case 'eval':
      return `${command.kind} ${columns(command.columns)}`;
    case 'where':
      return `where ${printEsqlExpr(command.condition)}`;
    case 'stats': {
      const by = command.by.length > 0 ? ` by ${columns(command.by)}` : '';
      return `${command.inline ? 'inline ' : ''}stats ${columns(command.columns)}${by}`;
    }
    case 'keep':
    case 'drop':
      return `${command.kind} ${command.names.join(', ')}`;
    case 'rename':
      return `rename ${command.pairs.map(({ from, to }) => `${from} as ${to}`).join(', ')}`;
    case 'sort':
      return `sort ${command.keys
        .map(({ expr, direction, nulls }) =>
          [printEsqlExpr(expr), direction ?? '', nulls ? `nulls ${nulls}` : ''].filter(Boolean).join(' '),
        )
        .join(', ')}`;
    case 'limit':
      return `limit ${printEsqlExpr(command.count)}`;
    case 'mv_expand':
      return `mv_expand ${printName(command.name)}`;
    case 'grok':
    case 'dissect': {
      const separator = command.separator ? ` append_separator = ${printEsqlExpr(command.separator)}` : '';
      return `${command.kind} ${printEsqlExpr(command.input)} ${list(command.patterns)}${separator}`;
    }
    case 'enrich': {
      const on = command.on === undefined ? '' : ` on ${printName(command.on)}`;
      return `enrich ${command.policy}${on}${command.columns.length > 0 ? ` with ${columns(command.columns)}` : ''}`;
    }
    case 'lookup':
      return `lookup join ${command.index} on ${list(command.on)}`;
    case 'completion': {
      const name = command.name === undefined ? '' : `${printName(command.name)} = `;
      return `completion ${name}${printEsqlExpr(command.prompt)}${command.options ? ` with ${printEsqlExpr(command.options)}` : ''}`;
    }
    case 'other':
      return `${command.name} ${command.text}`;
  }
}

function columns(list: readonly EsqlColumn[]): string {
  return list
    .map(({ name, expr, where }) => {
      const named = `${name === undefined ? '' : `${printName(name)} = `}${printEsqlExpr(expr)}`;
      return where ? `${named} where ${printEsqlExpr(where)}` : named;
    })
    .join(', ');
}

export function printEsqlExpr(expr: EsqlExpr): string {
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
      const values = expr.values.map((value) => printAt(value, POWER.sum)).join(', ');
      const not = expr.negated ? 'not ' : '';
      return `${printAt(expr.subject, POWER.comparison)} ${not}${expr.op} ${expr.list ? `(${values})` : values}`;
    }
    case 'isNull':
      return `${printAt(expr.subject, POWER.comparison)} is ${expr.negated ? 'not ' : ''}null`;
    case 'cast':
      return `${printAt(expr.subject, POWER.cast)}::${expr.type}`;
    case 'call':
      return `${expr.name}(${list(expr.args)})`;
    case 'field':
      return printName(expr.name);
    case 'string':
      return quoted(expr.text);
    case 'number':
      return expr.text;
    case 'interval':
      return `${expr.text} ${expr.unit}`;
    case 'boolean':
      return String(expr.value);
    case 'null':
      return 'null';
    case 'star':
      return '*';
    case 'param':
      return `?${expr.name}`;
    case 'list':
      return `[${list(expr.items)}]`;
    case 'map':
      return `{${expr.entries.map(({ key, value }) => `${quoted(key)}: ${printEsqlExpr(value)}`).join(', ')}}`;
  }
}

function printAt(expr: EsqlExpr, minPower: number): string {
  const text = printEsqlExpr(expr);
  return powerOf(expr) < minPower ? `(${text})` : text;
}

function list(exprs: readonly EsqlExpr[]): string {
  return exprs.map(printEsqlExpr).join(', ');
}

const WORDS =
  /^(?:and|or|not|in|is|like|rlike|null|true|false|by|as|asc|desc|nulls|where|with|on|metadata|append_separator|join)$/i;

function printName(name: string): string {
  return name
    .split('.')
    .map((part) => (/^[A-Za-z_@][\w@]*$/.test(part) && !WORDS.test(part) ? part : `\`${part.replaceAll('`', '``')}\``))
    .join('.');
}

const ESCAPED: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function quoted(text: string): string {
  return `"${text.replace(/["\\\n\r\t]/g, (char) => ESCAPED[char] as string)}"`;
}
