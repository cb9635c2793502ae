import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BatchBuilder } from '../../../columns/batch-builder.ts';
import { EventTable } from '../../../columns/event-table.ts';
import { FLAG_RECOVERED, type EventBatch, type Head } from '../../../columns/batch.ts';
import { formatInstant } from '../../../../shared/model/time.ts';
import type { SourceReport } from '../../api.ts';
import { decodeEvtx } from '../decode-evtx.ts';

/** For tests: everything of a file, as texts. */
export interface ReadEvent {
  readonly head: Omit<Head, 'shape'>;
  /** ISO; '' where there is none. */
  readonly time: string;
  readonly computer: string | undefined;
  readonly processId: string | undefined;
  readonly threadId: string | undefined;
  readonly record: number;
  readonly offset: number;
  readonly length: number;
  readonly writtenDeltaUs: number;
  readonly isRecovered: boolean;
  readonly fields: Readonly<Record<string, string>>;
}

export async function readAll(path: string, recover = false): Promise<{ report: SourceReport; events: ReadEvent[] }> {
  const table = new EventTable();
  const report = await readInto(path, new BatchBuilder(), table, recover);
  return { report, events: eventsOf(table) };
}

/** Reads a file into a table; a builder that serves several files needs the same table for all. */
export function readInto(
  path: string,
  builder: BatchBuilder,
  table: EventTable,
  recover = false,
): Promise<SourceReport> {
  const sink = {
    batch: (batch: EventBatch) => {
      table.append(batch);
      return Promise.resolve();
    },
    progress: () => undefined,
    isCancelled: () => false,
  };
  return decodeEvtx(path, builder, { source: 0, recover }, sink);
}

export function eventsOf(table: EventTable): ReadEvent[] {
  return Array.from({ length: table.count }, (_, event) => readEvent(table, event));
}

function readEvent(table: EventTable, event: number): ReadEvent {
  const { shape: _shape, ...head } = table.headOf(event);
  const shape = table.shapeOf(event);
  const row = table.row.data[event] as number;
  const fields: Record<string, string> = {};
  shape.fields.forEach((field, column) => {
    const text = table.text(shape.columns[column]?.data[row] as number);
    if (text !== undefined) fields[field] = text;
  });
  const instant = table.instantOf(event);
  return {
    head,
    time: instant ? formatInstant(instant) : '',
    computer: table.text(table.computer.data[event] as number),
    processId: table.text(table.processId.data[event] as number),
    threadId: table.text(table.threadId.data[event] as number),
    record: table.record.data[event] as number,
    offset: table.offset.data[event] as number,
    length: table.length.data[event] as number,
    writtenDeltaUs: table.writtenDeltaUs.data[event] as number,
    isRecovered: ((table.flags.data[event] as number) & FLAG_RECOVERED) !== 0,
    fields,
  };
}

/** All EVTX files below a folder, in a fixed order. */
export function evtxFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.evtx'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
