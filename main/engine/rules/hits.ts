import { GrowingInts } from '../../columns/growing.ts';
import { lowerBound } from '../views/time-order.ts';
import { LEVELS, type Level, levelRank } from '../../../shared/model/severity.ts';

/** The events that one rule hits, ascending when read. */
export class HitList {
  #events = new GrowingInts(8);
  #isSorted = true;
  count = 0;

  add(event: number): void {
    this.#events.reserve(this.count + 1);
    const last = this.count === 0 ? -1 : (this.#events.data[this.count - 1] as number);
    if (event < last) this.#isSorted = false;
    this.#events.data[this.count++] = event;
  }

  /** Event ids, ascending; valid until the next `add`. */
  events(): Int32Array {
    const events = this.#events.data.subarray(0, this.count);
    if (!this.#isSorted) {
      events.sort();
      this.#isSorted = true;
    }
    return events;
  }

  has(event: number): boolean {
    const events = this.events();
    const at = lowerBound(events.length, (i) => (events[i] as number) >= event);
    return events[at] === event;
  }
}

/** A rule as the marks need it. */
export interface MarkingRule {
  readonly slot: number;
  readonly level: Level;
}

/** What the enabled rules' hits come to, by event: how many, and the most severe of them. */
export class HitMarks {
  /** Number of hits by event. */
  readonly #counts = new GrowingInts();
  /** Slot of the most severe rule by event (the first to come among equals); -1 where none hits. */
  readonly #best = new GrowingInts();
  /** Its level's rank plus one; 0 where none hits. */
  #ranks = new Uint8Array(256);
  /** Distinct events with at least one hit. */
  events = 0;
  /** Hits by the rule's level, in the order of LEVELS. */
  byLevel = LEVELS.map(() => 0);

  /** Makes room for events [0, count). */
  reserve(count: number): void {
    const before = this.#counts.data.length;
    this.#counts.reserve(count);
    this.#best.reserve(count);
    if (this.#counts.data.length > before) this.#counts.data.fill(0, before);
    if (this.#ranks.length < count) {
      const ranks = new Uint8Array(this.#counts.data.length);
      ranks.set(this.#ranks);
      this.#ranks = ranks;
    }
  }

  add(rule: MarkingRule, event: number): void {
    const rank = levelRank(rule.level) + 1;
    const count = this.#counts.data[event] as number;
    this.#counts.data[event] = count + 1;
    if (count === 0) this.events++;
    this.byLevel[rank - 1] = (this.byLevel[rank - 1] as number) + 1;
    if (rank > (this.#ranks[event] as number)) {
      this.#ranks[event] = rank;
      this.#best.data[event] = rule.slot;
    }
  }

  /** Forgets all hits. */
  clear(): void {
    this.#counts.data.fill(0);
    this.#ranks.fill(0);
    this.#best.data.fill(-1);
    this.events = 0;
    this.byLevel = LEVELS.map(() => 0);
  }

  /** How many enabled rules hit an event. */
  countOf(event: number): number {
    return this.#counts.data[event] ?? 0;
  }

  /** Rank plus one of the most severe hit, 0 for none. */
  rankOf(event: number): number {
    return this.#ranks[event] ?? 0;
  }

  levelOf(event: number): Level | null {
    return LEVELS[this.rankOf(event) - 1] ?? null;
  }

  /** Slot of the most severe rule that hits an event. */
  bestOf(event: number): number | undefined {
    return this.rankOf(event) === 0 ? undefined : this.#best.data[event];
  }
}
