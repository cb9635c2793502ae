import type { RuleLine } from '../../../shared/ipc/contract.ts';
import { bySeverity } from '../../ui/severity.tsx';

export type RuleState = 'all' | 'hits' | 'not-run' | 'cannot-fire' | 'off';

export const RULE_STATES: readonly { readonly id: RuleState; readonly label: string }[] = [
  { id: 'all', label: 'All' },
  { id: 'hits', label: 'With hits' },
  { id: 'not-run', label: 'Could not run' },
  { id: 'cannot-fire', label: 'Cannot fire' },
  { id: 'off', label: 'Off' },
];

/** Whether a rule belongs to a state. One that could not run is not also listed as unable to fire. */
export function isInState(rule: RuleLine, state: RuleState): boolean {
  switch (state) {
    case 'all':
      return true;
    case 'hits':
      return rule.hits > 0;
    case 'not-run':
      return rule.notRun.length > 0;
    case 'cannot-fire':
      return rule.cannotFire !== null && rule.notRun.length === 0;
    case 'off':
      return !rule.enabled;
  }
}

/** Whether every word occurs in what the list shows of the rule, in any case. */
export function fitsWords(rule: RuleLine, words: string): boolean {
  const text = [
    rule.title,
    rule.id,
    rule.file,
    rule.logsource,
    rule.status,
    rule.level,
    rule.kind,
    rule.vendor,
    rule.author,
    ...rule.techniques,
  ]
    .join('\n')
    .toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export type RuleSort = 'level' | 'title' | 'hits' | 'file';

export function ruleOrder(sort: RuleSort): (a: RuleLine, b: RuleLine) => number {
  const byTitle = (a: RuleLine, b: RuleLine): number => a.title.localeCompare(b.title);
  switch (sort) {
    case 'level':
      return (a, b) => bySeverity(a.level, b.level) || b.hits - a.hits || byTitle(a, b);
    case 'title':
      return byTitle;
    case 'hits':
      return (a, b) => b.hits - a.hits || bySeverity(a.level, b.level) || byTitle(a, b);
    case 'file':
      return (a, b) => a.file.localeCompare(b.file) || byTitle(a, b);
  }
}

/** What a rule does now, in words, and whether that is a fault. */
export function ruleStateWords(rule: RuleLine): { readonly text: string; readonly tone: 'bad' | 'quiet' | 'plain' } {
  const [reason] = rule.notRun;
  if (reason) return { text: `Could not run: ${reason.message}`, tone: 'bad' };
  if (!rule.enabled) return { text: 'Off', tone: 'quiet' };
  if (rule.cannotFire !== null) return { text: `Cannot fire: ${rule.cannotFire}`, tone: 'quiet' };
  const runs = rule.kind === 'filter' ? 'Takes hits of other rules away' : 'Runs';
  const [warning] = rule.warnings;
  return { text: warning ? `${runs}; ${warning.message}` : runs, tone: 'plain' };
}

/** What a rule is of, where it is not of single events. */
export const KIND_WORDS = { rule: 'Rule', correlation: 'Correlation', filter: 'Filter' } as const;
