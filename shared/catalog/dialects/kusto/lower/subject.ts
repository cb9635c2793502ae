import type { Expr, Op, Predicate } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import { predicateOf, type TestShape } from '../../common/lowering.ts';
import type { KqlNode } from '../query/tree.ts';
import type { Column, Definitions, Extracted, Leg, QueryDraft } from './scope.ts';
import { constantsOf, type Constant } from './values.ts';

/** What lowering a condition needs to know and to tell. */
export interface ConditionScope {
  readonly leg: Leg;
  readonly definitions: Definitions;
  readonly inexact: string[];
  readonly lost: { readonly message: string; readonly span: Span }[];
  readonly touched: Set<QueryDraft>;
  /** How many conditions behind names have been entered. */
  readonly depth: number;
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
  /** Where it is what `extract` finds in the field. */
  readonly extracted?: Extracted | undefined;
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
      if (column.kind === 'computed' && column.of) {
        const { field, isFolded, functions, extracted } = column.of;
        const behind = { kind: 'field', field, isFolded, query: column.query } as const;
        return { column: behind, name: node.name, functions, isFolded, extracted };
      }
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
      const extracted = name === 'extract' ? extractedBy(node, scope) : undefined;
      const own = extracted && eventDataField(subject, extracted);
      return own ?? { ...subject, functions: [name, ...subject.functions], extracted };
    }
    default:
      return undefined;
  }
}

/** `extract(expression, group, field)`, where the expression is constant and the field as it is. */
function extractedBy(
  { args }: KqlNode & { kind: 'call' },
  scope: Pick<ConditionScope, 'leg' | 'definitions'>,
): Extracted | undefined {
  const [written, group, field] = args.map(({ value }) => value);
  const [expression] = (written && constantsOf(written, scope.definitions)) ?? [];
  const [number] = (group && constantsOf(group, scope.definitions)) ?? [];
  if (!expression || !number || !field || subjectOf(field, scope)?.functions.length !== 0) return undefined;
  return { expression: expression.text, node: expression.node, isWhole: number.text === '0' };
}

/** `extract("<Data Name=\"X\">(.*?)</Data>", 1, EventData)` is how queries write the event's field X. */
function eventDataField(subject: Subject, { expression, isWhole }: Extracted): Subject | undefined {
  const { column } = subject;
  const name = /^<Data Name=\\?["'](\w+)\\?["']>\([^()]*\)<\\?\/Data>$/.exec(expression)?.[1];
  if (isWhole || name === undefined || column.kind !== 'field' || column.field !== 'EventData') return undefined;
  return { ...subject, column: { ...column, field: `EventData.${name}` } };
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
  return namesIn(node).some((name) => scope.leg.get(name).kind === 'aggregate');
}

/** The names that stand in an expression of single values, in order, as often as they do. */
export function namesIn(node: KqlNode): readonly string[] {
  switch (node.kind) {
    case 'name':
      return [node.name];
    case 'path':
      return namesIn(node.left);
    case 'index':
      return [node.left, node.index].flatMap(namesIn);
    case 'minus':
      return namesIn(node.child);
    case 'binary':
      return [node.left, node.right].flatMap(namesIn);
    case 'between':
      return [node.left, node.low, node.high].flatMap(namesIn);
    case 'call':
      return node.args.flatMap(({ value }) => namesIn(value));
    case 'list':
      return node.items.flatMap(namesIn);
    default:
      return [];
  }
}
