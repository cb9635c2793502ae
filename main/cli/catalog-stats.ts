import { parseRates, unmappedFields, type ParseRate } from '../catalog/parse-rates.ts';
import type { CatalogFolders } from '../catalog/read-folders.ts';
import type { FencedRate, RunRate } from '../catalog/run-rates.ts';
import { counted, printable } from './text.ts';

const UNMAPPED_LISTED = 30;
const REASONS_LISTED = 8;

/** What is known of running the rules that a catalog has. */
export interface RunStats {
  readonly running: readonly RunRate[];
  readonly fenced: FencedRate;
}

/**
 * What `catalog stats` prints: how the reading of each language went, how many rules of each vendor run on logs, and
 * which fields have no canonical name.
 */
export function catalogStats(
  folders: CatalogFolders,
  { running, fenced }: RunStats,
  seconds: number,
  format: 'table' | 'json',
): string {
  const languages = parseRates(folders.entries);
  const unmapped = unmappedFields(folders.entries);
  const { files, others, macros, faults, unread } = folders;
  const totals = { seconds: Math.round(seconds * 100) / 100, files, rules: folders.entries.length, macros, others };
  if (format === 'json') {
    const notRead = [
      ...faults.map(({ file = '', message }) => ({ file, reason: message, line: null, column: null })),
      ...unread.map(({ file, reason, line, column }) => ({ file, reason, line, column })),
    ];
    return `${JSON.stringify({ ...totals, languages, fencedKql: fenced, running, unmapped, notRead }, undefined, 2)}\n`;
  }
  const unreadFiles = new Set([...faults, ...unread].map(({ file }) => file)).size;
  return [
    `${counted(totals.rules, 'rule')} in ${counted(files, 'file')}, read in ${seconds.toFixed(1)} s; ` +
      `${counted(macros, 'macro')}, ${counted(others, 'other file')}, ${counted(unreadFiles, 'file')} with faults`,
    '',
    ...table(languages),
    ...languages.flatMap(reasonLines),
    ...(fenced.blocks === 0
      ? []
      : [
          '',
          `kql by fenced block: ${share(fenced.parsed, fenced.blocks)} of ${counted(fenced.blocks, 'block')} parsed`,
        ]),
    '',
    'Run on Windows logs, and Sigma on others too:',
    ...running.flatMap(runLines),
    '',
    `Fields without a canonical name: ${unmapped.length.toLocaleString('en-US')}; in most rules:`,
    ...unmapped.slice(0, UNMAPPED_LISTED).map(({ vendor, field, rules }) => `  ${vendor} ${printable(field)} ${rules}`),
    '',
  ].join('\n');
}

function runLines({ vendor, rules, run, correlations, inPart, reasons }: RunRate): readonly string[] {
  const left = reasons.slice(0, REASONS_LISTED).map(({ reason, rules: n }) => `    ${n} ${printable(reason)}`);
  const more = reasons.length > REASONS_LISTED ? [`    … and ${reasons.length - REASONS_LISTED} more reasons`] : [];
  const kinds = `${correlations} of several events, ${inPart} not on all of their events`;
  return [`  ${vendor}: ${share(run, rules)} of ${counted(rules, 'rule')}; ${kinds}`, ...left, ...more];
}

const COLUMNS: readonly (readonly [string, (rate: ParseRate) => string])[] = [
  ['language', ({ language }) => (language === 'none' ? 'no query' : language)],
  ['rules', ({ rules }) => `${rules}`],
  ['parsed', ({ parsed, rules }) => share(parsed, rules)],
  ['partly', ({ partly }) => `${partly}`],
  ['not', ({ not }) => `${not}`],
  ['active with predicates', (rate) => share(rate.activeWithPredicates, rate.active)],
  ['runnable', ({ runnable }) => `${runnable}`],
  ['fields mapped', ({ mapped, rules }) => share(mapped, rules)],
  ['of Windows rules', ({ windowsMapped, windows }) => (windows === 0 ? '-' : share(windowsMapped, windows))],
];

function table(rates: readonly ParseRate[]): readonly string[] {
  const rows = [COLUMNS.map(([name]) => name), ...rates.map((rate) => COLUMNS.map(([, cell]) => cell(rate)))];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number))).join('  '),
  );
}

/** `4037 99.9%`, never rounded up to a hundred. */
function share(part: number, whole: number): string {
  if (whole === 0) return '0';
  return `${part} ${(Math.floor((part / whole) * 1000) / 10).toFixed(1)}%`;
}

function reasonLines({ language, reasons }: ParseRate): readonly string[] {
  if (reasons.length === 0) return [];
  const more = reasons.length > REASONS_LISTED ? [`  … and ${reasons.length - REASONS_LISTED} more reasons`] : [];
  const lines = reasons.slice(0, REASONS_LISTED).map(({ reason, rules }) => `  ${rules} ${printable(reason)}`);
  return ['', `${language}: not or partly parsed because`, ...lines, ...more];
}
