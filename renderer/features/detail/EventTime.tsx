import type { JSX } from 'react';
import { useClock } from '../../state/use-clock.ts';
import { gridTime } from '../../ui/text/format.ts';

/** A time by the clock that is shown, with its offset; where that is not UTC, UTC beside it. */
export function EventTime({ iso, us }: { readonly iso: string; readonly us: number }): JSX.Element {
  const clock = useClock();
  return (
    <>
      {clock.eventTime(iso, us)} {clock.offsetText(us)}
      {!clock.isUtc && <span className="faint"> ({gridTime(iso)} UTC)</span>}
    </>
  );
}
