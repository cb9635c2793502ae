import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { EventTable } from '../columns/event-table.ts';
import { CaseFiles } from '../store/case-files.ts';
import { CaseIndex, type SqlAnswer } from '../store/case-index.ts';
import { loadSqlite } from '../store/sqlite.ts';
import { ok, type Result } from '../../shared/model/fault.ts';
import { makeBatches, type MadeEvent } from '../testing/make-events.ts';
import type { EngineApi } from './api.ts';
import { createEngine } from './create.ts';

const contentFolder = fileURLToPath(new URL('../../rules', import.meta.url));

function processes(count: number): MadeEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    channel: 'Microsoft-Windows-Sysmon/Operational',
    provider: 'Microsoft-Windows-Sysmon',
    eventId: i % 5 === 0 ? 3 : 1,
    computer: `WS-0${i % 4}`,
    timeUs: 1_700_000_000_000_000 + i,
    data: { Image: `C:\\p${i % 7}.exe`, ...(i % 2 === 0 ? { CommandLine: `run ${i}` } : {}) },
  }));
}

const quiet = new AbortController().signal;
let engine: EngineApi;
let sqlite: Awaited<ReturnType<typeof loadSqlite>>;
let builder: BatchBuilder;
beforeAll(async () => {
  sqlite = await loadSqlite();
});
beforeEach(async () => {
  const readRaw = () => Promise.reject(new Error('no file is read here'));
  engine = await createEngine({ contentFolder, readRaw });
  builder = new BatchBuilder(100);
});

function ingest(made: readonly MadeEvent[]): void {
  const source = engine.nextSource();
  engine.startSource({ source, name: 'a.evtx', path: '/a.evtx', bytes: 1 });
  for (const batch of makeBatches(builder, made, source)) expect(engine.append(batch).ok).toBe(true);
}

async function ask(text: string, limit = 100): Promise<Result<SqlAnswer>> {
  const built = await engine.sqlImage(null, quiet);
  if (!built.ok) return built;
  const index = CaseIndex.open(sqlite, built.value.image as SharedArrayBuffer);
  const answer = index.query({ text, limit });
  index.close();
  return answer;
}
async function rows(text: string): Promise<unknown> {
  const answer = await ask(text);
  return answer.ok ? answer.value.rows : answer.fault;
}
async function message(text: string): Promise<string> {
  const answer = await ask(text);
  if (answer.ok) throw new Error(`answered: ${text}`);
  expect(answer.fault.code).toBe('bad-request');
  return answer.fault.message;
}

describe('questions by SQL', () => {
  it('count what was read, and count anew when more is read', async () => {
    const made = processes(400);
    ingest(made);
    const count = (of: readonly MadeEvent[]): [string, number][] => {
      const counts = new Map<string, number>();
      for (const { eventId, data } of of) {
        if (eventId === 1) counts.set(data.Image as string, (counts.get(data.Image as string) ?? 0) + 1);
      }
      return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    };
    const query = 'SELECT Image, count(*) AS events FROM sysmon_process_creation GROUP BY 1 ORDER BY 2 DESC, 1;';
    expect(await rows(query)).toEqual(count(made));
    const again = await ask(query);
    expect(again.ok && again.value.columns).toEqual(['Image', 'events']);
    const built = await engine.sqlImage(null, quiet);
    const revision = built.ok ? built.value.revision : -1;
    expect(await engine.sqlImage(revision, quiet)).toEqual(ok({ revision, image: undefined }));
    ingest(made.slice(0, 90));
    expect(await rows(query)).toEqual(count([...made, ...made.slice(0, 90)]));
    engine.closeCase();
    expect(await rows('SELECT count(*) FROM events')).toEqual([[0]]);
  });

  it('give absent values as null, and no more rows than wanted', async () => {
    ingest(processes(30));
    expect(await rows('SELECT CommandLine, event FROM sysmon_process_creation WHERE event IN (1, 2)')).toEqual([
      [null, 1],
      ['run 2', 2],
    ]);
    const some = await ask('SELECT event FROM events', 29);
    expect(some.ok && [some.value.rows.length, some.value.truncated]).toEqual([29, true]);
    const all = await ask('SELECT event FROM events', 30);
    expect(all.ok && [all.value.rows.length, all.value.truncated]).toEqual([30, false]);
    expect(await rows("SELECT 9e999, x'0aff', 1.5")).toEqual([['Infinity', "x'0aff'", 1.5]]);
  });

  it('name their views and columns', async () => {
    ingest(processes(100));
    const schema = await engine['sql.schema']({});
    if (!schema.ok) throw new Error(schema.fault.message);
    expect(schema.value.map(({ name, rows: n }) => [name, n])).toEqual([
      ['events', 100],
      ['hits', 0],
      ['sysmon_process_creation', 80],
      ['sysmon_network_connection', 20],
    ]);
    for (const { name, columns } of schema.value) {
      const answer = await ask(`SELECT * FROM "${name}" LIMIT 1`);
      expect(answer.ok && answer.value.columns).toEqual(columns);
    }
  });

  it('change nothing', async () => {
    ingest(processes(10));
    for (const text of [
      'DELETE FROM event',
      '/* x */ PRAGMA query_only = OFF',
      "ATTACH 'x' AS y",
      '-- only this',
      '',
    ]) {
      expect(await message(text)).toMatch(/not run|no query/);
    }
    expect(await message('WITH x AS (SELECT 1) DELETE FROM event')).toContain('readonly');
    expect(await message('SELECT 1; DELETE FROM event')).toContain('One query at a time');
    expect(await message("SELECT load_extension('x')")).toContain('load_extension');
    expect(await rows('SELECT count(*) FROM event; -- done')).toEqual([[10]]);
  });

  it('are refused with what SQLite says', async () => {
    ingest(processes(10));
    expect(await message('SELECT Imaje FROM sysmon_process_creation')).toBe('no such column: Imaje');
    expect(await message('SELEC 1')).toContain('SELEC is not run');
    expect(await message('SELECT (')).not.toBe('');
    expect(
      await rows('WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 9) SELECT count(*) FROM c'),
    ).toEqual([[9]]);
    expect(await rows('SELECT count(*) FROM event')).toEqual([[10]]);
  });

  it('are built no further when they are cancelled', async () => {
    ingest(processes(30_000));
    const abort = new AbortController();
    const building = engine.sqlImage(null, abort.signal);
    abort.abort();
    const built = await building;
    expect(!built.ok && built.fault.code).toBe('cancelled');
  });
});

describe('an index', () => {
  it('that would be too large says so', async () => {
    const table = new EventTable();
    for (const batch of makeBatches(new BatchBuilder(500), processes(20_000), 0)) table.append(batch);
    const contents = { table, sources: [], ruleFiles: [], rules: [], tags: [] };
    const small = await CaseFiles.load(100_000, undefined, 100_000);
    const index = await small.image(contents, [], () => Promise.resolve(true));
    expect(!index.ok && [index.fault.code, index.fault.detail]).toEqual([
      'too-large',
      expect.stringContaining('time range') as string,
    ]);
  });
});
