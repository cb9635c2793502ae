import { columnOf, type DataTable } from '../query/datatable.ts';
import type { KqlNode } from '../query/tree.ts';
import type { Definitions } from './scope.ts';

/** A constant of a query: its text and the node that it was written as, for its place. */
export interface Constant {
  readonly text: string;
  readonly node: KqlNode;
}

const DEPTH_LIMIT = 20;
const COUNT_LIMIT = 20_000;

/**
 * The constants that an expression stands for, `let` names followed: one for a value, several for a list.
 * Undefined where it is not constant. A constant that comes through a name keeps the place of its value.
 */
export function constantsOf(node: KqlNode, scope: Definitions, depth = 0): readonly Constant[] | undefined {
  if (depth > DEPTH_LIMIT) return undefined;
  switch (node.kind) {
    case 'string':
      return [{ text: node.value, node }];
    case 'literal':
      return [{ text: literalText(node.text), node }];
    case 'minus': {
      const child = constantsOf(node.child, scope, depth + 1);
      return child?.length === 1 ? [{ text: `-${(child[0] as Constant).text}`, node }] : undefined;
    }
    case 'list': {
      const found: Constant[] = [];
      for (const item of node.items) {
        const constants = constantsOf(item, scope, depth + 1);
        if (!constants || found.length > COUNT_LIMIT) return undefined;
        // One by one: a list can be longer than a call takes arguments.
        for (const constant of constants) found.push(constant);
      }
      return found;
    }
    case 'name': {
      const known = scope.get(node.name);
      if (!known) return undefined;
      if ('argument' in known) return constantsOf(known.argument, known.scope, depth + 1);
      return known.statement.kind === 'let' ? constantsOf(known.statement.value, known.scope, depth + 1) : undefined;
    }
    case 'call':
      return constantCall(node, scope, depth);
    case 'opaque':
    case 'query':
      return tableConstants(node, scope, depth);
    default:
      return undefined;
  }
}

/**
 * Values of a table that the query holds itself: those of its first column, as `in` takes them, or of the column that
 * `project`, `distinct` or `summarize make_set()` leaves.
 */
function tableConstants(
  node: KqlNode & { kind: 'opaque' | 'query' },
  scope: Definitions,
  depth: number,
): readonly Constant[] | undefined {
  if (node.kind === 'opaque') return node.table && constantsOfColumn(node.table, node.table.columns[0]);
  const [stage, ...more] = node.stages;
  const table = node.source && tableOf(node.source, scope, depth);
  if (!table || !stage || more.length > 0) return undefined;
  const isChoice = stage.kind === 'columns' && (stage.name === 'project' || stage.name === 'distinct');
  const columns = isChoice || stage.kind === 'summarize' ? stage.columns : [];
  const [value] = columns.map((column) => column.value);
  const chosen = stage.kind === 'summarize' && value?.kind === 'call' ? setColumn(value) : value;
  return columns.length === 1 && chosen?.kind === 'name' ? constantsOfColumn(table, chosen.name) : undefined;
}

function setColumn({ name, args }: KqlNode & { kind: 'call' }): KqlNode | undefined {
  return /^make_(?:set|list)$/i.test(name) && args.length === 1 ? args[0]?.value : undefined;
}

/** The table that a name or expression stands for, where the query holds it itself. */
function tableOf(node: KqlNode, scope: Definitions, depth: number): DataTable | undefined {
  if (depth > DEPTH_LIMIT) return undefined;
  if (node.kind === 'opaque') return node.table;
  const known = node.kind === 'name' ? scope.get(node.name) : undefined;
  if (!known) return undefined;
  if ('argument' in known) return tableOf(known.argument, known.scope, depth + 1);
  return known.statement.kind === 'let' ? tableOf(known.statement.value, known.scope, depth + 1) : undefined;
}

function constantsOfColumn(table: DataTable, name: string | undefined): readonly Constant[] | undefined {
  const values = name === undefined ? undefined : columnOf(table, name);
  return values?.map(({ text, span }) => ({ text, node: { kind: 'string', value: text, span } }));
}

/** Functions whose value is plain where their arguments are. */
function constantCall(
  node: KqlNode & { kind: 'call' },
  scope: Definitions,
  depth: number,
): readonly Constant[] | undefined {
  const [first] = node.args;
  switch (node.name.toLowerCase()) {
    case 'tostring':
    case 'todynamic':
    case 'parse_json':
    case 'toint':
    case 'tolong':
    case 'materialize':
    case 'toscalar':
      return first && constantsOf(first.value, scope, depth + 1);
    case 'tolower':
    case 'toupper': {
      const isLower = node.name.toLowerCase() === 'tolower';
      const constants = first && constantsOf(first.value, scope, depth + 1);
      return constants?.map(({ text, node: place }) => {
        return { text: isLower ? text.toLowerCase() : text.toUpperCase(), node: place };
      });
    }
    case 'pack_array':
    case 'array_concat': {
      const parts = node.args.map(({ value }) => constantsOf(value, scope, depth + 1));
      return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    }
    case 'strcat': {
      const parts = node.args.map(({ value }) => constantsOf(value, scope, depth + 1));
      const texts = parts.map((part) => (part?.length === 1 ? part[0]?.text : undefined));
      return texts.includes(undefined) ? undefined : [{ text: texts.join(''), node }];
    }
    default:
      return undefined;
  }
}

/** `int(5)` and `bool(true)` are 5 and true; a guid's braces stay away. */
function literalText(written: string): string {
  const typed = /^\w+\(\s*([^]*?)\s*\)$/.exec(written);
  return typed?.[1] ?? written;
}

const TIME_FUNCTIONS =
  /^(?:ago|now|datetime_add|startof\w+|endof\w+|todatetime|totimespan|make_datetime|datetime_local_to_utc|bin|floor)$/i;

/** Whether an expression is a time or timespan that only the clock and constants decide. */
export function isClock(node: KqlNode, scope: Definitions, depth = 0): boolean {
  if (depth > DEPTH_LIMIT) return false;
  switch (node.kind) {
    case 'literal':
      return true;
    case 'minus':
      return isClock(node.child, scope, depth + 1);
    case 'binary':
      return isClock(node.left, scope, depth + 1) && isClock(node.right, scope, depth + 1);
    case 'call':
      return TIME_FUNCTIONS.test(node.name) && node.args.every(({ value }) => isClock(value, scope, depth + 1));
    case 'string':
      return depth > 0;
    case 'name': {
      const known = scope.get(node.name);
      if (!known) return false;
      if ('argument' in known) return isClock(known.argument, known.scope, depth + 1);
      return known.statement.kind === 'let' && isClock(known.statement.value, known.scope, depth + 1);
    }
    default:
      return false;
  }
}
