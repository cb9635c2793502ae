import type { Span } from '../../../model/span.ts';

/**
 * Where things stand in a TOML text. The TOML reader gives values without places; this walks the text once by TOML's
 * outer grammar (toml.io/en/v1.0.0: headers, keys, strings, brackets, comments) and notes them. It expects a text that
 * the reader has accepted.
 */

/** A key of a table, and the text of its value as written. */
export interface TomlPlace {
  readonly key: Span;
  readonly value: Span;
}

export interface TomlPlaces {
  /** Places of `table.key`, in order of writing; more than one below an array of tables. */
  find(path: string): readonly TomlPlace[];
  /** Places of `[table]` and `[[table]]` headers. */
  headers(table: string): readonly Span[];
}

const KEY_PART = /[ \t]*(?:([A-Za-z0-9_-]+)|"((?:[^"\\]|\\.)*)"|'([^']*)')[ \t]*/y;

export function findTomlPlaces(text: string): TomlPlaces {
  const places = new Map<string, TomlPlace[]>();
  const headers = new Map<string, Span[]>();
  const walker = new Walker(text);
  let table = '';
  while (walker.skipBlank()) {
    const start = walker.at;
    const header = walker.readHeader();
    if (header !== undefined) {
      table = header;
      add(headers, table, { start, end: walker.at });
      continue;
    }
    const key = walker.readKey();
    const keyEnd = walker.at;
    if (key === undefined || text[walker.at] !== '=') {
      walker.skipLine();
      continue;
    }
    walker.at++;
    walker.skipSpaces();
    const valueStart = walker.at;
    walker.skipValue();
    const path = table === '' ? key : `${table}.${key}`;
    const keySpan = { start, end: start + text.slice(start, keyEnd).trimEnd().length };
    add(places, path, { key: keySpan, value: { start: valueStart, end: walker.at } });
  }
  return { find: (path) => places.get(path) ?? [], headers: (name) => headers.get(name) ?? [] };
}

function add<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const known = map.get(key);
  if (known) known.push(item);
  else map.set(key, [item]);
}

class Walker {
  at = 0;

  constructor(readonly text: string) {}

  /** Goes to the next key or header; false at the text's end. */
  skipBlank(): boolean {
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at];
      if (char === '#') this.skipLine();
      else if (char !== ' ' && char !== '\t' && char !== '\n' && char !== '\r' && char !== '\uFEFF') return true;
    }
    return false;
  }

  skipSpaces(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at++;
  }

  /** Goes to the line feed, or the end. */
  skipLine(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end;
  }

  readHeader(): string | undefined {
    if (this.text[this.at] !== '[') return undefined;
    const isArray = this.text[this.at + 1] === '[';
    this.at += isArray ? 2 : 1;
    const name = this.readKey() ?? '';
    while (this.text[this.at] === ']') this.at++;
    return name;
  }

  /** A key, dotted or not, its parts joined by dots; undefined where there is none. */
  readKey(): string | undefined {
    const parts: string[] = [];
    for (;;) {
      KEY_PART.lastIndex = this.at;
      const match = KEY_PART.exec(this.text);
      if (!match) return parts.length > 0 ? parts.join('.') : undefined;
      parts.push(match[1] ?? match[2] ?? match[3] ?? '');
      this.at = KEY_PART.lastIndex;
      if (this.text[this.at] !== '.') return parts.join('.');
      this.at++;
    }
  }

  /** Goes behind a value: a string, a bracketed value with all that is in it, or a bare word. */
  skipValue(): void {
    let depth = 0;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at] as string;
      if (char === '"' || char === "'") {
        this.at = endOfString(this.text, this.at) - 1;
        if (depth === 0) {
          this.at++;
          return;
        }
      } else if (char === '[' || char === '{') depth++;
      else if (char === ']' || char === '}') {
        depth--;
        if (depth <= 0) {
          this.at++;
          return;
        }
      } else if (char === '#' && depth > 0) this.skipLine();
      else if (depth === 0 && (char === '\n' || char === '\r' || char === '#')) return;
    }
  }
}

/** Offset behind the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  const quote = text[start] as string;
  const isBlock = text.startsWith(quote.repeat(3), start);
  let at = start + (isBlock ? 3 : 1);
  while (at < text.length) {
    const char = text[at];
    if (char === '\\' && quote === '"') at += 2;
    else if (char !== quote) at++;
    else if (!isBlock) return at + 1;
    else if (text.startsWith(quote.repeat(3), at)) {
      at += 3;
      // One or two quotes may stand before the closing three.
      for (let extra = 0; extra < 2 && text[at] === quote; extra++) at++;
      return at;
    } else at++;
  }
  return text.length;
}

/** A string's decoded text, and where each of its characters stands in the file. */
export interface PlacedString {
  readonly text: string;
  /** Maps a range of the decoded text to the file. */
  readonly place: (span: Span) => Span;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  e: '\u001b',
  '"': '"',
  '\\': '\\',
};
const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([btnfre"\\])|[ \t]*\r?\n\s*)/y;

/** Decodes a string written at `span` of a file, keeping the place of every character; undefined if it is no string. */
export function decodeTomlString(file: string, span: Span): PlacedString | undefined {
  const quote = file[span.start];
  if (quote !== '"' && quote !== "'") return undefined;
  const isBlock = span.end - span.start >= 6 && file.startsWith(quote.repeat(3), span.start);
  const width = isBlock ? 3 : 1;
  const end = span.end - width;
  let at = span.start + width;
  if (isBlock && file.startsWith('\r\n', at)) at += 2;
  else if (isBlock && file[at] === '\n') at++;
  let text = '';
  /** Starts of runs that are written as they read: offset in the text, offset in the file. */
  const runs: [number, number][] = [[0, at]];
  while (at < end) {
    const stop = quote === '"' ? file.indexOf('\\', at) : -1;
    const runEnd = stop < 0 || stop > end ? end : stop;
    text += file.slice(at, runEnd);
    at = runEnd;
    if (at >= end) break;
    ESCAPE.lastIndex = at;
    const match = ESCAPE.exec(file);
    const escapeEnd = match ? ESCAPE.lastIndex : at + 1;
    runs.push([text.length, at]);
    text += match ? escapedText(match) : '\\';
    at = escapeEnd;
    runs.push([text.length, at]);
  }
  const offset = (index: number): number => {
    let low = 0;
    let high = runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((runs[middle] as [number, number])[0] <= index) low = middle;
      else high = middle - 1;
    }
    const [from, inFile] = runs[low] as [number, number];
    return Math.min(inFile + index - from, Math.max(end, inFile));
  };
  return {
    text,
    place: ({ start, end: stop }) => ({ start: offset(start), end: Math.max(offset(start), offset(stop)) }),
  };
}

function escapedText([, byte, short, long, simple]: RegExpExecArray): string {
  const hex = byte ?? short ?? long;
  if (hex !== undefined) {
    const code = parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  }
  return simple === undefined ? '' : (SIMPLE_ESCAPES[simple] as string);
}
