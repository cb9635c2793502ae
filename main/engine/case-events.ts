import { FLAG_NO_TIME, FLAG_RECOVERED } from '../columns/batch.ts';
import { EventTable } from '../columns/event-table.ts';
import { OVERFLOW_NOTE, TABLE_LIMITS } from '../columns/limits.ts';
import { FAULT_LIMIT } from '../ingest/api.ts';
import { FieldResolver } from '../match/fields.ts';
import type { FieldAliases } from '../../shared/catalog/field-aliases.ts';
import type { SourceLine } from '../../shared/ipc/contract.ts';
import type { Fault } from '../../shared/model/fault.ts';
import type { SourceEnd, SourceStart } from './api.ts';
import type { FieldSource } from './views/fields.ts';
import { TimeOrder } from './views/time-order.ts';

/** A line of the ledger, and the path that only the main process knows. */
export interface CaseSource extends SourceLine {
  readonly path: string;
}

/**
 * The events of the open case, the ledger of their files, and running counts of both, so that a summary costs
 * nothing however many events there are.
 */
export class CaseEvents implements FieldSource {
  readonly order: TimeOrder;
  readonly resolver: FieldResolver;
  readonly sources: CaseSource[] = [];
  recovered = 0;
  firstUs: number | null = null;
  lastUs: number | null = null;
  /** Events by value ref of the computer, and by channel. */
  readonly #hosts = new Map<number, number>();
  readonly #channels = new Map<string, number>();
  /** By source: events of which the table had no room for a part, and where the first is in its file. */
  readonly #overflowed = new Map<number, { events: number; readonly offset: number }>();

  /** @param aliases other names of fields, as the matcher has them. */
  constructor(
    aliases: FieldAliases,
    readonly table = new EventTable(),
  ) {
    this.order = new TimeOrder(table);
    this.resolver = new FieldResolver(aliases);
  }

  /** Enters a source as being read. */
  start(start: SourceStart): void {
    this.sources[start.source] = {
      source: start.source,
      name: start.name,
      path: start.path,
      format: '',
      bytes: start.bytes,
      state: 'reading',
      events: 0,
      recovered: 0,
      damaged: 0,
      leftOut: 0,
      faultCount: 0,
      faults: [],
      firstUs: null,
      lastUs: null,
    };
  }

  /** Enters a source that reading did not come to. */
  leaveUnread(start: SourceStart): void {
    this.start(start);
    Object.assign(this.sources[start.source] as CaseSource, { state: 'waiting' } satisfies Partial<CaseSource>);
  }

  /** Counts events [first, count) of the table, which are new and stay. */
  count(first: number): void {
    const { table } = this;
    const heads = new Map<number, number>();
    for (let event = first; event < table.count; event++) {
      const flags = table.flags.data[event] as number;
      const source = this.sources[table.source.data[event] as number];
      const isRecovered = (flags & FLAG_RECOVERED) !== 0;
      if (isRecovered) this.recovered++;
      if (source) {
        if (isRecovered) source.recovered++;
        else source.events++;
      }
      if ((flags & FLAG_NO_TIME) === 0) this.#countTime(table.timeUs.data[event] as number, source);
      add(this.#hosts, table.computer.data[event] as number, 1);
      add(heads, table.head.data[event] as number, 1);
    }
    for (const [head, events] of heads) add(this.#channels, table.heads[head]?.channel ?? '', events);
  }

  /** Counts events of which the table had no room for a part; they are the source's fault when it ends. */
  overflow(events: readonly number[]): void {
    const { table } = this;
    for (const event of events) {
      const source = table.source.data[event] as number;
      const known = this.#overflowed.get(source);
      if (known) known.events++;
      else this.#overflowed.set(source, { events: 1, offset: table.offset.data[event] as number });
    }
  }

  #overflowFault(source: number, file: string): Fault[] {
    const counted = this.#overflowed.get(source);
    this.#overflowed.delete(source);
    if (!counted) return [];
    const { shapes, columns } = TABLE_LIMITS;
    const limits = `${shapes.toLocaleString('en-US')} kinds of events, ${columns.toLocaleString('en-US')} fields`;
    const n = counted.events.toLocaleString('en-US');
    const message = `${n} events are of more kinds, or have more fields, than one case tells apart (${limits})`;
    return [{ code: 'too-large', message, detail: OVERFLOW_NOTE, offset: counted.offset, file }];
  }

  /** Closes a line of the ledger. Events and recovered events stay as counted here: what was stored, not what was sent. */
  end(source: number, report: SourceEnd): void {
    const line = this.sources[source];
    if (!line) throw new Error(`source ${source} ended, which was never started`);
    const overflowed = this.#overflowFault(source, line.name);
    this.sources[source] = {
      ...line,
      format: report.format,
      state: report.state,
      damaged: report.damaged,
      leftOut: report.leftOut,
      faultCount: report.faultCount + overflowed.length,
      faults: [...overflowed, ...report.faults].slice(0, FAULT_LIMIT),
    };
  }

  hosts(): { name: string; events: number }[] {
    return ranked([...this.#hosts].map(([ref, events]) => ({ name: this.table.text(ref) ?? '', events })));
  }

  channels(): { name: string; events: number }[] {
    return ranked([...this.#channels].map(([name, events]) => ({ name, events })));
  }

  damaged(): number {
    return this.sources.reduce((sum, source) => sum + source.damaged, 0);
  }

  leftOut(): number {
    return this.sources.reduce((sum, source) => sum + source.leftOut, 0);
  }

  /** The ledger: every file that was started, in that order. */
  lines(): CaseSource[] {
    // A number that was given out and never started leaves a hole.
    return Object.values(this.sources);
  }

  fileOf(source: number): string {
    return this.sources[source]?.name ?? '';
  }

  #countTime(us: number, source: CaseSource | undefined): void {
    if (this.firstUs === null || us < this.firstUs) this.firstUs = us;
    if (this.lastUs === null || us > this.lastUs) this.lastUs = us;
    if (!source) return;
    if (source.firstUs === null || us < source.firstUs) source.firstUs = us;
    if (source.lastUs === null || us > source.lastUs) source.lastUs = us;
  }
}

function add<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function ranked<T extends { name: string; events: number }>(counts: T[]): T[] {
  return counts.sort((a, b) => b.events - a.events || (a.name < b.name ? -1 : 1));
}
