import { parseAllDocuments, visit, type Document, type Scalar } from 'yaml';

/** Texts in quotes that are joined in one source; each costs one reading of it. */
const JOINED_LIMIT = 8;

/**
 * Parses every document of a text. YAML 1.2 wants the further lines of a text in quotes to be indented (7.3), which
 * the readers that most collections of rules are checked with do not ask for: such a text is read all the same, where
 * the whole is then without fault. Places are those of the source as it stands.
 * Keys that stand twice are not told. Undefined where the text is nested more deeply than can be parsed.
 */
export function parseLeniently(source: string): readonly Document.Parsed[] | undefined {
  try {
    return parse(source);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function parse(source: string): readonly Document.Parsed[] {
  const strict = parseStrictly(source);
  let parsed = strict;
  let text = source;
  for (let i = 0; i < JOINED_LIMIT; i++) {
    const at = unclosed(parsed);
    const joined = at === undefined ? undefined : joinLines(text, at);
    if (joined === undefined) break;
    text = joined;
    parsed = parseStrictly(text);
  }
  return parsed.some(({ errors }) => errors.length > 0) ? strict : parsed;
}

function parseStrictly(text: string): readonly Document.Parsed[] {
  const parsed = parseAllDocuments(text, { prettyErrors: false, logLevel: 'silent', uniqueKeys: false });
  return Array.isArray(parsed) ? parsed : [];
}

/** Where the first text begins whose quote was not found closed; undefined where there is none. */
function unclosed(documents: readonly Document.Parsed[]): number | undefined {
  for (const document of documents) {
    const ends = new Set(document.errors.filter(({ code }) => code === 'MISSING_CHAR').map(({ pos }) => pos[0]));
    if (ends.size === 0) continue;
    let start: number | undefined;
    visit(document, {
      Scalar: (_, node) => {
        if (!isQuoted(node) || !node.range || !ends.has(node.range[1])) return undefined;
        start = node.range[0];
        return visit.BREAK;
      },
    });
    if (start !== undefined) return start;
  }
  return undefined;
}

function isQuoted({ type }: Scalar): boolean {
  return type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE';
}

/** The source with the lines of one text in quotes joined by blanks, of the same length; undefined if never closed. */
function joinLines(source: string, start: number): string | undefined {
  const end = closingQuote(source, start);
  if (end === undefined) return undefined;
  const inner = source.slice(start, end);
  if (!/[\r\n]/.test(inner)) return undefined;
  return source.slice(0, start) + inner.replace(/[\r\n]/g, ' ') + source.slice(end);
}

function closingQuote(source: string, start: number): number | undefined {
  const quote = source[start];
  for (let i = start + 1; i < source.length; i++) {
    const unit = source[i];
    if (quote === '"' && unit === '\\') i++;
    else if (unit === quote) {
      if (quote === '"' || source[i + 1] !== "'") return i + 1;
      i++;
    }
  }
  return undefined;
}
