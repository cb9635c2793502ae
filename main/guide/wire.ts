import type { IndexedKey, IndexedRule } from '../../shared/catalog/index/catalog-index.ts';
import type { FieldTable } from '../../shared/catalog/normalise/field-table.ts';
import type { CatalogEvent } from '../../shared/catalog/normalise/normalised-rule.ts';
import type { Guide, PageChoice } from '../../shared/catalog/page/technique-page.ts';
import type {
  CatalogChoice,
  CatalogEventName,
  CatalogGuide,
  CatalogNotParsed,
  CatalogRuleRef,
  LogField,
} from '../../shared/ipc/catalog-calls.ts';
import type { Op } from '../../shared/model/predicate.ts';
import { VENDORS, type Vendor } from '../../shared/model/rule.ts';
import { LEVELS } from '../../shared/model/severity.ts';
import type { EventTitles } from '../engine/views/event-titles.ts';
import type { Attack } from './attack.ts';
import type { BuiltCatalog } from './built-catalog.ts';
import type { LogFields } from './log-fields.ts';
import { patternOf } from './patterns.ts';

/** What the window's pages are made with. */
export interface GuideFacts {
  readonly attack: Attack;
  readonly titles: EventTitles;
  readonly logFields: LogFields;
  readonly fields: FieldTable;
}

/** The catalog's tables as the window takes them. */
export class Wire {
  constructor(
    readonly catalog: BuiltCatalog,
    readonly facts: GuideFacts,
  ) {}

  /** The field of the open logs that a row's field stands for. */
  logField(field: string): LogField {
    const known = this.facts.logFields.get(field);
    if (known) return { ...known };
    return field !== 'keyword' && this.catalog.isSigmaName(field) ? { field, part: 'whole' } : null;
  }

  /** What the open logs are asked for a key. */
  asked(key: IndexedKey): { readonly logField: LogField; readonly pattern: string | null } {
    return {
      logField: this.logField(key.field),
      pattern: patternOf(key, (number) => this.catalog.index.rules[number] as IndexedRule),
    };
  }

  /** The vendor of all rules that check a key; null where they are of several. */
  onlyVendor({ rules, excludedBy }: IndexedKey): Vendor | null {
    const vendorOf = (number: number): Vendor => (this.catalog.index.rules[number] as IndexedRule).rule.vendor;
    const [first] = [...rules, ...excludedBy];
    if (first === undefined) return null;
    const vendor = vendorOf(first);
    const isOwn = (number: number): boolean => vendorOf(number) === vendor;
    return rules.every(isOwn) && excludedBy.every(isOwn) ? vendor : null;
  }

  event({ channel, eventId }: CatalogEvent): CatalogEventName {
    const title = eventId === null ? '' : this.facts.titles.of({ channel, provider: '', eventId })?.title;
    return { channel, eventId, title: title ?? '' };
  }

  technique(id: string): { id: string; name: string } {
    return { id, name: this.facts.attack.techniques.get(id)?.name ?? '' };
  }

  ruleRef(indexed: IndexedRule): CatalogRuleRef {
    const { vendor, language, title, level, status, platforms, events, notParsed } = indexed.rule;
    return {
      rule: this.catalog.nameOf(indexed),
      vendor,
      language,
      title,
      level,
      status,
      platforms: [...platforms],
      events: events.map(({ channel, eventId }) => ({ channel, eventId })),
      file: indexed.file,
      isPartly: notParsed.length > 0,
    };
  }

  ruleRefs(numbers: readonly number[], choice: Pick<CatalogChoice, 'scope'>): CatalogRuleRef[] {
    return numbers
      .map((number) => this.catalog.index.rules[number] as IndexedRule)
      .filter(({ rule }) => choice.scope === 'all' || rule.isWindows)
      .map((rule) => this.ruleRef(rule));
  }

  notParsedOf(indexed: IndexedRule): CatalogNotParsed[] {
    const { vendor, title, notParsed } = indexed.rule;
    const rule = this.catalog.nameOf(indexed);
    return notParsed.map((place) => ({ file: indexed.file, rule, title, vendor, ...place }));
  }

  /**
   * @param all the rules before they were narrowed, for the facets.
   * @param unread files that belong to the page though no rule came out of them.
   */
  guide(
    guide: Guide,
    all: readonly IndexedRule[],
    unread: readonly Pick<CatalogNotParsed, 'file' | 'reason' | 'line' | 'column'>[],
  ): CatalogGuide {
    return {
      revision: this.catalog.revision,
      vendors: guide.vendors,
      events: guide.events.map(({ rules, ...event }) => ({ ...this.event(event), rules })),
      fields: guide.fields.map(({ how, native, samples, ...row }) => ({
        ...row,
        native: [...native],
        samples: [...samples],
        how: (Object.entries(how) as [Op, number][]).map(([op, rules]) => ({ op, rules })),
        logField: this.logField(row.field),
      })),
      indicators: guide.indicators.map(({ key, ...row }) => ({
        ...row,
        ...this.asked(this.catalog.index.keys[key] as IndexedKey),
        onlyVendor: this.onlyVendor(this.catalog.index.keys[key] as IndexedKey),
      })),
      exclusions: guide.exclusions.map(({ key, ...row }) => ({
        ...row,
        ...this.asked(this.catalog.index.keys[key] as IndexedKey),
      })),
      rules: guide.rules.map((rule) => this.ruleRef(rule)),
      notParsed: [
        ...guide.rules.flatMap((rule) => this.notParsedOf(rule)),
        ...unread.map((place) => ({ ...place, rule: null, title: '', vendor: null, isError: true })),
      ],
      facets: facetsOf(all),
    };
  }
}

/** The part of a choice that the page's tables know. */
export function pageChoice(choice: CatalogChoice): PageChoice {
  const { scope, subtechniques } = choice;
  return { scope, subtechniques, keeps: (rule) => keepsRule(choice, rule) };
}

/** Whether a choice lets a rule stay; an empty list lets all. */
export function keepsRule(choice: CatalogChoice, { rule }: Pick<IndexedRule, 'rule'>): boolean {
  const { vendors, platforms, levels, statuses } = choice;
  return (
    (vendors.length === 0 || vendors.includes(rule.vendor)) &&
    (platforms.length === 0 || platformsOf(rule).some((platform) => platforms.includes(platform))) &&
    (levels.length === 0 || levels.includes(rule.level)) &&
    (statuses.length === 0 || statuses.includes(rule.status))
  );
}

function platformsOf({ platforms, isWindows }: IndexedRule['rule']): readonly string[] {
  return isWindows && !platforms.includes('windows') ? [...platforms, 'windows'] : platforms;
}

function facetsOf(rules: readonly IndexedRule[]): CatalogGuide['facets'] {
  const counted = (namesOf: (rule: IndexedRule['rule']) => readonly string[]): { name: string; rules: number }[] => {
    const counts = new Map<string, number>();
    for (const { rule } of rules) for (const name of namesOf(rule)) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [...counts].map(([name, count]) => ({ name, rules: count }));
  };
  const byRules = (a: { name: string; rules: number }, b: { name: string; rules: number }): number =>
    b.rules - a.rules || (a.name < b.name ? -1 : 1);
  const byOrder =
    (order: readonly string[]) =>
    (a: { name: string }, b: { name: string }): number =>
      order.indexOf(a.name) - order.indexOf(b.name);
  return {
    vendors: counted(({ vendor }) => [vendor]).sort(byOrder(VENDORS)),
    platforms: counted(platformsOf).sort(byRules),
    levels: counted(({ level }) => [level])
      .sort(byOrder(LEVELS))
      .reverse(),
    statuses: counted(({ status }) => (status === '' ? [] : [status])).sort(byRules),
  };
}
