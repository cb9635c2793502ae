import type { EventBatch, Head } from '../columns/batch.ts';
import type { SourceReport } from '../ingest/api.ts';
import type { PlacedTag } from './event-tags.ts';
import type { CallInput, CallOutput, CaseSummary, SourceLine } from '../../shared/ipc/contract.ts';
import type { Fault, Result } from '../../shared/model/fault.ts';

/** A source as it is opened. */
export interface SourceStart {
  /** Position in the case's list of sources, given by `nextSource`. */
  readonly source: number;
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** Where a file of the ledger is. */
export type SourcePlace = Pick<SourceStart, 'source' | 'name' | 'path' | 'bytes'>;

/** Tags of the case, and the files that it has. */
export interface PlacedTags {
  readonly paths: readonly string[];
  readonly tags: readonly PlacedTag[];
}

/** What a source came to: what was stored of it, and what was left out. */
export interface SourceEnd extends SourceReport {
  /** Events that were read and left out, as the options of the open call asked for. */
  readonly leftOut: number;
}

/** A case as an SQLite database in shared memory; undefined where the caller has that of this revision. */
export interface SqlImage {
  readonly revision: number;
  readonly image: SharedArrayBuffer | undefined;
}

/** A rule file's text, to be read by the catalog. */
export interface RuleFile {
  /** Display name, relative to what the user opened. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
  /** Lists for placeholders in place of rules. */
  readonly kind?: 'placeholders';
}

/** The window's calls that the engine answers by itself: same names, same shapes as in the contract. */
export type EngineCallName =
  | 'draft.run'
  | 'draft.clear'
  | 'draft.near'
  | 'view.open'
  | 'view.rows'
  | 'view.locate'
  | 'view.nextHit'
  | 'view.histogram'
  | 'view.values'
  | 'view.fields'
  | 'event.get'
  | 'event.tag'
  | 'case.count'
  | 'case.kinds'
  | 'sql.schema'
  | 'rules.list'
  | 'rules.text'
  | 'rules.enable'
  | 'rules.unload';

export type EngineCalls = {
  readonly [N in EngineCallName]: (input: CallInput<N>) => Result<CallOutput<N>> | Promise<Result<CallOutput<N>>>;
};

export interface LoadedRules {
  /** How many the files gave. */
  readonly rules: number;
  /** Why what was read could not be kept for the next start. */
  readonly notKept?: Fault;
}

/**
 * The case: events, rules and hits. Lives on the engine's thread; the workbench speaks to it through the thread
 * client, the tests directly. All results are plain data. Long work takes a signal and yields to the event loop.
 */
export interface EngineApi extends EngineCalls {
  /** @param onPartial told of the hits so far where a run takes long, see the stream `draft.partial`. */
  'draft.run'(
    input: CallInput<'draft.run'>,
    onPartial?: (result: CallOutput<'draft.run'>) => void,
  ): Promise<Result<CallOutput<'draft.run'>>>;

  // Sources and events. The decode side calls these in order: start, append…, end.
  nextSource(): number;
  startSource(start: SourceStart): void;
  /** Stores a batch and tests it against every enabled rule, as one transaction. Gives the number of new hits. */
  append(batch: EventBatch): Result<{ events: number; hits: number }>;
  endSource(source: number, end: SourceEnd): void;
  /** Enters a file that reading did not come to. */
  leaveUnread(start: SourceStart): void;
  /** Where files of the ledger are; unknown numbers are passed over. */
  places(sources: readonly number[]): SourcePlace[];
  /** Takes files out of the case with their events, as if they had never been opened; tests all rules anew. */
  dropSources(sources: readonly number[], onProgress: (done: number, total: number) => void): Promise<Result<null>>;
  /** Works out what correlations hit on the events so far: after the last source of a run, and now and then between. */
  correlate(): void;
  sources(): SourceLine[];
  summary(): CaseSummary;
  /** Tags with their places, to be kept until they are in a case file. */
  placedTags(): PlacedTags;
  /** Takes tags that were kept: they go to the events that have none, now or when they come. */
  keepTags(kept: readonly PlacedTag[]): void;
  /** What an event is and the values that it has, in their order. */
  eventValues(event: number): Result<{ head: Head; values: readonly { field: string; value: string }[] }>;

  // The case file: an ordinary SQLite file.
  saveCase(path: string): Promise<Result<{ bytes: number }>>;
  openCase(
    path: string,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<Result<{ events: number }>>;
  closeCase(): void;
  /**
   * The case as a database, for questions by SQL.
   * @param known revision that the caller has already.
   */
  sqlImage(known: number | null, signal: AbortSignal): Promise<Result<SqlImage>>;

  // Rules.
  /**
   * Reads the files' rules, adds them to the set (a file of the same path is replaced) and tests all events. Files
   * whose rules the set has already cost nothing.
   */
  loadRules(
    files: readonly RuleFile[],
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<Result<LoadedRules>>;

  /** Writes a view's rows as CSV or JSON lines to a path, piece by piece: all of them, or the place stays as it was. */
  exportView(
    input: { view: string; format: 'csv' | 'jsonl'; columns: readonly string[] },
    path: string,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<Result<{ events: number }>>;
}
