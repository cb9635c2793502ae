import type { Expr } from '../../../model/predicate.ts';
import type { Span } from '../../../model/span.ts';
import type { Diagnostic } from '../../../model/rule.ts';
import type { Alternatives, CountingInfo, EventQuery } from '../../catalog-rule.ts';
import { attempt } from '../../syntax/cursor.ts';
import { placedCounting } from './lower/counting.ts';
import { exactCondition, hasPhrase } from './lower/condition.ts';
import { QueryReader } from './lower/reader.ts';
import { parseKql } from './query/parser.ts';
import { kqlTokens } from './query/tokens.ts';

/** What one query text gives. Spans are places in the file. */
export interface ReadQuery {
  readonly queries: readonly EventQuery[];
  readonly problems: readonly { readonly code: string; readonly message: string; readonly span: Span }[];
  /** Whether it queries anything, not only defines names. */
  readonly hasQuery: boolean;
  readonly condition: Expr | undefined;
  readonly notRunnable: string;
  /** In place of a condition where it unites several queries. */
  readonly alternatives: Alternatives | undefined;
  /** What it asks of groups of the events that fulfil its condition. */
  readonly counting: CountingInfo | undefined;
  /** In what running it differs. */
  readonly runNotes: readonly Diagnostic[];
}

/** Reads a query's text. @param place maps a range of the text to the file. */
export function readQueryText(text: string, place: (span: Span) => Span): ReadQuery {
  const { statements, faults } = parseKql(text);
  const reader = new QueryReader();
  reader.read(statements);
  const drafts = reader.queries.filter((query, i) => i === 0 || query.tests.length > 0 || query.sources.length > 0);
  // A definition is read wherever it is used: what it lacks is said once.
  const notes = reader.notes.filter(
    ({ span }, i) =>
      reader.notes.findIndex((note) => note.span.start === span.start && note.span.end === span.end) === i,
  );
  const problems = [
    ...faults.map(({ message, span }) => ({ code: 'kusto-syntax', message, span: place(span) })),
    ...notes.map(({ message, span }) => ({ code: 'kusto-no-predicate', message, span: place(span) })),
  ];
  const queries = drafts.map((draft): EventQuery => {
    const { predicates, sources, absent, span } = draft;
    return { predicates: predicates && placed(predicates, place), sources, absent, span: place(span) };
  });
  const isMixed = reader.counting && (reader.testsGroups || queries.length > 1);
  const mixed = isMixed ? 'It tests and counts what several events give together' : undefined;
  const run = runOf(queries, problems[0]?.message ?? reader.inexact[0] ?? mixed);
  const counting = reader.counting && placedCounting(reader.counting, reader.lookbackUs, place);
  const noted = reader.shown.map(({ message, span }) => note(message, place(span)));
  return { queries, problems, hasQuery: reader.hasQuery, ...run, runNotes: [...noted, ...run.runNotes], counting };
}

/** What running needs to know of a query. */
type Run = Pick<ReadQuery, 'condition' | 'notRunnable' | 'alternatives' | 'runNotes'> &
  Partial<Pick<ReadQuery, 'counting'>>;

/** What of some queries can be run: the condition of the only one, or each as an alternative. */
function runOf(queries: readonly EventQuery[], reason: string | undefined): Run {
  const exact = queries.map((query) => ({
    query,
    ...(query.predicates ? exactCondition(query.predicates) : { reason: 'The query tests no field' }),
  }));
  const found = exact.flatMap((one) => ('condition' in one ? [{ ...one.query, predicates: one.condition }] : []));
  const notRun = exact.flatMap((one) => ('reason' in one ? [{ message: one.reason, span: one.query.span }] : []));
  const [only] = found;
  if (reason !== undefined || !only) {
    const notRunnable = reason ?? notRun[0]?.message ?? 'The query tests no field';
    return { condition: undefined, notRunnable, alternatives: undefined, runNotes: [] };
  }
  const runNotes = found.flatMap(({ span }) => {
    const written = queries.find((query) => query.span === span)?.predicates;
    return written && hasPhrase(written) ? [note('has with several words looks for them as one text here', span)] : [];
  });
  if (queries.length === 1) return { condition: only.predicates, notRunnable: '', alternatives: undefined, runNotes };
  return { condition: undefined, notRunnable: '', alternatives: { queries: found, notRun }, runNotes };
}

/** The same of several query texts, each of which is the rule by itself. */
export function runOfAll(reads: readonly ReadQuery[]): Run {
  const [only] = reads;
  if (reads.length === 1 && only) return only;
  const queries = reads.flatMap(({ queries: own, condition, alternatives, counting }): readonly EventQuery[] => {
    const [first] = own;
    if (counting) return [];
    if (alternatives) return alternatives.queries;
    return condition && first ? [{ ...first, predicates: condition }] : [];
  });
  const notRun = reads.flatMap(({ queries: [first], notRunnable, alternatives, counting }) => {
    if (counting && first) return [{ message: 'It counts, beside other queries', span: first.span }];
    if (alternatives) return alternatives.notRun;
    return notRunnable !== '' && first ? [{ message: notRunnable, span: first.span }] : [];
  });
  if (queries.length === 0) {
    const notRunnable = notRun[0]?.message ?? 'The query tests no field';
    return { condition: undefined, notRunnable, alternatives: undefined, runNotes: [] };
  }
  const runNotes = reads.flatMap(({ runNotes: own }) => own);
  return { condition: undefined, notRunnable: '', alternatives: { queries, notRun }, runNotes };
}

function note(message: string, span: Span): Diagnostic {
  return { severity: 'info', code: 'runs-differently', message, span };
}

/** The same expression with its places mapped. */
function placed(expr: Expr, place: (span: Span) => Span): Expr {
  const span = place(expr.span);
  switch (expr.kind) {
    case 'predicate':
      return { ...expr, span, values: expr.values.map(({ text, span: at }) => ({ text, span: place(at) })) };
    case 'and':
    case 'or':
      return { ...expr, span, children: expr.children.map((child) => placed(child, place)) };
    case 'not':
      return { ...expr, span, child: placed(expr.child, place) };
    case 'constant':
      return { ...expr, span };
  }
}

const OPERATORS = new Set(
  (
    'where extend project summarize join union distinct take limit top sort order count render invoke evaluate lookup ' +
    'mv parse make search find print'
  ).split(' '),
);

/** Whether a text is meant as KQL at all: it defines a name, or has a bar with an operator of KQL behind it. */
export function looksLikeKql(text: string): boolean {
  const parsed = attempt(() => kqlTokens(text));
  // With a fault in it, judge by the lines.
  if (!parsed.ok) return /^\s*(?:let\s+\w+\s*=|\|\s*(?:where|extend|project|summarize|join)\b)/m.test(text);
  const tokens = parsed.tree;
  return tokens.some((token, i) => {
    const next = tokens[i + 1];
    if (token.kind === 'name' && /^let$/i.test(token.text)) return next?.kind === 'name' || next?.kind === 'number';
    if (token.kind === 'name' && i === 0 && /^(?:union|search|find)$/i.test(token.text)) return true;
    return (
      token.kind === 'symbol' && token.text === '|' && next?.kind === 'name' && OPERATORS.has(next.text.toLowerCase())
    );
  });
}

/** Names that one product has for what the other calls otherwise. */
const TWINS: Readonly<Record<string, string>> = {
  TimeGenerated: 'Timestamp',
  AADSignInEventsBeta: 'SigninLogs',
  EntraIdSignInEvents: 'SigninLogs',
  AADSpnSignInEventsBeta: 'AADServicePrincipalSignInLogs',
  GraphAPIAuditEvents: 'MicrosoftGraphActivityLogs',
};

/** A text that is the same for two queries that ask the same of the same table, in Defender and in Sentinel. */
export function queryKey({ sources, predicates, absent }: EventQuery): string {
  const tables = sources.map(({ name }) => TWINS[name] ?? name).sort();
  return JSON.stringify([tables, absent, predicates], (key, value: unknown) => {
    if (key === 'span' || key === 'native') return undefined;
    return key === 'field' && typeof value === 'string' ? (TWINS[value] ?? value) : value;
  });
}
