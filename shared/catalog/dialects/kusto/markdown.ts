import type { Span } from '../../../model/span.ts';

/** A fenced block of a markdown text. */
export interface FencedBlock {
  /** Word behind the fence, lower case, '' for none. */
  readonly language: string;
  readonly content: Span;
  readonly span: Span;
}

export interface MarkdownText {
  readonly title: string;
  /** First paragraph under a heading that names a description, else the first paragraph at all. */
  readonly description: string;
  readonly blocks: readonly FencedBlock[];
  /** Lines outside the blocks. */
  readonly lines: readonly string[];
}

const FENCE = /^[ \t]*(```+|~~~+)[ \t]*([^\s`]*)[^`\n]*$/;

/** Reads headings, paragraphs and fenced blocks (CommonMark 0.31, 4.5). An unclosed fence runs to the end. */
export function readMarkdown(text: string): MarkdownText {
  const blocks: FencedBlock[] = [];
  const lines: string[] = [];
  let open: { fence: string; language: string; start: number; content: number } | undefined;
  for (let at = 0; at < text.length;) {
    const feed = text.indexOf('\n', at);
    const end = feed < 0 ? text.length : feed;
    const line = text.slice(at, end).replace(/\r$/, '');
    const fence = FENCE.exec(line);
    const next = feed < 0 ? text.length : feed + 1;
    if (open) {
      const isClose = fence?.[1]?.startsWith(open.fence) === true && fence[2] === '';
      if (isClose) {
        blocks.push(blockOf(open, at, end));
        open = undefined;
      }
    } else if (fence?.[1] !== undefined) {
      open = { fence: fence[1], language: (fence[2] ?? '').toLowerCase(), start: at, content: next };
    } else lines.push(line);
    at = next;
  }
  if (open) blocks.push(blockOf(open, text.length, text.length));
  return { title: titleOf(lines), description: descriptionOf(lines), blocks, lines };
}

function blockOf(
  open: { language: string; start: number; content: number },
  contentEnd: number,
  end: number,
): FencedBlock {
  const start = Math.min(open.content, contentEnd);
  return { language: open.language, content: { start, end: contentEnd }, span: { start: open.start, end } };
}

function headingOf(line: string): string | undefined {
  return /^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(line)?.[1]?.replace(/[*_]/g, '');
}

function titleOf(lines: readonly string[]): string {
  for (const line of lines) {
    const heading = headingOf(line);
    if (heading !== undefined && heading !== '') return heading;
  }
  return '';
}

function descriptionOf(lines: readonly string[]): string {
  const heading = lines.findIndex((line) => /description/i.test(headingOf(line) ?? ''));
  const from = heading < 0 ? lines.findIndex((line) => headingOf(line) !== undefined) + 1 : heading + 1;
  const paragraph: string[] = [];
  for (const line of lines.slice(from)) {
    if (headingOf(line) !== undefined) break;
    if (line.trim() !== '') paragraph.push(line.trim());
    else if (paragraph.length > 0) break;
  }
  return paragraph.join(' ');
}

const TECHNIQUE = /\bT\d{4}(?:\.\d{3})?\b/g;
const LINK = /attack\.mitre\.org\/techniques\/(T\d{4})(?:\/(\d{3}))?/gi;

/**
 * ATT&CK techniques that a text names in a table row or by link. A row may hold `T1021.002`, or the technique and its
 * sub-technique's number in cells side by side.
 */
export function techniquesIn(lines: readonly string[]): string[] {
  const found = new Set<string>();
  for (const line of lines) {
    for (const [, id, sub] of line.matchAll(LINK))
      found.add(sub === undefined ? (id as string).toUpperCase() : `${(id as string).toUpperCase()}.${sub}`);
    if (!line.trim().startsWith('|')) continue;
    const cells = line.split('|').map((cell) => cell.trim());
    cells.forEach((cell, i) => {
      const next = cells[i + 1] ?? '';
      if (/^T\d{4}$/.test(cell) && /^\d{3}$/.test(next)) found.add(`${cell}.${next}`);
      else if (/^[T\d.,;&\s]+$/.test(cell)) for (const [id] of cell.matchAll(TECHNIQUE)) found.add(id);
    });
  }
  return [...found].sort();
}

/** The value of a line `**Name:** value`. */
export function labelled(lines: readonly string[], name: string): string {
  for (const line of lines) {
    const match = /^\s*\*\*([^*:]+):?\*\*:?\s*(.+?)\s*$/.exec(line);
    if (match?.[1]?.trim().toLowerCase() === name) return match[2] ?? '';
  }
  return '';
}
