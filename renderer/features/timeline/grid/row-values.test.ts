import { describe, expect, it } from 'vitest';
import { DEFAULT_COLUMNS } from '../../../state/columns.ts';
import { columnWidths, fittedTime, shownColumns } from './row-values.ts';

describe('column widths', () => {
  const shown = shownColumns(DEFAULT_COLUMNS);
  const summary = shown.findIndex(({ id }) => id === 'summary');
  const seen = (widths: readonly number[]): number => widths.slice(0, summary + 1).reduce((sum, w) => sum + w, 0);

  it('give what is left over to the summary', () => {
    const widths = columnWidths(shown, 1200);
    expect(widths.reduce((sum, w) => sum + w, 0)).toBe(1200);
    expect(widths[0]).toBe(shown[0]?.width);
  });

  it('show some of the summary where there is little room', () => {
    for (const width of [450, 520, 620, 700]) {
      const widths = columnWidths(shown, width);
      expect(seen(widths)).toBeLessThanOrEqual(width);
      expect(widths[summary]).toBeGreaterThanOrEqual(96);
    }
  });

  it('show the columns behind the summary whole or not at all', () => {
    const total = (width: number): number => columnWidths(shown, width).reduce((sum, w) => sum + w, 0);
    expect([690, 720].map(total)).toEqual([690, 720]);
    expect([560, 640].map((width) => seen(columnWidths(shown, width)))).toEqual([560, 640]);
  });

  it('leave alone what the user has set', () => {
    const set = shown.map((column) => (column.id === 'time' ? { ...column, width: 300 } : column));
    expect(columnWidths(set, 450)[0]).toBe(300);
  });
});

it('a time without room keeps day and millisecond', () => {
  expect(fittedTime('2024-05-01 08:15:02.1234567', 220, true)).toEqual({
    date: '2024-05-01',
    time: '08:15:02.1234567',
  });
  expect(fittedTime('2024-05-01 08:15:02.1234567', 158, false)).toEqual({ date: '05-01', time: '08:15:02.123' });
  expect(fittedTime('2024-05-01 08:15:02', 158, false)).toEqual({ date: '05-01', time: '08:15:02' });
});

it('among events of several years a time keeps its year', () => {
  expect(fittedTime('2024-05-01 08:15:02.1234567', 158, true)).toEqual({ date: '2024-05-01', time: '08:15:02' });
});
