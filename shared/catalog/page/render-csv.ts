import { csvText } from './csv-text.ts';
import type { TechniquePage } from './technique-page.ts';

/**
 * The tables of a technique's page as one CSV (RFC 4180), every row: what kind of row, then field, operator, value,
 * rules, reach and file. A cell that a spreadsheet would take for a formula gets an apostrophe in front.
 */
export function renderCsv(page: TechniquePage): string {
  const rows: (readonly (string | number)[])[] = [
    ['row', 'field', 'operator', 'value', 'rules', 'reach', 'file'],
    ...page.events.map(({ channel, eventId, rules }) => ['event', channel, '', eventId ?? '', rules, '']),
    ...page.fields.flatMap(({ field, how }) =>
      Object.entries(how).map(([op, rules]) => ['field', field, op, '', rules, '']),
    ),
    ...page.indicators.map(({ field, op, value, rules, reach }) => ['indicator', field, op, value, rules, reach]),
    ...page.exclusions.map(({ field, op, value, rules }) => ['exclusion', field, op, value, rules, '']),
    ...page.rules.map(({ file, rule }) => ['rule', rule.vendor, rule.level, rule.title, '', '', file]),
    ...page.notParsed.map(({ file, reason, line, column }) => [
      'not parsed',
      '',
      `${line}:${column}`,
      reason,
      '',
      '',
      file,
    ]),
  ];
  return csvText(rows);
}
