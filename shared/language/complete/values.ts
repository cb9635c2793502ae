import {
  eventCount,
  hintsFor,
  ruleCount,
  ruleVerb,
  type CompletionItem,
  type OpenEvents,
  type RuleHints,
} from './item.ts';
import { isSelectionPath, logsourceOf, type Context } from '../text/context.ts';
import {
  CORRELATION_WORDS,
  LEVEL_WORDS,
  OTHER_TAGS,
  RELATED_WORDS,
  STATUS_WORDS,
  type WordHelp,
} from '../facts/sigma-keys.ts';
import type { Knowledge } from '../facts/knowledge.ts';
import { FILTER_NAME, sigmaKey, sigmaText } from '../insert-predicate.ts';
import type { Op } from '../../model/predicate.ts';
import type { Outline } from '../text/outline.ts';
import { escapeRegex, escapeSigma, quoteYaml } from '../text/quote.ts';

type ValueContext = Extract<Context, { kind: 'value' }>;

/** Longest value that is offered as a whole; longer ones are of no use in a list. */
const MAX_VALUE = 4096;

/** Offers for a value, by the key that holds it. */
export function completeValue(
  outline: Outline,
  context: ValueContext,
  knowledge: Knowledge,
  open: OpenEvents,
): CompletionItem[] {
  const { path } = context;
  const last = path[path.length - 1] ?? '';
  if (isSelectionPath(path)) return path.length > 2 ? eventValues(context, last, open) : [];
  switch (path.join('/')) {
    case 'level':
      return words(context, LEVEL_WORDS);
    case 'status':
      return words(context, STATUS_WORDS);
    case 'related/type':
      return words(context, RELATED_WORDS);
    case 'correlation/type':
      return words(context, CORRELATION_WORDS);
    case 'correlation/generate':
      return words(context, [
        { word: 'true', doc: 'The related rules give their own hits, too.' },
        { word: 'false', doc: 'Only the correlation gives hits.' },
      ]);
    case 'tags':
      return tagItems(context, knowledge);
    case 'date':
    case 'modified':
      return [item(context, 'word', open.today, 'today')];
    case 'id':
      return context.prefix === '' ? [item(context, 'word', open.newId(), 'new UUID')] : [];
    case 'logsource/category':
    case 'logsource/product':
    case 'logsource/service':
      return logsourceItems(outline, context, knowledge, last as 'category' | 'product' | 'service');
    case 'fields':
    case 'correlation/group-by':
    case 'correlation/condition/field':
      return open.fields.map((field) => item(context, 'field', field, 'open logs'));
    default:
      return [];
  }
}

/** The field whose values in the open events `completeValue` can use; undefined where it has no use for any. */
export function fieldWanted(context: Context): string | undefined {
  if (context.kind !== 'value' || !isSelectionPath(context.path) || context.path.length < 3) return undefined;
  const [field, ...modifiers] = (context.path[context.path.length - 1] ?? '').split('|');
  const needsNone = modifiers.some(
    (modifier) => modifier === 'exists' || modifier === 'fieldref' || modifier === 'expand',
  );
  return needsNone || field === '' ? undefined : field;
}

function item(context: ValueContext, kind: CompletionItem['kind'], text: string, detail: string): CompletionItem {
  return {
    label: text,
    kind,
    replace: context.replace,
    insert: context.lead + quoteYaml(text, context.quote),
    isSnippet: false,
    detail,
    // The typed text starts with the quote, so the compared text must.
    filter: context.quote + text,
  };
}

function words(context: ValueContext, known: readonly WordHelp[]): CompletionItem[] {
  return known.map(({ word, doc }) => ({ ...item(context, 'word', word, ''), doc }));
}

function tagItems(context: ValueContext, knowledge: Knowledge): CompletionItem[] {
  const tag = (label: string, name: string): CompletionItem => ({
    ...item(context, 'tag', label, name),
    filter: `${context.quote}${label} ${name}`,
  });
  return [
    ...[...knowledge.tactics].map(([name, id]) => tag(`attack.${name}`, `tactic ${id}`)),
    ...[...knowledge.techniques.values()].map(({ id, name }) => tag(`attack.${id.toLowerCase()}`, name)),
    ...OTHER_TAGS.map(({ word, doc }) => ({ ...tag(word, ''), doc })),
  ];
}

function logsourceItems(
  outline: Outline,
  context: ValueContext,
  knowledge: Knowledge,
  part: 'category' | 'product' | 'service',
): CompletionItem[] {
  const written = logsourceOf(outline, context.document);
  const seen = new Map<string, string>();
  for (const known of knowledge.logsources) {
    const value = known[part];
    if (value === undefined) continue;
    // Only what can stand beside the parts that are written already.
    const clashes = (['category', 'product', 'service'] as const).some(
      (other) =>
        other !== part && written[other] !== undefined && known[other] !== undefined && known[other] !== written[other],
    );
    if (clashes) continue;
    if (!seen.has(value)) seen.set(value, part === 'product' ? '' : known.meaning);
  }
  return [...seen].map(([value, meaning]) => item(context, 'word', value, meaning));
}

/** Whether the cursor is in a selection that takes events out, by its name: there, rules' exclusions are of use. */
export function isInFilter(context: Context): boolean {
  if (context.kind !== 'value' && context.kind !== 'key' && context.kind !== 'modifier') return false;
  return isSelectionPath(context.path) && FILTER_NAME.test(context.path[1] ?? '');
}

/** A value to offer: how many events of the open logs have it, where that is known, and which rules look for it. */
interface Offer {
  /** Without the escapes of the text. */
  readonly shown: string;
  readonly text: string;
  events: number | null;
  hint?: RuleHints['values'][number];
}

/** Most values that only other rules have, before those of the logs. */
const MOST_HINTS = 40;

/**
 * Values of the field in the open events, cut to what the modifiers compare, and those that other rules look for, with
 * counts of both. What both have comes first.
 */
function eventValues(context: ValueContext, key: string, open: OpenEvents): CompletionItem[] {
  const modifiers = key.split('|').slice(1);
  if (modifiers.includes('exists')) return [item(context, 'word', 'true', ''), item(context, 'word', 'false', '')];
  if (modifiers.includes('fieldref')) return open.fields.map((field) => item(context, 'field', field, 'open logs'));
  if (modifiers.includes('expand')) return [];
  const offers = new Map<string, Offer>();
  const escape = escaperOf(modifiers);
  for (const { value, events } of open.values) {
    if (value.length > MAX_VALUE) continue;
    for (const part of partsOf(value, modifiers)) {
      const text = escape(part);
      const known = offers.get(text.toLowerCase());
      if (known) known.events = (known.events ?? 0) + events;
      else offers.set(text.toLowerCase(), { shown: part, text, events });
    }
  }
  for (const hint of hintsOf(modifiers, open.hints)) {
    const text = sigmaText(hint);
    const known = offers.get(text.toLowerCase());
    // The logs' own count of a value is of the most frequent ones only: what was counted for the test is all of them.
    if (known) Object.assign(known, { hint, events: hint.events ?? known.events });
    else offers.set(text.toLowerCase(), { shown: hint.value, text, events: hint.events, hint });
  }
  return ranked([...offers.values()]).map((offer) => offerItem(context, offer, open.hints));
}

/** What both sources have, then the best of what rules have, then what the logs have, then the rest. */
function ranked(offers: readonly Offer[]): Offer[] {
  const rules = ({ hint }: Offer): number => hint?.rules ?? 0;
  const byRules = (a: Offer, b: Offer): number => rules(b) - rules(a);
  const hinted = offers.filter((offer) => offer.hint).sort(byRules);
  const both = hinted.filter(({ events }) => (events ?? 0) > 0);
  const others = hinted.filter(({ events }) => (events ?? 0) === 0);
  const logs = offers.filter(({ hint }) => !hint).sort((a, b) => (b.events ?? 0) - (a.events ?? 0));
  return [...both, ...others.slice(0, MOST_HINTS), ...logs, ...others.slice(MOST_HINTS)];
}

function offerItem(context: ValueContext, { shown, text, events, hint }: Offer, hints: RuleHints): CompletionItem {
  const here = events === null ? '' : eventCount(events);
  const rules = hint ? ruleCount(hint) : '';
  return {
    ...item(context, 'value', text, [rules, here].filter((each) => each !== '').join(' · ')),
    label: shown.length > 120 ? `${shown.slice(0, 119)}…` : shown || "''",
    filter: context.quote + text,
    ...(hint && {
      doc: `${rules}${hintsFor(hints)} ${ruleVerb(hint, 'test')} this.${here === '' ? '' : ` ${here} in the open logs.`}`,
    }),
  };
}

/** The tests of other rules that a key with these modifiers would make. */
function hintsOf(modifiers: readonly string[], { values }: RuleHints): RuleHints['values'] {
  const compared = modifiers.map((modifier) => `|${modifier}`).filter((written) => COMPARISONS.has(written));
  const wanted = compared.join('');
  return values.filter(
    ({ op, value }) => value.length <= MAX_VALUE && HINTED.has(op) && sigmaKey({ field: '', op }) === wanted,
  );
}

/** Operators whose values stand in a rule as they are. */
const HINTED: ReadonlySet<Op> = new Set<Op>([
  'eq',
  'wildcard',
  'contains',
  'starts_with',
  'ends_with',
  'match',
  'cidr',
  'gt',
  'gte',
  'lt',
  'lte',
]);

/** Of a key, what says how a value is compared; the other modifiers change the value or the case. */
const COMPARISONS = new Set([...HINTED].map((op) => sigmaKey({ field: '', op })));

function escaperOf(modifiers: readonly string[]): (text: string) => string {
  if (modifiers.includes('re')) return escapeRegex;
  return modifiers.includes('cidr') ? (text) => text : escapeSigma;
}

const IPV4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/;

/** The parts of a value that a modifier chain would compare with it. */
function partsOf(value: string, modifiers: readonly string[]): string[] {
  const slash = value.lastIndexOf('\\');
  const isPath = /^[A-Za-z]:\\|^\\/.test(value) && slash < value.length - 1;
  if (modifiers.includes('endswith') && isPath) return [value.slice(slash)];
  if (modifiers.includes('startswith') && isPath) return [value.slice(0, slash + 1)];
  if (modifiers.includes('cidr')) {
    const network = IPV4.exec(value)?.[1];
    return network === undefined ? [] : [`${network}.0/24`];
  }
  const isNumeric = ['gt', 'gte', 'lt', 'lte'].some((modifier) => modifiers.includes(modifier));
  if (isNumeric && (value.trim() === '' || Number.isNaN(Number(value)))) return [];
  return [value];
}
