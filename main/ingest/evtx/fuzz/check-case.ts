import { writeFileSync } from 'node:fs';
import { BatchBuilder } from '../../../columns/batch-builder.ts';
import { EventTable } from '../../../columns/event-table.ts';
import { FAULT_LIMIT } from '../../api.ts';
import { readInto } from '../parity/read-all.ts';
import { readRawEvtx } from '../read-raw-evtx.ts';
import { mutate, type Subject } from './mutate.ts';
import { randomFrom } from './random.ts';

/** Bytes of text that two chunks may come to; the reader's own limit is 64 MB a chunk. */
const TEXT_LIMIT = 130 << 20;

/** The mutated log of a seed. */
export function caseOf(subjects: readonly Subject[], seed: number): { name: string; bytes: Buffer; recover: boolean } {
  const random = randomFrom(seed);
  const subject = subjects[random() % subjects.length] as Subject;
  const donor = subjects[random() % subjects.length] as Subject;
  const recover = random() % 3 > 0;
  return { name: subject.name, bytes: mutate(subject, donor, random), recover };
}

/**
 * Reads a mutated log, and some of its events' XML. Gives what is wrong with how it was read, or nothing. Throws what
 * the reader throws: that is wrong always.
 * @param path of a file to write the log to.
 */
export async function problemsOf(path: string, bytes: Uint8Array, recover: boolean): Promise<string[]> {
  writeFileSync(path, bytes);
  const problems: string[] = [];
  const table = new EventTable();
  const report = await readInto(path, new BatchBuilder(64), table, recover);
  if (report.events + report.recovered !== table.count) problems.push('counts and events differ');
  if (report.faults.length !== Math.min(report.faultCount, FAULT_LIMIT))
    problems.push('faults are not kept or counted');
  if (report.damaged > report.faultCount) problems.push('damage without a fault');
  for (const { message, offset } of report.faults) {
    if (offset === undefined || !(offset >= 0 && offset <= bytes.length)) problems.push(`lies nowhere: ${message}`);
  }
  if (!recover && report.recovered > 0) problems.push('recovered without being asked');
  if (table.dictionary.byteLength > TEXT_LIMIT) problems.push('the texts have grown out of all proportion');
  for (const event of [0, table.count >> 1, table.count - 1]) {
    if (event < 0 || event >= table.count) continue;
    const raw = readRawEvtx(path, table.offset.data[event] as number);
    if (!raw.ok && raw.fault.code !== 'damaged-source') problems.push(`XML: ${raw.fault.message}`);
  }
  return problems;
}
