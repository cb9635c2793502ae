import type { Span } from './span.ts';

/** Every kind of expected failure; closed, so that each place that shows one can switch over all of them. */
export const FAULT_CODES = [
  'bad-request',
  'not-found',
  'cancelled',
  'unsupported-rule',
  'bad-rule',
  'damaged-source',
  'unreadable-source',
  'too-large',
  'regex-refused',
  'storage-failed',
  'engine-crashed',
  'internal',
  /** Nothing is wrong or lost: how something was read, so that an analyst can judge it. */
  'note',
] as const;

export type FaultCode = (typeof FAULT_CODES)[number];

/** An expected failure as data. A bug is thrown instead, and becomes `internal` once, at the thread's or gate's edge. */
export interface Fault {
  readonly code: FaultCode;
  /** What happened, for an analyst: one sentence, sentence case, no full stop. */
  readonly message: string;
  readonly detail?: string;
  /** Where in a rule's text. */
  readonly span?: Span;
  /** Byte offset in the file. */
  readonly offset?: number;
  /** One-based line in the file, where it has lines. */
  readonly line?: number;
  /** Display name of the file. */
  readonly file?: string;
  /** What the user can choose so that the file is read otherwise: the zone of its times, what its columns
   * mean, to read the rest of it. */
  readonly remedy?: Remedy;
}

export const REMEDIES = ['zone', 'columns', 'rest'] as const;
export type Remedy = (typeof REMEDIES)[number];

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T = never>(fault: Fault): Result<T> {
  return { ok: false, fault };
}

/** How many of a file's faults lost something: all but notes, which tell of a choice made in reading, and the user's stop. */
export function lossCount(file: {
  readonly faultCount: number;
  readonly faults: readonly { readonly code: FaultCode }[];
}): number {
  return file.faultCount - file.faults.filter((fault) => fault.code === 'note' || fault.code === 'cancelled').length;
}
