import { GramIndex } from './gram-index.ts';
import { EMPTY_HASH, LiteralSet, LOWER, nextHash, NONE } from './literal-set.ts';

/** Where a literal must stand in a text. */
export type Place = 'whole' | 'start' | 'end' | 'anywhere';

/**
 * Finds which of many literals stand in a text, each at its place. Those of the edges cost a look-up for each length
 * that one of them has; only those that may stand anywhere need a pass over the whole text.
 */
export class LiteralFinder {
  readonly #whole = new LiteralSet();
  readonly #start = new LiteralSet();
  readonly #end = new LiteralSet(true);
  readonly #anywhere = new LiteralSet();
  #grams: GramIndex | undefined;

  /** Adds a literal, before anything is looked for. @param text not empty unless it is to be the whole. */
  add(text: string, place: Place, note: number): void {
    switch (place) {
      case 'whole':
        this.#whole.add(text, note);
        return;
      case 'start':
        this.#start.add(text, note);
        return;
      case 'end':
        this.#end.add(text, note);
        return;
      case 'anywhere':
        this.#anywhere.add(text, note);
    }
  }

  /**
   * Gives the notes of each literal that stands in bytes [from, to), once.
   * @param bytes UTF-8, folded but for the case of ASCII.
   */
  find(bytes: Uint8Array, from: number, to: number, take: (note: number) => void): void {
    const length = to - from;
    if (this.#whole.hasLength[length] === 1) findWhole(this.#whole, bytes, from, length, take);
    if (this.#start.count > 0) findAtEdge(this.#start, bytes, from, 1, length, take);
    if (this.#end.count > 0) findAtEdge(this.#end, bytes, to - 1, -1, length, take);
    const anywhere = this.#anywhere;
    if (anywhere.count === 0) return;
    this.#grams ??= new GramIndex(anywhere);
    this.#grams.find(bytes, from, to, (literal) => takeNotes(anywhere, literal, take));
  }
}

function findWhole(
  set: LiteralSet,
  bytes: Uint8Array,
  from: number,
  length: number,
  take: (note: number) => void,
): void {
  let hash = EMPTY_HASH;
  for (let i = 0; i < length; i++) hash = nextHash(hash, LOWER[bytes[from + i] as number] as number);
  takeNotes(set, set.find(hash, length, bytes, from, 1), take);
}

/** @param at the byte at the edge. @param step leads from it into the text. */
function findAtEdge(
  set: LiteralSet,
  bytes: Uint8Array,
  at: number,
  step: 1 | -1,
  length: number,
  take: (note: number) => void,
): void {
  const { hasLength } = set;
  const limit = Math.min(length, set.longest);
  let hash = EMPTY_HASH;
  for (let i = 0; i < limit; i++) {
    hash = nextHash(hash, LOWER[bytes[at + i * step] as number] as number);
    if (hasLength[i + 1] === 1) takeNotes(set, set.find(hash, i + 1, bytes, at, step), take);
    // Most texts begin as no literal does: that ends the walk.
    if ((i === 3 || i === 7) && set.endsBefore(hash)) return;
  }
}

function takeNotes(set: LiteralSet, literal: number, take: (note: number) => void): void {
  if (literal === NONE) return;
  for (let at = set.lastNote.data[literal] as number; at !== NONE; at = set.noteBefore.data[at] as number) {
    take(set.notes.data[at] as number);
  }
}
