import { describe, expect, it } from 'vitest';
import { ruleText } from './rule-text.ts';

const TEXT = 'title: Schlüssel\nid: 😀\n';

describe('the text of a rule file', () => {
  it('is read in the encoding that its mark tells', () => {
    const little = Buffer.from(`\uFEFF${TEXT}`, 'utf16le');
    expect(ruleText(little)).toBe(TEXT);
    expect(ruleText(Buffer.from(little).swap16())).toBe(TEXT);
    expect(ruleText(Buffer.from(TEXT, 'utf8'))).toBe(TEXT);
  });

  it('keeps what can be read of a file cut off within a letter', () => {
    expect(ruleText(Buffer.from(`\uFEFF${TEXT}`, 'utf16le').subarray(0, 9))).toBe('tit');
    expect(ruleText(Buffer.from([0xff, 0xfe]))).toBe('');
    expect(ruleText(Buffer.from([0x61, 0xff]))).toBe('a\uFFFD');
  });
});
