import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { globSync } from 'tinyglobby';
import { expect, it } from 'vitest';
import { corpusPath } from '../testing/corpus.ts';
import { openWorkbench } from '../testing/workbench-threads.ts';

const sigma = corpusPath('corpus', 'sigma');

/** The sample logs that the public Sigma rules come with: one rule each. */
it.skipIf(sigma === undefined)(
  'every rule of regression_data hits its own EVTX, with the whole rule set run',
  { timeout: 300_000 },
  async () => {
    const root = sigma as string;
    const workbench = await openWorkbench();
    const hits = new Set<string>();
    const result = await workbench.scan({
      logs: [{ path: `${root}/regression_data`, name: 'data' }],
      rules: [{ path: root, name: 'sigma' }],
      options: {},
      signal: new AbortController().signal,
      onHits: (page) => {
        for (const { ruleId, file } of page) if (file.endsWith('.evtx')) hits.add(`${ruleId} ${dirname(file)}`);
      },
    });
    await workbench.close();
    if (!result.ok) throw new Error(result.fault.message);
    expect(result.value.totals).toMatchObject({ damaged: 0, isCancelled: false });
    const infos = globSync('regression_data/**/info.yml', { cwd: root });
    expect(infos.length).toBe(96);
    const missed = infos.filter((info) => {
      const text = readFileSync(`${root}/${info}`, 'utf8');
      const rule = /rule_metadata:\s*-\s*id:\s*(\S+)/.exec(text)?.[1] ?? '';
      return !hits.has(`${rule} ${dirname(info).replace('regression_data', 'data')}`);
    });
    expect(missed).toEqual([]);
  },
);
