import type { Appended, EventTable } from '../columns/event-table.ts';
import type { EventBatch } from '../columns/batch.ts';
import type { CreateMatching, Matching } from '../match/api.ts';
import type { CaseStore, NewHits, StoredSource } from '../store/case-store.ts';
import { fail, type Result } from '../../shared/model/fault.ts';
import type { FieldAliases } from '../../shared/catalog/field-aliases.ts';
import { sourceSchema } from '../../shared/ipc/contract.ts';
import { CaseEvents } from './case-events.ts';

/** Everything that belongs to one open case and goes with it: events, their matcher, their database. */
export class OpenCase {
  readonly matching: Matching;
  /** Decoders whose numbering of values this case has followed from its start. */
  readonly #decoders = new Set<number>();
  name = '';
  unsaved = false;

  constructor(
    readonly events: CaseEvents,
    readonly store: CaseStore,
    createMatching: CreateMatching,
    contentFolder: string,
  ) {
    this.matching = createMatching(events.table, contentFolder, (source) => events.fileOf(source));
  }

  /**
   * Stores a batch as one transaction: where that fails, neither the table nor the database has any of it.
   * @param test gives the hits of the new events.
   */
  append(batch: EventBatch, decoder: number, test: (appended: Appended) => NewHits): Result<Appended> {
    if (!batch.restart && !this.#decoders.has(decoder)) {
      // Its refs count on values that went with an earlier case.
      return fail({ code: 'cancelled', message: 'The case was closed while this file was read' });
    }
    this.#decoders.add(decoder);
    const { table } = this.events;
    const first = table.count;
    try {
      const appended = table.append(batch, decoder);
      const stored = this.store.append(table, appended, test(appended));
      if (!stored.ok) {
        table.truncate(first);
        return stored;
      }
      this.events.count(first);
      this.unsaved = true;
      return { ok: true, value: appended };
    } catch (error) {
      table.truncate(first);
      throw error;
    }
  }
}

/** The events of a case file, with the ledger's counts made again from them. */
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
      state: state === 'reading' || state === 'waiting' ? 'partial' : state,
      damaged: source.damaged,
      faultCount: source.faultCount,
      faults: [...source.faults],
    });
  }
  return events;
}
