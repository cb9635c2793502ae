import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../shared/model/fault.ts';

/** Bytes in one write call. */
const PIECE = 8 << 20;

/**
 * Writes a file so that its place holds either what was there before or all of the new content: to a new file
 * beside it, flushed to the disk, then renamed over it.
 * @param produce calls `write` for each piece, in order; `overwriteStart` puts other bytes over the first ones.
 */
export async function writeAtomically(
  path: string,
  produce: (
    write: (piece: Uint8Array) => Promise<void>,
    overwriteStart: (bytes: Uint8Array) => Promise<void>,
  ) => Promise<void>,
): Promise<Result<{ bytes: number }>> {
  await removeLeftovers(path);
  // Not only by the process: its threads may write the same file, and so may a process of the same number elsewhere.
  const beside = `${path}.${process.pid}-${randomBytes(6).toString('hex')}.part`;
  let bytes = 0;
  try {
    const file = await open(beside, 'wx');
    try {
      await produce(
        async (piece) => {
          await writeAt(file, bytes, piece);
          bytes += piece.length;
        },
        (start) => writeAt(file, 0, start),
      );
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    await syncFolder(dirname(path));
    return ok({ bytes });
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    // Only the file system's refusals are expected; anything else is a bug of whoever produced the content.
    if (code === undefined) throw error;
    const why = WHY[code] ?? `the system says ${code}`;
    return fail({
      code: 'storage-failed',
      message: `${basename(path)} could not be written: ${why}. What was there before is unchanged`,
      detail: message,
    });
  }
}

/** What the refusals of a file system mean to whoever saves a file. */
const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota on this disk is used up',
  EFBIG: 'the file is larger than this disk allows',
  EROFS: 'this place is read-only',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there, or another program has the file open',
  EBUSY: 'another program has the file open',
  ENOENT: 'its folder is not there any more',
  EISDIR: 'a folder of this name is there',
  EIO: 'the disk reports an error',
};

/** How old the leftover of a writer that is gone must be: on a shared disk it may run on another machine. */
const LEFTOVER_MS = 3_600_000;

/** Removes what a program that was killed while it wrote this file has left beside it. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  try {
    for (const name of await readdir(folder)) {
      const pid = name.startsWith(start) ? /^(\d+)-[0-9a-z]+\.part$/.exec(name.slice(start.length))?.[1] : undefined;
      if (pid === undefined || isRunning(Number(pid))) continue;
      const leftover = join(folder, name);
      if (Date.now() - (await stat(leftover)).mtimeMs > LEFTOVER_MS) await rm(leftover, { force: true });
    }
  } catch {
    // A folder that cannot be listed may still be written to.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** So that the new name outlives a loss of power; not every system lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    return;
  }
}

async function writeAt(file: Awaited<ReturnType<typeof open>>, position: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const length = Math.min(PIECE, bytes.length - at);
    at += (await file.write(bytes, at, length, position + at)).bytesWritten;
  }
}
