import { hintsFor, ruleCount, ruleVerb, type CompletionItem, type OpenEvents } from './item.ts';
import { isSelectionPath, logsourceOf, type Context } from '../text/context.ts';
import { keysAt, type KeyHelp } from '../facts/sigma-keys.ts';
import { fieldsFor, type Knowledge, type LogsourceParts } from '../facts/knowledge.ts';
import type { Outline } from '../text/outline.ts';
import { conditionOf } from '../text/selections.ts';

type KeyContext = Extract<Context, { kind: 'key' }>;

/** Offers for a key: of the document, of a section, of a detection (selections), or of a selection (fields). */
export function completeKey(
  outline: Outline,
  context: KeyContext,
  knowledge: Knowledge,
  open: OpenEvents,
): CompletionItem[] {
  const known = keysAt(context.path);
  if (known) return known.flatMap((help) => keyItem(context, help) ?? []);
  if (isDetection(context.path)) return selectionNames(outline, context);
  if (isSelectionPath(context.path)) return fieldItems(outline, context, knowledge, open);
  return [];
}

function isDetection(path: readonly string[]): boolean {
  return path.length === 1 && (path[0] === 'detection' || path[0] === 'filter');
}

function keyItem(context: KeyContext, help: KeyHelp): CompletionItem | undefined {
  if (context.siblings.includes(help.name)) return undefined;
  const { replace, hasColon } = context;
  const shared = { label: help.name, kind: 'key' as const, replace, detail: '', doc: help.doc };
  if (hasColon) return { ...shared, insert: help.name, isSnippet: false };
  return { ...shared, insert: `${help.name}:${help.body}`, isSnippet: true, again: help.body === ' $0' };
}

const SKELETONS: readonly { readonly base: string; readonly doc: string; readonly body: string }[] = [
  { base: 'selection', doc: 'Events that the rule is after.', body: '\n\t${1:Image}|${2:endswith}: ${3:value}$0' },
  {
    base: 'filter_main',
    doc: 'Harmless events, to be taken away: `condition: selection and not 1 of filter_main_*`.',
    body: '\n\t${2:Image}: ${3:value}$0',
  },
  {
    base: 'filter_optional',
    doc: 'Harmless events of software that not every site has.',
    body: '\n\t${2:Image}: ${3:value}$0',
  },
  { base: 'keywords', doc: 'Words anywhere in the event.', body: '\n\t- ${1:word}$0' },
];

/** A name that is not taken: `selection`, then `selection_2` and on; filters ask for their own ending. */
function freeName(base: string, taken: readonly string[]): string {
  if (!taken.includes(base)) return base;
  for (let i = 2; ; i++) if (!taken.includes(`${base}_${String(i)}`)) return `${base}_${String(i)}`;
}

function selectionNames(outline: Outline, context: KeyContext): CompletionItem[] {
  const { replace, hasColon, siblings } = context;
  const items: CompletionItem[] = [];
  const words = conditionOf(outline, context.document)?.words ?? [];
  const isOperator = /^(?:and|or|not|of|all|any|them|\d+)$/i;
  for (const { text } of words) {
    // A name that the condition uses and nothing defines yet is most likely what is being written.
    if (isOperator.test(text) || text.includes('*') || siblings.includes(text)) continue;
    if (items.some((item) => item.label === text)) continue;
    const insert = hasColon ? text : `${text}:\n\t$0`;
    items.push({
      label: text,
      kind: 'selection',
      replace,
      insert,
      isSnippet: !hasColon,
      detail: 'used in the condition',
    });
  }
  for (const { base, doc, body } of SKELETONS) {
    const isFilter = base.startsWith('filter');
    const name = isFilter ? base : freeName(base, siblings);
    const label = isFilter ? `${base}_…` : name;
    const start = isFilter ? `${base}_\${1:name}` : name;
    const insert = hasColon ? (isFilter ? `${base}_` : name) : `${start}:${body}`;
    items.push({
      label,
      kind: 'snippet',
      replace,
      insert,
      isSnippet: !hasColon,
      detail: 'new selection',
      doc,
      filter: base,
    });
  }
  if (!siblings.includes('condition')) {
    const doc = 'How the selections combine: `selection and not 1 of filter_*`.';
    const insert = hasColon ? 'condition' : 'condition: ';
    items.push({
      label: 'condition',
      kind: 'key',
      replace,
      insert,
      isSnippet: false,
      detail: '',
      doc,
      again: !hasColon,
    });
  }
  return items;
}

/** Name of a log source for display: the category where there is one, else the product's log. */
export function logsourceName({ category, product, service }: LogsourceParts): string {
  return category ?? [product, service].filter((part) => part !== undefined).join('/');
}

/**
 * Field names from three sources: the open events, what other rules filter on, and what the rule's log source usually
 * has. Those that events have come first; among these, what most rules filter on.
 */
function fieldItems(outline: Outline, context: KeyContext, knowledge: Knowledge, open: OpenEvents): CompletionItem[] {
  const logsource = logsourceOf(outline, context.document);
  const usual = fieldsFor(knowledge.commonFields, logsource);
  const isUsual = new Set(usual);
  const isOpen = new Set(open.fields);
  const hints = new Map(open.hints.fields.flatMap((hint) => hint.names.map((name) => [name, hint] as const)));
  const source = logsourceName(logsource);
  const ranked = [
    ...usual.filter((field) => isOpen.has(field)),
    ...open.fields.filter((field) => !isUsual.has(field)),
    ...usual.filter((field) => !isOpen.has(field)),
    ...open.hints.fields
      .filter(({ names }) => !names.some((name) => isUsual.has(name) || isOpen.has(name)))
      .flatMap(({ names }) => names.slice(0, 1)),
  ];
  const rulesOf = (field: string): number => hints.get(field)?.rules ?? 0;
  ranked.sort((a, b) => Number(isOpen.has(b)) - Number(isOpen.has(a)) || rulesOf(b) - rulesOf(a));
  return ranked.map((field) => {
    const hint = hints.get(field);
    const where = [
      hint ? ruleCount(hint) : '',
      isOpen.has(field) ? 'open logs' : '',
      isUsual.has(field) ? source || 'usual' : '',
    ];
    return {
      label: field,
      kind: 'field',
      replace: context.replace,
      insert: field,
      isSnippet: false,
      detail: where.filter((each) => each !== '').join(' · '),
      commit: context.hasColon ? [] : ['|', ':'],
      ...(hint && { doc: `${ruleCount(hint)}${hintsFor(open.hints)} ${ruleVerb(hint, 'filter')} on it.` }),
    };
  });
}
