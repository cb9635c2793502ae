import type { Cursor } from '../../../syntax/cursor.ts';
import { prattParser, type Operator, type ParseAt } from '../../../syntax/pratt.ts';
import { readDataTable } from './datatable.ts';
import type { KqlToken } from './tokens.ts';
import { MINUS_POWER, powerOf, takesList, type KqlArgument, type KqlNode } from './tree.ts';

/** Members, elements and lists within one another that a value may have. */
const CHAIN_LIMIT = 200;

const STRING_OPERATORS = new Set([
  'has',
  'has_cs',
  'hasprefix',
  'hasprefix_cs',
  'hassuffix',
  'hassuffix_cs',
  'contains',
  'contains_cs',
  'startswith',
  'startswith_cs',
  'endswith',
  'endswith_cs',
  'has_any',
  'has_all',
  'in',
  'like',
  'notlike',
  'notcontains',
  'notcontains_cs',
  'matches',
  'between',
]);
const SYMBOL_OPERATORS = new Set([':', '==', '!=', '=~', '!~', '<', '<=', '>', '>=', '<>', '+', '-', '*', '/', '%']);
/** Literals with a type's name before brackets; what is in the brackets follows no grammar of expressions. */
const TYPED = new Set('datetime date timespan time guid uniqueid real double decimal long int bool boolean'.split(' '));

/** A reader of a query's expressions, and of the queries that can stand in them. */
export interface ExpressionReader {
  readonly cursor: Cursor<KqlToken>;
  readonly text: string;
  /** Reads one expression of values. */
  readonly expression: () => KqlNode;
  /** Reads an expression, or a query with its operators. */
  readonly queryOrExpression: () => KqlNode;
}

/** Makes the expression parser of a token list; queries within brackets are read by `query`. */
export function expressionReader(
  cursor: Cursor<KqlToken>,
  text: string,
  query: (reader: ExpressionReader) => KqlNode,
): ExpressionReader {
  const parse: ParseAt<KqlNode> = prattParser<KqlNode>(cursor, {
    operand: (at) => readOperand(reader, at),
    operator: () => operatorAt(reader),
  });
  const reader: ExpressionReader = {
    cursor,
    text,
    expression: () => parse(1),
    queryOrExpression: () => query(reader),
  };
  return reader;
}

export function isSymbol(token: KqlToken | undefined, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text;
}

export function isWord(token: KqlToken | undefined, text: string): boolean {
  return token?.kind === 'name' && token.text.toLowerCase() === text;
}

export function expect({ cursor }: Pick<ExpressionReader, 'cursor'>, symbol: string): void {
  if (!isSymbol(cursor.peek(), symbol)) throw cursor.fault(`Expected ${symbol}`);
  cursor.next(symbol);
}

/** The operator at the cursor and how many tokens it takes. */
function operatorText(cursor: Cursor<KqlToken>): { readonly text: string; readonly width: number } | undefined {
  const token = cursor.peek();
  if (!token) return undefined;
  if (token.kind === 'symbol') {
    if (SYMBOL_OPERATORS.has(token.text)) return { text: token.text, width: 1 };
    const next = cursor.peek(1);
    if (token.text === '!' && next?.kind === 'name' && next.start === token.end) {
      const inner = wordOperator(next.text, cursor, 1);
      return inner && { text: `!${inner.text}`, width: inner.width + 1 };
    }
    return undefined;
  }
  if (token.kind !== 'name') return undefined;
  const word = token.text.toLowerCase();
  if (word === 'and' || word === 'or') return { text: word, width: 1 };
  return wordOperator(token.text, cursor, 0);
}

function wordOperator(
  written: string,
  cursor: Cursor<KqlToken>,
  ahead: number,
): { readonly text: string; readonly width: number } | undefined {
  const word = written.toLowerCase();
  if (!STRING_OPERATORS.has(word)) return undefined;
  const next = cursor.peek(ahead + 1);
  if (word === 'in' && isSymbol(next, '~')) return { text: 'in~', width: 2 };
  if (word === 'matches') return isWord(next, 'regex') ? { text: 'matches regex', width: 2 } : undefined;
  return { text: word, width: 1 };
}

function operatorAt(reader: ExpressionReader): Operator<KqlNode> | undefined {
  const { cursor } = reader;
  const found = operatorText(cursor);
  if (!found) return undefined;
  const { text: operator, width } = found;
  const power = powerOf(operator);
  return {
    power,
    read: (left, parse) => {
      for (let i = 0; i < width; i++) cursor.next('an operator');
      if (operator.endsWith('between')) return readBetween(reader, left, operator.startsWith('!'), parse);
      const right = takesList(operator) ? readList(reader, parse, power) : parse(power + 1);
      return { kind: 'binary', operator, left, right, span: { start: left.span.start, end: cursor.lastEnd } };
    },
  };
}

/** What follows `in`: values in brackets, a query in brackets, or one value without. */
function readList(reader: ExpressionReader, parse: ParseAt<KqlNode>, power: number): KqlNode {
  const { cursor } = reader;
  const start = cursor.start;
  if (!isSymbol(cursor.peek(), '(')) return parse(power + 1);
  cursor.next('(');
  const items: KqlNode[] = [];
  while (!isSymbol(cursor.peek(), ')')) {
    items.push(reader.queryOrExpression());
    if (!isSymbol(cursor.peek(), ',')) break;
    cursor.next(',');
  }
  expect(reader, ')');
  return { kind: 'list', items, span: { start, end: cursor.lastEnd } };
}

function readBetween(reader: ExpressionReader, left: KqlNode, isNegated: boolean, parse: ParseAt<KqlNode>): KqlNode {
  const { cursor } = reader;
  expect(reader, '(');
  const low = parse(1);
  expect(reader, '..');
  const high = parse(1);
  expect(reader, ')');
  return { kind: 'between', isNegated, left, low, high, span: { start: left.span.start, end: cursor.lastEnd } };
}

function readOperand(reader: ExpressionReader, parse: ParseAt<KqlNode>): KqlNode {
  const { cursor } = reader;
  const token = cursor.peek();
  if (isSymbol(token, '-') || isSymbol(token, '+')) {
    const { start } = cursor.next('an expression');
    const child = parse(MINUS_POWER + 1);
    return isSymbol(token, '+') ? child : { kind: 'minus', child, span: { start, end: child.span.end } };
  }
  let left = readPrimary(reader);
  for (let length = 0; ; length++) {
    if (length > CHAIN_LIMIT) throw cursor.fault('Nested too deeply');
    const next = cursor.peek();
    const start = left.span.start;
    if (isSymbol(next, '.')) {
      cursor.next('.');
      if (isSymbol(cursor.peek(), '[')) continue;
      const name = cursor.next('a name');
      if (name.kind !== 'name' && name.kind !== 'number') throw cursor.fault('Expected a name');
      left = { kind: 'path', left, name: name.text, span: { start, end: name.end } };
      if (isSymbol(cursor.peek(), '(')) {
        const args = readArguments(reader);
        left = {
          kind: 'call',
          name: name.text,
          args: [{ name: '', value: left }, ...args],
          span: { start, end: cursor.lastEnd },
        };
      }
    } else if (isSymbol(next, '[') && next?.start === cursor.lastEnd) {
      cursor.next('[');
      const index = parse(1);
      expect(reader, ']');
      left = indexed(left, index, { start, end: cursor.lastEnd });
    } else return left;
  }
}

/** `a["b"]` is the same as `a.b`. */
function indexed(left: KqlNode, index: KqlNode, span: { start: number; end: number }): KqlNode {
  if (index.kind === 'string') return { kind: 'path', left, name: index.value, span };
  return { kind: 'index', left, index, span };
}

function readPrimary(reader: ExpressionReader): KqlNode {
  const { cursor } = reader;
  const token = cursor.next('an expression');
  const span = { start: token.start, end: token.end };
  switch (token.kind) {
    case 'string':
      return readStrings(cursor, token);
    case 'number':
      return isNumber(token) ? { kind: 'literal', text: token.text, span } : { kind: 'name', name: token.text, span };
    case 'symbol':
      return readSymbol(reader, token);
    case 'name':
      return readNamed(reader, token);
  }
}

/** Strings side by side are one. */
function readStrings(cursor: Cursor<KqlToken>, first: KqlToken): KqlNode {
  let value = first.text;
  while (cursor.peek()?.kind === 'string') value += cursor.next('a string').text;
  return { kind: 'string', value, span: { start: first.start, end: cursor.lastEnd } };
}

/** Whether a token that begins with a digit is a number or timespan, not a name such as `2022List`. */
export function isNumber({ text }: KqlToken): boolean {
  return /^(?:0x[0-9a-f]+|[\d.]+(?:e[+-]?\d+)?(?:d|h|m|s|ms|us|tick|ticks|min|sec|[a-z]*(?:day|hour|minute|second)s?)?)$/i.test(
    text,
  );
}

function readSymbol(reader: ExpressionReader, token: KqlToken): KqlNode {
  const { cursor } = reader;
  const span = { start: token.start, end: token.end };
  if (token.text === '(') {
    const inner = reader.queryOrExpression();
    expect(reader, ')');
    return inner.kind === 'query' ? { ...inner, span: { start: token.start, end: cursor.lastEnd } } : inner;
  }
  if (token.text === '*') return { kind: 'star', span };
  if (token.text === '[') {
    const name = cursor.peek();
    if (name?.kind === 'string' && isSymbol(cursor.peek(1), ']')) {
      cursor.next('a name');
      expect(reader, ']');
      return { kind: 'name', name: name.text, span: { start: token.start, end: cursor.lastEnd } };
    }
  }
  cursor.reset(cursor.mark - 1);
  throw cursor.fault(`Expected an expression, found ${token.text}`);
}

function readNamed(reader: ExpressionReader, token: KqlToken): KqlNode {
  const { cursor, text } = reader;
  const word = token.text.toLowerCase();
  const { start } = token;
  const span = { start, end: token.end };
  if (!isSymbol(cursor.peek(), '(')) {
    if (/^(?:true|false|null)$/.test(word)) return { kind: 'literal', text: word, span };
    const star = cursor.peek();
    if (isSymbol(star, '*') && star?.start === token.end && isTableEnd(cursor.peek(1))) {
      cursor.next('*');
      return { kind: 'name', name: `${token.text}*`, span: { start, end: cursor.lastEnd } };
    }
    return { kind: 'name', name: token.text, span };
  }
  if (word === 'dynamic') {
    expect(reader, '(');
    const value = isSymbol(cursor.peek(), ')') ? undefined : readJson(reader);
    expect(reader, ')');
    return value ?? { kind: 'literal', text: 'dynamic()', span: { start, end: cursor.lastEnd } };
  }
  if (TYPED.has(word)) {
    skipBrackets(cursor);
    return { kind: 'literal', text: text.slice(start, cursor.lastEnd), span: { start, end: cursor.lastEnd } };
  }
  if (word === 'datatable' || word === 'externaldata') {
    skipBrackets(cursor);
    if (isSymbol(cursor.peek(), '[')) skipBrackets(cursor);
    if (isWord(cursor.peek(), 'with') && isSymbol(cursor.peek(1), '(')) {
      cursor.next('with');
      skipBrackets(cursor);
    }
    const span = { start, end: cursor.lastEnd };
    const written = text.slice(start, cursor.lastEnd);
    const table = word === 'datatable' ? readDataTable(written, span) : undefined;
    return { kind: 'opaque', name: word, text: written, ...(table ? { table } : {}), span };
  }
  const args = readArguments(reader);
  return { kind: 'call', name: token.text, args, span: { start, end: cursor.lastEnd } };
}

/** `Device*` is a name only where no right side of a product can follow. */
function isTableEnd(token: KqlToken | undefined): boolean {
  return token === undefined || (token.kind === 'symbol' && /^[|,);]$/.test(token.text));
}

/** Goes behind the bracket that closes the one at the cursor. */
export function skipBrackets(cursor: Cursor<KqlToken>): void {
  const open = cursor.peek();
  let depth = 0;
  do {
    const token = cursor.peek();
    if (!token) {
      throw cursor.fault(`Expected the end of ${open?.text ?? '('}`);
    }
    cursor.next('a token');
    if (token.kind === 'symbol' && /^[([{]$/.test(token.text)) depth++;
    else if (token.kind === 'symbol' && /^[)\]}]$/.test(token.text)) depth--;
  } while (depth > 0);
}

/** Arguments in brackets: expressions, `name=expression`, or whole queries. */
export function readArguments(reader: ExpressionReader): KqlArgument[] {
  expect(reader, '(');
  const args: KqlArgument[] = [];
  while (!isSymbol(reader.cursor.peek(), ')')) {
    args.push(readArgument(reader, reader.queryOrExpression));
    if (!isSymbol(reader.cursor.peek(), ',')) break;
    reader.cursor.next(',');
  }
  expect(reader, ')');
  return args;
}

/** `name = value`, `(a, b) = value` (the names joined by a comma), or a value alone. */
export function readArgument(reader: ExpressionReader, value: () => KqlNode): KqlArgument {
  const { cursor } = reader;
  const first = cursor.peek();
  if (first?.kind === 'name' && isSymbol(cursor.peek(1), '=')) {
    cursor.next('a name');
    cursor.next('=');
    return { name: first.text, value: value() };
  }
  if (isSymbol(first, '[') && cursor.peek(1)?.kind === 'string' && isSymbol(cursor.peek(3), '=')) {
    const name = cursor.peek(1)?.text ?? '';
    for (let i = 0; i < 4; i++) cursor.next('a name');
    return { name, value: value() };
  }
  const names = tupleAhead(cursor);
  if (names) {
    for (let i = 0; i < names.length * 2 + 2; i++) cursor.next('a name');
    return { name: names.join(','), value: value() };
  }
  return { name: '', value: value() };
}

function tupleAhead(cursor: Cursor<KqlToken>): string[] | undefined {
  if (!isSymbol(cursor.peek(), '(')) return undefined;
  const names: string[] = [];
  for (let at = 1; ; at += 2) {
    const name = cursor.peek(at);
    const after = cursor.peek(at + 1);
    if (name?.kind !== 'name') return undefined;
    names.push(name.text);
    if (isSymbol(after, ')')) return isSymbol(cursor.peek(at + 2), '=') ? names : undefined;
    if (!isSymbol(after, ',')) return undefined;
  }
}

/** A JSON value within dynamic(…). */
function readJson(reader: ExpressionReader, depth = 0): KqlNode {
  const { cursor, text } = reader;
  if (depth > CHAIN_LIMIT) throw cursor.fault('Nested too deeply');
  const token = cursor.peek();
  const start = cursor.start;
  if (isSymbol(token, '{')) {
    skipBrackets(cursor);
    return {
      kind: 'opaque',
      name: 'dynamic',
      text: `dynamic(${text.slice(start, cursor.lastEnd)})`,
      span: { start, end: cursor.lastEnd },
    };
  }
  if (isSymbol(token, '[')) {
    cursor.next('[');
    const items: KqlNode[] = [];
    while (!isSymbol(cursor.peek(), ']')) {
      items.push(readJson(reader, depth + 1));
      if (!isSymbol(cursor.peek(), ',')) break;
      cursor.next(',');
    }
    expect(reader, ']');
    return { kind: 'list', items, span: { start, end: cursor.lastEnd } };
  }
  return reader.expression();
}
