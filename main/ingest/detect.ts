import type { CsvMapping } from '../../shared/model/csv-mapping.ts';
import { csvLayout, type CsvLayout } from './csv/csv-layout.ts';
import { looksLikeWevtutil } from './text/decode-wevtutil.ts';
import { encodingOf, type TextEncoding } from './input/encoding.ts';

/** What a file is, told by its content alone. */
export type Detected =
  | { readonly kind: 'evtx' }
  | { readonly kind: 'wevtutil'; readonly encoding: TextEncoding; readonly bomBytes: number }
  | {
      readonly kind: 'xml';
      readonly encoding: TextEncoding;
      readonly bomBytes: number;
      readonly hasObjects: boolean;
    }
  | {
      readonly kind: 'json';
      readonly encoding: TextEncoding;
      readonly bomBytes: number;
      readonly hasPrefixes: boolean;
    }
  | {
      readonly kind: 'csv';
      readonly encoding: TextEncoding;
      readonly bomBytes: number;
      readonly layout: CsvLayout;
    }
  | { readonly kind: 'none'; readonly reason: string };

/** Bytes looked at: an EVTX file's header block and its first chunk's head, or some hundred lines of text. */
export const HEAD_BYTES = 65_536;

/** Why a file without a byte is no log. */
export const EMPTY_FILE = 'The file is empty (0 bytes)';
const NOT_A_LOG = 'Not a log format Rulewright reads';

/**
 * Tells the format by a file's first bytes (all of them where it has fewer than HEAD_BYTES).
 * @param mappings what the user said of tables.
 */
export function detect(head: Uint8Array, mappings: readonly CsvMapping[] = []): Detected {
  if (head.length === 0) return { kind: 'none', reason: EMPTY_FILE };
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  // A file whose header is damaged is still an EVTX file where it has a chunk.
  if (bytes.subarray(0, 8).equals(Buffer.from('ElfFile\0')) || bytes.includes('ElfChnk\0')) return { kind: 'evtx' };
  const { encoding, bomBytes } = encodingOf(bytes);
  const text = new TextDecoder(encoding).decode(bytes.subarray(bomBytes));
  const isWhole = head.length < HEAD_BYTES;
  if (looksLikeXml(text)) return { kind: 'xml', encoding, bomBytes, hasObjects: false };
  if (looksLikeClixml(text)) return { kind: 'xml', encoding, bomBytes, hasObjects: true };
  if (looksLikeWevtutil(text)) return { kind: 'wevtutil', encoding, bomBytes };
  if (looksLikeJson(text, isWhole)) return { kind: 'json', encoding, bomBytes, hasPrefixes: false };
  if (hasPrefixedJson(text, isWhole)) return { kind: 'json', encoding, bomBytes, hasPrefixes: true };
  const layout = csvLayout(text, isWhole, mappings);
  if (layout) return { kind: 'csv', encoding, bomBytes, layout };
  return { kind: 'none', reason: reasonFor(bytes) };
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

/** Lines looked at, and the share of them that must have an object behind some text. */
const LINES = 50;
const MOST = 0.8;

/** Whether lines have a JSON object behind a text: `<14>1 2024-05-01T08:15:02Z ws01 … {"EventID":1}`. */
function hasPrefixedJson(text: string, isWhole: boolean): boolean {
  const lines = text.split('\n', LINES + 1);
  if (lines.length > LINES || !isWhole) lines.pop();
  const full = lines.filter((line) => line.trim() !== '');
  const alike = full.filter((line) => {
    const object = /^[^{]+(\{\s*".*\})[\s\],]*$/s.exec(line)?.[1];
    return object !== undefined && isJson(object);
  });
  return alike.length > 0 && alike.length >= full.length * MOST;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a text begins as XML, or as evtx_dump's, with events in it. */
function looksLikeXml(text: string): boolean {
  return /^\s*(?:Record \d+\s*)?</.test(text) && /<(?:[\w-]+:)?Events?[\s>/]/.test(text);
}

/** Whether a text begins as what PowerShell's Export-Clixml writes. */
function looksLikeClixml(text: string): boolean {
  return /^\s*(?:<\?xml[^>]*>\s*)?<Objs\s[^>]*schemas\.microsoft\.com\/powershell\//.test(text);
}

/** Formats that an analyst may well expect to work, so that the ledger says what to do about them. */
function reasonFor(bytes: Buffer): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return `${NOT_A_LOG}: gzip within gzip, unpack it first`;
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) {
    return `${NOT_A_LOG}: a document or a program packed as zip, or a zip archive within gzip`;
  }
  if (bytes.subarray(257, 262).equals(Buffer.from('ustar'))) return `${NOT_A_LOG}: a tar archive, unpack it first`;
  if (bytes.subarray(0, 4).equals(Buffer.from('LfLe')) || bytes.subarray(4, 8).equals(Buffer.from('LfLe'))) {
    return `${NOT_A_LOG}: an event log of Windows XP or older (EVT)`;
  }
  if (bytes.subarray(0, 16).equals(Buffer.from('SQLite format 3\0'))) {
    return `${NOT_A_LOG}: an SQLite database; where it is a case, use "Open case"`;
  }
  return NOT_A_LOG;
}
