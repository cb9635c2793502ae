import fc from 'fast-check';
import type { SqlJsStatic } from 'sql.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSqlite } from './sqlite.ts';
import { BadPages, TableReader } from './table-reader.ts';

let sqlite: SqlJsStatic;
beforeAll(async () => (sqlite = await loadSqlite()));

type Cell = number | string | null;
const COLUMNS = 4;

async function readAll(image: Uint8Array, root: number): Promise<[number, ...Cell[]][]> {
  const rows: [number, ...Cell[]][] = [];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const isWhole = await new TableReader(image).rows(
    root,
    COLUMNS,
    (id, { numbers, bytes, starts, ends }) => {
      const cells = Array.from(numbers.subarray(1), (number, i): Cell => {
        const start = starts[i + 1] as number;
        if (start >= 0) return decoder.decode(bytes.subarray(start, ends[i + 1]));
        return Number.isNaN(number) ? null : number;
      });
      rows.push([id, ...cells]);
    },
    () => true,
  );
  expect(isWhole).toBe(true);
  return rows;
}

const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.constant(null),
  fc.maxSafeInteger(),
  fc.integer({ min: -300, max: 300 }),
  fc.string(),
  // Too long for a page of any size.
  fc.integer({ min: 0, max: 140_000 }).map((n) => 'long ü'.repeat(n / 6)),
);

/** A table as SQLite writes it after rows came, went and were widened. */
function make(pageBytes: number, rows: readonly Cell[][], deleted: number, vacuum: boolean): [Uint8Array, number] {
  const db = new sqlite.Database();
  db.exec(`PRAGMA page_size = ${pageBytes}; CREATE TABLE other(x); CREATE TABLE t(id INTEGER PRIMARY KEY, a, b)`);
  db.exec('BEGIN');
  for (const [a, b] of rows) db.run('INSERT INTO t(a, b) VALUES (?, ?)', [a as Cell, b as Cell]);
  db.exec('COMMIT; ALTER TABLE t ADD COLUMN c');
  for (const [a] of rows.slice(0, 3)) db.run('INSERT INTO t(a, c) VALUES (?, ?)', [a as Cell, a as Cell]);
  db.run('DELETE FROM t WHERE id % 7 < ?', [deleted]);
  if (vacuum) db.exec('VACUUM');
  const root = Number(db.exec("SELECT rootpage FROM sqlite_schema WHERE name = 't'")[0]?.values[0]?.[0]);
  const image = db.export();
  db.close();
  return [image, root];
}

describe('TableReader', () => {
  it('reads what SQLite reads, whatever the pages are like', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(512, 1024, 4096, 65_536),
        fc.array(fc.tuple(cell, cell), { maxLength: 60 }),
        fc.nat({ max: 3 }),
        fc.boolean(),
        fc.constantFrom(1, 40),
        async (pageBytes, some, deleted, vacuum, times) => {
          const short = some.map((row) => row.map((value) => (typeof value === 'string' ? value.slice(0, 90) : value)));
          const rows = times === 1 ? some : Array.from({ length: times }, () => short).flat();
          const [image, root] = make(pageBytes, rows, deleted, vacuum);
          const db = new sqlite.Database(image);
          const expected = db.exec('SELECT id, a, b, c FROM t ORDER BY id')[0]?.values ?? [];
          db.close();
          expect(await readAll(image, root)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('says so where the pages are damaged, and always ends', async () => {
    const rows = Array.from({ length: 300 }, (_, i): Cell[] => [i * 1e9, i % 9 === 0 ? 'x'.repeat(3000) : 'y']);
    const [image, root] = make(1024, rows, 0, false);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: image.length - 101 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 20 }),
        async (changes) => {
          const broken = Uint8Array.from(image);
          for (const [at, byte] of changes) broken[100 + at] = byte;
          try {
            await readAll(broken, root);
          } catch (error) {
            refused++;
            expect(error instanceof BadPages || error instanceof RangeError).toBe(true);
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(refused).toBeGreaterThan(10);
    // A page over itself.
    const circle = Uint8Array.from(image);
    const base = (root - 1) * 1024;
    expect(circle[base]).toBe(5);
    new DataView(circle.buffer).setUint32(base + 8, root);
    await expect(readAll(circle, root)).rejects.toThrow(BadPages);
  });

  it('stops where it is asked to', async () => {
    const [image, root] = make(
      1024,
      Array.from({ length: 900 }, (_, i): Cell[] => [i, i]),
      0,
      false,
    );
    let seen = 0;
    const isWhole = await new TableReader(image).rows(
      root,
      COLUMNS,
      () => seen++,
      () => false,
    );
    expect(isWhole).toBe(false);
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(900);
  });
});
