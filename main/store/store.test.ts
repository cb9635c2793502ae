import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { eventData } from '../columns/event-data.ts';
import { EventTable } from '../columns/event-table.ts';
import { madeEvent } from '../testing/event-arbitrary.ts';
import { makeBatches, type MadeEvent } from '../testing/make-events.ts';
import { CaseFiles } from './case-files.ts';
import type { CaseStore, StoredSource } from './case-store.ts';
import { SCHEMA_VERSION } from './schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'rulewright-store-'));
const path = join(folder, 'a.rwcase');
let files: CaseFiles;
beforeAll(async () => (files = await CaseFiles.load()));
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCE: StoredSource = {
  source: 0,
  name: 'logs/a.evtx',
  path: '/logs/a.evtx',
  format: 'evtx',
  bytes: 70_000,
  state: 'read',
  damaged: 1,
  faultCount: 1,
  faults: [{ code: 'damaged-source', message: 'Bad record', offset: 4096 }],
};
const NO_HITS = { rules: [], events: [] };
const goOn = (): Promise<boolean> => Promise.resolve(true);

function fill(store: CaseStore, table: EventTable, builder: BatchBuilder, events: readonly MadeEvent[]): void {
  for (const batch of makeBatches(builder, events, 0)) {
    const first = table.count;
    const stored = store.append(table, table.append(batch), NO_HITS);
    if (!stored.ok) table.truncate(first);
  }
}

/** Everything that a table says of its events. */
function contents(table: EventTable): unknown[] {
  return Array.from({ length: table.count }, (_, event) => ({
    ...table.headOf(event),
    data: eventData(table, event),
    user: table.shapeOf(event).fields.includes('System.UserID'),
    computer: table.text(table.computer.data[event] as number),
    instant: table.instantOf(event),
    rest: [table.flags, table.source, table.record, table.offset, table.length, table.writtenDeltaUs].map(
      (column) => column.data[event],
    ),
    ids: [table.processId, table.threadId].map((column) => table.text(column.data[event] as number)),
  }));
}

async function reopened(file = path): Promise<Awaited<ReturnType<CaseFiles['read']>>> {
  return files.read(file, goOn);
}

describe('a case file', () => {
  it('gives back every event, and goes on from there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(madeEvent, { maxLength: 60 }),
        fc.array(madeEvent, { maxLength: 20 }),
        async (events, more) => {
          const store = files.create();
          const table = new EventTable();
          fill(store, table, new BatchBuilder(7, 400), events);
          expect(store.putSources([SOURCE])).toEqual({ ok: true });
          expect((await store.save(path, table)).ok).toBe(true);
          const first = await reopened();
          if (!first.ok) throw new Error(JSON.stringify(first.fault));
          expect(contents(first.value.table)).toEqual(contents(table));
          expect(first.value.sources).toEqual([SOURCE]);

          fill(first.value.store, first.value.table, new BatchBuilder(5), more);
          fill(store, table, new BatchBuilder(5), more);
          await first.value.store.save(path, first.value.table);
          const second = await reopened();
          if (!second.ok) throw new Error(JSON.stringify(second.fault));
          expect(contents(second.value.table)).toEqual(contents(table));
          for (const open of [store, first.value.store, second.value.store]) open.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('keeps rules and their files', async () => {
    const store = files.create();
    const file = { name: 'r.yml', path: '/r.yml', text: 'title: é' };
    const rule = { rule: 5, file: 0, id: 'x', title: 'T', level: 'high', vendor: 'sigma', enabled: false };
    store.putRules([file], [rule]);
    await store.save(path, new EventTable());
    const read = await reopened();
    expect(read.ok && [read.value.ruleFiles, read.value.rules]).toEqual([[file], [rule]]);
  });

  it('replaces a file as a whole and leaves nothing beside it', async () => {
    const store = files.create();
    const before = join(folder, 'replaced.rwcase');
    writeFileSync(before, 'what was there');
    expect((await store.save(before, new EventTable())).ok).toBe(true);
    expect(readFileSync(before).subarray(0, 15).toString()).toBe('SQLite format 3');
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('says where it cannot be written, and stays usable', async () => {
    const store = files.create();
    const table = new EventTable();
    const saved = await store.save(join(folder, 'no', 'such', 'folder.rwcase'), table);
    expect(!saved.ok && saved.fault.code).toBe('storage-failed');
    expect((await store.save(path, table)).ok).toBe(true);
  });
});

describe('a case at its limit', () => {
  it('refuses further events and keeps table and database equal', async () => {
    const small = await CaseFiles.load(200_000);
    const store = small.create();
    const table = new EventTable();
    const builder = new BatchBuilder(50);
    const codes = new Set<string>();
    let taken = 0;
    for (let i = 0; i < 100; i++) {
      const events = Array.from({ length: 50 }, (_, j): MadeEvent => ({
        channel: 'C',
        provider: 'P',
        eventId: i % 7,
        computer: 'H',
        timeUs: i,
        data: { [`Field${i}`]: `value ${i} ${j} ${'x'.repeat(40)}` },
      }));
      for (const batch of makeBatches(builder, events, 0)) {
        const first = table.count;
        const stored = store.append(table, table.append(batch), NO_HITS);
        if (stored.ok) taken += batch.count;
        else {
          codes.add(stored.fault.code);
          table.truncate(first);
        }
      }
    }
    expect([...codes]).toEqual(['too-large']);
    expect(table.count).toBe(taken);
    store.putSources([SOURCE]);
    await store.save(path, table);
    const read = await reopened();
    expect(read.ok && contents(read.value.table)).toEqual(contents(table));
  });
});

describe('a hostile case file', () => {
  let image: Buffer;
  beforeAll(async () => {
    const store = files.create();
    const table = new EventTable();
    fill(store, table, new BatchBuilder(), fc.sample(madeEvent, { numRuns: 80, seed: 7 }));
    store.putSources([SOURCE]);
    const rule = { rule: 5, file: 0, id: 'x', title: 'T', level: 'high', vendor: 'sigma', enabled: true };
    store.putRules([{ name: 'r.yml', path: '/r.yml', text: 'title: x' }], [rule]);
    await store.save(path, table);
    image = readFileSync(path);
  });

  /** Opening must answer: with a case that holds together, or a fault. */
  async function open(bytes: Uint8Array): Promise<string> {
    const file = join(folder, 'hostile.rwcase');
    writeFileSync(file, bytes);
    const read = await reopened(file);
    if (!read.ok) return read.fault.code;
    contents(read.value.table);
    read.value.store.close();
    return 'ok';
  }

  it('that is cut off is refused', async () => {
    for (const length of [0, 1, 99, 100, 4096, image.length >> 1, image.length - 4096]) {
      expect(await open(image.subarray(0, length))).toBe('damaged-source');
    }
  });

  it('with bytes changed at random is refused or holds together', async () => {
    const change = fc.array(fc.tuple(fc.nat(image.length - 1), fc.nat(255)), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(change, async (changes) => {
        const bytes = Uint8Array.from(image);
        for (const [at, byte] of changes) bytes[at] = byte;
        expect(['ok', 'damaged-source']).toContain(await open(bytes));
      }),
      { numRuns: 60 },
    );
  });

  it('of a newer version, or of another program, is told apart', async () => {
    const newer = Uint8Array.from(image);
    newer[63] = SCHEMA_VERSION + 1;
    expect(await open(newer)).toBe('damaged-source');
    const other = Uint8Array.from(image);
    other[68] = 0;
    expect(await open(other)).toBe('damaged-source');
  });

  it('that is not there, or is a folder, is told apart', async () => {
    const missing = await reopened(join(folder, 'missing.rwcase'));
    expect(!missing.ok && missing.fault.code).toBe('not-found');
    const aFolder = await reopened(folder);
    expect(!aFolder.ok && aFolder.fault.code).toBe('unreadable-source');
  });

  const sqlite3 = spawnSync('sqlite3', ['-version']).status === 0;
  it.skipIf(!sqlite3).each([
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM value; END'],
    ['a view for a table', 'DROP TABLE value; CREATE VIEW value AS SELECT 1 AS id, 2 AS text'],
    ['a generated column', 'DROP TABLE s0; CREATE TABLE s0(event INTEGER PRIMARY KEY, f0 INTEGER AS (1))'],
    ['a value that is not there', 'UPDATE event SET computer = 999999'],
    ['an event without its fields', 'DELETE FROM s0'],
    ['events out of order', 'UPDATE event SET id = id + 1000'],
    ['a text for a number', "UPDATE event SET flags = 'x'"],
    ['a fault that is none', `UPDATE source SET faults = '[{"code":"nonsense"}]'`],
  ])('with %s is refused', async (_, sql) => {
    const file = join(folder, 'changed.rwcase');
    writeFileSync(file, image);
    expect(spawnSync('sqlite3', [file, sql]).stderr.toString()).toBe('');
    const read = await reopened(file);
    expect(!read.ok && read.fault.code).toBe('damaged-source');
  });
});

const hasSqlite3 = spawnSync('sqlite3', ['-version']).status === 0;
describe.skipIf(!hasSqlite3)('in the sqlite3 program', () => {
  it('answers questions asked by field names', async () => {
    const store = files.create();
    const table = new EventTable();
    const sysmon = { channel: 'Microsoft-Windows-Sysmon/Operational', provider: 'Microsoft-Windows-Sysmon' };
    const event = (eventId: number, data: Record<string, string>): MadeEvent => ({
      ...sysmon,
      eventId,
      computer: 'WS-01',
      timeUs: 1_700_000_000_123_456,
      data,
    });
    fill(store, table, new BatchBuilder(), [
      event(1, { Image: 'C:\\a.exe', ProcessId: '12', time: 'own' }),
      event(1, { Image: 'C:\\a.exe', LogonId: '0x3e7' }),
      event(1, { Image: "b'.exe" }),
      event(3, { DestinationPort: '443' }),
      { ...event(4624, { LogonType: '3' }), channel: 'Security', provider: 'Audit', timeUs: -1 },
    ]);
    store.putSources([SOURCE]);
    await store.save(path, table);
    const query = (sql: string): string => {
      const { stdout, stderr } = spawnSync('sqlite3', [path, sql], { encoding: 'utf8' });
      expect(stderr).toBe('');
      return stdout.trim();
    };
    expect(query('SELECT Image, count(*) FROM sysmon_process_creation GROUP BY 1 ORDER BY 2 DESC')).toBe(
      "C:\\a.exe|2\nb'.exe|1",
    );
    expect(query('SELECT time, computer, ProcessId, time_2 FROM sysmon_process_creation LIMIT 1')).toBe(
      '2023-11-14T22:13:20.123456Z|WS-01|12|own',
    );
    expect(query('SELECT LogonId FROM sysmon_process_creation WHERE LogonId IS NOT NULL')).toBe('0x3e7');
    expect(query('SELECT DestinationPort, file FROM sysmon_network_connection')).toBe('443|logs/a.evtx');
    expect(query('SELECT time, LogonType FROM security_4624')).toBe('1969-12-31T23:59:59.999999Z|3');
    expect(query('SELECT view, count(*) FROM events GROUP BY 1 ORDER BY 1')).toBe(
      'security_4624|1\nsysmon_network_connection|1\nsysmon_process_creation|3',
    );
    expect(query('PRAGMA integrity_check')).toBe('ok');
  });

  it('has a working view for every shape, whatever the names', async () => {
    const store = files.create();
    const table = new EventTable();
    fill(store, table, new BatchBuilder(), fc.sample(madeEvent, { numRuns: 200, seed: 3 }));
    await store.save(path, table);
    const query = (sql: string): ReturnType<typeof spawnSync> =>
      spawnSync('sqlite3', [path, sql], { encoding: 'utf8' });
    const views = String(query('SELECT view FROM shape').stdout).trim().split('\n');
    expect(new Set(views).size).toBe(table.shapes.length);
    let rows = 0;
    for (const view of views) {
      const answer = query(`SELECT * FROM "${view}" WHERE event IS NULL; SELECT count(*) FROM "${view}"`);
      expect(answer.stderr).toBe('');
      rows += Number(answer.stdout);
    }
    expect(rows).toBe(table.count);
  });
});
