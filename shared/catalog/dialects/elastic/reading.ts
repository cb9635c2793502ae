import type { Expr } from '../../../model/predicate.ts';
import type { Diagnostic } from '../../../model/rule.ts';
import type { Span } from '../../../model/span.ts';
import type { CountingInfo, EventQuery, SequenceInfo } from '../../catalog-rule.ts';
import type { SyntaxFault } from '../../syntax/cursor.ts';
import type { Lowering } from './lower.ts';

/** One kind of event that a query looks for. */
export interface EventReading extends Omit<EventQuery, 'sources'> {
  /** EQL's leading word. */
  readonly category?: string;
  /** Index patterns that the query itself names (ES|QL). */
  readonly indices?: readonly string[];
}

/** What reading a query gives, whatever its language. Spans are offsets in the file. */
export interface QueryReading {
  readonly events: readonly EventReading[];
  readonly sequence: SequenceInfo | undefined;
  readonly notParsed: readonly Diagnostic[];
  readonly condition: Expr | undefined;
  readonly notRunnable: string;
  readonly counting?: CountingInfo;
}

/** A query that isn't of its grammar. */
export function unreadable(language: string, fault: SyntaxFault, place: (span: Span) => Span): QueryReading {
  const { message } = fault;
  return {
    events: [],
    sequence: undefined,
    notParsed: [{ severity: 'error', code: `elastic-${language}-syntax`, message, span: place(fault.span) }],
    condition: undefined,
    notRunnable: `The query can't be read: ${message}`,
  };
}

/** Warnings on the parts of a query that gave no predicates. */
export function lostParts(language: string, { lost }: Lowering): Diagnostic[] {
  return lost.map(({ message, span }) => ({ severity: 'warning', code: `elastic-${language}-part`, message, span }));
}
