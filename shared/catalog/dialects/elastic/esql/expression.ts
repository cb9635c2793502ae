import type { Cursor } from '../../../syntax/cursor.ts';
import { prattParser, readChain, type Operator, type ParseAt } from '../../../syntax/pratt.ts';
import { binaryPower, COMPARISONS, POWER, type EsqlBinary, type EsqlExpr, type EsqlString } from './ast.ts';
import type { EsqlToken } from './tokens.ts';

const TESTS = ['in', 'like', 'rlike'] as const;
type TestWord = (typeof TESTS)[number];

/** Reads expressions at a cursor, and the words and signs around them that commands need. */
export class ExpressionParser {
  readonly cursor: Cursor<EsqlToken>;
  readonly #text: string;
  readonly #parse: ParseAt<EsqlExpr>;

  constructor(cursor: Cursor<EsqlToken>, text: string) {
    this.cursor = cursor;
    this.#text = text;
    this.#parse = prattParser<EsqlExpr>(cursor, {
      operand: (parse) => this.#operand(parse),
      operator: () => this.#operator(),
    });
  }

  expression(minPower = 0): EsqlExpr {
    return this.#parse(minPower);
  }

  /** One or more of something with commas between. */
  commaList<Item>(read: () => Item): Item[] {
    return readChain(read(), () => this.op(','), read);
  }

  /** A dotted name, backticks taken off. */
  name(): string {
    const part = (): string => {
      const token = this.cursor.peek();
      if (token?.kind !== 'word' && token?.kind !== 'quotedName') throw this.cursor.fault('Expected a name');
      return this.cursor.next('a name').text;
    };
    return readChain(part(), () => this.op('.'), part).join('.');
  }

  string(): EsqlString {
    const token = this.cursor.peek();
    if (token?.kind !== 'string') throw this.cursor.fault('Expected a string');
    this.cursor.next('a string');
    return this.#stringOf(token);
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.cursor.peek(ahead);
    return token?.kind === 'word' && token.text.toLowerCase() === word;
  }

  word(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.cursor.next(word);
    return true;
  }

  isOp(op: string, ahead = 0): boolean {
    const token = this.cursor.peek(ahead);
    return token?.kind === 'op' && token.text === op;
  }

  op(op: string): boolean {
    if (!this.isOp(op)) return false;
    this.cursor.next(op);
    return true;
  }

  expect(op: string): void {
    if (!this.op(op)) throw this.cursor.fault(`Expected ${op}`);
  }

  #operator(): Operator<EsqlExpr> | undefined {
    const token = this.cursor.peek();
    if (token?.kind === 'word') return this.#wordOperator(token.text.toLowerCase());
    if (token?.kind !== 'op') return undefined;
    if (token.text === ':') return { power: POWER.comparison, read: (left) => this.#match(left) };
    if (token.text === '::') return { power: POWER.cast, read: (left) => this.#cast(left) };
    const op = token.text as EsqlBinary;
    if (!(COMPARISONS as readonly string[]).includes(op) && !'+-*/%'.includes(op)) return undefined;
    const power = binaryPower(op);
    return {
      power,
      read: (left, parse) => {
        this.cursor.next('an operator');
        const right = parse(power + 1);
        return { kind: 'binary', op, left, right, span: { start: left.span.start, end: this.cursor.lastEnd } };
      },
    };
  }

  #wordOperator(word: string): Operator<EsqlExpr> | undefined {
    if (word === 'and' || word === 'or') {
      const power = POWER[word];
      return {
        power,
        read: (left, parse) => {
          const children = readChain(
            left,
            () => this.word(word),
            () => parse(power + 1),
          );
          return { kind: word, children, span: { start: left.span.start, end: this.cursor.lastEnd } };
        },
      };
    }
    if (word === 'is') return { power: POWER.comparison, read: (left) => this.#isNull(left) };
    const negated = word === 'not';
    const test = TESTS.find((known) => (negated ? this.isWord(known, 1) : known === word));
    return test && { power: POWER.comparison, read: (left) => this.#test(test, left, negated) };
  }

  #test(op: TestWord, subject: EsqlExpr, negated: boolean): EsqlExpr {
    if (negated) this.cursor.next('not');
    this.cursor.next(op);
    const list = this.op('(');
    if (!list && op === 'in') throw this.cursor.fault('Expected (');
    const read = (): EsqlExpr => this.#parse(list ? POWER.comparison : POWER.sum);
    const values = list ? this.commaList(read) : [read()];
    if (list) this.expect(')');
    return { kind: 'test', op, negated, subject, values, list, span: this.#from(subject) };
  }

  /** `field : "words"`. */
  #match(subject: EsqlExpr): EsqlExpr {
    this.cursor.next(':');
    const values = [this.#parse(POWER.sum)];
    return { kind: 'test', op: ':', negated: false, subject, values, list: false, span: this.#from(subject) };
  }

  #isNull(subject: EsqlExpr): EsqlExpr {
    this.cursor.next('is');
    const negated = this.word('not');
    if (!this.word('null')) throw this.cursor.fault('Expected null');
    return { kind: 'isNull', negated, subject, span: this.#from(subject) };
  }

  #cast(subject: EsqlExpr): EsqlExpr {
    this.cursor.next('::');
    const type = this.name();
    return { kind: 'cast', subject, type, span: this.#from(subject) };
  }

  #from(first: EsqlExpr): EsqlExpr['span'] {
    return { start: first.span.start, end: this.cursor.lastEnd };
  }

  #operand(parse: ParseAt<EsqlExpr>): EsqlExpr {
    const token = this.cursor.peek();
    if (!token) throw this.cursor.fault('Expected an expression');
    const span = { start: token.start, end: token.end };
    switch (token.kind) {
      case 'string':
        return this.string();
      case 'number':
        this.cursor.next('a number');
        return this.#number(token);
      case 'quotedName':
        return { kind: 'field', name: this.name(), span: { start: token.start, end: this.cursor.lastEnd } };
      case 'word':
        return this.#wordOperand(token, parse);
      case 'op':
        this.cursor.next('an expression');
        return this.#signOperand(token, parse, span);
    }
  }

  #signOperand(token: EsqlToken, parse: ParseAt<EsqlExpr>, span: EsqlExpr['span']): EsqlExpr {
    const end = (): EsqlExpr['span'] => ({ start: token.start, end: this.cursor.lastEnd });
    switch (token.text) {
      case '(': {
        const inner = parse(0);
        this.expect(')');
        return inner;
      }
      case '+':
      case '-':
        return { kind: 'sign', sign: token.text, child: parse(POWER.sign), span: end() };
      case '*':
        return { kind: 'star', span };
      case '?': {
        this.op('?');
        const name = this.cursor.peek();
        const isNamed = (name?.kind === 'word' || name?.kind === 'number') && name.start === this.cursor.lastEnd;
        if (isNamed) this.cursor.next('a parameter');
        return { kind: 'param', name: isNamed ? name.text : '', span: end() };
      }
      case '[': {
        const items = this.isOp(']') ? [] : this.commaList(() => parse(0));
        this.expect(']');
        return { kind: 'list', items, span: end() };
      }
      case '{': {
        const entries = this.isOp('}') ? [] : this.commaList(() => this.#entry(parse));
        this.expect('}');
        return { kind: 'map', entries, span: end() };
      }
    }
    this.cursor.reset(this.cursor.mark - 1);
    throw this.cursor.fault('Expected an expression');
  }

  #entry(parse: ParseAt<EsqlExpr>): { readonly key: string; readonly value: EsqlExpr } {
    const key = this.string().text;
    this.expect(':');
    return { key, value: parse(0) };
  }

  #number(token: EsqlToken): EsqlExpr {
    const unit = this.cursor.peek();
    const isInterval = unit?.kind === 'word' && UNITS.test(unit.text);
    if (isInterval) this.cursor.next('a unit');
    const span = { start: token.start, end: this.cursor.lastEnd };
    return isInterval
      ? { kind: 'interval', text: token.text, unit: unit.text, span }
      : { kind: 'number', text: token.text, span };
  }

  #wordOperand(token: EsqlToken, parse: ParseAt<EsqlExpr>): EsqlExpr {
    const word = token.text.toLowerCase();
    const span = { start: token.start, end: token.end };
    const isName = this.isOp('.', 1) || this.isOp('(', 1);
    if (word === 'not' && !this.isOp('.', 1)) {
      this.cursor.next('not');
      const child = parse(POWER.not);
      return { kind: 'not', child, span: { start: token.start, end: this.cursor.lastEnd } };
    }
    if (!isName && (word === 'true' || word === 'false')) {
      this.cursor.next(word);
      return { kind: 'boolean', value: word === 'true', span };
    }
    if (!isName && word === 'null') {
      this.cursor.next(word);
      return { kind: 'null', span };
    }
    const name = this.name();
    if (!this.op('(')) return { kind: 'field', name, span: { start: token.start, end: this.cursor.lastEnd } };
    const args = this.isOp(')') ? [] : this.commaList(() => parse(0));
    this.expect(')');
    return { kind: 'call', name, args, span: { start: token.start, end: this.cursor.lastEnd } };
  }

  #stringOf(token: EsqlToken): EsqlString {
    const quotes = this.#text.startsWith('"""', token.start) ? 3 : 1;
    return {
      kind: 'string',
      text: token.text,
      textStart: token.start + quotes,
      span: { start: token.start, end: token.end },
    };
  }
}

/** Units of time spans, singular, plural and short (ES|QL, "Time spans"). */
const UNITS =
  /^(?:milliseconds?|ms|seconds?|sec|s|minutes?|min|m|hours?|hr|h|days?|d|weeks?|w|months?|mo|quarters?|q|years?|yr|y)$/i;
