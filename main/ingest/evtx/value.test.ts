import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dictionary } from '../../columns/dictionary.ts';
import { ABSENT } from '../../columns/value-ref.ts';
import { Allowance } from './allowance.ts';
import { Chunk } from './container/chunk.ts';
import { ValueReader } from './value.ts';

function reader(bytes: Uint8Array, at = 1): ValueReader {
  const chunk = new Chunk();
  chunk.bytes.set(bytes, at);
  return new ValueReader(chunk, new Dictionary(), new Allowance());
}

/** The text of a value, by its ref and as appended: both must be the same. */
function textOf(type: number, bytes: Uint8Array): string | undefined {
  const values = reader(bytes);
  values.begin();
  const appended = values.append(type, 1, bytes.length) ? values.endText() : undefined;
  const ref = values.ref(type, 1, bytes.length);
  expect(values.dictionary.refText(ref)).toBe(appended);
  expect(ref === ABSENT).toBe(appended === undefined);
  // Once more, when it is known.
  expect(values.ref(type, 1, bytes.length)).toBe(ref);
  if (appended !== undefined) expect(values.hasText(type, bytes.length)).toBe(true);
  return appended;
}

const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('values', () => {
  it('gives any UTF-16 text, lone surrogates as U+FFFD, without zeros behind it', () => {
    const unit = fc.oneof(fc.integer({ min: 1, max: 0x7f }), fc.integer({ min: 1, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(unit), fc.nat(3), (units, zeros) => {
        const text = String.fromCharCode(...units);
        const expected = Buffer.from(text, 'utf8').toString('utf8');
        expect(textOf(0x01, utf16(text + '\0'.repeat(zeros)))).toBe(expected);
      }),
    );
  });

  it('writes every whole number as JavaScript does, signed and unsigned, decimal and hexadecimal', () => {
    for (const [size, signed, unsigned] of [
      [1, 0x03, 0x04],
      [2, 0x05, 0x06],
      [4, 0x07, 0x08],
      [8, 0x09, 0x0a],
    ] as const) {
      fc.assert(
        fc.property(fc.bigInt({ min: 0n, max: (1n << BigInt(size * 8)) - 1n }), (value) => {
          const bytes = Buffer.alloc(8);
          bytes.writeBigUInt64LE(value);
          const own = bytes.subarray(0, size);
          expect(textOf(unsigned, own)).toBe(value.toString());
          expect(textOf(signed, own)).toBe(BigInt.asIntN(size * 8, value).toString());
          expect(textOf(0x10, own)).toBe(`0x${value.toString(16)}`);
          if (size === 4) expect(textOf(0x14, own)).toBe(`0x${value.toString(16)}`);
          if (size === 8) expect(textOf(0x15, own)).toBe(`0x${value.toString(16)}`);
        }),
        { numRuns: 50 },
      );
    }
  });

  it('writes floats in the shortest form that reads back', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), fc.double({ noNaN: true }), (float, double) => {
        const four = Buffer.alloc(4);
        four.writeFloatLE(float);
        expect(Math.fround(Number(textOf(0x0b, four)))).toBe(float === 0 ? 0 : float);
        const eight = Buffer.alloc(8);
        eight.writeDoubleLE(double);
        expect(Number(textOf(0x0c, eight))).toBe(double === 0 ? 0 : double);
      }),
    );
    expect(textOf(0x0b, hex('cdcccc3d'))).toBe('0.1');
  });

  it.for([
    ['null', 0x00, '', undefined],
    ['empty string', 0x01, '', ''],
    ['ansi', 0x02, '436166e9 80 00', 'Café€'],
    ['empty number', 0x08, '', undefined],
    ['true', 0x0d, '01000000', 'true'],
    ['false', 0x0d, '00000000', 'false'],
    ['irregular true', 0x0d, '00ff0000', 'true'],
    ['binary', 0x0e, '00abff', '00ABFF'],
    ['guid', 0x0f, '5f387057 2ac2 e043 bf4c 06f5698ffbd9', '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'],
    ['filetime', 0x11, '87d67fc64717da01', '2023-11-14T22:13:20.1234567Z'],
    ['filetime 0', 0x11, '0000000000000000', '1601-01-01T00:00:00.0000000Z'],
    ['filetime never', 0x11, 'ffffffffffffff7f', '0x7fffffffffffffff'],
    ['systemtime', 0x12, 'e707 0b00 0200 0e00 1600 0d00 1400 7b00', '2023-11-14T22:13:20.123Z'],
    ['sid', 0x13, '01 01 000000000005 12000000', 'S-1-5-18'],
    ['sid of a large authority', 0x13, '01 01 0001 00000005 12000000', 'S-1-0x000100000005-18'],
    ['sid cut short', 0x13, '01 05 000000000005 12000000', '010500000000000512000000'],
    ['number of an odd size', 0x08, '010203', '010203'],
    ['unknown type', 0x33, 'cafe', 'CAFE'],
  ] as const)('%s', ([, type, bytes, text]) => {
    expect(textOf(type, hex(bytes))).toBe(text);
  });

  it('takes arrays apart', () => {
    const items = (type: number, bytes: Uint8Array): (string | undefined)[] => {
      const values = reader(bytes);
      const found: (string | undefined)[] = [];
      values.eachItem(type, 1, bytes.length, (at, size) => {
        found.push(values.dictionary.refText(values.ref(type, at, size)));
      });
      return found;
    };
    expect(items(0x01, utf16('a\0\0bc\0'))).toEqual(['a', '', 'bc']);
    expect(items(0x01, utf16('a\0bc'))).toEqual(['a', 'bc']);
    expect(items(0x06, hex('0100 ffff 03'))).toEqual(['1', '65535', '3']);
    expect(items(0x13, hex('01 01 000000000005 12000000 01 00 000000000001'))).toEqual(['S-1-5-18', 'S-1-1']);
  });

  it('takes the texts of a record, and of a chunk, from its allowance', () => {
    const allowance = new Allowance();
    const values = new ValueReader(new Chunk(), new Dictionary(), allowance);
    const read = (times: number): void => {
      for (let i = 0; i < times; i++) values.ref(0x0e, 0, 60000);
    };
    expect(() => read(50)).toThrow('too much text');
    allowance.startRecord();
    read(1);
    expect(() => {
      for (let record = 0; record < 40; record++) {
        allowance.startRecord();
        read(10);
      }
    }).toThrow('too much text');
    allowance.startRecord();
    expect(() => read(1)).toThrow('too much text');
    allowance.startChunk();
    read(1);
  });
});
