import type { Span } from '../../model/span.ts';
import { childrenOf, lineAt, pathOf, topKey, type Outline, type OutlineLine, type ScalarToken } from './outline.ts';

interface Place {
  /** What an accepted completion replaces. */
  readonly replace: Span;
  /** What is already typed of it, up to the cursor. */
  readonly prefix: string;
  /** Keys from the document's top down to here. */
  readonly path: readonly string[];
  readonly document: number;
}

/** What may be written at a place in a rule. */
export type Context =
  | { readonly kind: 'none' }
  | (Place & {
      readonly kind: 'key';
      /** A colon follows already. */
      readonly hasColon: boolean;
      /** Keys beside this one. */
      readonly siblings: readonly string[];
      readonly indent: number;
    })
  | (Place & {
      readonly kind: 'modifier';
      readonly field: string;
      readonly before: readonly string[];
      readonly after: readonly string[];
      readonly hasColon: boolean;
    })
  | (Place & {
      readonly kind: 'value';
      /** The quote that the value is already in. */
      readonly quote: '' | "'" | '"';
      /** To be inserted before a value: a blank after the colon, or the dash of a list item. */
      readonly lead: '' | ' ' | '- ';
      /** In `[…]`, where a comma or bracket must be quoted. */
      readonly inFlow: boolean;
      /** At the start of a list item directly in a selection: a key can start here, too. */
      readonly mayBeKey: boolean;
    })
  | (Place & {
      readonly kind: 'condition';
      /** The condition's text before the word at the cursor. */
      readonly before: string;
    });

const NONE: Context = { kind: 'none' };

/** The names in a selection key: field and modifiers, with their spans. */
export function keySegments(text: string, span: Span): { text: string; span: Span }[] {
  const segments: { text: string; span: Span }[] = [];
  let start = span.start;
  for (const segment of text.slice(span.start, span.end).split('|')) {
    segments.push({ text: segment, span: { start, end: start + segment.length } });
    start += segment.length + 1;
  }
  return segments;
}

/** Whether keys below this path are field names (a selection of a detection or of a filter). */
export function isSelectionPath(path: readonly string[]): boolean {
  if (path.length < 2 || (path[0] !== 'detection' && path[0] !== 'filter')) return false;
  if (path[0] === 'filter' && path[1] === 'rules') return false;
  return path[1] !== 'condition' && path[1] !== 'timeframe';
}

/** Whether a path is that of a condition in words (a correlation's condition is a mapping instead). */
export function isConditionPath(path: readonly string[]): boolean {
  return path.length === 2 && path[1] === 'condition' && (path[0] === 'detection' || path[0] === 'filter');
}

/**
 * Finds what may be written at an offset. Total: any text and any offset give an answer, and its `replace` lies
 * within the text and on the cursor's line.
 */
export function contextAt(outline: Outline, offset: number): Context {
  const at = Math.min(Math.max(offset, 0), outline.text.length);
  const line = lineAt(outline, at);
  if (at > line.end || (line.comment !== undefined && at > line.comment)) return NONE;
  switch (line.kind) {
    case 'comment':
    case 'document':
      return NONE;
    case 'blank':
      return blankContext(outline, line, at);
    case 'continuation': {
      const owner = outline.lines[line.parent] as OutlineLine;
      const path = keysTo(outline, owner);
      return isConditionPath(path) ? conditionContext(outline, owner, path, line, at) : NONE;
    }
    case 'content':
      return contentContext(outline, line, at);
  }
}

/** Keys down to a line, with its own key. */
function keysTo(outline: Outline, line: OutlineLine): string[] {
  const keys = pathOf(outline, line).map((holder) => holder.key?.text ?? '');
  return line.key ? [...keys, line.key.text] : keys;
}

/** The keyed line that would hold an entry at a column of an empty line. */
function holderAt(outline: Outline, line: OutlineLine, column: number): OutlineLine | undefined {
  let limit = column;
  for (let i = line.index - 1; i >= 0; i--) {
    const before = outline.lines[i] as OutlineLine;
    if (before.kind === 'document') return undefined;
    if (before.kind !== 'content' || !before.key || before.column >= limit) continue;
    if (before.value === undefined) return before;
    // A key with a value on its own line holds nothing: the new entry stands beside it.
    limit = before.column;
  }
  return undefined;
}

function blankContext(outline: Outline, line: OutlineLine, at: number): Context {
  const column = at - line.start;
  const owner = line.parent >= 0 ? outline.lines[line.parent] : undefined;
  if (owner?.value?.style === 'block' && column > owner.column) {
    const path = keysTo(outline, owner);
    return isConditionPath(path) ? conditionContext(outline, owner, path, line, at) : NONE;
  }
  const holder = holderAt(outline, line, column);
  const path = holder ? keysTo(outline, holder) : [];
  const place = { replace: { start: at, end: at }, prefix: '', path, document: line.document };
  if (takesList(path)) return { ...place, kind: 'value', quote: '', lead: '- ', inFlow: false, mayBeKey: false };
  const siblings = keysUnder(outline, holder?.index ?? -1, line.document);
  return { ...place, kind: 'key', hasColon: false, siblings, indent: column };
}

/** Whether what stands under this path is a list of values, not a mapping. */
function takesList(path: readonly string[]): boolean {
  if (path.length === 1) return path[0] === 'tags' || path[0] === 'fields';
  return isSelectionPath(path) && path.length > 2;
}

function keysUnder(outline: Outline, parent: number, document: number): string[] {
  return childrenOf(outline, parent, document).flatMap((child) => (child.key ? [child.key.text] : []));
}

function contentContext(outline: Outline, line: OutlineLine, at: number): Context {
  if (at - line.start < line.column) return NONE;
  const path = pathOf(outline, line).map((holder) => holder.key?.text ?? '');
  if (line.key) {
    const { span } = line.key;
    if (at >= span.start && at <= span.end) return keyContext(outline, line, path, span, at, true);
    const colon = outline.text.indexOf(':', span.end);
    if (at <= colon) return NONE;
    return valueContext(outline, line, [...path, line.key.text], at);
  }
  const isItem = line.dashes.length > 0;
  if (isItem && (path.length !== 2 || !isSelectionPath(path))) return valueContext(outline, line, path, at);
  if (isItem && line.value?.style !== 'plain') return valueContext(outline, line, path, at);
  if (isItem && !/^[\w.|-]*$/.test(textOf(outline, line.value))) return valueContext(outline, line, path, at);
  const span = line.value?.span ?? { start: at, end: at };
  if (at > span.end) return NONE;
  return keyContext(outline, line, path, span, at, false);
}

const textOf = (outline: Outline, token: ScalarToken | undefined): string =>
  token ? outline.text.slice(token.span.start, token.span.end) : '';

function keyContext(
  outline: Outline,
  line: OutlineLine,
  path: readonly string[],
  span: Span,
  at: number,
  hasColon: boolean,
): Context {
  const { document } = line;
  const own = outline.text.slice(span.start, span.end);
  if (isSelectionPath(path)) {
    const segments = keySegments(outline.text, span);
    const index = segments.findIndex((segment) => at >= segment.span.start && at <= segment.span.end);
    const segment = segments[index];
    if (!segment) return NONE;
    const place = {
      replace: segment.span,
      prefix: outline.text.slice(segment.span.start, at),
      path,
      document,
      hasColon: hasColon || segments.length > index + 1,
    };
    const names = segments.map((each) => each.text);
    if (index > 0) {
      const [field = '', ...modifiers] = names;
      const before = modifiers.slice(0, index - 1);
      return { ...place, kind: 'modifier', field, before, after: modifiers.slice(index), hasColon };
    }
    const siblings = keysUnder(outline, line.parent, document).filter((key) => key !== own);
    return { ...place, kind: 'key', siblings, indent: line.column };
  }
  const siblings = keysUnder(outline, line.parent, document).filter((key) => key !== own);
  const prefix = outline.text.slice(span.start, at);
  return { kind: 'key', replace: span, prefix, path, document, hasColon, siblings, indent: line.column };
}

function valueContext(outline: Outline, line: OutlineLine, path: readonly string[], at: number): Context {
  if (isConditionPath(path)) return conditionContext(outline, line, path, line, at);
  const mayBeKey = !line.key && path.length === 2 && isSelectionPath(path);
  const needsBlank = /[:-]/.test(outline.text[at - 1] ?? '') && !line.value;
  const base = {
    kind: 'value' as const,
    path,
    document: line.document,
    lead: needsBlank ? (' ' as const) : ('' as const),
    inFlow: false,
    mayBeKey,
  };
  const { value } = line;
  if (!value || at < value.span.start) {
    if (value) return NONE;
    return { ...base, replace: { start: at, end: at }, prefix: '', quote: '' };
  }
  if (at > value.span.end) return NONE;
  const { start } = value.span;
  switch (value.style) {
    case 'plain':
      return { ...base, replace: value.span, prefix: outline.text.slice(start, at), quote: '' };
    case 'single':
    case 'double':
    case 'open-single':
    case 'open-double': {
      const isOpen = value.style === 'open-single' || value.style === 'open-double';
      if (at === start || (!isOpen && at === value.span.end)) return NONE;
      const quote = outline.text[start] === '"' ? '"' : "'";
      return { ...base, replace: value.span, prefix: outline.text.slice(start + 1, at), quote };
    }
    case 'flow':
    case 'open-flow':
      return flowContext(outline, value, at, base);
    case 'block':
      return NONE;
  }
}

/** The item of `[a, b]` at the cursor. Mappings in braces are left alone. */
function flowContext(
  outline: Outline,
  value: ScalarToken,
  at: number,
  base: Omit<Extract<Context, { kind: 'value' }>, 'replace' | 'prefix' | 'quote'>,
): Context {
  const { text } = outline;
  if (text[value.span.start] !== '[' || at === value.span.start) return NONE;
  let start = value.span.start + 1;
  let quote: '' | "'" | '"' = '';
  for (let i = start; i < at; i++) {
    const unit = text[i];
    if (quote !== '') {
      if (unit === quote) quote = '';
    } else if (unit === ']' || unit === '{' || unit === '[') return NONE;
    else if (unit === ',') start = i + 1;
    else if ((unit === "'" || unit === '"') && text.slice(start, i).trim() === '') quote = unit;
  }
  while (start < at && text[start] === ' ') start++;
  let end = at;
  if (quote !== '') {
    const close = text.indexOf(quote, at);
    end = close >= 0 && close < value.span.end ? close + 1 : at;
  } else {
    if (/^['"]/.test(text.slice(start, at))) return NONE;
    while (end < value.span.end && !/[,\]]/.test(text[end] ?? ',')) end++;
    end = Math.max(at, start + text.slice(start, end).trimEnd().length);
  }
  const prefix = text.slice(start + (quote === '' ? 0 : 1), at);
  return { ...base, inFlow: true, replace: { start, end }, prefix, quote };
}

const WORD = /[^\s()|'"]/;

function conditionContext(
  outline: Outline,
  owner: OutlineLine,
  path: readonly string[],
  line: OutlineLine,
  at: number,
): Context {
  const { text } = outline;
  const from = line.value && at > line.value.span.start ? line.value.span.start : Math.min(line.start, at);
  const floor = line === owner ? Math.max(from, valueStart(outline, line)) : line.start;
  if (at < floor) return NONE;
  let start = at;
  while (start > floor && WORD.test(text[start - 1] ?? ' ')) start--;
  let end = at;
  while (end < line.end && WORD.test(text[end] ?? ' ')) end++;
  // Before the word: what the condition says on its earlier lines and on this one.
  const first = line === owner ? floor : (owner.value?.span.start ?? start);
  const before = text.slice(Math.min(first, start), start).replace(/^[|>][-+0-9]*\s*$|^[|>][-+0-9]*\s/, '');
  const opened = before.replace(/^\s*["']/, '').trimStart();
  return {
    kind: 'condition',
    replace: { start, end },
    prefix: text.slice(start, at),
    path,
    document: line.document,
    before: opened,
  };
}

/** Offset where a line's value can start: past its colon or dash. */
function valueStart(outline: Outline, line: OutlineLine): number {
  if (line.value) return line.value.span.start;
  return line.key ? outline.text.indexOf(':', line.key.span.end) + 1 : line.start + line.column;
}

/** The document's `logsource`, as far as it is written. */
export function logsourceOf(
  outline: Outline,
  document: number,
): { category?: string; product?: string; service?: string } {
  const top = topKey(outline, document, 'logsource');
  if (!top) return {};
  const found: { category?: string; product?: string; service?: string } = {};
  for (const child of childrenOf(outline, top.index, document)) {
    const name = child.key?.text;
    const value = textOf(outline, child.value).replace(/^['"]|['"]$/g, '');
    if (value !== '' && (name === 'category' || name === 'product' || name === 'service')) found[name] = value;
  }
  return found;
}
