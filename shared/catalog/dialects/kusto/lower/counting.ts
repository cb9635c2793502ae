import type { Criterion } from '../../../../model/correlation.ts';
import type { Span } from '../../../../model/span.ts';
import type { CountingInfo } from '../../../catalog-rule.ts';
import type { KqlArgument, KqlNode, KqlStage } from '../query/tree.ts';
import type { Counted, Definitions, Leg } from './scope.ts';
import { subjectOf } from './subject.ts';
import { constantsOf } from './values.ts';

const UNITS_US: Readonly<Record<string, number>> = {
  ...{ ms: 1e3, millisecond: 1e3, milliseconds: 1e3 },
  ...{ s: 1e6, sec: 1e6, second: 1e6, seconds: 1e6 },
  ...{ m: 60e6, min: 60e6, minute: 60e6, minutes: 60e6 },
  ...{ h: 3600e6, hr: 3600e6, hour: 3600e6, hours: 3600e6 },
  ...{ d: 86_400e6, day: 86_400e6, days: 86_400e6 },
};

/** Microseconds of a timespan literal such as `5m` or `1.5h`. */
export function timespanUs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([a-z]+)$/i.exec(text);
  const unit = match && UNITS_US[(match[2] as string).toLowerCase()];
  return unit ? Number(match[1]) * unit : undefined;
}

const TIME_NAMES = /^(?:timestamp|timegenerated)$/i;

/**
 * What each column of a summarize counts, by its name. Empty where it groups by something that is neither a field nor
 * a window of time.
 */
export function countedColumns(
  { columns, by }: KqlStage & { kind: 'summarize' },
  leg: Leg,
  definitions: Definitions,
): ReadonlyMap<string, Counted> {
  const found = new Map<string, Counted>();
  const groupBy: string[] = [];
  let timespan: number | undefined;
  for (const { value } of by) {
    const width = windowOf(value, definitions);
    const field = plainField(value, leg, definitions);
    if (width !== undefined) timespan = width;
    else if (field !== undefined && !TIME_NAMES.test(field)) groupBy.push(field);
    else return found;
  }
  for (const { name, value } of columns) {
    const counted = countOf(value, leg, definitions);
    if (counted)
      found.set(name === '' ? counted.name : name, { distinct: counted.distinct, groupBy, timespanUs: timespan });
  }
  return found;
}

function plainField(node: KqlNode, leg: Leg, definitions: Definitions): string | undefined {
  const subject = subjectOf(node, { leg, definitions });
  if (!subject || subject.functions.length > 0 || subject.isFolded || subject.column.kind !== 'field') return undefined;
  return subject.column.field;
}

function countOf(
  node: KqlNode,
  leg: Leg,
  definitions: Definitions,
): { readonly name: string; readonly distinct: string | undefined } | undefined {
  if (node.kind !== 'call') return undefined;
  const [first] = node.args;
  switch (node.name.toLowerCase()) {
    case 'count':
      return first ? undefined : { name: 'count_', distinct: undefined };
    case 'dcount':
    case 'count_distinct': {
      const field = first && plainField(first.value, leg, definitions);
      return field === undefined ? undefined : { name: `${node.name.toLowerCase()}_${field}`, distinct: field };
    }
    default:
      return undefined;
  }
}

/** `bin(Timestamp, 5m)`. */
function windowOf(node: KqlNode, definitions: Definitions): number | undefined {
  if (node.kind !== 'call' || !/^(?:bin|floor)$/i.test(node.name)) return undefined;
  const [time, width] = node.args as readonly (KqlArgument | undefined)[];
  if (time?.value.kind !== 'name' || !TIME_NAMES.test(time.value.name) || !width) return undefined;
  const constants = constantsOf(width.value, definitions);
  return constants?.length === 1 ? timespanUs((constants[0] as { text: string }).text) : undefined;
}

const CRITERIA: Readonly<Record<string, Criterion['op']>> = {
  ...{ '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' },
  ...{ '==': 'eq', '!=': 'neq' },
};

/** The conditions that must all hold. */
export function conjuncts(node: KqlNode): readonly KqlNode[] {
  return node.kind === 'binary' && node.operator === 'and'
    ? [...conjuncts(node.left), ...conjuncts(node.right)]
    : [node];
}

/** What a condition asks of a column that was counted; undefined where it is another. */
export function countingOf(node: KqlNode, leg: Leg, definitions: Definitions): CountingInfo | undefined {
  if (node.kind !== 'binary' || node.left.kind !== 'name') return undefined;
  const column = leg.get(node.left.name);
  const op = CRITERIA[node.operator];
  const [limit, ...more] = constantsOf(node.right, definitions) ?? [];
  const value = Number(limit?.text);
  if (column.kind !== 'aggregate' || !column.counted || !op || more.length > 0 || !Number.isFinite(value))
    return undefined;
  const { distinct, groupBy, timespanUs: width } = column.counted;
  const window = width === undefined ? 'search' : 'buckets';
  return { distinct, groupBy, window, timespanUs: width, criterion: { op, value }, span: node.span };
}

/** How far back `Timestamp > ago(1d)` looks; undefined where the query says nothing of it. */
export function lookbackOf(node: KqlNode, definitions: Definitions): number | undefined {
  if (node.kind !== 'binary' || !/^>=?$/.test(node.operator) || node.left.kind !== 'name') return undefined;
  if (!TIME_NAMES.test(node.left.name) || node.right.kind !== 'call' || node.right.name.toLowerCase() !== 'ago') {
    return undefined;
  }
  const [back] = node.right.args;
  const constants = back && constantsOf(back.value, definitions);
  return constants?.length === 1 ? timespanUs((constants[0] as { text: string }).text) : undefined;
}

/** A counting with its place mapped, and within the time that the query looks back where it names no windows. */
export function placedCounting(
  counting: CountingInfo,
  lookbackUs: number | undefined,
  place: (span: Span) => Span,
): CountingInfo {
  const placed = { ...counting, span: place(counting.span) };
  return placed.window === 'search' && lookbackUs !== undefined
    ? { ...placed, window: 'lookback', timespanUs: lookbackUs }
    : placed;
}
