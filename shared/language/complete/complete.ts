import { completeCondition } from './condition.ts';
import { completeKey } from './keys.ts';
import { completeValue } from './values.ts';
import { hintsFor, ruleCount, ruleVerb, type CompletionItem, type OpenEvents, type RuleHints } from './item.ts';
import { sigmaKey } from '../insert-predicate.ts';
import { contextAt, type Context } from '../text/context.ts';
import type { Knowledge } from '../facts/knowledge.ts';
import { legalModifiers, modifierHelp } from '../facts/modifier-help.ts';
import type { Outline } from '../text/outline.ts';

/**
 * What may be written at an offset, best first. Total: never throws, and every `replace` lies within the text.
 * @param open its `values` are those of the field that `fieldWanted` names for the same offset.
 */
export function completeAt(
  outline: Outline,
  offset: number,
  knowledge: Knowledge,
  open: OpenEvents,
): readonly CompletionItem[] {
  const context = contextAt(outline, offset);
  switch (context.kind) {
    case 'none':
      return [];
    case 'key':
      return completeKey(outline, context, knowledge, open);
    case 'modifier':
      return modifierItems(context, open.hints);
    case 'value':
      return [...completeValue(outline, context, knowledge, open), ...keysInList(outline, context, knowledge, open)];
    case 'condition':
      return completeCondition(outline, context);
  }
}

function modifierItems(context: Extract<Context, { kind: 'modifier' }>, hints: RuleHints): CompletionItem[] {
  const how = hints.fields.find(({ names }) => names.includes(context.field))?.how ?? [];
  const rulesOf = (name: string): number =>
    how.find(({ op }) => sigmaKey({ field: '', op }) === `|${name}`)?.rules ?? 0;
  return legalModifiers(context.before, context.after)
    .map(({ name, doc }) => ({ name, doc, rules: rulesOf(name) }))
    .sort((a, b) => b.rules - a.rules)
    .map(({ name, doc, rules }) => {
      const help = modifierHelp(name) ?? doc;
      const counted = ruleCount({ rules, vendors: 1 });
      const compare = `${counted}${hintsFor(hints)} ${ruleVerb({ rules }, 'compare')} ${context.field} so.`;
      return {
        label: name,
        kind: 'modifier',
        replace: context.replace,
        insert: name,
        isSnippet: false,
        detail: rules === 0 ? doc : `${counted} · ${doc}`,
        doc: rules === 0 ? help : `${help}\n\n${compare}`,
        commit: context.hasColon ? [] : ['|', ':'],
      };
    });
}

/** A selection may be a list of mappings: after its dash, a field can start. */
function keysInList(
  outline: Outline,
  context: Extract<Context, { kind: 'value' }>,
  knowledge: Knowledge,
  open: OpenEvents,
): CompletionItem[] {
  if (!context.mayBeKey || context.quote !== '') return [];
  const { replace, prefix, path, document } = context;
  const key = { kind: 'key' as const, replace, prefix, path, document, hasColon: false, siblings: [], indent: 0 };
  return completeKey(outline, key, knowledge, open).map((item) => ({ ...item, insert: context.lead + item.insert }));
}
