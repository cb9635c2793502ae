/**
 * Finds what every match of a regular expression must have, so that the engine runs only on texts that have it: some
 * literal, and a length. Conservative: what it doesn't understand asks for nothing, never for too much.
 * Example: `(?i)power(?:shell|cfg)\s+-e` needs `power` and 11 characters.
 */
export interface RegexNeeds {
  /** One of these stands in every match, in upper or lower case; undefined where no literal is sure. */
  readonly literals: readonly string[] | undefined;
  /** Fewest code points of a match. */
  readonly length: number;
}

/** Alternatives for one stretch of the pattern; undefined means "any text". */
type Need = readonly string[] | undefined;

interface Stretch {
  readonly need: Need;
  readonly length: number;
}

const ALTERNATIVE_LIMIT = 32;

class Reader {
  at = 0;
  constructor(readonly pattern: string) {}

  peek(): string | undefined {
    return this.pattern[this.at];
  }
}

export function regexNeeds(pattern: string): RegexNeeds {
  // In verbose or quoted syntax, characters mean something else; no rule uses them, so leave these alone.
  if (/\\Q|\(\?[a-zA-Z]*[xU]/.test(pattern)) return { literals: undefined, length: 0 };
  const reader = new Reader(pattern);
  const { need, length } = alternation(reader);
  return reader.at < pattern.length ? { literals: undefined, length: 0 } : { literals: need, length };
}

/** a|b|c: each branch must offer a literal, else there is none for the whole. */
function alternation(reader: Reader): Stretch {
  const branches: Stretch[] = [sequence(reader)];
  while (reader.peek() === '|') {
    reader.at++;
    branches.push(sequence(reader));
  }
  const length = Math.min(...branches.map((branch) => branch.length));
  if (branches.some((branch) => branch.need === undefined)) return { need: undefined, length };
  const all = [...new Set(branches.flatMap((branch) => branch.need ?? []))];
  return { need: all.length > ALTERNATIVE_LIMIT ? undefined : all, length };
}

/** Concatenation: the best of its literal runs and groups. */
function sequence(reader: Reader): Stretch {
  let best: Need;
  let run = '';
  let length = 0;
  const offer = (need: Need): void => {
    if (need && score(need) > score(best)) best = need;
  };
  const endRun = (): void => {
    if (run !== '') offer([run]);
    run = '';
  };
  for (;;) {
    const char = reader.peek();
    if (char === undefined || char === '|' || char === ')') break;
    const atom = readAtom(reader);
    const repeats = readQuantifier(reader);
    length += atom.length * repeats.atLeast;
    if (atom.literal === undefined) {
      endRun();
      if (repeats.atLeast > 0) offer(atom.need);
    } else if (repeats.atLeast === 0) {
      endRun();
    } else {
      run += atom.literal;
      if (!repeats.isOne) endRun();
    }
  }
  endRun();
  return { need: best, length };
}

/** Longer shortest alternative is better; fewer alternatives break ties. */
function score(need: Need): number {
  if (!need || need.length === 0) return -1;
  return Math.min(...need.map((text) => text.length)) * 64 - need.length;
}

interface Atom {
  /** One literal character. */
  readonly literal?: string;
  /** For a group. */
  readonly need?: Need;
  /** Fewest code points that it takes. */
  readonly length: number;
}

const ESCAPED_LITERAL = /[^a-zA-Z0-9]/;
const CONTROL: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v', a: '\u0007' };

function readAtom(reader: Reader): Atom {
  const { pattern } = reader;
  const char = String.fromCodePoint(pattern.codePointAt(reader.at) as number);
  reader.at += char.length;
  switch (char) {
    case '(':
      return readGroup(reader);
    case '[': {
      const from = reader.at;
      skipClass(reader);
      // A class of one letter's two cases, as in `[Rr][Uu][Nn]`, is that letter.
      const letters = /^([a-zA-Z])([a-zA-Z])\]$/.exec(pattern.slice(from, reader.at));
      const isOneLetter = letters?.[1] !== undefined && letters[1].toLowerCase() === letters[2]?.toLowerCase();
      return isOneLetter ? { literal: letters[1] as string, length: 1 } : { length: 1 };
    }
    case '.':
      return { length: 1 };
    case '^':
    case '$':
      return { length: 0 };
    case '\\': {
      const escaped = pattern[reader.at] ?? '';
      reader.at++;
      if (escaped !== '' && ESCAPED_LITERAL.test(escaped)) return { literal: escaped, length: 1 };
      if (Object.hasOwn(CONTROL, escaped)) return { literal: CONTROL[escaped] as string, length: 1 };
      if ((escaped === 'p' || escaped === 'P' || escaped === 'x') && pattern[reader.at] === '{') {
        const close = pattern.indexOf('}', reader.at);
        reader.at = close < 0 ? pattern.length : close + 1;
      } else if (escaped === 'x') reader.at += 2;
      else if (escaped === 'p' || escaped === 'P') reader.at++;
      else while (/[0-7]/.test(escaped) && /[0-7]/.test(pattern[reader.at] ?? '')) reader.at++;
      return { length: 'AbBzZ'.includes(escaped) ? 0 : 1 };
    }
    default:
      return { literal: char, length: 1 };
  }
}

function readGroup(reader: Reader): Atom {
  const opening = /^\?(?:P?<[^>]*>|[a-zA-Z-]*:)/.exec(reader.pattern.slice(reader.at));
  const flagsOnly = /^\?[a-zA-Z-]*\)/.exec(reader.pattern.slice(reader.at));
  if (flagsOnly) {
    reader.at += flagsOnly[0].length;
    return { length: 0 };
  }
  if (opening) reader.at += opening[0].length;
  const stretch = alternation(reader);
  if (reader.peek() === ')') reader.at++;
  return stretch;
}

function skipClass(reader: Reader): void {
  const { pattern } = reader;
  if (pattern[reader.at] === '^') reader.at++;
  if (pattern[reader.at] === ']') reader.at++;
  while (reader.at < pattern.length && pattern[reader.at] !== ']') {
    if (pattern[reader.at] === '\\') reader.at++;
    else if (pattern.startsWith('[:', reader.at)) {
      const close = pattern.indexOf(':]', reader.at);
      if (close >= 0) reader.at = close + 1;
    }
    reader.at++;
  }
  reader.at++;
}

function readQuantifier(reader: Reader): { atLeast: number; isOne: boolean } {
  const { pattern } = reader;
  const char = reader.peek();
  let atLeast = 1;
  let isOne = true;
  if (char === '*' || char === '?') {
    atLeast = 0;
    isOne = false;
    reader.at++;
  } else if (char === '+') {
    isOne = false;
    reader.at++;
  } else if (char === '{') {
    const counted = /^\{(\d+)(?:,\d*)?\}/.exec(pattern.slice(reader.at));
    if (!counted) return { atLeast, isOne };
    atLeast = Number(counted[1]);
    isOne = false;
    reader.at += counted[0].length;
  } else {
    return { atLeast, isOne };
  }
  if (reader.peek() === '?') reader.at++;
  return { atLeast, isOne };
}
