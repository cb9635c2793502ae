import { CHUNK_HEADER_SIZE, CHUNK_SIZE, SMALLEST_RECORD, type Chunk } from './chunk.ts';

/** What a chunk's records are read into; called in the order of the file. */
export interface RecordVisitor {
  /** A record with its signature, within the chunk. */
  record(at: number, size: number): void;
  /** Something that should have been a record and isn't. */
  broken(message: string, at: number): void;
  /** Something wrong that costs no record. */
  flaw(message: string, at: number): void;
}

/** Checks a chunk's header and checksums, and gives where its records end. Whatever is wrong is told and gone past. */
export function liveEnd(chunk: Chunk, visitor: Pick<RecordVisitor, 'flaw'>): number {
  const free = chunk.freeSpaceOffset;
  const isUsable = free >= CHUNK_HEADER_SIZE && free <= CHUNK_SIZE;
  if (!chunk.hasNoChecksums) {
    if (!chunk.isHeaderChecksumRight) visitor.flaw("The chunk header's checksum is wrong", 0);
    if (isUsable && !chunk.isDataChecksumRight) visitor.flaw("The checksum of the chunk's records is wrong", 0);
  }
  if (isUsable) return Math.min(free, chunk.available);
  visitor.flaw(`The chunk's free space begins at ${free}, outside the chunk`, 0);
  return chunk.available;
}

/**
 * Visits the records from the chunk's header to `end`, as long as each leads to the next. What lies behind a broken
 * one may be left over from an older use of the chunk, so it is for recovery to look at.
 * @returns where it stopped: `end`, or behind what could be followed.
 */
export function walkRecords(chunk: Chunk, end: number, visitor: RecordVisitor): number {
  let at = CHUNK_HEADER_SIZE;
  while (at < end) {
    const size = at + SMALLEST_RECORD <= CHUNK_SIZE ? chunk.view.getUint32(at + 4, true) : 0;
    const problem = frameProblem(chunk, at, size);
    if (problem !== undefined) {
      visitor.broken(`${problem}; the chunk's other ${end - at} bytes are left to recovery`, at);
      return at;
    }
    visitor.record(at, size);
    const copy = chunk.view.getUint32(at + size - 4, true);
    const next = at + size;
    if (copy !== size) {
      const isFollowed = next === end || chunk.hasRecordSignature(next);
      const left = next < end ? `the chunk's other ${end - next} bytes are left to recovery` : 'it leads past the last';
      visitor.flaw(
        `A record's size is ${size} at its begin and ${copy} at its end${isFollowed ? '' : `; ${left}`}`,
        at,
      );
      // Its size may be what is wrong: other records may lie where it says that it is itself.
      if (!isFollowed) return at + SMALLEST_RECORD;
    }
    at = next;
  }
  return end;
}

function frameProblem(chunk: Chunk, at: number, size: number): string | undefined {
  if (!chunk.hasRecordSignature(at)) return "A record's signature is missing";
  if (size < SMALLEST_RECORD) return `A record's size is ${size}, too small`;
  if (at + size > CHUNK_SIZE) return `A record's size ${size} leads out of its chunk`;
  if (at + size > chunk.available) return `The file ends within a record of ${size} bytes`;
  return undefined;
}
