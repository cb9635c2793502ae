import type { MessagePort } from 'node:worker_threads';
import type { Overflowed } from '../columns/overflow-count.ts';
import type { CatalogProgress } from '../catalog/read-folders.ts';
import type {
  EngineCallName,
  LoadedRules,
  PlacedTags,
  RuleFile,
  SourceEnd,
  SourcePlace,
  SqlImage,
} from '../engine/api.ts';
import type { PlacedTag } from '../engine/event-tags.ts';
import type { CatalogRoot } from '../guide/catalog-root.ts';
import type { SourceReport } from '../ingest/api.ts';
import type { SourceRoot } from '../ingest/source.ts';
import type { ImportReport } from '../messages/import-messages.ts';
import type { SqlAnswer, SqlQuery } from '../store/case-index.ts';
import type { RuleCheck, ScanHit, ScanRules } from '../scan/api.ts';
import type { CaseKind, OpenCase } from '../../shared/catalog/coverage/case.ts';
import type { CallInput, CallOutput, CaseSummary, SourceLine } from '../../shared/ipc/contract.ts';
import type { Fault, Result } from '../../shared/model/fault.ts';
import type { OpenOptions } from '../../shared/model/open-options.ts';
import type { Received } from './ingest/batch-receiver.ts';
import type { DecodeUnit } from './ingest/unit.ts';

/**
 * What the main side and a thread say to each other. A call has an id; the thread sends any number of items for it
 * and then exactly one `done`. An item is answered with `taken`, so that a thread that produces faster than the main
 * side writes can wait. A cancel asks the call to end early; it still ends with its `done`.
 */
export type ToThread =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'taken'; readonly id: number };

export type FromThread =
  | { readonly kind: 'item'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'done'; readonly id: number; readonly result: Result<unknown> };

/** What a call takes, sends on its way, and gives. */
export interface CallShape {
  readonly args: unknown;
  readonly item: unknown;
  readonly value: unknown;
}
export type CallMap<C> = { readonly [N in keyof C]: CallShape };

interface Shape<Args, Value, Item = never> {
  readonly args: Args;
  readonly item: Item;
  readonly value: Value;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}

type WindowCalls = {
  readonly [N in EngineCallName]: Shape<
    CallInput<N>,
    CallOutput<N>,
    N extends 'draft.run' ? CallOutput<'draft.run'> : never
  >;
};

/** Calls of the engine's thread. */
export interface EngineCallMap extends WindowCalls {
  /** Stores and matches the batches of a run; `port` is its control, see `receiveUnits`. */
  readonly ingest: Shape<{ port: MessagePort }, Received>;
  readonly sources: Shape<null, SourceLine[]>;
  /** The message of an event, from what was imported into a folder. */
  readonly eventMessage: Shape<{ event: number; folder: string }, CallOutput<'event.message'>>;
  readonly summary: Shape<null, CaseSummary>;
  readonly places: Shape<{ sources: readonly number[] }, SourcePlace[]>;
  readonly dropSources: Shape<{ sources: readonly number[] }, null, Progress>;
  readonly placedTags: Shape<null, PlacedTags>;
  readonly keepTags: Shape<{ tags: readonly PlacedTag[] }, null>;
  readonly saveCase: Shape<{ path: string }, { bytes: number }>;
  readonly openCase: Shape<{ path: string }, { events: number }, Progress>;
  readonly closeCase: Shape<null, null>;
  readonly sqlImage: Shape<{ known: number | null }, SqlImage>;
  readonly loadRules: Shape<{ files: readonly RuleFile[] }, LoadedRules, Progress>;
  readonly exportView: Shape<
    { view: string; format: 'csv' | 'jsonl'; columns: readonly string[]; path: string },
    { events: number },
    Progress
  >;
  /** Matches the batches of a run against rules, and keeps nothing but the hits, which it sends. */
  readonly scan: Shape<
    { port: MessagePort; files: readonly RuleFile[]; usesCache: boolean },
    { received: Received; hits: number; notes: string[]; kinds: readonly CaseKind[]; notKept?: Fault },
    ScanItem
  >;
  /** Checks rules, against the kinds of events of a run where there is one. */
  readonly checkRules: Shape<
    { port: MessagePort | undefined; files: readonly RuleFile[]; usesCache: boolean },
    { received: Received | undefined; check: RuleCheck; notKept?: Fault }
  >;
  /** Sends the events of a run as JSON lines, with their messages where a folder of message data is given. */
  readonly dump: Shape<{ port: MessagePort; messages: string | undefined }, Received, string>;
}

export type ScanItem =
  { readonly kind: 'rules'; readonly rules: ScanRules } | { readonly kind: 'hits'; readonly hits: readonly ScanHit[] };

/** The window's calls that the catalog's thread answers: same names, same shapes as in the contract. */
export type CatalogCallName =
  | 'catalog.techniques'
  | 'catalog.technique'
  | 'catalog.event'
  | 'catalog.indicator'
  | 'catalog.field'
  | 'catalog.hints'
  | 'catalog.search'
  | 'catalog.similar'
  | 'catalog.overlap'
  | 'catalog.notParsed';

type CatalogWindowCalls = { readonly [N in CatalogCallName]: Shape<CallInput<N>, CallOutput<N>> };

/** Calls of the catalog's thread. */
export interface CatalogCallMap extends CatalogWindowCalls {
  /** Reads the folders in place of what it holds. */
  readonly build: Shape<
    { roots: readonly CatalogRoot[] },
    { revision: number; rules: number; isCancelled: boolean },
    CatalogProgress
  >;
  readonly summary: Shape<null, Omit<CallOutput<'catalog.summary'>, 'isBuilding'>>;
  readonly rule: Shape<CallInput<'catalog.rule'>, Omit<CallOutput<'catalog.rule'>, 'loaded'>>;
  /** Reads message data and keeps it in a folder. @see importMessages */
  readonly importMessages: Shape<
    { roots: readonly SourceRoot[]; folder: string; provider: string | undefined },
    ImportReport,
    { filesDone: number; filesTotal: number; current: string }
  >;
  /** A technique's page as the text of a file. */
  readonly render: Shape<CallInput<'catalog.export'>, { text: string }>;
  readonly coverage: Shape<CallInput<'coverage.case'> & { open: OpenCase }, CallOutput<'coverage.case'>>;
  readonly techniqueOnCase: Shape<
    CallInput<'coverage.technique'> & { open: OpenCase },
    CallOutput<'coverage.technique'>
  >;
  /** The coverage as the text of a file. @param name of the case. */
  readonly renderCoverage: Shape<CallInput<'coverage.export'> & { open: OpenCase; name: string }, { text: string }>;
}

/** Calls of the thread that answers questions by SQL. */
export interface SqlCallMap {
  /** Answers one SELECT, which nothing stops but the end of the thread. @param revision that the image is of. */
  readonly query: Shape<SqlQuery & { revision: number; image: SharedArrayBuffer }, SqlAnswer>;
}

/** Calls of a decoding thread. */
export interface DecodeCallMap {
  /** Finds files and divides them into units. */
  readonly plan: Shape<{ roots: readonly SourceRoot[]; recover: boolean }, { units: readonly DecodeUnit[] }>;
  /** Reads a unit and sends its batches by a port. */
  readonly unit: Shape<{ unit: DecodeUnit; options: OpenOptions; port: MessagePort }, UnitProgress, UnitProgress>;
  /** Lets go of what is kept from unit to unit. */
  readonly release: Shape<null, null>;
}

/** How far a thread is with a unit. */
export interface UnitProgress {
  readonly filesDone: number;
  readonly bytesDone: number;
  /** That were sent. */
  readonly events: number;
  /** Name of the file that is read now. */
  readonly current: string;
}

/** How far a run is, over all threads. */
export interface IngestProgress extends UnitProgress {
  readonly filesTotal: number;
  readonly bytesTotal: number;
}

export interface IngestTotals {
  readonly files: number;
  readonly events: number;
  readonly recovered: number;
  readonly damaged: number;
  /** Events that were read and left out, as the options asked for. */
  readonly leftOut: number;
  readonly isCancelled: boolean;
}

/** A line of a run's ledger. */
export interface FileReport {
  readonly name: string;
  readonly bytes: number;
  readonly report: SourceEnd;
}

/** Events left out, of those read in the ordinary way and of those recovered. */
export interface LeftOut {
  readonly events: number;
  readonly recovered: number;
}

/** A file that a run is to read. */
export type PlannedSource = Omit<SourcePlace, 'source'>;

/** Main side to the receiver of a run, at the engine or wherever batches go to. */
export type ToReceiver =
  /**
   * What the run is to read: the paths that it was given, then, before the first unit, all files found there. What a
   * cancel leaves unread is known by it.
   */
  | { readonly kind: 'plan'; readonly sources: readonly PlannedSource[] }
  /** The next unit, in the order of the files; its messages are FromDecoder. */
  | { readonly kind: 'unit'; readonly port: MessagePort }
  | { readonly kind: 'cancel' }
  /** No more units. */
  | { readonly kind: 'end' };

/** Decoder to engine, by the unit's port. A file that is read in parts starts and ends once for each. */
export type FromDecoder =
  | {
      readonly kind: 'start';
      readonly name: string;
      readonly path: string;
      readonly bytes: number;
      readonly isFirst: boolean;
    }
  | { readonly kind: 'batch'; readonly batch: unknown }
  | {
      readonly kind: 'end';
      readonly report: SourceReport;
      readonly leftOut: LeftOut;
      readonly overflowed: Overflowed | undefined;
      readonly isLast: boolean;
    }
  | { readonly kind: 'finish' };

/** Engine to decoder: one `taken` for each batch, in order; `stop` where no more of the unit is wanted. */
export type ToDecoder = { readonly kind: 'taken' } | { readonly kind: 'stop' };
