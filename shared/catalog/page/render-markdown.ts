import { leadText, pageSections, type PageSection } from './page-sections.ts';
import type { TechniquePage } from './technique-page.ts';

/**
 * A technique's page as Markdown (GitHub's tables).
 * @param name of the technique; '' where it isn't known.
 */
export function renderMarkdown(page: TechniquePage, name: string): string {
  const parts = [
    `# ${text([page.technique, name].filter(Boolean).join(' '))}`,
    leadText(page),
    ...pageSections(page, { text, code, between: ', ' }).map(section),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section({ title, note, heads, rows, more }: PageSection): string {
  const lines = [heads.map((head) => head.replace('#', '')), heads.map(() => '---'), ...rows];
  const table = lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
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
