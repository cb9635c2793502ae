import fc from 'fast-check';
import type { WrittenMessage, WrittenProvider } from './pe-writer.test-data.ts';

/** Text without NUL, which ends a text in these formats. */
const text = (unit: fc.Arbitrary<string>) => fc.string({ unit, maxLength: 40 });
const unicode = text(fc.constantFrom('a', 'Z', '%', '1', '!', 'n', ' ', '.', '\r', '\n', 'ä', 'ж', '日', '\u{1f600}'));
/** Latin-1 but for the C1 controls, which windows-1252 has other characters for. */
const latin = text(fc.constantFrom('a', 'Z', '%', '1', ' ', '\r', '\n', '\u00a0', '\u00e4', '\u00ff'));

const id = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0xb000_0000, max: 0xb000_0020 }),
  fc.integer({ min: 0, max: 0xffff_fffe }),
);

/** Messages of a table. */
export const arbitraryMessages: fc.Arbitrary<WrittenMessage[]> = fc.uniqueArray(
  fc.oneof(
    fc.record({ id, text: unicode, isUnicode: fc.constant(true) }),
    fc.record({ id, text: latin, isUnicode: fc.constant(false) }),
  ),
  { selector: (message) => message.id, maxLength: 30 },
);

const name = fc.string({ unit: fc.constantFrom('A', 'b', 'ß', '日', '_', '1'), minLength: 1, maxLength: 12 });

const map = fc.record({ isBits: fc.boolean(), entries: fc.array(fc.tuple(id, id), { maxLength: 5 }) });

/** Providers of a manifest. */
export const arbitraryProviders: fc.Arbitrary<WrittenProvider[]> = fc.array(
  fc
    .tuple(
      fc.uuid().map((uuid) => `{${uuid}}`),
      name,
      fc.array(map, { maxLength: 3 }),
    )
    .chain(([guid, provider, maps]) => {
      const field = fc.tuple(name, fc.integer({ min: -1, max: maps.length - 1 })).map(([own, index]) => {
        return index < 0 ? { name: own } : { name: own, map: index };
      });
      return fc.array(fc.array(field, { maxLength: 6 }), { maxLength: 4 }).chain((templates) =>
        fc.record({
          guid: fc.constant(guid),
          name: fc.constant(provider),
          maps: fc.constant(maps),
          templates: fc.constant(templates),
          events: fc.array(
            fc.record({
              id: fc.integer({ min: 0, max: 0xffff }),
              version: fc.integer({ min: 0, max: 255 }),
              messageId: fc.option(id, { nil: undefined }),
              template: fc
                .integer({ min: -1, max: templates.length - 1 })
                .map((index) => (index < 0 ? undefined : index)),
            }),
            { maxLength: 8 },
          ),
        }),
      );
    }),
  { maxLength: 3 },
);
