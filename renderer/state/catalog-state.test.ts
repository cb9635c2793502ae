import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chipOfTest,
  FIRST_CATALOG,
  logTest,
  nextPlace,
  previousPlace,
  taggedTechniques,
  visitPlace,
  type CatalogPlace,
} from './catalog-state.ts';

describe('a value in the logs', () => {
  const image = { field: 'Image', part: 'name' } as const;

  it('is asked in the field that the logs have; a name at the end of its path', () => {
    expect(logTest({ op: 'contains', value: '-R', logField: { field: 'CommandLine', part: 'whole' } })).toEqual({
      field: 'CommandLine',
      op: 'contains',
      value: '-R',
    });
    expect(logTest({ op: 'eq', value: 'a.exe', logField: image })).toEqual({
      field: 'Image',
      op: 'ends_with',
      value: '\\a.exe',
    });
  });

  it('is not asked where the logs have no such field, or the test would mean something else', () => {
    expect(logTest({ op: 'eq', value: 'windows', logField: null })).toBeUndefined();
    expect(logTest({ op: 'contains', value: 'a', logField: image })).toBeUndefined();
    expect(logTest({ op: 'match', value: 'a', logField: { field: 'Image', part: 'whole' } })).toBeUndefined();
    expect(chipOfTest({ field: 'Image', op: 'wildcard', value: 'a*b' })).toBeUndefined();
  });
});

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
