/**
 * How events travel from a decoder to the engine: columns of value refs in transferable buffers, with the texts,
 * heads and fields that the decoder has not sent before. All ids in a batch are the decoder's own ("local"),
 * numbered from 0 in order of first sight; the engine maps them to the case's.
 */

/** What the events of one kind share: their identity, and the parts of an event's header that hardly vary. */
export interface Head {
  readonly channel: string;
  readonly provider: string;
  /** `{…}` as written, or ''. */
  readonly providerGuid: string;
  /** Undefined where the log has no numeric event id. */
  readonly eventId: number | undefined;
  readonly version: number | undefined;
  readonly level: number | undefined;
  readonly task: number | undefined;
  readonly opcode: number | undefined;
  /** `0x…` as written, or ''. */
  readonly keywords: string;
  readonly qualifiers: number | undefined;
  /** Local id of the shape that holds the fields of these events. */
  readonly shape: number;
}

/**
 * A shape holds the fields of all events of one (channel, provider, event id): an event lacks some of them
 * (ABSENT in the column). A field that repeats within an event takes the columns `Data`, `Data[2]`, `Data[3]` ….
 * Nested fields are named by their path, joined with dots, below EventData or the first element of UserData.
 * The System section's rarer parts are `System.UserID`, `System.ActivityID`, `System.RelatedActivityID`.
 */
export interface ShapeGrowth {
  /** Local id; equal to the number of shapes sent before where the shape is new. */
  readonly shape: number;
  /** Fields added at the end of the shape's list. */
  readonly fields: readonly string[];
}

/** The events of one shape within a batch: its rows in `EventBatch.cells`. */
export interface Group {
  readonly shape: number;
  readonly rows: number;
  /** One for each field of the shape. */
  readonly columns: number;
}

/** Bits of `flags`. */
export const FLAG_NS_MASK = 0x3ff;
/** Fractional digits of the time, 0 to 9. */
export const FLAG_DIGITS_SHIFT = 10;
export const FLAG_DIGITS_MASK = 0xf;
/** The event came from slack space or a damaged chunk. */
export const FLAG_RECOVERED = 1 << 14;
/** The source gave no time that could be read; `timeUs` is 0. */
export const FLAG_NO_TIME = 1 << 15;

export interface EventBatch {
  /** Number of the source within the case, as given to the decoder. */
  readonly source: number;
  /**
   * True where the decoder started its numbering of values, heads and shapes anew with this batch (at its first
   * batch, and whenever its own dictionary had grown too large): the engine forgets the old mapping.
   */
  readonly restart: boolean;
  readonly valueBytes: Uint8Array<ArrayBuffer>;
  /** End of each new value within valueBytes. */
  readonly valueEnds: Int32Array<ArrayBuffer>;
  /** Hash of each new value, as the dictionary finds it by (`hashBytes`). */
  readonly valueHashes: Int32Array<ArrayBuffer>;
  readonly heads: readonly Head[];
  readonly growth: readonly ShapeGrowth[];

  readonly count: number;
  /** System/TimeCreated (or the source's event time), microseconds since the epoch, UTC. */
  readonly timeUs: Float64Array<ArrayBuffer>;
  /** Nanoseconds beyond timeUs, digits, and the FLAG_ bits. */
  readonly flags: Int32Array<ArrayBuffer>;
  readonly head: Int32Array<ArrayBuffer>;
  /** Value ref. */
  readonly computer: Int32Array<ArrayBuffer>;
  /** EventRecordID, or the one-based number of the event in its file where it has none. */
  readonly record: Float64Array<ArrayBuffer>;
  /** Where in the file the event can be decoded again: byte offset of the EVTX record or of the JSON text. */
  readonly offset: Float64Array<ArrayBuffer>;
  /** Bytes of the event at offset. */
  readonly length: Int32Array<ArrayBuffer>;
  /** Execution ProcessID and ThreadID, value refs. */
  readonly processId: Int32Array<ArrayBuffer>;
  readonly threadId: Int32Array<ArrayBuffer>;
  /** The record header's own clock minus timeUs, in microseconds; 0 where the source has one clock. */
  readonly writtenDeltaUs: Float64Array<ArrayBuffer>;
  readonly groups: readonly Group[];
  /**
   * For each group in turn: for each of its rows, which of the batch's events it belongs to, ascending; then one column
   * of value refs after the other.
   */
  readonly cells: Int32Array<ArrayBuffer>;
}

/** Every buffer of a batch, for a transfer list. All its columns lie in one: a batch costs a few objects, not hundreds. */
export function batchBuffers(batch: EventBatch): ArrayBuffer[] {
  return [batch.cells.buffer];
}
