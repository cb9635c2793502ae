/**
 * Turns a regular expression of Lucene (class RegExp, all optional operators on, as Elasticsearch's `regexp` query and
 * EQL's and ES|QL's operators use it) into one of RE2 that means the same. Lucene's is matched against the whole
 * value; the result carries no anchors, see `anchored`. Differences that matter: `^` and `$` are literal, `"…"` quotes
 * literal text, `@` is any text, `#` is nothing, and a backslash makes any letter but `dDsSwW` literal.
 */
export type Translated =
  { readonly ok: true; readonly pattern: string } | { readonly ok: false; readonly reason: string };

const SPECIAL = /[\\^$.*+?()[\]{}|]/g;
const SAME_ESCAPES = 'dDsSwW';

export function translateLuceneRegex(source: string): Translated {
  let out = '';
  for (let at = 0; at < source.length; at++) {
    const char = source[at] as string;
    switch (char) {
      case '\\': {
        const next = source[++at];
        if (next === undefined) return { ok: false, reason: 'a backslash at its end' };
        out += SAME_ESCAPES.includes(next) ? `\\${next}` : literal(next);
        break;
      }
      case '[': {
        const charClass = translateClass(source, at);
        if (!charClass) return { ok: false, reason: 'an unclosed [' };
        out += charClass.text;
        at = charClass.end - 1;
        break;
      }
      case '"': {
        const close = source.indexOf('"', at + 1);
        if (close < 0) return { ok: false, reason: 'an unclosed quote' };
        const quoted = source.slice(at + 1, close).replace(SPECIAL, '\\$&');
        out += `(?:${quoted})`;
        at = close;
        break;
      }
      case '^':
      case '$':
        out += `\\${char}`;
        break;
      case '@':
        out += '(?:.*)';
        break;
      case '(':
        // A group that captures or not is the same here; `(?` would be something else in RE2.
        if (source[at + 1] === '?') return { ok: false, reason: 'a ? with nothing before it' };
        out += char;
        break;
      case '&':
      case '~':
      case '<':
      case '#':
        return { ok: false, reason: `Lucene's operator ${char}` };
      default:
        out += char;
    }
  }
  return { ok: true, pattern: out };
}

function literal(char: string): string {
  return char.replace(SPECIAL, '\\$&');
}

/** A class from its `[`: in Lucene only `\`, a leading `^`, `-` and `]` are special in it. */
function translateClass(source: string, start: number): { readonly text: string; readonly end: number } | undefined {
  let at = start + 1;
  let text = '[';
  if (source[at] === '^') {
    text += '^';
    at++;
  }
  for (let first = true; at < source.length; first = false) {
    const char = source[at] as string;
    if (char === ']' && !first) return { text: `${text}]`, end: at + 1 };
    if (char === '\\') {
      const next = source[at + 1];
      if (next === undefined) return undefined;
      text += /[\\\]^\-[]/.test(next) || SAME_ESCAPES.includes(next) ? `\\${next}` : next;
      at += 2;
    } else {
      text += char === '[' || char === ']' || (char === '^' && first) ? `\\${char}` : char;
      at++;
    }
  }
  return undefined;
}

/** The expression for a matcher that looks anywhere in a text. */
export function anchored(pattern: string): string {
  return `^(?:${pattern})$`;
}
