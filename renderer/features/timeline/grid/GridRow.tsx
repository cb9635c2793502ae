import { memo, type JSX } from 'react';
import type { EventRow } from '../../../../shared/ipc/contract.ts';
import type { ShownClock } from '../../../ui/text/clock.ts';
import { shortChannel, shortHost } from '../../../ui/text/format.ts';
import { levelLabel, Severity } from '../../../ui/severity.tsx';
import { TagMark } from '../../../ui/tag.tsx';
import { fitPairs, truncateMiddle } from '../../../ui/text/truncate.ts';
import { lineText } from '../../../ui/text/visible.ts';
import { CELL_PADDING, cellValue, CHARACTER, fittedTime, TAG_ROOM, type ShownColumn } from './row-values.ts';

/** Width of a character of the title's type, on average. */
const TITLE_CHARACTER = 6.6;
/** Characters below which no field is worth showing beside the title. */
const LEAST_PAIR = 14;

interface CellProps {
  readonly row: EventRow;
  readonly column: ShownColumn;
  readonly width: number;
  readonly clock: ShownClock;
  readonly spansYears: boolean;
}

export interface GridRowProps {
  readonly index: number;
  readonly row: EventRow | undefined;
  readonly stale: boolean;
  readonly top: number;
  readonly height: number;
  readonly columns: readonly ShownColumn[];
  readonly widths: readonly number[];
  readonly selected: boolean;
  /** Position of the active cell, in the selected row. */
  readonly activeColumn: number | null;
  readonly clock: ShownClock;
  /** Whether the view has events of several years. */
  readonly spansYears: boolean;
}

/** One event of the grid, or the place of one that is still on its way. */
export const GridRow = memo(function GridRow(props: GridRowProps): JSX.Element {
  const { index, row, top, height, columns, widths, selected, activeColumn } = props;
  const marks = [
    'grid-row',
    selected && 'is-selected',
    props.stale && 'is-stale',
    row?.isDraftHit && 'is-draft',
    row?.recovered && 'is-recovered',
    row?.tag === 'benign' && 'is-benign',
  ];
  return (
    <div
      id={`event-row-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={marks.filter(Boolean).join(' ')}
      style={{ top, height }}
      data-index={index}
    >
      {columns.map((column, i) => (
        <div
          key={column.id}
          id={activeColumn === i ? 'event-active-cell' : undefined}
          role="gridcell"
          aria-colindex={i + 1}
          className={`grid-cell col-${column.id.startsWith('field:') ? 'field' : column.id}${activeColumn === i ? ' is-active' : ''}`}
          data-column={column.id}
        >
          {i === 0 && row && <TagMark tag={row.tag} note={row.note} />}
          {row ? (
            <Cell
              row={row}
              column={column}
              width={(widths[i] ?? column.width) - (i === 0 ? TAG_ROOM : 0)}
              clock={props.clock}
              spansYears={props.spansYears}
            />
          ) : (
            <span className="skeleton" />
          )}
        </div>
      ))}
    </div>
  );
});

function Cell({ row, column, width, clock, spansYears }: CellProps): JSX.Element | null {
  const room = Math.max(1, Math.floor((width - CELL_PADDING) / CHARACTER));
  switch (column.id) {
    case 'time':
      return <Time row={row} clock={clock} width={width} spansYears={spansYears} />;
    case 'severity':
      return <Marks row={row} />;
    case 'title':
      return <span title={row.title}>{row.title}</span>;
    case 'channel':
      return <span title={row.channel}>{shortChannel(row.channel)}</span>;
    case 'computer':
      return <span title={row.computer}>{truncateMiddle(shortHost(row.computer), room)}</span>;
    case 'summary':
      return <Summary row={row} room={room} />;
    default: {
      const { text, value } = cellValue(row, column, clock);
      if (value === null) return <span className="absent" aria-label="absent" />;
      const flat = lineText(text);
      const cut = truncateMiddle(flat, room);
      return <span title={cut === flat ? undefined : text}>{cut}</span>;
    }
  }
}

function Time({ row, clock, width, spansYears }: Omit<CellProps, 'column'>): JSX.Element {
  if (row.time === '') return <span className="absent">no time</span>;
  const whole = clock.eventTime(row.time, row.timeUs);
  const { date, time } = fittedTime(whole, width, spansYears);
  return (
    <span className="time" title={`${date} ${time}` === whole ? undefined : whole}>
      <span className="date">{date} </span>
      {time}
    </span>
  );
}

function Marks({ row }: { readonly row: EventRow }): JSX.Element | null {
  const others = row.hits > 1 ? ` and ${row.hits - 1} more` : '';
  return (
    <span className="marks">
      {row.level && (
        <span title={`${levelLabel(row.level)}: ${row.hitTitle}${others}`} className="hit">
          <Severity level={row.level} />
          {row.hits > 1 && <small>{row.hits}</small>}
        </span>
      )}
      {row.isDraftHit && (
        <span className="draft-mark" role="img" aria-label="Draft hit" title="Hit by the rule in the editor" />
      )}
      {row.recovered && (
        <span
          className="recovered-mark"
          role="img"
          aria-label="Recovered"
          title="Recovered from slack space or a damaged chunk"
        >
          R
        </span>
      )}
    </span>
  );
}

function Summary({ row, room }: { readonly row: EventRow; readonly room: number }): JSX.Element {
  const left = room - (row.title === '' ? 0 : Math.ceil((row.title.length * TITLE_CHARACTER) / CHARACTER) + 1);
  return (
    <>
      {row.title !== '' && <span className="title">{row.title}</span>}
      {(left < LEAST_PAIR ? [] : fitPairs(row.summary, left)).map((pair, i) => (
        <span key={pair.field} className="pair" data-pair={i} title={pair.named ? undefined : pair.field}>
          {pair.named && <span className="name">{pair.field}=</span>}
          {pair.value}
        </span>
      ))}
    </>
  );
}
