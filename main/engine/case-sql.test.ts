import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { EventTable } from '../columns/event-table.ts';
import { CaseFiles } from '../store/case-files.ts';
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

let engine: EngineApi;
let builder: BatchBuilder;
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

const ask = async (text: string, limit = 100) => engine['sql.run']({ text, limit });
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
    expect(again.ok && [again.value.columns, again.value.indexMs]).toEqual([['Image', 'events'], 0]);
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

  it('are refused with what SQLite says, or where they could not be stopped', async () => {
    ingest(processes(10));
    expect(await message('SELECT Imaje FROM sysmon_process_creation')).toBe('no such column: Imaje');
    expect(await message('SELEC 1')).toContain('SELEC is not run');
    expect(await message('SELECT (')).not.toBe('');
    expect(
      await message('WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c'),
    ).toContain('Recursive');
    expect(await message('SELECT count(*) FROM event a, event b, event c')).toContain('combination');
    expect(await rows('SELECT count(*) FROM event')).toEqual([[10]]);
  });

  it('give way to a newer one', async () => {
    ingest(processes(3000));
    const [older, newer] = await Promise.all([ask('SELECT * FROM events'), ask('SELECT count(*) FROM events')]);
    expect(!older.ok && older.fault.code).toBe('cancelled');
    expect(newer.ok && newer.value.rows).toEqual([[3000]]);
  });
});

describe('an index', () => {
  const goOn = () => Promise.resolve(true);
  const contents = (made: readonly MadeEvent[]) => {
    const table = new EventTable();
    for (const batch of makeBatches(new BatchBuilder(500), made, 0)) table.append(batch);
    return { table, sources: [], ruleFiles: [], rules: [] };
  };

  it('stops a query within its step when the time is over, and answers the next', async () => {
    const index = await (await CaseFiles.load()).index(contents(processes(20_000)), [], goOn);
    if (!index.ok) throw new Error(index.fault.message);
    const text = 'SELECT count(*) FROM event a, event b WHERE a.time_us + b.time_us < 0';
    const stopped = await index.value.query({ text, limit: 1, timeLimitMs: 50 }, goOn);
    expect(!stopped.ok && stopped.fault.code).toBe('too-large');
    const next = await index.value.query({ text: 'SELECT count(*), sum(event >= 0) FROM events', limit: 1 }, goOn);
    expect(next.ok && next.value.rows).toEqual([[20_000, 20_000]]);
    index.value.close();
  });

  it('that would be too large says so', async () => {
    const small = await CaseFiles.load(100_000, undefined, 100_000);
    const index = await small.index(contents(processes(20_000)), [], goOn);
    expect(!index.ok && [index.fault.code, index.fault.detail]).toEqual([
      'too-large',
      expect.stringContaining('time range') as string,
    ]);
  });
});
