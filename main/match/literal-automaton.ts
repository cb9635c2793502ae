/**
 * Aho–Corasick over bytes in flat typed arrays: finds every occurrence of many literals in one pass. The alphabet is
 * reduced to the bytes that occur in the literals (class 0 is every other byte), and the failure links are worked
 * into the transitions, so that a step is one array read.
 *
 * Memory: states x classes x 4 bytes. Callers bound it by cutting long literals.
 */
export interface LiteralAutomaton {
  /** Class of each byte; upper-case ASCII is in the class of its lower case. */
  readonly classOf: Uint8Array | Uint16Array;
  readonly classes: number;
  /** next[state * classes + class]; state 0 is the start. */
  readonly next: Int32Array | Uint16Array;
  /** By state: first output (an index into `outputs`), or -1. */
  readonly firstOutput: Int32Array;
  /** Chains of outputs: literal number, and the following output or -1. */
  readonly outputLiteral: Int32Array;
  readonly outputNext: Int32Array;
  readonly states: number;
}

/**
 * Builds the automaton of distinct, non-empty literals. Literal numbers in its outputs are positions in the list.
 * @param literals bytes, already folded.
 */
export function buildAutomaton(literals: readonly Uint8Array[]): LiteralAutomaton {
  const classOf = new Uint16Array(256);
  let classes = 1;
  for (const literal of literals) {
    for (const byte of literal) if (classOf[byte] === 0) classOf[byte] = classes++;
  }
  for (let upper = 65; upper <= 90; upper++) classOf[upper] = classOf[upper + 32] as number;

  const capacity = 1 + literals.reduce((sum, literal) => sum + literal.length, 0);
  let goto = new Int32Array(Math.min(capacity, 1024) * classes);
  const ownLiteral: number[] = [-1];
  let states = 1;
  literals.forEach((literal, number) => {
    let state = 0;
    for (const byte of literal) {
      const cell = state * classes + (classOf[byte] as number);
      let target = goto[cell] as number;
      if (target === 0) {
        target = states++;
        if (states * classes > goto.length) {
          const grown = new Int32Array(Math.min(capacity * classes, Math.max(goto.length * 2, states * classes)));
          grown.set(goto);
          goto = grown;
        }
        ownLiteral.push(-1);
        goto[cell] = target;
      }
      state = target;
    }
    ownLiteral[state] = number;
  });
  return link(goto, states, classes, classOf, ownLiteral);
}

/**
 * Breadth-first: failure links, outputs, and transitions for every (state, class). States are numbered anew in that
 * order, so that those near the start, where most texts stay, lie close together in memory.
 */
function link(
  goto: Int32Array,
  states: number,
  classes: number,
  classOf: Uint16Array,
  ownLiteral: readonly number[],
): LiteralAutomaton {
  const order = breadthFirst(goto, states, classes);
  const renamed = new Int32Array(states);
  order.forEach((state, position) => (renamed[state] = position));
  const next = states <= 0x10000 ? new Uint16Array(states * classes) : new Int32Array(states * classes);
  const fail = new Int32Array(states);
  const firstOutput = new Int32Array(states).fill(-1);
  const outputLiteral: number[] = [];
  const outputNext: number[] = [];
  for (let state = 0; state < states; state++) {
    const old = order[state] as number;
    const failed = fail[state] as number;
    const own = ownLiteral[old] as number;
    const inherited = state === 0 ? -1 : (firstOutput[failed] as number);
    if (own >= 0) {
      firstOutput[state] = outputLiteral.length;
      outputLiteral.push(own);
      outputNext.push(inherited);
    } else {
      firstOutput[state] = inherited;
    }
    for (let c = 0; c < classes; c++) {
      const child = renamed[goto[old * classes + c] as number] as number;
      const fallback = state === 0 ? 0 : (next[failed * classes + c] as number);
      if (child === 0) next[state * classes + c] = fallback;
      else {
        next[state * classes + c] = child;
        fail[child] = fallback;
      }
    }
  }
  return {
    classOf: classes <= 256 ? Uint8Array.from(classOf) : classOf,
    classes,
    next,
    firstOutput,
    outputLiteral: Int32Array.from(outputLiteral),
    outputNext: Int32Array.from(outputNext),
    states,
  };
}

/** The trie's states, those nearest to the start first. */
function breadthFirst(goto: Int32Array, states: number, classes: number): Int32Array {
  const order = new Int32Array(states);
  let tail = 1;
  for (let head = 0; head < tail; head++) {
    const row = (order[head] as number) * classes;
    for (let c = 1; c < classes; c++) {
      const child = goto[row + c] as number;
      if (child !== 0) order[tail++] = child;
    }
  }
  return order;
}
