import type { Expr } from '../../../../model/predicate.ts';
import type { EsqlExpr } from './ast.ts';

/** What a value expression stands for in a comparison. */
export interface Side {
  /** The first field in it; undefined for a constant, and for what has none (`now()`). */
  readonly field: string | undefined;
  /** A constant's text. */
  readonly text: string | undefined;
  readonly isNull: boolean;
  /** Upper and lower case made one by TO_LOWER or TO_UPPER. */
  readonly foldsCase: boolean;
  /** Other functions between the field and the comparison. */
  readonly functions: readonly string[];
  /** Computed from several fields, or taken out of a text: no field of the event holds it. */
  readonly isComputed: boolean;
}

/** What a column that the query makes stands for. */
export interface Column {
  readonly side: Side;
  /** Its condition, where it is a test: `EVAL is_shell = process.name IN (…)`. */
  readonly test: Expr | undefined;
}

export type Columns = ReadonlyMap<string, Column>;

const NOTHING: Side = {
  field: undefined,
  text: undefined,
  isNull: false,
  foldsCase: false,
  functions: [],
  isComputed: false,
};

/** Functions named in a reason; a chain of columns could pile them up. */
const MAX_FUNCTIONS = 8;

/** Functions whose result is the value as a log writes it. */
const SAME_VALUE = new Set([
  'to_string',
  'to_ip',
  'to_integer',
  'to_long',
  'to_double',
  'to_unsigned_long',
  'to_boolean',
  'to_version',
  'mv_first',
  'mv_last',
  'mv_min',
  'mv_max',
  'mv_dedupe',
]);

export function ownSide(name: string): Side {
  return { ...NOTHING, field: name };
}

/** A column that holds what no event field does. */
export function computedColumn(name: string): Column {
  return { side: { ...ownSide(name), isComputed: true }, test: undefined };
}

/** Looks through an expression for its field or constant; columns made before stand for what they are made of. */
export function sideOf(expr: EsqlExpr, columns: Columns): Side {
  switch (expr.kind) {
    case 'string':
    case 'number':
      return { ...NOTHING, text: expr.text };
    case 'boolean':
      return { ...NOTHING, text: String(expr.value) };
    case 'null':
      return { ...NOTHING, isNull: true };
    case 'field':
      return columns.get(expr.name)?.side ?? ownSide(expr.name);
    case 'cast':
      return sideOf(expr.subject, columns);
    case 'sign': {
      const child = sideOf(expr.child, columns);
      if (child.text !== undefined) return { ...child, text: expr.sign === '-' ? `-${child.text}` : child.text };
      return { ...child, functions: [expr.sign, ...child.functions] };
    }
    case 'call':
      return callSide(expr, columns);
    case 'binary':
      return combined(expr.op, [expr.left, expr.right], columns);
    case 'list':
      return combined('[]', expr.items, columns);
    case 'interval':
    case 'star':
    case 'param':
    case 'map':
    case 'and':
    case 'or':
    case 'not':
    case 'test':
    case 'isNull':
      return { ...NOTHING, functions: [expr.kind] };
  }
}

function callSide({ name, args }: Extract<EsqlExpr, { kind: 'call' }>, columns: Columns): Side {
  const [only] = args;
  const known = name.toLowerCase();
  if (only && args.length === 1) {
    const side = sideOf(only, columns);
    if (SAME_VALUE.has(known)) return side;
    if (known === 'to_lower' || known === 'to_upper') return { ...side, foldsCase: true };
  }
  // Conditions inside CASE and the like name fields too.
  return combined(name, args, columns);
}

function combined(name: string, args: readonly EsqlExpr[], columns: Columns): Side {
  const sides = args.flatMap((arg) => innerSides(arg, columns)).filter(({ field }) => field !== undefined);
  const [first] = sides;
  if (!first) return { ...NOTHING, functions: [name] };
  const isSeveral = sides.some(({ field }) => field !== first.field);
  return {
    ...first,
    text: undefined,
    functions: [name, ...first.functions].slice(0, MAX_FUNCTIONS),
    // What CASE gives is no value of the fields that it asks.
    isComputed: first.isComputed || isSeveral || name.toLowerCase() === 'case',
  };
}

/** The sides of an argument, those of the tests in it included. */
function innerSides(expr: EsqlExpr, columns: Columns): Side[] {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.children.flatMap((child) => innerSides(child, columns));
    case 'not':
      return innerSides(expr.child, columns);
    case 'test':
    case 'isNull':
      return [sideOf(expr.subject, columns)];
    default:
      return [sideOf(expr, columns)];
  }
}
