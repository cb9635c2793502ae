import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TECHNIQUE_STATES } from '../../../shared/catalog/coverage/states.ts';
import type { CoverageRow } from '../../../shared/ipc/coverage-calls.ts';
import type { COVERAGE_FILTERS } from '../../state/coverage-state.ts';
import { TACTICS } from '../../ui/tactics.ts';
import { isOfFilter, matrixOf, nextCell, shownRows, sortedRows, vendorCount } from './rows.ts';

function row(technique: string, more: Partial<CoverageRow> = {}): CoverageRow {
  return {
    technique,
    name: `Name of ${technique}`,
    tactics: ['execution'],
    state: 'ready',
    rules: 1,
    vendors: { sigma: 1, elastic: 0, splunk: 0, kusto: 0 },
    states: { hit: 0, ready: 1, absent: 0, unknown: 0 },
    run: 0,
    idle: 0,
    hits: 0,
    events: 2,
    eventsOpen: 1,
    ...more,
  };
}

const ids = (rows: readonly CoverageRow[]): string[] => rows.map(({ technique }) => technique);
const ALL = { filter: 'rules', words: '', subtechniques: true } as const;

describe('the techniques shown', () => {
  const rows = [
    row('T1003', { state: 'none', rules: 0, vendors: { sigma: 0, elastic: 0, splunk: 0, kusto: 0 }, eventsOpen: 0 }),
    row('T1021', { state: 'hit', hits: 3, run: 1, vendors: { sigma: 1, elastic: 2, splunk: 0, kusto: 0 } }),
    row('T1021.001', { state: 'absent', eventsOpen: 0 }),
    row('T1572', { run: 0 }),
  ];

  it('are those of the filter', () => {
    const of = (filter: (typeof COVERAGE_FILTERS)[number]) => ids(rows.filter((one) => isOfFilter(one, filter)));
    expect(of('rules')).toEqual(['T1021', 'T1021.001', 'T1572']);
    expect(of('hit')).toEqual(['T1021']);
    expect(of('absent')).toEqual(['T1021.001']);
    expect(of('idle')).toEqual(['T1572']);
    expect(of('one-vendor')).toEqual(['T1021.001', 'T1572']);
    expect(of('none')).toEqual(['T1003']);
    expect(vendorCount(rows[1] as CoverageRow)).toBe(2);
  });

  it('have the words, and sub-techniques where asked to', () => {
    expect(ids(shownRows(rows, { ...ALL, words: 't1021 NAME' }))).toEqual(['T1021', 'T1021.001']);
    expect(ids(shownRows(rows, { ...ALL, subtechniques: false }))).toEqual(['T1021', 'T1572']);
  });
});

const anyRows = fc.uniqueArray(fc.integer({ min: 1000, max: 1030 }), { maxLength: 12 }).chain((numbers) =>
  fc.tuple(
    ...numbers.map((number) =>
      fc
        .record({
          tactics: fc.subarray(TACTICS.map(([name]) => name).slice(0, 4)),
          state: fc.constantFrom(...TECHNIQUE_STATES),
          hits: fc.nat(3),
          rules: fc.nat(3),
        })
        .map((more) => row(`T${number}`, more)),
    ),
  ),
);

describe('the matrix', () => {
  it('has each technique under each of its tactics, in the order of an attack', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const columns = matrixOf(rows);
        const cells = columns.reduce((sum, column) => sum + column.rows.length, 0);
        expect(cells).toBe(rows.reduce((sum, { tactics }) => sum + Math.max(1, tactics.length), 0));
        const order = [...TACTICS.map(([name]) => name), ''];
        const places = columns.map(({ tactic }) => order.indexOf(tactic));
        expect(places).toEqual([...places].sort((a, b) => a - b));
      }),
    );
  });

  it('is walked by steps that stay inside it, and reach every cell', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const columns = matrixOf(rows);
        const seen = new Set<string>();
        let cell = nextCell(columns, null, { across: 0, down: 0 });
        for (const column of columns) {
          for (const _ of column.rows) {
            if (!cell) throw new Error('no cell');
            seen.add(`${cell.tactic} ${cell.technique}`);
            cell = nextCell(columns, cell, { across: 0, down: 1 });
          }
          cell = nextCell(columns, cell ?? null, { across: 0, down: -1000 });
          cell = nextCell(columns, cell ?? null, { across: 1, down: 0 });
        }
        expect(seen.size).toBe(columns.reduce((sum, column) => sum + column.rows.length, 0));
        expect(nextCell(columns, { technique: 'gone', tactic: 'gone' }, { across: 1, down: 1 })).toEqual(
          nextCell(columns, null, { across: 0, down: 0 }),
        );
      }),
    );
  });
});

it('the table is sorted by its column, and turned around without loss', () => {
  fc.assert(
    fc.property(
      anyRows,
      fc.constantFrom('state', 'hits', 'rules', 'name', 'technique'),
      fc.boolean(),
      (rows, by, down) => {
        const sorted = sortedRows(rows, { by, descending: down });
        expect(ids(sorted).sort()).toEqual(ids(rows).sort());
        const key = (one: CoverageRow): string | number =>
          by === 'state' ? TECHNIQUE_STATES.indexOf(one.state) : one[by];
        for (let i = 1; i < sorted.length; i++) {
          const [before, after] = [key(sorted[i - 1] as CoverageRow), key(sorted[i] as CoverageRow)];
          expect(down ? before >= after : before <= after).toBe(true);
        }
      },
    ),
  );
});
