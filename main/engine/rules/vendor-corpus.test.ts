import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { EventTable } from '../../columns/event-table.ts';
import { createMatching } from '../../match/matching.ts';
import { corpusPath, projectRoot } from '../../testing/corpus.ts';
import { makeBatches } from '../../testing/make-events.ts';
import { RULE_FILE_NAME } from '../../../shared/catalog/detect.ts';
import type { Rule } from '../../../shared/model/rule.ts';
import type { RuleFile } from '../api.ts';
import { RuleReader } from './rule-reader.ts';

const contentFolder = join(projectRoot, 'rules');
const corpus = corpusPath('corpus');

/** Collections of rules, and how many of each run at least: the figures of when this was written. */
const COLLECTIONS = [
  { name: 'Elastic, Windows', folder: 'elastic/rules', within: /^windows\//, rules: 487, run: 335, correlations: 50 },
  {
    name: 'Splunk, endpoints',
    folder: 'splunk',
    within: /^detections\/endpoint\/|^macros\//,
    rules: 1175,
    run: 800,
    correlations: 25,
  },
  { name: 'Kusto, hunting', folder: 'kusto-hunting', within: /./, rules: 442, run: 58, correlations: 1 },
] as const;

function filesOf(folder: string, within: RegExp): RuleFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  const chosen = names.filter((name) => RULE_FILE_NAME.test(name) && within.test(name));
  return chosen.map((name) => ({ name, path: name, text: readFileSync(join(folder, name), 'utf8') }));
}

describe.skipIf(!corpus)("rules of other vendors' collections", () => {
  it.each(COLLECTIONS)('$name: run, or say why not', ({ name, folder, within, ...wanted }) => {
    const reader = new RuleReader(contentFolder);
    const rules: Rule[] = [];
    for (const file of reader.take(filesOf(join(corpus as string, folder), within))) {
      rules.push(...reader.read(file.text, file.name).rules);
    }
    const table = new EventTable();
    for (const batch of makeBatches(new BatchBuilder(), [], 0)) table.append(batch);
    const plan = createMatching(table, contentFolder).compile(rules);
    const reasons = new Map<string, number>();
    for (const [index, diagnostics] of plan.notRun) {
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      // Never in silence: each rule that is left out says why.
      expect(errors.length, rules[index]?.title).toBeGreaterThan(0);
      const first = errors[0]?.message.replace(/"[^"]*"/g, '…') ?? '';
      reasons.set(first, (reasons.get(first) ?? 0) + 1);
    }
    const run = rules.filter((_, index) => !plan.notRun.has(index));
    const inPart = run.filter(({ diagnostics }) =>
      diagnostics.some(({ code, severity }) => code === 'runs-in-part' && severity === 'warning'),
    );
    const correlations = run.filter(({ correlation }) => correlation);
    const top = [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 6);
    console.log(
      `${name}: ${run.length} of ${rules.length} rules run, ${inPart.length} of them not on all of their events,`,
      `${correlations.length} of several events; others: ${top.map(([reason, count]) => `${count} ${reason}`).join('; ')}`,
    );
    expect(rules.length).toBeGreaterThanOrEqual(wanted.rules);
    expect(run.length).toBeGreaterThanOrEqual(wanted.run);
    expect(correlations.length).toBeGreaterThanOrEqual(wanted.correlations);
    for (const { condition, logsource } of run) {
      expect(condition).toBeDefined();
      expect(logsource.kinds?.length).toBeGreaterThan(0);
    }
  });
});
