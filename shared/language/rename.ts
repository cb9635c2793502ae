import type { Span } from '../model/span.ts';
import { readOutline, type Outline } from './text/outline.ts';
import { conditionOf, documentCount, isOperatorWord, selectionsOf } from './text/selections.ts';

/** A change of a text: `replace` is taken out, `text` put in its place. */
export interface TextEdit {
  readonly replace: Span;
  readonly text: string;
}

/** A selection's name at a place: where it is defined or used. */
export interface SelectionName {
  readonly name: string;
  readonly document: number;
  readonly span: Span;
}

/** The selection whose name is at an offset, in its definition or in the condition. */
export function selectionNameAt(outline: Outline, offset: number): SelectionName | undefined {
  for (let document = 0; document < documentCount(outline); document++) {
    for (const { name, nameSpan } of selectionsOf(outline, document)) {
      if (offset >= nameSpan.start && offset <= nameSpan.end) return { name, document, span: nameSpan };
    }
    for (const { text, span } of conditionOf(outline, document)?.words ?? []) {
      if (offset < span.start || offset > span.end) continue;
      if (!isOperatorWord(text) && !text.includes('*')) return { name: text, document, span };
    }
  }
  return undefined;
}

/** Every place where a selection is named in its document, in order. Patterns such as `selection_*` stay as they are. */
export function placesOf(outline: Outline, { name, document }: SelectionName): Span[] {
  const definitions = selectionsOf(outline, document).filter((selection) => selection.name === name);
  const uses = (conditionOf(outline, document)?.words ?? []).filter((word) => word.text === name);
  return [...definitions.map((each) => each.nameSpan), ...uses.map((each) => each.span)].toSorted(
    (a, b) => a.start - b.start,
  );
}

export type RenameResult =
  { readonly ok: true; readonly edits: readonly TextEdit[] } | { readonly ok: false; readonly reason: string };

/** Renames the selection at an offset, where it is defined and in the condition. */
export function renameSelection(text: string, offset: number, newName: string): RenameResult {
  const outline = readOutline(text);
  const selection = selectionNameAt(outline, offset);
  if (!selection) return { ok: false, reason: 'Only the name of a selection can be renamed' };
  if (!/^[A-Za-z_][\w-]*$/.test(newName)) {
    return { ok: false, reason: 'A selection name has letters, digits, _ and - only, and does not start with a digit' };
  }
  if (isOperatorWord(newName) || newName === 'condition' || newName === 'timeframe') {
    return { ok: false, reason: `“${newName}” has a meaning of its own in a detection` };
  }
  if (selectionsOf(outline, selection.document).some((each) => each.name === newName && newName !== selection.name)) {
    return { ok: false, reason: `There is a selection “${newName}” already` };
  }
  return { ok: true, edits: placesOf(outline, selection).map((replace) => ({ replace, text: newName })) };
}

/** Applies edits that do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const { replace, text: inserted } of edits.toSorted((a, b) => b.replace.start - a.replace.start)) {
    result = result.slice(0, replace.start) + inserted + result.slice(replace.end);
  }
  return result;
}
