import { ArrowDown, ArrowUp } from 'lucide-react';
import type { JSX } from 'react';
import { columnKind, DEFAULT_COLUMNS, hideColumn, moveColumn, showColumn, type Column } from '../../state/columns.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { IconButton } from '../../ui/controls.tsx';

/** Shows, hides and orders the grid's columns without a mouse. */
export function ColumnChoice(): JSX.Element {
  const { store } = useWorkspace();
  const columns = useUi((state) => state.columns);
  const change = (next: (columns: readonly Column[]) => readonly Column[]): void => {
    store.setState((state) => ({ columns: next(state.columns) }));
  };
  return (
    <>
      <ul className="column-choice">
        {columns.map((column, i) => {
          const { label } = columnKind(column.id);
          return (
            <li key={column.id}>
              <label>
                <input
                  type="checkbox"
                  checked={column.shown}
                  onChange={(event) => {
                    const shown = event.target.checked;
                    change((c) => (shown ? showColumn(c, column.id) : hideColumn(c, column.id)));
                  }}
                />
                <span className={column.id.startsWith('field:') ? 'mono' : ''}>{label}</span>
              </label>
              <IconButton
                icon={ArrowUp}
                label={`Move ${label} up`}
                disabled={i === 0}
                onClick={() => {
                  change((c) => moveColumn(c, column.id, columns[i - 1]?.id ?? null));
                }}
              />
              <IconButton
                icon={ArrowDown}
                label={`Move ${label} down`}
                disabled={i === columns.length - 1}
                onClick={() => {
                  change((c) => moveColumn(c, column.id, columns[i + 2]?.id ?? null));
                }}
              />
            </li>
          );
        })}
      </ul>
      <div className="buttons">
        <button
          type="button"
          className="button"
          onClick={() => {
            store.setState({ columns: DEFAULT_COLUMNS });
          }}
        >
          Reset columns
        </button>
        <button
          type="button"
          className="button primary"
          onClick={() => {
            store.setState({ dialog: 'add-column' });
          }}
        >
          Add column
        </button>
      </div>
    </>
  );
}
