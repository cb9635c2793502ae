import { open } from 'node:fs/promises';

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** What a file is, told by its content alone. */
export type Detected =
  | { readonly kind: 'evtx' }
  | { readonly kind: 'json'; readonly encoding: TextEncoding; readonly bomBytes: number }
  | { readonly kind: 'none'; readonly reason: string };

/** Bytes looked at: an EVTX file's header block and its first chunk's head, or some hundred lines of text. */
export const HEAD_BYTES = 65_536;

const NOT_A_LOG = 'Not a log format Rulewright reads';

/** Tells the format of a file. @throws what opening and reading throw (ENOENT, EACCES, …). */
export async function detectFile(path: string): Promise<Detected> {
  const file = await open(path, 'r');
  try {
    const head = new Uint8Array(HEAD_BYTES);
    let filled = 0;
    while (filled < head.length) {
      const { bytesRead } = await file.read(head, filled, head.length - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return detect(head.subarray(0, filled));
  } finally {
    await file.close();
  }
}

/** Tells the format by a file's first bytes (all of them where it has fewer than HEAD_BYTES). */
export function detect(head: Uint8Array): Detected {
  if (head.length === 0) return { kind: 'none', reason: 'The file is empty (0 bytes)' };
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  // A file whose header is damaged is still an EVTX file where it has a chunk.
  if (bytes.subarray(0, 8).equals(Buffer.from('ElfFile\0')) || bytes.includes('ElfChnk\0')) return { kind: 'evtx' };
  const { encoding, bomBytes } = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes.subarray(bomBytes));
  if (looksLikeJson(text, head.length < HEAD_BYTES)) return { kind: 'json', encoding, bomBytes };
  return { kind: 'none', reason: reasonFor(bytes) };
}

/** The encoding that a byte order mark tells; without one UTF-8. */
export function encodingOf(bytes: Buffer): { encoding: TextEncoding; bomBytes: number } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', bomBytes: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', bomBytes: 2 };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', bomBytes: 3 };
  return { encoding: 'utf-8', bomBytes: 0 };
}

/**
 * Whether a text begins as JSON with objects in it. `{"` or `[{` (blanks allowed) is enough, so that a file whose
 * first record is broken still counts; else one of its whole lines must be a JSON object.
 */
function looksLikeJson(text: string, isWhole: boolean): boolean {
  if (/^[\s,]*(?:\[[\s,]*)?(?:\{\s*(?:"|\})|\[\s*\]\s*$)/.test(text)) return true;
  const lines = text.split('\n');
  if (!isWhole) lines.pop();
  return lines.some((line) => line.trimStart().startsWith('{"') && isJson(line)) || /^Record \d+\s*\n\{/.test(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Formats that an analyst may well expect to work, so that the ledger says what to do about them. */
function reasonFor(bytes: Buffer): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return `${NOT_A_LOG}: a gzip archive, unpack it first`;
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) return `${NOT_A_LOG}: a zip archive, unpack it first`;
  if (bytes.subarray(0, 4).equals(Buffer.from('LfLe')) || bytes.subarray(4, 8).equals(Buffer.from('LfLe'))) {
    return `${NOT_A_LOG}: an event log of Windows XP or older (EVT)`;
  }
  if (bytes.subarray(0, 16).equals(Buffer.from('SQLite format 3\0'))) {
    return `${NOT_A_LOG}: an SQLite database; where it is a case, use "Open case"`;
  }
  return NOT_A_LOG;
}
