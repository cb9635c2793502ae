import { CHUNK_SIZE } from '../../ingest/evtx/container/chunk.ts';
import { EvtxFile } from '../../ingest/evtx/container/file.ts';
import type { Fault } from '../../../shared/model/fault.ts';
import type { ChunkRange } from '../../ingest/api.ts';
import type { FoundSource } from '../../ingest/source.ts';

/** A file, or a part of one that is too large for one unit. */
export interface Piece {
  readonly source: FoundSource;
  /** Which chunks of an EVTX file; all of the file where it is left out. */
  readonly range?: ChunkRange;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly bytes: number;
}

/**
 * What one thread decodes at a time: neighbouring files, or a part of one. A unit starts with an empty dictionary, so
 * that what comes of it depends on its bytes alone, and not on which thread decodes it or what that thread saw before.
 */
export interface DecodeUnit {
  readonly pieces: readonly Piece[];
  readonly bytes: number;
}

/** Of a file that was stopped on its way. */
export const STOPPED: Fault = {
  code: 'cancelled',
  message: 'Reading was stopped here; what was read before is kept',
  remedy: 'rest',
};

/** Bytes of a unit, about. Smaller ones spread better, larger ones send fewer values a second time. */
const UNIT_BYTES = 8 << 20;

/**
 * Divides files among units, in order; the same files give the same units.
 * @param splits whether large EVTX files may be read in parts. Recovery must see a file as a whole.
 * @param unitBytes bytes of a unit, about.
 */
export function planUnits(sources: readonly FoundSource[], splits: boolean, unitBytes = UNIT_BYTES): DecodeUnit[] {
  const units: DecodeUnit[] = [];
  let pieces: Piece[] = [];
  let bytes = 0;
  const close = (): void => {
    if (pieces.length > 0) units.push({ pieces, bytes });
    pieces = [];
    bytes = 0;
  };
  for (const source of sources) {
    const ranges = splits ? chunkRanges(source, unitBytes) : [];
    if (ranges.length > 1) {
      close();
      ranges.forEach((range, i) => {
        const [isFirst, isLast] = [i === 0, i === ranges.length - 1];
        const size = isLast ? source.bytes - range.from * CHUNK_SIZE : (range.to - range.from) * CHUNK_SIZE;
        units.push({ pieces: [{ source, range, isFirst, isLast, bytes: size }], bytes: size });
      });
      continue;
    }
    if (bytes > 0 && bytes + source.bytes > unitBytes) close();
    pieces.push({ source, isFirst: true, isLast: true, bytes: source.bytes });
    bytes += source.bytes;
  }
  close();
  return units;
}

/** Equal parts of a large EVTX file that lies by itself on the disk; nothing for any other. */
function chunkRanges(source: FoundSource, unitBytes: number): ChunkRange[] {
  const parts = Math.round(source.bytes / unitBytes);
  if (parts < 2 || source.fault || !isEvtx(source.path)) return [];
  const chunks = Math.ceil(source.bytes / CHUNK_SIZE);
  return Array.from({ length: parts }, (_, i) => ({
    from: Math.floor((chunks * i) / parts),
    to: i === parts - 1 ? Infinity : Math.floor((chunks * (i + 1)) / parts),
  }));
}

function isEvtx(path: string): boolean {
  const file = EvtxFile.openIfSuch(path);
  file?.close();
  return file !== undefined;
}
