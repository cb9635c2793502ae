import type { Op } from '../../model/predicate.ts';
import { VENDORS, type Vendor } from '../../model/rule.ts';
import { compareText, type CatalogIndex, type IndexedKey, type IndexedRule } from '../index/catalog-index.ts';
import { fieldUses } from '../index/rule-keys.ts';
import { eventKey } from '../normalise/event-map.ts';
import type { CatalogEvent } from '../normalise/normalised-rule.ts';

/** Which rules of the catalog a page is about. */
export interface PageChoice {
  /** `windows`: only rules over Windows events, also in the corpus reach. */
  readonly scope: 'windows' | 'all';
  /** Whether the rules of a technique's sub-techniques are on its page. */
  readonly subtechniques: boolean;
  /** Narrows the rules of the page further, but not the corpus reach. */
  readonly keeps?: (rule: IndexedRule) => boolean;
}

/** A row of "Fields filtered most". */
export interface FieldRow {
  readonly field: string;
  /** Native names, those of most rules first. */
  readonly native: readonly string[];
  readonly rules: number;
  /** Rules by operator; a rule with several counts under each. */
  readonly how: Readonly<Partial<Record<Op, number>>>;
  /** The five values that most rules look for. */
  readonly samples: readonly string[];
  readonly isScope: boolean;
}

/** A row of "Top indicators". */
export interface IndicatorRow {
  readonly key: number;
  readonly field: string;
  readonly op: Op;
  readonly value: string;
  readonly rules: number;
  /** Rules of the whole catalog (within the scope) that check the same, to look for it or to exclude it. */
  readonly reach: number;
  readonly isScope: boolean;
}

/** A row of "Exclusions". */
export interface ExclusionRow {
  readonly key: number;
  readonly field: string;
  readonly op: Op;
  readonly value: string;
  readonly rules: number;
}

export interface EventRow extends CatalogEvent {
  readonly rules: number;
}

/** A place where a rule could not be read, wholly or in part. */
export interface NotParsedRow {
  readonly file: string;
  readonly reason: string;
  readonly line: number;
  readonly column: number;
}

/** What the catalog knows of a set of rules. Rows hold everything; who shows them cuts. */
export interface Guide {
  /** Of every vendor, also those with none. */
  readonly vendors: Readonly<Record<Vendor, number>>;
  readonly events: readonly EventRow[];
  readonly fields: readonly FieldRow[];
  readonly indicators: readonly IndicatorRow[];
  readonly exclusions: readonly ExclusionRow[];
  /** By vendor, then title. */
  readonly rules: readonly IndexedRule[];
  readonly notParsed: readonly NotParsedRow[];
}

export interface TechniquePage extends Guide {
  readonly technique: string;
}

/** The rules tagged with a technique, each once, as a page shows them. */
export function techniqueRules(index: CatalogIndex, technique: string, choice: PageChoice): readonly IndexedRule[] {
  const wanted = technique.toUpperCase();
  const names = [...index.byTechnique.keys()].filter(
    (name) => name === wanted || (choice.subtechniques && name.startsWith(`${wanted}.`)),
  );
  const numbers = new Set(names.flatMap((name) => index.byTechnique.get(name) ?? []));
  return [...numbers]
    .map((number) => index.rules[number] as IndexedRule)
    .filter((rule) => isInScope(rule, choice) && (choice.keeps?.(rule) ?? true))
    .sort(byVendorAndTitle);
}

/** A file of which something could not be read, and the technique ids that stand in it. */
export interface UnreadText extends NotParsedRow {
  readonly mentions: readonly string[];
}

/**
 * The page of a technique: what its rules look at, look for and leave out.
 * @param unread of the whole catalog. The page lists those that name the technique, and those that name none: they
 *   may have been tagged with it.
 */
export function techniquePage(
  index: CatalogIndex,
  technique: string,
  choice: PageChoice,
  unread: readonly UnreadText[] = [],
): TechniquePage {
  const wanted = technique.toUpperCase();
  const guide = guideOf(index, techniqueRules(index, wanted, choice), choice);
  const isMeant = ({ mentions }: UnreadText): boolean =>
    mentions.length === 0 ||
    mentions.some((id) => id === wanted || (choice.subtechniques && id.startsWith(`${wanted}.`)));
  const more = unread.filter(isMeant).map(({ file, reason, line, column }) => ({ file, reason, line, column }));
  return { technique: wanted, ...guide, notParsed: [...guide.notParsed, ...more] };
}

/** The same tables for any set of rules of the index. */
export function guideOf(index: CatalogIndex, rules: readonly IndexedRule[], choice: Pick<PageChoice, 'scope'>): Guide {
  const here = countKeys(rules, ({ indicators }) => indicators);
  const excluded = countKeys(rules, ({ exclusions }) => exclusions);
  const keyOf = (key: number): IndexedKey => index.keys[key] as IndexedKey;
  const indicators = [...here].map(([key, count]): IndicatorRow => {
    const entry = keyOf(key);
    const { field, op, value, isScope } = entry;
    return { key, field, op, value, rules: count, reach: reachOf(index, entry, choice), isScope };
  });
  const exclusions = [...excluded].map(([key, count]): ExclusionRow => {
    const { field, op, value } = keyOf(key);
    return { key, field, op, value, rules: count };
  });
  return {
    vendors: Object.fromEntries(
      VENDORS.map((vendor) => [vendor, rules.filter(({ rule }) => rule.vendor === vendor).length]),
    ) as Record<Vendor, number>,
    events: eventRows(rules),
    fields: fieldRows(rules, indicators),
    indicators: indicators.sort(byRulesThenKey),
    exclusions: exclusions.sort(byRulesThenKey),
    rules,
    notParsed: rules.flatMap(({ file, rule }) =>
      rule.notParsed.map(({ reason, line, column }) => ({ file, reason, line, column })),
    ),
  };
}

function isInScope({ rule }: IndexedRule, { scope }: Pick<PageChoice, 'scope'>): boolean {
  return scope === 'all' || rule.isWindows;
}

function reachOf(index: CatalogIndex, key: IndexedKey, choice: Pick<PageChoice, 'scope'>): number {
  const { rules, excludedBy } = key;
  if (choice.scope === 'all') return rules.length + excludedBy.length;
  const inScope = (number: number): boolean => isInScope(index.rules[number] as IndexedRule, choice);
  return rules.filter(inScope).length + excludedBy.filter(inScope).length;
}

function byVendorAndTitle(a: IndexedRule, b: IndexedRule): number {
  return (
    VENDORS.indexOf(a.rule.vendor) - VENDORS.indexOf(b.rule.vendor) ||
    compareText(a.rule.title, b.rule.title) ||
    compareText(a.file, b.file) ||
    a.rule.position - b.rule.position
  );
}

interface KeyRow {
  readonly rules: number;
  readonly field: string;
  readonly op: Op;
  readonly value: string;
}

/** Rules, most first; then field, operator and value. */
function byRulesThenKey(a: KeyRow, b: KeyRow): number {
  return b.rules - a.rules || compareText(a.field, b.field) || compareText(a.op, b.op) || compareText(a.value, b.value);
}

function countKeys(
  rules: readonly IndexedRule[],
  keysOf: (rule: IndexedRule) => readonly number[],
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const rule of rules) {
    for (const key of keysOf(rule)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function eventRows(rules: readonly IndexedRule[]): readonly EventRow[] {
  const counts = new Map<string, { event: CatalogEvent; rules: number }>();
  for (const event of rules.flatMap(({ rule }) => rule.events)) {
    const known = counts.get(eventKey(event));
    if (known) known.rules++;
    else counts.set(eventKey(event), { event, rules: 1 });
  }
  return [...counts.values()]
    .map(({ event, rules: count }) => ({ ...event, rules: count }))
    .sort((a, b) => b.rules - a.rules || compareText(a.channel, b.channel) || (a.eventId ?? -1) - (b.eventId ?? -1));
}

const SAMPLES = 5;

interface OpenField {
  rules: number;
  isScope: boolean;
  readonly native: Map<string, number>;
  readonly how: Map<Op, number>;
  readonly samples: Map<string, number>;
}

function fieldRows(rules: readonly IndexedRule[], indicators: readonly IndicatorRow[]): readonly FieldRow[] {
  const fields = new Map<string, OpenField>();
  for (const { rule } of rules) addFieldUses(fields, rule);
  for (const { field, value, rules: count } of indicators) {
    const samples = fields.get(field)?.samples;
    if (value !== '') samples?.set(value, Math.max(samples.get(value) ?? 0, count));
  }
  return [...fields]
    .map(([field, { rules: count, native, how, samples, isScope }]): FieldRow => ({
      field,
      native: mostFirst(native),
      rules: count,
      how: Object.fromEntries([...how].sort(([a, n], [b, m]) => m - n || compareText(a, b))),
      samples: mostFirst(samples).slice(0, SAMPLES),
      isScope,
    }))
    .sort((a, b) => b.rules - a.rules || compareText(a.field, b.field));
}

/** Counts one rule: once for each field, each native name and each operator of it. */
function addFieldUses(fields: Map<string, OpenField>, rule: IndexedRule['rule']): void {
  const seen = new Set<string>();
  const isNew = (name: string): boolean => !seen.has(name) && Boolean(seen.add(name));
  for (const { field, native, op, isScope } of fieldUses(rule)) {
    let open = fields.get(field);
    if (!open) {
      open = { rules: 0, isScope, native: new Map(), how: new Map(), samples: new Map() };
      fields.set(field, open);
    }
    if (isNew(`field ${field}`)) open.rules++;
    if (isNew(`native ${field}\n${native}`)) open.native.set(native, (open.native.get(native) ?? 0) + 1);
    if (isNew(`op ${field}\n${op}`)) open.how.set(op, (open.how.get(op) ?? 0) + 1);
  }
}

function mostFirst(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts].sort(([a, n], [b, m]) => m - n || compareText(a, b)).map(([name]) => name);
}
