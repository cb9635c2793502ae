/** How a value does as the only test of a rule. */
export type Noise = 'noisy' | 'sharp';

/** What there is to tell it by. */
export interface NoiseFacts {
  /** Rules of the whole catalog that check the same. */
  readonly reach: number;
  /** Events of the open logs that have it; undefined where no logs are open or it cannot be counted in them. */
  readonly events: number | undefined;
  /** Events of the open logs. */
  readonly allEvents: number;
}

/** A value is frequent in the logs from this share of their events on, and from this many. */
const FREQUENT_SHARE = 0.01;
const FREQUENT_EVENTS = 10;
/** It is rare in them up to this share, or this many. */
const RARE_SHARE = 0.0005;
const RARE_EVENTS = 5;
/** Rules that make a value common, and rules up to which it is its authors' own. */
const COMMON_REACH = 50;
const RARE_REACH = 3;

/**
 * Says of a value whether it is noisy (common in the open logs; where they cannot tell, common among rules) or sharp
 * (in few rules, and in few events of the open logs). Undefined in between, and where nothing tells. The limits are for reading a table, not for a verdict.
 */
export function noiseOf({ reach, events, allEvents }: NoiseFacts): Noise | undefined {
  const isCounted = events !== undefined && allEvents > 0;
  if (isCounted && events >= Math.max(FREQUENT_EVENTS, allEvents * FREQUENT_SHARE)) return 'noisy';
  if (!isCounted && reach >= COMMON_REACH) return 'noisy';
  const isRare = isCounted && events <= Math.max(RARE_EVENTS, allEvents * RARE_SHARE);
  return isRare && reach <= RARE_REACH ? 'sharp' : undefined;
}
