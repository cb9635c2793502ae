import { SyntaxFault } from '../../../syntax/cursor.ts';

export interface EsqlToken {
  readonly kind: 'word' | 'quotedName' | 'string' | 'number' | 'op';
  /** Decoded for strings and quoted names, else as written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /(?:\s|\/\/[^\n\r]*|\/\*[^]*?\*\/)+/y;
const WORD = /[A-Za-z_@][A-Za-z0-9_@]*/y;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"""([^]*?"{0,2})"""|"((?:[^"\\\n\r]|\\[^])*)"/y;
const BLOCK_QUOTES = /"{3}/y;
const NAME = /`((?:[^`]|``)+)`/y;
/** Index patterns hold signs that no expression has; whether one belongs is the parser's to say. */
const OPERATOR = /==|!=|<=|>=|=~|::|[^\s"`\w@]/uy;
const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r' };

/** Splits an ES|QL text. Throws a SyntaxFault at an unclosed quote. */
export function tokenizeEsql(text: string): EsqlToken[] {
  const tokens: EsqlToken[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    const space = take(SPACE);
    if (space) {
      at += space[0].length;
      continue;
    }
    // Said at once: trying it again at every later sign would take quadratic time.
    if (text.startsWith('/*', at)) throw new SyntaxFault('Unclosed comment', { start: at, end: at + 2 });
    const token = readToken(take, at);
    if (!token) throw new SyntaxFault('Unclosed quote', { start: at, end: at + 1 });
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function readToken(take: (pattern: RegExp) => RegExpExecArray | null, start: number): EsqlToken | undefined {
  const plain = (kind: EsqlToken['kind'], pattern: RegExp): EsqlToken | undefined => {
    const written = take(pattern)?.[0];
    return written === undefined ? undefined : { kind, text: written, start, end: start + written.length };
  };
  const string = take(STRING);
  if (string) {
    const [written, raw, escaped] = string;
    // `"""` that no other closes, read as an empty string and a quote.
    if (written === '""' && take(BLOCK_QUOTES)) return undefined;
    return { kind: 'string', text: raw ?? decode(escaped ?? ''), start, end: start + written.length };
  }
  const name = take(NAME);
  if (name) {
    return { kind: 'quotedName', text: (name[1] as string).replaceAll('``', '`'), start, end: start + name[0].length };
  }
  return plain('word', WORD) ?? plain('number', NUMBER) ?? plain('op', OPERATOR);
}

function decode(text: string): string {
  return text.replace(
    /\\([^])/g,
    (_, char: string) => ESCAPES[char] ?? (char === '"' || char === '\\' ? char : `\\${char}`),
  );
}
