import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { MORE_SAMPLES } from '../ingest/exports/more-samples.ts';
import { EXPORT_SAMPLES } from '../ingest/exports/samples.ts';
import { LogFolder } from '../testing/read-log.ts';
import { contentFolder, openWorkbench } from '../testing/workbench-threads.ts';

const SAMPLES = [...EXPORT_SAMPLES, ...MORE_SAMPLES];

const folder = new LogFolder();
afterAll(() => {
  folder.remove();
});

/** "Tunnel client start", a starter rule of Sigma about created processes. */
const RULE = join(contentFolder, 'starter', 'sigma', 'tunnel_client_start.yml');

it.for(SAMPLES)('$name: the same event, its own field names', async ({ text, format, event }) => {
  const log = await folder.read(text);
  expect(log.report).toMatchObject({ format, state: 'read', damaged: 0 });
  const [first] = log.events;
  const { channel, provider, eventId } = first?.head ?? {};
  expect({ channel, provider, eventId, computer: first?.computer, time: first?.time, data: log.data(0) }).toEqual({
    ...event,
    data: expect.objectContaining(event.data) as unknown,
  });
});

it('a rule for created processes hits each of them', async () => {
  const workbench = await openWorkbench();
  const hit = new Set<string>();
  const result = await workbench.scan({
    logs: SAMPLES.map(({ name, text }) => ({ path: folder.write(text), name })),
    rules: [{ path: RULE, name: 'rule' }],
    options: {},
    signal: new AbortController().signal,
    onHits: (hits) => {
      for (const { file } of hits) hit.add(file);
    },
  });
  await workbench.close();
  expect(result.ok).toBe(true);
  expect(SAMPLES.map(({ name }) => name).filter((name) => !hit.has(name))).toEqual([]);
});
