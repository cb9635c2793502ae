import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatValue, parseMessage } from './format-message.ts';

/** A message with its inserts in angle brackets. */
function shown(message: string): string {
  return parseMessage(message)
    .map((part) => {
      switch (part.kind) {
        case 'text':
          return part.text;
        case 'insert':
          return part.format === '' ? `<${part.number}>` : `<${part.number}:${part.format}>`;
        case 'parameter':
          return `<<${part.number}>>`;
      }
    })
    .join('');
}

describe('messages', () => {
  it.each([
    ['A %1 b %2 c', 'A <1> b <2> c'],
    ['%1!s! and %2!08x! and %3!-10.4s!', '<1:s> and <2:08x> and <3:-10.4s>'],
    ['%10 is one insert, %1%0 ends', '<10> is one insert, <1>'],
    ['100%% sure%. Really%!', '100% sure. Really!'],
    ['a%nb%tc%bd', 'a\nb\tc d'],
    ['a%rb%r%nc', 'a\nb\nc'],
    ['a% b', 'a b'],
    ['Impersonation: %%1833', 'Impersonation: <<1833>>'],
    ['line\r\nline\r\n', 'line\nline'],
    ['hard%\r\nbreak%\nhere', 'hard\nbreak\nhere'],
    ['a percent at the end %', 'a percent at the end %'],
    ['%1!unclosed', '<1>!unclosed'],
    ['%0', ''],
    ['', ''],
  ])('%j', (message, wanted) => {
    expect(shown(message)).toBe(wanted);
  });

  it('leaves text without a percent as it is, but for blanks at its end', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/[%\r]/.test(text));
        expect(shown(text)).toBe(text.trimEnd());
      }),
    );
  });

  it('takes any text, and gives back what escaping put in', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('%', '1', '0', '!', 's', 'n', 'x', '\r', '\n', ' ') }), (text) => {
        expect(() => parseMessage(text)).not.toThrow();
        const plain = text.replaceAll('\r', '');
        expect(shown(plain.replaceAll('%', '%%').replace(/%%(?=\d)/g, '%% '))).toBe(
          plain.replace(/%(?=\d)/g, '% ').trimEnd(),
        );
      }),
    );
  });
});

describe('printf formats', () => {
  it.each([
    ['255', 'x', 'ff'],
    ['255', '#X', '0xFF'],
    ['255', '08lx', '000000ff'],
    ['-1', 'I64x', 'ffffffffffffffff'],
    ['0x1f', 'd', '31'],
    ['5', '4u', '   5'],
    ['5', '-4u', '5   '],
    ['-5', '04d', '-005'],
    ['5', '.3d', '005'],
    ['abcdef', '.3s', 'abc'],
    ['abc', '6s', '   abc'],
    ['abc', '-6S', 'abc   '],
    ['not a number', 'd', 'not a number'],
    ['abc', 'q', 'abc'],
    ['abc', 'nonsense', 'abc'],
  ])('%j as %j', (value, format, wanted) => {
    expect(formatValue(value, format)).toBe(wanted);
  });

  it('makes no more of a value than a line of blanks', () => {
    expect(formatValue('x', '999999999s').length).toBe(256);
    expect(formatValue('7', '.999999999d').length).toBe(256);
  });
});
