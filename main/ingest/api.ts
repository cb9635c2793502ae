import type { EventBatch } from '../columns/batch.ts';
import type { BatchBuilder } from '../columns/batch-builder.ts';
import type { Archives } from './input/archives.ts';
import type { Fault } from '../../shared/model/fault.ts';
import type { CsvMapping } from '../../shared/model/csv-mapping.ts';
import type { Zone } from '../../shared/model/zone.ts';

/** What a decoder says of a file when it is through with it, for the ledger. */
export interface SourceReport {
  /** `evtx`, `json`, `ndjson`, `xml`, `csv`, `text`; '' where it could not be told. Of what is packed, what it holds. */
  readonly format: string;
  /** `partial`: cancelled or broken off, earlier events kept. `skipped`: not a log. `failed`: nothing could be read. */
  readonly state: 'read' | 'partial' | 'failed' | 'skipped';
  /** Records read in the ordinary way. */
  readonly events: number;
  /** Records recovered from slack space or damaged chunks, not counted in `events`. */
  readonly recovered: number;
  /** Records that were there and could not be read. */
  readonly damaged: number;
  readonly faultCount: number;
  /** The first FAULT_LIMIT of them. */
  readonly faults: readonly Fault[];
  readonly bytesRead: number;
}

/** Faults kept of one file; all are counted. */
export const FAULT_LIMIT = 100;

/** Where a decoder's output goes. */
export interface DecodeSink {
  /** Takes a batch; resolves when the decoder may go on (back-pressure). */
  batch(batch: EventBatch): Promise<void>;
  /** Bytes of the file dealt with so far. */
  progress(bytesDone: number): void;
  /** Whether to stop: asked between chunks. A decoder that stops reports `partial`. */
  isCancelled(): boolean;
}

/** Chunks [from, to) of an EVTX file, counted from the first behind its header. */
export interface ChunkRange {
  readonly from: number;
  readonly to: number;
}

export interface DecodeOptions {
  /** Number of the source, for its batches. */
  readonly source: number;
  /** Also recover records from slack space and damaged chunks. */
  readonly recover: boolean;
  /** The zone of times that are written without one; UTC where it is left out. */
  readonly zone?: Zone;
  /** What the user said of tables' columns. */
  readonly tables?: readonly CsvMapping[];
  /** The part of an EVTX file to read; all of it where it is left out. Other formats and recovery know no parts. */
  readonly range?: ChunkRange;
  /** Keeps archives open from log to log; without it each log opens its own. */
  readonly archives?: Archives;
}

/**
 * Reads one format. Throws only for bugs: whatever the file holds becomes events and faults. Opens the file by
 * path, reads it by pieces, never as a whole, and closes it. Passes batches as the builder fills, and the rest
 * (possibly nothing) before it resolves.
 */
export type DecodeFile = (
  path: string,
  builder: BatchBuilder,
  options: DecodeOptions,
  sink: DecodeSink,
) => Promise<SourceReport>;

/** One event decoded again from its file, as text for the detail pane. */
export interface RawEvent {
  readonly text: string;
  readonly language: 'xml' | 'json' | 'text';
}
