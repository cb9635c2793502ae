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

/** What the open logs and the clock add to the text. */
export interface OpenEvents {
  /** Field names, most frequent first. */
  readonly fields: readonly string[];
  /** Values of the field at the cursor (see `fieldWanted`), most frequent first. */
  readonly values: readonly { readonly value: string; readonly events: number }[];
  /** YYYY-MM-DD. */
  readonly today: string;
  readonly newId: () => string;
}

/** `1 event`, `1,204 events`. */
export function eventCount(events: number): string {
  return `${events.toLocaleString('en-US')} ${events === 1 ? 'event' : 'events'}`;
}
