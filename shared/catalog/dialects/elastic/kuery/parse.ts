import { attempt, Cursor, type Parsed } from '../../../syntax/cursor.ts';
import { prattParser, readChain, type Operator, type ParseAt } from '../../../syntax/pratt.ts';
import type { Span } from '../../../../model/span.ts';
import type { Piece } from '../../../syntax/wildcards.ts';
import { POWER, type KueryExpr, type KueryLiteral, type KueryRange, type KueryValues } from './ast.ts';
import { tokenizeKuery, type KueryToken } from './tokens.ts';

/** Parses a Kuery text; undefined tree for a blank one. Never throws: a fault comes back with its place. */
export function parseKuery(text: string): Parsed<KueryExpr | undefined> {
  return attempt(() => new Parser(text).query());
}

/** What and, or and not join: queries, or values. */
interface Joined {
  readonly span: Span;
}

class Parser {
  readonly #text: string;
  readonly #cursor: Cursor<KueryToken>;
  readonly #parse: ParseAt<KueryExpr>;
  readonly #parseValues: ParseAt<KueryValues>;

  constructor(text: string) {
    this.#text = text;
    this.#cursor = new Cursor(tokenizeKuery(text), text.length);
    this.#parse = prattParser<KueryExpr>(this.#cursor, {
      operand: (parse) => this.#operand(parse),
      operator: () => this.#operator((kind, children, span): KueryExpr => ({ kind, children, span })),
    });
    this.#parseValues = prattParser<KueryValues>(this.#cursor, {
      operand: (parse) => this.#valueOperand(parse),
      operator: () => this.#operator((kind, children, span): KueryValues => ({ kind, children, span })),
    });
  }

  query(): KueryExpr | undefined {
    if (!this.#cursor.peek()) return undefined;
    const expr = this.#parse(0);
    if (this.#cursor.peek()) throw this.#cursor.fault('Expected and, or, or the end of the query');
    return expr;
  }

  #operator<Node extends Joined>(
    join: (kind: 'and' | 'or', children: readonly Node[], span: Span) => Node,
  ): Operator<Node> | undefined {
    const token = this.#cursor.peek();
    if (token?.kind !== 'keyword' || token.text === 'not') return undefined;
    const kind = token.text === 'and' ? 'and' : 'or';
    return {
      power: POWER[kind],
      read: (left, parse) => {
        const children = readChain(
          left,
          () => this.#keyword(kind),
          () => parse(POWER[kind] + 1),
        );
        return join(kind, children, { start: left.span.start, end: this.#cursor.lastEnd });
      },
    };
  }

  #operand(parse: ParseAt<KueryExpr>): KueryExpr {
    const start = this.#cursor.start;
    if (this.#keyword('not')) {
      const child = parse(POWER.not);
      return { kind: 'not', child, span: { start, end: this.#cursor.lastEnd } };
    }
    if (this.#op('(')) {
      const inner = parse(0);
      this.#expect(')');
      return inner;
    }
    const first = this.#literal('a field or value');
    const next = this.#cursor.peek();
    if (next?.kind !== 'op') return { kind: 'bare', value: first, span: first.span };
    if (this.#op(':')) return this.#test(first, start);
    if ('<>'.includes(next.text[0] as string)) {
      const op = this.#cursor.next('an operator').text as KueryRange;
      const value = this.#literal('a value');
      return { kind: 'range', field: first, op, value, span: { start, end: this.#cursor.lastEnd } };
    }
    return { kind: 'bare', value: first, span: first.span };
  }

  /** What follows `field:`. */
  #test(field: KueryLiteral, start: number): KueryExpr {
    if (this.#op('{')) {
      const child = this.#parse(0);
      this.#expect('}');
      return { kind: 'nested', field, child, span: { start, end: this.#cursor.lastEnd } };
    }
    const values = this.#parseValues(POWER.primary);
    return { kind: 'is', field, values, span: { start, end: this.#cursor.lastEnd } };
  }

  #valueOperand(parse: ParseAt<KueryValues>): KueryValues {
    const start = this.#cursor.start;
    if (this.#keyword('not')) {
      const child = parse(POWER.not);
      return { kind: 'not', child, span: { start, end: this.#cursor.lastEnd } };
    }
    if (this.#op('(')) {
      const inner = parse(0);
      this.#expect(')');
      return inner;
    }
    return this.#literal('a value');
  }

  /** Quoted text, or unquoted text up to the next keyword, bracket or colon: blanks in it belong to it. */
  #literal(expected: string): KueryLiteral {
    const first = this.#cursor.peek();
    if (!first || (first.kind !== 'quoted' && first.kind !== 'chunk')) throw this.#cursor.fault(`Expected ${expected}`);
    this.#cursor.next(expected);
    const pieces: Piece[] = [...first.pieces];
    while (first.kind === 'chunk' && this.#cursor.peek()?.kind === 'chunk') {
      const blank = this.#text.slice(this.#cursor.lastEnd, this.#cursor.start);
      append(pieces, [{ literal: blank }, ...this.#cursor.next(expected).pieces]);
    }
    return {
      kind: 'literal',
      pieces,
      quoted: first.kind === 'quoted',
      span: { start: first.start, end: this.#cursor.lastEnd },
    };
  }

  #keyword(word: 'and' | 'or' | 'not'): boolean {
    const token = this.#cursor.peek();
    if (token?.kind !== 'keyword' || token.text !== word) return false;
    this.#cursor.next(word);
    return true;
  }

  #op(op: string): boolean {
    const token = this.#cursor.peek();
    if (token?.kind !== 'op' || token.text !== op) return false;
    this.#cursor.next(op);
    return true;
  }

  #expect(op: string): void {
    if (!this.#op(op)) throw this.#cursor.fault(`Expected ${op}`);
  }
}

/** Adds pieces, neighbouring literals made one. */
function append(pieces: Piece[], more: readonly Piece[]): void {
  for (const piece of more) {
    const last = pieces.at(-1);
    if (last && 'literal' in last && 'literal' in piece)
      pieces[pieces.length - 1] = { literal: last.literal + piece.literal };
    else pieces.push(piece);
  }
}
