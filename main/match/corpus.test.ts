import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { EventTable } from '../columns/event-table.ts';
import { decodeEvtx } from '../ingest/evtx/decode-evtx.ts';
import { corpusPath, projectRoot } from '../testing/corpus.ts';
import { readRules } from '../../shared/catalog/read.ts';
import type { Rule } from '../../shared/model/rule.ts';
import { createMatching } from './matching.ts';

const corpus = corpusPath('corpus', 'sigma');
const filesBelow = (folder: string, end: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => join(folder, name));

/** Every rule of the corpus, its regression data left out. */
function allRules(root: string): { file: string; rule: Rule; text: string }[] {
  return readdirSync(root)
    .filter((name) => name.startsWith('rules') || name === 'deprecated' || name === 'unsupported')
    .flatMap((name) => filesBelow(join(root, name), '.yml'))
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      const { rules, diagnostics } = readRules(text, file);
      expect([file, diagnostics]).toEqual([file, []]);
      return rules.map((rule) => ({ file, rule, text }));
    });
}

describe.skipIf(!corpus)('SigmaHQ', () => {
  const root = corpus as string;

  it('is read as a whole; what cannot run says why, at a place', () => {
    const read = allRules(root);
    const plan = createMatching(new EventTable(), join(projectRoot, 'rules')).compile(read.map(({ rule }) => rule));
    const reasons = new Map<string, number>();
    read.forEach(({ file, rule, text }, number) => {
      const faults = plan.notRun.get(number) ?? [];
      expect([file, rule.condition === undefined]).toEqual([
        file,
        rule.diagnostics.some((one) => one.severity === 'error'),
      ]);
      for (const { span } of [...faults, ...rule.diagnostics]) {
        expect([file, span.start >= 0 && span.start < span.end && span.end <= text.length]).toEqual([file, true]);
      }
      for (const code of new Set(faults.map((fault) => fault.code))) reasons.set(code, (reasons.get(code) ?? 0) + 1);
      // In the folders of current rules only placeholders may stop one.
      if (!/sigma.(?:unsupported|deprecated)/.test(file)) {
        expect([file, faults.filter((fault) => fault.code !== 'unsupported-placeholder')]).toEqual([file, []]);
      }
    });
    console.log(
      `SigmaHQ: ${read.length} rules, ${read.length - plan.notRun.size} run, ${plan.notRun.size} don't: ` +
        [...reasons].map(([code, count]) => `${code} ${count}`).join(', '),
    );
    expect(read.length).toBeGreaterThan(4000);
    expect(plan.notRun.size).toBeLessThan(40);
    const aggregated = read.filter(({ rule }, number) => rule.correlation && !plan.notRun.has(number));
    expect(aggregated.length).toBeGreaterThan(50);
    expect(reasons.get('unsupported-aggregation')).toBeUndefined();
  });

  it('hits each of its regression samples with the rule that the sample is for', async () => {
    const infos = filesBelow(join(root, 'regression_data'), 'info.yml');
    const rules = allRules(root).map(({ rule }) => rule);
    const table = new EventTable();
    const builder = new BatchBuilder();
    const wanted: { source: number; id: string; folder: string }[] = [];
    for (const info of infos) {
      const folder = dirname(info);
      const id = /rule_metadata:\s*- id: (\S+)/.exec(readFileSync(info, 'utf8'))?.[1] ?? '';
      for (const path of filesBelow(folder, '.evtx')) {
        const source = wanted.push({ source: wanted.length, id, folder }) - 1;
        await decodeEvtx(
          path,
          builder,
          { source, recover: false },
          {
            batch: (batch) => Promise.resolve(void table.append(batch)),
            progress: () => undefined,
            isCancelled: () => false,
          },
        );
      }
    }
    const plan = createMatching(table, join(projectRoot, 'rules')).compile(rules);
    const hits = new Set<string>();
    for (const shape of table.shapes) {
      plan.run(shape, 0, shape.count, (number, event) => {
        hits.add(`${rules[number]?.id ?? ''} ${table.source.data[event] ?? -1}`);
        // Whatever hits can say why.
        expect(plan.explain(number, event).length).toBeGreaterThan(0);
        expect(plan.cannotFire(number)).toBeNull();
      });
    }
    const missed = wanted.filter(({ source, id }) => !hits.has(`${id} ${source}`)).map(({ folder }) => folder);
    expect(missed).toEqual([]);
    expect(infos.length).toBe(96);
    expect(wanted.length).toBe(96);
  });
});
