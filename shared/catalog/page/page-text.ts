import { VENDORS, type Vendor } from '../../model/rule.ts';
import type { EventRow, FieldRow, IndicatorRow, TechniquePage } from './technique-page.ts';

/** What a page's rendered forms share: words, and which rows they show. */

export const VENDOR_NAMES: Readonly<Record<Vendor, string>> = {
  sigma: 'Sigma',
  elastic: 'Elastic',
  splunk: 'Splunk',
  kusto: 'Kusto',
};

/** Rows of a table before it says how many more there are; JSON and CSV have all. */
export const ROWS_SHOWN = 60;

/** Fields and indicators without those that only say which events a rule reads. */
export function shownFields({ fields }: Pick<TechniquePage, 'fields'>): readonly FieldRow[] {
  return fields.filter(({ isScope }) => !isScope);
}

export function shownIndicators({ indicators }: Pick<TechniquePage, 'indicators'>): readonly IndicatorRow[] {
  return indicators.filter(({ isScope }) => !isScope);
}

export function eventName({ channel, eventId }: Pick<EventRow, 'channel' | 'eventId'>): string {
  return eventId === null ? channel : `${channel} ${eventId}`;
}

export function howText({ how }: Pick<FieldRow, 'how'>): string {
  return Object.entries(how)
    .map(([op, rules]) => `${op} ${rules}`)
    .join(', ');
}

export function reachText({ rules, reach }: Pick<IndicatorRow, 'rules' | 'reach'>): string {
  return reach === rules ? `${reach}, only here` : `${reach}`;
}

/** `Sigma 22, Elastic 7`; vendors without rules are left out. */
export function vendorText({ vendors }: Pick<TechniquePage, 'vendors'>): string {
  return VENDORS.filter((vendor) => vendors[vendor] > 0)
    .map((vendor) => `${VENDOR_NAMES[vendor]} ${vendors[vendor]}`)
    .join(', ');
}

export function moreText(total: number): string {
  return total > ROWS_SHOWN ? `… and ${total - ROWS_SHOWN} more` : '';
}

export const FIELDS_NOTE =
  'Rules that test a field, each counted once, and how: a rule that uses two operators counts under both.';
export const INDICATORS_NOTE =
  'Rules here that look for a value, and the reach: how many rules of the whole catalog test the same, for any technique.';
export const EXCLUSIONS_NOTE = 'What rules here take out of their hits: known harmless activity.';
