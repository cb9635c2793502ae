import { ChevronDown, ChevronRight, MoreHorizontal } from 'lucide-react';
import { useState, type JSX, type KeyboardEvent, type ReactNode } from 'react';
import { ColumnHead } from '../../../ui/ColumnHead.tsx';

interface RowProps {
  /** What the row is about: the label of its button. */
  readonly label: string;
  /** The first cell, inside the button that opens the row. */
  readonly head: ReactNode;
  readonly cells: readonly ReactNode[];
  /** What the row opens to; made when it is open. */
  readonly body: () => ReactNode;
  readonly onMenu?: (x: number, y: number) => void;
  readonly startsOpen?: boolean;
}

/** A row that opens in place. Its menu is at the right click, the button at its end, and the keys M and Menu. */
export function Row({ label, head, cells, body, onMenu, startsOpen = false }: RowProps): JSX.Element {
  const [isOpen, setOpen] = useState(startsOpen);
  const Arrow = isOpen ? ChevronDown : ChevronRight;
  const menuAt = (element: Element): void => {
    const box = element.getBoundingClientRect();
    onMenu?.(box.left + 12, box.bottom);
  };
  return (
    <div className={`cat-entry${isOpen ? ' is-open' : ''}`} role="rowgroup">
      <div
        className="cat-row"
        role="row"
        onClick={(event) => {
          // Text that was just marked to be copied is no click on the row.
          if (window.getSelection()?.type === 'Range') return;
          if (!(event.target as Element).closest('button, a, input')) setOpen(!isOpen);
        }}
        onContextMenu={(event) => {
          if (!onMenu) return;
          event.preventDefault();
          onMenu(event.clientX, event.clientY);
        }}
      >
        <span className="cat-arrow" aria-hidden>
          <Arrow size={13} />
        </span>
        <span role="cell" className="cat-head-cell">
          <button
            type="button"
            className="cat-open"
            data-row
            aria-expanded={isOpen}
            aria-label={label}
            onClick={() => setOpen(!isOpen)}
            onKeyDown={(event) => {
              const isMenuKey =
                event.key === 'm' || event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10');
              if (event.key === 'ArrowRight' && !isOpen) setOpen(true);
              else if (event.key === 'ArrowLeft' && isOpen) setOpen(false);
              else if (isMenuKey && onMenu) menuAt(event.currentTarget);
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
          >
            {/* The label says it shorter. */}
            <span className="cat-open-head" aria-hidden>
              {head}
            </span>
          </button>
        </span>
        {cells.map((cell, i) => (
          <span key={i} role="cell" className="cat-cell">
            {cell}
          </span>
        ))}
        <span className="cat-more">
          {onMenu && (
            <button
              type="button"
              className="button quiet icon"
              tabIndex={-1}
              aria-label={`Menu of ${label}`}
              title="Menu (M)"
              onClick={(event) => menuAt(event.currentTarget)}
            >
              <MoreHorizontal size={14} aria-hidden />
            </button>
          )}
        </span>
      </div>
      {isOpen && <div className="cat-body">{body()}</div>}
    </div>
  );
}

/** Moves between the rows of a page with the arrow keys, whatever table they are in. */
export function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const at = document.activeElement;
  if (step === 0 || !at?.matches('[data-row]')) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
  const next = rows[rows.indexOf(at as HTMLElement) + step];
  if (!next) return;
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
  event.preventDefault();
}

/** The head of a column; a click sorts by it where it can. */
export function SortHead<K extends string>(props: {
  readonly label: string;
  readonly sort?: K;
  readonly sorted?: K;
  readonly onSort?: (sort: K) => void;
  readonly className?: string;
  readonly title?: string;
}): JSX.Element {
  const { label, sort, sorted, onSort, className = '', title } = props;
  const isSorted = sort !== undefined && sort === sorted;
  return (
    <ColumnHead
      label={label}
      className={className}
      title={title}
      sorted={!isSorted ? 'none' : sort === 'field' ? 'ascending' : 'descending'}
      onSort={sort === undefined ? undefined : () => onSort?.(sort)}
    />
  );
}
