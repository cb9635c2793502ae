import type { Predicate, PredicateValue } from '../../model/predicate.ts';
import type { Vendor } from '../../model/rule.ts';
import { positionAt } from '../../model/span.ts';
import type { CatalogRule, EventQuery, ScopeSource } from '../catalog-rule.ts';
import { unique, type EventMap } from './event-map.ts';
import type { CanonicalField, FieldTable } from './field-table.ts';
import type { DerivedPredicate, NormalisedPredicate, NormalisedRule, PredicateRole } from './normalised-rule.ts';
import { placePredicates, type PlacedPredicate } from './polarity.ts';
import { isPlaceholder, lastPartOf, shownValue, splitHash } from './values.ts';

/** The product's mappings, as the normaliser needs them. */
export interface CatalogMappings {
  readonly fields: FieldTable;
  readonly events: EventMap;
}

/** Where a rule is from. */
export interface RuleSource {
  /** Of the rule's file, for lines and columns. */
  readonly text: string;
  /** Path of the file, as much as is known. */
  readonly fileName: string;
  /** Of the rule among its file's. */
  readonly position: number;
}

/**
 * Brings a rule into the catalog's language: fields under their canonical names, each predicate with its polarity,
 * names derived from paths, and the events that the rule looks at.
 */
export function normaliseRule(rule: CatalogRule, source: RuleSource, mappings: CatalogMappings): NormalisedRule {
  const placed = rule.queries.map((query) => ({
    query,
    predicates: query.predicates ? placePredicates(query.predicates) : [],
  }));
  const { vendor, queries } = rule;
  const prefix = queries.length < 2 ? undefined : rule.sequence?.kind === 'sequence' ? 'SEQ' : 'QUERY';
  const reads = placed.map(({ query, predicates }) => queryFacts(vendor, query, predicates, mappings.fields));
  const isNamedWindows = rule.platforms.includes('windows');
  const present = reads.filter((_, i) => queries[i]?.absent !== true);
  const events = unique(
    wholeSources(vendor, present).flatMap((facts) => mappings.events.eventsOf({ ...facts, isWindows: isNamedWindows })),
  );
  const { notParsed, ...about } = withoutRun(rule);
  return {
    ...about,
    isWindows: isForWindows(
      rule,
      source,
      reads.flatMap(({ hosts }) => hosts),
      events.length > 0,
    ),
    events,
    predicates: placed.flatMap(({ query, predicates }, i) => {
      const context = (reads[i] as QueryReading).context;
      const step = prefix === undefined ? '' : `${prefix}[${i}]`;
      return predicates.flatMap((one) => normalisePredicate(one, { vendor, context, step, query }, mappings.fields));
    }),
    notParsed: notParsed.map(({ severity, message, span }) => ({
      isError: severity === 'error',
      reason: message,
      ...positionAt(source.text, span.start),
    })),
    position: source.position,
  };
}

/** What a rule says of itself, without what only running it needs. */
function withoutRun({
  condition: _condition,
  counting: _counting,
  alternatives: _alternatives,
  runNotes: _runNotes,
  queries: _queries,
  ...about
}: CatalogRule): Omit<CatalogRule, 'condition' | 'counting' | 'alternatives' | 'runNotes' | 'queries'> {
  return about;
}

/**
 * Whether a rule reads Windows events. Elastic's tags name every platform that a rule may be of use on; its folder and
 * its test of the platform say which it is for.
 */
function isForWindows(
  { vendor, platforms }: CatalogRule,
  { fileName }: RuleSource,
  hosts: readonly string[],
  hasEvents: boolean,
): boolean {
  switch (vendor) {
    case 'sigma':
      return platforms.includes('windows');
    case 'elastic':
      return (
        /(?:^|[\\/])windows[\\/][^\\/]+$/i.test(fileName) || hosts.some((host) => host.toLowerCase() === 'windows')
      );
    case 'splunk':
    case 'kusto':
      return platforms.includes('windows') || hasEvents;
  }
}

interface QueryReading {
  readonly vendor: Vendor;
  readonly sources: readonly ScopeSource[];
  readonly eventIds: readonly number[];
  readonly valuesOf: (native: string) => readonly string[];
  /** Platforms that it tests for. */
  readonly hosts: readonly string[];
  /** Words by which native names are told apart. */
  readonly context: ReadonlySet<string>;
}

function queryFacts(
  vendor: Vendor,
  { sources }: EventQuery,
  predicates: readonly PlacedPredicate[],
  fields: FieldTable,
): QueryReading {
  const words = new Set(sources.flatMap((source) => contextWords(source)));
  const valuesOf = (native: string): string[] => testedValues(predicates, (field) => field === native);
  const testsOf = (canonical: string): string[] =>
    testedValues(predicates, (field) => fields.lookup(vendor, field, words)?.name === canonical);
  const ids = testsOf('event.id');
  for (const id of ids) words.add(id.toLowerCase());
  for (const action of valuesOf('ActionType')) words.add(action.toLowerCase());
  const eventIds = [...new Set(ids.filter((id) => /^\d{1,6}$/.test(id)).map(Number))];
  return { vendor, sources, eventIds, valuesOf, hosts: testsOf('host.os'), context: words };
}

/** Values that some field must or may equal, each once; those under a NOT don't count. */
function testedValues(predicates: readonly PlacedPredicate[], isWanted: (native: string) => boolean): string[] {
  const tests = predicates.filter(
    ({ predicate, polarity }) => polarity === 'indicator' && predicate.op === 'eq' && isWanted(predicate.field),
  );
  return [...new Set(tests.flatMap(({ predicate }) => predicate.values.map(({ text }) => text)))];
}

function contextWords({ kind, name }: ScopeSource): readonly string[] {
  const lower = name.toLowerCase();
  switch (kind) {
    case 'logsource':
      return lower.split('/').filter((part) => part !== '');
    case 'dataset':
      return [lower, lower.split('.')[0] ?? ''];
    case 'index': {
      const bare = lower.replace(/^logs-/, '').replace(/[-*].*$/, '');
      return [bare, ...bare.split(/[._]/)];
    }
    default:
      return [lower];
  }
}

/** Splunk lists a rule's data sources once for all of its searches. */
function wholeSources(vendor: Vendor, reads: readonly QueryReading[]): readonly QueryReading[] {
  if (vendor !== 'splunk') return reads;
  const listed = reads.flatMap(({ sources }) => sources.filter(({ kind }) => kind === 'data_source'));
  return reads.map((read) => ({ ...read, sources: [...read.sources, ...listed] }));
}

interface PredicatePlace {
  readonly vendor: Vendor;
  readonly context: ReadonlySet<string>;
  readonly step: string;
  readonly query: EventQuery;
}

/** One predicate; several where a list of hashes mixes algorithms and other values. */
function normalisePredicate(
  { predicate, polarity, negated, path }: PlacedPredicate,
  place: PredicatePlace,
  fields: FieldTable,
): readonly NormalisedPredicate[] {
  const mapped = fields.lookup(place.vendor, predicate.field, place.context);
  const { absent } = place.query;
  const role: PredicateRole = mapped?.isScope ? 'scope' : absent ? 'absent' : polarity;
  const placeholders = predicate.values.filter(({ text }) => isPlaceholder(predicate, text));
  const values = predicate.values.filter((value) => !placeholders.includes(value));
  const common = {
    field: mapped?.name ?? predicate.field,
    native: predicate.field,
    isMapped: mapped !== undefined,
    quantifier: predicate.quantifier,
    negated: negated !== absent,
    role,
    context: [place.step, path].filter((part) => part !== '').join('/'),
    nativeOp: predicate.native,
    caseSensitive: predicate.caseSensitive,
    ...(placeholders.length > 0 ? { placeholders: placeholders.map(({ text }) => text) } : {}),
    ...(predicate.encodings ? { encodings: predicate.encodings } : {}),
    ...(predicate.windash ? { windash: true as const } : {}),
    ...(predicate.optional ? { optional: true as const } : {}),
    span: predicate.span,
  };
  if (mapped?.kind === 'hash') return hashPredicates(predicate, values, common);
  const derived = derivedName(predicate, values, mapped);
  const texts = values.map(({ text }) => shownValue(predicate.op, text));
  return [{ ...common, op: predicate.op, values: texts, ...(derived ? { derived } : {}) }];
}

function derivedName(
  { op, quantifier }: Predicate,
  values: readonly PredicateValue[],
  field: CanonicalField | undefined,
): DerivedPredicate | undefined {
  if (op !== 'ends_with' || field?.lastPart === undefined || quantifier === 'all') return undefined;
  const names = values.flatMap(({ text }) => lastPartOf(text) ?? []);
  return names.length === 0 ? undefined : { field: field.lastPart, op: 'eq', values: names };
}

type Common = Omit<NormalisedPredicate, 'op' | 'values'>;

function hashPredicates(
  predicate: Predicate,
  values: readonly PredicateValue[],
  common: Common,
): readonly NormalisedPredicate[] {
  const groups = new Map<string, NormalisedPredicate & { values: string[] }>();
  for (const { text } of values) {
    const part = splitHash(predicate.op, text);
    const op = part?.op ?? predicate.op;
    const key = `${part?.algorithm ?? ''} ${op}`;
    const group = groups.get(key);
    if (group) group.values.push(part?.text ?? shownValue(op, text));
    else {
      const algorithm = part ? { algorithm: part.algorithm } : {};
      groups.set(key, { ...common, op, values: [part?.text ?? shownValue(op, text)], ...algorithm });
    }
  }
  return groups.size > 0 ? [...groups.values()] : [{ ...common, op: predicate.op, values: [] }];
}
