/**
 * Distinct byte strings as a tree of their common beginnings. States are numbered breadth first, so that the children
 * of a state stand side by side: those of `s` are [firstChild[s], firstChild[s + 1]), in the order of their bytes.
 *
 * Strings here are binary: each character is a byte (see `binaryOf`).
 */
export interface LiteralTree {
  readonly states: number;
  readonly firstChild: Int32Array;
  /** The byte that leads to a state. */
  readonly byte: Uint8Array;
  /** The literal that ends at a state, or -1. */
  readonly literal: Int32Array;
  /** In a compact tree: the only literal that goes on below a state, which then has no children; else -1. */
  readonly only: Int32Array;
}

const encoder = new TextEncoder();
// eslint-disable-next-line no-control-regex -- the ASCII range is meant
const ASCII = /^[\u0000-\u007f]*$/;

/** The UTF-8 of a text as a string with one character for each byte. */
export function binaryOf(text: string): string {
  return ASCII.test(text) ? text : String.fromCharCode(...encoder.encode(text));
}

/**
 * @param literals distinct binary strings in ascending order; numbers in the tree are positions in the list.
 * @param isCompact ends a branch where one literal is left, whose rest the reader compares by itself.
 */
export function buildTree(literals: readonly string[], isCompact: boolean): LiteralTree {
  // A state stands for the literals [from, to), which share their first `depth` bytes.
  const froms = [0];
  const tos = [literals.length];
  const depths = [0];
  const bytes = [0];
  const firstChild: number[] = [];
  const ending: number[] = [];
  const only: number[] = [];
  for (let state = 0; state < froms.length; state++) {
    firstChild.push(froms.length);
    const depth = depths[state] as number;
    const to = tos[state] as number;
    let from = froms[state] as number;
    ending.push(from < to && literals[from]?.length === depth ? from++ : -1);
    const isLeaf = isCompact && to - from === 1;
    only.push(isLeaf ? from : -1);
    if (isLeaf) continue;
    while (from < to) {
      const byte = (literals[from] as string).charCodeAt(depth);
      const first = from++;
      while (from < to && (literals[from] as string).charCodeAt(depth) === byte) from++;
      froms.push(first);
      tos.push(from);
      depths.push(depth + 1);
      bytes.push(byte);
    }
  }
  const states = froms.length;
  firstChild.push(states);
  return {
    states,
    firstChild: new Int32Array(firstChild),
    byte: new Uint8Array(bytes),
    literal: new Int32Array(ending),
    only: new Int32Array(only),
  };
}
