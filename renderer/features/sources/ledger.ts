import type { SourceLine } from '../../../shared/ipc/contract.ts';
import { lossCount, type Remedy } from '../../../shared/model/fault.ts';
import type { ShownFault } from '../../state/ui-state.ts';
import { count } from '../../ui/text/format.ts';

export interface LedgerTotals {
  readonly files: number;
  readonly bytes: number;
  readonly events: number;
  readonly recovered: number;
  readonly damaged: number;
  /** Files with any fault. */
  readonly troubled: number;
  /** Files that are no logs. */
  readonly skipped: number;
  /** Records that were left out by the options their files were opened with. */
  readonly leftOut: number;
}

export function totals(sources: readonly SourceLine[]): LedgerTotals {
  const sum = {
    files: sources.length,
    bytes: 0,
    events: 0,
    recovered: 0,
    damaged: 0,
    troubled: 0,
    skipped: 0,
    leftOut: 0,
  };
  for (const source of sources) {
    sum.bytes += source.bytes;
    sum.events += source.events;
    sum.recovered += source.recovered;
    sum.damaged += source.damaged;
    sum.leftOut += source.leftOut;
    if (hasTrouble(source)) sum.troubled++;
    if (source.state === 'skipped') sum.skipped++;
  }
  return sum;
}

/** Whether the user should look at this file: a fault, a loss, or not read to its end. A file that is no log is not. */
export function hasTrouble(source: SourceLine): boolean {
  if (source.state === 'skipped') return false;
  // What the user stopped is no fault.
  const isStopped = source.faults.some(({ code }) => code === 'cancelled');
  const ended = (source.state === 'partial' && !isStopped) || source.state === 'failed';
  return ended || lossCount(source) > 0 || source.damaged > 0;
}

/** Files of which something is left to read, as reading was stopped. */
export function unread(sources: readonly SourceLine[]): readonly SourceLine[] {
  return sources.filter((source) => source.state === 'waiting' || hasRemedy(source, 'rest'));
}

/** Whether something in how a file was read is the user's to choose. */
export function hasRemedy(source: SourceLine, wanted: Remedy): boolean {
  return source.faults.some(({ remedy }) => remedy === wanted);
}

/** What to do about a remedy, as a button says it. */
export const REMEDY_WORDS: Readonly<Record<Remedy, string>> = {
  zone: 'Read again with…',
  columns: 'Choose columns…',
  rest: 'Read the rest',
};

const URGENCY: Readonly<Record<SourceLine['state'], number>> = {
  failed: 0,
  partial: 1,
  read: 2,
  waiting: 3,
  skipped: 4,
  reading: 5,
};

export function byUrgency(a: SourceLine, b: SourceLine): number {
  return URGENCY[a.state] - URGENCY[b.state] || b.faultCount - a.faultCount || a.source - b.source;
}

/** State of a file in words. */
export function stateWords(source: SourceLine): string {
  switch (source.state) {
    case 'waiting':
      return 'Not read yet';
    case 'reading':
      return 'Reading…';
    case 'read':
      if (lossCount(source) > 0 || source.damaged > 0) return 'Read, with faults';
      if (hasRemedy(source, 'columns')) return 'Needs a mapping';
      return source.leftOut > 0 ? 'Read as chosen' : 'Read';
    case 'partial':
      return 'Read in part';
    case 'failed':
      return 'Not readable';
    case 'skipped':
      return 'Not a log';
  }
}

/** Where in its file a fault is. */
export function faultPlace(fault: ShownFault): string {
  if (fault.line !== undefined) return `line ${count(fault.line)}`;
  if (fault.offset !== undefined) return `offset ${count(fault.offset)} (0x${fault.offset.toString(16)})`;
  return 'whole file';
}
