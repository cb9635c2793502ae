import { VENDORS } from '../../model/rule.ts';
import {
  EXCLUSIONS_NOTE,
  FIELDS_NOTE,
  INDICATORS_NOTE,
  ROWS_SHOWN,
  VENDOR_NAMES,
  eventName,
  howText,
  moreText,
  reachText,
  shownFields,
  shownIndicators,
  vendorText,
} from './page-text.ts';
import type { TechniquePage } from './technique-page.ts';

/** How a format writes what a rule's author wrote, so that none of it is taken for the format's own signs. */
export interface CellFormat {
  readonly text: (value: string) => string;
  /** A value, field or file; '' gives ''. */
  readonly code: (value: string) => string;
  /** What stands between several values in a cell. */
  readonly between: string;
}

/** A table of a page. Title, note and heads are our own words; cells are in the format. */
export interface PageSection {
  readonly title: string;
  readonly note: string;
  /** A `#` in front makes a column of numbers. */
  readonly heads: readonly string[];
  /** The rows shown, never none. */
  readonly rows: readonly (readonly string[])[];
  /** Says that there are further rows, or ''. */
  readonly more: string;
}

/** What stands under the title: how many rules of which vendors. */
export function leadText(page: TechniquePage): string {
  const { rules } = page;
  return rules.length === 0 ? 'No rule is tagged with this technique.' : `${rules.length} rules: ${vendorText(page)}.`;
}

/** The tables of a technique's page in their order, those without rows left out. */
export function pageSections(page: TechniquePage, { text, code, between }: CellFormat): readonly PageSection[] {
  const indicators = shownIndicators(page);
  const fields = shownFields(page);
  const { exclusions, events, rules, notParsed } = page;
  const codes = (values: readonly string[]): string => values.map(code).join(between);
  const sections = [
    section('Events covered', '', ['Event', '#Rules'], events, (row) => [code(eventName(row)), `${row.rules}`]),
    section(
      `Fields filtered most (${fields.length})`,
      FIELDS_NOTE,
      ['Field', 'Native names', '#Rules', 'How', 'Samples'],
      fields,
      (row) => [code(row.field), codes(row.native), `${row.rules}`, howText(row), codes(row.samples)],
    ),
    section(
      `Top indicators (${indicators.length})`,
      INDICATORS_NOTE,
      ['Field', 'Operator', 'Value', '#Rules', '#Reach'],
      indicators,
      (row) => [code(row.field), row.op, code(row.value), `${row.rules}`, reachText(row)],
    ),
    section(
      `Exclusions (${exclusions.length})`,
      EXCLUSIONS_NOTE,
      ['Field', 'Operator', 'Value', '#Rules'],
      exclusions,
      (row) => [code(row.field), row.op, code(row.value), `${row.rules}`],
    ),
    ...VENDORS.filter((vendor) => page.vendors[vendor] > 0).map((vendor) =>
      section(
        `${VENDOR_NAMES[vendor]} rules (${page.vendors[vendor]})`,
        '',
        ['Title', 'Level', 'Status', 'File'],
        rules.filter(({ rule }) => rule.vendor === vendor),
        ({ file, rule }) => [text(rule.title), rule.level, text(rule.status), code(file)],
        Infinity,
      ),
    ),
    section('Not read, or only in part', '', ['File', '#Line', 'Reason'], notParsed, (row) => [
      code(row.file),
      `${row.line}:${row.column}`,
      text(row.reason),
    ]),
  ];
  return sections.filter(({ rows }) => rows.length > 0);
}

function section<T>(
  title: string,
  note: string,
  heads: readonly string[],
  rows: readonly T[],
  cells: (row: T) => readonly string[],
  limit = ROWS_SHOWN,
): PageSection {
  const more = limit === ROWS_SHOWN ? moreText(rows.length) : '';
  return { title, note, heads, rows: rows.slice(0, limit).map(cells), more };
}
