import type { EventTable, ShapeTable } from '../../columns/event-table.ts';
import type { Correlation } from '../../../shared/model/correlation.ts';
import type { Diagnostic, Rule } from '../../../shared/model/rule.ts';
import type { CorrelationHit, MatchedField } from '../api.ts';
import { type Correlator, FieldTexts, OccurrenceBudget, type CompletedWindow } from './correlator.ts';
import { resolvedValues, type FieldResolver, type Resolution, type SourceName } from '../fields.ts';

/** A correlation of a plan, in an order in which those it looks at go before it. */
export interface PlannedCorrelation {
  readonly rule: Rule;
  /** The caller's number of the rule; undefined where it only serves another correlation. */
  readonly number: number | undefined;
  /** By part: the correlation whose hits it is; undefined where it is a plain test of events. */
  readonly children: readonly (PlannedCorrelation | undefined)[];
  /** By part: what it is called where its events are counted. */
  readonly labels: readonly string[];
  readonly correlator: Correlator;
}

/** Where a plain test's hits go to. */
export interface Feed {
  readonly correlator: Correlator;
  readonly part: number;
}

/** What the correlations of a plan read of events. */
export interface CorrelationContext {
  readonly table: EventTable;
  readonly resolver: FieldResolver;
  readonly sourceName: SourceName;
}

/** What correlations have collected: outlives a plan whose table is replaced in the middle of a run. */
export class Collected {
  readonly texts = new FieldTexts();
  readonly budget = new OccurrenceBudget();
  readonly correlators = new Map<Rule, Correlator>();
  /** Added to a table's event ids, for tables that forget their events. */
  base = 0;
}

/** The correlations of a plan: take hits of tests, and give their own when asked. */
export class Correlations {
  #outcomes = new Map<number, ReadonlyMap<number, CorrelationHit>>();
  readonly #resolutions = new Map<string, { readonly fields: number; readonly resolution: Resolution }>();
  isChanged = false;

  constructor(
    private readonly planned: readonly PlannedCorrelation[],
    private readonly collected: Collected,
    private readonly context: CorrelationContext,
  ) {}

  get count(): number {
    return this.planned.length;
  }

  /** Takes a hit. Gives whether any correlation keeps it. */
  take(feeds: readonly Feed[], shape: ShapeTable, event: number, aliasSet: string): boolean {
    const timeUs = this.context.table.instantOf(event)?.us;
    let isKept = false;
    for (const { correlator, part } of feeds) {
      const cells = correlator.columns.map((column) =>
        this.collected.texts.idOf(this.#textOf(correlator.fieldOf(column, part), shape, event, aliasSet)),
      );
      if (correlator.add(part, this.collected.base + event, timeUs, cells)) isKept = true;
    }
    this.isChanged ||= isKept;
    return isKept;
  }

  advance(events: number): void {
    this.collected.base += events;
  }

  /** Works out all hits from what has been collected so far. */
  evaluate(): CorrelationHit[] {
    this.isChanged = false;
    const windows = new Map<PlannedCorrelation, CompletedWindow[]>();
    const hits: CorrelationHit[] = [];
    this.#outcomes = new Map();
    for (const one of this.planned) {
      const added = one.children.flatMap((child, part) =>
        (child ? (windows.get(child) ?? []) : []).map((window) => ({
          part,
          window,
          cells: one.correlator.columns.map((column) => {
            const at = (child as PlannedCorrelation).correlator.columns.indexOf(one.correlator.fieldOf(column, part));
            return at < 0 ? -1 : (window.cells[at] as number);
          }),
        })),
      );
      const found = one.correlator.evaluate(added);
      windows.set(one, found);
      if (one.number === undefined) continue;
      const own = found.filter(({ isReported }) => isReported).map((window) => this.#hit(one, window));
      this.#outcomes.set(one.number, new Map(own.map((hit) => [hit.event, hit])));
      hits.push(...own);
    }
    return hits;
  }

  /** What made a correlation hit an event, as `evaluate` last found it. */
  explain(number: number, event: number): MatchedField[] {
    const hit = this.#outcomes.get(number)?.get(event);
    if (!hit) return [];
    return Object.entries(hit.fields).map(([field, value]) => ({
      field,
      value,
      selection: '',
      op: 'correlation',
      wanted: '',
      ranges: [],
    }));
  }

  /** The events of the window that a hit completes, in order of time. */
  related(number: number, event: number): number[] {
    return this.#outcomes.get(number)?.get(event)?.related() ?? [];
  }

  /** What was left out, for each correlation that has a number. */
  notes(): { readonly rule: number; readonly diagnostic: Diagnostic }[] {
    return this.planned.flatMap(({ rule, number, correlator }) => {
      const { limit } = correlator.dropped;
      if (number === undefined || limit === 0) return [];
      const kept = correlator.count.toLocaleString('en-US');
      const message =
        `More events than can be kept: the first ${kept} count, ${limit.toLocaleString('en-US')} were left out; ` +
        'its hits may be incomplete';
      const span = rule.correlation?.span ?? rule.span;
      return [{ rule: number, diagnostic: { severity: 'warning' as const, code: 'correlation-limit', message, span } }];
    });
  }

  #hit({ number, labels, correlator }: PlannedCorrelation, window: CompletedWindow): CorrelationHit {
    const { texts } = this.collected;
    const { groupBy, type, criteria, formula } = correlator.correlation;
    const fields: Record<string, string> = Object.create(null) as Record<string, string>;
    groupBy.forEach((field, i) => {
      fields[field] = texts.textOf(window.cells[i] as number);
    });
    const isTemporal = type.startsWith('temporal') && !formula;
    const isCount = type === 'event_count' || type === 'value_count' || isTemporal;
    const kind = type.startsWith('value_') ? type.slice('value_'.length) : '';
    fields['count'] = String(isCount ? window.number : window.events);
    if (!isCount && kind !== '') fields[kind] = String(window.number);
    if (type.startsWith('temporal')) Object.assign(fields, partCounts(correlator.correlation, labels, window.byPart()));
    return {
      rule: number as number,
      event: window.event,
      timeUs: window.timeUs,
      fields,
      wanted: criteria.map(({ op, value }) => `${op} ${value}`).join(' and '),
      related: () => window.members().map(({ event }) => event),
    };
  }

  #textOf(field: string, shape: ShapeTable, event: number, aliasSet: string): string | undefined {
    const { table, resolver, sourceName } = this.context;
    const key = `${shape.id} ${aliasSet} ${field}`;
    let known = this.#resolutions.get(key);
    if (known?.fields !== shape.fields.length) {
      known = { fields: shape.fields.length, resolution: resolver.resolve(shape, field, aliasSet) };
      this.#resolutions.set(key, known);
    }
    return resolvedValues(table, shape, event, known.resolution, field, sourceName)[0]?.text;
  }
}

/** How many events of each part a window holds; a part that stands several times (a step `with runs`) once. */
function partCounts(
  { parts }: Correlation,
  labels: readonly string[],
  counts: readonly number[],
): Record<string, string> {
  const fields: Record<string, string> = {};
  const seen = new Set<unknown>();
  parts.forEach((part, i) => {
    const test = part.kind === 'inline' ? part.expr : part.name;
    if (seen.has(test)) return;
    seen.add(test);
    fields[`events of ${labels[i] ?? ''}`] = String(counts[i] ?? 0);
  });
  return fields;
}
