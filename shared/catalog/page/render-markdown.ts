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

/**
 * A technique's page as Markdown (GitHub's tables).
 * @param name of the technique; '' where it isn't known.
 */
export function renderMarkdown(page: TechniquePage, name: string): string {
  const indicators = shownIndicators(page);
  const fields = shownFields(page);
  const { exclusions, events, rules, notParsed } = page;
  const parts = [
    `# ${text([page.technique, name].filter(Boolean).join(' '))}`,
    rules.length === 0 ? 'No rule is tagged with this technique.' : `${rules.length} rules: ${vendorText(page)}.`,
    section('Events covered', '', ['Event', 'Rules'], events, (event) => [code(eventName(event)), `${event.rules}`]),
    section(
      `Fields filtered most (${fields.length})`,
      FIELDS_NOTE,
      ['Field', 'Native names', 'Rules', 'How', 'Samples'],
      fields,
      (row) => [
        code(row.field),
        row.native.map(code).join(', '),
        `${row.rules}`,
        howText(row),
        row.samples.map(code).join(', '),
      ],
    ),
    section(
      `Top indicators (${indicators.length})`,
      INDICATORS_NOTE,
      ['Field', 'Operator', 'Value', 'Rules', 'Reach'],
      indicators,
      (row) => [code(row.field), row.op, code(row.value), `${row.rules}`, reachText(row)],
    ),
    section(
      `Exclusions (${exclusions.length})`,
      EXCLUSIONS_NOTE,
      ['Field', 'Operator', 'Value', 'Rules'],
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
    section('Not read, or only in part', '', ['File', 'Line', 'Reason'], notParsed, (row) => [
      code(row.file),
      `${row.line}:${row.column}`,
      text(row.reason),
    ]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function section<T>(
  title: string,
  note: string,
  heads: readonly string[],
  rows: readonly T[],
  cells: (row: T) => readonly string[],
  limit = ROWS_SHOWN,
): string {
  if (rows.length === 0) return '';
  const lines = [heads, heads.map(() => '---'), ...rows.slice(0, limit).map(cells)];
  const table = lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
  const more = limit === ROWS_SHOWN ? moreText(rows.length) : '';
  return [`## ${title}`, note, table, more].filter((part) => part !== '').join('\n\n');
}

/** Text of a rule in a table's cell, with what Markdown or HTML would take for its own made harmless. */
function text(value: string): string {
  return value.replace(/[\r\n]+/g, ' ').replace(/[\\`*_{}[\]<>&|#]/g, (unit) => `&#${unit.charCodeAt(0)};`);
}

/** A value in a code span, blanks at its edges kept visible; its fence is longer than any run of backticks in it. */
function code(value: string): string {
  if (value === '') return '';
  const shown = value.replace(/\r/g, '␍').replace(/\n/g, '␊').replace(/\|/g, '\\|');
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  // A code span loses one blank at each edge where both edges have one.
  const isPadded = /^[` ]|[` ]$/.test(shown) && /\S/.test(shown);
  return isPadded ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
}
