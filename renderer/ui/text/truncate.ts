import { lineText } from './visible.ts';

const ELLIPSIS = '…';

/** Characters that take two places in a line of monospaced text (East Asian Wide, Unicode Standard Annex #11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Places that a text takes in a line. */
export function textWidth(text: string): number {
  if (!WIDE.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += placesOf(character);
  return width;
}

function placesOf(character: string): number {
  return WIDE.test(character) ? 2 : character.length;
}

/** The first characters of a text that fit into so many places. */
function startOf(text: string, places: number): string {
  if (!WIDE.test(text)) return withoutHalfPair(text.slice(0, Math.max(0, places)));
  let left = places;
  let end = 0;
  for (const character of text) {
    left -= placesOf(character);
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** And the last ones. */
function endOf(text: string, places: number): string {
  if (places <= 0) return '';
  if (!WIDE.test(text)) return withoutHalfPairAtStart(text.slice(-places));
  let left = places;
  let start = text.length;
  for (const character of Array.from(text).reverse()) {
    left -= placesOf(character);
    if (left < 0) break;
    start -= character.length;
  }
  return text.slice(start);
}

/**
 * Cuts a text in its middle so that it takes at most `max` places. Of a path or command line the last part is kept whole where
 * it fits, since that is where the name stands: `C:\Windows\System32\cmd.exe` becomes `C:\Win…\cmd.exe`.
 */
export function truncateMiddle(text: string, max: number): string {
  if (textWidth(text) <= max) return text;
  if (max <= 1) return max === 1 ? ELLIPSIS : '';
  const room = max - ELLIPSIS.length;
  const tail = text.slice(Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/'), 0));
  const isPath = tail.length < text.length;
  const tailWidth = textWidth(tail);
  const keep = !isPath ? Math.floor(room / 2) : tailWidth <= room - 2 ? tailWidth : room;
  return startOf(text, room - keep) + ELLIPSIS + endOf(text, keep);
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

/** A pair as it is shown; where room is short its name is left out. */
export interface FittedPair extends Pair {
  readonly named: boolean;
}

/** Room between two pairs. */
const GAP = 2;
/** A pair is shown where its value has room for this much, or for all of it. */
const MIN_VALUE = 12;
/** And the first pair's value is never cut to less than this. */
const LEAST_VALUE = 5;
/** A line with less room than this shows values without their names. */
const ROOM_FOR_NAMES = 48;

/**
 * Fits `field=value` pairs into a line of `room` characters: as many as can be shown to some use, in order, the first
 * always. Where not all fit, paths are cut to their last part, and the room is shared so that no other value is cut
 * while a longer one is not; values are cut in the middle, and shown as `lineText` does.
 */
export function fitPairs(pairs: readonly Pair[], room: number): readonly FittedPair[] {
  const named = room >= ROOM_FOR_NAMES;
  const flat = pairs.map(({ field, value }) => ({ field, value: lineText(value), named }));
  const whole = flat.reduce((sum, pair, i) => sum + overhead(pair, i) + textWidth(pair.value), 0);
  const short = whole <= room ? flat : flat.map((pair) => ({ ...pair, value: lastPart(pair.value) }));
  const chosen: FittedPair[] = [];
  let used = 0;
  for (const pair of short) {
    const least = overhead(pair, chosen.length) + Math.min(textWidth(pair.value), MIN_VALUE);
    if (chosen.length > 0 && used + least > room) break;
    used += least;
    chosen.push(pair);
  }
  const names = chosen.reduce((sum, pair, i) => sum + overhead(pair, i), 0);
  const limit = fairLimit(
    chosen.map((pair) => textWidth(pair.value)),
    Math.max(room - names, LEAST_VALUE),
  );
  return chosen.map((pair) => ({ ...pair, value: truncateMiddle(pair.value, limit) }));
}

/** A file's path, and nothing behind it as in a command line. */
const PATH = /^(?:[A-Za-z]:|\\|\/)(?!.*(?: [-/]|"))/;

/** Of a path with several parts the last, where the name stands; any other text as it is. */
function lastPart(text: string): string {
  if (!PATH.test(text)) return text;
  const at = Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/'));
  return at <= ELLIPSIS.length || at === text.length - 1 ? text : ELLIPSIS + text.slice(at);
}

/** What the name, the sign between and the gap before a pair take. */
function overhead(pair: FittedPair, position: number): number {
  return (pair.named ? pair.field.length + 1 : 0) + (position === 0 ? 0 : GAP);
}

/** The largest length to which all can be cut so that together they fit. Short ones leave their room to the others. */
function fairLimit(lengths: readonly number[], room: number): number {
  let left = room;
  let waiting = lengths.length;
  for (const length of [...lengths].sort((a, b) => a - b)) {
    const share = Math.floor(left / waiting);
    if (length > share) return share;
    left -= length;
    waiting--;
  }
  return Infinity;
}
