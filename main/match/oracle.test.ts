import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { EventTable } from '../columns/event-table.ts';
import { makeBatches } from '../testing/make-events.ts';
import { naiveEvent, oracleCases, ruleOf, systemEvent } from '../testing/oracle-cases.ts';
import { projectRoot } from '../testing/corpus.ts';
import { join } from 'node:path';
import { evaluateNaively } from '../../shared/matching/naive.ts';
import { loadMappings } from './mappings.ts';
import { TableMatching } from './matching.ts';
import { createRegexEngine, re2jsEngine } from './regex-engine.ts';

const mappings = loadMappings(join(projectRoot, 'rules'));
const matchingOf = (table: EventTable): TableMatching =>
  new TableMatching(table, mappings, createRegexEngine(), String);

describe('the matcher', () => {
  it('agrees with the oracle on every rule and event', () => {
    const regexes = re2jsEngine();
    let hits = 0;
    let pairs = 0;
    fc.assert(
      fc.property(oracleCases(12, 30), ([exprs, events]) => {
        const table = new EventTable();
        const builder = new BatchBuilder(8);
        for (const batch of makeBatches(
          builder,
          events.map(([data, id]) => systemEvent(data, id)),
          0,
        ))
          table.append(batch);
        const plan = matchingOf(table).compile(exprs.map(ruleOf));
        expect([...plan.notRun.values()]).toEqual([]);
        const got = new Set<string>();
        for (const shape of table.shapes) {
          plan.run(shape, 0, shape.count, (rule, number) => {
            expect(got.has(`${rule} ${number}`)).toBe(false);
            got.add(`${rule} ${number}`);
          });
        }
        exprs.forEach((condition, rule) => {
          events.forEach(([data], number) => {
            const wanted = evaluateNaively(condition, naiveEvent(data), regexes);
            pairs++;
            if (wanted) hits++;
            if (got.has(`${rule} ${number}`) !== wanted) {
              throw new Error(`matcher ${!wanted}, oracle ${wanted}: ${JSON.stringify([condition, data])}`);
            }
            if (!wanted) expect(plan.explain(rule, number)).toEqual([]);
          });
        });
      }),
      { numRuns: 200 },
    );
    // Neither side may be trivially empty.
    expect(hits / pairs).toBeGreaterThan(0.1);
    expect(hits / pairs).toBeLessThan(0.9);
  });

  it('gives the same answers when it has seen the values before, and after new fields came', () => {
    fc.assert(
      fc.property(oracleCases(6, 20), ([exprs, events]) => {
        const table = new EventTable();
        const builder = new BatchBuilder(3);
        const plan = matchingOf(table).compile(exprs.map(ruleOf));
        const piecewise: string[] = [];
        for (const batch of makeBatches(
          builder,
          events.map(([data]) => systemEvent(data, 1)),
          0,
        )) {
          for (const { shape, fromRow, toRow } of table.append(batch).ranges) {
            const found = table.shapes[shape];
            if (found) plan.run(found, fromRow, toRow, (rule, number) => piecewise.push(`${rule} ${number}`));
          }
        }
        const again: string[] = [];
        const fresh = matchingOf(table).compile(exprs.map(ruleOf));
        for (const shape of table.shapes)
          fresh.run(shape, 0, shape.count, (rule, number) => again.push(`${rule} ${number}`));
        expect(piecewise.sort()).toEqual(again.sort());
      }),
      { numRuns: 50 },
    );
  });
});
