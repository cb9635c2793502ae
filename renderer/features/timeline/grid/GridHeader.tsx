import { useRef, useState, type JSX, type KeyboardEvent, type PointerEvent } from 'react';
import { columnKind, hideColumn, moveColumn, resizeColumn } from '../../../state/columns.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useClock } from '../../../state/use-clock.ts';
import type { ShownColumn } from './row-values.ts';

/** Headers: click sorts, drag moves, the edge resizes (with Alt and the arrow keys too), Delete hides. */
export function GridHeader({ columns }: { readonly columns: readonly ShownColumn[] }): JSX.Element {
  const { store } = useWorkspace();
  const sort = useUi((state) => state.sort);
  const clock = useClock();
  const [over, setOver] = useState<string | null>(null);
  const moving = useRef<string | null>(null);

  const sortBy = (field: string): void => {
    // Of severities and of nothing else the most comes first: that is what one looks for.
    const descending = sort.field === field ? !sort.descending : field === 'Severity';
    store.setState({ sort: { field, descending } });
  };
  const onKeyDown = (column: ShownColumn, event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 12 : event.key === 'ArrowLeft' ? -12 : 0;
    if (event.altKey && step !== 0) {
      store.setState((s) => ({ columns: resizeColumn(s.columns, column.id, column.width + step) }));
    } else if (event.key === 'Delete') {
      store.setState((s) => ({ columns: hideColumn(s.columns, column.id) }));
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="grid-head" role="row" aria-rowindex={1}>
      {columns.map((column, i) => {
        const { label: name, field } = columnKind(column.id);
        const label = column.id === 'time' ? `${name} (${clock.isUtc ? 'UTC' : 'local'})` : name;
        const sorted = field !== null && sort.field === field;
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-colindex={i + 1}
            aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
            className={`grid-cell head col-${column.id}${over === column.id ? ' is-over' : ''}`}
            draggable
            onDragStart={(event) => {
              moving.current = column.id;
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', label);
            }}
            onDragOver={(event) => {
              if (moving.current === null) return;
              event.preventDefault();
              setOver(column.id);
            }}
            onDragLeave={() => {
              setOver(null);
            }}
            onDrop={(event) => {
              const id = moving.current;
              if (id === null) return;
              event.preventDefault();
              store.setState((s) => ({ columns: moveColumn(s.columns, id, column.id) }));
            }}
            onDragEnd={() => {
              moving.current = null;
              setOver(null);
            }}
            onContextMenu={(event) => {
              event.preventDefault();
              store.setState({ dialog: 'columns' });
            }}
            onKeyDown={(event) => {
              onKeyDown(column, event);
            }}
          >
            <button
              type="button"
              tabIndex={-1}
              title={field === null ? label : `${label}: sort`}
              disabled={field === null}
              onClick={() => {
                if (field !== null) sortBy(field);
              }}
            >
              {label}
              {sorted && <span aria-hidden>{sort.descending ? ' ↓' : ' ↑'}</span>}
            </button>
            <Edge column={column} />
          </div>
        );
      })}
    </div>
  );
}

function Edge({ column }: { readonly column: ShownColumn }): JSX.Element {
  const { store } = useWorkspace();
  const from = useRef<{ x: number; width: number } | null>(null);
  const onMove = (event: PointerEvent): void => {
    const start = from.current;
    if (!start) return;
    store.setState((s) => ({ columns: resizeColumn(s.columns, column.id, start.width + event.clientX - start.x) }));
  };
  return (
    <span
      className="edge"
      aria-hidden
      draggable={false}
      onPointerDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        const width = event.currentTarget.parentElement?.offsetWidth ?? column.width;
        from.current = { x: event.clientX, width: column.id === 'summary' ? column.width : width };
      }}
      onPointerMove={onMove}
      onPointerUp={() => {
        from.current = null;
      }}
      onDoubleClick={() => {
        const { defaultWidth } = columnKind(column.id);
        store.setState((s) => ({ columns: resizeColumn(s.columns, column.id, defaultWidth) }));
      }}
    />
  );
}
