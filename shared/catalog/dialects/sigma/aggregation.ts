import type { Correlation, CorrelationPart, Criterion, Formula } from '../../../model/correlation.ts';
import type { Expr } from '../../../model/predicate.ts';
import type { Span } from '../../../model/span.ts';

/** What the part of a condition behind `|` says, once the timeframe is known. */
export type Aggregation = Pick<Correlation, 'type' | 'parts' | 'groupBy' | 'criteria' | 'fields'> & {
  readonly formula?: Formula;
  readonly span: Span;
};

const FORM =
  /^(?<function>count|min|max|avg|sum)\s*\(\s*(?<field>[^\s()]*)\s*\)\s*(?:by\s+(?<by>[^\s<>=]+(?:\s*,\s*[^\s<>=,]+)*)\s*)?(?<op>[<>]=?|==?|!=)\s*(?<value>\d+(?:\.\d+)?)$/i;

const OPS: Readonly<Record<string, Criterion['op']>> = {
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  '=': 'eq',
  '==': 'eq',
  '!=': 'neq',
};

/**
 * Reads `count() by x > 5`, `sum(bytes) by x, y > 10` and the like; undefined where it has another form.
 * @param expr the part before the bar: the events that are counted.
 * @param span of the whole aggregation.
 */
export function readCount(text: string, expr: Expr, span: Span): Aggregation | undefined {
  const groups = FORM.exec(text.trim())?.groups;
  if (!groups) return undefined;
  const name = (groups['function'] as string).toLowerCase();
  const field = groups['field'] ?? '';
  if (name !== 'count' && field === '') return undefined;
  const type = name === 'count' ? (field === '' ? 'event_count' : 'value_count') : `value_${name}`;
  const criterion = { op: OPS[groups['op'] as string] as Criterion['op'], value: Number(groups['value']) };
  return {
    type: type as Aggregation['type'],
    parts: [{ kind: 'inline', name: '', expr, span: expr.span }],
    groupBy: groups['by']?.split(',').map((part) => part.trim()) ?? [],
    criteria: [criterion],
    fields: field === '' ? [] : [field],
    span,
  };
}

/**
 * Makes `a | near b and not c` a temporal correlation: an event of `a`, and events of `b`, within the timeframe, and
 * none of `c`.
 * @param leaves every expression that is a selection by itself, with its name.
 */
export function readNear(first: Expr, near: Expr, leaves: ReadonlyMap<Expr, string>, span: Span): Aggregation {
  const parts: CorrelationPart[] = [{ kind: 'inline', name: '', expr: first, span: first.span }];
  const formula: Formula = { kind: 'and', children: [{ kind: 'part', part: 0 }, formulaOf(near)] };
  return { type: 'temporal', parts, groupBy: [], criteria: [{ op: 'gte', value: 1 }], fields: [], formula, span };

  function formulaOf(expr: Expr): Formula {
    const name = leaves.get(expr);
    if (name === undefined && (expr.kind === 'and' || expr.kind === 'or')) {
      return { kind: expr.kind, children: expr.children.map(formulaOf) };
    }
    if (name === undefined && expr.kind === 'not') return { kind: 'not', child: formulaOf(expr.child) };
    const known = parts.findIndex((part) => part.kind === 'inline' && part.expr === expr);
    const part = known >= 0 ? known : parts.push({ kind: 'inline', name: name ?? '', expr, span: expr.span }) - 1;
    return { kind: 'part', part };
  }
}
