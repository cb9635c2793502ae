import type { OpenOptions } from '../../shared/model/open-options.ts';
import { formatInstant, type Instant } from '../../shared/model/time.ts';
import type { LedgerResult } from '../app/scan-run.ts';
import type { CommandContext } from './context.ts';
import { runCommand } from './run-command.ts';
import { readSummary } from './summary.ts';
import { clipped, counted, printable } from './text.ts';

export type ReportFormat = 'table' | 'json';

export interface IngestReportArguments {
  readonly paths: readonly string[];
  readonly format: ReportFormat;
  readonly out: string | undefined;
  readonly reading: OpenOptions;
}

/** One file of the report, in the keys and the order that scripts rely on. */
export interface ReportedFile {
  /** As given on the command line; within an archive under its name. */
  readonly file: string;
  readonly format: string | null;
  readonly state: string;
  readonly bytes: number;
  readonly records: number;
  readonly recovered: number;
  readonly damaged: number;
  /** Read and left out, as `--from`, `--to` and `--channels` asked for; in no other number. */
  readonly leftOut: number;
  /** All of them, though the first 100 are listed. */
  readonly faultCount: number;
  readonly faults: readonly ReportedFault[];
  /** ISO 8601, UTC, with all digits; null where no event has a time. */
  readonly firstTime: string | null;
  readonly lastTime: string | null;
}

export interface ReportedFault {
  readonly code: string;
  readonly message: string;
  /** In bytes of the file, or of what its packing holds. */
  readonly offset: number | null;
  /** One-based. */
  readonly line: number | null;
}

export interface IngestReport {
  readonly files: readonly ReportedFile[];
  readonly totals: {
    readonly files: number;
    readonly records: number;
    readonly recovered: number;
    readonly damaged: number;
    readonly leftOut: number;
    readonly faults: number;
  };
}

/** `rulewright ingest-report`: reads logs and tells what became of each file. Gives the exit code. */
export function ingestReportCommand(args: IngestReportArguments, context: CommandContext): Promise<number> {
  return runCommand(context, {
    out: args.out,
    inputs: args.paths,
    run: async (workbench, output, bar) => {
      const result = await workbench.ledger({
        logs: args.paths.map((path) => ({ path, name: path })),
        options: args.reading,
        signal: context.signal,
        onProgress: (progress) => {
          bar.update(progress);
        },
      });
      if (!result.ok) return result;
      const report = reportOf(result.value);
      const text = args.format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : table(report);
      await output.write(text);
      return result;
    },
    summary: (result) => readSummary({ ...result, files: result.files.map(withoutFaults) }, args.reading),
  });
}

/** The report lists faults itself. */
function withoutFaults(file: LedgerResult['files'][number]): LedgerResult['files'][number] {
  const { report } = file;
  return report.state === 'skipped' ? file : { ...file, report: { ...report, faults: [] } };
}

function reportOf({ files, times }: LedgerResult): IngestReport {
  const reported = files.map(({ name, bytes, report }, i): ReportedFile => ({
    file: name,
    format: report.format || null,
    state: report.state,
    bytes,
    records: report.events,
    recovered: report.recovered,
    damaged: report.damaged,
    leftOut: report.leftOut,
    faultCount: report.faultCount,
    faults: report.faults.map(({ code, message, offset, line }) => ({
      code,
      message,
      offset: offset ?? null,
      line: line ?? null,
    })),
    firstTime: timeText(times[i]?.first),
    lastTime: timeText(times[i]?.last),
  }));
  const sum = (of: (file: ReportedFile) => number): number => reported.reduce((total, file) => total + of(file), 0);
  return {
    files: reported,
    totals: {
      files: reported.length,
      records: sum((file) => file.records),
      recovered: sum((file) => file.recovered),
      damaged: sum((file) => file.damaged),
      leftOut: sum((file) => file.leftOut),
      faults: sum((file) => file.faultCount),
    },
  };
}

function timeText(instant: Instant | undefined): string | null {
  return instant ? formatInstant(instant) : null;
}

const HEAD = [
  'STATE',
  'FORMAT',
  'RECORDS',
  'RECOVERED',
  'DAMAGED',
  'FAULTS',
  'BYTES',
  'FIRST (UTC)',
  'LAST (UTC)',
  'FILE',
];
const WIDTHS = [7, 6, 10, 9, 8, 6, 13, 28, 28];
/** Columns of numbers, which stand right. */
const NUMBERS = new Set([2, 3, 4, 5, 6]);
/** Faults that the table lists of one file; the JSON report has more. */
const FAULTS_LISTED = 10;

function table({ files, totals }: IngestReport): string {
  const lines = [row(HEAD)];
  for (const file of files) {
    const { state, format, records, recovered, damaged, faultCount, bytes, firstTime, lastTime } = file;
    const numbers = [records, recovered, damaged, faultCount, bytes].map(number);
    lines.push(row([state, format ?? '', ...numbers, firstTime ?? '', lastTime ?? '', file.file]));
    if (file.leftOut > 0) lines.push(`        ${counted(file.leftOut, 'event')} left out, as chosen`);
    lines.push(...file.faults.slice(0, FAULTS_LISTED).map(faultLine));
    const hidden = faultCount - Math.min(file.faults.length, FAULTS_LISTED);
    if (hidden > 0) lines.push(`        … and ${counted(hidden, 'fault')} more`);
  }
  const numbers = [totals.records, totals.recovered, totals.damaged, totals.faults].map(number);
  lines.push(row(['total', '', ...numbers, '', '', '', counted(totals.files, 'file')]));
  return `${lines.join('\n')}\n`;
}

function faultLine({ code, message, offset, line }: ReportedFault): string {
  const places = [line === null ? '' : `line ${line}`, offset === null ? '' : `byte ${offset}`].filter(Boolean);
  const place = places.length > 0 ? `${places.join(', ')}: ` : '';
  return `        ${place}${printable(message)} [${code}]`;
}

const number = (n: number): string => n.toLocaleString('en-US');

function row(cells: readonly string[]): string {
  return cells
    .map((cell, i) => {
      const width = WIDTHS[i];
      if (width === undefined) return printable(cell);
      const text = clipped(cell, width);
      return NUMBERS.has(i) ? text.padStart(width) : text.padEnd(width);
    })
    .join('  ');
}
