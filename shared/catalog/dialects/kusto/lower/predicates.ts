import type { Expr, Op, Predicate } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import { joined, predicateOf, type TestShape } from '../../common/lowering.ts';
import type { KqlNode } from '../query/tree.ts';
import { isCondition, lowerChosen, truthOf } from './choices.ts';
import { lowerNetwork, lowerNull, privateNetwork } from './functions.ts';
import type { Definitions } from './scope.ts';
import { lost, MEANINGS, subjectOf, test, type ConditionScope, type Meaning, type Subject } from './subject.ts';
import { constantsOf, isClock } from './values.ts';

const NEGATED: Readonly<Record<string, string>> = { '!=': '==', '<>': '==', '!~': '=~', notcontains: 'contains' };
const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const FIELD_COMPARES: ReadonlyMap<Op, NonNullable<Predicate['fieldCompare']>> = new Map([
  ['eq', 'eq'],
  ['contains', 'contains'],
  ['starts_with', 'starts_with'],
  ['ends_with', 'ends_with'],
]);
const NAMES_FOLLOWED = 20;
const TIME_NAMES = /^(?:timestamp|timegenerated|ingestion_time)$/i;

/** Turns a condition of `where` into predicates; undefined where nothing in it tests a field of an event. */
export function lowerCondition(node: KqlNode, scope: ConditionScope): Expr | undefined {
  switch (node.kind) {
    case 'binary':
      if (node.operator === 'and' || node.operator === 'or') return lowerChain(node, node.operator, scope);
      return lowerComparison(node, scope);
    case 'between':
      return lowerBetween(node, scope);
    case 'call':
      return lowerCall(node, scope);
    case 'literal': {
      const value = node.text.toLowerCase();
      if (value === 'true' || value === 'false') return { kind: 'constant', value: value === 'true', span: node.span };
      return lost(node, scope);
    }
    case 'string':
      return keyword(node, scope);
    case 'name':
    case 'path': {
      const behind = lowerChosen(node, (text) => text === 'true', scope, lowerCondition);
      if (behind) return behind;
      // A column of truth values by itself.
      const subject = subjectOf(node, scope);
      return subject
        ? test(subject, '==', { op: 'eq', caseSensitive: false }, [{ text: 'true', node }], node.span, scope)
        : undefined;
    }
    case 'star':
      return undefined;
    default:
      return lost(node, scope);
  }
}

function lowerChain(node: KqlNode, operator: 'and' | 'or', scope: ConditionScope): Expr | undefined {
  const parts: KqlNode[] = [];
  const collect = (part: KqlNode): void => {
    if (part.kind === 'binary' && part.operator === operator) {
      collect(part.left);
      collect(part.right);
    } else parts.push(part);
  };
  collect(node);
  const lowered = parts.map((part) => lowerCondition(part, scope));
  const children = lowered.filter((part) => part !== undefined);
  if (children.length === 0) return undefined;
  if (operator === 'or' && children.length < lowered.length)
    scope.inexact.push('One side of an or is no test of an event');
  return joined(
    operator,
    children.flatMap((child) => (child.kind === operator ? child.children : [child])),
    node.span,
  );
}

function lowerComparison(node: KqlNode & { kind: 'binary' }, scope: ConditionScope): Expr | undefined {
  const written = node.operator;
  const isNegated = written in NEGATED || (written.startsWith('!') && written !== '!~' && written !== '!=');
  const positive = NEGATED[written] ?? written.replace(/^!/, '');
  const isCased = positive.endsWith('_cs');
  const meaning = MEANINGS[isCased ? positive.slice(0, -3) : positive];
  if (!meaning) return lost(node, scope);
  if (meaning.op === 'eq') {
    const truth = written.includes('in') ? undefined : lowerTruth(node, isNegated, scope);
    const chosen = truth ?? lowerChosenEqual(node, meaning, isNegated, scope);
    if (chosen) return chosen;
  }
  if (isWindow(node.left, scope)) return lowerWindow([node.right], scope);
  const asked = isCased ? { ...meaning, caseSensitive: true } : meaning;
  const found = compare(node.left, written, asked, node.right, node.span, scope);
  return found && isNegated ? { kind: 'not', child: found, span: node.span } : found;
}

/** `isempty(x) == false`: a condition compared with a truth value. */
function lowerTruth(
  { left, right, span }: KqlNode & { kind: 'binary' },
  isNegated: boolean,
  scope: ConditionScope,
): Expr | undefined {
  const wanted = truthOf(right);
  if (wanted === undefined || !isCondition(left)) return undefined;
  const child = lowerCondition(left, scope);
  return child && wanted === isNegated ? { kind: 'not', child, span } : child;
}

/** `x == "b"` where `iff` or `case` made x: the condition under which it gives that. */
function lowerChosenEqual(
  { left, right }: KqlNode & { kind: 'binary' },
  { caseSensitive }: Meaning,
  isNegated: boolean,
  scope: ConditionScope,
): Expr | undefined {
  const constants = constantsOf(right, scope.definitions);
  if (!constants) return undefined;
  const fold = (text: string): string => (caseSensitive ? text : text.toLowerCase());
  const wanted = new Set(constants.map(({ text }) => fold(text)));
  return lowerChosen(left, (text) => wanted.has(fold(text)) !== isNegated, scope, lowerCondition);
}

/** A test of the event's time against the clock says nothing of the event; against other events' times it does. */
function lowerWindow(bounds: readonly KqlNode[], scope: ConditionScope): undefined {
  if (!bounds.every((bound) => isClock(bound, scope.definitions))) scope.inexact.push('It compares times of events');
  return undefined;
}

/** Whether an expression is the event's own time: comparing it with the clock only says how far back to look. */
function isWindow(node: KqlNode, scope: ConditionScope): boolean {
  if (node.kind === 'call')
    return TIME_NAMES.test(node.name) || (/^todatetime$/i.test(node.name) && node.args.length === 1);
  return node.kind === 'name' && TIME_NAMES.test(node.name) && !scope.definitions.get(node.name);
}

function compare(
  left: KqlNode,
  written: string,
  meaning: Meaning,
  right: KqlNode,
  span: Span,
  scope: ConditionScope,
): Expr | undefined {
  const whole: KqlNode = { kind: 'binary', operator: written, left, right, span };
  if (left.kind === 'star') return keywords(right, written, meaning, span, scope);
  const constants = constantsOf(right, scope.definitions);
  const subject = subjectOf(left, scope);
  if (!subject) {
    const known = constantsOf(left, scope.definitions);
    if (known?.length === 1 && constants && meaning.op === 'eq') {
      return { kind: 'constant', value: constants.some(({ text }) => text === known[0]?.text), span };
    }
    const isSwapped = constantsOf(left, scope.definitions) !== undefined && subjectOf(right, scope) !== undefined;
    if (!isSwapped || !/^(?:[=!]=|[=!]~|[<>]=?)$/.test(written)) return lost(whole, scope);
    const mirrored = MIRRORED[written];
    const asked = mirrored === undefined ? meaning : (MEANINGS[mirrored] as Meaning);
    return compare(right, mirrored ?? written, asked, left, span, scope);
  }
  if (constants) return test(subject, written, meaning, constants, span, scope);
  if (isClock(right, scope.definitions)) {
    scope.inexact.push('It compares a time with the clock');
    return undefined;
  }
  const other = subjectOf(right, scope);
  const fieldCompare = FIELD_COMPARES.get(meaning.op);
  if (other && fieldCompare && !/^!?in~?$/.test(written)) {
    return compareFields(subject, other, written, { ...meaning, op: 'eq_field', fieldCompare }, right, span, scope);
  }
  return inQuery(subject, written, meaning, right, span, scope) ?? lost(whole, scope);
}

function compareFields(
  subject: Subject,
  other: Subject,
  written: string,
  meaning: Meaning,
  right: KqlNode,
  span: Span,
  scope: ConditionScope,
): Expr | undefined {
  if (other.column.kind === 'aggregate' || subject.column.kind === 'aggregate') {
    scope.inexact.push('It filters on what several events give together');
    return undefined;
  }
  if (other.functions.length > 0 || other.column.kind === 'computed') scope.inexact.push('It compares computed values');
  const name = other.column.kind === 'field' ? other.column.field : other.name;
  return test(subject, written, meaning, [{ text: name, node: right }], span, scope);
}

/** `x in (query)`: whether the value is among what another query, a watchlist or an external list gives. */
function inQuery(
  subject: Subject,
  written: string,
  { caseSensitive }: Meaning,
  right: KqlNode,
  span: Span,
  scope: ConditionScope,
): Expr | undefined {
  const inner = right.kind === 'list' && right.items.length === 1 ? (right.items[0] as KqlNode) : right;
  if (!/^!?(?:in~?|has_any|has_all)$/.test(written) && !givesRows(inner, scope.definitions)) return undefined;
  const name = scope.query(inner);
  if (name === undefined) return undefined;
  scope.inexact.push(`It needs the values of ${name} first`);
  return test(subject, written, { op: 'in_lookup', caseSensitive }, [{ text: name, node: inner }], span, scope);
}

/** Whether an expression gives what a query finds, and is not computed from constants. */
function givesRows(node: KqlNode, definitions: Definitions, depth = 0): boolean {
  switch (node.kind) {
    case 'query':
    case 'opaque':
      return true;
    case 'call':
      return /^(?:toscalar|materialize|_getwatchlist)$/i.test(node.name) || definitions.get(node.name) !== undefined;
    case 'name': {
      const known = definitions.get(node.name);
      if (!known || depth > NAMES_FOLLOWED) return false;
      if ('argument' in known) return givesRows(known.argument, known.scope, depth + 1);
      return known.statement.kind !== 'let' || givesRows(known.statement.value, known.scope, depth + 1);
    }
    default:
      return false;
  }
}

/** A text anywhere in the event, as `search` asks. */
function keyword(node: KqlNode & { kind: 'string' }, scope: ConditionScope): Expr | undefined {
  return keywords(node, 'search', MEANINGS['has'] as Meaning, node.span, scope);
}

function keywords(
  right: KqlNode,
  written: string,
  meaning: Meaning,
  span: Span,
  scope: ConditionScope,
): Expr | undefined {
  const constants = constantsOf(right, scope.definitions);
  if (!constants) return lost(right, scope);
  scope.touched.add(scope.leg.query);
  scope.inexact.push('A search in all columns matches whole words');
  const quantifier = meaning.all === true ? 'all' : 'any';
  const shape: TestShape = {
    field: 'keyword',
    native: written,
    caseSensitive: meaning.caseSensitive,
    quantifier,
    span,
  };
  return predicateOf(
    shape,
    meaning.op,
    constants.map(({ text, node }) => ({ text: text.replace(/^\*|\*$/g, ''), span: node.span })),
  );
}

function lowerBetween(node: KqlNode & { kind: 'between' }, scope: ConditionScope): Expr | undefined {
  const { left, low, high, span } = node;
  if (isWindow(left, scope)) return lowerWindow([low, high], scope);
  const subject = subjectOf(left, scope);
  const from = constantsOf(low, scope.definitions);
  const to = constantsOf(high, scope.definitions);
  if (!from && !to && isClock(low, scope.definitions) && isClock(high, scope.definitions)) {
    scope.inexact.push('It compares a time with the clock');
    return undefined;
  }
  if (!subject || !from || !to) return lost(node, scope);
  const written = node.isNegated ? '!between' : 'between';
  const least = test(subject, written, MEANINGS['>='] as Meaning, from, span, scope);
  const most = test(subject, written, MEANINGS['<='] as Meaning, to, span, scope);
  const both = least && most && joined('and', [least, most], span);
  return both && node.isNegated ? { kind: 'not', child: both, span } : both;
}

function lowerCall(node: KqlNode & { kind: 'call' }, scope: ConditionScope): Expr | undefined {
  const [first, second] = node.args.map(({ value }) => value);
  const name = node.name.toLowerCase();
  switch (name) {
    case 'not': {
      const child = first && lowerCondition(first, scope);
      return child && { kind: 'not', child, span: node.span };
    }
    case 'isempty':
    case 'isnull':
      return lowerNull(node, first, 'is_null', scope);
    case 'isnotempty':
    case 'isnotnull':
    case 'notempty':
    case 'notnull':
      return lowerNull(node, first, 'is_not_null', scope);
    case 'ipv4_is_in_range':
    case 'ipv6_is_in_range':
    case 'ipv4_is_in_any_range':
    case 'ipv6_is_in_any_range':
    case 'ipv4_is_match':
      return lowerNetwork(node, name, first, scope);
    case 'ipv4_is_private':
      return privateNetwork(node, first, scope);
    case 'coalesce':
      // A condition without an answer counts as none.
      return first && second && node.args.length === 2 && truthOf(second) === false
        ? lowerCondition(first, scope)
        : lost(node, scope);
    case 'iff':
    case 'iif':
      return lowerChoice(node, scope);
    case 'tobool':
      return first ? lowerCondition(first, scope) : lost(node, scope);
    case 'set_has_element':
      return first && second
        ? compare(first, name, MEANINGS['=='] as Meaning, second, node.span, scope)
        : lost(node, scope);
    default:
      return lost(node, scope);
  }
}

/** `iff(x, true, y)`: a choice between truth values and conditions is one of these and `and`, `or` and `not`. */
function lowerChoice(node: KqlNode & { kind: 'call' }, scope: ConditionScope): Expr | undefined {
  const [condition, yes, no] = node.args.map(({ value }) => value);
  if (!condition || !yes || !no) return lost(node, scope);
  const [ifTrue, ifFalse] = [truthOf(yes), truthOf(no)];
  const known = ifTrue ?? ifFalse;
  if (known === undefined || ifTrue === ifFalse) return lost(node, scope);
  const { span } = node;
  const child = lowerCondition(condition, scope);
  // It is decided by the condition where that holds (ifTrue), or where it does not.
  const decides = child && (ifTrue ?? ifFalse === false) ? child : child && { kind: 'not' as const, child, span };
  if (ifTrue !== undefined && ifFalse !== undefined) return decides;
  const other = lowerCondition(ifTrue === undefined ? yes : no, scope);
  return decides && other ? joined(known ? 'or' : 'and', [decides, other], span) : lost(node, scope);
}
