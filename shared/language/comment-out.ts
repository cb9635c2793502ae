import { readRules } from '../catalog/read.ts';
import type { Span } from '../model/span.ts';
import { applyEdits, type TextEdit } from './rename.ts';

/**
 * The edit that turns the lines of a place into comments; undefined where something else stands on them, or where the
 * rule could not be read any more without them.
 */
export function commentOut(text: string, span: Span): TextEdit | undefined {
  const end = span.start + text.slice(span.start, span.end).trimEnd().length;
  const from = text.lastIndexOf('\n', span.start - 1) + 1;
  const lineEnd = text.indexOf('\n', end);
  const to = lineEnd < 0 ? text.length : lineEnd;
  if (text.slice(from, span.start).trim() !== '' || !/^\s*(?:#.*)?$/.test(text.slice(end, to))) return undefined;
  const column = span.start - from;
  const lines = text.slice(from, to).split('\n');
  const inserted = lines.map((line) => `${line.slice(0, column)}# ${line.slice(column)}`).join('\n');
  const edit = { replace: { start: from, end: to }, text: inserted };
  return isReadable(applyEdits(text, [edit])) ? edit : undefined;
}

function isReadable(text: string): boolean {
  const { rules, diagnostics } = readRules(text);
  const all = [...diagnostics, ...rules.flatMap((rule) => rule.diagnostics)];
  return all.every(({ severity }) => severity !== 'error');
}
