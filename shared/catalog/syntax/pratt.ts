import type { Cursor } from './cursor.ts';

/**
 * Operator-precedence parsing (V. Pratt, "Top down operator precedence", 1973), the one core of every query grammar
 * here. A grammar says two things at a cursor: what an operand is, and which operator follows a finished operand and
 * how tightly it binds. Example, `a or b and c` with or = 1, and = 2: after `b` the operator `and` (2) binds tighter
 * than the `or` (1) that waits for its right side, so `b and c` becomes that right side.
 */
export interface PrattGrammar<Node> {
  /** Reads an operand at the cursor, prefix operators included. `parse(n)` reads what binds at least as tight as n. */
  readonly operand: (parse: ParseAt<Node>) => Node;
  /** The operator at the cursor, not consumed; undefined where the expression ends. */
  readonly operator: () => Operator<Node> | undefined;
}

export type ParseAt<Node> = (minPower: number) => Node;

export interface Operator<Node> {
  /** How tightly it binds its left side; higher is tighter. */
  readonly power: number;
  /** Consumes the operator and what is right of it. Left-associative ones read their right side at `power + 1`. */
  readonly read: (left: Node, parse: ParseAt<Node>) => Node;
}

/** Deeper nesting than any written rule's; keeps a hostile text from exhausting the stack. */
const MAX_DEPTH = 250;

/** Makes the parser of a grammar. It throws the cursor's SyntaxFault where the text is wrong or nested too deeply. */
export function prattParser<Node>(
  cursor: Cursor<{ start: number; end: number }>,
  grammar: PrattGrammar<Node>,
): ParseAt<Node> {
  let depth = 0;
  const parse: ParseAt<Node> = (minPower) => {
    const before = depth;
    try {
      if (++depth > MAX_DEPTH) throw cursor.fault('Nested too deeply');
      let left = grammar.operand(parse);
      for (;;) {
        const operator = grammar.operator();
        if (operator === undefined || operator.power < minPower) return left;
        left = operator.read(left, parse);
        // A long chain of left-associative operators makes a deep tree too.
        if (++depth > MAX_DEPTH) throw cursor.fault('Nested too deeply');
      }
    } finally {
      // Also behind a fault: a grammar may recover and go on.
      depth = before;
    }
  };
  return parse;
}

/**
 * Reads the rest of `a op b op c …` into one list, so that long chains stay flat.
 * @param isNext consumes the operator if it is next.
 */
export function readChain<Node>(first: Node, isNext: () => boolean, readOperand: () => Node): Node[] {
  const operands = [first];
  while (isNext()) operands.push(readOperand());
  return operands;
}
