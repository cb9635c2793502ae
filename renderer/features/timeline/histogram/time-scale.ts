/**
 * Time axis: which bucket width and which ticks suit a range. All times are microseconds since the epoch, UTC; hours and
 * days begin by the clock that is shown.
 */
export interface AxisClock {
  /** What the clock shows minus UTC. */
  offsetAt(us: number): number;
  /** The instant at which the clock shows a time that is given as if it were UTC. */
  toUtc(shown: number): number;
}

const UTC: AxisClock = { offsetAt: () => 0, toUtc: (shown) => shown };

const MS = 1000;
const S = 1000 * MS;
const MIN = 60 * S;
const H = 60 * MIN;
const D = 24 * H;

/** Bucket widths that people count in. */
const STEPS: readonly number[] = [
  1,
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((n) => [n * 10]),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((n) => n * MS),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * S),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MIN),
  ...[1, 2, 3, 6, 12].map((n) => n * H),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((n) => n * D),
].sort((a, b) => a - b);

export interface Buckets {
  readonly fromUs: number;
  /** `fromUs + count * stepUs`. */
  readonly toUs: number;
  readonly stepUs: number;
  readonly count: number;
}

/** Most buckets that one request may ask for. */
const MAX_BUCKETS = 2000;
const PIXELS_PER_BAR = 4;
const PIXELS_PER_TICK = 90;

/** Smallest step of which at most `most` fit into a length of time. */
export function stepFor(lengthUs: number, most: number): number {
  const wanted = lengthUs / Math.max(1, most);
  const step = STEPS.find((s) => s >= wanted);
  if (step !== undefined) return step;
  let years = 364 * D;
  while (years < wanted) years *= 2;
  return years;
}

/**
 * Buckets over a half-open range, each of a round width and starting at a multiple of it, so that a bar means the
 * same span of the clock wherever one has zoomed to.
 * @param width in pixels; a bar gets about PIXELS_PER_BAR of it.
 */
export function bucketsFor(fromUs: number, toUs: number, width: number, clock = UTC): Buckets {
  const most = Math.min(MAX_BUCKETS - 2, Math.max(1, Math.floor(width / PIXELS_PER_BAR)));
  const stepUs = stepFor(Math.max(1, toUs - fromUs), most);
  const offset = clock.offsetAt(fromUs);
  const start = Math.floor((fromUs + offset) / stepUs) * stepUs - offset;
  const count = Math.max(1, Math.ceil((toUs - start) / stepUs));
  return { fromUs: start, toUs: start + count * stepUs, stepUs, count };
}

export interface Tick {
  readonly us: number;
  readonly label: string;
  /** Starts a new day (or, in long ranges, a new year). */
  readonly isMajor: boolean;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Ticks of a range, about one every PIXELS_PER_TICK. */
export function ticksFor(fromUs: number, toUs: number, width: number, clock = UTC): readonly Tick[] {
  const length = toUs - fromUs;
  if (length <= 0 || width <= 0) return [];
  const most = Math.max(1, Math.floor(width / PIXELS_PER_TICK));
  // By the clock's own hours and days, and from there back to instants.
  const [from, to] = [fromUs + clock.offsetAt(fromUs), toUs + clock.offsetAt(toUs)];
  const shown = length / most > 20 * D ? monthTicks(from, to, most) : evenTicks(from, to, stepFor(length, most));
  return shown
    .map((tick) => ({ ...tick, us: clock.toUtc(tick.us) }))
    .filter(({ us }, i, all) => us >= fromUs && us < toUs && us !== all[i - 1]?.us);
}

function evenTicks(from: number, to: number, step: number): readonly Tick[] {
  const ticks: Tick[] = [];
  for (let us = Math.ceil(from / step) * step; us < to; us += step) ticks.push(tickAt(us, step));
  return ticks;
}

function tickAt(us: number, step: number): Tick {
  const date = new Date(Math.floor(us / MS));
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`;
  if (us % D === 0) return { us, label: day, isMajor: true };
  const clock = date.toISOString().slice(11, 19);
  if (step >= MIN) return { us, label: clock.slice(0, 5), isMajor: false };
  if (step >= S) return { us, label: clock, isMajor: false };
  const micros = String(us - Math.floor(us / S) * S).padStart(6, '0');
  return { us, label: `${clock}.${step >= MS ? micros.slice(0, 3) : micros}`, isMajor: false };
}

/** Ticks at the starts of months or years: their lengths differ, so no fixed step hits them. */
function monthTicks(fromUs: number, toUs: number, most: number): readonly Tick[] {
  const months = (toUs - fromUs) / (30.4 * D);
  let step = [1, 2, 3, 6, 12].find((s) => months / s <= most) ?? 24;
  while (months / step > most) step *= 2;
  const start = new Date(Math.floor(fromUs / MS));
  const ticks: Tick[] = [];
  const first = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step;
  for (let month = first; ; month += step) {
    const date = new Date(0);
    date.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    const us = date.getTime() * MS;
    if (us >= toUs || Number.isNaN(us)) return ticks;
    if (us < fromUs) continue;
    const isYear = month % 12 === 0;
    ticks.push({ us, label: isYear ? String(date.getUTCFullYear()) : (MONTHS[month % 12] ?? ''), isMajor: isYear });
  }
}
