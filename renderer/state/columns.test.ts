import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addFieldColumn,
  columnsSchema,
  DEFAULT_COLUMNS,
  fieldColumns,
  hideColumn,
  moveColumn,
  resizeColumn,
  restoreColumns,
  type Column,
} from './columns.ts';

const ids = (columns: readonly Column[]): string[] => columns.map((c) => c.id);

describe('columns', () => {
  it('move without losing or doubling any', () => {
    const id = fc.constantFrom(...ids(DEFAULT_COLUMNS));
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.option(id))), (moves) => {
        const moved = moves.reduce<readonly Column[]>(
          (c, [from, before]) => moveColumn(c, from, before),
          DEFAULT_COLUMNS,
        );
        expect(ids(moved).sort()).toEqual(ids(DEFAULT_COLUMNS).sort());
        const last = moves.at(-1);
        if (last?.[1] && last[0] !== last[1]) expect(ids(moved).indexOf(last[0])).toBe(ids(moved).indexOf(last[1]) - 1);
      }),
    );
  });

  it('show a field once, and a built-in one under its own name', () => {
    const twice = addFieldColumn(addFieldColumn(DEFAULT_COLUMNS, 'Image'), 'Image');
    expect(fieldColumns(twice)).toEqual(['Image']);
    expect(fieldColumns(addFieldColumn(DEFAULT_COLUMNS, 'Computer'))).toEqual([]);
    expect(fieldColumns(hideColumn(twice, 'field:Image'))).toEqual([]);
  });

  it('stay within sensible widths', () => {
    const width = (of: number): number | undefined => resizeColumn(DEFAULT_COLUMNS, 'time', of)[0]?.width;
    expect([width(-5), width(300), width(1e9)]).toEqual([36, 300, 2000]);
  });

  it('come back from the settings, new built-in ones with them and unknown ones without', () => {
    const stored = columnsSchema.parse([
      { id: 'field:Image', width: 100, shown: true },
      { id: 'gone', width: 100, shown: true },
      { id: 'time', width: 90, shown: false },
      { id: 'time', width: 91, shown: true },
    ]);
    const restored = restoreColumns(stored);
    expect(restored.slice(0, 2)).toEqual([stored[0], stored[2]]);
    expect(ids(restored)).not.toContain('gone');
    expect(
      ids(restored)
        .filter((id) => !id.startsWith('field:'))
        .sort(),
    ).toEqual(ids(DEFAULT_COLUMNS).sort());
  });
});
