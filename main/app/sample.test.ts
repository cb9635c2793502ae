import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { contentFolder, TestThreads } from '../testing/workbench-threads.ts';
import { NO_DIALOGS } from './ports.ts';
import { Workbench } from './workbench.ts';

interface Manifest {
  readonly totalEvents: number;
  /** By rule id. */
  readonly hits: Readonly<Record<string, readonly { readonly file: string; readonly recordId: number }[]>>;
}

it('the starter rules hit the sample incident exactly where its generator says', async () => {
  const manifest = JSON.parse(
    readFileSync(join(contentFolder, 'samples', 'tunnel-incident.manifest.json'), 'utf8'),
  ) as Manifest;
  const workbench = await Workbench.open({
    threads: new TestThreads(),
    dialogs: NO_DIALOGS,
    emit: () => undefined,
    contentFolder,
    dataFolder: undefined,
    version: '0',
    runtime: 'stand-in',
    paths: [],
  });
  const found: string[] = [];
  const result = await workbench.scan({
    logs: [{ path: join(contentFolder, 'samples', 'tunnel-incident'), name: 'sample' }],
    rules: [{ path: join(contentFolder, 'starter'), name: 'starter' }],
    recover: false,
    signal: new AbortController().signal,
    onHits: (hits) => {
      for (const { ruleId, file, recordId } of hits) found.push(`${ruleId} ${file} ${recordId}`);
    },
  });
  expect(result).toMatchObject({
    ok: true,
    value: { totals: { events: manifest.totalEvents, damaged: 0 }, rules: { notRun: [] } },
  });
  const wanted = Object.entries(manifest.hits).flatMap(([id, records]) =>
    records.map(({ file, recordId }) => `${id} sample/${file} ${recordId}`),
  );
  expect(wanted.length).toBeGreaterThan(0);
  expect(found.sort()).toEqual(wanted.sort());

  // The window's way: the same incident and rules in a case.
  await workbench.handlers['rules.loadStarter']({});
  await workbench.handlers['sample.open']({});
  await workbench.idle();
  const distinct = new Set(wanted.map((hit) => hit.slice(hit.indexOf(' ')))).size;
  expect(await workbench.handlers['case.summary']({})).toMatchObject({
    value: {
      events: manifest.totalEvents,
      rulesLoaded: Object.keys(manifest.hits).length,
      rulesNotRun: 0,
      hitEvents: distinct,
    },
  });
  await workbench.close();
});
