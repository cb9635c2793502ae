import { totalmem } from 'node:os';
import type { EventTable } from '../columns/event-table.ts';
import type { CaseSummary } from '../../shared/ipc/contract.ts';
import { PAGE_BYTES } from './page-file.ts';

/**
 * Size at which a case takes no more events: its columns take up to twice that in memory, and opening its file needs
 * the file's bytes twice for a moment.
 */
export const CASE_BYTE_LIMIT = 1_600_000_000;
/** Part of the machine's memory that a case's size may be. */
const MEMORY_PART = 0.2;

/** The limit on this machine. @param memory bytes of it. */
export function caseByteLimit(memory = totalmem()): number {
  return Math.min(CASE_BYTE_LIMIT, Math.floor(memory * MEMORY_PART));
}

/** How much larger than a case's limit its file may be: by hits, and by what an analyst added to it. */
export const FILE_LIMIT_FACTOR = 1.3;

/** Bytes of a row besides its cells: its place, size, id, and header. */
const ROW_BYTES = 9;
/** Cells of an event, as logs have them. */
const EVENT_BYTES = 50;
/** A cell's type, and a ref, most of which take two or three bytes. */
const REF_BYTES = 4;

/** About how large the case file of a table would be: a few per cent above what real logs come to. */
export function estimatedBytes({ dictionary, shapes, count }: EventTable): number {
  let bytes = dictionary.byteLength + dictionary.size * ROW_BYTES + count * (ROW_BYTES + EVENT_BYTES);
  for (const shape of shapes) {
    bytes += PAGE_BYTES + shape.count * (ROW_BYTES + REF_BYTES * shape.fields.length);
  }
  return bytes;
}

/** Part of a case's limit from which on it is told that it nears. */
const NEAR = 0.7;

/** How much of what a case can hold is used. @param byteLimit size at which it takes no more events. */
export function capacityOf(table: EventTable, byteLimit: number): CaseSummary['capacity'] {
  const bytes = estimatedBytes(table);
  const used = Math.min(1, bytes / byteLimit);
  if (used < NEAR) return { used, state: 'ok', message: '' };
  const megabytes = (n: number): string => `${Math.round(n / 1e6).toLocaleString('en-US')} MB`;
  const counts = `${table.count.toLocaleString('en-US')} events come to ${megabytes(bytes)} of ${megabytes(byteLimit)}`;
  return used < 1
    ? { used, state: 'near', message: `The case is nearly as large as one can be: ${counts}` }
    : { used, state: 'full', message: `The case takes no more events: ${counts}` };
}
