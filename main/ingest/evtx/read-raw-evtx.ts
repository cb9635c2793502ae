import { fail, ok, type Result } from '../../../shared/model/fault.ts';
import type { RawEvent } from '../api.ts';
import { Dictionary } from '../../columns/dictionary.ts';
import { Allowance } from './allowance.ts';
import { Chunk, CHUNK_SIZE, RECORD_HEADER_SIZE, SMALLEST_RECORD } from './container/chunk.ts';
import { Damage } from './container/damage.ts';
import { Expander } from './expand.ts';
import { EvtxFile } from './container/file.ts';
import { TemplateStore } from './template.ts';
import { ValueReader } from './value.ts';
import { writeXml } from './xml.ts';

/**
 * Decodes one record again, as XML like Event Viewer's, from the chunk that holds it. Opens and closes the file.
 * A recovered record whose template is lost has no XML any more: that is a fault with its offset.
 * @param offset byte offset of the record in the file, as the batch has it.
 */
export function readRawEvtx(path: string, offset: number): Result<RawEvent> {
  let file: EvtxFile;
  try {
    file = EvtxFile.open(path);
  } catch (error) {
    return fail({ code: 'unreadable-source', message: `The file cannot be opened: ${(error as Error).message}` });
  }
  try {
    return readRecord(file, offset);
  } catch (error) {
    if (error instanceof Damage) {
      return fail({ code: 'damaged-source', message: `The record cannot be read: ${error.message}`, offset });
    }
    // A system error has a code; anything else is a bug of ours.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return fail({ code: 'unreadable-source', message: `The file cannot be read: ${(error as Error).message}`, offset });
  } finally {
    file.close();
  }
}

function readRecord(file: EvtxFile, offset: number): Result<RawEvent> {
  const chunk = new Chunk();
  const base = file.chunkBaseOf(offset);
  const at = offset - base;
  chunk.replaced(base, file.readChunk(base, chunk.bytes));
  const size = at >= 0 && at + SMALLEST_RECORD <= CHUNK_SIZE ? chunk.view.getUint32(at + 4, true) : 0;
  if (!chunk.hasRecordSignature(at) || size < SMALLEST_RECORD || at + size > CHUNK_SIZE) {
    return fail({ code: 'damaged-source', message: 'There is no record at this place of the file any more', offset });
  }
  const allowance = new Allowance();
  const templates = new TemplateStore(chunk, allowance);
  const values = new ValueReader(chunk, new Dictionary(), allowance);
  const tree = new Expander(chunk, templates, values, allowance).expand(at + RECORD_HEADER_SIZE, at + size - 4);
  return ok({ text: writeXml(tree, values), language: 'xml' });
}
