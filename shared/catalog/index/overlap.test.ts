import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventPage } from '../page/event-page.ts';
import { gapsOf } from '../page/gap.ts';
import { techniquePage } from '../page/technique-page.ts';
import { buildIndex } from './catalog-index.ts';
import { findOverlaps } from './overlap.ts';
import { predicate, rule } from './rule.test-data.ts';

const elastic = { vendor: 'elastic' } as const;
const choice = { scope: 'all', subtechniques: false } as const;
const ANY = { minimum: 0.01, isAcrossVendors: false };

/** Sigma's `Image|endswith: '\plink.exe'`. */
const plinkPath = predicate({
  op: 'ends_with',
  values: ['\\plink.exe'],
  derived: { field: 'process.name', op: 'eq', values: ['plink.exe'] },
});
const plinkName = predicate({ field: 'process.name', native: 'process.name', values: ['plink.exe'] });
const port = (value: string) => predicate({ field: 'source.port', native: 'SourcePort', values: [value] });

describe('overlap', () => {
  it('is whole for rules of two vendors that look for the same in their own ways', () => {
    const index = buildIndex([rule('a', [plinkPath, port('3389')]), rule('b', [plinkName, port('3389')], elastic)]);
    expect(findOverlaps(index).pairs([0, 1], { minimum: 0.9, isAcrossVendors: true })).toEqual([
      { a: 0, b: 1, similarity: 1, shared: 2 },
    ]);
  });

  it('weighs a rare value more than a frequent one', () => {
    const common = Array.from({ length: 30 }, (_, i) => rule(`c${i}`, [port('443')]));
    const index = buildIndex([
      rule('a', [port('443'), port('4711')]),
      rule('common', [port('443'), port('1')]),
      rule('rare', [port('4711'), port('2')]),
      ...common,
    ]);
    const like = findOverlaps(index).similarTo(0, ANY);
    const of = (number: number) => like.find(({ b }) => b === number)?.similarity ?? 0;
    expect(of(2)).toBeGreaterThan(of(1));
    expect(of(1)).toBeGreaterThan(0);
  });

  it('is between 0 and 1, the same both ways, and 1 for a copy', () => {
    const values = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(values, { minLength: 2, maxLength: 8 }), (list) => {
        const entries = [...list, list[0]!].map((ports, i) =>
          rule(
            `r${i}`,
            ports.map((n) => port(`${n}`)),
          ),
        );
        const finder = findOverlaps(buildIndex(entries));
        const to = entries.map((_, i) => new Map(finder.similarTo(i, ANY).map(({ b, similarity }) => [b, similarity])));
        to.forEach((map, a) => {
          for (const [b, similarity] of map) {
            expect(similarity).toBeGreaterThan(0);
            expect(similarity).toBeLessThan(1.000001);
            expect(to[b]!.get(a)).toBeCloseTo(similarity);
          }
        });
        expect(to[0]!.get(list.length)).toBeCloseTo(1);
      }),
    );
  });
});

describe('gaps', () => {
  it('are what one vendor alone looks for, anywhere', () => {
    const index = buildIndex([
      rule('a', [plinkPath, port('3389')]),
      rule('b', [plinkName], elastic),
      rule('c', [port('3389')], { ...elastic, techniques: ['T1021'] }),
      rule('d', [port('4711')], elastic),
    ]);
    const rows = gapsOf(index, techniquePage(index, 'T1572', choice));
    expect(rows.map(({ vendor, value }) => [vendor, value])).toEqual([['elastic', '4711']]);
  });

  it('are none where one vendor is alone on the page', () => {
    const index = buildIndex([rule('a', [port('3389')])]);
    expect(gapsOf(index, techniquePage(index, 'T1572', choice))).toEqual([]);
  });
});

describe('an event page', () => {
  it('has the techniques and fields of the rules over the event', () => {
    const sysmon = { channel: 'Microsoft-Windows-Sysmon/Operational', eventId: 3 };
    const index = buildIndex([
      rule('a', [port('3389')], { events: [sysmon], techniques: ['T1572', 'T1021.001'] }),
      rule('b', [plinkPath], { events: [sysmon, { ...sysmon, eventId: 1 }] }),
      rule('c', [plinkPath]),
      rule('d', [], { events: [{ ...sysmon, eventId: null }] }),
    ]);
    const page = eventPage(index, sysmon, { scope: 'all' });
    expect(page.techniques).toEqual([
      { technique: 'T1572', rules: 2 },
      { technique: 'T1021.001', rules: 1 },
    ]);
    expect(page.rules.map(({ rule: one }) => one.title)).toEqual(['a', 'b']);
    expect(page.fields.map(({ field }) => field)).toEqual(['process.name', 'process.path', 'source.port']);
    expect(page.channelRules).toBe(1);
  });
});
