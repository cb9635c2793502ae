import { encodedText, encodingOf } from '../ingest/input/encoding.ts';

/**
 * The text of a rule's file. Editors on Windows also save UTF-16, which a byte order mark tells; without one, as in
 * most files, it is UTF-8. Bytes that are no text become U+FFFD.
 */
export function ruleText(bytes: Buffer): string {
  const { encoding, bomBytes } = encodingOf(bytes);
  if (encoding === 'utf-8') return bytes.toString('utf8');
  const units = bytes.subarray(bomBytes, bytes.length - ((bytes.length - bomBytes) % 2));
  return encodedText(encoding === 'utf-16be' ? Buffer.from(units).swap16() : units, 2);
}
