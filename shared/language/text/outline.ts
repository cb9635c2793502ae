/**
 * The shape of a rule text, line by line, found by indentation alone. It holds while the text is broken (a half-typed
 * line, an open quote), where a YAML parser has nothing to give: completion, hover and quick fixes work on it.
 * What a rule *means* is never read from here; that is the catalog's reader.
 */
import type { Span } from '../../model/span.ts';
import { keyOf, scalarAt, type ScalarStyle } from './scalar.ts';

export type LineKind =
  | 'blank'
  | 'comment'
  /** `---` or `...`: what follows is another document. */
  | 'document'
  /** A key, a list item, or a bare word that is being typed. */
  | 'content'
  /** Inside a block scalar or a scalar over several lines: its `parent` is the line that opened it. */
  | 'continuation';

export interface ScalarToken {
  readonly style: ScalarStyle;
  /** With its quotes. */
  readonly span: Span;
}

export interface OutlineLine {
  readonly index: number;
  readonly kind: LineKind;
  /** Offset of the line's first character, and the offset past its last, without the line break. */
  readonly start: number;
  readonly end: number;
  /** Columns (from 0) of the dashes that open list items on this line. */
  readonly dashes: readonly number[];
  /** Column (from 0) of the key or of the value after the dashes. */
  readonly column: number;
  /** The key before the colon, without quotes. */
  readonly key?: { readonly text: string; readonly span: Span };
  /** What follows the colon, or the whole item where there is no key. */
  readonly value?: ScalarToken;
  /** Offset of the comment's `#` at the end of the line. */
  readonly comment?: number;
  /** Index of the line whose key holds this one; -1 at the top of a document. */
  readonly parent: number;
  /** Number of the document in the text, from 0. */
  readonly document: number;
}

export interface Outline {
  readonly text: string;
  readonly lines: readonly OutlineLine[];
}

const LINE_BREAK = /\r\n|\n|\r/g;
/** How far an open quote is followed before it is taken as half-typed. */
const QUOTE_LINES = 64;

interface RawLine {
  readonly start: number;
  readonly end: number;
}

function splitLines(text: string): RawLine[] {
  const lines: RawLine[] = [];
  let start = 0;
  for (const match of text.matchAll(LINE_BREAK)) {
    lines.push({ start, end: match.index });
    start = match.index + match[0].length;
  }
  lines.push({ start, end: text.length });
  return lines;
}

/** Tabs are not legal YAML indentation; each counts as one column so that the rest of the text still has a shape. */
function indentOf(text: string, line: RawLine): number {
  let at = line.start;
  while (at < line.end && (text[at] === ' ' || text[at] === '\t')) at++;
  return at - line.start;
}

/**
 * The last line of a quoted scalar that is open at the end of `first`, or undefined where the quote is half-typed: no
 * closing quote before a line that is not indented deeper than `base`.
 */
function closingLine(
  text: string,
  lines: readonly RawLine[],
  first: number,
  base: number,
  quote: string,
): number | undefined {
  for (let i = first + 1; i < Math.min(lines.length, first + QUOTE_LINES); i++) {
    const line = lines[i] as RawLine;
    const content = text.slice(line.start, line.end);
    if (content.trim() === '') continue;
    if (indentOf(text, line) <= base) return undefined;
    // A key means that the quote above was never finished.
    if (/^\s*(?:- +)*[\w.|-]+:(?:\s|$)/.test(content)) return undefined;
    if (content.includes(quote)) return i;
  }
  return undefined;
}

/** Reads the outline of a text. Total and linear: every text has one. */
export function readOutline(text: string): Outline {
  const raw = splitLines(text);
  const lines: OutlineLine[] = [];
  let document = 0;
  /** Lines with a key that can still hold what follows, outermost first. */
  let open: OutlineLine[] = [];
  /** The scalar that the next lines may belong to: lines deeper than `base`, up to and with line `until`. */
  let scalar: { owner: number; base: number; until: number; plain: boolean } | undefined;

  const parentOf = (column: number, isDash: boolean): number => {
    while (open.length > 0) {
      const last = open[open.length - 1] as OutlineLine;
      if (last.column < column || (isDash && last.column === column && last.value === undefined)) return last.index;
      open.pop();
    }
    return -1;
  };

  raw.forEach(({ start, end }, index) => {
    const content = text.slice(start, end);
    const indent = indentOf(text, { start, end });
    const bare = { index, start, end, dashes: [], column: indent, document };
    const isBlank = indent === content.length;
    if (scalar && index <= scalar.until && (isBlank || indent > scalar.base)) {
      const isItem = scalar.plain && !isBlank && (content[indent] === '#' || startsEntry(content, indent));
      if (!isItem) {
        lines.push({ ...bare, kind: isBlank ? 'blank' : 'continuation', parent: scalar.owner });
        return;
      }
    }
    if (isBlank) {
      lines.push({ ...bare, kind: 'blank', parent: -1 });
      return;
    }
    scalar = undefined;
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(content)) {
      document += 1;
      open = [];
      lines.push({ ...bare, kind: 'document', parent: -1, document });
      return;
    }
    if (content[indent] === '#') {
      lines.push({ ...bare, kind: 'comment', comment: start + indent, parent: -1 });
      return;
    }
    const line = readLine(text, { start, end }, index, indent, document, parentOf);
    lines.push(line);
    if (line.key) open.push(line);
    scalar = scalarAfter(text, raw, line);
  });
  return { text, lines };
}

function startsEntry(content: string, at: number): boolean {
  return /^-(?:\s|$)/.test(content.slice(at)) || keyOf(content, at) !== undefined;
}

function readLine(
  text: string,
  raw: RawLine,
  index: number,
  indent: number,
  document: number,
  parentOf: (column: number, isDash: boolean) => number,
): OutlineLine {
  const content = text.slice(raw.start, raw.end);
  const dashes: number[] = [];
  let at = indent;
  while (content[at] === '-' && (at + 1 === content.length || content[at + 1] === ' ' || content[at + 1] === '\t')) {
    dashes.push(at);
    at++;
    while (content[at] === ' ' || content[at] === '\t') at++;
  }
  const parent = parentOf(dashes[0] ?? at, dashes.length > 0);
  const base = { index, kind: 'content' as const, ...raw, dashes, column: at, parent, document };
  const key = keyOf(content, at);
  let valueAt = at;
  if (key) {
    valueAt = key.colon + 1;
    while (content[valueAt] === ' ' || content[valueAt] === '\t') valueAt++;
  }
  const found = scalarAt(content, valueAt);
  return {
    ...base,
    ...(key && { key: { text: key.text, span: { start: raw.start + key.start, end: raw.start + key.end } } }),
    ...(found.style && {
      value: { style: found.style, span: { start: raw.start + valueAt, end: raw.start + found.end } },
    }),
    ...(found.comment !== undefined && { comment: raw.start + found.comment }),
  };
}

/** Whether, and how far, the lines after this one can belong to its value. */
function scalarAfter(text: string, raw: readonly RawLine[], line: OutlineLine) {
  if (!line.value) return undefined;
  const base = line.key ? line.column : (line.dashes[line.dashes.length - 1] ?? line.column);
  const owner = line.index;
  switch (line.value.style) {
    case 'block':
      return { owner, base, until: raw.length, plain: false };
    case 'open-single':
    case 'open-double': {
      const until = closingLine(text, raw, line.index, base, line.value.style === 'open-single' ? "'" : '"');
      return until === undefined ? undefined : { owner, base, until, plain: false };
    }
    case 'open-flow':
    case 'plain':
      // A bare word without a key, not in a list, is a key that is being typed: nothing continues it.
      return line.key || line.dashes.length > 0 ? { owner, base, until: raw.length, plain: true } : undefined;
    case 'single':
    case 'double':
    case 'flow':
      return undefined;
  }
}

/** Keys from the top of the document down to the holder of a line, without the line's own key. */
export function pathOf(outline: Outline, line: OutlineLine): OutlineLine[] {
  const path: OutlineLine[] = [];
  for (let at = line.parent; at >= 0;) {
    const holder = outline.lines[at] as OutlineLine;
    path.unshift(holder);
    at = holder.parent;
  }
  return path;
}

/** The line that an offset is on; offsets outside the text are clamped. */
export function lineAt(outline: Outline, offset: number): OutlineLine {
  let low = 0;
  let high = outline.lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((outline.lines[middle] as OutlineLine).start <= offset) low = middle;
    else high = middle - 1;
  }
  return outline.lines[low] as OutlineLine;
}

/** Lines directly held by a line's key (or by the document, for -1), in order. */
export function childrenOf(outline: Outline, parent: number, document: number): OutlineLine[] {
  return outline.lines.filter(
    (line) => line.kind === 'content' && line.parent === parent && line.document === document,
  );
}

/** The last line that belongs to a line: everything deeper, up to the next entry beside or above it. */
export function lastLineOf(outline: Outline, line: OutlineLine): OutlineLine {
  let last = line;
  for (let i = line.index + 1; i < outline.lines.length; i++) {
    const next = outline.lines[i] as OutlineLine;
    if (next.kind === 'blank' || next.kind === 'comment') continue;
    if (next.kind === 'document') break;
    if (next.kind === 'content' && !isInside(outline, next, line.index)) break;
    last = next;
  }
  return last;
}

function isInside(outline: Outline, line: OutlineLine, holder: number): boolean {
  for (let at = line.parent; at >= holder; at = (outline.lines[at] as OutlineLine).parent) {
    if (at === holder) return true;
  }
  return false;
}

/** A key at the top of a document, for example `detection`. */
export function topKey(outline: Outline, document: number, name: string): OutlineLine | undefined {
  return outline.lines.find((line) => line.document === document && line.parent === -1 && line.key?.text === name);
}
