import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import { writeAtomically } from '../store/atomic-file.ts';
import { openPack, readBlock, type PackBlock, type PackHeader, type PackWriter } from './pack.ts';
import type { MessagePiece } from './api.ts';

const EXTENSION = '.rwmsg';

/** A pack of the folder. */
export interface Pack {
  /** Names it within the folder. */
  readonly id: string;
  readonly bytes: number;
  readonly header: PackHeader;
  read(block: PackBlock): MessagePiece | undefined;
}

export interface PackList {
  /** The newest import first. */
  readonly packs: readonly Pack[];
  /** Packs that cannot be read. */
  readonly faults: readonly Fault[];
}

/** The folder below the program's data folder that holds what was imported, one file an import. */
export class PackFolder {
  #known: PackList = { packs: [], faults: [] };
  #stamp: string | undefined;

  constructor(readonly folder: string) {}

  /** What the folder holds now; read again only where files came, went or changed. */
  list(): PackList {
    const found = this.#files();
    const stamp = found.map(({ id, stamp }) => `${id} ${stamp}`).join('\n');
    if (stamp !== this.#stamp) {
      this.#known = this.#open(found.map(({ id }) => id));
      this.#stamp = stamp;
    }
    return this.#known;
  }

  /**
   * Writes a pack in place of the one of the same import.
   * @param paths what was imported: the same paths again are the same import.
   */
  async write(
    paths: readonly string[],
    pack: PackWriter,
    about: Omit<PackHeader, 'blocks'>,
  ): Promise<Result<{ id: string; bytes: number }>> {
    const id = createHash('sha256').update(JSON.stringify(paths)).digest('hex').slice(0, 16);
    try {
      mkdirSync(this.folder, { recursive: true });
    } catch (error) {
      return fail({ code: 'storage-failed', message: 'The data folder cannot be written to', detail: String(error) });
    }
    const written = await writeAtomically(join(this.folder, id + EXTENSION), async (write) => {
      for (const piece of pack.finish(about)) await write(piece);
    });
    return written.ok ? ok({ id, bytes: written.value.bytes }) : written;
  }

  /** Removes a pack; false where there is none. */
  remove(id: string): boolean {
    if (!this.#files().some((file) => file.id === id)) return false;
    rmSync(join(this.folder, id + EXTENSION), { force: true });
    return true;
  }

  #files(): { id: string; stamp: string }[] {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      // Nothing was imported yet.
      return [];
    }
    return names
      .filter((name) => name.endsWith(EXTENSION))
      .sort()
      .flatMap((name) => {
        const stamp = withFile(join(this.folder, name), (file) => {
          const { size, mtimeMs } = fstatSync(file);
          return `${size} ${mtimeMs}`;
        });
        return stamp === undefined ? [] : [{ id: name.slice(0, -EXTENSION.length), stamp }];
      });
  }

  #open(ids: readonly string[]): PackList {
    const packs: Pack[] = [];
    const faults: Fault[] = [];
    for (const id of ids) {
      const path = join(this.folder, id + EXTENSION);
      const opened = withFile(path, (file) => ({ bytes: fstatSync(file).size, pack: openPack(readerOf(file)) }));
      // One that another run of the program has just removed.
      if (!opened) continue;
      const { bytes, pack } = opened;
      if (!pack.ok) {
        faults.push({ ...pack.fault, file: id + EXTENSION });
        continue;
      }
      const { header, start } = pack.value;
      const read = (block: PackBlock) => withFile(path, (file) => readBlock(readerOf(file), start, block));
      packs.push({ id, bytes, header, read });
    }
    packs.sort((a, b) => (a.header.importedAt < b.header.importedAt ? 1 : -1));
    return { packs, faults };
  }
}

/** Works with an open file; undefined where it cannot be opened or read. */
function withFile<T>(path: string, work: (file: number) => T): T | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}

function readerOf(file: number): (offset: number, length: number) => Buffer {
  const { size } = fstatSync(file);
  return (offset, length) => {
    // A damaged length must not make a buffer that the file could never fill.
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
  };
}
