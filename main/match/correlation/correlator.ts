import { GrowingDoubles, GrowingInts } from '../../columns/growing.ts';
import type { Correlation } from '../../../shared/model/correlation.ts';
import { foldText } from '../../../shared/matching/fold.ts';
import { parseNumber } from '../../../shared/matching/number.ts';
import { findWindows, type Occurrence } from './windows.ts';

/**
 * Occurrences that one correlation keeps, and that all of a plan keep together. Each costs about 30 bytes and 4 for
 * each field; the last ones to come are left out, and the correlation says so.
 */
const OCCURRENCE_LIMIT = 1_000_000;
const PLAN_OCCURRENCE_LIMIT = 2_000_000;

/** Counts what all correlations of a plan keep. */
export class OccurrenceBudget {
  kept = 0;

  constructor(readonly limit = PLAN_OCCURRENCE_LIMIT) {}
}

/** Texts of group-by and counted fields, numbered; those that differ in case only are one. */
export class FieldTexts {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];

  /** -1 for undefined. */
  idOf(text: string | undefined): number {
    if (text === undefined) return -1;
    const key = foldText(text);
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#texts.push(text) - 1;
      this.#ids.set(key, id);
    }
    return id;
  }

  textOf(id: number): string {
    return this.#texts[id] ?? '';
  }
}

/** A window that held, as the rules that look at this one see it. */
export interface CompletedWindow {
  readonly event: number;
  readonly timeUs: number;
  /** Ids of the columns' texts. */
  readonly cells: readonly number[];
  readonly number: number;
  /** Events in the window. */
  readonly events: number;
  readonly isReported: boolean;
  /** By part: how many of its hits the window holds. */
  byPart(): readonly number[];
  /** Distinct events of the window in order of time; for a hit of another correlation, those of its window. */
  members(): readonly Member[];
}

/** An event that a window consists of. */
export interface Member {
  readonly event: number;
  readonly timeUs: number;
}

/**
 * The hits of one correlation's parts, as numbers in columns: they are kept until all events have been seen, since logs
 * of several files do not come in order of time.
 *
 * Columns are the texts of the group-by fields, then of the counted fields, then of those that only correlations of
 * this one ask for.
 */
export class Correlator {
  readonly columns: readonly string[];
  readonly #grouped: number;
  readonly #fields: number;
  readonly #events = new GrowingDoubles();
  readonly #times = new GrowingDoubles();
  readonly #parts = new GrowingInts();
  readonly #cells: GrowingInts[];
  count = 0;
  /** Occurrences left out: for want of room, of a time, and of a field. */
  dropped = { limit: 0, time: 0, field: 0 };

  /** @param carried fields beyond its own that correlations of this one ask for. */
  constructor(
    readonly correlation: Correlation,
    carried: readonly string[],
    private readonly texts: FieldTexts,
    private readonly budget: OccurrenceBudget,
    private readonly limit = OCCURRENCE_LIMIT,
  ) {
    const own = [...correlation.groupBy, ...correlation.fields];
    this.columns = [...own, ...carried.filter((name) => !own.includes(name))];
    this.#grouped = correlation.groupBy.length;
    this.#fields = own.length;
    this.#cells = this.columns.map(() => new GrowingInts());
  }

  /** The field that stands for a column in the events of a part. */
  fieldOf(column: string, part: number): string {
    const name = this.correlation.parts[part]?.name ?? '';
    return this.correlation.aliases[column]?.[name] ?? column;
  }

  /**
   * Keeps a hit of a part.
   * @param timeUs undefined where the event has no time: it can stand in no window.
   * @param cells ids of the columns' texts; -1 where the event has none. Without a field that groups or is counted,
   *   the event takes no part.
   */
  add(part: number, event: number, timeUs: number | undefined, cells: readonly number[]): boolean {
    if (timeUs === undefined && this.correlation.timespanUs !== Infinity) {
      this.dropped.time++;
      return false;
    }
    for (let i = 0; i < this.#fields; i++) {
      if ((cells[i] as number) >= 0) continue;
      this.dropped.field++;
      return false;
    }
    if (this.count >= this.limit || this.budget.kept >= this.budget.limit) {
      this.dropped.limit++;
      return false;
    }
    const at = this.count++;
    this.budget.kept++;
    this.#events.reserve(this.count);
    this.#times.reserve(this.count);
    this.#parts.reserve(this.count);
    this.#events.data[at] = event;
    this.#times.data[at] = timeUs ?? 0;
    this.#parts.data[at] = part;
    this.#cells.forEach((column, i) => {
      column.reserve(this.count);
      column.data[at] = cells[i] as number;
    });
    return true;
  }

  /**
   * The windows that hold, in order of their completing event's time.
   * @param added hits of correlations that this one refers to.
   */
  evaluate(added: readonly { part: number; window: CompletedWindow; cells: readonly number[] }[]): CompletedWindow[] {
    const groups = new Map<string, Row[]>();
    const put = (row: Row): void => {
      const key = row.cells.slice(0, this.#grouped).join();
      const group = groups.get(key);
      if (group) group.push(row);
      else groups.set(key, [row]);
    };
    for (let at = 0; at < this.count; at++) put(this.#row(at));
    for (const { part, window, cells } of added) {
      if (cells.slice(0, this.#fields).some((cell) => cell < 0)) this.dropped.field++;
      else put({ event: window.event, timeUs: window.timeUs, part, cells, window });
    }
    const found = [...groups.values()].flatMap((rows) => this.#evaluateGroup(rows));
    return found.sort((a, b) => a.timeUs - b.timeUs || a.event - b.event);
  }

  #row(at: number): Row {
    return {
      event: this.#events.data[at] as number,
      timeUs: this.#times.data[at] as number,
      part: this.#parts.data[at] as number,
      cells: this.#cells.map((column) => column.data[at] as number),
    };
  }

  #evaluateGroup(rows: Row[]): CompletedWindow[] {
    rows.sort((a, b) => a.timeUs - b.timeUs || a.event - b.event || a.part - b.part);
    const kept: Row[] = [];
    const occurrences: Occurrence[] = [];
    const isByPart = this.correlation.type.startsWith('temporal');
    for (const row of rows) {
      // An event that two of the rules hit is one event.
      if (!isByPart && kept.at(-1)?.event === row.event) continue;
      const value = this.#valueOf(row);
      if (value === undefined) {
        this.dropped.field++;
        continue;
      }
      kept.push(row);
      occurrences.push({ event: row.event, timeUs: row.timeUs, part: row.part, value });
    }
    return findWindows(this.correlation, occurrences).map(({ first, last, at, number, isReported }) => {
      const { event, timeUs, cells } = kept[at] as Row;
      const members = (): Member[] => membersOf(kept.slice(first, last + 1));
      const byPart = (): number[] => {
        const counts = new Array<number>(this.correlation.parts.length).fill(0);
        for (const { part } of kept.slice(first, last + 1)) (counts[part] as number)++;
        return counts;
      };
      return { event, timeUs, cells, number, events: last - first + 1, isReported, byPart, members };
    });
  }

  /** The number, or the key of the value, that a row counts with; undefined where a number is wanted and is none. */
  #valueOf({ cells }: Row): number | undefined {
    const { type, percentile } = this.correlation;
    const counted = cells.slice(this.#grouped, this.#fields);
    if (counted.length === 0) return 0;
    if (type === 'value_count' || (type === 'value_percentile' && percentile === undefined)) {
      return counted.length === 1 ? counted[0] : this.texts.idOf(JSON.stringify(counted));
    }
    const number = parseNumber(this.texts.textOf(counted[0] as number));
    return number === undefined ? undefined : Number(number);
  }
}

interface Row {
  readonly event: number;
  readonly timeUs: number;
  readonly part: number;
  readonly cells: readonly number[];
  /** Where it is the hit of another correlation. */
  readonly window?: CompletedWindow;
}

function membersOf(rows: readonly Row[]): Member[] {
  const byEvent = new Map<number, Member>();
  for (const row of rows) {
    for (const { event, timeUs } of row.window?.members() ?? [row]) byEvent.set(event, { event, timeUs });
  }
  return [...byEvent.values()].sort((a, b) => a.timeUs - b.timeUs || a.event - b.event);
}
