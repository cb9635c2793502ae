import { leadText, pageSections, type PageSection } from './page-sections.ts';
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
  const format = { text: escaped, code, between: ' ' };
  const body = [`<h1>${title}</h1>`, `<p>${leadText(page)}</p>`, ...pageSections(page, format).map(table)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
}

function table({ title, note, heads, rows, more }: PageSection): string {
  const kind = (column: number): string => (heads[column]?.startsWith('#') ? ' class="n"' : '');
  const head = heads.map((name, i) => `<th scope="col"${kind(i)}>${escaped(name.replace('#', ''))}</th>`).join('');
  const lines = rows.map((cells) => `<tr>${cells.map((cell, i) => `<td${kind(i)}>${cell}</td>`).join('')}</tr>`);
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
