import type { MessagePort } from 'node:worker_threads';
import type { CatalogProgress } from '../catalog/read-folders.ts';
import type { EngineCallName, RuleFile } from '../engine/api.ts';
import type { CatalogRoot } from '../guide/catalog-root.ts';
import type { SourceReport } from '../ingest/api.ts';
import type { SourceRoot } from '../ingest/source.ts';
import type { RuleCheck, ScanHit, ScanRules } from '../scan/api.ts';
import type { CallInput, CallOutput, CaseSummary, SourceLine } from '../../shared/ipc/contract.ts';
import type { Fault, Result } from '../../shared/model/fault.ts';

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

type WindowCalls = { readonly [N in EngineCallName]: Shape<CallInput<N>, CallOutput<N>> };

/** Calls of the engine's thread. */
export interface EngineCallMap extends WindowCalls {
  /** Stores and matches the batches that come by a port, until the decoder says that it is through. */
  readonly ingest: Shape<{ port: MessagePort }, { events: number; hits: number }>;
  readonly sources: Shape<null, SourceLine[]>;
  readonly summary: Shape<null, CaseSummary>;
  readonly saveCase: Shape<{ path: string }, { bytes: number }>;
  readonly openCase: Shape<{ path: string }, { events: number }, Progress>;
  readonly closeCase: Shape<null, null>;
  readonly loadRules: Shape<{ files: readonly RuleFile[] }, { rules: number }, Progress>;
  readonly exportView: Shape<
    { view: string; format: 'csv' | 'jsonl'; columns: readonly string[]; path: string },
    { events: number }
  >;
  /** Matches the batches that come by a port against rules, and keeps nothing but the hits, which it sends. */
  readonly scan: Shape<{ port: MessagePort; files: readonly RuleFile[] }, { hits: number; notes: string[] }, ScanItem>;
  /** Checks rules, against the kinds of events that come by a port where there is one. */
  readonly checkRules: Shape<{ port: MessagePort | undefined; files: readonly RuleFile[] }, RuleCheck>;
  /** Sends the events that come by a port as JSON lines. */
  readonly dump: Shape<{ port: MessagePort }, { events: number }, string>;
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
  | 'catalog.search'
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
  /** A technique's page as the text of a file. */
  readonly render: Shape<CallInput<'catalog.export'>, { text: string }>;
}

/** Calls of the decoding thread. */
export interface DecodeCallMap {
  /** Finds and reads files, and sends their batches by a port. */
  readonly ingest: Shape<
    { roots: readonly SourceRoot[]; recover: boolean; port: MessagePort },
    IngestTotals,
    IngestItem
  >;
}

export type IngestItem =
  | { readonly kind: 'progress'; readonly progress: IngestProgress }
  /** A file is done with. */
  | { readonly kind: 'report'; readonly name: string; readonly bytes: number; readonly report: SourceReport };

export interface IngestProgress {
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly events: number;
  /** Name of the file that is read now. */
  readonly current: string;
}

export interface IngestTotals {
  readonly files: number;
  readonly events: number;
  readonly recovered: number;
  readonly damaged: number;
  readonly isCancelled: boolean;
}

/** Decoder to engine, by their private port. */
export type FromDecoder =
  | { readonly kind: 'start'; readonly name: string; readonly path: string; readonly bytes: number }
  | { readonly kind: 'batch'; readonly batch: unknown }
  | { readonly kind: 'end'; readonly source: number; readonly report: SourceReport }
  | { readonly kind: 'finish' };

/** Engine to decoder: one answer for each `start` and each `batch`, in order. */
export type ToDecoder =
  { readonly kind: 'started'; readonly source: number } | { readonly kind: 'taken'; readonly fault?: Fault };
