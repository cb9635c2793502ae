import type { CompiledRegex } from '../../shared/matching/regex.ts';

/** `.{200,}` or `(.){200,}`. */
const ANY_RUN = /^(?:\.|\(\.\))\{(\d{1,4}),\}$/;

/**
 * Rules that look for long command lines ask for so many characters in a row. An automaton needs as many states for
 * that, and steps through most of them at each character; counting does it in one look at the text.
 * @param flags of the expression.
 * @returns undefined for any other expression.
 */
export function anyRun(pattern: string, flags: string): CompiledRegex | undefined {
  const atLeast = Number(ANY_RUN.exec(pattern)?.[1] ?? NaN);
  // Past 1000 RE2 refuses the count.
  if (!(atLeast <= 1000)) return undefined;
  const find: CompiledRegex['find'] = (text) => {
    for (let start = 0; start <= text.length;) {
      const newline = flags.includes('s') ? -1 : text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      if (end - start >= atLeast && codePoints(text, start, end) >= atLeast) return { start, end };
      start = end + 1;
    }
    return undefined;
  };
  return { find, test: (text) => find(text) !== undefined };
}

function codePoints(text: string, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) {
    if ((text.codePointAt(i) as number) > 0xffff) i++;
    count++;
  }
  return count;
}
