import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noiseOf } from './noise.ts';

const facts = fc.record({
  reach: fc.integer({ min: 1, max: 400 }),
  events: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
  allEvents: fc.constantFrom(0, 100, 100_000),
});

it('tells a value by the logs, and by the rules where they cannot tell', () => {
  expect(noiseOf({ reach: 2, events: 5_000, allEvents: 100_000 })).toBe('noisy');
  expect(noiseOf({ reach: 300, events: 3, allEvents: 100_000 })).toBeUndefined();
  expect(noiseOf({ reach: 300, events: undefined, allEvents: 0 })).toBe('noisy');
  expect(noiseOf({ reach: 2, events: 3, allEvents: 100_000 })).toBe('sharp');
  expect(noiseOf({ reach: 1, events: undefined, allEvents: 100_000 })).toBeUndefined();
  expect(noiseOf({ reach: 20, events: 100, allEvents: 100_000 })).toBeUndefined();
});

it('never gets sharper with more rules or more events', () => {
  const rank = { sharp: 0, between: 1, noisy: 2 } as const;
  const of = (one: Parameters<typeof noiseOf>[0]): number => rank[noiseOf(one) ?? 'between'];
  fc.assert(
    fc.property(facts, fc.nat(50), fc.nat(5_000), (one, rules, events) => {
      const more = {
        ...one,
        reach: one.reach + rules,
        events: one.events === undefined ? undefined : one.events + events,
      };
      expect(of(more)).toBeGreaterThanOrEqual(of(one));
    }),
  );
});
