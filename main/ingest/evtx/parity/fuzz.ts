import { writeFileSync } from 'node:fs';
import { BatchBuilder } from '../../../columns/batch-builder.ts';
import { EventTable } from '../../../columns/event-table.ts';
import { readRawEvtx } from '../read-raw-evtx.ts';
import { readInto } from './read-all.ts';

/** Bytes that mean something in BinXML or its frames: tokens, types, limits. */
const TELLING = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x0e, 0x0f];
const MORE_TELLING = [0x10, 0x11, 0x13, 0x20, 0x21, 0x2a, 0x41, 0x46, 0x7f, 0x80, 0x81, 0x8e, 0xa1, 0xff];
const BYTES = [...TELLING, ...MORE_TELLING];
const HEADERS = 4096 + 512;

/** Whole numbers in [0, 2^32); mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** A copy of an EVTX file with some bytes, numbers or stretches changed, as disks and attackers do. */
export function mutate(original: Uint8Array, random: () => number): Uint8Array {
  let bytes = Buffer.from(original);
  const place = (): number => {
    const kind = random() % 8;
    if (kind === 0) return random() % HEADERS;
    // Most templates and the first records stand in the first few kilobytes.
    if (kind < 5) return Math.min(HEADERS + (random() % 4096), bytes.length - 1);
    return random() % bytes.length;
  };
  for (let left = 1 + (random() % 6); left > 0; left--) {
    const at = Math.max(place(), 0);
    switch (random() % 7) {
      case 0:
      case 1:
        bytes[at] = BYTES[random() % BYTES.length] as number;
        break;
      case 2:
        bytes[at] = (bytes[at] as number) ^ (1 << (random() % 8));
        break;
      case 3:
        if (at + 4 <= bytes.length)
          bytes.writeUInt32LE([0, 1, 0xffff, 0x10000, 0x7fffffff, 0xffffffff][random() % 6] ?? 0, at);
        break;
      case 4:
        // An offset that leads somewhere within the chunk: loops and overlaps.
        if (at + 4 <= bytes.length) bytes.writeUInt32LE(random() % 65536, at);
        break;
      case 5:
        bytes.copyWithin(at, place(), place());
        break;
      default:
        if (random() % 6 === 0) bytes = bytes.subarray(0, at);
        else bytes.fill(0, at, Math.min(at + (random() % 700), bytes.length));
    }
    if (bytes.length < 8) break;
  }
  return bytes;
}

/**
 * Reads a mutated file both ways, without and with recovery. Gives what is wrong with how it was read, or nothing.
 * Throws what the reader throws: that is wrong always.
 */
export async function problemsOf(path: string, bytes: Uint8Array): Promise<string[]> {
  writeFileSync(path, bytes);
  const problems: string[] = [];
  for (const recover of [false, true]) {
    const builder = new BatchBuilder(64);
    const table = new EventTable();
    const report = await readInto(path, builder, table, recover);
    if (report.events + report.recovered !== table.count) problems.push('counts and events differ');
    if (report.faults.length !== Math.min(report.faultCount, 100)) problems.push('faults are not all kept or counted');
    if (report.damaged > report.faultCount) problems.push('damage without a fault');
    if (report.faults.some(({ offset = 0 }) => offset < 0 || offset > bytes.length))
      problems.push('a fault lies nowhere');
    if (!recover && report.recovered > 0) problems.push('recovered without being asked');
    // 16 MB of text is what one record may come to.
    if (table.dictionary.byteLength > 64 << 20) problems.push('the texts have grown out of all proportion');
    for (const event of [0, table.count - 1]) {
      if (event >= 0 && event < table.count) readRawEvtx(path, table.offset.data[event] as number);
    }
  }
  return problems;
}
