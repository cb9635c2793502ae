import type { Diagnostic } from '../../../../model/rule.ts';
import type { SequenceInfo } from '../../../catalog-rule.ts';
import { joined } from '../../common/lowering.ts';
import { runnable, startLowering, type Lowering } from '../lower.ts';
import { lostParts, unreadable, type EventReading, type QueryReading } from '../reading.ts';
import type { PlacedString } from '../toml-places.ts';
import type { EqlExpr, EqlFilter, EqlPipe, EqlQuery, EqlTerm } from './ast.ts';
import { lowerEql, type EqlRelated } from './lower.ts';
import { parseEql } from './parse.ts';
import { printEqlExpr } from './print.ts';

/** Why a sequence is no test of single events, where its steps by themselves say exactly what the rule does. */
export const ONLY_A_SEQUENCE = 'The rule looks for a sequence of events';

/** Reads an EQL query: an event for each step, absent ones marked. */
export function readEql({ text, place }: PlacedString): QueryReading {
  const parsed = parseEql(text);
  if (!parsed.ok) return unreadable('eql', parsed.fault, place);
  const query = parsed.tree;
  const lowering = startLowering(place);
  if (query.kind === 'event') return readEvent(query, lowering);
  const events = query.terms.flatMap((term) => readStep(term, lowering));
  if (query.until) events.push(...readStep({ ...query.until, missing: true }, lowering, { endsSequence: true }));
  return {
    events,
    sequence: sequenceOf(query),
    notParsed: lostParts('eql', lowering),
    condition: undefined,
    notRunnable:
      query.kind === 'sequence'
        ? (lowering.inexact[0] ?? ONLY_A_SEQUENCE)
        : 'The rule looks for several events of one group',
  };
}

function readEvent(query: Extract<EqlQuery, { kind: 'event' }>, lowering: Lowering): QueryReading {
  const events = readFilter(query.filter, false, lowering);
  const notParsed: Diagnostic[] = lostParts('eql', lowering);
  const first = events[0] as EventReading;
  const filters = query.pipes.flatMap((pipe) => filterOf(pipe, lowering));
  const parts = [first.predicates, ...filters].filter((part) => part !== undefined);
  const predicates = parts.length === 0 ? undefined : joined('and', parts, first.span);
  const counting = query.pipes.find(({ name }) => name.toLowerCase() !== 'filter');
  if (counting) lowering.inexact.push(`The rule ends with the pipe ${counting.name}`);
  return {
    events: [{ ...first, predicates }, ...events.slice(1)],
    sequence: undefined,
    notParsed,
    ...runnable(predicates, lowering),
  };
}

function filterOf({ name, args }: EqlPipe, lowering: Lowering): ReturnType<typeof lowerEql>[] {
  const [condition] = args;
  return name.toLowerCase() === 'filter' && condition ? [lowerEql(condition, lowering, [])] : [];
}

/** A step, and events that its condition relates it to. */
function readStep(term: EqlTerm, lowering: Lowering, more: Pick<EventReading, 'endsSequence'> = {}): EventReading[] {
  const [event, ...related] = readFilter(term.filter, term.missing, lowering);
  const step = {
    ...(event as EventReading),
    ...(term.by.length > 0 ? { by: term.by.map(keyName) } : {}),
    ...(term.runs === undefined ? {} : { runs: term.runs }),
    ...more,
  };
  return [step, ...related];
}

/** An event and those that its condition relates it to. */
function readFilter(filter: EqlFilter, absent: boolean, lowering: Lowering): EventReading[] {
  const related: EqlRelated[] = [];
  const predicates = lowerEql(filter.condition, lowering, related);
  const event = { category: filter.category, predicates, absent, span: lowering.place(filter.span) };
  return [event, ...related.flatMap((other) => readFilter(other.filter, absent || other.isNegated, lowering))];
}

function sequenceOf(query: Exclude<EqlQuery, { kind: 'event' }>): SequenceInfo {
  return {
    kind: query.kind,
    by: query.by.map(keyName),
    maxSpanUs: query.maxSpan === undefined ? undefined : durationUs(query.maxSpan),
  };
}

function keyName(key: EqlExpr): string {
  return key.kind === 'field' ? key.name : printEqlExpr(key);
}

const UNITS_US: Readonly<Record<string, number>> = { ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 };

/** Microseconds of a duration such as `5m`. */
export function durationUs(written: string): number {
  const unit = written.replace(/^\d+/, '');
  return parseInt(written, 10) * (UNITS_US[unit] ?? 0);
}
