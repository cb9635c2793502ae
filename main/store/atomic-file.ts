import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
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
    return ok({ bytes });
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    // Only the file system's refusals are expected; anything else is a bug of whoever produced the content.
    if (code === undefined) throw error;
    return fail({ code: 'storage-failed', message: `Could not write the file (${code})`, detail: message });
  }
}

async function writeAt(file: Awaited<ReturnType<typeof open>>, position: number, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const length = Math.min(PIECE, bytes.length - at);
    at += (await file.write(bytes, at, length, position + at)).bytesWritten;
  }
}
