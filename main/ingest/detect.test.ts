import { describe, expect, it } from 'vitest';
import { detect, HEAD_BYTES } from './detect.ts';

const utf8 = (text: string) => Buffer.from(text);
const kind = (bytes: Uint8Array) => detect(bytes).kind;

describe('detect', () => {
  it.each([
    ['{"a":1}\n{"a":2}', 'json'],
    [' \r\n[ {"a":1} ]', 'json'],
    ['[]', 'json'],
    ['{\n  "Event": {', 'json'],
    ['{"broken', 'json'],
    ['# export of host A\n{"a":1}\n', 'json'],
    ['Record 1\n{\n  "Event": {}\n}', 'json'],
    ['[section]\nkey=value', 'none'],
    ['{\\rtf1\\ansi}', 'none'],
    ['title: a rule\ndetection: {}\n', 'none'],
    ['time,host\n1,a\n', 'csv'],
    ['sep=;\r\nName;Wert\r\n1;"a;\r\nb"\r\n', 'csv'],
    ['a\tb c\n1\t2', 'csv'],
    ['EventID,Channel,Computer\n', 'csv'],
    ['Hello, world\nthis is a letter, not a table, you see\nand, so, on\n', 'none'],
    ['one line, with a comma', 'none'],
    ['1,2\n3,4\n', 'none'],
    ['<Events><Event xmlns="x"><System/></Event></Events>', 'xml'],
    ['<?xml version="1.0"?>\n<Event>', 'xml'],
    ['Record 1\n<?xml version="1.0"?><Event/>', 'xml'],
    ['<html><body>Events</body></html>', 'none'],
    ['"text"', 'none'],
  ])('takes %j for %s', (text, expected) => {
    expect(kind(utf8(text))).toBe(expected);
    expect(kind(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8(text)]))).toBe(expected);
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(kind(wide)).toBe(expected);
    expect(kind(Buffer.from(wide).swap16())).toBe(expected);
  });

  it('knows EVTX by its header, and by a chunk where the header is gone', () => {
    expect(kind(utf8('ElfFile\0rest'))).toBe('evtx');
    const damaged = Buffer.alloc(HEAD_BYTES);
    damaged.write('ElfChnk\0', 4096);
    expect(kind(damaged)).toBe('evtx');
    expect(kind(Buffer.alloc(HEAD_BYTES))).toBe('none');
  });

  it('says why it takes nothing from a file', () => {
    const reason = (bytes: Uint8Array) => {
      const detected = detect(bytes);
      return detected.kind === 'none' ? detected.reason : '';
    };
    expect(reason(new Uint8Array())).toBe('The file is empty (0 bytes)');
    expect(reason(utf8('hello'))).toBe('Not a log format Rulewright reads');
    expect(reason(utf8('SQLite format 3\0rest'))).toContain('Open case');
    expect(reason(Buffer.from([0x1f, 0x8b, 8, 0]))).toContain('gzip');
  });
});
