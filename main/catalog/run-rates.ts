import { detectDialect } from '../../shared/catalog/detect.ts';
import { fencedQueries } from '../../shared/catalog/dialects/kusto/read.ts';
import type { Rule, Vendor } from '../../shared/model/rule.ts';
import { RuleReader } from '../engine/rules/rule-reader.ts';
import type { RuleFile } from '../engine/api.ts';

/** How many of a vendor's rules run on open logs. */
export interface RunRate {
  readonly vendor: Vendor;
  readonly rules: number;
  /** Rules that the matcher runs, and those of them that ask of several events together. */
  readonly run: number;
  readonly correlations: number;
  /** Of those that run: rules that do not on all of the events that they read. */
  readonly inPart: number;
  /** Why the others don't, most frequent first; a rule counts once, with its first reason. */
  readonly reasons: readonly { readonly reason: string; readonly rules: number }[];
}

/** How many of the fenced blocks that hold a query could be read. */
export interface FencedRate {
  readonly blocks: number;
  /** Without any fault. */
  readonly parsed: number;
}

/**
 * Reads rules as an engine does that is to run them.
 * @param files rule files of all vendors, Splunk's macros among them.
 */
export function runRates(files: readonly RuleFile[], contentFolder: string): readonly RunRate[] {
  const reader = new RuleReader(contentFolder);
  const byVendor = new Map<Vendor, Rule[]>();
  for (const { text, name } of reader.take(files)) {
    for (const rule of reader.read(text, name).rules) {
      const known = byVendor.get(rule.vendor);
      if (known) known.push(rule);
      else byVendor.set(rule.vendor, [rule]);
    }
  }
  return [...byVendor].sort(([a], [b]) => (a < b ? -1 : 1)).map(([vendor, rules]) => rateOf(vendor, rules));
}

function rateOf(vendor: Vendor, rules: readonly Rule[]): RunRate {
  const reasons = new Map<string, number>();
  const run: Rule[] = [];
  for (const rule of rules) {
    const fault = rule.diagnostics.find(({ severity }) => severity === 'error');
    if (!fault && rule.condition) run.push(rule);
    else {
      const reason = fault?.message ?? 'It has no condition';
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  const isInPart = ({ diagnostics }: Rule): boolean =>
    diagnostics.some(({ code, severity }) => code === 'runs-in-part' && severity === 'warning');
  return {
    vendor,
    rules: rules.length,
    run: run.length,
    correlations: run.filter(({ correlation }) => correlation).length,
    inPart: run.filter(isInPart).length,
    reasons: [...reasons].map(([reason, n]) => ({ reason, rules: n })).sort((a, b) => b.rules - a.rules),
  };
}

/** Counts the fenced blocks of markdown files that hold KQL. */
export function fencedRate(files: readonly RuleFile[]): FencedRate {
  const blocks = files
    .filter(({ name, text }) => /\.(?:md|markdown)$/i.test(name) && detectDialect(text, name) === 'kusto')
    .flatMap(({ text }) => fencedQueries(text));
  return { blocks: blocks.length, parsed: blocks.filter(({ isWhole }) => isWhole).length };
}
