import type { Encoding } from '../model/predicate.ts';

/** Bytes as a text of the characters U+0000 to U+00FF. */
type Bytes = readonly number[];

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

function utf16(text: string, bigEndian: boolean): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (bigEndian) bytes.push(unit >> 8, unit & 255);
    else bytes.push(unit & 255, unit >> 8);
  }
  return bytes;
}

/** Base64 (RFC 4648, 4) with padding. */
function base64(bytes: Bytes): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b = 0, c = 0] = bytes.slice(i, i + 3) as [number, number?, number?];
    const left = bytes.length - i;
    text += (ALPHABET[a >> 2] as string) + (ALPHABET[((a & 3) << 4) | (b >> 4)] as string);
    text += left > 1 ? (ALPHABET[((b & 15) << 2) | (c >> 6)] as string) : '=';
    text += left > 2 ? (ALPHABET[c & 63] as string) : '=';
  }
  return text;
}

/**
 * The characters that Base64 of any data holding `bytes` at an offset of `shift` (modulo 3) must hold: those at the
 * edges that depend on the neighbours are left out. Example: `foo` at shift 1 gives `Zvb`, of `?Zvb`+`?`.
 */
function base64At(bytes: Bytes, shift: 0 | 1 | 2): string {
  const text = base64([...new Array<number>(shift).fill(0), ...bytes]);
  const from = shift === 0 ? 0 : shift + 1;
  const bits = (shift + bytes.length) % 3;
  const cut = bits === 0 ? 0 : bits === 1 ? 3 : 2;
  return text.slice(from, text.length - cut);
}

/**
 * The texts that a value stands for under its encodings, in the order written: UTF-16 first, then Base64. Without a
 * Base64 step the bytes are compared as the characters U+0000 to U+00FF. `base64offset` gives three texts, any of
 * which counts; empty ones (values too short to leave a fixed part) are dropped.
 */
export function encodeValue(text: string, encodings: readonly Encoding[]): readonly string[] {
  let bytes: number[] | undefined;
  for (const encoding of encodings) {
    switch (encoding) {
      case 'wide':
      case 'utf16le':
        bytes = utf16(text, false);
        break;
      case 'utf16be':
        bytes = utf16(text, true);
        break;
      case 'utf16':
        bytes = [0xff, 0xfe, ...utf16(text, false)];
        break;
      case 'base64':
        return [base64(bytes ?? utf8(text))];
      case 'base64offset': {
        const source = bytes ?? utf8(text);
        const texts = ([0, 1, 2] as const).map((shift) => base64At(source, shift));
        return [...new Set(texts.filter((encoded) => encoded !== ''))];
      }
    }
  }
  return [bytes ? bytes.map((byte) => String.fromCharCode(byte)).join('') : text];
}
