import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldText, wellFormed } from '../../shared/matching/fold.ts';
import { normalForm } from '../../shared/matching/value-test.ts';
import { LiteralFinder, type Place } from './literal-finder.ts';
import { nativeEngine, re2jsEngine } from './regex-engine.ts';

/** Pieces that literals and texts are made of: they overlap, fold into each other, or look as if they did. */
const PIECES = [
  ...['a', 'A', 'b', 'ab', 'aba', 'abab', 'ba', '-', ' ', '\0', '\n', '\x7f'],
  // Turkish, German, Greek; ligatures, the sign of Kelvin, long s; iota below
  ...['i', 'I', 'ı', 'İ', 'ss', 'ß', 'ẞ', 'σ', 'Σ', 'ς', 'ﬅ', 'ﬆ', 'k', '\u212a', 's', 'ſ', 'ᾳ', 'ᾼ', 'ΐ', '\u1fd3'],
  // Combined and not; beyond 16 bits, and halves
  ...['é', 'É', 'e\u0301', 'E\u0301', '😀', '𐐀', '𐐨', '\ud83d', '\ude00', '\ufffd'],
];
const PLACES: readonly Place[] = ['whole', 'start', 'end', 'anywhere'];
const encoder = new TextEncoder();

/** The bytes that the matcher looks for literals in. */
function bytesOf(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  return bytes.every((byte) => byte < 128) ? bytes : encoder.encode(foldText(wellFormed(text)));
}

/** Numbers of the literals that a finder says stand in a text; fails where it says one twice. */
function found(finder: LiteralFinder, text: string): number[] {
  // Not at the start of its buffer, and not alone in it.
  const bytes = bytesOf(text);
  const buffer = encoder.encode(`${'a'.repeat(7)}${'\0'.repeat(bytes.length)}ab`);
  buffer.set(bytes, 7);
  const notes: number[] = [];
  finder.find(buffer, 7, 7 + bytes.length, (note) => notes.push(note));
  expect(new Set(notes).size).toBe(notes.length);
  return notes.sort((a, b) => a - b);
}

function stands(literal: string, place: Place, text: string): boolean {
  // By code points: half a pair does not stand in a whole one.
  const wanted = Array.from(normalForm(literal, false, false)).join('\u{10ffff}');
  const points = Array.from(normalForm(text, false, false)).join('\u{10ffff}');
  const isAt = (at: number): boolean => points.startsWith(wanted, at);
  switch (place) {
    case 'whole':
      return points === wanted;
    case 'start':
      return isAt(0);
    case 'end':
      return points.endsWith(wanted);
    case 'anywhere':
      return points.includes(wanted);
  }
}

const pieces = (most: number, least = 0) =>
  fc.array(fc.constantFrom(...PIECES), { minLength: least, maxLength: most }).map((parts) => parts.join(''));

describe('literals', () => {
  it('are found where a plain search finds them', () => {
    const literal = fc.tuple(fc.constantFrom(...PLACES), pieces(4, 1));
    const empty = fc.constant<[Place, string]>(['whole', '']);
    const literals = fc.array(fc.oneof({ weight: 9, arbitrary: literal }, { weight: 1, arbitrary: empty }), {
      minLength: 1,
      maxLength: 40,
    });
    let hits = 0;
    fc.assert(
      fc.property(literals, fc.array(pieces(14), { maxLength: 8 }), (all, texts) => {
        const finder = new LiteralFinder();
        all.forEach(([place, text], number) => finder.add(text, place, number));
        // Also each literal as a text of its own, and with something around it.
        for (const text of [...texts, ...all.flatMap(([, one]) => [one, `x${one}`, `${one}x`])]) {
          const wanted = all.flatMap(([place, one], number) => (stands(one, place, text) ? [number] : []));
          hits += wanted.length;
          expect([text, found(finder, text)]).toEqual([text, wanted]);
        }
      }),
      { numRuns: 150 },
    );
    expect(hits).toBeGreaterThan(500);
  });

  it('are found among ten thousand, in texts up to a megabyte', () => {
    const at = (seed: number): string => {
      let state = seed;
      let text = '';
      for (let i = 0; i < 6 + (seed % 9); i++) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        text += 'abcdeé'.charAt((state >>> 16) % 6);
      }
      return text;
    };
    // The second half is of the first, cut: they overlap, and stand in each other.
    const literals = Array.from({ length: 5000 }, (_, i) => at(i + 1));
    const all = [...literals, ...literals.map((text, i) => text.slice(i % 3, 6))];
    const finder = new LiteralFinder();
    all.forEach((text, number) => finder.add(text, 'anywhere', number));
    const short = Array.from({ length: 300 }, (_, i) => at(i * 41 + 7)).join('');
    const folded = foldText(short);
    expect(found(finder, short.toUpperCase())).toEqual(
      all.flatMap((text, number) => (folded.includes(text) ? [number] : [])),
    );
    const long = `${'-'.repeat(1 << 19)}${all[17] as string}${'-'.repeat(1 << 19)}${all[4999] as string}`;
    expect(found(finder, long)).toEqual(all.flatMap((text, number) => (long.includes(text) ? [number] : [])));
  });

  it('have the same case as regular expressions under (?i)', () => {
    const native = nativeEngine();
    const regexes = [re2jsEngine(), ...(native ? [native] : [])];
    fc.assert(
      fc.property(pieces(3, 1).map(wellFormed), pieces(5).map(wellFormed), (literal, text) => {
        const finder = new LiteralFinder();
        finder.add(literal, 'anywhere', 1);
        const isFound = found(finder, text).length === 1;
        const pattern = literal.replace(/[-]/g, '\\-').replace(/\0/g, '\\x00');
        for (const engine of regexes) {
          const compiled = engine.compile(pattern, 'i');
          if (!compiled.ok) throw new Error(compiled.reason);
          expect([engine.name, literal, text, compiled.regex.test(text)]).toEqual([
            engine.name,
            literal,
            text,
            isFound,
          ]);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['straße', 'STRAẞE', true],
    ['straße', 'STRASSE', false],
    ['ΣΑΣ', 'σας', true],
    ['istanbul', 'ISTANBUL', true],
    ['istanbul', 'İSTANBUL', false],
    ['istanbul', 'ıstanbul', false],
    ['É', 'é', true],
    ['é', 'e\u0301', false],
    ['kelvin', '\u212aELVIN', true],
    ['\ufb05', '\ufb06', true],
  ])('%s and %s are the same: %s', (one, other, isSame) => {
    expect(foldText(one) === foldText(other)).toBe(isSame);
  });
});
