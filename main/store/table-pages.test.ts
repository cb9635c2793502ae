import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SqlJsStatic } from 'sql.js';
import { LOCK_PAGE, PAGE_BYTES, PageFile } from './page-file.ts';
import { putVarint, RecordWriter, textTypeBytes, varintBytes } from './record.ts';
import { loadSqlite, SqliteFile } from './sqlite.ts';
import { putLong, TablePages } from './table-pages.ts';

type Cell = number | string | null;
interface Row {
  readonly id: number;
  readonly cells: readonly [Cell, Cell, Cell];
}

let sqlite: SqlJsStatic;
beforeAll(async () => (sqlite = await loadSqlite()));

const encoder = new TextEncoder();

/** The image of a database with one table of these rows, whose pages are made here and not by SQLite. */
function imageOf(rows: Iterable<Row>): Uint8Array {
  const db = new SqliteFile(sqlite);
  db.exec('CREATE TABLE t(id INTEGER PRIMARY KEY, a, b, c); CREATE TABLE other(x)');
  const root = Number(db.value("SELECT rootpage FROM sqlite_schema WHERE name = 't'"));
  const start = db.image();
  db.close();
  const file = new PageFile(start.length / PAGE_BYTES);
  const pages = new TablePages(file);
  const record = new RecordWriter();
  for (const { id, cells } of rows) {
    const texts = cells.map((cell) => (typeof cell === 'string' ? encoder.encode(cell) : undefined));
    record.start(1 + texts.reduce((sum, text) => sum + (text ? textTypeBytes(text.length) : 1), 0));
    record.null();
    cells.forEach((cell, i) => {
      const text = texts[i];
      if (text) record.text(text, 0, text.length);
      else if (typeof cell === 'number') record.number(cell);
      else record.null();
    });
    pages.add(id, record);
  }
  start.set(pages.end(), (root - 1) * PAGE_BYTES);
  const pieces = [start, ...file.take(true)];
  putLong(start, 28, file.pages);
  return new Uint8Array(Buffer.concat(pieces));
}

function rowsOf(image: Uint8Array): Row[] {
  const db = new SqliteFile(sqlite, image);
  try {
    expect(db.value('PRAGMA integrity_check')).toBe('ok');
    return Array.from(
      db.rows('SELECT * FROM t ORDER BY id'),
      ([id, ...cells]) => ({ id: id as number, cells }) as never,
    );
  } finally {
    db.close();
  }
}

const edges = [0, 1, 2, 0x7f, 0x80, 0x7fff, 0x8000, 0x7fffff, 0x800000, 2 ** 31 - 1, 2 ** 31, 2 ** 47 - 1, 2 ** 47];
const whole = fc
  .oneof(fc.constantFrom(...edges, Number.MAX_SAFE_INTEGER), fc.maxSafeInteger(), fc.integer())
  .chain((value) => fc.constantFrom(value, -value - 1))
  // The lowest, less one, is no safe integer; and SQLite knows no -0.
  .map((value) => (Number.isSafeInteger(value) ? value + 0 : 0));
// Around the sizes at which a payload leaves its page.
const length = fc.oneof(
  fc.nat(200),
  fc.integer({ min: 4030, max: 4110 }),
  fc.integer({ min: 8100, max: 8300 }),
  fc.nat(30_000),
);
const text = fc.tuple(fc.string({ unit: 'binary', maxLength: 9 }), length).map(([end, size]) => 'x'.repeat(size) + end);
const cell = fc.oneof(fc.constant(null), whole, text);
const row = fc.record({
  gap: fc.oneof(
    fc.constant(1),
    fc.nat(2 ** 20).map((n) => n + 1),
  ),
  cells: fc.tuple(cell, cell, cell),
});

describe('table pages', () => {
  it('hold what was put in, as SQLite reads them', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (made) => {
        let id = -1;
        const rows = made.map(({ gap, cells }) => ({ id: (id += gap), cells }));
        expect(rowsOf(imageOf(rows))).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });

  it('are a tree of any height', () => {
    // 300 rows: a root over leaves. 70,000 of 4 KB: a level more, since a page has 256 children.
    for (const [count, size] of [
      [300, 100],
      [70_000, 3900],
    ] as const) {
      const filler = 'y'.repeat(size);
      function* rows(): Generator<Row> {
        for (let id = 0; id < count; id++) yield { id: id * 3, cells: [id, null, filler] };
      }
      const db = new SqliteFile(sqlite, imageOf(rows()));
      expect(db.value('PRAGMA integrity_check')).toBe('ok');
      expect(db.value('SELECT count(*) FROM t')).toBe(count);
      for (const id of [0, 1, 255, 256, count - 1].filter((n) => n < count)) {
        expect(db.value('SELECT a FROM t WHERE id = ?', [id * 3])).toBe(id);
      }
      expect(db.value('SELECT a FROM t WHERE id = 1')).toBeUndefined();
      db.close();
    }
  });

  it('can be added to by SQLite', () => {
    const db = new SqliteFile(
      sqlite,
      imageOf(Array.from({ length: 500 }, (_, id) => ({ id, cells: [id, 'abc', null] }))),
    );
    db.exec(
      "INSERT INTO t SELECT id + 1000, a, b, 'new' FROM t; DELETE FROM t WHERE id % 3 = 0; INSERT INTO other VALUES (1)",
    );
    expect(db.value('PRAGMA integrity_check')).toBe('ok');
    expect(db.value('SELECT count(*) FROM t')).toBe(667);
    db.close();
  });

  it.skipIf(spawnSync('sqlite3', ['-version']).status !== 0)('are read by the sqlite3 program', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rulewright-pages-'));
    const file = join(folder, 'a.db');
    writeFileSync(
      file,
      imageOf([
        { id: 7, cells: [-5, 'é', null] },
        { id: 9, cells: [2 ** 40, 'z'.repeat(9000), 1] },
      ]),
    );
    const answer = spawnSync('sqlite3', [file, 'PRAGMA integrity_check; SELECT id, a, length(b), c FROM t'], {
      encoding: 'utf8',
    });
    rmSync(folder, { recursive: true });
    expect(answer.stdout).toBe('ok\n7|-5|1|\n9|1099511627776|9000|1\n');
  });
});

it('a file never uses the page that SQLite locks', () => {
  const file = new PageFile(LOCK_PAGE - 2);
  const page = new Uint8Array(PAGE_BYTES).fill(7);
  expect([file.add(page), file.add(page)]).toEqual([LOCK_PAGE - 1, LOCK_PAGE + 1]);
  const [bytes] = file.take(true);
  expect([0, 1, 2].map((i) => bytes?.[i * PAGE_BYTES])).toEqual([7, 0, 7]);
});

it('a varint is as long as it says', () => {
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger().map(Math.abs), fc.nat(300)), (value) => {
      const bytes = new Uint8Array(10);
      const end = putVarint(bytes, 0, value);
      expect(end).toBe(varintBytes(value));
      const back = bytes.subarray(0, end).reduce((sum, byte) => sum * 128n + BigInt(byte & 127), 0n);
      expect(Number(back)).toBe(value);
      expect(Array.from(bytes.subarray(0, end), (byte) => byte >> 7)).toEqual([
        ...new Array<number>(end - 1).fill(1),
        0,
      ]);
    }),
  );
});
