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
import type { CaseContents, StoredHits, StoredSource } from './case-contents.ts';
import { estimatedBytes } from './case-size.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { loadSqlite } from './sqlite.ts';

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
  leftOut: 7,
};
const goOn = (): Promise<boolean> => Promise.resolve(true);

function fill(table: EventTable, builder: BatchBuilder, events: readonly MadeEvent[]): void {
  for (const batch of makeBatches(builder, events, 0)) table.append(batch);
}

/** Writes a case of one source; gives the size of its file. */
async function save(
  table: EventTable,
  more: Partial<CaseContents> = {},
  hits: readonly StoredHits[] = [],
  file = path,
): Promise<number> {
  const written = await files.write(
    file,
    { table, sources: [SOURCE], ruleFiles: [], rules: [], tags: [], ...more },
    hits,
    goOn,
  );
  if (!written.ok) throw new Error(JSON.stringify(written.fault));
  return written.value.bytes;
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
          const table = new EventTable();
          fill(table, new BatchBuilder(7, 400), events);
          await save(table);
          const first = await reopened();
          if (!first.ok) throw new Error(JSON.stringify(first.fault));
          expect(contents(first.value.table)).toEqual(contents(table));
          expect(first.value.sources).toEqual([SOURCE]);

          fill(first.value.table, new BatchBuilder(5), more);
          fill(table, new BatchBuilder(5), more);
          await save(first.value.table);
          const second = await reopened();
          if (!second.ok) throw new Error(JSON.stringify(second.fault));
          expect(contents(second.value.table)).toEqual(contents(table));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('keeps rules and their files', async () => {
    const file = { name: 'r.yml', path: '/r.yml', text: 'title: é' };
    const rule = { rule: 5, file: 0, id: 'x', title: 'T', level: 'high', vendor: 'sigma', enabled: false };
    await save(new EventTable(), { ruleFiles: [file], rules: [rule] });
    const read = await reopened();
    expect(read.ok && [read.value.ruleFiles, read.value.rules]).toEqual([[file], [rule]]);
  });

  it('keeps tags and notes', async () => {
    const table = new EventTable();
    fill(table, new BatchBuilder(16), fc.sample(madeEvent, { numRuns: 8, seed: 3 }));
    const tags = [
      { event: 0, tag: 'malicious' as const, note: '' },
      { event: 7, tag: null, note: 'second\nline é' },
    ];
    await save(table, { tags });
    const read = await reopened();
    expect(read.ok && read.value.tags).toEqual(tags);
  });

  it('holds what the table had when writing began, whatever comes meanwhile', async () => {
    const events = fc.sample(madeEvent, { numRuns: 60, seed: 5 });
    const table = new EventTable();
    const builder = new BatchBuilder(16);
    const long = 'x'.repeat(3_000_000);
    fill(table, builder, [{ ...(events[0] as MadeEvent), data: { Long: long } }, ...events]);
    const before = contents(table);
    let rests = 0;
    const written = await files.write(
      path,
      { table, sources: [SOURCE], ruleFiles: [], rules: [], tags: [] },
      [],
      () => {
        rests++;
        fill(table, builder, [{ ...(events[1] as MadeEvent), data: { [`New${rests}`]: `late ${rests}` } }]);
        return Promise.resolve();
      },
    );
    expect(written.ok && rests).toBeGreaterThan(0);
    const read = await reopened();
    expect(read.ok && contents(read.value.table)).toEqual(before);
  });

  it('replaces a file as a whole and leaves nothing beside it', async () => {
    const before = join(folder, 'replaced.rwcase');
    writeFileSync(before, 'what was there');
    await save(new EventTable(), {}, [], before);
    expect(readFileSync(before).subarray(0, 15).toString()).toBe('SQLite format 3');
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('says where it cannot be written', async () => {
    const contents = { table: new EventTable(), sources: [], ruleFiles: [], rules: [], tags: [] };
    const saved = await files.write(join(folder, 'no', 'such', 'folder.rwcase'), contents, [], goOn);
    expect(!saved.ok && saved.fault.code).toBe('storage-failed');
  });
});

describe('a case at its limit', () => {
  it('takes no more, and its file is about as large as was reckoned', async () => {
    const small = await CaseFiles.load(400_000);
    const table = new EventTable();
    const builder = new BatchBuilder(50);
    let batches = 0;
    for (; small.room(table).ok; batches++) {
      const events = Array.from({ length: 50 }, (_, j): MadeEvent => ({
        channel: 'C',
        provider: 'P',
        eventId: batches % 7,
        computer: 'H',
        timeUs: batches,
        data: { [`Field${batches % 9}`]: `value ${batches} ${j} ${'x'.repeat(40)}`, Other: 'y' },
      }));
      fill(table, builder, events);
    }
    const room = small.room(table);
    expect(!room.ok && room.fault.code).toBe('too-large');
    expect(batches).toBeGreaterThan(20);
    const bytes = await save(table);
    expect(bytes / estimatedBytes(table)).toBeGreaterThan(0.75);
    expect(bytes / estimatedBytes(table)).toBeLessThan(1.2);
  });

  it('refuses hits that would make its file larger than can be opened', async () => {
    const hits = [{ rule: 1, events: { length: 4e9 } }];
    const contents = { table: new EventTable(), sources: [], ruleFiles: [], rules: [], tags: [] };
    const file = join(folder, 'hits.rwcase');
    // A hit takes few bytes: so many would take minutes to write, so that the limit is a small one.
    const small = await CaseFiles.load(1_000_000, undefined, 2_000_000);
    const saved = await small.write(file, contents, hits, goOn);
    expect(!saved.ok && [saved.fault.code, saved.fault.message]).toEqual([
      'too-large',
      expect.stringContaining('hits') as string,
    ]);
    expect(readdirSync(folder).some((name) => name.startsWith('hits.'))).toBe(false);
  });
});

describe('a hostile case file', () => {
  let image: Buffer;
  beforeAll(async () => {
    const table = new EventTable();
    fill(table, new BatchBuilder(), fc.sample(madeEvent, { numRuns: 80, seed: 7 }));
    const rule = { rule: 5, file: 0, id: 'x', title: 'T', level: 'high', vendor: 'sigma', enabled: true };
    await save(table, { ruleFiles: [{ name: 'r.yml', path: '/r.yml', text: 'title: x' }], rules: [rule] });
    image = readFileSync(path);
  });

  /** Opening must answer: with a case that holds together, or a fault. */
  async function open(bytes: Uint8Array): Promise<string> {
    const file = join(folder, 'hostile.rwcase');
    writeFileSync(file, bytes);
    const read = await reopened(file);
    if (!read.ok) return read.fault.code;
    contents(read.value.table);
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

  it('of an older version is opened, with what it did not have yet at its default', async () => {
    const table = new EventTable();
    fill(table, new BatchBuilder(), fc.sample(madeEvent, { numRuns: 20, seed: 9 }));
    await save(table);
    const sqlite = await loadSqlite();
    const db = new sqlite.Database(readFileSync(path));
    db.exec('ALTER TABLE source DROP COLUMN left_out; DROP TABLE event_tag; PRAGMA user_version = 1');
    const older = join(folder, 'older.rwcase');
    writeFileSync(older, db.export());
    db.close();
    const read = await reopened(older);
    if (!read.ok) throw new Error(JSON.stringify(read.fault));
    expect(read.value.sources).toEqual([{ ...SOURCE, leftOut: 0 }]);
    expect(contents(read.value.table)).toEqual(contents(table));
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
    ['a tag of no event', "INSERT INTO event_tag VALUES (999999, 'star', '')"],
    ['a tag that is none', "INSERT INTO event_tag VALUES (0, 'nonsense', '')"],
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
    const table = new EventTable();
    const sysmon = { channel: 'Microsoft-Windows-Sysmon/Operational', provider: 'Microsoft-Windows-Sysmon' };
    const event = (eventId: number, data: Record<string, string>): MadeEvent => ({
      ...sysmon,
      eventId,
      computer: 'WS-01',
      timeUs: 1_700_000_000_123_456,
      data,
    });
    fill(table, new BatchBuilder(), [
      event(1, { Image: 'C:\\a.exe', ProcessId: '12', time: 'own' }),
      event(1, { Image: 'C:\\a.exe', LogonId: '0x3e7' }),
      event(1, { Image: "b'.exe" }),
      event(3, { DestinationPort: '443' }),
      { ...event(4624, { LogonType: '3' }), channel: 'Security', provider: 'Audit', timeUs: -1 },
    ]);
    const rule = { rule: 5, file: 0, id: 'x', title: 'T', level: 'high', vendor: 'sigma', enabled: true };
    const off = { ...rule, rule: 300, title: 'Off', enabled: false };
    await save(table, { rules: [rule, off] }, [
      { rule: 5, events: [1, 4] },
      { rule: 6, events: [] },
      { rule: 300, events: [0] },
    ]);
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
    expect(query('SELECT rule, event FROM hits ORDER BY 2')).toBe('T|1\nT|4');
    expect(query('SELECT count(*) FROM hit')).toBe('3');
    expect(query('PRAGMA integrity_check')).toBe('ok');
  });

  it('has a working view for every shape, whatever the names', async () => {
    const table = new EventTable();
    fill(table, new BatchBuilder(), fc.sample(madeEvent, { numRuns: 200, seed: 3 }));
    await save(table);
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
