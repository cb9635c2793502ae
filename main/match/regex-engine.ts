import { createRequire } from 'node:module';
import { RE2JS, RE2Set } from 're2js';
import type { CompiledRegex, RegexEngine } from '../../shared/matching/regex.ts';
import { anyRun } from './any-run.ts';
import { regexNeeds } from './regex-needs.ts';

/** What of the native binding is used: the shape of RegExp, with RE2 beneath. */
interface NativeRegex {
  test(text: string): boolean;
  exec(text: string): (RegExpExecArray & { readonly index: number }) | null;
}
type NativeConstructor = new (pattern: string, flags: string) => NativeRegex;

/**
 * The pure engine, always there. Faster than the native one on short texts, since nothing crosses into C++.
 */
export function re2jsEngine(): RegexEngine {
  return {
    name: 're2js',
    compile: (pattern, flags) => {
      let bits = 0;
      if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE;
      if (flags.includes('m')) bits |= RE2JS.MULTILINE;
      if (flags.includes('s')) bits |= RE2JS.DOTALL;
      try {
        // A set parses what is added to it, which says whether it is allowed; to compile costs twice as much again, and
        // many expressions are never come to.
        new RE2Set(RE2Set.UNANCHORED, bits).add(pattern);
        let compiled: RE2JS | undefined;
        const regex = (): RE2JS => (compiled ??= RE2JS.compile(pattern, bits));
        return {
          ok: true,
          regex: {
            test: (text) => regex().test(text),
            find: (text) => {
              const matcher = regex().matcher(text);
              return matcher.find() ? { start: matcher.start(), end: matcher.end() } : undefined;
            },
          },
        };
      } catch (error) {
        return { ok: false, reason: reasonOf(error, pattern) };
      }
    },
  };
}

/** The native binding, where it could be built and loaded; undefined elsewhere. */
export function nativeEngine(): RegexEngine | undefined {
  let Native: NativeConstructor;
  try {
    Native = createRequire(import.meta.url)('re2') as NativeConstructor;
    new Native('a', 'u').test('a');
  } catch {
    return undefined;
  }
  return {
    name: 're2',
    compile: (pattern, flags) => {
      try {
        // The binding rewrites JavaScript-only syntax (such as `(?<name>`); it always reads patterns as Unicode.
        const compiled = new Native(pattern, `u${flags}`);
        return {
          ok: true,
          regex: {
            test: (text) => compiled.test(text),
            find: (text) => {
              const found = compiled.exec(text);
              return found ? { start: found.index, end: found.index + found[0].length } : undefined;
            },
          },
        };
      } catch (error) {
        return { ok: false, reason: reasonOf(error, pattern) };
      }
    },
  };
}

/** What other engines have and RE2 leaves out, whose own words for it are about something else ("invalid named capture"). */
const LEFT_OUT: readonly (readonly [RegExp, string])[] = [
  [/^(?:\\.|[^\\])*?\(\?<?[=!]/s, 'it has no look-ahead and no look-behind'],
  [/^(?:\\.|[^\\])*?\(\?>/s, 'it has no atomic groups'],
  [/^(?:\\[^1-9k]|[^\\])*\\(?:[1-9]|k[<{'])/s, 'it has no references back to a group'],
];

function reasonOf(error: unknown, pattern: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const own = message.replace(/^error parsing regexp: /, '');
  const leftOut = LEFT_OUT.find(([sign]) => sign.test(pattern))?.[1];
  return leftOut === undefined ? own : `${leftOut} (${own})`;
}

/** Texts from this length on, in UTF-16 units, go to the native engine. Measured: docs/adr/0010-regex-engines.md. */
const LONG_TEXT = 256;

/**
 * The engine of the product: the pure one says what is allowed and matches short texts; long ones go to the native
 * one where it is there. Texts shorter than any match are not looked at.
 */
export function createRegexEngine(longText = LONG_TEXT): RegexEngine {
  const pure = re2jsEngine();
  const native = nativeEngine();
  return {
    name: native ? 're2js+re2' : 're2js',
    compile: (pattern, flags) => {
      const short = pure.compile(pattern, flags);
      if (!short.ok) return short;
      const run = anyRun(pattern, flags);
      if (run) return { ok: true, regex: run };
      // Of most expressions it is never asked.
      let known: number | undefined;
      const fewest = (): number => (known ??= regexNeeds(pattern).length);
      let long: CompiledRegex | undefined;
      const forText = (text: string): CompiledRegex => {
        if (!native || text.length < longText) return short.regex;
        if (!long) {
          const compiled = native.compile(pattern, flags);
          long = compiled.ok ? compiled.regex : short.regex;
        }
        return long;
      };
      return {
        ok: true,
        regex: {
          test: (text) => text.length >= fewest() && forText(text).test(text),
          find: (text) => (text.length >= fewest() ? forText(text).find(text) : undefined),
        },
      };
    },
  };
}
