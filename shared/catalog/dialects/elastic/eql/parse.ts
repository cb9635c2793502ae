import { attempt, Cursor, type Parsed } from '../../../syntax/cursor.ts';
import { prattParser, readChain, type Operator, type ParseAt } from '../../../syntax/pratt.ts';
import {
  binaryPower,
  COMPARISONS,
  POWER,
  type EqlBinary,
  type EqlExpr,
  type EqlField,
  type EqlFilter,
  type EqlPipe,
  type EqlQuery,
  type EqlTerm,
  type EqlTest,
} from './ast.ts';
import { tokenizeEql, type EqlToken } from './tokens.ts';

/** Parses an EQL query; spans are offsets in `text`. Never throws: a fault comes back with its place. */
export function parseEql(text: string): Parsed<EqlQuery> {
  return attempt(() => new Parser(new Cursor(tokenizeEql(text), text.length)).query());
}

const TESTS: ReadonlySet<string> = new Set(['in', 'like', 'regex']);

/** Words that can't begin a field name. */
const RESERVED: ReadonlySet<string> = new Set(['and', 'or', 'in', 'like', 'regex', 'where', 'by', 'with', 'until']);

class Parser {
  readonly #cursor: Cursor<EqlToken>;
  readonly #parse: ParseAt<EqlExpr>;

  constructor(cursor: Cursor<EqlToken>) {
    this.#cursor = cursor;
    this.#parse = prattParser<EqlExpr>(cursor, {
      operand: (parse) => this.#operand(parse),
      operator: () => this.#operator(),
    });
  }

  query(): EqlQuery {
    const start = this.#cursor.start;
    const isGroup = this.#isWord('sequence') || this.#isWord('sample');
    // `sequence where …` is a category of that name.
    const body =
      isGroup && !this.#isWord('where', 1) ? this.#group() : { kind: 'event' as const, filter: this.#filter() };
    const pipes = this.#pipes();
    if (this.#cursor.peek()) throw this.#cursor.fault('Expected the end of the query');
    return { ...body, pipes, span: { start, end: this.#cursor.lastEnd } };
  }

  #group(): Extract<EqlQuery, { kind: 'sequence' | 'sample' }> extends infer Group
    ? Omit<Group, 'pipes' | 'span'>
    : never {
    const kind = this.#cursor.next('sequence').text === 'sample' ? 'sample' : 'sequence';
    let by: readonly EqlExpr[] = [];
    let maxSpan: string | undefined;
    for (;;) {
      if (this.#word('by')) by = this.#keys();
      else if (this.#word('with')) maxSpan = this.#option('maxspan', ['duration']);
      else break;
    }
    const terms: EqlTerm[] = [];
    while (this.#isOp('[') || this.#isOp('![')) terms.push(this.#term());
    if (terms.length === 0) throw this.#cursor.fault('Expected [');
    const until = this.#word('until') ? this.#term() : undefined;
    return { kind, by, maxSpan, terms, until };
  }

  #term(): EqlTerm {
    const start = this.#cursor.start;
    const missing = this.#op('![');
    if (!missing) this.#expect('[');
    const filter = this.#filter();
    this.#expect(']');
    let by: readonly EqlExpr[] = [];
    let runs: number | undefined;
    for (;;) {
      if (this.#word('by')) by = this.#keys();
      else if (this.#word('with')) runs = Number(this.#option('runs', ['number']));
      else break;
    }
    return { filter, missing, by, runs, span: { start, end: this.#cursor.lastEnd } };
  }

  /** `name = value` after `with`. */
  #option(name: string, kinds: readonly EqlToken['kind'][]): string {
    if (!this.#word(name)) throw this.#cursor.fault(`Expected ${name}`);
    this.#expect('=');
    const value = this.#cursor.peek();
    if (!value || !kinds.includes(value.kind)) throw this.#cursor.fault(`Expected a ${kinds.join(' or ')}`);
    return this.#cursor.next('a value').text;
  }

  #keys(): EqlExpr[] {
    return readChain(
      this.#parse(POWER.comparison),
      () => this.#op(','),
      () => this.#parse(POWER.comparison),
    );
  }

  #filter(): EqlFilter {
    const start = this.#cursor.start;
    const category = this.#cursor.next('an event category');
    if (category.kind === 'op' || category.kind === 'number' || category.kind === 'duration') {
      this.#cursor.reset(this.#cursor.mark - 1);
      throw this.#cursor.fault('Expected an event category');
    }
    if (!this.#word('where')) throw this.#cursor.fault('Expected where');
    const condition = this.#parse(0);
    return { category: category.text, condition, span: { start, end: this.#cursor.lastEnd } };
  }

  #pipes(): EqlPipe[] {
    const pipes: EqlPipe[] = [];
    while (this.#op('|')) {
      const name = this.#cursor.next('a pipe');
      if (name.kind !== 'word') throw this.#cursor.fault('Expected a pipe');
      const hasArgs = this.#cursor.peek() !== undefined && !this.#isOp('|');
      const args = hasArgs
        ? readChain(
            this.#parse(0),
            () => this.#op(','),
            () => this.#parse(0),
          )
        : [];
      pipes.push({ name: name.text, args, span: { start: name.start, end: this.#cursor.lastEnd } });
    }
    return pipes;
  }

  #operator(): Operator<EqlExpr> | undefined {
    const token = this.#cursor.peek();
    if (!token) return undefined;
    if (token.kind === 'word') return this.#wordOperator(token);
    if (token.kind !== 'op') return undefined;
    if (token.text === ':') return { power: POWER.test, read: (left) => this.#test(left, false) };
    const op = token.text as EqlBinary;
    if (!(COMPARISONS as readonly string[]).includes(op) && !'+-*/%'.includes(op)) return undefined;
    const power = binaryPower(op);
    return {
      power,
      read: (left, parse) => {
        this.#cursor.next('an operator');
        const right = parse(power + 1);
        return { kind: 'binary', op, left, right, span: { start: left.span.start, end: right.span.end } };
      },
    };
  }

  #wordOperator({ text }: EqlToken): Operator<EqlExpr> | undefined {
    const word = text.toLowerCase();
    if (word === 'and' || word === 'or') {
      const power = POWER[word];
      return {
        power,
        read: (left, parse) => {
          const children = readChain(
            left,
            () => this.#word(word),
            () => parse(power + 1),
          );
          return { kind: word, children, span: { start: left.span.start, end: this.#cursor.lastEnd } };
        },
      };
    }
    if (TESTS.has(word)) return { power: POWER.test, read: (left) => this.#test(left, false) };
    if (word !== 'not' || !TESTS.has(this.#cursor.peek(1)?.text.toLowerCase() ?? '')) return undefined;
    return {
      power: POWER.test,
      read: (left) => {
        this.#cursor.next('not');
        return this.#test(left, true);
      },
    };
  }

  #test(subject: EqlExpr, negated: boolean): EqlExpr {
    const word = this.#cursor.next('an operator');
    const next = this.#cursor.peek();
    // A tilde belongs to the operator only where it touches it.
    const isLoose = word.text !== ':' && next?.text === '~' && next.start === word.end && next.kind === 'op';
    if (isLoose) this.#cursor.next('~');
    const op = `${word.text.toLowerCase()}${isLoose ? '~' : ''}` as EqlTest;
    const list = this.#op('(');
    if (!list && word.text.toLowerCase() === 'in') throw this.#cursor.fault('Expected (');
    const read = (): EqlExpr => this.#parse(POWER.sum);
    const values = list ? readChain(read(), () => this.#op(','), read) : [this.#parse(POWER.primary)];
    if (list) this.#expect(')');
    const span = { start: subject.span.start, end: this.#cursor.lastEnd };
    return { kind: 'test', op, negated, subject, values, list, span };
  }

  #operand(parse: ParseAt<EqlExpr>): EqlExpr {
    const token = this.#cursor.next('an expression');
    const { start } = token;
    const span = { start, end: token.end };
    switch (token.kind) {
      case 'string':
        return { kind: 'string', text: token.text, span };
      case 'number':
        return { kind: 'number', text: token.text, span };
      case 'duration':
        throw this.#refuse('Expected an expression');
      case 'quotedName':
        return this.#field(token, false, start);
      case 'word':
        return this.#wordOperand(token, parse);
      case 'op':
        break;
    }
    if (token.text === '(') {
      const inner = parse(0);
      this.#expect(')');
      return inner;
    }
    if (token.text === '-' || token.text === '+') {
      const child = parse(POWER.sign);
      return { kind: 'sign', sign: token.text, child, span: { start, end: child.span.end } };
    }
    if (token.text === '?') return this.#field(this.#cursor.next('a field'), true, start);
    throw this.#refuse('Expected an expression');
  }

  #wordOperand(token: EqlToken, parse: ParseAt<EqlExpr>): EqlExpr {
    const span = { start: token.start, end: token.end };
    const word = token.text.toLowerCase();
    const next = this.#cursor.peek();
    if (word === 'not') {
      const child = parse(POWER.not);
      return { kind: 'not', child, span: { start: token.start, end: this.#cursor.lastEnd } };
    }
    if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true', span };
    if (word === 'null') return { kind: 'null', span };
    if (next?.kind === 'word' && next.text.toLowerCase() === 'of' && this.#cursor.peek(1)?.text === '[') {
      this.#cursor.next('of');
      this.#cursor.next('[');
      const filter = this.#filter();
      this.#expect(']');
      return { kind: 'relation', relation: word, filter, span: { start: token.start, end: this.#cursor.lastEnd } };
    }
    if (RESERVED.has(word) && next?.text !== '.') throw this.#refuse('Expected an expression');
    const isLoose = next?.text === '~' && next.start === token.end && this.#cursor.peek(1)?.text === '(';
    if (next?.text === '(' && next.kind === 'op') return this.#call(token, '');
    if (isLoose) {
      this.#cursor.next('~');
      return this.#call(token, '~');
    }
    return this.#field(token, false, token.start);
  }

  #call(name: EqlToken, tilde: string): EqlExpr {
    this.#expect('(');
    const read = (): EqlExpr => this.#parse(0);
    const args = this.#isOp(')') ? [] : readChain(read(), () => this.#op(','), read);
    this.#expect(')');
    return { kind: 'call', name: name.text + tilde, args, span: { start: name.start, end: this.#cursor.lastEnd } };
  }

  #field(first: EqlToken, optional: boolean, start: number): EqlField {
    if (first.kind !== 'word' && first.kind !== 'quotedName') throw this.#refuse('Expected a field');
    let name = first.text;
    for (;;) {
      if (this.#isOp('.')) {
        this.#cursor.next('.');
        const part = this.#cursor.next('a field name');
        if (part.kind !== 'word' && part.kind !== 'quotedName') throw this.#refuse('Expected a field name');
        name += `.${part.text}`;
      } else if (this.#isOp('[') && this.#cursor.peek(1)?.kind === 'number' && this.#cursor.peek(2)?.text === ']') {
        this.#cursor.next('[');
        name += `[${this.#cursor.next('an index').text}]`;
        this.#cursor.next(']');
      } else break;
    }
    return { kind: 'field', name, optional, span: { start, end: this.#cursor.lastEnd } };
  }

  /** A fault at the token just consumed. */
  #refuse(message: string): Error {
    this.#cursor.reset(this.#cursor.mark - 1);
    return this.#cursor.fault(message);
  }

  #isWord(word: string, ahead = 0): boolean {
    const token = this.#cursor.peek(ahead);
    return token?.kind === 'word' && token.text.toLowerCase() === word;
  }

  #word(word: string): boolean {
    if (!this.#isWord(word)) return false;
    this.#cursor.next(word);
    return true;
  }

  #isOp(op: string): boolean {
    const token = this.#cursor.peek();
    return token?.kind === 'op' && token.text === op;
  }

  #op(op: string): boolean {
    if (!this.#isOp(op)) return false;
    this.#cursor.next(op);
    return true;
  }

  #expect(op: string): void {
    if (!this.#op(op)) throw this.#cursor.fault(`Expected ${op}`);
  }
}
