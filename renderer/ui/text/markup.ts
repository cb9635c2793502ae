/** Pretty-printing and tinting of one event's XML or JSON. Text is only laid out, never changed or parsed to values. */

export type TokenKind = 'punct' | 'name' | 'attribute' | 'string' | 'number' | 'text';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

export interface Line {
  readonly depth: number;
  readonly tokens: readonly Token[];
}

const XML_PIECE = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<[^>]*>|[^<]+/g;
const XML_TAG_PART = /[^\s=<>/"']+(?=\s*=)|"[^"]*"|'[^']*'|\/?>|<\/?|[^\s=<>/"']+|=|\s+|\//g;

/** Lays out XML: one line an element, an element that holds only text on one line. */
export function xmlLines(xml: string): readonly Line[] {
  const pieces = xml.match(XML_PIECE) ?? [];
  const lines: Line[] = [];
  let depth = 0;
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as string;
    if (piece.trim() === '') continue;
    if (!piece.startsWith('<')) {
      lines.push({ depth, tokens: [{ kind: 'text', text: piece.trim() }] });
      continue;
    }
    if (piece.startsWith('</')) depth = Math.max(0, depth - 1);
    const tokens = tagTokens(piece);
    if (!isOpening(piece)) {
      lines.push({ depth, tokens });
      continue;
    }
    const [text, close] = [pieces[i + 1] ?? '', pieces[i + 2] ?? ''];
    if (text.startsWith('</')) {
      lines.push({ depth, tokens: [...tokens, ...tagTokens(text)] });
      i += 1;
    } else if (!text.startsWith('<') && text.trim() !== '' && close.startsWith('</')) {
      lines.push({ depth, tokens: [...tokens, { kind: 'text', text }, ...tagTokens(close)] });
      i += 2;
    } else {
      lines.push({ depth, tokens });
      depth++;
    }
  }
  return lines;
}

function isOpening(piece: string): boolean {
  return !/^<[!?/]/.test(piece) && !piece.endsWith('/>');
}

function tagTokens(piece: string): readonly Token[] {
  if (/^<[!?]/.test(piece)) return [{ kind: 'punct', text: piece }];
  let named = false;
  return (piece.match(XML_TAG_PART) ?? []).map((text): Token => {
    if (/^["']/.test(text)) return { kind: 'string', text };
    if (/^(<\/?|\/?>|=|\/|\s+)$/.test(text)) return { kind: 'punct', text };
    if (named) return { kind: 'attribute', text };
    named = true;
    return { kind: 'name', text };
  });
}

const JSON_PIECE = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+|"/g;

/** Lays out JSON by its tokens alone: a number keeps every digit, a broken text is shown as far as it goes. */
export function jsonLines(json: string): readonly Line[] {
  const pieces = json.match(JSON_PIECE) ?? [];
  const lines: Line[] = [];
  let tokens: Token[] = [];
  let depth = 0;
  const flush = (): void => {
    if (tokens.length > 0) lines.push({ depth, tokens });
    tokens = [];
  };
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as string;
    const next = pieces[i + 1];
    if ((piece === '{' && next === '}') || (piece === '[' && next === ']')) {
      tokens.push({ kind: 'punct', text: piece + next });
      i++;
    } else if (piece === '{' || piece === '[') {
      tokens.push({ kind: 'punct', text: piece });
      flush();
      depth++;
    } else if (piece === '}' || piece === ']') {
      flush();
      depth = Math.max(0, depth - 1);
      tokens.push({ kind: 'punct', text: piece });
    } else if (piece === ',') {
      tokens.push({ kind: 'punct', text: ',' });
      flush();
    } else if (piece === ':') {
      tokens.push({ kind: 'punct', text: ': ' });
    } else {
      tokens.push({ kind: valueKind(piece, next), text: piece });
    }
  }
  flush();
  return lines;
}

function valueKind(piece: string, next: string | undefined): TokenKind {
  if (!piece.startsWith('"')) return 'number';
  return next === ':' ? 'name' : 'string';
}
