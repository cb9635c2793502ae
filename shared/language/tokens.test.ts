import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineDiagnostics, mergeDiagnostics, moveSpan } from './merge.ts';
import { SAMPLE } from './sample.test-data.ts';
import { START, tokenizeLine, type LineState, type TokenType } from './text/tokens.ts';

/** Pieces of a text with their types, without those that mean nothing. */
function pieces(text: string): [string, TokenType][] {
  let state: LineState = START;
  return text.split('\n').flatMap((line) => {
    const read = tokenizeLine(line, state);
    state = read.state;
    return read.tokens.flatMap(({ start, type }, index): [string, TokenType][] => {
      const piece = line.slice(start, read.tokens[index + 1]?.start ?? line.length);
      return type === '' || piece.trim() === '' ? [] : [[piece, type]];
    });
  });
}

describe('tokens', () => {
  it('tells sections, selections, fields, modifiers and operators apart', () => {
    const found = pieces(SAMPLE);
    for (const wanted of [
      ['title', 'section'],
      ['selection_img', 'selection'],
      ['Image', 'field'],
      ['endswith', 'modifier'],
      ['all', 'operator'],
      ['of', 'operator'],
      ['selection_*', 'selection'],
      ['filter_main_*', 'selection'],
      ['# the service', 'comment'],
      ['category', 'key'],
    ]) {
      expect(found).toContainEqual(wanted);
    }
    // A block scalar is text, whatever it looks like.
    expect(found).toContainEqual(['key: not a key', 'string']);
  });

  it('marks what matches anything, and not what is escaped', () => {
    expect(pieces("detection:\n    a:\n        Image: '*\\x\\*?'")).toEqual(
      expect.arrayContaining([
        ['*', 'wildcard'],
        ['?', 'wildcard'],
        ['\\x\\*', 'string'],
      ]),
    );
    expect(pieces('title: what?').map(([, type]) => type)).not.toContain('wildcard');
  });

  it('covers every line: first token at 0, starts grow and stay within', () => {
    const line = fc.string({ unit: fc.constantFrom(...Array.from(`ab1:- '"#|>*?[]{},\\\t`)) });
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        let state: LineState = START;
        for (const each of lines) {
          const read = tokenizeLine(each, state);
          state = read.state;
          expect(read.tokens[0]?.start).toBe(0);
          read.tokens.slice(1).forEach(({ start }, index) => {
            expect(start).toBeGreaterThan(read.tokens[index]?.start ?? -1);
            expect(start).toBeLessThanOrEqual(each.length);
          });
        }
      }),
    );
  });
});

describe('diagnostics of reader and engine', () => {
  const at = (code: string, start: number, end: number) =>
    ({ severity: 'error', code, message: code, span: { start, end } }) as const;

  it('says each thing once, in the order of the text', () => {
    const merged = mergeDiagnostics([at('b', 5, 6), at('a', 0, 1)], [at('a', 0, 1), at('c', 2, 3)]);
    expect(merged.map((each) => each.code)).toEqual(['a', 'c', 'b']);
  });

  it('moves a span with its text, or drops it', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.string(),
        fc.string(),
        fc.string(),
        (head, before, span, after, tail) => {
          const older = head + before + span + after + tail;
          const marked = { start: head.length + before.length, end: head.length + before.length + span.length };
          const newer = head + before + span + after + 'x' + tail;
          const moved = moveSpan(marked, older, newer);
          if (moved) expect(newer.slice(moved.start, moved.end)).toBe(span);
          const front = moveSpan(marked, older, `y${older}`);
          if (front) expect(`y${older}`.slice(front.start, front.end)).toBe(span);
        },
      ),
    );
    expect(moveSpan({ start: 4, end: 7 }, 'abc def', 'abc dXf')).toBeUndefined();
    expect(moveSpan({ start: 4, end: 7 }, 'abc def', 'zabc def')).toEqual({ start: 5, end: 8 });
  });

  it('drops what the reader itself says of an older text', () => {
    const theirs = [at('sigma-x', 0, 1), at('regex-refused', 0, 1)];
    expect(engineDiagnostics(theirs, 'ab', 'ab')).toHaveLength(2);
    expect(engineDiagnostics(theirs, 'ab', 'abc').map((each) => each.code)).toEqual(['regex-refused']);
  });
});
