/**
 * Wildcard patterns of predicates: `*` any run of characters (line feeds too), `?` any one code point, a backslash
 * before `*`, `?` or a backslash makes it literal.
 */

/** A compiled pattern: literal parts of `?`-or-text between the stars. */
export interface WildcardPattern {
  /** Sequences between stars; each is code points, with ANY for `?`. */
  readonly parts: readonly Part[];
}

interface Part {
  readonly codes: Int32Array;
  /** The part as text where it has no `?`. */
  readonly text: string | undefined;
  /** Its longest run without `?`, and how many code points stand before that. */
  readonly run: { readonly text: string; readonly before: number };
}

const ANY = -1;

export function compileWildcard(pattern: string): WildcardPattern {
  const parts: number[][] = [[]];
  const chars = Array.from(pattern);
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    const next = chars[i + 1];
    const part = parts.at(-1) as number[];
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      part.push(next.charCodeAt(0));
      i++;
    } else if (char === '*') parts.push([]);
    else part.push(char === '?' ? ANY : (char.codePointAt(0) as number));
  }
  return {
    parts: parts.map((part) => {
      const run = longestRun(part);
      return { codes: Int32Array.from(part), text: part.includes(ANY) ? undefined : run.text, run };
    }),
  };
}

function longestRun(part: readonly number[]): Part['run'] {
  let best = { text: '', before: 0 };
  let text = '';
  part.forEach((code, i) => {
    text = code === ANY ? '' : text + String.fromCodePoint(code);
    if (text.length > best.text.length) best = { text, before: i + 1 - Array.from(text).length };
  });
  return best;
}

/** The literal runs of a pattern, for finding candidates. */
export function wildcardLiterals(pattern: string): string[] {
  return compileWildcard(pattern).parts.flatMap((part) => {
    const runs = [''];
    for (const code of part.codes) {
      if (code === ANY) runs.push('');
      else runs.push((runs.pop() ?? '') + String.fromCodePoint(code));
    }
    return runs.filter((run) => run !== '');
  });
}

/** End of `part` matched at `at`, or -1. */
function partAt({ codes: part, text: literal }: Part, text: string, at: number): number {
  if (literal !== undefined) return text.startsWith(literal, at) ? at + literal.length : -1;
  for (let i = 0; i < part.length; i++) {
    const code = text.codePointAt(at);
    if (code === undefined || (part[i] !== ANY && part[i] !== code)) return -1;
    at += code > 0xffff ? 2 : 1;
  }
  return at;
}

/** First place at or after `from` where `part` matches: [start, end], or undefined. */
function findPart(part: Part, text: string, from: number): [number, number] | undefined {
  if (part.text !== undefined) {
    const at = text.indexOf(part.text, from);
    return at < 0 ? undefined : [at, at + part.text.length];
  }
  const { run } = part;
  let found = text.indexOf(run.text, from);
  while (found >= 0) {
    const at = stepBack(text, found, run.before, from);
    const end = at < 0 ? -1 : partAt(part, text, at);
    if (end >= 0) return [at, end];
    if (found === text.length) return undefined;
    found = text.indexOf(run.text, found + 1);
  }
  return undefined;
}

/** The place so many code points before another, or -1 where that is before `from`. */
function stepBack(text: string, at: number, codePoints: number, from: number): number {
  for (; codePoints > 0; codePoints--) {
    if (at > from + 1 && (text.codePointAt(at - 2) as number) > 0xffff) at--;
    if (--at < from) return -1;
  }
  return at;
}

/** Start of `part` matched so that it ends at the text's end, not before `from`; or -1. */
function partAtEnd({ codes: part, text: literal }: Part, text: string, from: number): number {
  if (literal !== undefined) {
    const start = text.length - literal.length;
    return start >= from && text.endsWith(literal) ? start : -1;
  }
  let at = text.length;
  for (let i = part.length - 1; i >= 0; i--) {
    if (at <= from) return -1;
    let code = text.charCodeAt(at - 1);
    at--;
    if (code >= 0xdc00 && code <= 0xdfff && at > from) {
      const pair = text.codePointAt(at - 1) as number;
      if (pair > 0xffff) {
        code = pair;
        at--;
      }
    }
    if (part[i] !== ANY && part[i] !== code) return -1;
  }
  return at;
}

/**
 * Where the pattern's literal parts lie in a text that it covers as a whole, as [start, end) pairs; undefined where
 * it doesn't match. Takes the leftmost place for each part, which finds a match wherever there is one.
 */
export function matchWildcard({ parts }: WildcardPattern, text: string): [number, number][] | undefined {
  const first = parts[0] as Part;
  const start = partAt(first, text, 0);
  if (start < 0) return undefined;
  if (parts.length === 1) return start === text.length ? [[0, start]] : undefined;
  const ranges: [number, number][] = [[0, start]];
  let at = start;
  for (const part of parts.slice(1, -1)) {
    const found = findPart(part, text, at);
    if (!found) return undefined;
    ranges.push(found);
    at = found[1];
  }
  const lastStart = partAtEnd(parts.at(-1) as Part, text, at);
  if (lastStart < 0) return undefined;
  ranges.push([lastStart, text.length]);
  return ranges.filter(([from, to]) => to > from);
}
