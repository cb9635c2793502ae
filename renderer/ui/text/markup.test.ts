import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLines, xmlLines } from './markup.ts';

const shown = (lines: ReturnType<typeof xmlLines>): string[] =>
  lines.map((line) => ' '.repeat(line.depth) + line.tokens.map((token) => token.text).join(''));

describe('xmlLines', () => {
  it('puts elements of text on one line and keeps every character of them', () => {
    const xml =
      '<Event xmlns="http://x"><System><EventID>1</EventID><A/></System><Data Name="Image">a  b&lt;</Data></Event>';
    expect(shown(xmlLines(xml))).toEqual([
      '<Event xmlns="http://x">',
      ' <System>',
      '  <EventID>1</EventID>',
      '  <A/>',
      ' </System>',
      ' <Data Name="Image">a  b&lt;</Data>',
      '</Event>',
    ]);
  });

  it('tells names, attributes and values apart', () => {
    expect(xmlLines('<Data Name="x">y</Data>')[0]?.tokens.map((t) => t.kind)).toEqual([
      'punct',
      'name',
      'punct',
      'attribute',
      'punct',
      'string',
      'punct',
      'text',
      'punct',
      'name',
      'punct',
    ]);
  });

  it('takes any text without throwing', () => {
    fc.assert(fc.property(fc.string(), (text) => xmlLines(text).every((line) => line.depth >= 0)));
  });
});

describe('jsonLines', () => {
  it('loses no token of any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const back = jsonLines(json)
          .flatMap((line) => line.tokens.map((token) => token.text))
          .join('');
        expect(JSON.parse(back)).toEqual(JSON.parse(json));
      }),
    );
  });

  it('keeps every digit', () => {
    expect(shown(jsonLines('{"a":18446744073709551615,"b":[],"c":[1]}'))).toEqual([
      '{',
      ' "a": 18446744073709551615,',
      ' "b": [],',
      ' "c": [',
      '  1',
      ' ]',
      '}',
    ]);
  });
});
