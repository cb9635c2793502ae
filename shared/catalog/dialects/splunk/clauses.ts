import type { SearchToken } from './search/tokens.ts';

/** What one function of an aggregation gives: `values(a) as b`. */
export interface Aggregate {
  readonly name: string;
  readonly argument: string;
  readonly output: string;
  /** Whether the argument is a name, or there is none; not an expression. */
  readonly isPlain: boolean;
}

/** The arguments of a command such as tstats, cut at its clause words outside brackets. */
export interface Clauses {
  readonly head: readonly SearchToken[];
  readonly from: readonly SearchToken[];
  readonly where: readonly SearchToken[];
  readonly by: readonly SearchToken[];
}

const CLAUSES: Readonly<Record<string, keyof Clauses>> = { from: 'from', where: 'where', by: 'by', groupby: 'by' };

export function splitClauses(tokens: readonly SearchToken[]): Clauses {
  const clauses: Record<keyof Clauses, SearchToken[]> = { head: [], from: [], where: [], by: [] };
  let current: keyof Clauses = 'head';
  let depth = 0;
  for (const token of tokens) {
    const word = token.kind === 'word' && depth === 0 ? CLAUSES[token.text.toLowerCase()] : undefined;
    if (token.kind === '(') depth++;
    else if (token.kind === ')') depth--;
    if (word !== undefined && clauses[word].length === 0) current = word;
    else clauses[current].push(token);
  }
  return clauses;
}

/** Reads `count dc(a) as b values(eval(…)) as c`; options such as `limit=0` are left out. */
export function readAggregates(tokens: readonly SearchToken[]): Aggregate[] {
  const found: Aggregate[] = [];
  let at = 0;
  while (at < tokens.length) {
    const token = tokens[at] as SearchToken;
    if (tokens[at + 1]?.kind === 'operator') {
      at += 3;
      continue;
    }
    at++;
    if (token.kind !== 'word') continue;
    let argument = '';
    let isPlain = true;
    if (tokens[at]?.kind === '(') {
      const close = closingBracket(tokens, at);
      isPlain = close === at + 2;
      if (isPlain) argument = (tokens[at + 1] as SearchToken).text;
      at = close + 1;
    }
    let output = argument === '' ? token.text : `${token.text}(${argument})`;
    const as = tokens[at];
    const name = tokens[at + 1];
    if (as?.kind === 'word' && as.text.toLowerCase() === 'as' && name) {
      output = name.text;
      at += 2;
    }
    found.push({ name: token.text.toLowerCase(), argument, output, isPlain });
  }
  return found;
}

function closingBracket(tokens: readonly SearchToken[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const { kind } = tokens[i] as SearchToken;
    if (kind === '(') depth++;
    else if (kind === ')' && --depth === 0) return i;
  }
  return tokens.length;
}

/** Names in a list, `a, b "c d" span=1h`: options left out. */
export function readNames(tokens: readonly SearchToken[]): string[] {
  const names: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as SearchToken;
    if (tokens[at + 1]?.kind === 'operator') at += 2;
    else if (token.kind === 'word' || token.kind === 'string') names.push(token.text);
  }
  return names;
}

/** The value of an option, `name=value`; undefined where it is not given. */
export function optionOf(tokens: readonly SearchToken[], name: string): string | undefined {
  const at = tokens.findIndex(
    (token, i) => token.kind === 'word' && token.text.toLowerCase() === name && tokens[i + 1]?.kind === 'operator',
  );
  return at < 0 ? undefined : tokens[at + 2]?.text;
}

/** A pair of `a as b`; without `as` both are the same. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
}

/** Reads `a as b, c, d as "e f"`. */
export function readRenamings(tokens: readonly SearchToken[]): Renaming[] {
  const names = tokens.filter(({ kind }) => kind === 'word' || kind === 'string');
  const pairs: Renaming[] = [];
  for (let at = 0; at < names.length;) {
    const from = (names[at] as SearchToken).text;
    const to = names[at + 2];
    if (names[at + 1]?.text.toLowerCase() === 'as' && to) {
      pairs.push({ from, to: to.text });
      at += 3;
    } else {
      pairs.push({ from, to: from });
      at++;
    }
  }
  return pairs;
}
