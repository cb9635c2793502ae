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

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; padding: 0 0 .5rem; opacity: .8; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font: 12px/1.5 ui-monospace, monospace; background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; }
`;

/**
 * A technique's page as one HTML file that needs nothing else: no scripts, no links, all of the rules' texts escaped.
 * @param name of the technique; '' where it isn't known.
 */
export function renderHtml(page: TechniquePage, name: string): string {
  const title = escaped([page.technique, name].filter(Boolean).join(' '));
  const indicators = shownIndicators(page);
  const fields = shownFields(page);
  const { exclusions, events, rules, notParsed } = page;
  const body = [
    `<h1>${title}</h1>`,
    `<p>${rules.length === 0 ? 'No rule is tagged with this technique.' : `${rules.length} rules: ${vendorText(page)}.`}</p>`,
    table('Events covered', '', ['Event', '#Rules'], events, (row) => [code(eventName(row)), `${row.rules}`]),
    table(
      `Fields filtered most (${fields.length})`,
      FIELDS_NOTE,
      ['Field', 'Native names', '#Rules', 'How', 'Samples'],
      fields,
      (row) => [
        code(row.field),
        row.native.map(code).join(' '),
        `${row.rules}`,
        howText(row),
        row.samples.map(code).join(' '),
      ],
    ),
    table(
      `Top indicators (${indicators.length})`,
      INDICATORS_NOTE,
      ['Field', 'Operator', 'Value', '#Rules', '#Reach'],
      indicators,
      (row) => [code(row.field), row.op, code(row.value), `${row.rules}`, reachText(row)],
    ),
    table(
      `Exclusions (${exclusions.length})`,
      EXCLUSIONS_NOTE,
      ['Field', 'Operator', 'Value', '#Rules'],
      exclusions,
      (row) => [code(row.field), row.op, code(row.value), `${row.rules}`],
    ),
    ...VENDORS.filter((vendor) => page.vendors[vendor] > 0).map((vendor) =>
      table(
        `${VENDOR_NAMES[vendor]} rules (${page.vendors[vendor]})`,
        '',
        ['Title', 'Level', 'Status', 'File'],
        rules.filter(({ rule }) => rule.vendor === vendor),
        ({ file, rule }) => [escaped(rule.title), rule.level, escaped(rule.status), code(file)],
        Infinity,
      ),
    ),
    table('Not read, or only in part', '', ['File', '#Line', 'Reason'], notParsed, (row) => [
      code(row.file),
      `${row.line}:${row.column}`,
      escaped(row.reason),
    ]),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${body.filter((part) => part !== '').join('\n')}
</body>
</html>
`;
}

/** @param heads a `#` in front makes a column of numbers. @param cells HTML. */
function table<T>(
  title: string,
  note: string,
  heads: readonly string[],
  rows: readonly T[],
  cells: (row: T) => readonly string[],
  limit = ROWS_SHOWN,
): string {
  if (rows.length === 0) return '';
  const kind = (column: number): string => (heads[column]?.startsWith('#') ? ' class="n"' : '');
  const head = heads.map((name, i) => `<th scope="col"${kind(i)}>${escaped(name.replace('#', ''))}</th>`).join('');
  const lines = rows.slice(0, limit).map(
    (row) =>
      `<tr>${cells(row)
        .map((cell, i) => `<td${kind(i)}>${cell}</td>`)
        .join('')}</tr>`,
  );
  const more = limit === ROWS_SHOWN ? moreText(rows.length) : '';
  return `<h2>${escaped(title)}</h2>
<table>${note === '' ? '' : `<caption>${escaped(note)}</caption>`}
<thead><tr>${head}</tr></thead>
<tbody>
${lines.join('\n')}
</tbody></table>${more === '' ? '' : `\n<p>${more}</p>`}`;
}

function code(value: string): string {
  return value === '' ? '' : `<code>${escaped(value)}</code>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(value: string): string {
  return value.replace(/[&<>"']/g, (unit) => ENTITIES[unit] as string);
}
