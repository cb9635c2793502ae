import { clockOf, type ShownClock } from '../ui/text/clock.ts';
import { useUi } from './context.ts';

/** The clock that all times are shown by. */
export function useClock(): ShownClock {
  return clockOf(useUi((state) => state.clock));
}
