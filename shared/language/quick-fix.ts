import type { Diagnostic } from '../model/rule.ts';
import { LEVELS } from '../model/severity.ts';
import type { Span } from '../model/span.ts';
import { nearestWords } from './edit-distance.ts';
import { STATUS_WORDS, TOP_KEYS } from './facts/sigma-keys.ts';
import { MODIFIER_NAMES } from './facts/modifier-help.ts';
import { childrenOf, lastLineOf, lineAt, readOutline, topKey, type Outline, type OutlineLine } from './text/outline.ts';
import { quoteYaml } from './text/quote.ts';
import type { TextEdit } from './rename.ts';
import { conditionOf, selectionsOf } from './text/selections.ts';

/** A way to mend a diagnostic: edits by range, which leave the rest of the text as the author wrote it. */
export interface QuickFix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** The one that "fix" means when nothing is chosen. */
  readonly isPreferred: boolean;
}

/** The fixes for a diagnostic of a text; none where only the author can know. */
export function quickFixes(text: string, diagnostic: Diagnostic, newId: () => string): QuickFix[] {
  const outline = readOutline(text);
  const line = lineAt(outline, diagnostic.span.start);
  const tabs = tabFix(outline);
  if (diagnostic.code.startsWith('yaml-') && tabs) return [tabs];
  const word = text.slice(diagnostic.span.start, diagnostic.span.end);
  switch (diagnostic.code) {
    case 'sigma-unknown-modifier':
      return [...replaceBy(diagnostic.span, nearestWords(word, MODIFIER_NAMES)), removeModifier(text, diagnostic.span)];
    case 'sigma-modifier-chain':
    case 'sigma-repeated-modifier':
      return [removeModifier(text, diagnostic.span)];
    case 'sigma-all-single-value':
      return removeAll(outline, line);
    case 'sigma-unknown-selection':
      return unknownSelection(outline, line, diagnostic.span, word);
    case 'sigma-unused-selection':
      return useSelection(outline, line.document, word);
    case 'sigma-bad-level':
      return replaceBy(diagnostic.span, nearestWords(word, LEVELS).concat(LEVELS), 3);
    case 'sigma-bad-status':
      return replaceBy(
        diagnostic.span,
        nearestWords(
          word,
          STATUS_WORDS.map((each) => each.word),
        ),
        3,
      );
    case 'lint-unknown-key':
      return replaceBy(
        diagnostic.span,
        nearestWords(
          word,
          TOP_KEYS.map((key) => key.name),
          1,
        ),
      );
    case 'sigma-bad-id':
      return [fix('Replace by a new UUID', diagnostic.span, newId())];
    case 'lint-missing-id':
      return [insertAfter(outline, line.document, ['title'], `id: ${newId()}`, 'Add a new id')];
    case 'lint-missing-level':
      return [insertAtEnd(outline, line.document, 'level: medium', 'Add level: medium')];
    case 'sigma-missing-title':
      return [insertBefore(outline, line.document, 'title: New rule', 'Add a title')];
    case 'sigma-missing-logsource': {
      const body = 'logsource:\n    category: process_creation\n    product: windows';
      return [insertBeforeKey(outline, line.document, 'detection', body, 'Add a logsource')];
    }
    case 'sigma-missing-detection': {
      const body = "detection:\n    selection:\n        Image|endswith: '\\example.exe'\n    condition: selection";
      return [insertAtEnd(outline, line.document, body, 'Add a detection')];
    }
    case 'sigma-missing-condition':
      return addCondition(outline, line.document);
    case 'lint-colon-blank':
      return [fix('Add the missing blank', { start: diagnostic.span.end, end: diagnostic.span.end }, ' ')];
    case 'yaml-syntax':
    case 'yaml-unknown-alias':
    case 'sigma-bad-value-type':
      return quoteValue(outline, line);
    default:
      return [];
  }
}

function fix(title: string, replace: Span, text: string, isPreferred = true): QuickFix {
  return { title, edits: [{ replace, text }], isPreferred };
}

function replaceBy(span: Span, words: readonly string[], most = 3): QuickFix[] {
  return [...new Set(words)].slice(0, most).map((word, index) => fix(`Change to ${word}`, span, word, index === 0));
}

/** Takes a modifier out, with the bar before it. */
function removeModifier(text: string, span: Span): QuickFix {
  const bar = text[span.start - 1] === '|' ? span.start - 1 : span.start;
  const name = text.slice(span.start, span.end);
  return fix(`Remove ${name}`, { start: bar, end: span.end }, '', false);
}

function removeAll(outline: Outline, line: OutlineLine): QuickFix[] {
  const key = line.key ?? outline.lines[line.parent]?.key;
  const at = key ? /\|all(?=\||$)/i.exec(key.text) : null;
  if (!key || !at) return [];
  const start = key.span.start + at.index;
  return [fix('Remove all', { start, end: start + at[0].length }, '')];
}

function unknownSelection(outline: Outline, line: OutlineLine, span: Span, word: string): QuickFix[] {
  const selections = selectionsOf(outline, line.document);
  const names = selections.map((selection) => selection.name);
  const pattern = /^[A-Za-z_][\w-]*$/.test(word);
  const condition = conditionOf(outline, line.document);
  const fixes = replaceBy(span, nearestWords(word.replaceAll('*', ''), names));
  if (!pattern || !condition) return fixes;
  const indent = ' '.repeat(condition.line.column);
  const at = condition.line.start;
  const body = `${indent}${word}:\n${indent}    Image|endswith: '\\example.exe'\n`;
  return [...fixes, fix(`Add a selection ${word}`, { start: at, end: at }, body, fixes.length === 0)];
}

/** Brings a selection into the condition: filters take away, others must hold. */
function useSelection(outline: Outline, document: number, name: string): QuickFix[] {
  const condition = conditionOf(outline, document);
  const last = condition?.words[condition.words.length - 1];
  if (!condition || !last || condition.line.value?.style !== 'plain') return [];
  const needsBrackets = condition.words.some((word) => word.text.toLowerCase() === 'or');
  const first = condition.line.value.span.start;
  const end = lastLineOf(outline, condition.line).value?.span.end ?? last.span.end;
  const at = Math.max(end, last.span.end);
  const joined = name.startsWith('filter') ? ` and not ${name}` : ` and ${name}`;
  const edits: TextEdit[] = [{ replace: { start: at, end: at }, text: needsBrackets ? `)${joined}` : joined }];
  if (needsBrackets) edits.unshift({ replace: { start: first, end: first }, text: '(' });
  return [{ title: `Add${joined} to the condition`, edits, isPreferred: true }];
}

function addCondition(outline: Outline, document: number): QuickFix[] {
  const selections = selectionsOf(outline, document);
  const last = selections[selections.length - 1];
  if (!last) return [];
  const wanted = selections.filter(({ name }) => !name.startsWith('filter')).map(({ name }) => name);
  const filters = selections.filter(({ name }) => name.startsWith('filter')).map(({ name }) => `not ${name}`);
  const condition = [...wanted, ...filters].join(' and ');
  const at = last.lastLine.end;
  const text = `\n${' '.repeat(last.line.column)}condition: ${condition}`;
  return [fix(`Add condition: ${condition}`, { start: at, end: at }, text)];
}

/** A new top-level key after one of the named ones, or at the top of the document. */
function insertAfter(
  outline: Outline,
  document: number,
  names: readonly string[],
  body: string,
  title: string,
): QuickFix {
  for (const name of names) {
    const line = topKey(outline, document, name);
    if (!line) continue;
    const at = lastLineOf(outline, line).end;
    return fix(title, { start: at, end: at }, `\n${body}`);
  }
  return insertBefore(outline, document, body, title);
}

function insertBefore(outline: Outline, document: number, body: string, title: string): QuickFix {
  const first = childrenOf(outline, -1, document)[0];
  const at = first?.start ?? 0;
  return fix(title, { start: at, end: at }, `${body}\n`);
}

function insertBeforeKey(outline: Outline, document: number, name: string, body: string, title: string): QuickFix {
  const line = topKey(outline, document, name);
  if (!line) return insertAtEnd(outline, document, body, title);
  return fix(title, { start: line.start, end: line.start }, `${body}\n`);
}

function insertAtEnd(outline: Outline, document: number, body: string, title: string): QuickFix {
  const tops = childrenOf(outline, -1, document);
  const last = tops[tops.length - 1];
  if (!last) return fix(title, { start: 0, end: 0 }, `${body}\n`);
  const at = lastLineOf(outline, last).end;
  return fix(title, { start: at, end: at }, `\n${body}`);
}

/** Four blanks for each tab of the indentation, in the whole text: mixed indentation helps nobody. */
function tabFix(outline: Outline): QuickFix | undefined {
  const edits: TextEdit[] = [];
  for (const line of outline.lines) {
    const lead = /^[ \t]*/.exec(outline.text.slice(line.start, line.end))?.[0] ?? '';
    if (lead.includes('\t') && line.kind !== 'blank') {
      edits.push({
        replace: { start: line.start, end: line.start + lead.length },
        text: lead.replaceAll('\t', '    '),
      });
    }
  }
  return edits.length === 0 ? undefined : { title: 'Change tabs to blanks', edits, isPreferred: true };
}

/** Puts what stands on the line in single quotes: what YAML would read as an alias, a map or a directive is text then. */
function quoteValue(outline: Outline, line: OutlineLine): QuickFix[] {
  if (line.kind !== 'content') return [];
  const isItem = line.dashes.length > 0;
  const isKeyOfItem =
    isItem && line.key !== undefined && (outline.lines[line.parent]?.key?.text.includes('|') ?? false);
  const start = isKeyOfItem ? line.start + line.column : line.value?.span.start;
  if (start === undefined || (!line.key && !isItem)) return [];
  const end = start + outline.text.slice(start, line.comment ?? line.end).trimEnd().length;
  const raw = outline.text.slice(start, end);
  const quoted = /^'(.*)'$/.exec(raw) ?? /^"(.*)"$/.exec(raw);
  const isOpen = raw.startsWith("'") || raw.startsWith('"');
  const inner = quoted?.[1]?.replaceAll("''", "'") ?? (isOpen ? raw.slice(1) : raw);
  const text = quoteYaml(inner.replaceAll('\\"', '"'), "'");
  return text === raw || inner === '' ? [] : [fix('Put the value in single quotes', { start, end }, text)];
}
