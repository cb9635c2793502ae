import type { Expr, Op, Predicate } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import { predicateOf, type TestShape } from '../../common/lowering.ts';
import type { KqlNode } from '../query/tree.ts';
import type { Column, Definitions, Leg, QueryDraft } from './scope.ts';
import type { Constant } from './values.ts';

/** What lowering a condition needs to know and to tell. */
export interface ConditionScope {
  readonly leg: Leg;
  readonly definitions: Definitions;
  readonly inexact: string[];
  readonly lost: { readonly message: string; readonly span: Span }[];
  readonly touched: Set<QueryDraft>;
  /** Reads a query that stands in a condition, as one of its own; gives what it is called. */
  readonly query: (node: KqlNode) => string | undefined;
}

export interface Meaning {
  readonly op: Op;
  readonly caseSensitive: boolean;
  readonly all?: boolean;
  readonly fieldCompare?: NonNullable<Predicate['fieldCompare']>;
}

/** What each operator asks, `!` and the `_cs` of a case-sensitive variant taken off. */
export const MEANINGS: Readonly<Record<string, Meaning>> = {
  '==': { op: 'eq', caseSensitive: true },
  '=~': { op: 'eq', caseSensitive: false },
  ':': { op: 'contains', caseSensitive: false },
  in: { op: 'eq', caseSensitive: true },
  'in~': { op: 'eq', caseSensitive: false },
  has: { op: 'contains', caseSensitive: false },
  has_any: { op: 'contains', caseSensitive: false },
  has_all: { op: 'contains', caseSensitive: false, all: true },
  hasprefix: { op: 'starts_with', caseSensitive: false },
  hassuffix: { op: 'ends_with', caseSensitive: false },
  contains: { op: 'contains', caseSensitive: false },
  startswith: { op: 'starts_with', caseSensitive: false },
  endswith: { op: 'ends_with', caseSensitive: false },
  'matches regex': { op: 'match', caseSensitive: true },
  '<': { op: 'lt', caseSensitive: true },
  '<=': { op: 'lte', caseSensitive: true },
  '>': { op: 'gt', caseSensitive: true },
  '>=': { op: 'gte', caseSensitive: true },
};

/** Functions that leave a value as it is, or only read it as another type. */
const SAME = new Set(
  'tostring toint tolong todouble toreal tobool todynamic parse_json todatetime trim coalesce'.split(' '),
);

/** The field that an expression stands for, and the functions that it went through. */
export interface Subject {
  readonly column: Column;
  readonly name: string;
  readonly functions: readonly string[];
  readonly isFolded: boolean;
}

/**
 * Example: `tolower(parse_json(AdditionalFields).Name)` is the field AdditionalFields.Name with its case folded.
 * Undefined where an expression stands for no field, or for several.
 */
export function subjectOf(node: KqlNode, scope: Pick<ConditionScope, 'leg' | 'definitions'>): Subject | undefined {
  switch (node.kind) {
    case 'name': {
      if (scope.definitions.get(node.name)) return undefined;
      const column = scope.leg.get(node.name);
      return { column, name: node.name, functions: [], isFolded: column.kind === 'field' && column.isFolded };
    }
    case 'path':
    case 'index': {
      const left = subjectOf(node.left, scope);
      if (!left || left.functions.length > 0) return left;
      const index = node.kind === 'index' ? '[]' : `.${node.name}`;
      const name = `${left.name}${index}`;
      const column =
        left.column.kind === 'field' ? { ...left.column, field: `${left.column.field}${index}` } : left.column;
      return { ...left, name, column };
    }
    case 'call': {
      const subjects = node.args.flatMap(({ value }) => subjectOf(value, scope) ?? []);
      const [subject] = subjects;
      if (!subject) return undefined;
      const name = node.name.toLowerCase();
      if (name === 'tolower' || name === 'toupper') return { ...subject, isFolded: true };
      if (SAME.has(name) && subjects.length === 1) return subject;
      return { ...subject, functions: [name, ...subject.functions] };
    }
    default:
      return undefined;
  }
}

/** A test of a subject; none where it comes out of several events. */
export function test(
  subject: Subject,
  written: string,
  meaning: Meaning,
  values: readonly Constant[],
  span: Span,
  scope: ConditionScope,
): Expr | undefined {
  const { column } = subject;
  if (column.kind === 'aggregate') {
    scope.inexact.push('It filters on what several events give together');
    return undefined;
  }
  scope.touched.add(column.query);
  if (column.kind === 'computed') scope.inexact.push(`${subject.name} is computed in the query`);
  if (subject.functions.length > 0) scope.inexact.push(`${subject.functions[0] ?? ''}() of a field can't be compared`);
  if (values.length === 0 && meaning.op !== 'is_null' && meaning.op !== 'is_not_null') {
    return { kind: 'constant', value: meaning.all === true, span };
  }
  const shape: TestShape = {
    field: column.kind === 'field' ? column.field : subject.name,
    native: [...subject.functions.map((name) => `${name}()`), written].join(' '),
    caseSensitive: meaning.caseSensitive && !subject.isFolded,
    quantifier: meaning.all === true ? 'all' : 'any',
    span,
  };
  const found = predicateOf(
    shape,
    meaning.op,
    values.map(({ text, node }) => ({ text, span: node.span })),
  );
  // Kusto's words can't be looked for in a text that another field gives.
  if (meaning.fieldCompare && written.includes('has')) scope.inexact.push('It looks for the words of another field');
  return meaning.fieldCompare ? { ...found, fieldCompare: meaning.fieldCompare } : found;
}

/** A part that tests no single field: said so, unless it speaks of several events. */
export function lost(node: KqlNode, scope: ConditionScope): undefined {
  if (mentionsAggregate(node, scope)) scope.inexact.push('It filters on what several events give together');
  else scope.lost.push({ message: 'This is no test of one field', span: node.span });
  return undefined;
}

function mentionsAggregate(node: KqlNode, scope: ConditionScope): boolean {
  switch (node.kind) {
    case 'name':
      return scope.leg.get(node.name).kind === 'aggregate';
    case 'path':
      return mentionsAggregate(node.left, scope);
    case 'index':
      return mentionsAggregate(node.left, scope) || mentionsAggregate(node.index, scope);
    case 'minus':
      return mentionsAggregate(node.child, scope);
    case 'binary':
      return mentionsAggregate(node.left, scope) || mentionsAggregate(node.right, scope);
    case 'between':
      return [node.left, node.low, node.high].some((part) => mentionsAggregate(part, scope));
    case 'call':
      return node.args.some(({ value }) => mentionsAggregate(value, scope));
    case 'list':
      return node.items.some((item) => mentionsAggregate(item, scope));
    default:
      return false;
  }
}
