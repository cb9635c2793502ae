export type Cell = string | number | null;

/**
 * Rows as text with a heading, for the clipboard. CSV is quoted after RFC 4180; in TSV tabs and line ends within a value
 * become blanks, as spreadsheets expect. A text that a spreadsheet would take for a formula has an apostrophe before it.
 */
export function delimited(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  delimiter: ',' | '\t',
): string {
  const text = (cell: Cell): string => {
    if (cell === null) return '';
    if (typeof cell === 'number') return String(cell);
    const safe = /^[=+\-@]/.test(cell) && !/^[+-]?[\d.]+$/.test(cell) ? `'${cell}` : cell;
    if (delimiter === '\t') return safe.replace(/[\t\r\n]+/g, ' ');
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [columns, ...rows].map((row) => `${row.map(text).join(delimiter)}\r\n`).join('');
}
