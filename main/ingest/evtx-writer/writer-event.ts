import type { Instant } from '../../../shared/model/time.ts';

/** An instant to write: FILETIME keeps 100 ns steps, so the last two digits of `ns` are dropped. */
export type WriterTime = Pick<Instant, 'us' | 'ns'>;

/** A value of an event's data with its BinXML type. Readers show a null as an empty element or none. A string array repeats its Data element, one per string. */
export type WriterValue =
  | { readonly type: 'null' }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'hex32'; readonly value: number }
  | { readonly type: 'int64' | 'uint64' | 'hex64'; readonly value: number | bigint }
  | { readonly type: 'float' | 'double'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'binary'; readonly value: Uint8Array }
  /** `{01234567-89ab-…}` or without braces, any case. */
  | { readonly type: 'guid'; readonly value: string }
  /** `S-1-5-…`. */
  | { readonly type: 'sid'; readonly value: string }
  | { readonly type: 'filetime'; readonly value: WriterTime };

export type WriterType = WriterValue['type'];

/** One `Data` element (`Name` left out where undefined), or one element below the root of UserData. */
export type WriterField = WriterValue & { readonly name?: string };

export interface WriterProvider {
  readonly name: string;
  /** A provider without one is written as classic event sources are: no Version, Opcode, Correlation, Execution. */
  readonly guid?: string;
  readonly eventSourceName?: string;
}

/** One event to write. Everything of the System section that is left out is 0 or absent, as Windows writes it. */
export interface WriterEvent {
  readonly provider: WriterProvider;
  readonly channel: string;
  readonly computer: string;
  readonly eventId: number;
  readonly time: WriterTime;
  /** The record header's own clock; that of the event where left out. */
  readonly writtenTime?: WriterTime;
  /** The one after the last record's where left out (1 at first). Must grow within a file. */
  readonly recordId?: number;
  readonly qualifiers?: number;
  readonly version?: number;
  readonly level?: number;
  readonly task?: number;
  readonly opcode?: number;
  /** `0x` and up to 16 hex digits. */
  readonly keywords?: string;
  readonly processId?: number;
  readonly threadId?: number;
  readonly activityId?: string;
  readonly relatedActivityId?: string;
  readonly userSid?: string;
  /** Undefined: no EventData at all. Empty: an empty EventData. */
  readonly data?: readonly WriterField[];
  /** `Name` of EventData itself. */
  readonly dataName?: string;
  /** The `Binary` element that classic sources put after their Data. */
  readonly binary?: Uint8Array;
  /** Writes `data` as `<UserData><root xmlns="namespace"><name>value</name>…` instead; each field must have a name. */
  readonly userData?: { readonly root: string; readonly namespace: string };
}
