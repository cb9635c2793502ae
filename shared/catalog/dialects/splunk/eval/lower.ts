import type { Expr, Op } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import { opValue, type OpValue } from '../../common/lowering.ts';
import { placeText, type Piece, type PlacedText } from '../../../syntax/wildcards.ts';
import type { Binding, Bindings, FieldBehind } from '../bindings.ts';
import type { QueryDraft } from '../draft.ts';
import type { EvalNode } from './tree.ts';
import { bindTest, joinParts, lowerSearch, type SearchScope } from '../search/lower.ts';
import { parseSearch } from '../search/parser.ts';
import { searchTokens } from '../search/tokens.ts';

/** A field as it stands in a test: through which functions it went, and whether case still matters then. */
interface Subject {
  readonly name: string;
  readonly binding: Binding;
  readonly functions: readonly string[];
  readonly isFolded: boolean;
  readonly isExact: boolean;
}

type Compare = '=' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE';
const COMPARISONS = new Set(['=', '==', '!=', '<', '<=', '>', '>=', 'LIKE']);
const RANGE_OPS: Readonly<Record<string, Op>> = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };
const MIRRORED: Readonly<Record<string, Compare>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
/** Functions that give the value of their field itself, or only change its letters' case. */
const SAME = new Set(['lower', 'upper', 'tostring', 'tonumber', 'trim', 'coalesce']);
const TIME_FUNCTIONS = new Set(['now', 'relative_time', 'time', 'strptime', 'strftime', 'random']);

/** Turns a condition of `where` into predicates; undefined where nothing in it tests an event's field. */
export function lowerEval(node: EvalNode, scope: SearchScope): Expr | undefined {
  switch (node.kind) {
    case 'binary':
      if (node.operator === 'AND' || node.operator === 'OR') return lowerChain(node, node.operator, scope);
      if (COMPARISONS.has(node.operator)) {
        return lowerCompare(node.left, node.operator as Compare, node.right, node.span, scope);
      }
      return lost(node, scope);
    case 'unary': {
      if (node.operator === '-') return lost(node, scope);
      const child = lowerEval(node.child, scope);
      return child && { kind: 'not', child, span: scope.place(node.span) };
    }
    case 'in':
      return lowerList(node.left, node.values, 'IN', node.span, scope);
    case 'call':
      return lowerCall(node, scope);
    case 'field':
    case 'string':
    case 'number':
      return lost(node, scope);
  }
}

function lowerChain(node: EvalNode, operator: 'AND' | 'OR', scope: SearchScope): Expr | undefined {
  const parts: EvalNode[] = [];
  const collect = (part: EvalNode): void => {
    if (part.kind === 'binary' && part.operator === operator) {
      collect(part.left);
      collect(part.right);
    } else parts.push(part);
  };
  collect(node);
  const lowered = parts.map((part) => lowerEval(part, scope));
  return joinParts(operator === 'AND' ? 'and' : 'or', lowered, scope.place(node.span), scope);
}

/** A part that tests no single field: said so, unless it speaks of several events or of the clock. */
function lost(node: EvalNode, scope: SearchScope): undefined {
  if (isAggregate(node, scope)) scope.inexact.push('It filters on what several events give together');
  else scope.lost.push({ message: 'This is no test of one field', span: scope.place(node.span) });
  return undefined;
}

/** Whether a value depends on an aggregation or on the time of the search. */
export function isAggregate(node: EvalNode, scope: Pick<SearchScope, 'names'>): boolean {
  switch (node.kind) {
    case 'field':
      return node.name === '_time' || scope.names.get(node.name).kind === 'aggregate';
    case 'string':
    case 'number':
      return false;
    case 'call':
      return TIME_FUNCTIONS.has(node.name) || node.args.some((arg) => isAggregate(arg, scope));
    case 'unary':
      return isAggregate(node.child, scope);
    case 'binary':
      return isAggregate(node.left, scope) || isAggregate(node.right, scope);
    case 'in':
      return [node.left, ...node.values].some((part) => isAggregate(part, scope));
  }
}

/** The field that an expression stands for; undefined where it stands for none, or for more than one. */
function subjectOf(node: EvalNode, scope: Pick<SearchScope, 'names'>): Subject | undefined {
  if (node.kind === 'field') {
    if (/^(?:true|false|null)$/i.test(node.name)) return undefined;
    const binding = scope.names.get(node.name);
    if (binding.kind === 'computed' && binding.of) {
      const { field, functions, isFolded, isExact } = binding.of;
      return { name: node.name, binding: { kind: 'event', field, query: binding.query }, functions, isFolded, isExact };
    }
    const isFolded = binding.kind === 'event' && binding.isFolded === true;
    return { name: node.name, binding, functions: [], isFolded, isExact: true };
  }
  if (node.kind !== 'call') return undefined;
  const subjects = node.args.flatMap((arg) => subjectOf(arg, scope) ?? []);
  const [subject] = subjects;
  if (!subject) return undefined;
  const isExact = SAME.has(node.name) && subjects.length === 1 && subject.isExact;
  const isFolded = subject.isFolded || node.name === 'lower' || node.name === 'upper';
  return { ...subject, functions: [node.name, ...subject.functions], isFolded, isExact };
}

/** Functions of a field that are told with it. */
const FUNCTIONS_LIMIT = 8;

/** The one field of events that an expression is a function of, with the query whose events have it. */
export function behindOf(value: EvalNode, names: Bindings): (FieldBehind & { readonly query: QueryDraft }) | undefined {
  // What a choice gives is not made from what it asks.
  if (value.kind === 'call' && /^(?:if|case|validate|coalesce)$/.test(value.name)) return undefined;
  const subject = subjectOf(value, { names });
  if (subject?.binding.kind !== 'event' || subject.functions.length === 0) return undefined;
  if (subject.functions.length > FUNCTIONS_LIMIT || fieldsIn(value, names).size > 1) return undefined;
  const { binding, functions, isFolded, isExact } = subject;
  return { field: binding.field, query: binding.query, functions, isFolded, isExact };
}

/** The fields that an expression is made from, each once; a computed value that has no one field counts as its own. */
function fieldsIn(node: EvalNode, names: Bindings): ReadonlySet<string> {
  switch (node.kind) {
    case 'field': {
      const binding = names.get(node.name);
      if (binding.kind === 'event') return new Set([binding.field]);
      return new Set([binding.kind === 'computed' && binding.of ? binding.of.field : `${node.name}()`]);
    }
    case 'string':
    case 'number':
      return new Set();
    case 'call':
      return new Set(node.args.flatMap((arg) => [...fieldsIn(arg, names)]));
    case 'unary':
      return fieldsIn(node.child, names);
    case 'binary':
      return new Set([...fieldsIn(node.left, names), ...fieldsIn(node.right, names)]);
    case 'in':
      return new Set([node.left, ...node.values].flatMap((part) => [...fieldsIn(part, names)]));
  }
}

/** The text of a constant, or of a name that eval gave one. */
export function constantOf(node: EvalNode, scope: Pick<SearchScope, 'names'>): string | undefined {
  if (node.kind === 'field') {
    const binding = scope.names.get(node.name);
    const made = binding.kind === 'computed' ? binding.made?.value : undefined;
    if (made?.kind === 'string') return made.value;
    if (made?.kind === 'number') return made.text;
  }
  if (node.kind === 'string') return node.value;
  if (node.kind === 'number') return node.text;
  if (node.kind === 'unary' && node.operator === '-' && node.child.kind === 'number') return `-${node.child.text}`;
  const name = node.kind === 'call' && node.args.length === 0 ? node.name : node.kind === 'field' ? node.name : '';
  return /^(?:true|false)$/i.test(name) ? name.toLowerCase() : undefined;
}

function lowerCompare(
  left: EvalNode,
  operator: Compare,
  right: EvalNode,
  span: Span,
  scope: SearchScope,
): Expr | undefined {
  const whole: EvalNode = { kind: 'in', left, values: [right], span };
  const rightText = constantOf(right, scope);
  if (rightText === undefined) {
    if (constantOf(left, scope) !== undefined && operator !== 'LIKE') {
      return lowerCompare(right, MIRRORED[operator] ?? operator, left, span, scope);
    }
    return lowerTwoFields(left, operator, right, span, scope);
  }
  const leftText = left.kind === 'field' ? undefined : constantOf(left, scope);
  if (leftText !== undefined && /^(?:==?|!=)$/.test(operator)) {
    return { kind: 'constant', value: (leftText === rightText) === (operator !== '!='), span: scope.place(span) };
  }
  if (/^(?:==?|!=)$/.test(operator)) {
    const chosen = chosenField(left, (text) => (text === rightText) === (operator !== '!='), span, scope);
    if (chosen) return chosen;
  }
  const subject = subjectOf(left, scope);
  if (!subject || isAggregate(left, scope)) return lost(whole, scope);
  const value = { text: rightText, span: scope.place(right.span) };
  const op = RANGE_OPS[operator] ?? 'eq';
  const found: OpValue = operator === 'LIKE' ? opValue(placeLike(rightText), value.span) : { op, value };
  const test = testSubject(subject, operator, [found], span, scope);
  return test && operator === '!=' ? { kind: 'not', child: test, span: scope.place(span) } : test;
}

/** The condition under which eval gave a name one of the wanted values; undefined where it made no such choice. */
function chosenField(
  left: EvalNode,
  isWanted: (text: string) => boolean,
  span: Span,
  scope: SearchScope,
): Expr | undefined {
  return left.kind === 'field' ? scope.chosen(scope.names.get(left.name), isWanted, span, scope) : undefined;
}

function lowerTwoFields(
  left: EvalNode,
  operator: Compare,
  right: EvalNode,
  span: Span,
  scope: SearchScope,
): Expr | undefined {
  const whole: EvalNode = { kind: 'in', left, values: [right], span };
  const subject = subjectOf(left, scope);
  const other = subjectOf(right, scope);
  if (!subject || !other || !/^(?:==?|!=)$/.test(operator) || isAggregate(whole, scope)) return lost(whole, scope);
  const name = other.binding.kind === 'event' ? other.binding.field : other.name;
  if (!other.isExact || other.functions.length > 0) scope.inexact.push('It compares computed values');
  const value = { text: name, span: scope.place(right.span) };
  const test = testSubject(subject, operator, [{ op: 'eq_field', value }], span, scope);
  return test && operator === '!=' ? { kind: 'not', child: test, span: scope.place(span) } : test;
}

function testSubject(
  subject: Subject,
  operator: string,
  values: readonly OpValue[],
  span: Span,
  scope: SearchScope,
): Expr | undefined {
  if (!subject.isExact) scope.inexact.push(`${subject.functions[0] ?? 'A function'}() of a field can't be compared`);
  const native = [...subject.functions.map((name) => `${name}()`), operator].join(' ');
  const test = { native, values, caseSensitive: !subject.isFolded, span: scope.place(span) };
  return bindTest(subject.binding, subject.name, scope, test);
}

function lowerList(
  left: EvalNode,
  values: readonly EvalNode[],
  native: string,
  span: Span,
  scope: SearchScope,
): Expr | undefined {
  const whole: EvalNode = { kind: 'in', left, values, span };
  const texts = values.map((value) => constantOf(value, scope));
  const chosen = texts.includes(undefined) ? undefined : chosenField(left, (text) => texts.includes(text), span, scope);
  if (chosen) return chosen;
  const subject = subjectOf(left, scope);
  if (!subject || texts.includes(undefined) || isAggregate(left, scope)) return lost(whole, scope);
  const found = values.map((value, i): OpValue => {
    return { op: 'eq', value: { text: texts[i] as string, span: scope.place(value.span) } };
  });
  return testSubject(subject, native, found, span, scope);
}

function lowerCall(node: EvalNode & { kind: 'call' }, scope: SearchScope): Expr | undefined {
  const [first, second] = node.args;
  switch (node.name) {
    case 'match':
      return first && second
        ? lowerText(node, first, second, (text) => ({ op: 'match', text }), scope)
        : lost(node, scope);
    case 'like':
      return first && second ? lowerText(node, first, second, placeLike, scope) : lost(node, scope);
    case 'cidrmatch':
      return first && second
        ? lowerText(node, second, first, (text) => ({ op: 'cidr', text }), scope)
        : lost(node, scope);
    case 'in':
      return first ? lowerList(first, node.args.slice(1), 'in()', node.span, scope) : lost(node, scope);
    case 'isnull':
    case 'isnotnull':
      return first ? lowerNull(node, first, node.name === 'isnull', scope) : lost(node, scope);
    case 'searchmatch':
      return first?.kind === 'string' ? lowerSearchMatch(first, scope) : lost(node, scope);
    case 'true':
    case 'false':
      return { kind: 'constant', value: node.name === 'true', span: scope.place(node.span) };
    default:
      return lost(node, scope);
  }
}

function lowerText(
  node: EvalNode & { kind: 'call' },
  field: EvalNode,
  pattern: EvalNode,
  read: (text: string) => PlacedText | { readonly op: 'match' | 'cidr'; readonly text: string },
  scope: SearchScope,
): Expr | undefined {
  const subject = subjectOf(field, scope);
  const text = constantOf(pattern, scope);
  if (!subject || text === undefined) return lost(node, scope);
  const { op, text: value } = read(text);
  const found: OpValue = { op, value: { text: value, span: scope.place(pattern.span) } };
  if (op === 'match' && subject.isFolded) return foldedMatch(subject, node, found, scope);
  return testSubject(subject, `${node.name}()`, [found], node.span, scope);
}

/** `match(lower(field), "…")`: the expression is compared with no regard to case. */
function foldedMatch(subject: Subject, node: EvalNode, found: OpValue, scope: SearchScope): Expr | undefined {
  const test = testSubject(subject, 'match()', [found], node.span, scope);
  return test?.kind === 'predicate' ? { ...test, regexFlags: 'i' } : test;
}

function lowerNull(node: EvalNode, first: EvalNode, isNull: boolean, scope: SearchScope): Expr | undefined {
  const subject = subjectOf(first, scope);
  if (!subject || isAggregate(first, scope)) return lost(node, scope);
  const span = scope.place(node.span);
  // mvfind gives the place of the value that an expression matches.
  if (first.kind === 'call' && first.name === 'mvfind' && first.args[0] && first.args[1]) {
    const pattern = constantOf(first.args[1], scope);
    const inner = subjectOf(first.args[0], scope);
    if (pattern === undefined || !inner) return lost(node, scope);
    const found: OpValue = { op: 'match', value: { text: pattern, span: scope.place(first.args[1].span) } };
    const test = testSubject(inner, 'mvfind()', [found], node.span, scope);
    return test && isNull ? { kind: 'not', child: test, span } : test;
  }
  const { binding, functions } = subject;
  if (binding.kind === 'computed' && binding.found && functions.length === 0) {
    // rex gives a value where its expression matches.
    const { field, expression } = binding.found;
    const event: Binding = { kind: 'event', field, query: binding.query };
    const found: OpValue = { op: 'match', value: { text: expression, span: scope.place(binding.found.span) } };
    const shape = { native: `rex ${isNull ? 'isnull()' : 'isnotnull()'}`, caseSensitive: true, span };
    const test = bindTest(event, field, scope, { ...shape, values: [found] });
    if (isNull) scope.inexact.push('rex finds nothing in a field that is not there either');
    return test && isNull ? { kind: 'not', child: test, span } : test;
  }
  const op = isNull ? 'is_null' : 'is_not_null';
  return testSubject(
    subject,
    isNull ? 'isnull()' : 'isnotnull()',
    [{ op, value: { text: '', span } }],
    node.span,
    scope,
  );
}

function lowerSearchMatch(node: EvalNode & { kind: 'string' }, scope: SearchScope): Expr | undefined {
  const tree = parseSearch(searchTokens(node.value, { start: 0, end: node.value.length }), node.value.length);
  const span = scope.place(node.span);
  // Its places are within a decoded string: the string itself is shown.
  return tree && lowerSearch(tree, { ...scope, place: () => span });
}

/** LIKE: `%` is any run, `_` any one character. */
export function placeLike(text: string): PlacedText {
  const pieces: Piece[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') pieces.push({ literal });
    literal = '';
  };
  for (const unit of text) {
    if (unit === '%' || unit === '_') {
      flush();
      pieces.push({ wild: unit === '%' ? '*' : '?' });
    } else literal += unit;
  }
  flush();
  return placeText(pieces, undefined);
}
