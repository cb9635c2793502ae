import { closeSync, openSync, readSync } from 'node:fs';
import { ENCODING_BYTES, encodingOf } from './encoding.ts';
import { accessFault } from '../source.ts';
import { fail, ok, type Result } from '../../../shared/model/fault.ts';
import type { RawEvent } from '../api.ts';

/**
 * Reads an event's text again from its file. Synchronous: one event on an analyst's click.
 * @param offset and @param length in bytes, as the batch had them.
 */
export function readTextAt(
  path: string,
  offset: number,
  length: number,
  language: RawEvent['language'],
): Result<RawEvent> {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const mark = Buffer.alloc(ENCODING_BYTES);
    readSync(file, mark, 0, mark.length, 0);
    const bytes = Buffer.alloc(length);
    if (readSync(file, bytes, 0, length, offset) < length) {
      return fail({ code: 'damaged-source', message: 'The file has become shorter since it was opened', offset });
    }
    return ok({ text: new TextDecoder(encodingOf(mark).encoding).decode(bytes), language });
  } catch (error) {
    return fail({ ...accessFault(error), offset });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
