import type { Span } from '../model/span.ts';
import { eventCount, hintsFor, ruleCount, ruleVerb, type RuleHints } from './complete/item.ts';
import { isSelectionPath, keySegments, logsourceOf } from './text/context.ts';
import { keysAt, LEVEL_WORDS, STATUS_WORDS } from './facts/sigma-keys.ts';
import { fieldsFor, type Knowledge } from './facts/knowledge.ts';
import { FILTER_NAME, sigmaText } from './insert-predicate.ts';
import { modifierHelp } from './facts/modifier-help.ts';
import { lineAt, pathOf, type Outline, type OutlineLine } from './text/outline.ts';
import { selectionNameAt } from './rename.ts';
import { conditionOf, selectionsOf, wordMeans } from './text/selections.ts';

/** What the pointer is on. */
export type HoverTarget =
  | { readonly kind: 'text'; readonly span: Span; readonly markdown: string }
  /** A field; its values in the open events make the text (see `fieldMarkdown`). */
  | {
      readonly kind: 'field';
      readonly span: Span;
      readonly field: string;
      readonly isUsual: boolean;
      readonly isInFilter: boolean;
    }
  | { readonly kind: 'selections'; readonly span: Span; readonly names: readonly string[]; readonly document: number };

/** Finds what there is to say about the text at an offset. */
export function hoverAt(outline: Outline, offset: number, knowledge: Knowledge): HoverTarget | undefined {
  const line = lineAt(outline, offset);
  if (offset > line.end || (line.comment !== undefined && offset >= line.comment)) return undefined;
  const selection = selectionNameAt(outline, offset);
  if (selection) {
    const { name, document, span } = selection;
    return { kind: 'selections', span, names: [name], document };
  }
  const pattern = conditionOf(outline, line.document)?.words.find(
    ({ text, span }) => offset >= span.start && offset <= span.end && (text.includes('*') || text === 'them'),
  );
  if (pattern) {
    const names = selectionsOf(outline, line.document).map((each) => each.name);
    const covered = names.filter((name) =>
      pattern.text === 'them' ? !name.startsWith('_') : wordMeans(pattern.text, name),
    );
    return { kind: 'selections', span: pattern.span, names: covered, document: line.document };
  }
  if (line.kind !== 'content') return undefined;
  const path = pathOf(outline, line).map((holder) => holder.key?.text ?? '');
  if (line.key && offset >= line.key.span.start && offset <= line.key.span.end) {
    return keyHover(outline, line, path, offset, line.key, knowledge);
  }
  return valueHover(outline, line, path, offset, knowledge);
}

function keyHover(
  outline: Outline,
  line: OutlineLine,
  path: readonly string[],
  offset: number,
  key: { readonly text: string; readonly span: Span },
  knowledge: Knowledge,
): HoverTarget | undefined {
  if (isSelectionPath(path)) {
    const segments = keySegments(outline.text, key.span);
    const index = segments.findIndex(({ span }) => offset >= span.start && offset <= span.end);
    const segment = segments[index];
    if (!segment) return undefined;
    if (index === 0) {
      const usual = fieldsFor(knowledge.commonFields, logsourceOf(outline, line.document));
      return {
        kind: 'field',
        span: segment.span,
        field: segment.text,
        isUsual: usual.includes(segment.text),
        isInFilter: FILTER_NAME.test(path[1] ?? ''),
      };
    }
    const markdown = modifierHelp(segment.text);
    return markdown === undefined ? undefined : { kind: 'text', span: segment.span, markdown };
  }
  const help = keysAt(path)?.find((each) => each.name === key.text);
  return help && { kind: 'text', span: key.span, markdown: help.doc };
}

function valueHover(
  outline: Outline,
  line: OutlineLine,
  path: readonly string[],
  offset: number,
  knowledge: Knowledge,
): HoverTarget | undefined {
  if (!line.value || offset < line.value.span.start || offset > line.value.span.end) return undefined;
  const raw = outline.text.slice(line.value.span.start, line.value.span.end);
  const full = [...path, ...(line.key ? [line.key.text] : [])].join('/');
  if (full === 'tags') return tagHover(raw, line.value.span, offset, knowledge);
  const value = raw.replace(/^(['"])(.*)\1$/, '$2');
  let markdown: string | undefined;
  if (full === 'level') markdown = LEVEL_WORDS.find(({ word }) => word === value)?.doc;
  else if (full === 'status') markdown = STATUS_WORDS.find(({ word }) => word === value)?.doc;
  else if (full === 'logsource/category' || full === 'logsource/service') {
    const part = full === 'logsource/category' ? 'category' : 'service';
    const { product } = logsourceOf(outline, line.document);
    const fits = knowledge.logsources.filter((known) => known[part] === value);
    markdown = (fits.find((known) => known.product === product) ?? fits[0])?.meaning;
  }
  return markdown === undefined || markdown === '' ? undefined : { kind: 'text', span: line.value.span, markdown };
}

/** A tag, on its own line or as one of `[a, b]`. */
function tagHover(raw: string, span: Span, offset: number, knowledge: Knowledge): HoverTarget | undefined {
  for (const match of raw.matchAll(/[A-Za-z0-9_.-]+/g)) {
    const start = span.start + match.index;
    const end = start + match[0].length;
    if (offset < start || offset > end) continue;
    const label = match[0].toLowerCase();
    if (!label.startsWith('attack.')) return undefined;
    const name = label.slice('attack.'.length);
    const technique = knowledge.techniques.get(name.toUpperCase());
    if (technique) {
      const parent = knowledge.techniques.get(technique.id.replace(/\.\d+$/, ''));
      const title = parent && parent !== technique ? `${parent.name}: ${technique.name}` : technique.name;
      const tactics = technique.tactics.map((tactic) => tactic.replaceAll('-', ' ')).join(', ');
      return { kind: 'text', span: { start, end }, markdown: `**${technique.id}** ${title}\n\n${tactics}` };
    }
    const tactic = knowledge.tactics.get(name);
    return tactic === undefined
      ? undefined
      : { kind: 'text', span: { start, end }, markdown: `ATT&CK tactic **${tactic}**` };
  }
  return undefined;
}

/** More would not fit into what the editor shows at once. */
const MOST_ROWS = 5;

/**
 * A field as Markdown: how many events have its values, the most frequent first, and which values other rules look for
 * (in a filter: leave out).
 */
export function fieldMarkdown(
  { field, isUsual, isInFilter }: Pick<Extract<HoverTarget, { kind: 'field' }>, 'field' | 'isUsual' | 'isInFilter'>,
  isOpen: boolean,
  values: readonly { readonly value: string; readonly events: number }[],
  hints: RuleHints,
): string {
  const parts = [`**${field}**${isUsual ? ' · usual for this log source' : ''}`];
  const hint = hints.fields.find(({ names }) => names.includes(field));
  if (hint) {
    const verb = isInFilter ? `${ruleVerb(hint, 'exclude')} by` : `${ruleVerb(hint, 'filter')} on`;
    const tests = hints.values.slice(0, MOST_ROWS);
    parts.push(`${ruleCount(hint)}${hintsFor(hints)} ${verb} it${tests.length > 0 ? ', most of them these:' : '.'}`);
    if (tests.length > 0) {
      parts.push(tests.map((test) => `- ${codeSpan(sigmaText(test))} ${ruleCount(test)}`).join('\n'));
    }
  }
  const rows = values.slice(0, MOST_ROWS).map(({ value, events }) => `- ${codeSpan(value)} ${eventCount(events)}`);
  if (rows.length > 0) parts.push('Most frequent in the open logs:', rows.join('\n'));
  else parts.push(isOpen ? 'In the open logs.' : 'No open event has this field.');
  return parts.join('\n\n');
}

/** Text as Markdown code on one line, whatever it holds. */
function codeSpan(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const short = line.length > 100 ? `${line.slice(0, 99)}…` : line;
  if (short === '') return '(empty)';
  const longest = Math.max(0, ...[...short.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = short.startsWith('`') || short.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${short}${pad}${fence}`;
}
