import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { corpusPath } from '../../../testing/corpus.ts';
import { evtxBytes } from '../../evtx-writer/evtx-writer.ts';
import { mutate, problemsOf, randomFrom } from './fuzz.ts';
import { sampleEvents } from './sample-events.ts';

const folder = mkdtempSync(join(tmpdir(), 'evtx-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A slice, for every run of the tests; each case has its own seed, so that one that fails can be run alone. */
const CASES = 160;

async function fuzz(original: Uint8Array, cases: number): Promise<void> {
  const path = join(folder, 'case.evtx');
  for (let seed = 1; seed <= cases; seed++) {
    const problems = await problemsOf(path, mutate(original, randomFrom(seed)));
    expect({ seed, problems }).toEqual({ seed, problems: [] });
  }
}

describe('a mutated log', () => {
  it('is read without a throw, a hang or unbounded memory', () => fuzz(evtxBytes(sampleEvents(60)), CASES), 120_000);

  for (const file of ['MSExchange_Management_wec.evtx', 'Application_no_crc32.evtx', 'new-user-security.evtx']) {
    const path = corpusPath('corpus', 'evtx-damaged', file);
    it.skipIf(!path)(
      `is read likewise where it was ${file}`,
      () => fuzz(readFileSync(path as string), CASES / 2),
      120_000,
    );
  }

  it('of nested XML and literal elements is read likewise', async () => {
    const name = 'E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx';
    const path = corpusPath('corpus', 'evtx-damaged', name);
    if (path) await fuzz(readFileSync(path).subarray(0, 4096 + 65536), CASES / 2);
  }, 120_000);
});
