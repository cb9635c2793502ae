import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HEAD_BYTES } from '../detect.ts';
import { FileInput, InputFault, PeekedInput, type ByteInput } from './byte-input.ts';
import { InflateInput } from './inflate.ts';
import { UnpackFolder } from './unpack-folder.ts';
import { ZipArchive, type ZipEntry } from './zip.ts';
import type { Fault } from '../../../shared/model/fault.ts';

/** Directories of archives, and unpacked logs, that are kept for the next use. */
const ZIPS_KEPT = 4;
const UNPACKED_KEPT = 3;

/** A log's bytes, wherever it is: a file, within a zip archive, packed by gzip. */
export interface OpenLog {
  /** What its packing holds. */
  readonly input: ByteInput;
  /** The first HEAD_BYTES of it. */
  readonly head: Uint8Array;
  /** Whether the file itself is the log, so that it can be read at any place. */
  readonly isPlain: boolean;
  /** Of a log packed by gzip, the packed bytes that have been read. */
  readonly packedBytes?: () => number;
}

/** A log within an archive. */
export interface ArchivedLog {
  /** `archive.zip/inner.evtx`; within an archive in an archive `archive.zip/inner.zip/x.evtx`. */
  readonly path: string;
  /** Unpacked. */
  readonly bytes: number;
  readonly fault?: Fault;
}

/**
 * Opens logs by paths that may go on within a zip archive: `folder/archive.zip/inner.evtx`. No file has anything below
 * it in the file system, so such a path has one meaning. A zip archive within one is opened too, but none within that.
 * Holds open archives and unpacked logs until it is closed; belongs to one thread.
 */
export class Archives {
  readonly #folder = new UnpackFolder();
  readonly #zips = new Map<string, ZipArchive>();
  readonly #unpacked = new Map<string, string>();

  /**
   * Opens a log; the caller closes its input.
   * @throws InputFault where its archive is damaged; what opening a file throws (ENOENT, …)
   */
  async open(path: string): Promise<OpenLog> {
    const place = await locate(path);
    const packed = await PeekedInput.of(await this.#bytes(place), HEAD_BYTES);
    if (!isGzip(packed.head)) return { input: packed, head: packed.head, isPlain: place.inner === undefined };
    const unpacked = new InflateInput(packed, 'gzip');
    const input = await PeekedInput.of(unpacked, HEAD_BYTES);
    return { input, head: input.head, isPlain: false, packedBytes: () => unpacked.packedBytes };
  }

  /** Writes a log that is not plain to a file of its own, closes it, and gives the file's path; `drop` it later. */
  unpack(log: OpenLog, isCancelled: () => boolean): Promise<{ path: string; fault: InputFault | undefined }> {
    return this.#folder.save(log.input, isCancelled);
  }

  drop(path: string): Promise<void> {
    return this.#folder.drop(path);
  }

  /** A file that holds what a log's packing holds: the log itself where it is plain, else unpacked, once. */
  async fileOf(path: string): Promise<string> {
    const place = await locate(path);
    const key = await stamped(place.file, path);
    const known = this.#unpacked.get(key);
    if (known !== undefined) return known;
    const log = await this.open(path);
    if (log.isPlain) {
      await log.input.close();
      return path;
    }
    const { path: file } = await this.unpack(log, () => false);
    this.#unpacked.set(key, file);
    if (this.#unpacked.size > UNPACKED_KEPT) await this.#dropOldest();
    return file;
  }

  /**
   * The logs in a zip archive, or undefined where a file is none (an Office document or a program's archive is none
   * either, though it is packed so).
   * @throws InputFault where its directory cannot be read; what opening the file throws
   */
  async logsIn(path: string): Promise<readonly ArchivedLog[] | undefined> {
    if (!(await startsAsZip(await FileInput.open(path)))) return undefined;
    const zip = await this.#zip(path);
    if (isDocument(zip)) return undefined;
    const logs: ArchivedLog[] = [];
    for (const entry of zip.entries) {
      const inner = `${path}/${entry.name}`;
      const isArchive = entry.fault === undefined && (await startsAsZip(await this.#entryBytes(zip, entry)));
      if (isArchive) logs.push(...(await this.#logsWithin(inner, zip, entry)));
      else logs.push(logOf(inner, entry));
    }
    return logs;
  }

  async close(): Promise<void> {
    for (const zip of this.#zips.values()) await zip.close();
    this.#zips.clear();
    this.#unpacked.clear();
    await this.#folder.close();
  }

  async #logsWithin(path: string, outer: ZipArchive, entry: ZipEntry): Promise<ArchivedLog[]> {
    let zip: ZipArchive;
    try {
      zip = await this.#inner(path, outer, entry);
    } catch (error) {
      if (!(error instanceof InputFault)) throw error;
      return [{ path, bytes: entry.bytes, fault: error.fault }];
    }
    if (isDocument(zip)) return [logOf(path, entry)];
    const logs: ArchivedLog[] = [];
    for (const inner of zip.entries) {
      const log = logOf(`${path}/${inner.name}`, inner);
      if (inner.fault === undefined && (await startsAsZip(await this.#entryBytes(zip, inner)))) {
        const message = 'An archive within an archive within an archive is not opened: unpack it first';
        logs.push({ ...log, fault: { code: 'unreadable-source', message } });
      } else logs.push(log);
    }
    return logs;
  }

  async #bytes({ file, inner }: Place): Promise<ByteInput> {
    if (inner === undefined) return FileInput.open(file);
    const zip = await this.#zip(file);
    const entry = zip.entries.find(({ name }) => name === inner);
    if (entry) return zip.read(entry);
    const outer = zip.entries.find(({ name }) => inner.startsWith(`${name}/`));
    if (outer) {
      const within = await this.#inner(`${file}/${outer.name}`, zip, outer);
      const found = within.entries.find(({ name }) => name === inner.slice(outer.name.length + 1));
      if (found) return within.read(found);
    }
    throw new InputFault({ code: 'not-found', message: 'The archive holds no such file any more' });
  }

  /** An entry's bytes for a look at them: what is damaged is empty, and tells when it is read. */
  async #entryBytes(zip: ZipArchive, entry: ZipEntry): Promise<ByteInput> {
    try {
      return await zip.read(entry);
    } catch (error) {
      if (!(error instanceof InputFault)) throw error;
      return { read: () => Promise.resolve(0), close: () => Promise.resolve() };
    }
  }

  async #zip(path: string): Promise<ZipArchive> {
    const key = await stamped(path, path);
    return this.#kept(key, () => ZipArchive.open(path));
  }

  /** An archive in an archive: unpacked for as long as it is kept. */
  async #inner(path: string, outer: ZipArchive, entry: ZipEntry): Promise<ZipArchive> {
    return this.#kept(path, async () => {
      const { path: file, fault } = await this.#folder.save(await outer.read(entry));
      if (fault) throw fault;
      return ZipArchive.open(file);
    });
  }

  async #kept(key: string, make: () => Promise<ZipArchive>): Promise<ZipArchive> {
    const known = this.#zips.get(key);
    const zip = known ?? (await make());
    // The last used is the last in order.
    this.#zips.delete(key);
    this.#zips.set(key, zip);
    const [oldest] = this.#zips;
    if (this.#zips.size > ZIPS_KEPT && oldest) {
      this.#zips.delete(oldest[0]);
      await oldest[1].close();
    }
    return zip;
  }

  async #dropOldest(): Promise<void> {
    const [oldest] = this.#unpacked;
    if (!oldest) return;
    this.#unpacked.delete(oldest[0]);
    await this.drop(oldest[1]);
  }
}

interface Place {
  /** The file in the file system. */
  readonly file: string;
  /** The path within it, with `/`. */
  readonly inner: string | undefined;
}

/** Tells a path's file from what is within it. @throws what `stat` throws where there is none */
async function locate(path: string): Promise<Place> {
  let first: unknown;
  for (let file = path; ;) {
    try {
      const stats = await stat(file);
      if (file === path) return { file, inner: undefined };
      if (stats.isFile()) return { file, inner: path.slice(file.length + 1).replaceAll('\\', '/') };
      throw first;
    } catch (error) {
      if (error === first) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
      first ??= error;
    }
    const parent = dirname(file);
    if (parent === file) throw first;
    file = parent;
  }
}

/** A key that changes with the file. */
async function stamped(file: string, path: string): Promise<string> {
  const { mtimeMs, size } = await stat(file);
  return `${path}\n${mtimeMs}\n${size}`;
}

function logOf(path: string, { bytes, fault }: ZipEntry): ArchivedLog {
  return fault ? { path, bytes, fault } : { path, bytes };
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/** Closes the input. A zip begins with an entry, or with its directory's end where it is empty. */
async function startsAsZip(input: ByteInput): Promise<boolean> {
  const mark = new Uint8Array(4);
  try {
    if ((await input.read(mark, 0, 4)) < 4) return false;
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    return false;
  } finally {
    await input.close();
  }
  const [p, k, a, b] = mark;
  return p === 0x50 && k === 0x4b && ((a === 3 && b === 4) || (a === 5 && b === 6));
}

function isDocument({ entries }: ZipArchive): boolean {
  return entries.some(({ name }) => name === '[Content_Types].xml' || name === 'META-INF/MANIFEST.MF');
}
