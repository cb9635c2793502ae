import type { Criterion } from '../../../../model/correlation.ts';
import type { Span } from '../../../../model/span.ts';
import type { CountingInfo } from '../../../catalog-rule.ts';
import type { EsqlColumn, EsqlCommand, EsqlExpr } from './ast.ts';
import { sideOf, type Columns } from './side.ts';

type Stats = Extract<EsqlCommand, { kind: 'stats' }>;

const CRITERIA: Readonly<Record<string, Criterion['op']>> = {
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  '==': 'eq',
};

const UNITS_US: Readonly<Record<string, number>> = {
  millisecond: 1e3,
  ms: 1e3,
  second: 1e6,
  sec: 1e6,
  s: 1e6,
  minute: 60e6,
  min: 60e6,
  m: 60e6,
  hour: 3600e6,
  h: 3600e6,
  day: 86_400e6,
  d: 86_400e6,
  week: 604_800e6,
  w: 604_800e6,
};

/**
 * What a query counts: `STATS n = COUNT(*) BY a, DATE_TRUNC(5 minutes, @timestamp) | WHERE n >= 10`. One STATS and one
 * comparison of one of its numbers; anything else is no counting that we know.
 */
export class EsqlCounting {
  /** Why the groups are not counted here; undefined where they are. */
  obstacle: string | undefined;
  /** How far back the query itself looks, in microseconds. */
  lookbackUs: number | undefined;
  /** Width of the time windows by the name of the column that holds them. */
  readonly #windows = new Map<string, number>();
  readonly #counted = new Map<string, { readonly distinct: string | undefined }>();
  readonly #place: (span: Span) => Span;
  #groupBy: readonly string[] | undefined;
  #timespanUs: number | undefined;
  #found: { readonly distinct: string | undefined; readonly criterion: Criterion; readonly span: Span } | undefined;

  constructor(place: (span: Span) => Span) {
    this.#place = place;
  }

  /** Takes note of a column that EVAL makes, if it cuts time into windows. */
  define({ name, expr }: EsqlColumn): void {
    const width = windowOf(expr);
    if (name !== undefined && width !== undefined) this.#windows.set(name, width);
  }

  /** Takes up a STATS. */
  group({ columns, by, inline }: Stats, known: Columns): void {
    if (this.#groupBy || inline) {
      this.obstacle = 'The rule counts over groups of groups (STATS)';
      return;
    }
    const groupBy: string[] = [];
    for (const { name, expr } of by) {
      const written = expr.kind === 'field' ? expr.name : (name ?? '');
      const width = this.#windows.get(written) ?? windowOf(expr);
      const field = expr.kind === 'field' ? plainField(expr, known) : undefined;
      if (width !== undefined) this.#timespanUs = width;
      else if (field !== undefined) groupBy.push(field);
      else this.obstacle = `The rule groups by ${written || 'what it computes'}, which is no field (STATS)`;
    }
    this.#groupBy = groupBy;
    for (const { name, expr, where } of columns) {
      const counted = where ? undefined : countOf(expr, known);
      if (name !== undefined && counted) this.#counted.set(name, counted);
    }
  }

  /** Takes up what is asked of groups. @returns what is a test of the events too, such as that of a key. */
  filter(condition: EsqlExpr): readonly EsqlExpr[] {
    return conjuncts(condition).filter((part) => {
      const field = fieldOf(part);
      if (field !== undefined && this.#groupBy?.includes(field)) return true;
      const counted = field === undefined ? undefined : this.#counted.get(field);
      const criterion = criterionOf(part);
      if (!counted || !criterion || this.#found) {
        this.obstacle ??= 'The rule asks more of groups of events than one number (STATS)';
      } else this.#found = { ...counted, criterion, span: this.#place(part.span) };
      return false;
    });
  }

  /** The conditions of a WHERE on events without those on their time, of which it keeps how far back they look. */
  withoutWindow(condition: EsqlExpr): readonly EsqlExpr[] {
    return conjuncts(condition).filter((part) => {
      const back = lookbackOf(part);
      if (back !== undefined) this.lookbackUs = back;
      return back === undefined;
    });
  }

  /** What is counted; undefined where there is no STATS. */
  result(): CountingInfo | undefined {
    if (!this.#groupBy) return undefined;
    if (!this.#found) this.obstacle ??= 'The rule counts over groups of events (STATS)';
    if (this.obstacle !== undefined || !this.#found) return undefined;
    const timespanUs = this.#timespanUs ?? this.lookbackUs;
    const window = this.#timespanUs !== undefined ? 'buckets' : timespanUs !== undefined ? 'lookback' : 'search';
    return { ...this.#found, groupBy: this.#groupBy, window, timespanUs };
  }
}

function conjuncts(expr: EsqlExpr): readonly EsqlExpr[] {
  return expr.kind === 'and' ? expr.children.flatMap(conjuncts) : [expr];
}

function fieldOf(expr: EsqlExpr): string | undefined {
  const subject =
    expr.kind === 'binary' ? expr.left : expr.kind === 'test' || expr.kind === 'isNull' ? expr.subject : undefined;
  return subject?.kind === 'field' ? subject.name : undefined;
}

function criterionOf(expr: EsqlExpr): Criterion | undefined {
  if (expr.kind !== 'binary' || expr.right.kind !== 'number') return undefined;
  const op = CRITERIA[expr.op];
  return op && { op, value: Number(expr.right.text) };
}

function plainField(expr: EsqlExpr, known: Columns): string | undefined {
  const { field, functions, isComputed, foldsCase } = sideOf(expr, known);
  return functions.length > 0 || isComputed || foldsCase ? undefined : field;
}

function countOf(expr: EsqlExpr, known: Columns): { readonly distinct: string | undefined } | undefined {
  if (expr.kind !== 'call') return undefined;
  const [argument] = expr.args;
  switch (expr.name.toLowerCase()) {
    case 'count':
      return !argument || argument.kind === 'star' ? { distinct: undefined } : undefined;
    case 'count_distinct': {
      const field = argument && plainField(argument, known);
      return field === undefined ? undefined : { distinct: field };
    }
    default:
      return undefined;
  }
}

/** Width of the windows that `DATE_TRUNC(5 minutes, @timestamp)` or `BUCKET(@timestamp, 5 minutes)` cuts time into. */
function windowOf(expr: EsqlExpr): number | undefined {
  if (expr.kind !== 'call' || !/^(?:date_trunc|bucket|tbucket)$/i.test(expr.name)) return undefined;
  const interval = expr.args.find(({ kind }) => kind === 'interval');
  return interval && intervalUs(interval);
}

function intervalUs(expr: EsqlExpr): number | undefined {
  if (expr.kind !== 'interval') return undefined;
  const unit = expr.unit.toLowerCase();
  const size = UNITS_US[unit] ?? UNITS_US[unit.replace(/s$/, '')];
  return size === undefined ? undefined : Number(expr.text) * size;
}

/** How far back `@timestamp > NOW() - 9 minutes` looks. */
function lookbackOf(expr: EsqlExpr): number | undefined {
  if (expr.kind !== 'binary' || (expr.op !== '>' && expr.op !== '>=')) return undefined;
  const { left, right } = expr;
  if (left.kind !== 'field' || left.name !== '@timestamp' || right.kind !== 'binary' || right.op !== '-')
    return undefined;
  const isNow = right.left.kind === 'call' && right.left.name.toLowerCase() === 'now';
  return isNow ? intervalUs(right.right) : undefined;
}
