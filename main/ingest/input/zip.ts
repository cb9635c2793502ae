import { open, type FileHandle } from 'node:fs/promises';
import { fromRandomAccessReaderPromise, getFileNameLowLevel, RandomAccessReader, validateFileName } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { FileInput, InputFault, type ByteInput } from './byte-input.ts';
import { bombFault, InflateInput, isBomb, RATIO_LIMIT } from './inflate.ts';
import type { Fault } from '../../../shared/model/fault.ts';

/** Entries of one archive that are read; a folder of logs has hundreds. */
const ENTRY_LIMIT = 20_000;
/** What all entries of an archive may unpack to, beside RATIO_LIMIT times its size. */
const FREE_TOTAL = 4 * 2 ** 30;

/** One file in a zip archive. */
export interface ZipEntry {
  /** Path within the archive, with `/`; a name that occurs again has ` (2)`, ` (3)` … behind it. */
  readonly name: string;
  /** Unpacked size, as the archive's directory has it. */
  readonly bytes: number;
  /** Why it is not read. */
  readonly fault?: Fault;
  /** What yauzl knows of it; undefined for an entry that only tells of others. */
  readonly entry: Entry | undefined;
}

/**
 * A zip archive's directory, and its files' bytes. Nothing is ever written under a name from the archive. An entry
 * whose name leads out of the archive, that is encrypted, overlaps others or is a bomb has a fault.
 */
export class ZipArchive {
  private constructor(
    private readonly file: FileHandle,
    private readonly zip: ZipFile,
    readonly entries: readonly ZipEntry[],
  ) {}

  /** @throws InputFault where the directory cannot be read; what opening the file throws */
  static async open(path: string): Promise<ZipArchive> {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
      const zip = await fromRandomAccessReaderPromise(new HandleReader(file), size, options);
      return new ZipArchive(file, zip, await readDirectory(zip, size));
    } catch (error) {
      await file.close();
      if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
      throw new InputFault(directoryFault(error));
    }
  }

  /** The bytes of an entry, unpacked. @throws InputFault where it has a fault or its header is damaged */
  async read({ entry, fault }: ZipEntry): Promise<ByteInput> {
    if (fault) throw new InputFault(fault);
    if (!entry) throw new InputFault({ code: 'not-found', message: 'There is no such entry' });
    let start: number;
    try {
      ({ fileDataStart: start } = await this.zip.readLocalFileHeaderPromise(entry, { minimal: true }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
      throw new InputFault(directoryFault(error));
    }
    const packed = new FileInput(this.file, start, start + entry.compressedSize, false);
    if (entry.compressionMethod === 0) return packed;
    return new InflateInput(packed, 'deflate', { bytes: entry.uncompressedSize, crc: entry.crc32 });
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** Lets yauzl read by the handle that we own. */
class HandleReader extends RandomAccessReader {
  constructor(private readonly file: FileHandle) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.file.read(buffer, offset, length, position).then(
      ({ bytesRead }) => {
        callback(bytesRead < length ? new Error('the archive ends early') : null);
      },
      (error: unknown) => {
        callback(error as Error);
      },
    );
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}

async function readDirectory(zip: ZipFile, archiveBytes: number): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  const times = new Map<string, number>();
  let packed = 0;
  let unpacked = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const given = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      if (given.endsWith('/')) continue;
      if (entries.length >= ENTRY_LIMIT) {
        const message = `The archive has more than ${ENTRY_LIMIT} entries; the rest is not read`;
        entries.push({ name: '…', bytes: 0, fault: { code: 'too-large', message }, entry: undefined });
        break;
      }
      packed += entry.compressedSize;
      unpacked += entry.uncompressedSize;
      const fault =
        packed > archiveBytes
          ? damaged('Entries of the archive overlap, as in a bomb')
          : unpacked > FREE_TOTAL && unpacked > archiveBytes * RATIO_LIMIT
            ? bombFault('The zip archive')
            : entryFault(entry, given);
      const name = given.replaceAll('\0', '\ufffd');
      const count = (times.get(name) ?? 0) + 1;
      times.set(name, count);
      const unique = count === 1 ? name : `${name} (${count})`;
      entries.push({ name: unique, bytes: entry.uncompressedSize, entry, ...(fault ? { fault } : {}) });
    }
  } catch (error) {
    if (entries.length === 0 || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    entries.push({ name: '…', bytes: 0, fault: directoryFault(error), entry: undefined });
  }
  return entries;
}

function entryFault(entry: Entry, name: string): Fault | undefined {
  const isOutside = validateFileName(name);
  if (isOutside !== null) return damaged('Its name leads out of the archive, so it is not read', isOutside);
  if (entry.isEncrypted()) {
    return { code: 'unreadable-source', message: 'It is encrypted: unpack the archive with its password first' };
  }
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    const message = `It is packed by a method that is not known here (${entry.compressionMethod})`;
    return { code: 'unreadable-source', message };
  }
  if (isBomb(entry.compressedSize, entry.uncompressedSize)) return bombFault('The entry of the zip archive');
  return undefined;
}

function directoryFault(error: unknown): Fault {
  return damaged('The directory of the zip archive is damaged or cut off', (error as Error).message);
}

function damaged(message: string, detail?: string): Fault {
  return { code: 'damaged-source', message, ...(detail === undefined ? {} : { detail }) };
}
