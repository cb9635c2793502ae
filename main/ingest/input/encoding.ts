export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Bytes that `encodingOf` looks at. */
export const ENCODING_BYTES = 4;

/** The encoding that a byte order mark tells; without one UTF-16 where two characters of ASCII are written so, else UTF-8. */
export function encodingOf(bytes: Buffer): { encoding: TextEncoding; bomBytes: number } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', bomBytes: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', bomBytes: 2 };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', bomBytes: 3 };
  const [a, b, c, d] = bytes;
  if (a && b === 0 && c && d === 0) return { encoding: 'utf-16le', bomBytes: 0 };
  if (a === 0 && b && c === 0 && d) return { encoding: 'utf-16be', bomBytes: 0 };
  return { encoding: 'utf-8', bomBytes: 0 };
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });

/** The text of UTF-8 (unit 1) or little-endian UTF-16 (unit 2). */
export function encodedText(bytes: Uint8Array, unit: 1 | 2): string {
  return unit === 1 ? utf8.decode(bytes) : utf16.decode(bytes);
}
