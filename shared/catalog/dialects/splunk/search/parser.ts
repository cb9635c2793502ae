import { Cursor, type SyntaxFault } from '../../../syntax/cursor.ts';
import { prattParser, readChain, type Operator, type ParseAt } from '../../../syntax/pratt.ts';
import type { SearchToken } from './tokens.ts';
import type { Comparison, SearchNode, SearchText } from './tree.ts';

const AND = 1;
const OR = 2;
const NOT = 3;

/**
 * Parses a search expression. OR binds tighter than AND, and terms side by side are joined by AND: that is the order
 * of the search command (Search Manual, "Boolean expressions"), unlike that of eval and where.
 * @param end where a fault at the end is shown.
 * @returns undefined for an empty expression. Throws SyntaxFault.
 */
export function parseSearch(tokens: readonly SearchToken[], end: number): SearchNode | undefined {
  const cursor = new Cursor(
    tokens.filter((token, i) => token.kind !== ',' || isInList(tokens, i)),
    end,
  );
  if (!cursor.peek()) return undefined;
  const parse = prattParser<SearchNode>(cursor, {
    operand: (at) => readOperand(cursor, at),
    operator: () => operatorAt(cursor),
  });
  const tree = parse(AND);
  const rest = cursor.peek();
  if (rest) throw cursor.fault(rest.kind === ')' ? 'This bracket was never opened' : `Unexpected ${rest.text}`);
  return tree;
}

/** Whether a comma separates the values of a list: then it matters. Elsewhere it is as good as a blank. */
function isInList(tokens: readonly SearchToken[], comma: number): boolean {
  const before = tokens[comma - 1];
  return before !== undefined && before.kind !== '(' && before.kind !== ',' && tokens[comma + 1]?.kind !== ')';
}

function isWord(token: SearchToken | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toUpperCase() === word;
}

function operatorAt(cursor: Cursor<SearchToken>): Operator<SearchNode> | undefined {
  const token = cursor.peek();
  if (!token || token.kind === ')') return undefined;
  if (isWord(token, 'OR')) return { power: OR, read: (left, parse) => readJoin(cursor, 'or', left, parse) };
  if (token.kind === 'operator') return undefined;
  return { power: AND, read: (left, parse) => readJoin(cursor, 'and', left, parse) };
}

function readJoin(
  cursor: Cursor<SearchToken>,
  kind: 'and' | 'or',
  left: SearchNode,
  parse: ParseAt<SearchNode>,
): SearchNode {
  const isNext = (): boolean => {
    const token = cursor.peek();
    if (kind === 'or') {
      if (!isWord(token, 'OR')) return false;
      cursor.next('OR');
      return true;
    }
    if (!token || token.kind === ')' || token.kind === 'operator' || isWord(token, 'OR')) return false;
    while (isWord(cursor.peek(), 'AND') || cursor.peek()?.kind === ',') cursor.next('AND');
    return true;
  };
  const children = readChain(left, isNext, () => parse(kind === 'or' ? OR + 1 : AND + 1));
  return { kind, children, span: { start: left.span.start, end: cursor.lastEnd } };
}

function readOperand(cursor: Cursor<SearchToken>, parse: ParseAt<SearchNode>): SearchNode {
  const token = cursor.next('a search term');
  if (token.kind === '(') {
    if (cursor.peek()?.kind === ')') {
      cursor.next(')');
      return { kind: 'nothing', span: { start: token.start, end: cursor.lastEnd } };
    }
    const inner = parse(AND);
    closeBracket(cursor);
    return inner;
  }
  if (token.kind === 'subsearch') return { kind: 'subsearch', field: '', span: spanOf(token) };
  if (isWord(token, 'NOT') && cursor.peek()?.kind !== 'operator') {
    const child = parse(NOT);
    return { kind: 'not', child, span: { start: token.start, end: child.span.end } };
  }
  const next = cursor.peek();
  if (token.kind === 'word' && (token.text === 'TERM' || token.text === 'CASE') && next?.start === token.end) {
    if (next.kind === '(') return readDirective(cursor, token, token.text);
  }
  if (token.kind === 'word' || token.kind === 'string') return readTest(cursor, token);
  cursor.reset(cursor.mark - 1);
  throw cursor.fault(`Expected a search term, found ${token.text}`);
}

function readTest(cursor: Cursor<SearchToken>, first: SearchToken): SearchNode {
  const next = cursor.peek();
  if (isWord(next, 'IN') && cursor.peek(1)?.kind === '(') {
    cursor.next('IN');
    return readList(cursor, first, 'IN');
  }
  if (next?.kind !== 'operator') {
    if (isWord(first, 'AND') || isWord(first, 'OR')) {
      cursor.reset(cursor.mark - 1);
      throw cursor.fault(`Expected a search term before ${first.text}`);
    }
    return { kind: 'term', directive: '', value: textOf(first), span: spanOf(first) };
  }
  const operator = cursor.next('an operator').text as Comparison;
  const value = cursor.peek();
  if (value?.kind === '(') {
    if (operator === '!=' || operator === '=' || operator === '==') {
      return readList(cursor, first, operator === '!=' ? '!=' : '=');
    }
    throw cursor.fault('Expected one value to compare with');
  }
  if (value?.kind === 'subsearch') {
    cursor.next('a subsearch');
    return { kind: 'subsearch', field: first.text, span: { start: first.start, end: value.end } };
  }
  if (value?.kind !== 'string' && value?.kind !== 'value') throw cursor.fault('Expected a value');
  cursor.next('a value');
  // `field=TERM(value)` is `field=value`, looked for as one word of the raw event.
  const bracket = cursor.peek();
  if (
    /^(?:TERM|CASE)$/.test(value.text) &&
    value.kind === 'value' &&
    bracket?.kind === '(' &&
    bracket.start === value.end
  ) {
    const { value: inner } = readDirective(cursor, value, 'TERM');
    return {
      kind: 'compare',
      field: first.text,
      operator,
      value: inner,
      span: { start: first.start, end: cursor.lastEnd },
    };
  }
  const span = { start: first.start, end: value.end };
  return { kind: 'compare', field: first.text, operator, value: textOf(value), span };
}

/** The values between brackets, whatever joins them: commas, OR or blanks. */
function readList(cursor: Cursor<SearchToken>, field: SearchToken, operator: 'IN' | '=' | '!='): SearchNode {
  cursor.next('(');
  const values: SearchText[] = [];
  for (;;) {
    const token = cursor.next('a value or )');
    if (token.kind === ')') break;
    if (token.kind === ',' || isWord(token, 'OR')) continue;
    if (token.kind !== 'word' && token.kind !== 'string' && token.kind !== 'value') throw listFault(cursor);
    // An unquoted value may hold `=`, which splits it elsewhere: `IN (a=b, c)`.
    values.push(joinedValue(cursor, token));
  }
  if (values.length === 0) throw listFault(cursor);
  return { kind: 'in', field: field.text, operator, values, span: { start: field.start, end: cursor.lastEnd } };
}

function joinedValue(cursor: Cursor<SearchToken>, first: SearchToken): SearchText {
  let text = first.text;
  let end = first.end;
  for (let next = cursor.peek(); next?.start === end && isValuePart(next); next = cursor.peek()) {
    cursor.next('a value');
    text += next.text;
    end = next.end;
  }
  return { text, isQuoted: first.kind === 'string', span: { start: first.start, end } };
}

function isValuePart({ kind }: SearchToken): boolean {
  return kind === 'word' || kind === 'operator' || kind === 'value';
}

function listFault(cursor: Cursor<SearchToken>): SyntaxFault {
  cursor.reset(cursor.mark - 1);
  return cursor.fault('Expected a list of values');
}

function readDirective(
  cursor: Cursor<SearchToken>,
  name: SearchToken,
  directive: 'TERM' | 'CASE',
): SearchNode & { kind: 'term' } {
  cursor.next('(');
  const first = cursor.next('a term');
  if (first.kind !== 'word' && first.kind !== 'string') throw cursor.fault('Expected a term');
  const value = joinedValue(cursor, first);
  closeBracket(cursor);
  return { kind: 'term', directive, value, span: { start: name.start, end: cursor.lastEnd } };
}

function closeBracket(cursor: Cursor<SearchToken>): void {
  if (cursor.peek()?.kind !== ')') throw cursor.fault('Expected ) here');
  cursor.next(')');
}

function textOf(token: SearchToken): SearchText {
  return { text: token.text, isQuoted: token.kind === 'string', span: spanOf(token) };
}

function spanOf({ start, end }: SearchToken): { start: number; end: number } {
  return { start, end };
}
