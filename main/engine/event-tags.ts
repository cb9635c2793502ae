import type { EventTable } from '../columns/event-table.ts';
import type { SourcePlace } from './api.ts';
import type { StoredTag } from '../store/case-contents.ts';
import { NO_TAG, type EventTag } from '../../shared/model/tag.ts';

/** A tag with what tells its event in any case: its file's path, its record's number and time. */
export interface PlacedTag extends EventTag {
  readonly path: string;
  readonly record: number;
  readonly timeUs: number;
}

/**
 * The user's tags and notes by event. Files that are read anew give their events new numbers: their tags wait, and
 * go to the record of the same file, number and time when it comes.
 */
export class EventTags {
  readonly #tags = new Map<number, EventTag>();
  readonly #waiting = new Map<string, EventTag>();
  /** By path, tags for files that have not been begun. */
  readonly #unopened = new Map<string, PlacedTag[]>();

  /** Tagged events. */
  get count(): number {
    return this.#tags.size;
  }

  of(event: number): EventTag {
    return this.#tags.get(event) ?? NO_TAG;
  }

  has(event: number): boolean {
    return this.#tags.has(event);
  }

  /** Tagged events, ascending. */
  events(): Int32Array<ArrayBuffer> {
    return Int32Array.from(this.#tags.keys()).sort();
  }

  /** Sets what is given and leaves the other as it is. */
  set(event: number, change: Partial<EventTag>): void {
    const next = { ...this.of(event), ...change };
    if (next.tag === null && next.note === '') this.#tags.delete(event);
    else this.#tags.set(event, next);
  }

  /** Gives the tags that wait to the events [first, count) of the table. */
  arrived(table: EventTable, first: number): void {
    if (this.#waiting.size === 0) return;
    for (let event = first; event < table.count; event++) {
      const key = recordKey(table, event);
      const tag = this.#waiting.get(key);
      if (!tag) continue;
      this.#waiting.delete(key);
      if (!this.#tags.has(event)) this.#tags.set(event, tag);
    }
  }

  /**
   * Takes tags that were kept outside the case: they go to the events that have none yet, now or when they come.
   * @param sources files that were begun.
   */
  keep(tags: readonly PlacedTag[], sources: readonly SourcePlace[], table: EventTable): void {
    this.#unopened.clear();
    for (const tag of tags) this.#unopened.set(tag.path, [...(this.#unopened.get(tag.path) ?? []), tag]);
    for (const source of sources) this.begun(source);
    this.arrived(table, 0);
  }

  /** Says that a file's events come from now on. */
  begun({ source, path }: Pick<SourcePlace, 'source' | 'path'>): void {
    for (const { record, timeUs, tag, note } of this.#unopened.get(path) ?? []) {
      this.#waiting.set(`${source} ${record} ${timeUs}`, { tag, note });
    }
    this.#unopened.delete(path);
  }

  /** All tags, to be kept outside the case. @param pathOf gives the path of a source. */
  placed({ source, record, timeUs }: EventTable, pathOf: (source: number) => string | undefined): PlacedTag[] {
    return Array.from(this.#tags).flatMap(([event, tag]) => {
      const path = pathOf(source.data[event] as number);
      const place = { record: record.data[event] as number, timeUs: timeUs.data[event] as number };
      return path === undefined ? [] : [{ ...tag, ...place, path }];
    });
  }

  /**
   * What is left where the events of some sources go: the others with their new numbers, which keep their order (see
   * `withoutSources`), and those that go as waiting.
   */
  without(table: EventTable, dropped: ReadonlySet<number>): EventTags {
    const left = new EventTags();
    for (const [path, tags] of this.#unopened) left.#unopened.set(path, tags);
    for (const [key, tag] of this.#waiting) left.#waiting.set(key, tag);
    let kept = 0;
    for (let event = 0; event < table.count; event++) {
      const goes = dropped.has(table.source.data[event] as number);
      const tag = this.#tags.get(event);
      if (tag && goes) left.#waiting.set(recordKey(table, event), tag);
      else if (tag) left.#tags.set(kept, tag);
      if (!goes) kept++;
    }
    return left;
  }

  /** As a case file has them, by event. */
  stored(): StoredTag[] {
    return Array.from(this.events(), (event) => ({ event, ...this.of(event) }));
  }

  static restored(tags: readonly StoredTag[]): EventTags {
    const restored = new EventTags();
    for (const { event, tag, note } of tags) restored.set(event, { tag, note });
    return restored;
  }
}

function recordKey({ source, record, timeUs }: EventTable, event: number): string {
  return `${source.data[event]} ${record.data[event]} ${timeUs.data[event]}`;
}
