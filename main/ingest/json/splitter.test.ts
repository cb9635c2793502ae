import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSplitter, type SplitFault } from './splitter.ts';
import { isListKey, opensList } from './unwrap.ts';

interface Split {
  values: { text: string; line: number; column: number; exact: boolean; inArray: boolean }[];
  faults: SplitFault[];
}

/** Splits a text pushed in pieces of the given sizes (the last size repeats), checking what must be kept. */
function split(text: string, sizes: readonly number[], limit = 1 << 20, wide = false): Split {
  const units = wide
    ? Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
    : new TextEncoder().encode(text);
  const decode = (start: number, end: number) =>
    wide
      ? String.fromCharCode(...(units.subarray(start, end) as Uint16Array))
      : new TextDecoder().decode(units.subarray(start, end));
  const result: Split = { values: [], faults: [] };
  let kept = 0;
  const splitter = new JsonSplitter(
    {
      value(start, end, exact, inArray) {
        expect(start.offset).toBeGreaterThanOrEqual(kept);
        result.values.push({ text: decode(start.offset, end), line: start.line, column: start.column, exact, inArray });
      },
      fault: (fault) => result.faults.push(fault),
      opensList: (start, key, list) => isListKey(decode(...key)) && opensList(decode(start.offset, list)),
    },
    limit,
  );
  let n = 0;
  do {
    while (splitter.position < units.length) {
      const size = Math.max(1, sizes[Math.min(n++, sizes.length - 1)] ?? 1);
      splitter.push(units.subarray(splitter.position, splitter.position + size));
      expect(splitter.position).toBeGreaterThanOrEqual(kept);
      kept = splitter.keepFrom;
    }
  } while (!splitter.end());
  return result;
}

const object = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 5 });
const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
const blank = fc.constantFrom('\n', '\r\n', ' \n\n', '\t\n ');
const indent = fc.constantFrom(0, 2, 4);

describe('JsonSplitter', () => {
  it('finds values one after another, at every piece boundary, in both widths', () => {
    fc.assert(
      fc.property(fc.array(object), pieces, blank, indent, fc.boolean(), (objects, sizes, gap, width, wide) => {
        const texts = objects.map((value) => JSON.stringify(value, null, width));
        const { values, faults } = split(texts.join(gap), sizes, 1 << 20, wide);
        expect(values.map((value) => value.text)).toEqual(texts);
        expect(faults).toEqual([]);
        let line = 1;
        texts.forEach((text, i) => {
          expect(values[i]?.line).toBe(line);
          line += (text + gap).split('\n').length - 1;
        });
      }),
    );
  });

  it('finds the elements of arrays', () => {
    fc.assert(
      fc.property(fc.array(fc.array(object)), pieces, indent, (arrays, sizes, width) => {
        const text = arrays.map((array) => JSON.stringify(array, null, width)).join('\n');
        const { values, faults } = split(text, sizes);
        expect(values.map((value) => JSON.parse(value.text) as unknown)).toEqual(
          JSON.parse(JSON.stringify(arrays.flat())),
        );
        expect(values.every((value) => value.inArray)).toBe(true);
        expect(faults).toEqual([]);
      }),
    );
  });

  it('gives the same answer for any text whatever the pieces', () => {
    const scrap = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\',
      '\n',
      ' ',
      '1',
      'e',
      '.',
      '-',
      'a',
      '{"a":1}',
    );
    fc.assert(
      fc.property(fc.array(scrap, { maxLength: 60 }), pieces, (scraps, sizes) => {
        const text = scraps.join('');
        expect(split(text, sizes, 20)).toEqual(split(text, [text.length], 20));
      }),
      { numRuns: 500 },
    );
  });

  it('loses one line to a broken one, and says where', () => {
    fc.assert(
      fc.property(fc.array(object, { minLength: 1 }), fc.nat(), fc.nat(), (objects, which, cut) => {
        const lines = objects.map((value) => JSON.stringify({ value }));
        const bad = which % lines.length;
        const line = lines[bad] as string;
        const broken = line.slice(0, 1 + (cut % (line.length - 1)));
        const text = [...lines.slice(0, bad), broken, ...lines.slice(bad + 1)].join('\n');
        const { values, faults } = split(`${text}\n`, [7]);
        const good = lines.filter((_, i) => i !== bad);
        expect(values.map((value) => value.text)).toEqual(good);
        expect(faults.map((fault) => fault.start.line)).toEqual([bad + 1]);
      }),
    );
  });

  it.each([
    ['{"Records":[', ']}'],
    ['{"@odata.context":"x","value":[', '],"@odata.nextLink":"}"}'],
    [
      '{"took":3,"_shards":{"total":1},"hits":{"total":{"value":2},"max_score":null,"hits":[',
      ']},"aggs":{"a":["}\\"]"]}}',
    ],
    ['{"Stats":{},"Schema":[{"Name":"Timestamp"}],"Results":[', ']}'],
  ])('finds the events within %s', (head, tail) => {
    fc.assert(
      fc.property(fc.array(object, { minLength: 1, maxLength: 5 }), pieces, fc.boolean(), (objects, sizes, wide) => {
        const texts = objects.map((value) => JSON.stringify(value));
        const { values, faults } = split(`${head} ${texts.join(',')}${tail}\n{"z":1}`, sizes, 1 << 20, wide);
        expect(values.map((value) => value.text)).toEqual([...texts, '{"z":1}']);
        expect(faults).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it.each(['{"a":[{"b":1}]}', '{"value":[1,2]}', '{"x":{"y":{"Records":[{}]}}}', '{"tags":["a"],"Events":[{}]}'])(
    'leaves %s whole',
    (text) => {
      expect(split(text, [3]).values.map((value) => value.text)).toEqual([text]);
    },
  );

  it('notices a line that was cut off behind a backslash', () => {
    const { values, faults } = split('{"a":"x\\\n{"b":1}\n', [3]);
    expect(values.map((value) => value.text)).toEqual(['{"b":1}']);
    expect(faults).toMatchObject([{ kind: 'syntax', start: { line: 1 } }]);
  });

  it('skips the rest of a broken element of a pretty-printed array', () => {
    const text =
      '[\n  {\n    "a": "x,\n    "b": {\n      "c": [\n        {}\n      ]\n    }\n  },\n  {\n    "a": 2\n  }\n]\n';
    const { values, faults } = split(text, [5]);
    expect(values.map((value) => JSON.parse(value.text) as unknown)).toEqual([{ a: 2 }]);
    expect(faults).toMatchObject([{ kind: 'syntax', start: { line: 2 }, at: { line: 3 } }]);
  });

  it('skips a value over the limit without keeping it', () => {
    const text = `{"a":1}\n{"b":"${'x'.repeat(5000)}"}\n{"c":1}`;
    const { values, faults } = split(text, [64], 100);
    expect(values.map((value) => value.text)).toEqual(['{"a":1}', '{"c":1}']);
    expect(faults).toMatchObject([{ kind: 'too-large', start: { offset: 8, line: 2 }, end: 8 + 5008 }]);
  });

  it.each([
    ['{"a":1', 'value'],
    ['[{"a":1},', 'array'],
  ])('tells that %s ends too early', (text, within) => {
    expect(split(text, [3]).faults).toMatchObject([{ kind: 'truncated', within }]);
  });

  it('marks numbers that a double would change', () => {
    const exact = (text: string) => split(text, [1]).values.map((value) => value.exact);
    expect(exact('{"a":[1,-2,300,123456789012345,true,false,null,"1.5"]}')).toEqual([false]);
    for (const number of ['1.0', '1e3', '1E3', '-0', '1234567890123456', '-12345678901234567890']) {
      expect(exact(`{"a":${number}}`)).toEqual([true]);
    }
  });

  it('is bounded in depth', () => {
    const { faults } = split(`${'{"a":'.repeat(1000)}\n{}`, [64]);
    expect(faults).toMatchObject([{ kind: 'syntax' }]);
  });
});
