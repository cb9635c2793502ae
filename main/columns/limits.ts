/**
 * What one case can hold. A log may have any number of kinds of events and of field names, each of which costs an
 * object, a table, a column; so they are bounded, here. Nothing is lost beyond: it goes, as JSON, into the field
 * OVERFLOW_FIELD of its event, where text search and `keywords` of rules find it, and is counted in the ledger. Bytes
 * of a case are bounded beside, see `CASE_BYTE_LIMIT`.
 */
export interface TableLimits {
  /** Kinds of events: distinct (channel, provider, event id). */
  readonly shapes: number;
  /** Distinct heads of events: kinds with their level, task, opcode, keywords and so on. */
  readonly heads: number;
  /** Fields of one kind of event. */
  readonly fields: number;
  /** Fields of all kinds together. */
  readonly columns: number;
}

/** Far above real logs: those of a whole estate have a few thousand kinds, and fewer than a hundred fields each. */
export const TABLE_LIMITS: TableLimits = { shapes: 5000, heads: 50_000, fields: 500, columns: 100_000 };

/**
 * What a decoder holds of kinds and fields before it starts its numbering anew. That costs sending them again, and
 * changes nothing of what they come to.
 */
export const DECODER_LIMITS = { shapes: 2000, heads: 8000, columns: 20_000 } as const;

/** Holds, as JSON, what of an event found no room. */
export const OVERFLOW_FIELD = '_overflow';
export const OVERFLOW_NOTE = `The rest stands in the field ${OVERFLOW_FIELD}, as JSON: text search finds it, rules do not see it as fields`;
