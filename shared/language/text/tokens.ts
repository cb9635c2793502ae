/** Colouring of a rule text, one line at a time: what each piece is, with a small state carried to the next line. */
import { keyOf, scalarAt } from './scalar.ts';

export type TokenType =
  | 'comment'
  | 'marker'
  | 'section'
  | 'key'
  | 'selection'
  | 'field'
  | 'modifier'
  | 'delimiter'
  | 'string'
  | 'wildcard'
  | 'number'
  | 'constant'
  | 'operator'
  | '';

export interface Token {
  /** Column from 0; the token ends where the next one starts. */
  readonly start: number;
  readonly type: TokenType;
}

export interface LineState {
  /** The top-level key that the line stands under. */
  readonly section: string;
  /** Column of the selection names under `detection`; -1 where none was seen yet. */
  readonly namesAt: number;
  /** Lines deeper than this column belong to an open scalar; -1 for none. */
  readonly scalarBase: number;
  /** The quote that is still open, if the scalar is quoted. */
  readonly quote: '' | "'" | '"';
  /** The open scalar is the condition. */
  readonly inCondition: boolean;
}

export const START: LineState = { section: '', namesAt: -1, scalarBase: -1, quote: '', inCondition: false };

const CLOSED = { scalarBase: -1, quote: '', inCondition: false } as const;

class Tokens {
  readonly list: Token[] = [];

  add(start: number, type: TokenType): void {
    const last = this.list[this.list.length - 1];
    if (last?.start === start) this.list.pop();
    if (this.list[this.list.length - 1]?.type !== type) this.list.push({ start, type });
  }
}

/** Splits one line. Total: any text and any state give tokens in order, the first at column 0. */
export function tokenizeLine(
  line: string,
  state: LineState,
): { readonly tokens: readonly Token[]; readonly state: LineState } {
  const tokens = new Tokens();
  tokens.add(0, '');
  const next = readLine(line, state, tokens);
  return { tokens: tokens.list, state: next };
}

function readLine(line: string, state: LineState, tokens: Tokens): LineState {
  const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  if (indent === line.length) return state;
  if (state.scalarBase >= 0 && indent > state.scalarBase) {
    if (state.quote !== '') return continueQuote(line, state, tokens);
    if (state.inCondition && line[indent] === '#') tokens.add(indent, 'comment');
    else if (state.inCondition) addCondition(line, indent, line.length, tokens);
    else tokens.add(indent, 'string');
    return state;
  }
  if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) {
    tokens.add(0, 'marker');
    return START;
  }
  if (line[indent] === '#') {
    tokens.add(indent, 'comment');
    return { ...state, ...CLOSED };
  }
  return readEntry(line, indent, { ...state, ...CLOSED }, tokens);
}

function continueQuote(line: string, state: LineState, tokens: Tokens): LineState {
  const close = line.indexOf(state.quote);
  tokens.add(0, 'string');
  if (close < 0) return state;
  addTail(line, close + 1, tokens);
  return { ...state, ...CLOSED };
}

function readEntry(line: string, indent: number, state: LineState, tokens: Tokens): LineState {
  let at = indent;
  let base = indent;
  while (line[at] === '-' && /[ \t]|^$/.test(line[at + 1] ?? '')) {
    tokens.add(at, 'delimiter');
    base = at;
    at++;
    tokens.add(at, '');
    while (line[at] === ' ' || line[at] === '\t') at++;
  }
  const key = keyOf(line, at);
  if (!key) return addValue(line, at, base, false, state, tokens);
  const isTop = at === 0;
  const section = isTop ? key.text : state.section;
  const inDetection = !isTop && (section === 'detection' || section === 'filter');
  const namesAt = isTop ? -1 : inDetection && state.namesAt < 0 ? at : state.namesAt;
  const isName = inDetection && at === namesAt;
  if (isTop) tokens.add(at, 'section');
  else if (isName) tokens.add(at, key.text === 'condition' || key.text === 'timeframe' ? 'key' : 'selection');
  else if (inDetection) addField(line, at, key.colon, tokens);
  else tokens.add(at, 'key');
  tokens.add(key.colon, 'delimiter');
  tokens.add(key.colon + 1, '');
  let valueAt = key.colon + 1;
  while (line[valueAt] === ' ' || line[valueAt] === '\t') valueAt++;
  return addValue(line, valueAt, at, isName && key.text === 'condition', { ...state, section, namesAt }, tokens);
}

function addField(line: string, start: number, end: number, tokens: Tokens): void {
  tokens.add(start, 'field');
  for (let i = start; i < end; i++) {
    if (line[i] !== '|') continue;
    tokens.add(i, 'delimiter');
    tokens.add(i + 1, 'modifier');
  }
}

function addValue(
  line: string,
  at: number,
  base: number,
  isCondition: boolean,
  state: LineState,
  tokens: Tokens,
): LineState {
  const found = scalarAt(line, at);
  const inDetection = state.section === 'detection' || state.section === 'filter';
  const text = line.slice(at, found.end);
  let next = state;
  switch (found.style) {
    case undefined:
      break;
    case 'block':
      tokens.add(at, 'delimiter');
      next = { ...state, scalarBase: base, inCondition: isCondition };
      break;
    case 'open-single':
    case 'open-double':
      addString(line, at, found.end, inDetection, tokens);
      next = { ...state, scalarBase: base, quote: found.style === 'open-single' ? "'" : '"' };
      break;
    case 'single':
    case 'double':
      if (isCondition) addCondition(line, at, found.end, tokens);
      else addString(line, at, found.end, inDetection, tokens);
      break;
    case 'flow':
    case 'open-flow':
      addFlow(line, at, found.end, inDetection, tokens);
      break;
    case 'plain':
      if (isCondition) {
        addCondition(line, at, found.end, tokens);
        // A condition may go on over deeper lines.
        next = { ...state, scalarBase: base, inCondition: true };
      } else if (/^[-+]?(?:\d[\d_]*(?:\.\d+)?|0x[\da-f]+)$/i.test(text)) tokens.add(at, 'number');
      else if (/^(?:true|false|null|~)$/i.test(text)) tokens.add(at, 'constant');
      else addString(line, at, found.end, inDetection, tokens);
      break;
  }
  tokens.add(found.end, '');
  addTail(line, found.end, tokens, found.comment);
  return next;
}

function addTail(line: string, at: number, tokens: Tokens, comment = commentIn(line, at)): void {
  if (at < line.length) tokens.add(at, '');
  if (comment !== undefined && comment < line.length) tokens.add(comment, 'comment');
}

function commentIn(line: string, at: number): number | undefined {
  const found = line.indexOf(' #', at);
  return found < 0 ? undefined : found + 1;
}

/** A string; in a detection its `*` and `?` stand out, for they match anything. */
function addString(line: string, start: number, end: number, hasWildcards: boolean, tokens: Tokens): void {
  tokens.add(start, 'string');
  if (!hasWildcards) return;
  for (let i = start; i < end; i++) {
    if (line[i] === '\\') i++;
    else if (line[i] === '*' || line[i] === '?') {
      tokens.add(i, 'wildcard');
      if (i + 1 < end) tokens.add(i + 1, 'string');
    }
  }
}

function addFlow(line: string, start: number, end: number, hasWildcards: boolean, tokens: Tokens): void {
  for (const match of line
    .slice(start, end)
    .matchAll(/'(?:[^']|'')*'?|"(?:[^"\\]|\\.)*"?|[[\]{},]|[^[\]{},'"\s][^[\]{},]*/g)) {
    const at = start + match.index;
    if (/^[[\]{},]$/.test(match[0])) tokens.add(at, 'delimiter');
    else if (/^-?\d+$/.test(match[0].trim())) tokens.add(at, 'number');
    else addString(line, at, at + match[0].length, hasWildcards, tokens);
    tokens.add(at + match[0].length, '');
  }
}

function addCondition(line: string, start: number, end: number, tokens: Tokens): void {
  for (const match of line.slice(start, end).matchAll(/[^\s()|'"]+|[()|'"]/g)) {
    const at = start + match.index;
    if (/^[()|'"]$/.test(match[0])) tokens.add(at, 'delimiter');
    else if (/^(?:and|or|not|of|all|any|them|\d+)$/i.test(match[0])) tokens.add(at, 'operator');
    else tokens.add(at, 'selection');
    tokens.add(at + match[0].length, '');
  }
}
