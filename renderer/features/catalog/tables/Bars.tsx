import type { JSX } from 'react';
import { count } from '../../../ui/text/format.ts';

/** A count with its bar, as a part of the greatest in the column. */
export function CountBar({ value, most }: { readonly value: number; readonly most: number }): JSX.Element {
  return (
    <span className="cat-bar">
      <i style={{ width: `${share(value, most)}%` }} aria-hidden />
      <b>{count(value)}</b>
    </span>
  );
}

/**
 * Rules here and in the whole catalog, as two bars over each other. A rare value's bars differ little, a common one's
 * much; lengths go by the square root, since reach runs from one to hundreds.
 */
export function ReachBars(props: {
  readonly here: number;
  readonly reach: number;
  readonly most: number;
}): JSX.Element {
  const { here, reach, most } = props;
  return (
    <span className="cat-reach">
      <span className="cat-reach-bars" aria-hidden>
        <i className="is-here" style={{ width: `${share(Math.sqrt(here), Math.sqrt(most))}%` }} />
        <i style={{ width: `${share(Math.sqrt(reach), Math.sqrt(most))}%` }} />
      </span>
      {reach <= here ? (
        <span className="cat-only" title="No other rule of the catalog checks the same">
          only here
        </span>
      ) : (
        <span className="number" title={`${count(reach)} rules of the whole catalog check the same`}>
          {count(reach)}
        </span>
      )}
    </span>
  );
}

function share(value: number, most: number): number {
  return most <= 0 ? 0 : Math.max(2, (value / most) * 100);
}
