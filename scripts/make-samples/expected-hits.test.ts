import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../main/columns/batch-builder.ts';
import type { EventBatch } from '../../main/columns/batch.ts';
import { EventTable } from '../../main/columns/event-table.ts';
import { decodeFile } from '../../main/ingest/decode.ts';
import { createMatching } from '../../main/match/matching.ts';
import { corpusPath, projectRoot } from '../../main/testing/corpus.ts';
import { readRules } from '../../shared/catalog/read.ts';
import type { Rule } from '../../shared/model/rule.ts';
import { MANIFEST, SAMPLE_FOLDER, type Manifest } from './index.ts';

const folder = join(projectRoot, SAMPLE_FOLDER);
const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
const table = new EventTable();
const sigma = corpusPath('corpus', 'sigma');

const fileOf = (event: number) => manifest.files[table.source.data[event] as number]?.file ?? '';
const recordOf = (event: number) => table.record.data[event] as number;

function rulesBelow(path: string): Rule[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yml'))
    .flatMap((entry) => readRules(readFileSync(join(entry.parentPath, entry.name), 'utf8')).rules);
}

/** Hits of runnable rules over the whole sample. */
function hitsOf(rules: readonly Rule[]): { rule: Rule; event: number }[] {
  const plan = createMatching(table, join(projectRoot, 'rules')).compile(rules);
  const hits: { rule: Rule; event: number }[] = [];
  for (const shape of table.shapes) {
    plan.run(shape, 0, shape.count, (rule, event) => hits.push({ rule: rules[rule] as Rule, event }));
  }
  return hits;
}

beforeAll(async () => {
  const builder = new BatchBuilder();
  for (const [source, { file, events }] of manifest.files.entries()) {
    const sink = {
      batch: (batch: EventBatch) => {
        table.append(batch);
        return Promise.resolve();
      },
      progress: () => undefined,
      isCancelled: () => false,
    };
    const report = await decodeFile(join(folder, ...file.split('/')), builder, { source, recover: true }, sink);
    expect({ file, ...report }).toMatchObject({ file, state: 'read', events, recovered: 0, damaged: 0, faults: [] });
  }
});

describe('the sample incident, read and hunted', () => {
  it('gives each starter rule the hits that the generator promised, and no other', () => {
    const rules = rulesBelow(join(projectRoot, 'rules', 'starter', 'sigma'));
    const found: Record<string, string[]> = {};
    for (const { rule, event } of hitsOf(rules)) (found[rule.id] ??= []).push(`${fileOf(event)} ${recordOf(event)}`);
    for (const rule of rules) {
      const wanted = (manifest.hits[rule.id] ?? []).map(({ file, recordId }) => `${file} ${recordId}`);
      expect({ title: rule.title, hits: found[rule.id]?.sort() }).toEqual({ title: rule.title, hits: wanted.sort() });
    }
  });

  it.skipIf(sigma === undefined)('lets no high or critical rule of SigmaHQ fire on the ordinary events', () => {
    const incident = new Set(
      manifest.files.flatMap(({ file, incidentRecords }) => incidentRecords.map((id) => `${file} ${id}`)),
    );
    const folders = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'];
    const rules = folders.flatMap((name) => rulesBelow(join(sigma as string, name)));
    const severe = rules.filter(({ level }) => level === 'high' || level === 'critical');
    expect(severe.length).toBeGreaterThan(1000);
    const hits = hitsOf(severe).map(({ rule, event }) => ({
      title: rule.title,
      at: `${fileOf(event)} ${recordOf(event)}`,
    }));
    expect(hits.filter(({ at }) => !incident.has(at))).toEqual([]);
    expect(hits.length).toBeGreaterThan(5);
  });
});
