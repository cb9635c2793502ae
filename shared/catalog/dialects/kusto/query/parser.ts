import { Cursor, SyntaxFault } from '../../../syntax/cursor.ts';
import {
  expect,
  expressionReader,
  isNumber,
  isSymbol,
  isWord,
  readArgument,
  type ExpressionReader,
} from './expression.ts';
import { kqlTokens, type KqlToken } from './tokens.ts';
import type { KqlArgument, KqlNode, KqlOption, KqlStage, KqlStatement } from './tree.ts';

/** What a query text holds, and what of it follows no grammar. */
export interface ParsedKql {
  readonly statements: readonly KqlStatement[];
  readonly faults: readonly SyntaxFault[];
}

const COLUMN_STAGES = new Set(['extend', 'project', 'project-rename', 'distinct']);
const LEADING = new Set(['union', 'search', 'find', 'print', 'range']);
const BODY_LIMIT = 20;
const DIRECTIVES = /^(?:set|declare|alias|restrict|pattern)$/;

/** Parses a whole query text. A faulty operator or statement is reported and passed over; the rest goes on. */
export function parseKql(text: string): ParsedKql {
  const faults: SyntaxFault[] = [];
  let tokens: KqlToken[];
  try {
    tokens = kqlTokens(text);
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    faults.push(error);
    // What stands before the fault can still be read.
    tokens = kqlTokens(text, { start: 0, end: lineStart(text, error.span.start) });
  }
  const parser = new Parser(new Cursor(tokens, text.length), text, faults);
  return { statements: parser.statements(false), faults };
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at) + 1;
}

function matchBrackets(tokens: readonly KqlToken[]): { readonly closes: Int32Array; readonly isLoose: Uint8Array } {
  const closes = new Int32Array(tokens.length).fill(-1);
  const enclosing = new Int32Array(tokens.length).fill(-1);
  const open: number[] = [];
  tokens.forEach(({ kind, text }, i) => {
    enclosing[i] = open.at(-1) ?? -1;
    if (kind !== 'symbol') return;
    if (text === '(' || text === '[' || text === '{') open.push(i);
    else if (text === ')' || text === ']' || text === '}') {
      const start = open.pop();
      if (start !== undefined) closes[start] = i + 1;
    }
  });
  const isLoose = Uint8Array.from(enclosing, (start) => (start >= 0 && (closes[start] as number) < 0 ? 1 : 0));
  return { closes, isLoose };
}

class Parser {
  readonly #reader: ExpressionReader;
  /** For each opening bracket's index the index behind its closing one; -1 where nothing closes it. */
  readonly #closes: Int32Array;
  /** Tokens within a bracket that nothing closes, and not within one in it that is closed. */
  readonly #isLoose: Uint8Array;
  #bodies = 0;

  constructor(
    private readonly cursor: Cursor<KqlToken>,
    private readonly text: string,
    private readonly faults: SyntaxFault[],
  ) {
    ({ closes: this.#closes, isLoose: this.#isLoose } = matchBrackets(cursor.tokens));
    this.#reader = expressionReader(cursor, text, () => this.#queryOrExpression());
  }

  /** @param isBody whether a closing brace ends them. */
  statements(isBody: boolean): KqlStatement[] {
    const { cursor } = this;
    const found: KqlStatement[] = [];
    for (;;) {
      while (isSymbol(cursor.peek(), ';')) cursor.next(';');
      if (!cursor.peek() || (isBody && isSymbol(cursor.peek(), '}'))) return found;
      const mark = cursor.mark;
      try {
        found.push(this.#statement());
        this.#endStatement(isBody);
      } catch (error) {
        if (!(error instanceof SyntaxFault)) throw error;
        this.faults.push(error);
        if (cursor.mark === mark) cursor.next('a token');
        this.#skipStatement(isBody);
      }
    }
  }

  /** After a statement: a semicolon, the end, or a blank line, which ends a query in every query window. */
  #endStatement(isBody: boolean): void {
    const next = this.cursor.peek();
    if (!next || isSymbol(next, ';') || next.isAfterBlankLine || (isBody && isSymbol(next, '}'))) return;
    throw this.cursor.fault(`Unexpected ${next.text}`);
  }

  #skipStatement(isBody: boolean): void {
    for (let next = this.cursor.peek(); next; next = this.cursor.peek()) {
      if (isSymbol(next, ';') || (isBody && isSymbol(next, '}'))) return;
      if (next.isAfterBlankLine && !isSymbol(next, '|')) return;
      this.#skipToken();
    }
  }

  /** Goes behind the closing bracket where the next token opens one that is closed, else behind the next token. */
  #skipToken(): void {
    const close = this.#closes[this.cursor.mark] ?? -1;
    this.cursor.reset(close > 0 ? close : this.cursor.mark + 1);
  }

  #statement(): KqlStatement {
    const { cursor } = this;
    const start = cursor.start;
    const first = cursor.peek();
    if (isWord(first, 'let')) return this.#let(start);
    if (first?.kind === 'name' && DIRECTIVES.test(first.text) && cursor.peek(1)?.kind === 'name') {
      while (cursor.peek() && !isSymbol(cursor.peek(), ';')) cursor.next('a token');
      return { kind: 'directive', text: this.text.slice(start, cursor.lastEnd), span: { start, end: cursor.lastEnd } };
    }
    const value = this.#queryOrExpression();
    return { kind: 'expression', value, span: { start, end: cursor.lastEnd } };
  }

  #let(start: number): KqlStatement {
    const { cursor } = this;
    cursor.next('let');
    const name = this.#name();
    expect(this.#reader, '=');
    if (isWord(cursor.peek(), 'view')) cursor.next('view');
    const parameters = this.#parametersAhead();
    if (parameters) {
      expect(this.#reader, '{');
      if (this.#bodies >= BODY_LIMIT) throw cursor.fault('Functions are nested too deeply');
      this.#bodies++;
      const body = this.statements(true);
      this.#bodies--;
      expect(this.#reader, '}');
      return { kind: 'function', name, parameters, body, span: { start, end: cursor.lastEnd } };
    }
    const value = this.#queryOrExpression();
    return { kind: 'let', name, value, span: { start, end: cursor.lastEnd } };
  }

  #name(): string {
    const token = this.cursor.next('a name');
    if (token.kind === 'name' || (token.kind === 'number' && !isNumber(token))) return token.text;
    if (isSymbol(token, '[') && this.cursor.peek()?.kind === 'string') {
      const { text } = this.cursor.next('a name');
      expect(this.#reader, ']');
      return text;
    }
    this.cursor.reset(this.cursor.mark - 1);
    throw this.cursor.fault('Expected a name');
  }

  /** Consumes `(a:string, b:long=1)` where a brace follows: a function. Else undefined, nothing consumed. */
  #parametersAhead(): string[] | undefined {
    const { cursor } = this;
    const mark = cursor.mark;
    const close = this.#closes[mark] ?? -1;
    if (!isSymbol(cursor.peek(), '(') || close < 0 || !isSymbol(cursor.tokens[close], '{')) return undefined;
    const names: string[] = [];
    let depth = 0;
    do {
      const token = cursor.next('a parameter');
      if (token.kind === 'symbol' && /^[([{]$/.test(token.text)) depth++;
      else if (token.kind === 'symbol' && /^[)\]}]$/.test(token.text)) depth--;
      else if (depth === 1 && token.kind === 'name' && isSymbol(cursor.peek(), ':')) names.push(token.text);
    } while (depth > 0);
    return names;
  }

  /** An expression, or a query where operators follow it or one begins it. */
  #queryOrExpression(): KqlNode {
    const { cursor } = this;
    const start = cursor.start;
    const first = cursor.peek();
    const stages: KqlStage[] = [];
    let source: KqlNode | undefined;
    if (first?.kind === 'name' && LEADING.has(first.text.toLowerCase()) && !isSymbol(cursor.peek(1), '=')) {
      stages.push(this.#guardedStage());
    } else source = this.#reader.expression();
    while (isSymbol(cursor.peek(), '|')) {
      cursor.next('|');
      stages.push(this.#guardedStage());
    }
    if (source && stages.length === 0) return source;
    return { kind: 'query', source, stages, span: { start, end: cursor.lastEnd } };
  }

  /** One operator; where it is faulty it is reported and passed over to the next one. */
  #guardedStage(): KqlStage {
    const { cursor } = this;
    const mark = cursor.mark;
    const start = cursor.start;
    let stage: KqlStage | undefined;
    try {
      stage = this.#stage();
      this.#endStage();
      return stage;
    } catch (error) {
      // Behind an unclosed bracket each query around would try again: only the statement goes on.
      if (!(error instanceof SyntaxFault) || this.#isLoose[mark] === 1) throw error;
      this.faults.push(error);
      if (!stage) cursor.reset(mark);
      this.#skipStage();
      // What stands before something that does not belong there was read.
      if (stage) return stage;
      return {
        kind: 'other',
        name: '',
        text: this.text.slice(start, cursor.lastEnd),
        span: { start, end: cursor.lastEnd },
      };
    }
  }

  #endStage(): void {
    const next = this.cursor.peek();
    if (!next || next.isAfterBlankLine || (next.kind === 'symbol' && /^[|);,}\]]$/.test(next.text))) return;
    throw this.cursor.fault(`Unexpected ${next.text}`);
  }

  /** Goes to what ends an operator: a bar, a semicolon, a closing bracket, or the end. */
  #skipStage(): void {
    const { cursor } = this;
    for (let next = cursor.peek(); next; next = cursor.peek()) {
      if (next.kind === 'symbol' && /^[|;)}\]]$/.test(next.text)) return;
      this.#skipToken();
    }
  }

  #stage(): KqlStage {
    const { cursor } = this;
    const start = cursor.start;
    const name = this.#stageName();
    const end = (): { start: number; end: number } => ({ start, end: cursor.lastEnd });
    if (name === 'where' || name === 'filter') {
      const condition = this.#reader.expression();
      return { kind: 'where', condition, span: end() };
    }
    if (COLUMN_STAGES.has(name)) {
      const columns = this.#columns();
      return { kind: 'columns', name, columns, span: end() };
    }
    if (name === 'summarize') {
      this.#options();
      const columns = isWord(cursor.peek(), 'by') ? [] : this.#columns();
      const by = this.#by();
      return { kind: 'summarize', columns, by, span: end() };
    }
    if (name === 'join' || name === 'lookup') {
      const options = this.#options();
      const right = this.#table();
      const on = isWord(cursor.peek(), 'on') ? this.#on() : [];
      return { kind: 'join', name, options, right, on, span: end() };
    }
    if (name === 'union') {
      const options = this.#options();
      const tables = this.#tables();
      return { kind: 'union', options, tables, span: end() };
    }
    if (name === 'search' || name === 'find') return this.#search(name, start);
    if (name === 'mv-apply') return this.#apply(start);
    const textStart = cursor.start;
    this.#skipStage();
    const text = cursor.lastEnd > textStart ? this.text.slice(textStart, cursor.lastEnd) : '';
    return { kind: 'other', name, text, span: end() };
  }

  /** `project-away` is three tokens. */
  #stageName(): string {
    const { cursor } = this;
    const first = cursor.next('an operator');
    if (first.kind !== 'name') {
      cursor.reset(cursor.mark - 1);
      throw cursor.fault('Expected an operator');
    }
    let name = first.text.toLowerCase();
    let end = first.end;
    for (;;) {
      const dash = cursor.peek();
      const word = cursor.peek(1);
      if (!isSymbol(dash, '-') || dash?.start !== end || word?.kind !== 'name' || word.start !== dash.end) return name;
      cursor.next('-');
      end = cursor.next('a name').end;
      name += `-${word.text.toLowerCase()}`;
    }
  }

  #columns(): KqlArgument[] {
    const columns = [readArgument(this.#reader, this.#reader.expression)];
    while (isSymbol(this.cursor.peek(), ',')) {
      this.cursor.next(',');
      columns.push(readArgument(this.#reader, this.#reader.expression));
    }
    return columns;
  }

  #by(): KqlArgument[] {
    if (!isWord(this.cursor.peek(), 'by')) return [];
    this.cursor.next('by');
    return this.#columns();
  }

  #on(): KqlNode[] {
    this.cursor.next('on');
    const keys = [this.#reader.expression()];
    while (isSymbol(this.cursor.peek(), ',')) {
      this.cursor.next(',');
      keys.push(this.#reader.expression());
    }
    return keys;
  }

  /** `kind=inner hint.strategy=shuffle isfuzzy=true`. */
  #options(): KqlOption[] {
    const { cursor } = this;
    const options: KqlOption[] = [];
    for (;;) {
      const first = cursor.peek();
      const width = isSymbol(cursor.peek(1), '.') ? 3 : 1;
      if (first?.kind !== 'name' || !isSymbol(cursor.peek(width), '=')) return options;
      // In summarize, `total = count()` is a column; options are known by their names.
      if (!/^(?:kind|hint|isfuzzy|withsource|with_source)$/i.test(first.text)) return options;
      const start = cursor.start;
      for (let i = 0; i < width; i++) cursor.next('an option');
      const name = this.text.slice(start, cursor.lastEnd);
      cursor.next('=');
      options.push({ name, value: cursor.next('a value').text });
    }
  }

  #table(): KqlNode {
    return this.#reader.expression();
  }

  #tables(): KqlNode[] {
    const tables = [this.#table()];
    while (isSymbol(this.cursor.peek(), ',')) {
      this.cursor.next(',');
      tables.push(this.#table());
    }
    return tables;
  }

  /** `mv-apply a = Items to typeof(string) limit 5 on (where a == "x" | …)`. */
  #apply(start: number): KqlStage {
    const { cursor } = this;
    const columns = this.#columns();
    const from = cursor.lastEnd;
    while (cursor.peek() && !isWord(cursor.peek(), 'on')) this.#skipToken();
    const limit = this.text.slice(from, cursor.lastEnd);
    cursor.next('on');
    expect(this.#reader, '(');
    const inner = cursor.start;
    const stages = [this.#guardedStage()];
    while (isSymbol(cursor.peek(), '|')) {
      cursor.next('|');
      stages.push(this.#guardedStage());
    }
    const body: KqlNode = { kind: 'query', source: undefined, stages, span: { start: inner, end: cursor.lastEnd } };
    expect(this.#reader, ')');
    return { kind: 'apply', columns, limit, body, span: { start, end: cursor.lastEnd } };
  }

  #search(name: 'search' | 'find', start: number): KqlStage {
    const { cursor } = this;
    while (isWord(cursor.peek(), 'kind') || isWord(cursor.peek(), 'withsource')) {
      for (let i = 0; i < 3; i++) cursor.next('an option');
    }
    let tables: KqlNode[] = [];
    if (isWord(cursor.peek(), 'in') && isSymbol(cursor.peek(1), '(')) {
      cursor.next('in');
      cursor.next('(');
      tables = this.#tables();
      expect(this.#reader, ')');
    }
    if (isWord(cursor.peek(), 'where')) cursor.next('where');
    const condition = this.#reader.expression();
    if (isWord(cursor.peek(), 'project')) this.#skipStage();
    return { kind: 'search', name, tables, condition, span: { start, end: cursor.lastEnd } };
  }
}
