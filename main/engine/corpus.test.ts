import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { tmpdir } from 'node:os';
import { globSync } from 'tinyglobby';
import { afterAll, expect, it } from 'vitest';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { decodeFile, readRaw } from '../ingest/decode.ts';
import { corpusPath, projectRoot } from '../testing/corpus.ts';
import { calls } from '../../shared/ipc/contract.ts';
import { EMPTY_FILTER } from '../../shared/model/filter.ts';
import type { Result } from '../../shared/model/fault.ts';
import type { EngineApi } from './api.ts';
import { createEngine } from './create.ts';

const corpus = corpusPath('corpus', 'sigma');
const folder = mkdtempSync(join(tmpdir(), 'rulewright-corpus-'));
afterAll(() => rmSync(folder, { recursive: true }));

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}

/** Reads files into the case, as the decode thread does. */
async function ingest(engine: EngineApi, paths: readonly string[]): Promise<void> {
  const builder = new BatchBuilder();
  for (const path of paths) {
    const source = engine.nextSource();
    engine.startSource({ source, name: basename(path), path, bytes: 0 });
    const sink = {
      batch: (batch: Parameters<EngineApi['append']>[0]) => {
        must(engine.append(batch));
        return Promise.resolve();
      },
      progress: () => undefined,
      isCancelled: () => false,
    };
    engine.endSource(source, { ...(await decodeFile(path, builder, { source, recover: false }, sink)), leftOut: 0 });
  }
}

it.skipIf(corpus === undefined)('real logs in one case: each rule hits its own file, and is explained', async () => {
  const root = corpus ?? '';
  const logs = globSync('regression_data/**/*.evtx', { cwd: root }).map((path) => join(root, path));
  const ids = new Set(logs.map((path) => basename(path, '.evtx')));
  const files = globSync('rules*/**/*.yml', { cwd: root })
    .map((name) => ({ name, path: join(root, name), text: readFileSync(join(root, name), 'utf8') }))
    .filter(({ text }) => ids.has(/^id: (\S+)/m.exec(text)?.[1] ?? ''));
  expect(files.length).toBe(ids.size);

  const engine = await createEngine({ contentFolder: join(projectRoot, 'rules'), readRaw });
  const quiet = new AbortController().signal;
  await ingest(engine, logs.slice(0, 50));
  must(await engine.loadRules(files, quiet, () => undefined));
  await ingest(engine, logs.slice(50));

  const sort = { field: 'TimeCreated', descending: false };
  for (const line of must(await engine['rules.list']({}))) {
    const own = { field: 'File', op: 'eq' as const, value: `${line.id}.evtx`, negated: false, enabled: true };
    const filter = { ...EMPTY_FILTER, chips: [own], of: { kind: 'rule' as const, rule: line.rule } };
    const { view, total } = must(await engine['view.open']({ filter, sort }));
    expect(total, line.title).toBeGreaterThan(0);
    const [row] = calls['view.rows'].output.parse(
      must(await engine['view.rows']({ view, from: 0, count: 1, columns: ['File'] })),
    );
    const event = calls['event.get'].output.parse(must(await engine['event.get']({ event: row?.event ?? -1 })));
    const hit = event.hits.find(({ rule }) => rule === line.rule);
    expect(hit?.fields.length, line.title).toBeGreaterThan(0);
    expect(event.rawFault).toBeUndefined();
    expect(event.raw).toContain(event.channel);
  }

  const path = join(folder, 'all.rwcase');
  must(await engine.saveCase(path));
  const before = engine.summary();
  must(await engine.openCase(path, quiet, () => undefined));
  expect({ ...engine.summary(), revision: 0 }).toEqual({ ...before, revision: 0 });
});
