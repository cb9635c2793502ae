import { ok, fail, type Fault, type Result } from '../../../shared/model/fault.ts';
import type { CallInput, CallOutput } from '../../../shared/ipc/contract.ts';
import type { ViewFilter } from '../../../shared/model/filter.ts';
import { ANY_EVENT } from '../../../shared/catalog/logsource.ts';
import { LEVELS } from '../../../shared/model/severity.ts';
import type { Matching } from '../../match/api.ts';
import type { CaseEvents } from '../case-events.ts';
import type { EventTags } from '../event-tags.ts';
import type { HitMarks } from '../rules/hits.ts';
import { caseChips, chipExpr } from './chips.ts';
import { fieldCodes, FILE_FIELD, isTimeField, SEVERITY_FIELD } from './fields.ts';
import { sortByField } from './field-order.ts';
import { Pace, scanTable } from '../pace.ts';
import { TextSearch } from './text-search.ts';
import { lowerBound, sortByKeyPaced } from './time-order.ts';

/** Views kept; opening a further one drops the one that nobody has asked for longest. */
export const VIEW_LIMIT = 8;

/** What a view shows, fixed when it was opened: event ids in order. Hits and levels of its rows stay live. */
export interface View {
  readonly id: string;
  readonly events: Int32Array<ArrayBuffer>;
  /** Whether the order is that of time: ascending 1, descending -1, neither 0. */
  readonly timeOrder: 1 | -1 | 0;
}

/** What views are made from, as it is now. */
export interface ViewSource {
  readonly events: CaseEvents;
  readonly matching: Matching;
  readonly marks: HitMarks;
  readonly tags: EventTags;
  readonly revision: number;
  /** Events that the draft hits, ascending. */
  readonly draftHits: Int32Array;
  isDraftHit(event: number): boolean;
  /** Events that a rule hits, ascending; undefined where there is no such rule. */
  hitsOf(rule: string): Int32Array | undefined;
}

const SUPERSEDED: Fault = { code: 'cancelled', message: 'A newer question took the place of this one' };
const CLOSED: Fault = { code: 'cancelled', message: 'The case was closed while the view was opened' };

/** The open views, those asked for last behind the others. */
export class Views {
  readonly #views = new Map<string, View>();
  /** Of each slot, the number of the opening that it is for. */
  readonly #slots = new Map<string, number>();
  #next = 1;

  get(id: string): Result<View> {
    const view = this.#views.get(id);
    if (!view) return fail({ code: 'not-found', message: 'This view was closed; open it again' });
    this.#views.delete(id);
    this.#views.set(id, view);
    return ok(view);
  }

  /** Whether a view is open; not a use of it. */
  has(id: string): boolean {
    return this.#views.has(id);
  }

  clear(): void {
    this.#views.clear();
  }

  /**
   * Filters and sorts. Ends with `cancelled` where a newer opening has the same slot.
   * @param from asked again after each rest, since events may come in between.
   */
  async open(input: CallInput<'view.open'>, from: () => ViewSource): Promise<Result<CallOutput<'view.open'>>> {
    const start = performance.now();
    const { events, revision, marks } = from();
    const { slot } = input;
    const number = this.#next++;
    if (slot !== undefined) this.#slots.set(slot, number);
    const isSuperseded = (): boolean => slot !== undefined && this.#slots.get(slot) !== number;
    const isOver = (): boolean => from().events !== events || isSuperseded();
    const pace = new Pace(isOver);
    const selected = await select(input.filter, from, pace);
    if (!selected) return fail(isSuperseded() ? SUPERSEDED : CLOSED);
    if (!selected.ok) return selected;
    const { field, descending } = input.sort;
    const isTime = isTimeField(field);
    const sorted = isTime
      ? descending
        ? reverseTimed(selected.value, events)
        : selected.value
      : await sortBy(selected.value, field, descending, from(), pace);
    if (!sorted) return fail(isSuperseded() ? SUPERSEDED : CLOSED);
    const view: View = { id: `v${number}`, events: sorted, timeOrder: isTime ? (descending ? -1 : 1) : 0 };
    this.#views.set(view.id, view);
    for (const id of this.#views.keys()) if (this.#views.size > VIEW_LIMIT) this.#views.delete(id);
    let hits = 0;
    for (const event of sorted) if (marks.rankOf(event) > 0) hits++;
    return ok({
      view: view.id,
      revision,
      total: sorted.length,
      hits,
      ...timeSpan(selected.value, events),
      elapsedMs: performance.now() - start,
    });
  }
}

/** The events that a filter lets through, in the order of (time, id); undefined where it was cancelled. */
async function select(
  filter: ViewFilter,
  from: () => ViewSource,
  pace: Pace,
): Promise<Result<Int32Array<ArrayBuffer>> | undefined> {
  const { events } = from();
  const { table, order } = events;
  const found = await eventsThatPass(filter, from, pace);
  if (!found) return undefined;
  const { passes } = found;
  // From here on nothing waits: what is read now is one state of the case.
  const wanted = wantedEvents(filter, from());
  if (!wanted.ok) return wanted;
  const fileTest = caseChips(filter.chips, FILE_FIELD);
  const files = fileTest && events.sources.map((source) => fileTest(source.name));
  const levelTest = caseChips(filter.chips, SEVERITY_FIELD);
  // By rank plus one, as the marks have it: 0 is for no hit.
  const levels = levelTest && [undefined, ...LEVELS].map(levelTest);
  const { marks } = from();
  const ids = order.ids();
  const [first, end] = filter.range
    ? [order.positionAt(filter.range.fromUs), order.positionAt(filter.range.toUs)]
    : [0, ids.length];
  const isWanted = wanted.value;
  const out = new Int32Array(Math.max(0, end - first));
  let count = 0;
  for (let i = first; i < end; i++) {
    const event = ids[i] as number;
    if (isWanted && isWanted[event] !== 1) continue;
    if (passes && passes[event] !== 1) continue;
    if (files && files[table.source.data[event] as number] !== true) continue;
    if (levels && levels[marks.rankOf(event)] !== true) continue;
    out[count++] = event;
  }
  return ok(count === out.length ? out : out.slice(0, count));
}

/**
 * Marks by event of what chips and free text let through, of all events that there are by then; without marks, all
 * pass. Undefined where it was cancelled.
 */
async function eventsThatPass(
  { chips, text }: ViewFilter,
  from: () => ViewSource,
  pace: Pace,
): Promise<{ readonly passes?: Uint8Array } | undefined> {
  const { events, matching } = from();
  const { table } = events;
  const expr = chipExpr(chips);
  const chipScan = expr && matching.compileExpr(expr, ANY_EVENT);
  const search = text === '' ? undefined : new TextSearch(table, text);
  if (!chipScan && !search) return {};
  if (search && !(await search.prepare(pace))) return undefined;
  let byChips = new Uint8Array(table.count);
  let byText = new Uint8Array(table.count);
  const finished = await scanTable(
    table,
    (shape, fromRow, toRow) => {
      if (byChips.length < table.count) [byChips, byText] = [grown(byChips, table.count), grown(byText, table.count)];
      search?.run(shape, fromRow, toRow, byText);
      chipScan?.run(shape, fromRow, toRow, (event) => (byChips[event] = 1));
    },
    pace,
  );
  if (!finished) return undefined;
  if (!search) return { passes: byChips };
  if (!chipScan) return { passes: byText };
  for (let event = 0; event < byText.length; event++) byText[event] = (byText[event] as number) & (byChips[event] ?? 0);
  return { passes: byText };
}

/** Marks by event for `filter.of`; undefined for all events. */
function wantedEvents(filter: ViewFilter, source: ViewSource): Result<Uint8Array | undefined> {
  const { of } = filter;
  const count = source.events.table.count;
  switch (of.kind) {
    case 'all':
      return ok(undefined);
    case 'hits': {
      const marks = new Uint8Array(count);
      for (let event = 0; event < count; event++) if (source.marks.rankOf(event) > 0) marks[event] = 1;
      return ok(marks);
    }
    case 'draft':
      return ok(marked(source.draftHits, count));
    case 'tagged':
      return ok(marked(source.tags.events(), count));
    case 'rule': {
      const hits = source.hitsOf(of.rule);
      if (!hits) return fail({ code: 'not-found', message: 'This rule is no longer loaded' });
      return ok(marked(hits, count));
    }
  }
}

function marked(events: Int32Array, count: number): Uint8Array {
  const marks = new Uint8Array(count);
  for (const event of events) marks[event] = 1;
  return marks;
}

function grown(marks: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(Math.max(length, marks.length * 2));
  longer.set(marks);
  return longer;
}

/** Latest first, those of equal time still by id descending; events without a time stay last. */
function reverseTimed(ids: Int32Array<ArrayBuffer>, events: CaseEvents): Int32Array<ArrayBuffer> {
  const timed = timedCount(ids, events);
  const reversed = ids.slice();
  reversed.subarray(0, timed).reverse();
  return reversed;
}

/** How many events of a view, in the order of time either way, have one: they stand first. */
export function timedCount(ids: Int32Array, events: CaseEvents): number {
  return lowerBound(ids.length, (i) => events.table.instantOf(ids[i] as number) === undefined);
}

/** Undefined where it was cancelled. */
async function sortBy(
  ids: Int32Array<ArrayBuffer>,
  field: string,
  descending: boolean,
  { events, marks }: ViewSource,
  pace: Pace,
): Promise<Int32Array<ArrayBuffer> | undefined> {
  const { table } = events;
  if (field !== SEVERITY_FIELD) {
    return sortByField(ids, fieldCodes(events, field), table.dictionary, descending, pace);
  }
  const sign = descending ? -1 : 1;
  const ranks = new Float64Array(table.count);
  for (let event = 0; event < ranks.length; event++) ranks[event] = sign * marks.rankOf(event);
  return sortByKeyPaced(ids, ranks, pace);
}

/** First and last time of events in the order of time. */
function timeSpan(ids: Int32Array, events: CaseEvents): { firstUs: number | null; lastUs: number | null } {
  const timed = timedCount(ids, events);
  const times = events.table.timeUs.data;
  if (timed === 0) return { firstUs: null, lastUs: null };
  return { firstUs: times[ids[0] as number] as number, lastUs: times[ids[timed - 1] as number] as number };
}

/** The next hit in a view; see the contract. */
export function nextHit(
  view: View,
  { from, step }: Pick<CallInput<'view.nextHit'>, 'from' | 'step'>,
  source: Pick<ViewSource, 'marks' | 'isDraftHit'>,
): CallOutput<'view.nextHit'> {
  for (let index = from + step; index >= 0 && index < view.events.length; index += step) {
    const event = view.events[index] as number;
    if (source.marks.rankOf(event) > 0 || source.isDraftHit(event)) return { index };
  }
  return { index: null };
}

/** Where an event or a time stands in a view; see the contract. */
export function locate(
  view: View,
  target: CallInput<'view.locate'>['target'],
  events: CaseEvents,
): CallOutput<'view.locate'> {
  if ('event' in target) {
    const index = view.events.indexOf(target.event);
    if (index >= 0) return { index, exact: true };
    const instant = events.table.instantOf(target.event);
    if (!instant) return { index: 0, exact: false };
    return { index: nearest(view, instant.us, events), exact: false };
  }
  const index = nearest(view, target.timeUs, events);
  const event = view.events[index];
  return { index, exact: event !== undefined && events.table.instantOf(event)?.us === target.timeUs };
}

/** Position of the event nearest in time; the earlier position where two are as near. 0 in an empty view. */
function nearest(view: View, timeUs: number, events: CaseEvents): number {
  const { table } = events;
  const us = (i: number): number => table.timeUs.data[view.events[i] as number] as number;
  if (view.timeOrder === 0) {
    let best = 0;
    let least = Infinity;
    for (let i = 0; i < view.events.length; i++) {
      if (table.instantOf(view.events[i] as number) === undefined) continue;
      const distance = Math.abs(us(i) - timeUs);
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }
  const timed = timedCount(view.events, events);
  const at = lowerBound(timed, view.timeOrder === 1 ? (i) => us(i) >= timeUs : (i) => us(i) <= timeUs);
  if (at === timed) return Math.max(0, timed - 1);
  if (at === 0) return 0;
  return Math.abs(us(at - 1) - timeUs) <= Math.abs(us(at) - timeUs) ? at - 1 : at;
}
