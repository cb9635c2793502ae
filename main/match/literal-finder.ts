import { buildAutomaton, nextState, type LiteralAutomaton } from './literal-automaton.ts';
import { binaryOf, buildTree, type LiteralTree } from './literal-tree.ts';

/** Where a literal must stand in a text. */
export type Place = 'whole' | 'start' | 'end' | 'anywhere';

/** Bytes of a literal that go into the automaton, from its end; the rest is compared. Bounds the automaton's size. */
const CUT = 6;

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte));

/** Takes notes [from, to) of an array: those of a literal that stands where it should. */
export type TakeNotes = (notes: Int32Array, from: number, to: number) => void;

/** Literals that must stand at one edge of a text. */
interface EdgeTree {
  readonly tree: LiteralTree;
  /** Ascending; those of the end are written backwards. */
  readonly literals: readonly string[];
  /** For a text that a literal stands at the edge of, and for one that it is. */
  readonly atEdge: NoteLists;
  readonly asWhole: NoteLists;
}

/** Literals that may stand anywhere: an automaton of their last bytes. */
interface AnywhereFinder {
  readonly automaton: LiteralAutomaton;
  /** Literals that end in a cut: [firstFull[cut], firstFull[cut + 1]). */
  readonly firstFull: Int32Array;
  readonly fulls: readonly string[];
  readonly notes: NoteLists;
  /** By literal: the number of the last text that it was found in. */
  readonly seen: Int32Array;
}

/** What is to be noted of each literal: that of literal `n` is notes [first[n], first[n + 1]). */
interface NoteLists {
  readonly first: Int32Array;
  readonly notes: Int32Array;
}

/** Literals of one place with their notes, as they are being gathered. */
class Gathered {
  readonly #numbers = new Map<string, number>();
  /** By note: its literal, and the note. */
  readonly #literals: number[] = [];
  readonly #notes: number[] = [];

  get literals(): string[] {
    return [...this.#numbers.keys()];
  }

  add(literal: string, note: number): void {
    let number = this.#numbers.get(literal);
    if (number === undefined) this.#numbers.set(literal, (number = this.#numbers.size));
    this.#literals.push(number);
    this.#notes.push(note);
  }

  /** The notes of some literals, in their order; those that have none here have an empty list. */
  listsFor(literals: readonly string[]): NoteLists {
    const places = new Int32Array(this.#numbers.size);
    literals.forEach((literal, place) => {
      const number = this.#numbers.get(literal);
      if (number !== undefined) places[number] = place;
    });
    // Sorted by counting: how many notes each literal has, then where its list ends, then each note before that.
    const first = new Int32Array(literals.length + 1);
    for (const number of this.#literals) (first[places[number] as number] as number)++;
    for (let place = 1; place < first.length; place++) (first[place] as number) += first[place - 1] as number;
    const notes = new Int32Array(this.#notes.length);
    for (let i = notes.length - 1; i >= 0; i--) {
      const place = places[this.#literals[i] as number] as number;
      notes[--(first[place] as number)] = this.#notes[i] as number;
    }
    return { first, notes };
  }
}

/** Literals with what is to be noted where they are found, as they are being gathered. */
export class LiteralNotes {
  readonly whole = new Gathered();
  readonly start = new Gathered();
  readonly end = new Gathered();
  readonly anywhere = new Gathered();

  /** @param literal folded; not empty unless it is to be the whole. */
  add(literal: string, place: Place, note: number): void {
    this[place].add(binaryOf(literal), note);
  }
}

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
    this.#starts = edgeTree(notes.start, notes.whole, (literal) => literal);
    this.#ends = edgeTree(notes.end, new Gathered(), backwards);
    this.#anywhere = anywhereFinder(notes.anywhere);
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

function edgeTree(atEdge: Gathered, asWhole: Gathered, written: (literal: string) => string): EdgeTree | undefined {
  const literals = [...new Set([...atEdge.literals, ...asWhole.literals])].map(written).sort();
  if (literals.length === 0) return undefined;
  // Written twice, a literal is itself again.
  const own = literals.map(written);
  return {
    tree: buildTree(literals, true),
    literals,
    atEdge: atEdge.listsFor(own),
    asWhole: asWhole.listsFor(own),
  };
}

function backwards(literal: string): string {
  let reversed = '';
  for (let i = literal.length - 1; i >= 0; i--) reversed += literal.charAt(i);
  return reversed;
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

function give({ atEdge, asWhole }: EdgeTree, literal: number, isWhole: boolean, take: TakeNotes): void {
  takeOf(atEdge, literal, take);
  if (isWhole) takeOf(asWhole, literal, take);
}

function takeOf({ first, notes }: NoteLists, literal: number, take: TakeNotes): void {
  const from = first[literal] as number;
  const to = first[literal + 1] as number;
  if (from < to) take(notes, from, to);
}

function anywhereFinder(gathered: Gathered): AnywhereFinder | undefined {
  const { literals } = gathered;
  if (literals.length === 0) return undefined;
  const byCut = new Map<string, string[]>();
  for (const literal of literals) {
    const cut = literal.slice(-CUT);
    const same = byCut.get(cut);
    if (same) same.push(literal);
    else byCut.set(cut, [literal]);
  }
  const cuts = [...byCut.keys()].sort();
  const fulls: string[] = [];
  const firstFull = new Int32Array(cuts.length + 1);
  cuts.forEach((cut, number) => {
    fulls.push(...(byCut.get(cut) ?? []));
    firstFull[number + 1] = fulls.length;
  });
  const notes = gathered.listsFor(fulls);
  return { automaton: buildAutomaton(cuts), firstFull, fulls, notes, seen: new Int32Array(fulls.length) };
}

function scan(
  finder: AnywhereFinder,
  bytes: Uint8Array,
  from: number,
  to: number,
  text: number,
  take: TakeNotes,
): void {
  const { automaton } = finder;
  const { classOf, ending } = automaton;
  let state = 0;
  for (let i = from; i < to; i++) {
    state = nextState(automaton, state, classOf[bytes[i] as number] as number);
    const end = ending[state] as number;
    if (end > 0) occurs(finder, end, bytes, from, i + 1, text, take);
  }
}

/** Literals end at `at`: those of an ending state, and of its suffixes, whose other bytes stand before it. */
function occurs(
  finder: AnywhereFinder,
  end: number,
  bytes: Uint8Array,
  from: number,
  at: number,
  text: number,
  take: TakeNotes,
): void {
  const { automaton, firstFull, fulls, seen } = finder;
  for (let state = end; state > 0; state = automaton.ending[automaton.suffix[state] as number] as number) {
    const cut = automaton.literal[state] as number;
    const last = firstFull[cut + 1] as number;
    for (let full = firstFull[cut] as number; full < last; full++) {
      if (seen[full] === text || !standsBefore(fulls[full] as string, bytes, from, at)) continue;
      seen[full] = text;
      takeOf(finder.notes, full, take);
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
