import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpusPath } from '../../../testing/corpus.ts';
import { Comparison, EVTXEXPORT, valuesOf, valuesOfXml } from './compare.ts';
import { evtxFiles, readAll } from './read-all.ts';

const corpus = corpusPath('corpus', 'evtx');
const damaged = corpusPath('corpus', 'evtx-damaged');
const hasEvtxExport = spawnSync('evtxexport', ['-V']).error === undefined;
if (!hasEvtxExport) console.warn('evtxexport (libevtx-utils) is not installed: the comparison with it is skipped');

/** Compares all files of a folder. */
async function compare(folder: string): Promise<Comparison> {
  const comparison = new Comparison(EVTXEXPORT);
  for (const path of evtxFiles(folder)) {
    const run = spawnSync('evtxexport', ['-f', 'xml', path], { encoding: 'utf8', maxBuffer: 1 << 29 });
    comparison.add(basename(path), (await readAll(path)).events.map(valuesOf), valuesOfXml(run.stdout));
  }
  return comparison;
}

describe.skipIf(!hasEvtxExport || !corpus)('content equals evtxexport, field by field', () => {
  it('in all files of the attack logs', async () => {
    const { found, meant } = await compare(corpus as string);
    expect(found).toEqual([]);
    expect([...meant]).toEqual([]);
  }, 240_000);

  it('in all damaged and unusual files that it can read, but for what is meant', async () => {
    const { found, meant } = await compare(damaged as string);
    expect(found).toEqual([]);
    expect([...meant.keys()].sort()).toEqual(EVTXEXPORT.map(({ why }) => why).sort());
  }, 240_000);
});
