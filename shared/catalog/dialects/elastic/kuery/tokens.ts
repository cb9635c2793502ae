import { SyntaxFault } from '../../../syntax/cursor.ts';
import type { Piece } from '../../../syntax/wildcards.ts';

export interface KueryToken {
  /** A chunk is a run without blanks; unquoted text may be several. A keyword is an unescaped and, or, not. */
  readonly kind: 'op' | 'quoted' | 'chunk' | 'keyword';
  /** As written; a keyword in lower case. */
  readonly text: string;
  readonly pieces: readonly Piece[];
  readonly start: number;
  readonly end: number;
}

const OPERATOR = /<=|>=|[<>:(){}]/y;
const QUOTED = /"((?:[^"\\]|\\[^])*)"/y;
const CHUNK = /(?:[^\s\\():<>"*{}]|\\[^]|\*|\\$)+/y;
const KEYWORD = /^(?:and|or|not)$/i;

/** Splits a Kuery text. Throws a SyntaxFault at an unclosed quote. */
export function tokenizeKuery(text: string): KueryToken[] {
  const tokens: KueryToken[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] as string)) {
      at++;
      continue;
    }
    const token = readToken(text, at);
    if (!token) throw new SyntaxFault('Unclosed quote', { start: at, end: at + 1 });
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function readToken(text: string, start: number): KueryToken | undefined {
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = start;
    return pattern.exec(text)?.[0];
  };
  const operator = take(OPERATOR);
  if (operator !== undefined) {
    return { kind: 'op', text: operator, pieces: [], start, end: start + operator.length };
  }
  const quoted = take(QUOTED);
  if (quoted !== undefined) {
    const literal = decodeQuoted(quoted.slice(1, -1));
    return {
      kind: 'quoted',
      text: quoted,
      pieces: literal === '' ? [] : [{ literal }],
      start,
      end: start + quoted.length,
    };
  }
  const chunk = take(CHUNK);
  if (chunk === undefined) return undefined;
  const end = start + chunk.length;
  if (KEYWORD.test(chunk))
    return { kind: 'keyword', text: chunk.toLowerCase(), pieces: [{ literal: chunk }], start, end };
  return { kind: 'chunk', text: chunk, pieces: chunkPieces(chunk), start, end };
}

const BLANKS: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };

/** In quotes, `\"`, `\\`, `\t`, `\r`, `\n` and `\uXXXX` are escapes; another backslash stands for itself. */
function decodeQuoted(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|(["\\])|([trn]))/g, (_, hex?: string, same?: string, blank?: string) =>
    hex === undefined ? (same ?? (BLANKS[blank ?? ''] as string)) : String.fromCharCode(parseInt(hex, 16)),
  );
}

const CHUNK_PART =
  /\\(?:u([0-9A-Fa-f]{4})|([\\():<>"*{}])|(and|or|not)(?![^\s\\():<>"*{}])|([trn]))|(\*)|([^\\*]+|\\)/giy;

/** Decodes unquoted text. Kibana refuses a backslash before any other character; here it stands for itself. */
function chunkPieces(chunk: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  for (const [, hex, special, keyword, blank, star, plain] of chunk.matchAll(CHUNK_PART)) {
    if (star === undefined) {
      const char = hex === undefined ? BLANKS[(blank ?? '').toLowerCase()] : String.fromCharCode(parseInt(hex, 16));
      literal += special ?? keyword ?? plain ?? char ?? '';
      continue;
    }
    if (literal !== '') pieces.push({ literal });
    literal = '';
    pieces.push({ wild: '*' });
  }
  if (literal !== '') pieces.push({ literal });
  return pieces;
}
