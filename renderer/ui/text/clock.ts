import type { Instant } from '../../../shared/model/time.ts';
import { ZoneClock } from '../../../shared/model/zone.ts';
import { gridTime, utcTime } from './format.ts';

/** Which clock times are shown by: UTC, or that of this machine. */
export type ClockChoice = 'utc' | 'local';

/** Writes times by one clock, and reads what the user types by it. Times are microseconds since the epoch, UTC. */
export class ShownClock {
  readonly #clock: ZoneClock;

  /** @param zone as `readZone` gives it. */
  constructor(zone: string) {
    this.#clock = new ZoneClock(zone);
  }

  /** For headings: `UTC`, or the zone's name. */
  get zone(): string {
    return this.#clock.zone;
  }

  get isUtc(): boolean {
    return this.zone === 'UTC';
  }

  /** What the clock shows minus UTC. */
  offsetAt(us: number): number {
    return this.#clock.offsetAt(us);
  }

  /** The instant at which the clock shows a time that is given as if it were UTC. */
  toUtc(shown: number): number {
    return this.#clock.toUtc(shown);
  }

  /** `2024-05-01 08:15:02`, with as many fractional digits as asked. */
  time(us: number, digits: 0 | 3 | 6 = 0): string {
    return utcTime(us + this.offsetAt(us), digits);
  }

  /** An event's time with every digit that its ISO text has. @param iso in UTC. @param us the same instant. */
  eventTime(iso: string, us: number): string {
    if (this.isUtc) return gridTime(iso);
    return this.time(us) + (/\.\d+/.exec(iso)?.[0] ?? '');
  }

  /** `UTC`, or the offset at an instant: `+02:00`. */
  offsetText(us: number): string {
    if (this.isUtc) return 'UTC';
    const minutes = Math.round(this.offsetAt(us) / 60_000_000);
    const pad = (n: number): string => String(n).padStart(2, '0');
    return `${minutes < 0 ? '−' : '+'}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
  }

  /** Reads a time that is typed: by this clock, unless it names an offset. */
  read(text: string): Instant | undefined {
    return this.#clock.read(text);
  }
}

const UTC = new ShownClock('UTC');
let local: ShownClock | undefined;

export function clockOf(choice: ClockChoice): ShownClock {
  if (choice === 'utc') return UTC;
  return (local ??= new ShownClock(Intl.DateTimeFormat().resolvedOptions().timeZone));
}
