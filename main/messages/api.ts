import type { Fault } from '../../shared/model/fault.ts';

/**
 * What is known of the messages of event providers, as read from files that the user imports. Three pieces, joined
 * only when an event is looked at, so that it does not matter in which order files come:
 * - a table of a message file (numbers to texts, in one language),
 * - a manifest (which number an event's text has, and the names of its values),
 * - a provider whose texts are already joined (JSON, SQLite).
 */
export type MessagePiece = MessageTable | Manifest | ProviderTexts;

/** A message table of a DLL, EXE or MUI file. */
export interface MessageTable {
  readonly kind: 'table';
  /** Name of its file as manifests mean it: lower case, without `.mui`. */
  readonly file: string;
  /** Such as `en-US`; '' for a table of no language. */
  readonly language: string;
  /** Providers that the user named for it; a classic provider's file says no name. */
  readonly providers: readonly string[];
  /** Message numbers, ascending, and the text of each. */
  readonly ids: readonly number[];
  readonly texts: readonly string[];
}

/** The event definitions of one provider (WEVT_TEMPLATE). */
export interface Manifest {
  readonly kind: 'manifest';
  /** `{xxxxxxxx-…}`, lower case. */
  readonly guid: string;
  /** '' where the manifest has none. */
  readonly name: string;
  /** File that holds it, as in `MessageTable`: its texts are there, or in its MUI file. */
  readonly file: string;
  readonly events: readonly ManifestEvent[];
  readonly templates: readonly (readonly ManifestField[])[];
  readonly maps: readonly ValueMap[];
}

export interface ManifestEvent {
  readonly id: number;
  readonly version: number;
  /** Number of its text; undefined where it has none. */
  readonly messageId: number | undefined;
  /** Index of the template with its values in the order of `%1`, `%2`, …; undefined where it has none. */
  readonly template: number | undefined;
}

export interface ManifestField {
  readonly name: string;
  /** Index of the value map that names its values. */
  readonly map?: number;
}

/** Names of a field's values: the number of a text for each value, or for each bit. */
export interface ValueMap {
  readonly isBits: boolean;
  readonly entries: readonly (readonly [value: number, messageId: number])[];
}

/** A provider with its texts. */
export interface ProviderTexts {
  readonly kind: 'provider';
  readonly name: string;
  /** `{xxxxxxxx-…}`, lower case; '' where it is not known. */
  readonly guid: string;
  readonly language: string;
  readonly events: readonly ProviderEvent[];
  /** Texts that `%%1833` in values and messages stands for. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Files whose tables hold its messages, and its parameter texts, named as in `MessageTable`. */
  readonly messageFiles: readonly string[];
  readonly parameterFiles: readonly string[];
}

export interface ProviderEvent {
  readonly id: number;
  /** Undefined where it holds for every version. */
  readonly version: number | undefined;
  readonly message: string;
  readonly title: string;
  readonly fields: readonly string[] | undefined;
}

/** What a file gave. */
export interface MessagesRead {
  readonly pieces: readonly MessagePiece[];
  /** What could not be read of it, by offset, the first `FAULT_LIMIT` of them. */
  readonly faults: readonly Fault[];
}

/** Faults kept of one file. */
export const FAULT_LIMIT = 20;

/** Characters that one import keeps; what is beyond is a fault. */
export const TEXT_LIMIT = 128 << 20;
