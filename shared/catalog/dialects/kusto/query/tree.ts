import type { Span } from '../../../../model/span.ts';
import type { DataTable } from './datatable.ts';
import { quoteKql } from './tokens.ts';

/** Operators between two values, loosest first. String operators are lower case, negated ones with `!`. */
export type KqlOperator = string;

/** A KQL expression as written: of single values, or of tables (Kusto Query Language reference). */
export type KqlNode =
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  /** A number, timespan, bool, null, datetime(…), guid(…) and the like, as written. */
  | { readonly kind: 'literal'; readonly text: string; readonly span: Span }
  /** `[a, b]` within dynamic(…), or the values in brackets of `in (a, b)`. */
  | { readonly kind: 'list'; readonly items: readonly KqlNode[]; readonly span: Span }
  /** `{"a": 1}` within dynamic(…); datatable(…)[…], externaldata(…)[…]: kept as written. */
  | {
      readonly kind: 'opaque';
      readonly name: string;
      readonly text: string;
      /** What a datatable of plain constants holds. */
      readonly table?: DataTable;
      readonly span: Span;
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly KqlArgument[]; readonly span: Span }
  | { readonly kind: 'path'; readonly left: KqlNode; readonly name: string; readonly span: Span }
  | { readonly kind: 'index'; readonly left: KqlNode; readonly index: KqlNode; readonly span: Span }
  | { readonly kind: 'minus'; readonly child: KqlNode; readonly span: Span }
  | { readonly kind: 'star'; readonly span: Span }
  | {
      readonly kind: 'binary';
      readonly operator: KqlOperator;
      readonly left: KqlNode;
      readonly right: KqlNode;
      readonly span: Span;
    }
  | {
      readonly kind: 'between';
      readonly isNegated: boolean;
      readonly left: KqlNode;
      readonly low: KqlNode;
      readonly high: KqlNode;
      readonly span: Span;
    }
  | KqlQuery;

export interface KqlArgument {
  /** `name=` before it, '' for none. */
  readonly name: string;
  readonly value: KqlNode;
}

/** A source and the operators that its rows go through. */
export interface KqlQuery {
  readonly kind: 'query';
  /** Undefined where the query begins with an operator, such as union, search or print. */
  readonly source: KqlNode | undefined;
  readonly stages: readonly KqlStage[];
  readonly span: Span;
}

/** One operator of a query. */
export type KqlStage =
  | { readonly kind: 'where'; readonly condition: KqlNode; readonly span: Span }
  /** extend, project and their kin: `names` are what they define. */
  | { readonly kind: 'columns'; readonly name: string; readonly columns: readonly KqlArgument[]; readonly span: Span }
  | {
      readonly kind: 'summarize';
      readonly columns: readonly KqlArgument[];
      readonly by: readonly KqlArgument[];
      readonly span: Span;
    }
  | {
      readonly kind: 'join';
      readonly name: 'join' | 'lookup';
      readonly options: readonly KqlOption[];
      readonly right: KqlNode;
      readonly on: readonly KqlNode[];
      readonly span: Span;
    }
  | {
      readonly kind: 'union';
      readonly options: readonly KqlOption[];
      readonly tables: readonly KqlNode[];
      readonly span: Span;
    }
  /** mv-apply: each element of some arrays goes through a query of its own. */
  | {
      readonly kind: 'apply';
      readonly columns: readonly KqlArgument[];
      /** What stands between the columns and `on`, as written. */
      readonly limit: string;
      readonly body: KqlNode;
      readonly span: Span;
    }
  /** search and find: tables may be named. */
  | {
      readonly kind: 'search';
      readonly name: 'search' | 'find';
      readonly tables: readonly KqlNode[];
      readonly condition: KqlNode;
      readonly span: Span;
    }
  /** Any other operator, its arguments as written. */
  | { readonly kind: 'other'; readonly name: string; readonly text: string; readonly span: Span };

export interface KqlOption {
  readonly name: string;
  readonly value: string;
}

export type KqlStatement =
  | { readonly kind: 'let'; readonly name: string; readonly value: KqlNode; readonly span: Span }
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly parameters: readonly string[];
      readonly body: readonly KqlStatement[];
      readonly span: Span;
    }
  | { readonly kind: 'expression'; readonly value: KqlNode; readonly span: Span }
  /** set, declare, alias and so on, as written. */
  | { readonly kind: 'directive'; readonly text: string; readonly span: Span };

/** How tightly operators bind. String operators and comparisons are alike. */
export function powerOf(operator: KqlOperator): number {
  switch (operator) {
    case 'or':
      return 1;
    case 'and':
      return 2;
    case '+':
    case '-':
      return 4;
    case '*':
    case '/':
    case '%':
      return 5;
    default:
      return 3;
  }
}
export const COMPARE_POWER = 3;
export const MINUS_POWER = 6;
export const POSTFIX_POWER = 7;

/** Prints an expression so that reading it gives the same tree. */
export function printKql(node: KqlNode): string {
  switch (node.kind) {
    case 'name':
      return printName(node.name);
    case 'string':
      return quoteKql(node.value);
    case 'literal':
      return node.text;
    case 'opaque':
      return node.text;
    case 'list':
      return `dynamic([${node.items.map(printKql).join(', ')}])`;
    case 'call':
      return `${node.name}(${printArguments(node.args)})`;
    case 'path':
      return `${printAt(node.left, POSTFIX_POWER)}.${printName(node.name)}`;
    case 'index':
      return `${printAt(node.left, POSTFIX_POWER)}[${printKql(node.index)}]`;
    case 'minus':
      return `-${printAt(node.child, MINUS_POWER + 1)}`;
    case 'star':
      return '*';
    case 'binary': {
      const power = powerOf(node.operator);
      return `${printAt(node.left, power)} ${node.operator} ${printRight(node.operator, node.right, power + 1)}`;
    }
    case 'between': {
      const low = printAt(node.low, COMPARE_POWER + 1);
      const high = printAt(node.high, COMPARE_POWER + 1);
      const left = printAt(node.left, COMPARE_POWER);
      return `${left} ${node.isNegated ? '!' : ''}between (${low} .. ${high})`;
    }
    case 'query':
      return printQuery(node);
  }
}

/** Prints a statement, its semicolon left out. */
export function printStatement(statement: KqlStatement): string {
  switch (statement.kind) {
    case 'let':
      return `let ${printName(statement.name)} = ${printKql(statement.value)}`;
    case 'function': {
      const parameters = statement.parameters.map((name) => `${name}:string`).join(', ');
      return `let ${printName(statement.name)} = (${parameters}) { ${statement.body.map(printStatement).join('; ')} }`;
    }
    case 'expression':
      return printKql(statement.value);
    case 'directive':
      return statement.text;
  }
}

/** The right side of `in` and `has_any` is a list in brackets. */
function printRight(operator: string, right: KqlNode, power: number): string {
  if (!takesList(operator)) return printAt(right, power);
  return right.kind === 'list' ? `(${right.items.map(printKql).join(', ')})` : printAt(right, power);
}

/** Whether an operator compares with each value of a list. */
export function takesList(operator: string): boolean {
  return /^!?(?:in~?|has_any|has_all)$/.test(operator);
}

function printQuery({ source, stages }: KqlQuery): string {
  const parts = stages.map(printStage);
  if (source) parts.unshift(source.kind === 'query' ? `(${printKql(source)})` : printAt(source, POSTFIX_POWER));
  return parts.join(' | ');
}

function printStage(stage: KqlStage): string {
  switch (stage.kind) {
    case 'where':
      return `where ${printKql(stage.condition)}`;
    case 'columns':
      return `${stage.name} ${printArguments(stage.columns)}`;
    case 'summarize': {
      const by = stage.by.length > 0 ? ` by ${printArguments(stage.by)}` : '';
      return `summarize ${printArguments(stage.columns)}${by}`;
    }
    case 'join': {
      const on = stage.on.length > 0 ? ` on ${stage.on.map(printKql).join(', ')}` : '';
      return `${stage.name} ${printOptions(stage.options)}${printTable(stage.right)}${on}`;
    }
    case 'union':
      return `union ${printOptions(stage.options)}${stage.tables.map(printTable).join(', ')}`;
    case 'apply':
      return `mv-apply ${printArguments(stage.columns)}${stage.limit} on (${printKql(stage.body)})`;
    case 'search': {
      const tables = stage.tables.length > 0 ? `in (${stage.tables.map(printKql).join(', ')}) ` : '';
      return `${stage.name} ${tables}${stage.name === 'find' ? 'where ' : ''}${printKql(stage.condition)}`;
    }
    case 'other':
      return stage.text === '' ? stage.name : `${stage.name} ${stage.text}`;
  }
}

function printOptions(options: readonly KqlOption[]): string {
  return options.map(({ name, value }) => `${name}=${value} `).join('');
}

function printTable(node: KqlNode): string {
  return node.kind === 'name' || node.kind === 'call' ? printKql(node) : `(${printKql(node)})`;
}

function printArguments(args: readonly KqlArgument[]): string {
  return args
    .map(({ name, value }) => `${name === '' ? '' : `${printName(name)} = `}${printArgument(value)}`)
    .join(', ');
}

function printArgument(value: KqlNode): string {
  return value.kind === 'query' ? `(${printKql(value)})` : printKql(value);
}

const RESERVED =
  /^(?:and|or|not|in|has|has_any|has_all|contains|between|matches|by|on|where|union|search|find|print|range|dynamic|let|true|false|null)$/i;

function printName(name: string): string {
  return /^[$\p{L}_][\p{L}\p{N}_]*\*?$/u.test(name) && !RESERVED.test(name) ? name : `[${quoteKql(name)}]`;
}

function printAt(node: KqlNode, power: number): string {
  const text = printKql(node);
  return ownPower(node) < power ? `(${text})` : text;
}

function ownPower(node: KqlNode): number {
  switch (node.kind) {
    case 'binary':
      return powerOf(node.operator);
    case 'between':
      return COMPARE_POWER;
    case 'minus':
      return MINUS_POWER;
    case 'query':
    case 'star':
      return 0;
    default:
      return Infinity;
  }
}
