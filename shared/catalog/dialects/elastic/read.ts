import { parse, TomlError } from 'smol-toml';
import type { Expr, Predicate } from '../../../model/predicate.ts';
import type { Diagnostic } from '../../../model/rule.ts';
import type { Span } from '../../../model/span.ts';
import type {
  CatalogRule,
  CatalogText,
  CountingInfo,
  EventQuery,
  QueryLanguage,
  ScopeSource,
} from '../../catalog-rule.ts';
import { readRawHeader } from '../common/raw-query.ts';
import { lookbackUs, readRuleCounting } from './counting.ts';
import { readEql } from './eql/read.ts';
import { readEsql } from './esql/read.ts';
import { readFilters } from './filters.ts';
import { readKuery } from './kuery/read.ts';
import { joined } from '../common/lowering.ts';
import { startLowering, type Runnable } from './lower.ts';
import { readLucene } from './lucene/read.ts';
import { readMetadata, readPlatforms, readRuleSources, readTestedSources, typeObstacle } from './metadata.ts';
import { lostParts, type EventReading, type QueryReading } from './reading.ts';
import { decodeTomlString, findTomlPlaces, type PlacedString, type TomlPlaces } from './toml-places.ts';
import { asTable, asTables, asText, type Table } from './toml-value.ts';

/**
 * Reads a rule of Elastic's detection-rules collection: one TOML file with a `[rule]` table, its query in EQL, Kuery,
 * ES|QL or Lucene, or none (machine learning). Never throws; faults come back with their places.
 * A file `*.eql` or `*.esql` is a query by itself.
 * @param fileName path below the collection; its folders name platforms.
 */
export function readElastic(text: string, fileName: string): CatalogText {
  const nothing = (severity: Diagnostic['severity'], code: string, message: string, span: Span): CatalogText => ({
    rules: [],
    diagnostics: [{ severity, code, message, span }],
  });
  const language = /\.(eql|esql)$/i.exec(fileName)?.[1]?.toLowerCase();
  if (language !== undefined) return { rules: [readRawQuery(text, fileName, language)], diagnostics: [] };
  let document: Table;
  try {
    document = parse(text.replace(/^\uFEFF/, ' '));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return nothing('error', 'elastic-bad-toml', tomlMessage(error), lineSpan(text, error.line, error.column));
  }
  const rule = asTable(document['rule']);
  if (!rule)
    return nothing('info', 'elastic-no-rule', 'The file has no [rule] table', {
      start: 0,
      end: Math.min(text.length, 1),
    });
  const metadata = asTable(document['metadata']) ?? {};
  return { rules: [readRule(text, fileName, rule, metadata)], diagnostics: [] };
}

/** The first line of a TOML fault; the rest draws the place, which the span says. */
function tomlMessage({ message }: TomlError): string {
  return (message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, 'Not TOML: ');
}

/** One character at a one-based line and column. */
function lineSpan(text: string, line: number, column: number): Span {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf('\n', start) + 1;
  start = Math.min(start + Math.max(column - 1, 0), Math.max(text.length - 1, 0));
  return { start, end: Math.min(start + 1, text.length) };
}

const LANGUAGES: Readonly<Record<string, { language: QueryLanguage; read: (query: PlacedString) => QueryReading }>> = {
  eql: { language: 'eql', read: readEql },
  kuery: { language: 'kuery', read: readKuery },
  esql: { language: 'esql', read: readEsql },
  lucene: { language: 'lucene', read: readLucene },
};

function readRule(text: string, fileName: string, rule: Table, metadata: Table): CatalogRule {
  const places = findTomlPlaces(text);
  const span = { start: 0, end: text.length };
  const place = places.find('rule.query')[0];
  const querySpan = place?.value ?? places.find('rule.name')[0]?.value ?? span;
  const { language, reading } = readQuery(text, rule, place?.value, querySpan);
  const { events, filters } = withConditions(reading, rule, places, querySpan);
  const about = readMetadata(rule, metadata, fileName);
  const exprs = events.flatMap(({ predicates, absent }) => (predicates && !absent ? [predicates] : []));
  const counted = readRuleCounting(rule, places.find(`rule.${asText(rule['type']) ?? ''}`)[0]?.key ?? querySpan);
  const counting = counted && 'counting' in counted ? counted.counting : withLookback(reading.counting, rule);
  const obstacle = typeObstacle(rule) ?? (counted && 'obstacle' in counted ? counted.obstacle : undefined);
  const isPlain = obstacle === undefined && reading.condition !== undefined;
  const run = isPlain ? filters.addTo(reading.condition) : undefined;
  return {
    vendor: 'elastic',
    language,
    ...about,
    platforms: readPlatforms(fileName, about.tags, exprs),
    queries: events.map((event) => eventQuery(event, readRuleSources(rule, about.tags))),
    sequence: reading.sequence,
    notParsed: [...reading.notParsed, ...filters.notParsed],
    condition: run?.condition,
    ...(counting ? { counting } : {}),
    notRunnable: obstacle ?? run?.notRunnable ?? reading.notRunnable,
    span,
    querySpan,
  };
}

/** What a query counts is what one run of its rule finds, where it does not itself cut time into windows. */
function withLookback(counting: CountingInfo | undefined, rule: Table): CountingInfo | undefined {
  const timespanUs = counting?.window === 'search' ? lookbackUs(rule) : undefined;
  return counting && timespanUs !== undefined ? { ...counting, window: 'lookback', timespanUs } : counting;
}

const NO_QUERY: QueryReading = {
  events: [],
  sequence: undefined,
  notParsed: [],
  condition: undefined,
  notRunnable: '',
};

function readQuery(
  text: string,
  rule: Table,
  value: Span | undefined,
  querySpan: Span,
): { readonly language: QueryLanguage; readonly reading: QueryReading } {
  const written = asText(rule['query']);
  const name = (asText(rule['language']) ?? 'kuery').toLowerCase();
  if (written === undefined && asText(rule['type']) === 'machine_learning')
    return { language: 'none', reading: NO_QUERY };
  const fail = (language: QueryLanguage, code: string, message: string): ReturnType<typeof readQuery> => ({
    language,
    reading: { ...NO_QUERY, notParsed: [{ severity: 'error', code, message, span: querySpan }], notRunnable: message },
  });
  const known = Object.hasOwn(LANGUAGES, name) ? LANGUAGES[name] : undefined;
  if (!known) return fail('none', 'elastic-unknown-language', `The query language ${name} is not known`);
  if (written === undefined) return fail(known.language, 'elastic-no-query', 'The rule has no query');
  const placed = (value && decodeTomlString(text, value)) ?? { text: written, place: () => querySpan };
  return { language: known.language, reading: known.read(placed) };
}

/** A query by itself. */
function readRawQuery(text: string, fileName: string, name: string): CatalogRule {
  const { language, read } = LANGUAGES[name] as (typeof LANGUAGES)[string];
  const reading = read({ text, place: (place) => place });
  const header = readRawHeader(text, fileName, /\/\/(.*)$|\/\*([^]*?)\*\//gm);
  const exprs = reading.events.flatMap(({ predicates, absent }) => (predicates && !absent ? [predicates] : []));
  const span = { start: 0, end: text.length };
  return {
    vendor: 'elastic',
    language,
    ...header,
    platforms: readPlatforms(fileName, [], exprs),
    queries: reading.events.map((event) => eventQuery(event, [])),
    sequence: reading.sequence,
    notParsed: reading.notParsed,
    condition: reading.condition,
    ...(reading.counting ? { counting: reading.counting } : {}),
    notRunnable: reading.notRunnable,
    span,
    querySpan: span,
  };
}

interface Conditions {
  readonly notParsed: readonly Diagnostic[];
  /** The matcher's expression with the filters added. */
  readonly addTo: (condition: Expr | undefined) => Runnable;
}

/** Adds what a rule tests besides its query: saved filters, and for threat matches the fields it looks up. */
function withConditions(
  reading: QueryReading,
  rule: Table,
  places: TomlPlaces,
  querySpan: Span,
): { readonly events: readonly EventReading[]; readonly filters: Conditions } {
  const lowering = startLowering((span) => span);
  const filters = readFilters(asTables(rule['filters']), places.headers('rule.filters'), querySpan, lowering);
  const lookups = asText(rule['type']) === 'threat_match' ? threatLookups(rule, places, querySpan) : [];
  const more = [...filters, ...lookups];
  const add = (predicates: Expr | undefined, span: Span): Expr | undefined => {
    const parts = [...(predicates ? [predicates] : []), ...more];
    return parts.length === 0 ? undefined : joined('and', parts, span);
  };
  return {
    events: reading.events.map((event) => ({ ...event, predicates: add(event.predicates, event.span) })),
    filters: {
      notParsed: lostParts('filter', lowering),
      addTo: (condition) => {
        const reason = lowering.lost[0]?.message;
        return reason === undefined
          ? { condition: add(condition, querySpan), notRunnable: '' }
          : { condition: undefined, notRunnable: reason };
      },
    },
  };
}

/** Each mapping entry as `field in_lookup indicator field`; entries of one mapping must hold together. */
function threatLookups(rule: Table, places: TomlPlaces, querySpan: Span): Expr[] {
  const span = places.headers('rule.threat_mapping')[0] ?? places.find('rule.threat_mapping')[0]?.key ?? querySpan;
  const mappings = asTables(rule['threat_mapping']).map((mapping) => {
    const entries = asTables(mapping['entries']).map((entry): Predicate => ({
      kind: 'predicate',
      field: asText(entry['field']) ?? '',
      op: 'in_lookup',
      values: [{ text: asText(entry['value']) ?? '', span }],
      quantifier: 'any',
      caseSensitive: true,
      native: 'threat_mapping',
      span,
    }));
    return joined('and', entries, span);
  });
  return mappings.length === 0 ? [] : [joined('or', mappings, span)];
}

function eventQuery(event: EventReading, ruleSources: readonly ScopeSource[]): EventQuery {
  const own: ScopeSource[] = [
    ...(event.category === undefined ? [] : [{ kind: 'event_category', name: event.category } as const]),
    ...(event.indices ?? []).map((name): ScopeSource => ({ kind: 'index', name })),
    ...readTestedSources(event.predicates),
  ];
  const seen = new Set<string>();
  const sources = [...own, ...ruleSources].filter(({ kind, name }) => {
    const key = `${kind} ${name}`;
    return !seen.has(key) && seen.add(key);
  });
  const { category: _category, indices: _indices, ...query } = event;
  return { ...query, sources };
}
