import { attempt, Cursor, type Parsed } from '../../../syntax/cursor.ts';
import { prattParser, readChain, type Operator, type ParseAt } from '../../../syntax/pratt.ts';
import { escapedPieces } from '../wildcards.ts';
import { POWER, type LuceneExpr, type LuceneValue } from './ast.ts';
import { tokenizeLucene, type LuceneToken } from './tokens.ts';

/** Parses a Lucene query; undefined tree for a blank one. Never throws: a fault comes back with its place. */
export function parseLucene(text: string): Parsed<LuceneExpr | undefined> {
  return attempt(() => new Parser(new Cursor(tokenizeLucene(text), text.length)).query());
}

class Parser {
  readonly #cursor: Cursor<LuceneToken>;
  readonly #parse: ParseAt<LuceneExpr>;

  constructor(cursor: Cursor<LuceneToken>) {
    this.#cursor = cursor;
    this.#parse = prattParser<LuceneExpr>(cursor, {
      operand: (parse) => this.#operand(parse),
      operator: () => this.#operator(),
    });
  }

  query(): LuceneExpr | undefined {
    if (!this.#cursor.peek()) return undefined;
    const expr = this.#parse(0);
    if (this.#cursor.peek()) throw this.#cursor.fault('Expected the end of the query');
    return expr;
  }

  #operator(): Operator<LuceneExpr> | undefined {
    const token = this.#cursor.peek();
    if (!token || (token.kind === 'op' && token.text === ')')) return undefined;
    // Terms side by side are joined by the default operator, OR.
    const kind = this.#isWord('AND') ? 'and' : 'or';
    return {
      power: POWER[kind],
      read: (left, parse) => {
        const isNext = (): boolean => {
          if (kind === 'and') return this.#word('AND');
          const next = this.#cursor.peek();
          if (!next || (next.kind === 'op' && next.text === ')') || this.#isWord('AND')) return false;
          this.#word('OR');
          return true;
        };
        const children = readChain(left, isNext, () => parse(POWER[kind] + 1));
        return { kind, children, span: { start: left.span.start, end: this.#cursor.lastEnd } };
      },
    };
  }

  #operand(parse: ParseAt<LuceneExpr>): LuceneExpr {
    const start = this.#cursor.start;
    const prefix = this.#word('NOT') || this.#op('!') || this.#op('-') ? 'not' : this.#op('+') ? 'must' : undefined;
    if (prefix !== undefined) {
      const child = parse(POWER.prefix);
      return { kind: prefix, child, span: { start, end: this.#cursor.lastEnd } };
    }
    if (this.#op('(')) return this.#closeGroup(parse);
    const isField = this.#cursor.peek()?.kind === 'word' && this.#cursor.peek(1)?.text === ':';
    if (!isField) {
      const value = this.#value();
      return { kind: 'term', field: undefined, value, span: value.span };
    }
    const field = unescape(this.#cursor.next('a field').text);
    this.#cursor.next(':');
    if (this.#op('(')) {
      const child = this.#closeGroup(parse);
      return { kind: 'group', field, child, span: { start, end: this.#cursor.lastEnd } };
    }
    const value = this.#value();
    return { kind: 'term', field, value, span: { start, end: this.#cursor.lastEnd } };
  }

  #closeGroup(parse: ParseAt<LuceneExpr>): LuceneExpr {
    const inner = parse(0);
    if (!this.#op(')')) throw this.#cursor.fault('Expected )');
    this.#suffix('^');
    return inner;
  }

  #value(): LuceneValue {
    const start = this.#cursor.start;
    const next = this.#cursor.peek();
    if (next?.kind === 'op' && (next.text.startsWith('<') || next.text.startsWith('>'))) return this.#openRange(start);
    if (!next || next.kind === 'op') throw this.#cursor.fault('Expected a value');
    const { kind, text } = this.#cursor.next('a value');
    const fuzzy = this.#suffix('~');
    this.#suffix('^');
    const span = { start, end: this.#cursor.lastEnd };
    switch (kind) {
      case 'quoted':
        return { kind: 'phrase', text: unescape(text.slice(1, -1)), fuzzy, span };
      case 'regex':
        return { kind: 'regex', source: text.slice(1, -1).replaceAll('\\/', '/'), span };
      case 'range':
        return { ...closedRange(text), span };
      case 'word':
      case 'op':
        return { kind: 'word', pieces: escapedPieces(text), fuzzy, span };
    }
  }

  /** `>=10` and its like. */
  #openRange(start: number): LuceneValue {
    const op = this.#cursor.next('an operator').text;
    const bound = this.#cursor.peek();
    if (bound?.kind !== 'word' && bound?.kind !== 'quoted') throw this.#cursor.fault('Expected a value');
    this.#cursor.next('a value');
    const text = unescape(bound.text.replace(/^"(.*)"$/s, '$1'));
    const span = { start, end: this.#cursor.lastEnd };
    const includes = op.endsWith('=');
    return op.startsWith('>')
      ? { kind: 'range', from: text, to: '*', includesFrom: includes, includesTo: true, span }
      : { kind: 'range', from: '*', to: text, includesFrom: true, includesTo: includes, span };
  }

  /** Consumes a boost `^2` or fuzziness `~1` that touches what is before it. */
  #suffix(sign: '^' | '~'): boolean {
    const token = this.#cursor.peek();
    if (token?.kind !== 'op' || !token.text.startsWith(sign) || token.start !== this.#cursor.lastEnd) return false;
    this.#cursor.next(sign);
    return true;
  }

  #isWord(word: string): boolean {
    const token = this.#cursor.peek();
    return token?.kind === 'word' && token.text === word;
  }

  #word(word: string): boolean {
    if (!this.#isWord(word)) return false;
    this.#cursor.next(word);
    return true;
  }

  #op(op: string): boolean {
    const token = this.#cursor.peek();
    if (token?.kind !== 'op' || token.text !== op) return false;
    this.#cursor.next(op);
    return true;
  }
}

function unescape(text: string): string {
  return text.replace(/\\([^])/g, '$1');
}

function closedRange(text: string): Omit<Extract<LuceneValue, { kind: 'range' }>, 'span'> {
  const match = /^[[{]\s*("[^"]*"|\S+)\s+TO\s+("[^"]*"|[^\s\]}]+)\s*[\]}]$/.exec(text);
  const bound = (written = '*'): string => unescape(written.replace(/^"(.*)"$/s, '$1'));
  return {
    kind: 'range',
    from: bound(match?.[1]),
    to: bound(match?.[2]),
    includesFrom: text.startsWith('['),
    includesTo: text.endsWith(']'),
  };
}
