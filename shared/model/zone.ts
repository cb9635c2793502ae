import { parseInstant, type Instant } from './time.ts';

/**
 * Time zones: `UTC`, a name of the IANA data base (`Europe/Berlin`), or a fixed offset (`+02:00`). Offsets and times are
 * microseconds; an offset is what the zone's clocks show minus UTC. Rules come from the runtime's own data (ECMA-402).
 */
export type Zone = string;

const FIXED = /^([+-])(\d\d):?(\d\d)$/;
const MINUTE = 60_000_000;
/** Clocks are put forward and back on quarters of an hour; within one the offset is the same. */
const QUARTER = 15 * MINUTE;
const DAY = 24 * 60 * MINUTE;
/** Quarters remembered; past that they start anew. */
const QUARTERS_KEPT = 10_000;

/** The zone that a text names, written one way; undefined where it names none. */
export function readZone(text: string): Zone | undefined {
  const wanted = text.trim();
  if (/^(?:UTC|Z|GMT)$/i.test(wanted)) return 'UTC';
  const fixed = FIXED.exec(wanted);
  if (fixed) {
    const [, sign = '+', hours = '', minutes = ''] = fixed;
    if (Number(hours) > 14 || Number(minutes) > 59) return undefined;
    return Number(hours) + Number(minutes) === 0 ? 'UTC' : `${sign}${hours}:${minutes}`;
  }
  // Older abbreviations (EST) are names too, but which of several zones they mean is a guess.
  if (!wanted.includes('/')) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: wanted }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** A zone's clocks. */
export class ZoneClock {
  readonly #fixed: number | undefined;
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #toUtc = new Map<number, number>();
  readonly #offsets = new Map<number, number>();

  /** @param zone as `readZone` gives it. @throws RangeError for what is no zone */
  constructor(readonly zone: Zone) {
    const fixed = FIXED.exec(zone);
    if (zone === 'UTC') this.#fixed = 0;
    else if (fixed) this.#fixed = (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * MINUTE;
    else {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        calendar: 'iso8601',
        hourCycle: 'h23',
        year: 'numeric',
        era: 'short',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    }
  }

  /** What the clocks show minus UTC, at an instant. */
  offsetAt(us: number): number {
    if (this.#fixed !== undefined) return this.#fixed;
    const quarter = Math.floor(us / QUARTER);
    return remembered(this.#offsets, quarter, () => this.#measure(quarter * QUARTER));
  }

  /**
   * The instant at which the clocks show a time, given as microseconds from 1970 by those clocks. Where they show it
   * twice, the first; where they skip it, as if they had not been put forward (as ECMAScript's `Date` does).
   */
  toUtc(shown: number): number {
    if (this.#fixed !== undefined) return shown - this.#fixed;
    const quarter = Math.floor(shown / QUARTER);
    return shown - remembered(this.#toUtc, quarter, () => this.#offsetWhereShown(quarter * QUARTER));
  }

  /** The instant of a time as people type it (see `parseInstant`): by these clocks, unless it names a zone itself. */
  read(text: string): Instant | undefined {
    const instant = parseInstant(text);
    // The zone stands behind the date, whose own dashes look like an offset's.
    if (!instant || /(?:Z|UTC|[+-]\d\d:?\d\d)$/i.test(text.trim().slice(10))) return instant;
    return { ...instant, us: this.toUtc(instant.us) };
  }

  #offsetWhereShown(shown: number): number {
    const before = this.offsetAt(shown - DAY);
    const after = this.offsetAt(shown + DAY);
    if (before === after || this.offsetAt(shown - before) === before) return before;
    return this.offsetAt(shown - after) === after ? after : before;
  }

  #measure(us: number): number {
    const date = new Date(us / 1000);
    if (Number.isNaN(date.getTime())) return 0;
    const parts = new Map(this.#format?.formatToParts(date).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? 0);
    const year = parts.get('era')?.startsWith('B') === true ? 1 - part('year') : part('year');
    const shown = new Date(0);
    shown.setUTCFullYear(year, part('month') - 1, part('day'));
    shown.setUTCHours(part('hour'), part('minute'), part('second'));
    return shown.getTime() * 1000 - us;
  }
}

function remembered(known: Map<number, number>, key: number, make: () => number): number {
  let value = known.get(key);
  if (value === undefined) {
    value = make();
    if (known.size >= QUARTERS_KEPT) known.clear();
    known.set(key, value);
  }
  return value;
}
