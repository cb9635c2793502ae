import { buildTree, type LiteralTree } from './literal-tree.ts';

/**
 * Aho–Corasick over bytes in flat typed arrays: finds every occurrence of many literals in one pass. States are those
 * of the literals' tree, nearest to the start first. The first `dense` of them, where texts spend nearly all their
 * time, have a row of transitions for every class of bytes; further ones have but their children in the tree, and
 * elsewhere go on as the state of their longest proper suffix does.
 */
export interface LiteralAutomaton {
  /** Class of each byte, 0 for those that no literal has; upper-case ASCII is in the class of its lower case. */
  readonly classOf: Uint16Array;
  readonly classes: number;
  readonly dense: number;
  /** By dense state and class: the next state. */
  readonly next: Int32Array;
  /** Children of state `s`: [firstChild[s], firstChild[s + 1]), each with the class that leads to it. */
  readonly firstChild: Int32Array;
  readonly enteredBy: Uint16Array;
  /** By state: that of its longest proper suffix. */
  readonly suffix: Int32Array;
  /** By state: the literal that ends there, or -1. */
  readonly literal: Int32Array;
  /** By state: the longest of itself and its suffixes at which a literal ends, or 0. */
  readonly ending: Int32Array;
}

/** Cells of the dense rows: 2 MB. */
const DENSE_CELLS = 1 << 19;

/** The state after one more byte, of the given class. */
export function nextState(automaton: LiteralAutomaton, state: number, byClass: number): number {
  const { dense, firstChild, enteredBy, suffix } = automaton;
  while (state >= dense) {
    const to = firstChild[state + 1] as number;
    for (let child = firstChild[state] as number; child < to; child++) if (enteredBy[child] === byClass) return child;
    state = suffix[state] as number;
  }
  return automaton.next[state * automaton.classes + byClass] as number;
}

/**
 * Builds the automaton of literals. Literal numbers are positions in the list.
 * @param literals distinct, not empty, ascending; binary strings, already folded.
 */
export function buildAutomaton(literals: readonly string[]): LiteralAutomaton {
  const tree = buildTree(literals, false);
  const { states, firstChild, byte, literal } = tree;
  const { classOf, classes } = classesOf(tree);
  const dense = Math.min(states, Math.max(1, Math.floor(DENSE_CELLS / classes)));
  const automaton: LiteralAutomaton = {
    ...{ classOf, classes, dense, firstChild, literal },
    next: new Int32Array(dense * classes),
    enteredBy: Uint16Array.from(byte, (of) => classOf[of] as number),
    suffix: new Int32Array(states),
    ending: new Int32Array(states),
  };
  const { next, enteredBy, suffix, ending } = automaton;
  for (let state = 0; state < states; state++) {
    // Shorter states are complete by now.
    const shorter = suffix[state] as number;
    ending[state] = (literal[state] as number) >= 0 ? state : (ending[shorter] as number);
    const row = state * classes;
    if (state > 0 && state < dense) next.copyWithin(row, shorter * classes, (shorter + 1) * classes);
    const to = firstChild[state + 1] as number;
    for (let child = firstChild[state] as number; child < to; child++) {
      const byClass = enteredBy[child] as number;
      if (state > 0) suffix[child] = nextState(automaton, shorter, byClass);
      if (state < dense) next[row + byClass] = child;
    }
  }
  return automaton;
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
