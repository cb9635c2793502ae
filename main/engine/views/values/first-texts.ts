import type { Dictionary } from '../../../columns/dictionary.ts';
import { inSlices, type Pace } from '../../pace.ts';
import { numberOfCode, type FieldCodes } from '../fields.ts';
import { compareKeys, FOLDED_BYTES, keyOf, mayBeNumber, type TextKey } from './text-keys.ts';

interface Entry {
  readonly code: number;
  readonly key: TextKey;
}

/**
 * Of many codes those `limit` whose texts come first, in the order of `compareTexts`. Most are seen to come later
 * without making a string of them. Undefined where it was cancelled.
 */
export async function firstTexts(
  codes: Int32Array,
  limit: number,
  field: FieldCodes,
  dictionary: Dictionary,
  pace: Pace,
): Promise<Entry[] | undefined> {
  const kept: Entry[] = [];
  let last: LastKept | undefined;
  const cut = (): void => {
    kept.sort((a, b) => compareKeys(a.key, b.key));
    kept.length = Math.min(kept.length, limit);
    const worst = kept[limit - 1];
    if (worst) last = new LastKept(worst.key, dictionary);
  };
  const finished = await inSlices(codes.length, pace, (from, to) => {
    for (let i = from; i < to; i++) {
      const code = codes[i] as number;
      if (last?.isBefore(code)) continue;
      kept.push({ code, key: keyOf(field.text(code)) });
      if (kept.length >= limit * 2) cut();
    }
  });
  cut();
  return finished ? kept : undefined;
}

/** The last of the texts that are kept, to compare others with. */
class LastKept {
  readonly #number: number;
  readonly #folded: Uint8Array;

  constructor(
    { folded, number }: TextKey,
    private readonly dictionary: Dictionary,
  ) {
    this.#number = number;
    this.#folded = Buffer.from(folded);
  }

  /** Whether it surely comes before a code's text; where that takes a closer look, false. */
  isBefore(code: number): boolean {
    const isNumber = !Number.isNaN(this.#number);
    if (code < 0) {
      const number = numberOfCode(code);
      return number !== undefined && isNumber && number > this.#number;
    }
    const { bytes } = this.dictionary;
    const start = this.dictionary.start(code);
    const end = this.dictionary.end(code);
    if (mayBeNumber(bytes, start, end)) return false;
    if (isNumber) return true;
    const folded = this.#folded;
    const length = Math.min(end - start, folded.length);
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i] as number;
      if (byte >= 128) return false;
      const difference = (FOLDED_BYTES[byte] as number) - (folded[i] as number);
      if (difference !== 0) return difference > 0;
    }
    return false;
  }
}
