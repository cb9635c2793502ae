import type { CatalogHints } from '../../ipc/catalog-calls.ts';
import type { Span } from '../../model/span.ts';

/** One offer of the completion list. Applying it replaces `replace` by `insert`, and nothing else. */
export interface CompletionItem {
  readonly label: string;
  readonly kind: 'key' | 'field' | 'modifier' | 'value' | 'word' | 'selection' | 'operator' | 'tag' | 'snippet';
  readonly replace: Span;
  readonly insert: string;
  /** `insert` has `$1`, `${1:text}` and `$0`, and its tabs mean one step of indentation. */
  readonly isSnippet: boolean;
  /** Beside the label: where the offer comes from, or how many events have it. */
  readonly detail: string;
  /** Markdown. */
  readonly doc?: string;
  /** What the typed text is compared with; the label where absent. */
  readonly filter?: string;
  /** Characters that accept the offer and are then typed. */
  readonly commit?: readonly string[];
  /** Offer again at once after this one is accepted. */
  readonly again?: boolean;
}

/** How many rules do something, and of how many vendors they are. */
export interface RuleCount {
  readonly rules: number;
  readonly vendors: number;
}

/** What other rules test, in the fields that the open logs have. */
export interface RuleHints extends Pick<CatalogHints, 'fields'> {
  /** Techniques that those rules are for; none: rules of any. */
  readonly techniques: readonly string[];
  /** Tests of the field at the cursor (see `fieldWanted`), those of most rules first. */
  readonly values: readonly (CatalogHints['values'][number] & {
    /** Events of the open logs that fulfil it; null where that is not known. */
    readonly events: number | null;
  })[];
}

export const NO_HINTS: RuleHints = { techniques: [], fields: [], values: [] };

/** What the open logs, other rules and the clock add to the text. */
export interface OpenEvents {
  /** Field names, most frequent first. */
  readonly fields: readonly string[];
  /** Values of the field at the cursor (see `fieldWanted`), most frequent first. */
  readonly values: readonly { readonly value: string; readonly events: number }[];
  readonly hints: RuleHints;
  /** YYYY-MM-DD. */
  readonly today: string;
  readonly newId: () => string;
}

/** `1 event`, `1,204 events`. */
export function eventCount(events: number): string {
  return `${events.toLocaleString('en-US')} ${events === 1 ? 'event' : 'events'}`;
}

/** `1 rule`, `12 rules of 3 vendors`. */
export function ruleCount({ rules, vendors }: RuleCount): string {
  const counted = `${rules.toLocaleString('en-US')} ${rules === 1 ? 'rule' : 'rules'}`;
  return vendors > 1 ? `${counted} of ${String(vendors)} vendors` : counted;
}

/** A verb after a number of rules: `1 rule tests`, `2 rules test`. */
export function ruleVerb({ rules }: Pick<RuleCount, 'rules'>, verb: string): string {
  return rules === 1 ? `${verb}s` : verb;
}

/** What the hints' rules are for: ` for T1572`, or nothing where they are of any technique. */
export function hintsFor({ techniques }: Pick<RuleHints, 'techniques'>): string {
  return techniques.length === 0 ? '' : ` for ${techniques.join(', ')}`;
}
