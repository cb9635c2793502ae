/** How a value on one line is written; `open-…` means that its end is not on this line. */
export type ScalarStyle =
  'plain' | 'single' | 'double' | 'flow' | 'block' | 'open-single' | 'open-double' | 'open-flow';

export interface FoundKey {
  /** Without quotes. */
  readonly text: string;
  /** Columns of the key, without quotes, and of its colon. */
  readonly start: number;
  readonly end: number;
  readonly colon: number;
}

/** The column past a quoted string that starts at `at`, or undefined where the line ends first. */
function quotedEnd(content: string, at: number): number | undefined {
  const quote = content[at];
  for (let i = at + 1; i < content.length; i++) {
    if (quote === '"' && content[i] === '\\') i++;
    else if (content[i] === quote) {
      if (quote === "'" && content[i + 1] === "'") i++;
      else return i + 1;
    }
  }
  return undefined;
}

function isBlankAt(content: string, at: number): boolean {
  return at >= content.length || content[at] === ' ' || content[at] === '\t';
}

/** The mapping key that starts at a column of a line (YAML 1.2, 7.3.3 and 8.2.2: a colon and a blank end it). */
export function keyOf(content: string, at: number): FoundKey | undefined {
  const first = content[at];
  if (first === undefined || first === '[' || first === '{' || first === '#') return undefined;
  if (first === '"' || first === "'") {
    const end = quotedEnd(content, at);
    if (end === undefined) return undefined;
    const colon = end + (/^[ \t]*/.exec(content.slice(end))?.[0].length ?? 0);
    if (content[colon] !== ':' || !isBlankAt(content, colon + 1)) return undefined;
    return { text: content.slice(at + 1, end - 1), start: at + 1, end: end - 1, colon };
  }
  for (let i = at; i < content.length; i++) {
    if (content[i] === '#' && i > at && isBlankAt(content, i - 1)) return undefined;
    if (content[i] === ':' && isBlankAt(content, i + 1)) {
      const text = content.slice(at, i).trimEnd();
      return { text, start: at, end: at + text.length, colon: i };
    }
  }
  return undefined;
}

/** The column past a flow collection that starts at `at`, or undefined where the line ends first. */
function flowEnd(content: string, at: number): number | undefined {
  let depth = 0;
  for (let i = at; i < content.length; i++) {
    const unit = content[i];
    if ((unit === '"' || unit === "'") && /[[{,:\s]/.test(content[i - 1] ?? ' ')) {
      const end = quotedEnd(content, i);
      if (end === undefined) return undefined;
      i = end - 1;
    } else if (unit === '[' || unit === '{') depth++;
    else if (unit === ']' || unit === '}') {
      depth--;
      if (depth === 0) return i + 1;
    }
  }
  return undefined;
}

export interface FoundScalar {
  /** Undefined where there is no value. */
  readonly style: ScalarStyle | undefined;
  /** Column past the value. */
  readonly end: number;
  /** Column of a comment after it. */
  readonly comment: number | undefined;
}

/** The value that starts at a column of a line. */
export function scalarAt(content: string, at: number): FoundScalar {
  const first = content[at];
  if (first === undefined) return { style: undefined, end: at, comment: undefined };
  if (first === '#') return { style: undefined, end: at, comment: at };
  if (first === '"' || first === "'") {
    const end = quotedEnd(content, at);
    if (end === undefined) {
      return { style: first === '"' ? 'open-double' : 'open-single', end: content.length, comment: undefined };
    }
    return { style: first === '"' ? 'double' : 'single', end, comment: commentFrom(content, end) };
  }
  if (first === '[' || first === '{') {
    const end = flowEnd(content, at);
    if (end === undefined) return { style: 'open-flow', end: content.trimEnd().length, comment: undefined };
    return { style: 'flow', end, comment: commentFrom(content, end) };
  }
  const comment = commentFrom(content, at);
  const end = at + content.slice(at, comment ?? content.length).trimEnd().length;
  const style = /^[|>][-+0-9]*$/.test(content.slice(at, end)) ? 'block' : 'plain';
  return { style, end, comment };
}

function commentFrom(content: string, at: number): number | undefined {
  for (let i = at; i < content.length; i++) {
    if (content[i] === '#' && isBlankAt(content, i - 1)) return i;
  }
  return undefined;
}
