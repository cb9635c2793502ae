import { buildAutomaton, type LiteralAutomaton } from './literal-automaton.ts';
import { binaryOf, buildTree, type LiteralTree } from './literal-tree.ts';

/** Where a literal must stand in a text. */
export type Place = 'whole' | 'start' | 'end' | 'anywhere';

/** Bytes of a literal that go into the automaton, from its end; the rest is compared. Bounds the automaton's size. */
const CUT = 8;

const NONE = new Int32Array(0);
const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

/** Literals that must stand at one edge of a text. */
interface EdgeTree {
  readonly tree: LiteralTree;
  /** Ascending; those of the end are written backwards. */
  readonly literals: readonly string[];
  /** By literal: notes for a text that it stands at the edge of, and for one that it is. */
  readonly atEdge: readonly Int32Array[];
  readonly asWhole: readonly Int32Array[];
}

/** Literals that may stand anywhere: an automaton of their last bytes. */
interface AnywhereFinder {
  readonly automaton: LiteralAutomaton;
  /** Literals that end in a cut: [firstFull[cut], firstFull[cut + 1]). */
  readonly firstFull: Int32Array;
  readonly fulls: readonly string[];
  readonly notes: readonly Int32Array[];
  /** By literal: the number of the last text that it was found in. */
  readonly seen: Int32Array;
}

/** Takes the notes of a literal that stands where it should. */
export type TakeNotes = (notes: Int32Array) => void;

/**
 * Finds which of many folded literals stand in a text, each at its place. Those of the edges cost a walk down a tree,
 * which mostly ends after a few bytes; only those that may stand anywhere need a pass over the whole text.
 */
export class LiteralFinder {
  readonly #starts: EdgeTree | undefined;
  readonly #ends: EdgeTree | undefined;
  readonly #anywhere: AnywhereFinder | undefined;
  #text = 0;

  constructor(notes: LiteralNotes) {
    this.#starts = edgeTree(notes.byPlace.start, notes.byPlace.whole, (literal) => literal);
    this.#ends = edgeTree(notes.byPlace.end, new Map(), (literal) => [...literal].reverse().join(''));
    this.#anywhere = anywhereFinder(notes.byPlace.anywhere);
  }

  /**
   * Gives the notes of each literal that stands in bytes [from, to), once.
   * @param bytes UTF-8, folded but for the case of ASCII.
   */
  find(bytes: Uint8Array, from: number, to: number, take: TakeNotes): void {
    const length = to - from;
    if (this.#starts) walk(this.#starts, bytes, from, 1, length, take);
    if (this.#ends) walk(this.#ends, bytes, to - 1, -1, length, take);
    if (this.#anywhere) {
      this.#text = (this.#text + 1) | 0;
      scan(this.#anywhere, bytes, from, to, this.#text, take);
    }
  }
}

/** Literals with what is to be noted where they are found, as they are being gathered. */
export class LiteralNotes {
  readonly byPlace: Readonly<Record<Place, Map<string, number[]>>> = {
    whole: new Map(),
    start: new Map(),
    end: new Map(),
    anywhere: new Map(),
  };

  /** @param literal folded, not empty. */
  add(literal: string, place: Place, note: number): void {
    const notes = this.byPlace[place];
    const key = binaryOf(literal);
    const known = notes.get(key);
    if (known) known.push(note);
    else notes.set(key, [note]);
  }
}

function edgeTree(
  atEdge: ReadonlyMap<string, readonly number[]>,
  asWhole: ReadonlyMap<string, readonly number[]>,
  written: (literal: string) => string,
): EdgeTree | undefined {
  const keys = [...new Set([...atEdge.keys(), ...asWhole.keys()])].map((key) => ({ key, literal: written(key) }));
  if (keys.length === 0) return undefined;
  keys.sort((a, b) => (a.literal < b.literal ? -1 : 1));
  const literals = keys.map(({ literal }) => literal);
  const notesIn = (notes: ReadonlyMap<string, readonly number[]>): Int32Array[] =>
    keys.map(({ key }) => {
      const found = notes.get(key);
      return found ? Int32Array.from(found) : NONE;
    });
  return { tree: buildTree(literals, true), literals, atEdge: notesIn(atEdge), asWhole: notesIn(asWhole) };
}

function walk(edge: EdgeTree, bytes: Uint8Array, at: number, step: 1 | -1, length: number, take: TakeNotes): void {
  const { literal, only, firstChild, byte } = edge.tree;
  let state = 0;
  for (let depth = 0; ; depth++) {
    const ending = literal[state] as number;
    if (ending >= 0) give(edge, ending, depth === length, take);
    const last = only[state] as number;
    if (last >= 0) {
      const text = edge.literals[last] as string;
      if (text.length > length) return;
      while (depth < text.length && LOWER[bytes[at + depth * step] as number] === text.charCodeAt(depth)) depth++;
      if (depth === text.length) give(edge, last, depth === length, take);
      return;
    }
    if (depth === length) return;
    const wanted = LOWER[bytes[at + depth * step] as number];
    const to = firstChild[state + 1] as number;
    let child = firstChild[state] as number;
    while (child < to && byte[child] !== wanted) child++;
    if (child === to) return;
    state = child;
  }
}

function give(edge: EdgeTree, literal: number, isWhole: boolean, take: TakeNotes): void {
  const atEdge = edge.atEdge[literal] as Int32Array;
  if (atEdge.length > 0) take(atEdge);
  const asWhole = edge.asWhole[literal] as Int32Array;
  if (isWhole && asWhole.length > 0) take(asWhole);
}

function anywhereFinder(literals: ReadonlyMap<string, readonly number[]>): AnywhereFinder | undefined {
  if (literals.size === 0) return undefined;
  const byCut = new Map<string, string[]>();
  for (const literal of literals.keys()) {
    const cut = literal.slice(-CUT);
    const same = byCut.get(cut);
    if (same) same.push(literal);
    else byCut.set(cut, [literal]);
  }
  const cuts = [...byCut.keys()].sort();
  const fulls: string[] = [];
  const firstFull = [0];
  for (const cut of cuts) {
    fulls.push(...(byCut.get(cut) ?? []));
    firstFull.push(fulls.length);
  }
  return {
    automaton: buildAutomaton(cuts),
    firstFull: Int32Array.from(firstFull),
    fulls,
    notes: fulls.map((full) => Int32Array.from(literals.get(full) ?? [])),
    seen: new Int32Array(fulls.length),
  };
}

function scan(
  finder: AnywhereFinder,
  bytes: Uint8Array,
  from: number,
  to: number,
  text: number,
  take: TakeNotes,
): void {
  const { classOf, classes, next } = finder.automaton;
  let row = 0;
  for (let i = from; i < to; i++) {
    const found = next[row + (classOf[bytes[i] as number] as number)] as number;
    row = found >> 1;
    if ((found & 1) === 1) occurs(finder, row / classes, bytes, from, i + 1, text, take);
  }
}

/** Literals end at `at`: those of the automaton's state whose other bytes stand before it. */
function occurs(
  finder: AnywhereFinder,
  state: number,
  bytes: Uint8Array,
  from: number,
  at: number,
  text: number,
  take: TakeNotes,
): void {
  const { automaton, firstFull, fulls, seen } = finder;
  let end = (automaton.literal[state] as number) >= 0 ? state : (automaton.shorter[state] as number);
  for (; end > 0; end = automaton.shorter[end] as number) {
    const cut = automaton.literal[end] as number;
    const last = firstFull[cut + 1] as number;
    for (let full = firstFull[cut] as number; full < last; full++) {
      if (seen[full] === text || !standsBefore(fulls[full] as string, bytes, from, at)) continue;
      seen[full] = text;
      take(finder.notes[full] as Int32Array);
    }
  }
}

/** Whether a literal stands in bytes that end at `at`; its last CUT bytes are known to. */
function standsBefore(literal: string, bytes: Uint8Array, from: number, at: number): boolean {
  const start = at - literal.length;
  if (start < from) return false;
  let i = literal.length - CUT - 1;
  while (i >= 0 && LOWER[bytes[start + i] as number] === literal.charCodeAt(i)) i--;
  return i < 0;
}
