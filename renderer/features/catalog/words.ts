import type { CatalogEventName, CatalogPredicate } from '../../../shared/ipc/catalog-calls.ts';
import type { Op } from '../../../shared/model/predicate.ts';
import type { Vendor } from '../../../shared/model/rule.ts';
import { shortChannel } from '../../ui/text/format.ts';

const VENDOR_NAMES: Readonly<Record<Vendor, string>> = {
  sigma: 'Sigma',
  elastic: 'Elastic',
  splunk: 'Splunk',
  kusto: 'Kusto',
};

export function vendorName(vendor: Vendor): string {
  return VENDOR_NAMES[vendor];
}

/** Three letters, for narrow columns. */
export function vendorShort(vendor: Vendor): string {
  return VENDOR_NAMES[vendor].slice(0, 3);
}

const OP_WORDS: Readonly<Record<Op, string>> = {
  eq: 'is',
  contains: 'contains',
  starts_with: 'starts with',
  ends_with: 'ends with',
  wildcard: 'wildcard',
  match: 'regex',
  cidr: 'network',
  is_null: 'absent',
  is_not_null: 'present',
  gt: '>',
  gte: '≥',
  lt: '<',
  lte: '≤',
  eq_field: 'same as',
  in_lookup: 'in list',
};

/** An operator in a word or two. */
export function opWords(op: Op): string {
  return OP_WORDS[op];
}

const ROLE_WORDS: Readonly<Record<CatalogPredicate['role'], string>> = {
  indicator: 'looks for',
  exclusion: 'leaves out',
  negated: 'not',
  scope: 'scope',
  absent: 'no event with',
};

/** What a predicate is for its rule. */
export function roleWords(role: CatalogPredicate['role']): string {
  return ROLE_WORDS[role];
}

/** `Sysmon 1`, `Security 4688`; a channel alone for any of its events. */
export function eventWords({ channel, eventId }: Pick<CatalogEventName, 'channel' | 'eventId'>): string {
  return eventId === null ? `${shortChannel(channel)}, any event` : `${shortChannel(channel)} ${eventId}`;
}

/** A value with its edge blanks and line breaks made visible. */
export function shownValue(value: string): string {
  if (value === '') return '""';
  return value.replace(/^ +| +$/g, (blanks) => '␣'.repeat(blanks.length)).replace(/[\r\n\t]/g, '⏎');
}

const LANGUAGES: Readonly<Record<string, string>> = {
  sigma: 'Sigma',
  eql: 'EQL',
  kuery: 'Kuery',
  esql: 'ES|QL',
  lucene: 'Lucene',
  spl: 'SPL',
  kql: 'KQL',
  none: 'No query (machine learning)',
};

export function languageName(language: string): string {
  return LANGUAGES[language] ?? language;
}
