import type { CatalogRule } from '../../catalog-rule.ts';

/** What a file that holds nothing but a query says of itself: in its name, and in comments. */
export type RawHeader = Pick<
  CatalogRule,
  'id' | 'title' | 'description' | 'status' | 'level' | 'author' | 'date' | 'tags' | 'techniques'
>;

const TECHNIQUE = /\bT\d{4}(?:\.\d{3})?\b/gi;

/**
 * Reads the comments of a query: `Title:`, `Author:`, `Description:` and the like where they stand, else the first line
 * is the description; technique ids anywhere in comments.
 * @param comment finds comments; its groups are what one says.
 */
export function readRawHeader(text: string, fileName: string, comment: RegExp): RawHeader {
  const lines = [...text.matchAll(comment)].flatMap(([, ...said]: readonly (string | undefined)[]) =>
    said.flatMap((one) => (one ?? '').split('\n').map(plainLine)),
  );
  const name = (fileName.split(/[\\/]/).at(-1) ?? fileName).replace(/\.\w+$/, '');
  const labelled = (label: string): string => {
    const line = lines.find((one) => one.toLowerCase().startsWith(`${label}:`));
    return line === undefined ? '' : line.slice(label.length + 1).trim();
  };
  const techniques = lines.flatMap((line) => line.match(TECHNIQUE) ?? []).map((id) => id.toUpperCase());
  return {
    id: labelled('id') || name,
    title: labelled('title') || labelled('name') || name.replaceAll(/[_-]+/g, ' ').trim(),
    description: labelled('description') || (lines.find((line) => line !== '' && !/^\w+:/.test(line)) ?? ''),
    status: labelled('status').toLowerCase(),
    level: 'informational',
    author: labelled('author'),
    date: labelled('date'),
    tags: [],
    techniques: [...new Set(techniques)],
  };
}

/** A line of a comment without the signs that only draw it. */
function plainLine(line: string): string {
  return line.replace(/^[\s/*#-]+|[\s*]+$/g, '');
}
