import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSigmaCatalog } from '../catalog/sigma-catalog.ts';
import { placePredicates } from '../catalog/normalise/polarity.ts';
import type { Op } from '../model/predicate.ts';
import { insertPredicate, sigmaValue } from './insert-predicate.ts';

const RULE = `title: A rule
logsource:
  category: process_creation
  product: windows
detection:
  filter_main:
    User: SYSTEM
  selection:
    Image|endswith: '\\a.exe'  # the tool
    CommandLine|contains:
      - one
      - two
  condition: selection and not filter_main
level: low
`;

/** Every test of the first rule, as a text. */
function testsOf(text: string): string[] {
  const [rule] = readSigmaCatalog(text).rules;
  expect(rule?.notParsed).toEqual([]);
  return (rule?.queries ?? [])
    .flatMap(({ predicates }) => (predicates ? placePredicates(predicates) : []))
    .flatMap(({ predicate, polarity }) =>
      (predicate.values.length === 0 ? [{ text: '' }] : predicate.values).map(
        (value) => `${polarity} ${predicate.field} ${predicate.op} ${value.text}`,
      ),
    );
}

describe('a test put into a rule', () => {
  it('joins the list of the same key, makes a list of a single value, or gets a line of its own', () => {
    const more = insertPredicate(RULE, { field: 'CommandLine', op: 'contains', value: 'three' });
    expect(more?.text).toContain('      - two\n      - three\n  condition');
    const list = insertPredicate(RULE, { field: 'Image', op: 'ends_with', value: '\\b.exe' });
    expect(list?.text).toContain("Image|endswith:\n      - '\\a.exe'\n      - '\\b.exe'  # the tool\n");
    const line = insertPredicate(RULE, { field: 'ParentImage', op: 'eq', value: 'x' });
    expect(line?.text).toContain('      - two\n    ParentImage: x\n  condition');
  });

  it('means what was wanted, changes nothing else, and stands where it says', () => {
    const ops: readonly Op[] = ['eq', 'contains', 'starts_with', 'ends_with'];
    const value = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => /[^*?\\\s]/.test(text));
    fc.assert(
      fc.property(
        fc.constantFrom('Image', 'CommandLine', 'Other'),
        fc.constantFrom(...ops),
        value,
        (field, op, text) => {
          const wanted = { field, op, value: text };
          const inserted = insertPredicate(RULE, wanted);
          if (!inserted) throw new Error('nowhere');
          const known = testsOf(RULE);
          expect(testsOf(inserted.text).toSorted()).toEqual([...known, `indicator ${field} ${op} ${text}`].toSorted());
          const placed = inserted.text.slice(inserted.span.start, inserted.span.end);
          expect(placed.endsWith(sigmaValue(wanted))).toBe(true);
        },
      ),
    );
  });

  it('goes nowhere where there is no place, or no word for it', () => {
    expect(insertPredicate('title: x\n', { field: 'a', op: 'eq', value: 'b' })).toBeUndefined();
    expect(insertPredicate(RULE, { field: 'a', op: 'in_lookup', value: 'b' })).toBeUndefined();
    const keywords = 'detection:\n  keywords:\n    - a\n  condition: keywords\n';
    expect(insertPredicate(keywords, { field: 'a', op: 'eq', value: 'b' })).toBeUndefined();
  });
});
