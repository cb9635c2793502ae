import { open } from 'node:fs/promises';
import { detectFile } from '../detect.ts';
import { accessFault } from '../source.ts';
import { fail, ok, type Result } from '../../../shared/model/fault.ts';
import type { RawEvent } from '../api.ts';

/** Reads an event's JSON text again from its file. @param offset and @param length in bytes, as the batch had them. */
export async function readRawJson(path: string, offset: number, length: number): Promise<Result<RawEvent>> {
  try {
    const detected = await detectFile(path);
    const encoding = detected.kind === 'json' ? detected.encoding : 'utf-8';
    const file = await open(path, 'r');
    try {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      if (bytesRead < length) {
        return fail({ code: 'damaged-source', message: 'The file has become shorter since it was opened', offset });
      }
      return ok({ text: new TextDecoder(encoding).decode(bytes), language: 'json' });
    } finally {
      await file.close();
    }
  } catch (error) {
    return fail({ ...accessFault(error, path), offset });
  }
}
