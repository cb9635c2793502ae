import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, type JSX } from 'react';
import type { Cell } from './delimited.ts';

const ROW = 24;
/** Width of a character of the values' type, and of a cell's padding, in pixels. */
const CHARACTER = 7.6;
const PADDING = 20;
const NARROWEST = 70;
const WIDEST = 460;
/** Rows that widths are taken from. */
const SAMPLE = 200;
/** Characters of a value that are drawn; its tooltip shows more. */
const SHOWN = 400;

interface Props {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The rows answer an older query. */
  readonly isStale: boolean;
}

/** The rows of an answer. */
export function ResultTable({ columns, rows, isStale }: Props): JSX.Element {
  const box = useRef<HTMLDivElement | null>(null);
  const widths = useMemo(() => columns.map((name, i) => width(name, rows, i)), [columns, rows]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const style = { gridTemplateColumns: widths.map((w) => `${w}px`).join(' ') };
  return (
    <div
      ref={box}
      className={`sql-table${isStale ? ' is-stale' : ''}`}
      role="table"
      aria-label="Rows"
      aria-rowcount={rows.length + 1}
      tabIndex={0}
    >
      <div className="sql-row sql-head" role="row" style={style}>
        {columns.map((name, i) => (
          <span key={i} role="columnheader" className={isNumeric(rows, i) ? 'number' : ''} title={name}>
            {name}
          </span>
        ))}
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => (
          <div
            key={item.key}
            className="sql-row selectable"
            role="row"
            aria-rowindex={item.index + 2}
            style={{ ...style, position: 'absolute', top: item.start, left: 0 }}
          >
            {rows[item.index]?.map((cell, i) => (
              <Value key={i} cell={cell} />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function Value({ cell }: { readonly cell: Cell }): JSX.Element {
  if (cell === null) {
    return (
      <span role="cell" className="faint">
        absent
      </span>
    );
  }
  if (typeof cell === 'number') {
    return (
      <span role="cell" className="mono number">
        {cell}
      </span>
    );
  }
  return (
    <span role="cell" className="mono" title={cell.slice(0, 4000)}>
      {cell.slice(0, SHOWN)}
    </span>
  );
}

function isNumeric(rows: Props['rows'], column: number): boolean {
  return typeof rows[0]?.[column] === 'number';
}

function width(name: string, rows: Props['rows'], column: number): number {
  let longest = name.length;
  for (const row of rows.slice(0, SAMPLE)) longest = Math.max(longest, String(row[column] ?? 'absent').length);
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, longest * CHARACTER + PADDING)));
}
