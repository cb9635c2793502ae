import { rmSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputFault, type ByteInput } from './byte-input.ts';

/** Followed by the process's id, so that a later start knows what an ended one left behind. */
const PREFIX = 'rulewright-unpack-';
const PIECE_BYTES = 1 << 20;
/** Bytes that unpacking leaves free on the disk. */
const KEPT_FREE = 512 << 20;

/** A private folder (only the user may enter it) for unpacked logs, removed when closed or when the process ends. */
export class UnpackFolder {
  #path: Promise<string> | undefined;
  #files = 0;
  readonly #onExit: (() => void)[] = [];

  /**
   * Writes an input to a file of ours, and closes it. Gives the path, and what stopped it early (a damage, a full disk):
   * what came before is there.
   */
  async save(
    input: ByteInput,
    isCancelled: () => boolean = () => false,
  ): Promise<{ path: string; fault: InputFault | undefined }> {
    const folder = await (this.#path ??= this.#create());
    const path = join(folder, String(this.#files++));
    let fault: InputFault | undefined;
    const file = await open(path, 'wx', 0o600);
    try {
      const { bavail, bsize } = await statfs(folder);
      let room = bavail * bsize - KEPT_FREE;
      const piece = new Uint8Array(PIECE_BYTES);
      while (!isCancelled()) {
        const got = await input.read(piece, 0, PIECE_BYTES);
        if (got === 0) break;
        room -= got;
        if (room < 0) {
          const message = 'The disk has no room to unpack it';
          throw new InputFault({ code: 'too-large', message, detail: 'in the folder for temporary files' });
        }
        for (let at = 0; at < got;) at += (await file.write(piece, at, got - at)).bytesWritten;
      }
    } catch (error) {
      if (!(error instanceof InputFault)) throw error;
      fault = error;
    } finally {
      await file.close();
      await input.close();
    }
    return { path, fault };
  }

  /** Removes a file that `save` gave. */
  async drop(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  async close(): Promise<void> {
    const folder = await this.#path?.catch(() => undefined);
    this.#path = undefined;
    for (const listener of this.#onExit.splice(0)) process.off('exit', listener);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  async #create(): Promise<string> {
    await sweep();
    const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
    const remove = () => {
      rmSync(folder, { recursive: true, force: true });
    };
    process.on('exit', remove);
    this.#onExit.push(remove);
    return folder;
  }
}

/** Removes what processes that are no more left behind. Others' folders, which cannot be removed, stay. */
async function sweep(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : NaN;
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
