import { useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useClock } from '../../../state/use-clock.ts';
import { focusPane } from '../../../ui/panes.ts';
import { cellValue, type ShownColumn } from './row-values.ts';
import { rowsPerPage, type ScrollMap } from './scroll-map.ts';

/** A cell, and in the summary the pair under the pointer. */
interface CellPlace {
  readonly index: number;
  readonly column: string;
  readonly pair: number | null;
}

export interface GridInput {
  /** Position of the column that the arrow keys and the menu key act on. */
  readonly activeColumn: number;
  readonly handlers: {
    readonly onKeyDown: (event: KeyboardEvent) => void;
    readonly onClick: (event: MouseEvent) => void;
    readonly onDoubleClick: (event: MouseEvent) => void;
    readonly onContextMenu: (event: MouseEvent) => void;
  };
}

/** Keys and pointer of the grid: both select rows, open the details, and open the menu of a value. */
export function useGridInput(columns: readonly ShownColumn[], map: ScrollMap): GridInput {
  const workspace = useWorkspace();
  const cursor = useUi((state) => state.cursor);
  const clock = useClock();
  const [wanted, setActiveColumn] = useState(0);
  const activeColumn = Math.min(wanted, columns.length - 1);

  const openMenu = (at: CellPlace, x: number, y: number): void => {
    const row = workspace.views.row(at.index)?.row;
    const column = columns.find((c) => c.id === at.column);
    if (!row || !column) return;
    const named = column.id === 'summary' ? row.summary[at.pair ?? 0] : cellValue(row, column, clock);
    const timeUs = row.time === '' ? null : row.timeUs;
    const target = { field: named?.field ?? null, value: named?.value ?? null };
    workspace.store.setState({ valueMenu: { x, y, ...target, event: row.event, timeUs, row } });
  };
  const select = (at: CellPlace): void => {
    const column = columns.findIndex((c) => c.id === at.column);
    setActiveColumn(Math.max(0, column));
    void workspace.moveTo(at.index);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isMenuKey = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
    const step = rowStep(event.key, cursor, map.total, rowsPerPage(map));
    if (step !== undefined) void workspace.moveTo(step);
    else if (event.key === 'ArrowLeft') setActiveColumn(Math.max(0, activeColumn - 1));
    else if (event.key === 'ArrowRight') setActiveColumn(Math.min(columns.length - 1, activeColumn + 1));
    else if (event.key === 'Enter') focusPane('detail');
    else if (event.key === 'Escape' && cursor !== null) workspace.clearSelection();
    else if (isMenuKey && cursor !== null) {
      const box = document.getElementById('event-active-cell')?.getBoundingClientRect();
      const at = { index: cursor, column: columns[activeColumn]?.id ?? '', pair: null };
      if (box) openMenu(at, box.left + 12, box.bottom);
    } else return;
    event.preventDefault();
  };
  const handlers: GridInput['handlers'] = {
    onKeyDown,
    onClick: (event) => {
      const at = cellAt(event);
      if (at) select(at);
    },
    onDoubleClick: (event) => {
      if (cellAt(event)) focusPane('detail');
    },
    onContextMenu: (event) => {
      const at = cellAt(event);
      if (!at) return;
      event.preventDefault();
      select(at);
      openMenu(at, event.clientX, event.clientY);
    },
  };
  return { activeColumn, handlers };
}

/** The cell under the pointer, by the marks that rows and cells carry. */
function cellAt(event: MouseEvent): CellPlace | undefined {
  const target = event.target as Element;
  const cell = target.closest<HTMLElement>('[data-column]');
  const index = Number(cell?.parentElement?.dataset['index']);
  const column = cell?.dataset['column'];
  if (column === undefined || Number.isNaN(index)) return undefined;
  const pair = target.closest<HTMLElement>('[data-pair]')?.dataset['pair'];
  return { index, column, pair: pair === undefined ? null : Number(pair) };
}

/** The row that a key moves to; undefined for any other key. */
function rowStep(key: string, cursor: number | null, total: number, page: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return cursor === null ? 0 : cursor + 1;
    case 'ArrowUp':
      return cursor === null ? 0 : cursor - 1;
    case 'PageDown':
      return (cursor ?? 0) + page;
    case 'PageUp':
      return (cursor ?? 0) - page;
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return undefined;
  }
}
