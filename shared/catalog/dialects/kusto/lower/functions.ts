import type { Expr } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import type { KqlNode } from '../query/tree.ts';
import type { Extracted } from './scope.ts';
import { lost, subjectOf, test, type ConditionScope, type Subject } from './subject.ts';
import { constantsOf } from './values.ts';

/** isempty(x), isnotnull(x) and the like. */
export function lowerNull(
  node: KqlNode & { kind: 'call' },
  first: KqlNode | undefined,
  op: 'is_null' | 'is_not_null',
  scope: ConditionScope,
): Expr | undefined {
  const constants = first && constantsOf(first, scope.definitions);
  if (constants) {
    const isEmpty = constants.every(({ text }) => text === '');
    return { kind: 'constant', value: isEmpty === (op === 'is_null'), span: node.span };
  }
  const subject = first && subjectOf(first, scope);
  if (!subject) return lost(node, scope);
  const written = `${node.name.toLowerCase()}()`;
  if (subject.extracted) return lowerFound(subject, subject.extracted, written, op, node.span, scope);
  return test(subject, written, { op, caseSensitive: true }, [], node.span, scope);
}

/** Whether `extract` finds something: that is whether its expression matches the field. */
function lowerFound(
  subject: Subject,
  { expression, node, isWhole }: Extracted,
  written: string,
  op: 'is_null' | 'is_not_null',
  span: Span,
  scope: ConditionScope,
): Expr | undefined {
  if (!isWhole) scope.inexact.push('A group of an expression may match nothing');
  const value = { text: expression, node };
  const meaning = { op: 'match', caseSensitive: true } as const;
  const found = test({ ...subject, functions: [] }, `${written} extract()`, meaning, [value], span, scope);
  return found && op === 'is_null' ? { kind: 'not', child: found, span } : found;
}

/** ipv4_is_in_range(x, "…") and its kin. */
export function lowerNetwork(
  node: KqlNode & { kind: 'call' },
  name: string,
  first: KqlNode | undefined,
  scope: ConditionScope,
): Expr | undefined {
  const subject = first && subjectOf(first, scope);
  const ranges = node.args.slice(1).map(({ value }) => constantsOf(value, scope.definitions));
  if (!subject || ranges.length === 0 || ranges.includes(undefined)) return lost(node, scope);
  const values = ranges.flatMap((range) => range ?? []);
  return test(subject, name, { op: 'cidr', caseSensitive: true }, values, node.span, scope);
}

/** The networks of RFC 1918, which the function names. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

export function privateNetwork(
  node: KqlNode & { kind: 'call' },
  first: KqlNode | undefined,
  scope: ConditionScope,
): Expr | undefined {
  const subject = first && subjectOf(first, scope);
  if (!subject) return lost(node, scope);
  const values = PRIVATE.map((text) => ({ text, node }));
  return test(subject, 'ipv4_is_private', { op: 'cidr', caseSensitive: true }, values, node.span, scope);
}
