import { open, rename, rm } from 'node:fs/promises';
import { fail, ok, type Result } from '../../shared/model/fault.ts';

/** Bytes in one write call. */
const PIECE = 8 << 20;

/**
 * Writes a file so that its place holds either what was there before or all of the new content: to a new file
 * beside it, flushed to the disk, then renamed over it.
 * @param produce calls `write` for each piece, in order.
 */
export async function writeAtomically(
  path: string,
  produce: (write: (piece: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<Result<{ bytes: number }>> {
  const beside = `${path}.${process.pid}-${Date.now().toString(36)}.part`;
  let bytes = 0;
  try {
    const file = await open(beside, 'wx');
    try {
      await produce(async (piece) => {
        for (let at = 0; at < piece.length; at += PIECE) await writeAll(file, piece.subarray(at, at + PIECE));
        bytes += piece.length;
      });
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

async function writeAll(file: Awaited<ReturnType<typeof open>>, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length;) at += (await file.write(piece, at)).bytesWritten;
}
