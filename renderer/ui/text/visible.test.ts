import { describe, expect, it } from 'vitest';
import { lineText, visibleText } from './visible.ts';

describe('visible text', () => {
  it('shows what turns the reading order or hides itself', () => {
    expect(visibleText('invoice\u202efdp.exe')).toBe('invoice‹U+202E›fdp.exe');
    expect(visibleText('po\u200bwershell\ufeff')).toBe('po‹U+200B›wershell‹U+FEFF›');
    expect(visibleText('a\u0000b\u001b[31m\u007f')).toBe('a␀b␛[31m␡');
  });

  it('leaves words of any script, emoji, tabs and line breaks', () => {
    const texts = ['مرحبا بالعالم', 'می‌خواهم', '工具.exe', '👩‍👩‍👧', 'one\r\n\ttwo', ''];
    expect(texts.map(visibleText)).toEqual(texts);
  });

  it('puts a value into one line', () => {
    expect(lineText('one\r\n  two\n\nthree')).toBe('one ⏎ two ⏎ three');
  });
});
