import { SyntaxFault } from '../../../syntax/cursor.ts';

export interface LuceneToken {
  readonly kind: 'word' | 'quoted' | 'regex' | 'range' | 'op';
  /** As written, quotes, slashes and brackets included; and, or, not written as symbols come out as words. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const PATTERNS: readonly (readonly [LuceneToken['kind'], RegExp])[] = [
  ['quoted', /"(?:[^"\\]|\\[^])*"/y],
  ['regex', /\/(?:[^/\\]|\\[^])*\//y],
  ['range', /[[{]\s*(?:"[^"]*"|[^\s\]}"]+)\s+TO\s+(?:"[^"]*"|[^\s\]}"]+)\s*[\]}]/y],
  ['op', /&&|\|\||[()!:+-]|[<>]=?/y],
  ['op', /\^\d*(?:\.\d+)?|~\d*(?:\.\d+)?/y],
  // Inside a word, + and - and slashes are ordinary.
  ['word', /(?:[^\s"\\()[\]{}:^~!<>&|]|\\[^]|[&|](?![&|]))+/y],
];

/** Splits a Lucene query. Throws a SyntaxFault at what begins no token. */
export function tokenizeLucene(text: string): LuceneToken[] {
  const tokens: LuceneToken[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] as string)) {
      at++;
      continue;
    }
    const token = readToken(text, at);
    if (!token) throw new SyntaxFault('Unexpected character', { start: at, end: at + 1 });
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

const SYMBOLS: Readonly<Record<string, string>> = { '&&': 'AND', '||': 'OR' };

function readToken(text: string, start: number): LuceneToken | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = start;
    const written = pattern.exec(text)?.[0];
    if (written === undefined || written === '') continue;
    const end = start + written.length;
    const symbol = SYMBOLS[written];
    return symbol === undefined ? { kind, text: written, start, end } : { kind: 'word', text: symbol, start, end };
  }
  return undefined;
}
