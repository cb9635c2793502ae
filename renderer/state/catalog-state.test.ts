import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  chipOfTest,
  FIRST_CATALOG,
  nextPlace,
  previousPlace,
  taggedTechniques,
  visitPlace,
  type CatalogPlace,
} from './catalog-state.ts';

it('places go back and forth without loss', () => {
  const place = fc.constantFrom<CatalogPlace>(
    { kind: 'technique', id: 'T1' },
    { kind: 'technique', id: 'T2' },
    { kind: 'field', field: 'f' },
    { kind: 'sources' },
  );
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 12 }), (places) => {
      const end = places.reduce(visitPlace, FIRST_CATALOG);
      let start = end;
      for (let i = 0; i < end.past.length; i++) start = previousPlace(start);
      expect(start.place).toEqual(places[0]);
      expect(previousPlace(start)).toBe(start);
      let again = start;
      for (let i = 0; i < start.future.length; i++) again = nextPlace(again);
      expect(again).toEqual(end);
    }),
  );
});

it('tags of a rule are told from its text, broken or not', () => {
  expect(
    taggedTechniques("tags:\n  - attack.t1572\n  - attack.T1021.001\n  - attack.t1572\n  - 'attack.command"),
  ).toEqual(['T1572', 'T1021.001']);
  expect(taggedTechniques('attack.t15720')).toEqual([]);
});

it('a test of the logs is a filter where filters have its operator', () => {
  expect(chipOfTest({ field: 'CommandLine', op: 'match', value: 'a' })).toMatchObject({ op: 'match', value: 'a' });
  expect(chipOfTest({ field: 'CommandLine', op: 'eq_field', value: 'a' })).toBeUndefined();
});
