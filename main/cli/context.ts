import type { Writable } from 'node:stream';
import type { WorkbenchPorts } from '../app/ports.ts';

/** What a command has of the process it runs in. */
export interface CommandContext {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Characters in a line of the terminal that stdout is; undefined where it is none. */
  readonly stdoutColumns: number | undefined;
  readonly isStderrTty: boolean;
  /** Whether colours are allowed (`NO_COLOR` is not set). */
  readonly allowsColours: boolean;
  readonly threads: WorkbenchPorts['threads'];
  readonly contentFolder: string;
  readonly version: string;
  /** Aborted when the user wants to stop. */
  readonly signal: AbortSignal;
}

/** Exit codes, on which scripts rely. */
export const EXIT = { ran: 0, failed: 1, badUsage: 2 } as const;
