import { SyntaxFault } from '../../../syntax/cursor.ts';

export interface EqlToken {
  readonly kind: 'word' | 'quotedName' | 'string' | 'number' | 'duration' | 'op';
  /** A word as written, a string's or quoted name's decoded text, an operator; words and operators of one text compare. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /(?:\s|\/\/[^\n\r]*|\/\*[^]*?\*\/)+/y;
const WORD = /[A-Za-z_@][A-Za-z0-9_@]*/y;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const DURATION = /\d+(?:ms|s|m|h|d)\b/y;
const QUOTED_NAME = /`((?:[^`]|``)+)`/y;
const OPERATOR = /!\[|==|!=|<=|>=|[<>=:+\-*/%,()[\]|.?!~]/y;
const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** Splits an EQL text. Throws a SyntaxFault at the first character that begins no token. */
export function tokenizeEql(text: string): EqlToken[] {
  const tokens: EqlToken[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const space = take(SPACE);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    // Said at once: trying it again at every later sign would take quadratic time.
    if (text.startsWith('/*', at)) throw new SyntaxFault('Unclosed comment', { start: at, end: at + 2 });
    const token = readQuoted(text, at) ?? readPlain(take, at);
    if (!token) throw new SyntaxFault('Unexpected character', { start: at, end: at + 1 });
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function readPlain(take: (pattern: RegExp) => string | undefined, start: number): EqlToken | undefined {
  const word = take(WORD);
  if (word !== undefined) return { kind: 'word', text: word, start, end: start + word.length };
  const number = take(NUMBER);
  if (number !== undefined) {
    const duration = take(DURATION);
    const text = duration ?? number;
    return { kind: duration === undefined ? 'number' : 'duration', text, start, end: start + text.length };
  }
  const operator = take(OPERATOR);
  return operator === undefined ? undefined : { kind: 'op', text: operator, start, end: start + operator.length };
}

function readQuoted(text: string, start: number): EqlToken | undefined {
  const quote = text[start];
  if (quote === '`') {
    QUOTED_NAME.lastIndex = start;
    const match = QUOTED_NAME.exec(text);
    if (!match) throw new SyntaxFault('Unclosed backtick', { start, end: start + 1 });
    return { kind: 'quotedName', text: (match[1] as string).replaceAll('``', '`'), start, end: QUOTED_NAME.lastIndex };
  }
  if (quote === '?' && (text[start + 1] === '"' || text[start + 1] === "'")) return readRaw(text, start);
  if (quote !== '"' && quote !== "'") return undefined;
  return text.startsWith('"""', start) ? readBlock(text, start) : readString(text, start, quote);
}

/** `"""raw"""`: no escapes; up to two quotes may stand before the closing three. */
function readBlock(text: string, start: number): EqlToken {
  let close = text.indexOf('"""', start + 3);
  if (close < 0) throw new SyntaxFault('Unclosed """', { start, end: start + 3 });
  for (let extra = 0; extra < 2 && text[close + 3] === '"'; extra++) close++;
  return { kind: 'string', text: text.slice(start + 3, close), start, end: close + 3 };
}

/** `?"raw"`, the older form: a backslash stays, and keeps a quote from closing. */
function readRaw(text: string, start: number): EqlToken {
  const quote = text[start + 1] as string;
  let at = start + 2;
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  if (text[at] !== quote) throw new SyntaxFault('Unclosed string', { start, end: start + 2 });
  const decoded = text.slice(start + 2, at).replaceAll(`\\${quote}`, quote);
  return { kind: 'string', text: decoded, start, end: at + 1 };
}

function readString(text: string, start: number, quote: string): EqlToken {
  let decoded = '';
  let at = start + 1;
  for (; at < text.length && text[at] !== quote; at++) {
    const char = text[at] as string;
    if (char === '\n' || char === '\r') break;
    if (char !== '\\') {
      decoded += char;
      continue;
    }
    const next = text[++at] ?? '';
    const unicode = next === 'u' ? /^\{([0-9A-Fa-f]{2,8})\}/.exec(text.slice(at + 1, at + 11)) : null;
    const code = unicode ? parseInt(unicode[1] as string, 16) : -1;
    if (unicode && code <= 0x10ffff) {
      decoded += String.fromCodePoint(code);
      at += unicode[0].length;
    } else if (Object.hasOwn(ESCAPES, next)) decoded += ESCAPES[next] as string;
    else throw new SyntaxFault(`Unknown escape \\${next}`, { start: at - 1, end: Math.min(at + 1, text.length) });
  }
  if (text[at] !== quote) throw new SyntaxFault('Unclosed string', { start, end: start + 1 });
  return { kind: 'string', text: decoded, start, end: at + 1 };
}
