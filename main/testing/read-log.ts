import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { eventData } from '../columns/event-data.ts';
import { EventTable } from '../columns/event-table.ts';
import { decodeFile } from '../ingest/decode.ts';
import { eventsOf, type ReadEvent } from '../ingest/evtx/parity/read-all.ts';
import type { DecodeOptions, DecodeSink, SourceReport } from '../ingest/api.ts';

/** A log as a test reads it. */
export interface ReadLog {
  readonly path: string;
  readonly report: SourceReport;
  readonly table: EventTable;
  readonly events: readonly ReadEvent[];
  /** Data fields of one event; a field that repeats is an array. */
  data(event: number): Record<string, string | string[]>;
}

/** Reads a log of any format. @param capacity events of a batch. */
export async function readLog(
  path: string,
  capacity = 100,
  options: Pick<DecodeOptions, 'zone' | 'tables'> = {},
): Promise<ReadLog> {
  const table = new EventTable();
  const into = new BatchBuilder(capacity);
  const report = await decodeFile(path, into, { ...options, source: 0, recover: false }, sinkOf(table));
  return { path, report, table, events: eventsOf(table), data: (event) => eventData(table, event) };
}

/** Takes what is read into a table, to its end. */
export function sinkOf(table: EventTable): DecodeSink {
  return {
    batch: (batch) => Promise.resolve(void table.append(batch)),
    progress: () => undefined,
    isCancelled: () => false,
  };
}

/** A folder for a test's logs, numbered; remove it at the end. */
export class LogFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'logs-'));
  #files = 0;

  write(content: string | Uint8Array): string {
    const path = join(this.path, `log-${this.#files++}`);
    writeFileSync(path, content);
    return path;
  }

  read(content: string | Uint8Array, capacity?: number): Promise<ReadLog> {
    return readLog(this.write(content), capacity);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A text in each encoding that logs come in. */
export function encodings(text: string): Record<'utf8' | 'bom' | 'le' | 'be', Buffer> {
  const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
  return { utf8: Buffer.from(text), bom: Buffer.from(`\ufeff${text}`), le: wide, be: Buffer.from(wide).swap16() };
}
