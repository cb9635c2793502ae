import type { Span } from '../../../model/span.ts';
import { SyntaxFault } from '../../syntax/cursor.ts';
import { endOfQuoted } from './macro.ts';

/** One command of a search, `| name arguments`. Spans are ranges of the expanded search. */
export interface SplCommand {
  /** Lower case; `search` where the search begins without a command. */
  readonly name: string;
  readonly span: Span;
  /** What follows the name, blanks taken off. */
  readonly args: Span;
}

export interface SplPipeline {
  readonly commands: readonly SplCommand[];
  readonly faults: readonly SyntaxFault[];
}

/** Commands that may begin a search without a bar before them. */
const GENERATING = new Set(['search', 'tstats', 'mstats', 'from', 'inputlookup', 'datamodel', 'multisearch', 'union']);

/**
 * Splits a search, or a subsearch without its brackets, at the bars that stand outside quotes and brackets. Empty
 * commands, as dropped macros leave them, are left out.
 */
export function splitPipeline(text: string, range: Span): SplPipeline {
  const commands: SplCommand[] = [];
  const faults: SyntaxFault[] = [];
  let start = range.start;
  let isFirst = true;
  const finish = (end: number): void => {
    const span = trimmed(text, { start, end });
    if (span.start < span.end) commands.push(commandAt(text, span, isFirst));
    isFirst = false;
    start = end + 1;
  };
  for (let i = range.start; i < range.end; i++) {
    const unit = text[i];
    if (unit === '\\') i++;
    else if (unit === '"') {
      const end = endOfQuoted(text, i);
      if (end > range.end || (end === range.end && text[end - 1] !== '"')) {
        faults.push(new SyntaxFault('This quote is never closed', { start: i, end: range.end }));
      }
      i = Math.min(end, range.end) - 1;
    } else if (unit === '[') {
      const end = endOfBrackets(text, i, range.end);
      if (end === undefined) {
        faults.push(new SyntaxFault('This bracket is never closed', { start: i, end: i + 1 }));
        break;
      }
      i = end - 1;
    } else if (unit === '|') finish(i);
  }
  finish(range.end);
  return { commands, faults };
}

function commandAt(text: string, span: Span, isFirst: boolean): SplCommand {
  const word = /^[a-z_]+(?![\w.:=*{}-]|\s*(?:[=<>]|!=))/i.exec(text.slice(span.start, span.start + 40));
  const name = word?.[0].toLowerCase() ?? '';
  if (isFirst && !GENERATING.has(name)) return { name: 'search', span, args: span };
  return { name, span, args: trimmed(text, { start: span.start + name.length, end: span.end }) };
}

export function trimmed(text: string, { start, end }: Span): Span {
  while (start < end && /\s/.test(text[start] as string)) start++;
  while (end > start && /\s/.test(text[end - 1] as string)) end--;
  return { start, end };
}

/** Offset behind the bracket that closes the one at `start`; undefined where none before `limit` does. */
export function endOfBrackets(text: string, start: number, limit: number): number | undefined {
  let depth = 0;
  for (let i = start; i < limit; i++) {
    const unit = text[i];
    if (unit === '\\') i++;
    else if (unit === '"') i = endOfQuoted(text, i) - 1;
    else if (unit === '[') depth++;
    else if (unit === ']' && --depth === 0) return i + 1;
  }
  return undefined;
}
