import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateNaively } from '../../shared/matching/naive.ts';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { EventTable } from '../columns/event-table.ts';
import { projectRoot } from '../testing/corpus.ts';
import { makeBatches } from '../testing/make-events.ts';
import { naiveEvent, oracleCases, ruleOf, systemEvent } from '../testing/oracle-cases.ts';
import { loadMappings } from './mappings.ts';
import { TableMatching } from './matching.ts';
import { CHUNK } from './program.ts';
import { createRegexEngine, re2jsEngine } from './regex-engine.ts';

/**
 * A plan chooses which units call for a rule, and the order of its tests, by what it expects; after 4,096 events of a
 * kind it chooses anew by what it has seen. Both choices must give what the oracle gives.
 */
const SECOND_CHOICE = 4 * CHUNK;
const mappings = loadMappings(join(projectRoot, 'rules'));

describe('a plan that arranges its rules anew', () => {
  it('agrees with the oracle before and after', () => {
    const regexes = re2jsEngine();
    let hits = 0;
    let pairs = 0;
    fc.assert(
      fc.property(oracleCases(12, 20), fc.infiniteStream(fc.nat()), ([exprs, events], numbers) => {
        // Some events come often, some hardly ever: a plan that expected otherwise chooses other witnesses.
        const order: number[] = [];
        while (order.length < SECOND_CHOICE + CHUNK) {
          const [at = 0, often = 0] = [numbers.next().value, numbers.next().value] as number[];
          for (let n = often % 3 === 0 ? 1 : (often % 997) + 1; n > 0; n--) order.push(at % events.length);
        }
        // Every event also at the end, where only the second choice is at work.
        events.forEach((_, number) => order.push(number));
        const table = new EventTable();
        const made = order.map((number) => systemEvent((events[number] as (typeof events)[number])[0], 1));
        for (const batch of makeBatches(new BatchBuilder(CHUNK), made, 0)) table.append(batch);
        expect(table.shapes.length).toBe(1);
        const plan = new TableMatching(table, mappings, createRegexEngine(), String).compile(exprs.map(ruleOf));
        expect([...plan.notRun.values()]).toEqual([]);
        const got = exprs.map(() => new Uint8Array(order.length));
        for (const shape of table.shapes) {
          plan.run(shape, 0, shape.count, (rule, event) => {
            (got[rule] as Uint8Array)[event] = ((got[rule] as Uint8Array)[event] as number) + 1;
          });
        }
        exprs.forEach((condition, rule) => {
          const wanted = events.map(([data]) => Number(evaluateNaively(condition, naiveEvent(data), regexes)));
          order.forEach((number, event) => {
            const found = (got[rule] as Uint8Array)[event];
            pairs++;
            hits += wanted[number] as number;
            if (found === wanted[number]) return;
            const where = `event ${event} of ${order.length}`;
            throw new Error(`${where}: matcher ${found}, oracle ${wanted[number]}: ${JSON.stringify(condition)}`);
          });
        });
      }),
      { numRuns: 12 },
    );
    expect(hits / pairs).toBeGreaterThan(0.1);
    expect(hits / pairs).toBeLessThan(0.9);
  });
});
