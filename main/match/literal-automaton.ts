import { buildTree, type LiteralTree } from './literal-tree.ts';

/**
 * Aho–Corasick over bytes in flat typed arrays: finds every occurrence of many literals in one pass. The alphabet is
 * reduced to the bytes that occur in the literals (class 0 is every other byte), and the failure links are worked
 * into the transitions, so that a step is one array read.
 *
 * Memory: states x classes x 4 bytes. Callers bound it by cutting long literals.
 */
export interface LiteralAutomaton {
  /** Class of each byte; upper-case ASCII is in the class of its lower case. */
  readonly classOf: Uint16Array;
  readonly classes: number;
  /** next[row + class] is (row of the next state) * 2, and 1 more where literals end there. Row 0 is the start. */
  readonly next: Int32Array;
  /** By state (row / classes): the literal that ends there, or -1. */
  readonly literal: Int32Array;
  /** By state: the next shorter state at which a literal ends too, or 0. */
  readonly shorter: Int32Array;
}

/**
 * Builds the automaton of literals. Literal numbers are positions in the list.
 * @param literals distinct, not empty, ascending; binary strings, already folded.
 */
export function buildAutomaton(literals: readonly string[]): LiteralAutomaton {
  const tree = buildTree(literals, false);
  const { classOf, classes } = classesOf(tree);
  const { states, firstChild, byte, literal } = tree;
  const next = new Int32Array(states * classes);
  const fail = new Int32Array(states);
  const shorter = new Int32Array(states);
  const isEnd = new Uint8Array(states);
  for (let state = 0; state < states; state++) {
    // States come breadth first: that of the longest proper suffix is complete.
    const suffix = fail[state] as number;
    const row = state * classes;
    if (state > 0) {
      next.copyWithin(row, suffix * classes, (suffix + 1) * classes);
      shorter[state] = (literal[suffix] as number) >= 0 ? suffix : (shorter[suffix] as number);
    }
    const to = firstChild[state + 1] as number;
    for (let child = firstChild[state] as number; child < to; child++) {
      const cell = row + (classOf[byte[child] as number] as number);
      const after = (next[cell] as number) >> 1;
      const childSuffix = after / classes;
      fail[child] = childSuffix;
      isEnd[child] = (literal[child] as number) >= 0 || isEnd[childSuffix] === 1 ? 1 : 0;
      next[cell] = child * classes * 2 + (isEnd[child] as number);
    }
  }
  return { classOf, classes, next, literal, shorter };
}

function classesOf({ states, byte }: LiteralTree): { classOf: Uint16Array; classes: number } {
  const classOf = new Uint16Array(256);
  let classes = 1;
  for (let state = 1; state < states; state++) {
    const of = byte[state] as number;
    if (classOf[of] === 0) classOf[of] = classes++;
  }
  for (let upper = 65; upper <= 90; upper++) classOf[upper] = classOf[upper + 32] as number;
  return { classOf, classes };
}
