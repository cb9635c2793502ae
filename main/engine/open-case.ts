import type { Appended, EventTable } from '../columns/event-table.ts';
import type { EventBatch } from '../columns/batch.ts';
import type { CreateMatching, Matching } from '../match/api.ts';
import type { StoredSource } from '../store/case-contents.ts';
import { fail, ok, type Result } from '../../shared/model/fault.ts';
import type { FieldAliases } from '../../shared/catalog/field-aliases.ts';
import { sourceSchema } from '../../shared/ipc/contract.ts';
import { CaseEvents } from './case-events.ts';
import { EventTags } from './event-tags.ts';

/** Everything that belongs to one open case and goes with it: events, and their matcher. */
export class OpenCase {
  readonly matching: Matching;
  tags = new EventTags();
  /** Whether this case has the numbering of values that batches count on. */
  #follows = false;
  name = '';
  /** Where it is kept; '' for a new one. */
  file = '';
  /** Logs that were opened here, by path, and not only named by the case's file. */
  readonly opened = new Set<string>();
  unsaved = false;

  constructor(
    readonly events: CaseEvents,
    createMatching: CreateMatching,
    contentFolder: string,
  ) {
    this.matching = createMatching(events.table, contentFolder, (source) => events.fileOf(source));
  }

  /**
   * Adds a batch: all of it, or where something fails, nothing.
   * @param room whether the table may take further events.
   * @param test looks for hits among the new events.
   */
  append(
    batch: EventBatch,
    room: (table: EventTable) => Result<void>,
    test: (appended: Appended) => void,
  ): Result<Appended> {
    if (!batch.restart && !this.#follows) {
      // Its refs count on values that went with an earlier case.
      return fail({ code: 'cancelled', message: 'The case was closed while this file was read' });
    }
    this.#follows = true;
    const { table } = this.events;
    const first = table.count;
    const free = room(table);
    try {
      // Also where there is no room: later batches count on this one's values.
      const appended = table.append(batch);
      if (!free.ok) {
        table.truncate(first);
        return free;
      }
      test(appended);
      this.events.count(first);
      this.tags.arrived(table, first);
      this.events.overflow(appended.overflowed);
      this.unsaved = true;
      return ok(appended);
    } catch (error) {
      table.truncate(first);
      throw error;
    }
  }
}

/** The events of a table, with the ledger's counts made again from them. @param sources of a case file, or of a case. */
export function restoredEvents(aliases: FieldAliases, table: EventTable, sources: readonly StoredSource[]): CaseEvents {
  const events = new CaseEvents(aliases, table);
  for (const source of sources) events.start(source);
  events.count(0);
  for (const source of sources) {
    const line = events.sources[source.source];
    if (!line) continue;
    // A file that was still being read when the case was saved will not be read on.
    const state = sourceSchema.shape.state.safeParse(source.state).data ?? 'partial';
    Object.assign(line, {
      format: source.format,
      state: state === 'reading' ? 'partial' : state,
      damaged: source.damaged,
      leftOut: source.leftOut,
      faultCount: source.faultCount,
      faults: [...source.faults],
    });
  }
  return events;
}
