import { CHUNK_HEADER_SIZE, CHUNK_SIZE, SMALLEST_RECORD, type Chunk } from './chunk.ts';

/** What a chunk's records are read into; called in the order of the file. */
export interface RecordVisitor {
  /** A record whose frame is sound: signature, size, the size's copy at its end. */
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
  if (isUsable) return free;
  visitor.flaw(`The chunk's free space begins at ${free}, outside the chunk`, 48);
  return CHUNK_SIZE;
}

/**
 * Visits the records between the chunk's header and `end`. Where a record's frame is broken, goes on at the next
 * record signature.
 */
export function walkRecords(chunk: Chunk, end: number, visitor: RecordVisitor): void {
  let at = CHUNK_HEADER_SIZE;
  while (at + SMALLEST_RECORD <= end) {
    const problem = frameProblem(chunk, at, end, visitor);
    if (problem === undefined) {
      const size = chunk.view.getUint32(at + 4, true);
      visitor.record(at, size);
      at += size;
      continue;
    }
    visitor.broken(problem, at);
    const next = chunk.nextSignature(at + 4, end);
    if (next < 0) return;
    at = next;
  }
}

function frameProblem(chunk: Chunk, at: number, end: number, visitor: RecordVisitor): string | undefined {
  if (!chunk.hasRecordSignature(at)) return "A record's signature is missing";
  const size = chunk.view.getUint32(at + 4, true);
  if (size < SMALLEST_RECORD) return `A record's size is ${size}, too small`;
  if (at + size > CHUNK_SIZE) return `A record's size ${size} leads out of its chunk`;
  const copy = chunk.view.getUint32(at + size - 4, true);
  if (copy === size) return undefined;
  // The first size is right where another record, or the end, follows just there.
  const isFollowed = at + size === end || chunk.hasRecordSignature(at + size);
  if (!isFollowed) return `A record's size is ${size} at its begin and ${copy} at its end`;
  visitor.flaw(`The copy of a record's size is ${copy}, not ${size}`, at);
  return undefined;
}
