import type { CallOutput, DraftResult } from '../../../shared/ipc/contract.ts';
import type { ReactNode } from 'react';
import type { Placeholders } from '../../../shared/catalog/dialects/sigma/detection.ts';
import type { RuleHints } from '../../../shared/language/complete/item.ts';
import type { Span } from '../../../shared/model/span.ts';

/** A value of a field in the open logs, and how many events have it. */
export interface FieldValue {
  readonly value: string;
  readonly events: number;
}

/**
 * What the rule editor takes. The pane owns the text model's undo history and its markers; the text itself, the
 * draft's version and its results live outside.
 */
export interface EditorPaneProps {
  /** The whole rule text. A change that did not come from `onChange` replaces the editor's content. */
  readonly text: string;
  /** Display name of the file; a change of name starts a new undo history. */
  readonly fileName: string;
  /** Shows the dot of unsaved changes beside the name. */
  readonly unsaved?: boolean;
  /** More buttons at the end of the pane's head. */
  readonly actions?: ReactNode;
  readonly dark: boolean;
  /** Result of the last run over the open events; its version may lag behind the text. */
  readonly result: DraftResult | null;
  /** The user's lists for placeholders. */
  readonly placeholders: Placeholders;
  readonly onChange: (text: string) => void;
  /** Ctrl+S in the editor. */
  readonly onSave: () => void;
  /** Field names in the open events, most frequent first, for completion. */
  readonly fields: readonly string[];
  /** Values of a field in the open events, most frequent first, for completion. Never rejects. */
  readonly valuesOf: (field: string) => Promise<readonly FieldValue[]>;
  /** What other rules test, and in one of those fields (see `DraftHints`), for completion. Never rejects. */
  readonly hintsOf: (field: string | undefined, isExcluded: boolean) => Promise<RuleHints>;
  /** Events that one part of a text alone keeps from being hits; undefined where that could not be counted. */
  readonly nearOf: (text: string) => Promise<CallOutput<'draft.near'>['parts'] | undefined>;
  /** Offsets to select and scroll to; each new object asks again. */
  readonly revealSpan?: Span;
}
