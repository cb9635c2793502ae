import { TECHNIQUE_STATES } from '../../../shared/catalog/coverage/states.ts';
import type { CoverageRow } from '../../../shared/ipc/coverage-calls.ts';
import { VENDORS } from '../../../shared/model/rule.ts';
import type { CoverageFilter, CoverageSort, CoverageState } from '../../state/coverage-state.ts';
import { TACTICS } from '../../ui/tactics.ts';

/** Vendors that have a rule for it. */
export function vendorCount({ vendors }: CoverageRow): number {
  return VENDORS.filter((vendor) => vendors[vendor] > 0).length;
}

/** Whether a technique is one of those that a filter shows. */
export function isOfFilter(row: CoverageRow, filter: CoverageFilter): boolean {
  switch (filter) {
    case 'rules':
      return row.state !== 'none';
    case 'hit':
    case 'ready':
    case 'absent':
    case 'none':
      return row.state === filter;
    case 'idle':
      return row.eventsOpen > 0 && row.run === 0;
    case 'one-vendor':
      return vendorCount(row) === 1;
  }
}

/** The techniques to show, in the order of their ids; only techniques, or sub-techniques too. */
export function shownRows(
  rows: readonly CoverageRow[],
  { filter, words, subtechniques }: Pick<CoverageState, 'filter' | 'words' | 'subtechniques'>,
): readonly CoverageRow[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return rows.filter(({ technique, name, ...row }) => {
    if (!subtechniques && technique.includes('.')) return false;
    const text = `${technique} ${name}`.toLowerCase();
    return isOfFilter({ technique, name, ...row }, filter) && wanted.every((word) => text.includes(word));
  });
}

/** A column of the matrix. */
export interface MatrixColumn {
  /** '' for techniques that ATT&CK does not know. */
  readonly tactic: string;
  readonly title: string;
  readonly rows: readonly CoverageRow[];
}

/** The matrix: a column for each tactic that has a technique shown, which stands under all of its tactics. */
export function matrixOf(shown: readonly CoverageRow[]): readonly MatrixColumn[] {
  const columns: readonly (readonly [string, string])[] = [...TACTICS, ['', 'No tactic known']];
  return columns
    .map(([tactic, title]): MatrixColumn => {
      const isHere = ({ tactics }: CoverageRow): boolean =>
        tactic === '' ? tactics.length === 0 : tactics.includes(tactic);
      return { tactic, title, rows: shown.filter(isHere) };
    })
    .filter(({ rows }) => rows.length > 0);
}

type Cursor = NonNullable<CoverageState['cursor']>;

/**
 * The cell that a step leads to from another: up and down within the column, left and right to the next column's cell
 * at the same height, or its last. From nowhere to the first cell. Undefined in an empty matrix.
 */
export function nextCell(
  columns: readonly MatrixColumn[],
  cursor: Cursor | null,
  step: { readonly across: number; readonly down: number },
): Cursor | undefined {
  const at = columns.findIndex(({ tactic }) => tactic === cursor?.tactic);
  const height = columns[at]?.rows.findIndex(({ technique }) => technique === cursor?.technique) ?? -1;
  const isThere = at >= 0 && height >= 0;
  const column = columns[isThere ? clamp(at + step.across, columns.length) : 0];
  const row = column?.rows[isThere ? clamp(height + step.down, column.rows.length) : 0];
  return column && row ? { technique: row.technique, tactic: column.tactic } : undefined;
}

function clamp(index: number, length: number): number {
  return Math.min(Math.max(index, 0), length - 1);
}

/** What a column of the table sorts by; text ascending by itself, numbers descending. */
const KEYS: Readonly<Record<CoverageSort, (row: CoverageRow) => string | number>> = {
  technique: ({ technique }) => technique,
  name: ({ name }) => name.toLowerCase(),
  state: ({ state }) => TECHNIQUE_STATES.indexOf(state),
  rules: ({ rules }) => rules,
  vendors: vendorCount,
  run: ({ run }) => run,
  ready: ({ states }) => states.ready,
  absent: ({ states }) => states.absent,
  unknown: ({ states }) => states.unknown,
  events: ({ events, eventsOpen }) => (events === 0 ? -1 : eventsOpen / events),
  hits: ({ hits }) => hits,
};

/** Whether a column begins with its greatest. */
export function beginsWithMost(by: CoverageSort): boolean {
  return by !== 'technique' && by !== 'name' && by !== 'state';
}

/** The rows in the order of a column; equal ones by hits, then by rules, most first, then by id. */
export function sortedRows(rows: readonly CoverageRow[], { by, descending }: CoverageState['sort']): CoverageRow[] {
  const key = KEYS[by];
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    const order = left < right ? -1 : left > right ? 1 : 0;
    return sign * order || b.hits - a.hits || b.rules - a.rules || (a.technique < b.technique ? -1 : 1);
  });
}
