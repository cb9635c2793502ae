import type { OpenOptions } from '../../shared/model/open-options.ts';
import { LEVELS, type Level } from '../../shared/model/severity.ts';
import type { RunResult, ScanResult } from '../app/scan-run.ts';
import type { FileReport } from '../worker/protocol.ts';
import type { RuleNotRun } from '../scan/api.ts';
import { choiceText } from './reading-options.ts';
import { counted, LEVEL_SYMBOLS, printable } from './text.ts';

/** Problem files, and examples of a reason, that are listed; the rest are counted. */
const FILES_LISTED = 40;
const EXAMPLES_LISTED = 3;
const MESSAGES_LISTED = 5;

const number = (n: number): string => n.toLocaleString('en-US');

/**
 * What a run read: files, events, what was left out and why, and each file that was not read as it should.
 * @param reading the options that it was read with.
 */
export function readSummary({ totals, files }: RunResult, reading: OpenOptions): string[] {
  const states = new Map<string, number>();
  for (const { report } of files) states.set(report.state, (states.get(report.state) ?? 0) + 1);
  const parts = ['read', 'partial', 'failed', 'skipped'].flatMap((state) => {
    const count = states.get(state);
    return count === undefined ? [] : [`${number(count)} ${state}`];
  });
  const choice = choiceText(reading);
  return [
    `Files      ${number(files.length)}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`,
    `Events     ${number(totals.events)}`,
    ...(choice === undefined ? [] : [`Left out   ${counted(totals.leftOut, 'event')}: ${choice}`]),
    `Recovered  ${number(totals.recovered)}`,
    `Damaged    ${counted(totals.damaged, 'record')}`,
    ...problemFiles(files),
    ...(totals.isCancelled ? ['Stopped early: the result is partial'] : []),
  ];
}

function problemFiles(files: readonly FileReport[]): string[] {
  const lines: string[] = [];
  const skipped = new Map<string, string[]>();
  let hidden = 0;
  for (const { name, report } of files) {
    const first = report.faults[0];
    if (report.state === 'skipped') {
      const reason = first?.message ?? '';
      const names = skipped.get(reason);
      if (names) names.push(name);
      else skipped.set(reason, [name]);
    } else if (first) {
      if (lines.length >= FILES_LISTED) {
        hidden++;
        continue;
      }
      const line = first.line === undefined ? '' : `:${first.line}`;
      const offset = first.offset === undefined ? '' : ` at byte ${first.offset}`;
      const more = report.faultCount > 1 ? ` (and ${number(report.faultCount - 1)} more)` : '';
      lines.push(`  ${report.state.padEnd(7)} ${printable(name)}${line}: ${printable(first.message)}${offset}${more}`);
    }
  }
  if (hidden > 0) lines.push(`  … and ${counted(hidden, 'file')} more with faults`);
  for (const [reason, names] of skipped) lines.push(`  skipped ${examples(names)}: ${reason}`);
  return lines;
}

function examples(names: readonly string[]): string {
  const shown = names.slice(0, EXAMPLES_LISTED).map(printable).join(', ');
  return names.length > EXAMPLES_LISTED ? `${shown} and ${number(names.length - EXAMPLES_LISTED)} more` : shown;
}

/** What a scan tested and found. */
export function scanSummary(result: ScanResult, reading: OpenOptions, hits: ReadonlyMap<Level, number>): string[] {
  const { rules, unreadRules, otherFiles } = result;
  const total = [...hits.values()].reduce((sum, count) => sum + count, 0);
  const byLevel = [...LEVELS]
    .reverse()
    .map((level) => `${LEVEL_SYMBOLS[level]} ${level} ${number(hits.get(level) ?? 0)}`)
    .join('  ');
  const others = otherFiles > 0 ? `; ${counted(otherFiles, 'file')} without a rule left out` : '';
  return [
    ...readSummary(result, reading),
    `Rules      ${number(rules.run)} run (from ${counted(rules.files, 'file')}${others})`,
    `Not run    ${counted(rules.notRun.length, 'rule')}`,
    ...notRunLines(rules.notRun),
    ...unreadRules.map(({ file, message }) => `  ${printable(file ?? '')}: ${printable(message)}`),
    ...result.notes.map((note) => `  ${printable(note)}`),
    `Hits       ${number(total)}`,
    `           ${byLevel}`,
    ...notKeptLines(result),
  ];
}

/** Why the next run will have to read the rules again, where that is so. */
export function notKeptLines({ notKept }: Pick<ScanResult, 'notKept'>): string[] {
  if (!notKept) return [];
  return [`Rule cache ${printable(notKept.message)}; --no-cache goes without it`];
}

/**
 * Rules that were not run, or other findings, by reason, the most frequent first, with a few places each. Reasons that differ only in a
 * name (which placeholder, which selection) are one where there are many.
 */
export function notRunLines(notRun: readonly Omit<RuleNotRun, 'title' | 'ruleId'>[]): string[] {
  const kinds = groupBy(notRun, ({ code }) => code);
  const groups = [...kinds.values()].flatMap((rules) => {
    const messages = groupBy(rules, ({ message }) => message);
    return messages.size > MESSAGES_LISTED ? [rules] : [...messages.values()];
  });
  return groups
    .sort((a, b) => b.length - a.length)
    .flatMap((rules) => {
      const messages = [...new Set(rules.map(({ message }) => message))];
      const more = messages.length > 1 ? `, and ${number(messages.length - 1)} like it` : '';
      const places = rules.map(({ file, line, column }) => `${file}:${line}:${column}`);
      return [
        `  ${number(rules.length)} x ${printable(messages[0] ?? '')}${more} [${rules[0]?.code ?? ''}]`,
        `      ${examples(places)}`,
      ];
    });
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
