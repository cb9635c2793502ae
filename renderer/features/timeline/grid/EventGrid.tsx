import { useEffect, useLayoutEffect, useMemo, useRef, type JSX } from 'react';
import type { EventRow } from '../../../../shared/ipc/contract.ts';
import { useRowNews, useUi, useWorkspace } from '../../../state/context.ts';
import { useClock } from '../../../state/use-clock.ts';
import { sameQuestion } from '../../../state/view-client.ts';
import { GridHeader } from './GridHeader.tsx';
import { GridRow } from './GridRow.tsx';
import { columnWidths, shownColumns } from './row-values.ts';
import { offsetShowing, rowsInSight } from './scroll-map.ts';
import { useGridInput } from './use-grid-input.ts';
import { useScroller, type Scroller } from './use-scroller.ts';
import './grid.css';

const HEAD_HEIGHT = 25;
const ROW_HEIGHT = 24;
const COMPACT_ROW_HEIGHT = 20;
/** Rows drawn beyond the edges. */
const MORE_ROWS = 8;

/** The events of the open view. Rows come by page as they scroll into sight; the selection follows the keys. */
export function EventGrid(): JSX.Element {
  const workspace = useWorkspace();
  const news = useRowNews();
  const view = useUi((state) => state.view);
  const busy = useUi((state) => state.viewBusy);
  const columns = useUi((state) => state.columns);
  const cursor = useUi((state) => state.cursor);
  const compact = useUi((state) => state.compact);
  const clock = useClock();
  const spansYears = view !== null && yearOf(view.firstUs) !== yearOf(view.lastUs);
  const rowHeight = compact ? COMPACT_ROW_HEIGHT : ROW_HEIGHT;
  const scroller = useScroller(view?.total ?? 0, rowHeight, HEAD_HEIGHT, workspace.gridPlace(view));
  const { map, offset } = scroller;
  const shown = useMemo(() => shownColumns(columns), [columns]);
  const widths = useMemo(() => columnWidths(shown, scroller.width), [shown, scroller.width]);
  const { activeColumn, handlers } = useGridInput(shown, map);
  const { first, last } = rowsInSight(map, offset, MORE_ROWS);

  useEffect(() => {
    if (last >= first) workspace.views.want(first, last);
  }, [workspace, first, last, news]);
  useEffect(() => {
    if (map.viewport > 0) workspace.keepGridPlace(view, offset);
  }, [workspace, view, offset, map.viewport]);
  useStayInPlace(scroller, rowHeight);
  useFollowCursor(scroller);
  useLostFocus(scroller);

  const rows: JSX.Element[] = [];
  for (let index = first; index <= last; index++) {
    const entry = workspace.views.row(index);
    rows.push(
      <GridRow
        key={index}
        index={index}
        row={entry?.row}
        stale={entry?.stale ?? false}
        top={scroller.rowTop(index)}
        height={rowHeight}
        columns={shown}
        widths={widths}
        selected={index === cursor}
        activeColumn={index === cursor ? activeColumn : null}
        clock={clock}
        spansYears={spansYears}
      />,
    );
  }
  return (
    <div
      ref={scroller.box}
      className={`grid${busy ? ' is-busy' : ''}`}
      role="grid"
      aria-label="Events"
      aria-busy={busy}
      aria-rowcount={map.total + 1}
      aria-colcount={shown.length}
      aria-activedescendant={cursor === null ? undefined : `event-row-${cursor}`}
      tabIndex={0}
      data-pane-focus="grid"
      style={{ ['--grid-columns' as string]: widths.map((w) => `${w}px`).join(' ') }}
      onScroll={scroller.onScroll}
      {...handlers}
    >
      <GridHeader columns={shown} />
      <div className="grid-rows" role="rowgroup" style={{ height: map.contentHeight }}>
        {rows}
      </div>
    </div>
  );
}

function yearOf(us: number | null): number | undefined {
  return us === null ? undefined : new Date(us / 1000).getUTCFullYear();
}

/** The keyboard is here where whatever had it before has gone, as the start page when logs are opened. */
function useLostFocus({ box }: Scroller): void {
  useEffect(() => {
    if (document.activeElement === document.body) box.current?.focus({ preventScroll: true });
  }, [box]);
}

/** The selected row is brought into sight when it changes. */
function useFollowCursor(scroller: Scroller): void {
  const cursor = useUi((state) => state.cursor);
  const latest = useRef(scroller);
  const isLaidOut = scroller.map.viewport > 0;
  useLayoutEffect(() => {
    latest.current = scroller;
  });
  useLayoutEffect(() => {
    const { map, offset, moveTo } = latest.current;
    if (cursor === null || !isLaidOut) return;
    const to = offsetShowing(map, offset, cursor);
    if (to !== offset) moveTo(to);
  }, [cursor, isLaidOut]);
}

/**
 * When the same question is asked again because the case has grown, the rows in sight stay where they are, whatever
 * has come in above them. A new question starts at the top.
 */
function useStayInPlace(scroller: Scroller, rowHeight: number): void {
  const workspace = useWorkspace();
  const view = useUi((state) => state.view);
  const before = useRef(view);
  /** The row at the top, and the offset at which it was there. */
  const anchor = useRef<{ row: EventRow; offset: number } | null>(null);
  const latest = useRef(scroller);
  useLayoutEffect(() => {
    latest.current = scroller;
    const top = Math.floor(scroller.offset / rowHeight);
    const shown = workspace.views.row(top);
    if (shown && !shown.stale && view === before.current) {
      anchor.current = { row: shown.row, offset: scroller.offset };
    }
  });
  useLayoutEffect(() => {
    const old = before.current;
    before.current = view;
    if (!view || !old || old === view) return;
    if (!sameQuestion(old, view)) {
      latest.current.moveTo(0);
      return;
    }
    const held = anchor.current;
    // Who has scrolled on, also while the answer is due, stays there.
    const isThere = (): boolean => latest.current.offset === held?.offset;
    if (!held || held.offset === 0 || !isThere()) return;
    void workspace.views.locate({ event: held.row.event }).then((found) => {
      if (found?.exact && workspace.store.getState().view === view && isThere()) {
        latest.current.moveTo(found.index * rowHeight + (held.offset % rowHeight));
      }
    });
  }, [workspace, view, rowHeight]);
}
