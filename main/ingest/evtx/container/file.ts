import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { CHUNK_SIZE } from './chunk.ts';

/** Size of the file header's block; the first chunk follows. */
export const FILE_HEADER_SIZE = 4096;
const FILE_MAGIC = 'ElfFile\0';
const CHUNK_MAGIC = 'ElfChnk\0';

/** What the file header says; nothing of it is relied on. */
export interface FileHeader {
  readonly isChecksumRight: boolean;
  readonly chunkCount: number;
  /** The log was open when it was copied. */
  readonly isDirty: boolean;
}

/** An EVTX file, read piece by piece. `open` throws what the system throws; close it. */
export class EvtxFile {
  readonly #descriptor: number;
  readonly size: number;
  /** Undefined where the file doesn't begin with an EVTX header. */
  readonly header: FileHeader | undefined;
  /** Where the chunks begin; undefined where the file isn't EVTX at all. */
  readonly firstChunk: number | undefined;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.size = fstatSync(descriptor).size;
    const block = Buffer.alloc(128);
    this.#read(block, 0);
    if (block.toString('latin1', 0, 8) === FILE_MAGIC) {
      this.header = {
        isChecksumRight: crc32(block.subarray(0, 120)) === block.readUInt32LE(124),
        chunkCount: block.readUInt16LE(42),
        isDirty: (block.readUInt32LE(120) & 1) !== 0,
      };
    }
    this.firstChunk = this.#findFirstChunk(block);
  }

  static open(path: string): EvtxFile {
    const descriptor = openSync(path, 'r');
    try {
      return new EvtxFile(descriptor);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /** Opens a file that begins as EVTX files do; undefined where it does not, or cannot be opened. */
  static openIfSuch(path: string): EvtxFile | undefined {
    try {
      const file = EvtxFile.open(path);
      if (file.header) return file;
      file.close();
    } catch {
      // Another reader may know better, or will say what is wrong.
    }
    return undefined;
  }

  /** Reads the chunk-sized piece at `base` into `bytes`; gives how many bytes the file had there. */
  readChunk(base: number, bytes: Uint8Array): number {
    return this.#read(bytes, base);
  }

  /** Whether a chunk begins at `base`. */
  isChunk(base: number): boolean {
    const magic = Buffer.alloc(8);
    this.#read(magic, base);
    return magic.toString('latin1') === CHUNK_MAGIC;
  }

  /** Where the chunk that holds a byte of the file begins; some lie out of step, see `decodeEvtx`. */
  chunkBaseOf(offset: number): number {
    const first = this.firstChunk ?? FILE_HEADER_SIZE;
    const inStep = first + Math.max(0, Math.floor((offset - first) / CHUNK_SIZE)) * CHUNK_SIZE;
    return this.isChunk(inStep) ? inStep : (this.lastChunkBefore(offset) ?? inStep);
  }

  /** The last chunk that begins less than a chunk's size before an offset; undefined where none does. */
  lastChunkBefore(offset: number): number | undefined {
    const from = Math.max(0, offset - CHUNK_SIZE + 1);
    const before = Buffer.alloc(offset - from);
    const found = before.subarray(0, this.#read(before, from)).lastIndexOf(CHUNK_MAGIC, undefined, 'latin1');
    return found >= 0 ? from + found : undefined;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** A header that was overwritten doesn't hide the chunks behind it; a carved file may begin with a chunk. */
  #findFirstChunk(block: Buffer): number | undefined {
    if (block.toString('latin1', 0, 8) === CHUNK_MAGIC) return 0;
    if (this.header || this.isChunk(FILE_HEADER_SIZE)) return FILE_HEADER_SIZE;
    // As far as `detect` looks.
    const head = Buffer.alloc(CHUNK_SIZE);
    const found = head.subarray(0, this.#read(head, 0)).indexOf(CHUNK_MAGIC, 0, 'latin1');
    return found >= 0 ? found : undefined;
  }

  #read(into: Uint8Array, at: number): number {
    let done = 0;
    while (done < into.length) {
      const read = readSync(this.#descriptor, into, done, into.length - done, at + done);
      if (read === 0) break;
      done += read;
    }
    return done;
  }
}
