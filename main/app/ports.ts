import type { StreamName, StreamValue } from '../../shared/ipc/contract.ts';
import type { Connection } from '../worker/thread-client.ts';

/** What a file is saved as: events as CSV or JSON lines, a page of the catalog as one of the last four. */
export type SaveKind = 'case' | 'rule' | 'csv' | 'jsonl' | `page-${'json' | 'csv' | 'html' | 'md'}`;

/** What files are opened as. */
export type OpenKind = 'logs' | 'rules' | 'case' | 'messages';

/** Asks the user for paths; the shell has native ones, the command line none. */
export interface Dialogs {
  /** Files, or folders, to read. Empty where the user cancelled. */
  openPaths(what: OpenKind, folder: boolean): Promise<readonly string[]>;
  /** Where to write. Undefined where the user cancelled. */
  savePath(what: SaveKind, suggestedName: string): Promise<string | undefined>;
}

/** What the workbench needs of the world. */
export interface WorkbenchPorts {
  /** Each starts its thread; called again after a crash. */
  readonly threads: {
    readonly engine: () => Connection;
    readonly decode: () => Connection;
    readonly sql: () => Connection;
    readonly catalog: () => Connection;
  };
  /** How many threads decode; as many as the machine has cores for where it is left out. */
  readonly decodeThreads?: number;
  readonly dialogs: Dialogs;
  readonly emit: <N extends StreamName>(name: N, value: StreamValue<N>) => void;
  /** The program's own content: `rules/`. */
  readonly contentFolder: string;
  /** Where settings are kept; undefined keeps them in memory. */
  readonly dataFolder: string | undefined;
  readonly version: string;
  readonly runtime: 'electron' | 'stand-in';
  /** Paths given on the command line, to be opened by the window. */
  readonly paths: readonly string[];
}

/** For the command line: nobody to ask. */
export const NO_DIALOGS: Dialogs = {
  openPaths: () => Promise.resolve([]),
  savePath: () => Promise.resolve(undefined),
};
