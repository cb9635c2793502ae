import type { EventTable, ShapeTable } from '../columns/event-table.ts';

/** How long a scan may hold the thread before it lets a cancel, or a newer request, come in. */
const SLICE_MS = 8;
/** Rows between two looks at the clock. */
const SLICE_ROWS = 1024;

/** Lets long work on the engine's thread give way at short intervals. */
export class Pace {
  #since = performance.now();

  /** @param asks whether the work is to stop; asked after each rest. */
  constructor(private readonly asks: () => boolean) {}

  get isCancelled(): boolean {
    return this.asks();
  }

  get isDue(): boolean {
    return performance.now() - this.#since >= SLICE_MS;
  }

  /** Lets waiting messages through. Gives false where the work is to stop. */
  async rest(): Promise<boolean> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#since = performance.now();
    return !this.isCancelled;
  }
}

/**
 * Calls `step` over [0, length) in slices, and rests between them. Gives false where it was cancelled.
 * @param sliceRows of a slice; where a row costs more than usual, fewer.
 */
export async function inSlices(
  length: number,
  pace: Pace,
  step: (from: number, to: number) => void,
  sliceRows = 8 * SLICE_ROWS,
): Promise<boolean> {
  for (let from = 0; from < length; from += sliceRows) {
    step(from, Math.min(length, from + sliceRows));
    if (pace.isDue && !(await pace.rest())) return false;
  }
  return true;
}

/**
 * Calls `run` over all rows of all shapes in slices, those included that are added while it rests: when it resolves
 * to true, every row of the table has been seen, up to the moment of resolving. Gives false where it was cancelled.
 * @param onProgress rows seen so far.
 */
export async function scanTable(
  table: EventTable,
  run: (shape: ShapeTable, fromRow: number, toRow: number) => void,
  pace: Pace,
  onProgress?: (done: number) => void,
): Promise<boolean> {
  const seen: number[] = [];
  let rows = 0;
  for (let more = true; more;) {
    more = false;
    for (let id = 0; id < table.shapes.length; id++) {
      const shape = table.shapes[id] as ShapeTable;
      for (let from = seen[id] ?? 0; from < shape.count;) {
        more = true;
        const to = Math.min(shape.count, from + SLICE_ROWS);
        run(shape, from, to);
        rows += to - from;
        seen[id] = from = to;
        if (!pace.isDue) continue;
        onProgress?.(rows);
        if (!(await pace.rest())) return false;
      }
    }
  }
  onProgress?.(rows);
  return true;
}
