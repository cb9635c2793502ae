/**
 * Finds literals of which every match of a regular expression must contain at least one, so that the engine runs
 * only on texts that hold one. Conservative: what it doesn't understand gives no literal, never a wrong one.
 * Example: `(?i)power(shell|cfg)\s+-e` gives [`powershell`, `powercfg`] or the best it sees of them.
 */

/** Alternatives for one stretch of the pattern; undefined means "any text". */
type Need = readonly string[] | undefined;

const ALTERNATIVE_LIMIT = 32;

class Reader {
  at = 0;
  constructor(readonly pattern: string) {}

  peek(): string | undefined {
    return this.pattern[this.at];
  }
}

/** The alternatives, best first chosen; undefined where the pattern has no literal that is sure. */
export function requiredLiterals(pattern: string): readonly string[] | undefined {
  // In verbose or quoted syntax, characters mean something else; no rule uses them, so leave these alone.
  if (/\\Q|\(\?[a-zA-Z]*[xU]/.test(pattern)) return undefined;
  const reader = new Reader(pattern);
  const need = alternation(reader);
  return reader.at < pattern.length ? undefined : need;
}

/** a|b|c: each branch must offer a literal, else there is none for the whole. */
function alternation(reader: Reader): Need {
  const branches: Need[] = [sequence(reader)];
  while (reader.peek() === '|') {
    reader.at++;
    branches.push(sequence(reader));
  }
  if (branches.includes(undefined)) return undefined;
  const all = [...new Set(branches.flatMap((branch) => branch ?? []))];
  return all.length > ALTERNATIVE_LIMIT ? undefined : all;
}

/** Concatenation: the best of its literal runs and groups. */
function sequence(reader: Reader): Need {
  let best: Need;
  let run = '';
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
  return best;
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
    case '[':
      skipClass(reader);
      return {};
    case '.':
    case '^':
    case '$':
      return {};
    case '\\': {
      const escaped = pattern[reader.at] ?? '';
      reader.at++;
      if (escaped !== '' && ESCAPED_LITERAL.test(escaped)) return { literal: escaped };
      if (Object.hasOwn(CONTROL, escaped)) return { literal: CONTROL[escaped] as string };
      if ((escaped === 'p' || escaped === 'P' || escaped === 'x') && pattern[reader.at] === '{') {
        const close = pattern.indexOf('}', reader.at);
        reader.at = close < 0 ? pattern.length : close + 1;
      } else if (escaped === 'x') reader.at += 2;
      else if (escaped === 'p' || escaped === 'P') reader.at++;
      else while (/[0-7]/.test(escaped) && /[0-7]/.test(pattern[reader.at] ?? '')) reader.at++;
      return {};
    }
    default:
      return { literal: char };
  }
}

function readGroup(reader: Reader): Atom {
  const opening = /^\?(?:P?<[^>]*>|[a-zA-Z-]*:)/.exec(reader.pattern.slice(reader.at));
  const flagsOnly = /^\?[a-zA-Z-]*\)/.exec(reader.pattern.slice(reader.at));
  if (flagsOnly) {
    reader.at += flagsOnly[0].length;
    return {};
  }
  if (opening) reader.at += opening[0].length;
  const need = alternation(reader);
  if (reader.peek() === ')') reader.at++;
  return { need };
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
