import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { corpusPath } from '../../../testing/corpus.ts';
import { caseOf, problemsOf } from './check-case.ts';
import { fuzzSubjects } from './subjects.ts';

const folder = mkdtempSync(join(tmpdir(), 'evtx-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A slice for every run of the tests; `npm run fuzz` has the rest. A case that fails can be run alone by its seed. */
const CASES = 250;

async function fuzz(folders: readonly string[]): Promise<void> {
  const subjects = fuzzSubjects(folders);
  const path = join(folder, 'case.evtx');
  for (let seed = 1; seed <= CASES; seed++) {
    const { name, bytes, recover } = caseOf(subjects, seed);
    const problems = await problemsOf(path, bytes, recover);
    expect({ seed, name, problems }).toEqual({ seed, name, problems: [] });
  }
}

describe('a mutated log', () => {
  it('is read without a throw, faults located', () => fuzz([]), 120_000);

  const damaged = corpusPath('corpus', 'evtx-damaged');
  it.skipIf(!damaged)('is read likewise where it was damaged before', () => fuzz([damaged as string]), 120_000);
});
