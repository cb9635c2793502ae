const ELLIPSIS = '…';

/**
 * Cuts a text in its middle to at most `max` characters. Of a path or command line the last part is kept whole where
 * it fits, since that is where the name stands: `C:\Windows\System32\cmd.exe` becomes `C:\Win…\cmd.exe`.
 */
export function truncateMiddle(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max <= 1) return max === 1 ? ELLIPSIS : '';
  const room = max - ELLIPSIS.length;
  const tail = text.slice(Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/'), 0));
  const isPath = tail.length < text.length;
  const keep = !isPath ? Math.floor(room / 2) : tail.length <= room - 2 ? tail.length : room;
  const head = text.slice(0, room - keep);
  return withoutHalfPair(head) + ELLIPSIS + (keep === 0 ? '' : withoutHalfPairAtStart(text.slice(-keep)));
}

/** A cut must not leave half of a character beyond the basic plane. */
function withoutHalfPair(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}

function withoutHalfPairAtStart(text: string): string {
  const first = text.charCodeAt(0);
  return first >= 0xdc00 && first <= 0xdfff ? text.slice(1) : text;
}

export interface Pair {
  readonly field: string;
  readonly value: string;
}

/** Room between two pairs. */
const GAP = 2;
/** Shortest length to which a value is cut, and what `field=` and the gap after a pair take. */
const MIN_VALUE = 12;
/** And no value is cut to less than this. */
const LEAST_VALUE = 5;
/** A line too short to be shared. */
const SHORT_LINE = 48;

/**
 * Fits `field=value` pairs into a line of `room` characters: each value gets its length or a fair share, cut in the
 * middle; pairs that no longer fit are left out. The first is always there. Line breaks are shown as ⏎.
 */
export function fitPairs(pairs: readonly Pair[], room: number): readonly Pair[] {
  const fitted: Pair[] = [];
  let left = room;
  for (const [i, pair] of pairs.entries()) {
    const flat = pair.value.replace(/\s*[\r\n]+\s*/g, ' ⏎ ');
    const overhead = pair.field.length + (i === 0 ? 1 : 1 + GAP);
    if (i > 0 && left < overhead + Math.min(flat.length, MIN_VALUE)) break;
    const waiting = pairs.length - i;
    const share = Math.max(Math.floor(left / waiting) - overhead, Math.floor(left * 0.6) - overhead, MIN_VALUE);
    const isLast = waiting === 1 || left < SHORT_LINE;
    const most = isLast ? Math.max(left - overhead, LEAST_VALUE) : share;
    const value = truncateMiddle(flat, Math.min(flat.length, most));
    fitted.push({ field: pair.field, value });
    left -= value.length + overhead;
  }
  return fitted;
}
