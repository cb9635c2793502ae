import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCodePoint, foldText } from '../../shared/matching/fold.ts';
import { createRegexEngine, nativeEngine, re2jsEngine } from './regex-engine.ts';
import { anyRun } from './any-run.ts';
import { regexNeeds } from './regex-needs.ts';

const native = nativeEngine();
if (!native) console.warn('skipped: the native re2 binding is not installed, only re2js is tested');
const engines = [re2jsEngine(), createRegexEngine(8), ...(native ? [native] : [])];

/** Expressions of the syntax that both must understand, over a small alphabet. */
const { regex } = fc.letrec<{ regex: string }>((tie) => {
  const atom = fc.constantFrom(
    'a',
    'b',
    'A',
    'k',
    'é',
    '\\.',
    '.',
    '[ab]',
    '[^a]',
    '\\d',
    '\\s',
    '\\w',
    '\\\\',
    '^',
    '$',
    '\\b',
    '😀',
    '-',
    '[[:alpha:]]',
  );
  const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,1}', '*?', '+?');
  return {
    regex: fc.oneof(
      { maxDepth: 4 },
      { weight: 4, arbitrary: fc.tuple(atom, quantifier).map(([a, q]) => (/^[\^$]|\\b/.test(a) ? a : a + q)) },
      { weight: 4, arbitrary: fc.array(tie('regex'), { minLength: 2, maxLength: 4 }).map((parts) => parts.join('')) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.array(tie('regex'), { minLength: 1, maxLength: 3 }), quantifier)
          .map(([parts, q]) => `(?:${parts.join('|')})${q}`),
      },
      { weight: 1, arbitrary: fc.tuple(tie('regex')).map(([inner]) => `(?i)${inner}`) },
    ),
  };
});
const text = fc
  .array(
    fc.constantFrom('a', 'b', 'A', 'B', 'k', 'K', '\u212a', 'é', 'É', '.', '1', ' ', '\\', '\n', '😀', '-', 'ab'),
    { maxLength: 12 },
  )
  .map((units) => units.join(''));
const flags = fc.constantFrom('', 'i', 'm', 's', 'ims');

describe.each(engines)('regex engine $name', (engine) => {
  const compile = (pattern: string, wanted = '') => {
    const compiled = engine.compile(pattern, wanted);
    if (!compiled.ok) throw new Error(compiled.reason);
    return compiled.regex;
  };

  it.each(['a(?=b)', 'a(?!b)', '(?<=a)b', '(?<!a)b', '(a)\\1', 'a{1001}', '(', '[', '*a', 'a++', '(?>a)'])(
    'refuses %s with a reason',
    (pattern) => {
      const compiled = engine.compile(pattern, '');
      expect(compiled.ok).toBe(false);
      if (!compiled.ok) expect(compiled.reason.length).toBeGreaterThan(3);
    },
  );

  it.each([
    ['a(?=b)', /^it has no look-ahead/],
    ['\\((?<!a)b', /^it has no look-ahead/],
    ['(?<a>b)(?>a)', /^it has no atomic groups/],
    ['(a)\\\\\\1', /^it has no references back/],
    ['\\(?=b)[', /^(?!it has no)/],
    ['a\\\\1(', /^(?!it has no)/],
  ])('says in plain words what RE2 leaves out: %s', (pattern, words) => {
    const compiled = engine.compile(pattern, '');
    expect(compiled.ok ? '' : compiled.reason).toMatch(words);
    expect(compiled.ok).toBe(false);
  });

  it('finds a match anywhere, in UTF-16 offsets, the same each time', () => {
    const regex = compile('b+');
    for (let round = 0; round < 2; round++) {
      expect(regex.test('😀abbé')).toBe(true);
      expect(regex.find('😀abbé')).toEqual({ start: 3, end: 5 });
    }
    expect(regex.find('xyz')).toBeUndefined();
  });

  it('knows the flags i, m and s', () => {
    expect([compile('A').test('a'), compile('A', 'i').test('a')]).toEqual([false, true]);
    expect([compile('^b$').test('a\nb'), compile('^b$', 'm').test('a\nb')]).toEqual([false, true]);
    expect([compile('a.b').test('a\nb'), compile('a.b', 's').test('a\nb')]).toEqual([false, true]);
  });

  it('takes linear time', () => {
    expect(compile('(a*)*b').test('a'.repeat(20_000))).toBe(false);
    expect(compile('(?:a?){200}a{200}').test('a'.repeat(200))).toBe(true);
  });
});

/**
 * Of a repeated group that may be empty, as in `(?:a?|b)*`, re2js stops at the empty alternative and re2 goes on: they
 * agree on whether and where a match begins, which is what hits hang on, and differ in what is marked of it.
 */
const REPEATS_GROUP = /\)[*+?{]/;

describe.skipIf(!native)('re2 and re2js', () => {
  it('agree on every expression and text', () => {
    const [pure, other] = [re2jsEngine(), native as NonNullable<typeof native>];
    let matches = 0;
    fc.assert(
      fc.property(regex, flags, fc.array(text, { minLength: 1, maxLength: 8 }), (pattern, wanted, texts) => {
        const a = pure.compile(pattern, wanted);
        const b = other.compile(pattern, wanted);
        expect(a.ok).toBe(b.ok);
        if (!a.ok || !b.ok) return;
        for (const subject of texts) {
          const [ours, theirs] = [a.regex.find(subject), b.regex.find(subject)];
          expect([pattern, subject, ours?.start]).toEqual([pattern, subject, theirs?.start]);
          if (!REPEATS_GROUP.test(pattern)) expect([pattern, subject, ours]).toEqual([pattern, subject, theirs]);
          expect(a.regex.test(subject)).toBe(b.regex.test(subject));
          if (a.regex.test(subject)) matches++;
        }
      }),
      { numRuns: 1500 },
    );
    expect(matches).toBeGreaterThan(300);
  });
});

describe('runs of any character', () => {
  it('are found where the engine finds them', () => {
    const engine = re2jsEngine();
    const pattern = fc.tuple(fc.constantFrom('.', '(.)'), fc.integer({ min: 0, max: 6 }));
    const subject = fc.string({ unit: fc.constantFrom('a', '\n', '😀', 'é', '\r', '\u2028'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, fc.constantFrom('', 's', 'm', 'ims'), subject, ([any, count], wanted, text) => {
        const expression = `${any}{${count},}`;
        const compiled = engine.compile(expression, wanted);
        if (!compiled.ok) throw new Error(compiled.reason);
        const run = anyRun(expression, wanted);
        expect([expression, text, run?.find(text)]).toEqual([expression, text, compiled.regex.find(text)]);
      }),
      { numRuns: 500 },
    );
    expect(anyRun('.{3,}x', '')).toBeUndefined();
  });
});

describe('what a match needs', () => {
  it('is had by every text that the expression matches', () => {
    const engine = re2jsEngine();
    let checked = 0;
    fc.assert(
      fc.property(regex, flags, fc.array(text, { minLength: 4, maxLength: 12 }), (pattern, wanted, texts) => {
        const compiled = engine.compile(pattern, wanted);
        const { literals, length } = regexNeeds(pattern);
        if (!compiled.ok) return;
        for (const subject of texts) {
          if (!compiled.regex.test(subject)) continue;
          expect(Array.from(subject).length).toBeGreaterThanOrEqual(length);
          if (!literals) continue;
          checked++;
          const folded = foldText(subject);
          expect([pattern, subject, literals.some((literal) => folded.includes(foldText(literal)))]).toEqual([
            pattern,
            subject,
            true,
          ]);
        }
      }),
      { numRuns: 3000 },
    );
    expect(checked).toBeGreaterThan(500);
  });

  it.each([
    ['(?i)power(?:shell|cfg)\\s+-e', ['power']],
    ['\\\\Temp\\\\[a-z]+\\.exe$', ['\\Temp\\']],
    ['abc?def', ['def']],
    ['(foo|bar)+x?', ['foo', 'bar']],
    ['[a-z]+', undefined],
    ['foo|[0-9]', undefined],
    ['\\x41foo', ['foo']],
    ['(?P<n>long)er', ['long']],
    ['a{0,3}bcd', ['bcd']],
    ['[Rr][uU]n.{3}', ['Run']],
  ])('has the literals of %s: %j', (pattern, literals) => {
    expect(regexNeeds(pattern).literals).toEqual(literals);
  });
});

describe('case folding', () => {
  it('is what RE2 does under (?i), for every character that has a case', () => {
    const engine = re2jsEngine();
    const classes = new Map<number, number[]>();
    for (let code = 0x21; code < 0x1e944; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const folded = foldCodePoint(code);
      if (folded !== code) classes.set(folded, [...(classes.get(folded) ?? [folded]), code]);
    }
    expect(classes.size).toBeGreaterThan(1300);
    const wrong: string[] = [];
    for (const [folded, members] of classes) {
      const compiled = engine.compile(`^\\x{${folded.toString(16)}}$`, 'i');
      if (!compiled.ok) throw new Error(compiled.reason);
      for (const member of members) {
        if (!compiled.regex.test(String.fromCodePoint(member)))
          wrong.push(`${folded.toString(16)} ${member.toString(16)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps lengths in UTF-16', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        expect(foldText(given).length).toBe(given.length);
        expect(foldText(foldText(given))).toBe(foldText(given));
      }),
    );
  });
});
