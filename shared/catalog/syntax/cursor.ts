import type { Span } from '../../model/span.ts';

/** A text that doesn't follow its grammar; thrown inside a parser and caught by `attempt` at its edge. */
export class SyntaxFault extends Error {
  constructor(
    message: string,
    readonly span: Span,
  ) {
    super(message);
  }
}

export type Parsed<Tree> =
  { readonly ok: true; readonly tree: Tree } | { readonly ok: false; readonly fault: SyntaxFault };

/** Runs a parser; a SyntaxFault becomes a result. */
export function attempt<Tree>(parse: () => Tree): Parsed<Tree> {
  try {
    return { ok: true, tree: parse() };
  } catch (error) {
    if (error instanceof SyntaxFault) return { ok: false, fault: error };
    throw error;
  }
}

/** A place in a list of tokens. */
export class Cursor<Token extends Span> {
  #at = 0;

  /** @param length of the text: where a fault at its end is shown. */
  constructor(
    readonly tokens: readonly Token[],
    readonly length: number,
  ) {}

  /** The token `ahead` places on, undefined beyond the end. */
  peek(ahead = 0): Token | undefined {
    return this.tokens[this.#at + ahead];
  }

  /** Consumes and gives the next token. */
  next(expected: string): Token {
    const token = this.tokens[this.#at];
    if (!token) throw this.fault(`Expected ${expected}`);
    this.#at++;
    return token;
  }

  /** Index of the next token, to come back to with `reset`. */
  get mark(): number {
    return this.#at;
  }

  reset(mark: number): void {
    this.#at = mark;
  }

  /** Start of the next token, or the text's end. */
  get start(): number {
    return this.tokens[this.#at]?.start ?? this.length;
  }

  /** End of the token before. */
  get lastEnd(): number {
    return this.tokens[this.#at - 1]?.end ?? 0;
  }

  /** A fault at the next token, or at the end of the text. */
  fault(message: string): SyntaxFault {
    const token = this.tokens[this.#at];
    return new SyntaxFault(
      message,
      token ? { start: token.start, end: token.end } : { start: this.length, end: this.length },
    );
  }
}
