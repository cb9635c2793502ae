import { ChevronDown, ChevronUp } from 'lucide-react';
import type { JSX, ReactNode } from 'react';

/** The head of a table's column; one that the table can be sorted by is a button that shows how it is. */
export function ColumnHead({
  label,
  sorted = 'none',
  onSort,
  className = '',
  title,
}: {
  readonly label: ReactNode;
  readonly sorted?: 'ascending' | 'descending' | 'none';
  /** Absent where the table cannot be sorted by it. */
  readonly onSort?: (() => void) | undefined;
  readonly className?: string | undefined;
  readonly title?: string | undefined;
}): JSX.Element {
  const Arrow = sorted === 'ascending' ? ChevronUp : ChevronDown;
  return (
    <span role="columnheader" className={`column-head ${className}`} title={title} aria-sort={sorted}>
      {onSort ? (
        <button type="button" className={sorted === 'none' ? '' : 'is-sorted'} onClick={onSort}>
          {label}
          {sorted !== 'none' && <Arrow size={11} aria-hidden />}
        </button>
      ) : (
        label
      )}
    </span>
  );
}
