import { useState, type JSX, type ReactNode } from 'react';
import { count } from '../../../ui/text/format.ts';

const STEP = 200;

/** The first rows of a long table, and more on demand. */
export function useShown<T>(
  rows: readonly T[],
  first: number,
): { readonly shown: readonly T[]; readonly limit: number; readonly more: ReactNode } {
  const [limit, setLimit] = useState(first);
  const shown = rows.length > limit ? rows.slice(0, limit) : rows;
  const left = rows.length - shown.length;
  return { shown, limit, more: left > 0 ? <MoreButton left={left} onMore={() => setLimit(limit + STEP)} /> : null };
}

function MoreButton({ left, onMore }: { readonly left: number; readonly onMore: () => void }): JSX.Element {
  return (
    <div role="row">
      <span role="cell">
        <button type="button" className="button quiet cat-show-more" onClick={onMore}>
          Show {left > STEP ? `${count(STEP)} of ${count(left)} more` : `${count(left)} more`}
        </button>
      </span>
    </div>
  );
}
