import type { EventBatch } from './batch.ts';
import { OVERFLOW_FIELD } from './limits.ts';
import { ABSENT } from './value-ref.ts';

/** Events with more fields than their kind can have. */
export interface Overflowed {
  readonly events: number;
  /** Byte offset of the first in its file. */
  readonly offset: number;
}

/** Counts, in a decoder's batches, the events of which a part went into OVERFLOW_FIELD. */
export class OverflowCount {
  /** By local shape: how many fields were announced, and which of them is OVERFLOW_FIELD. */
  #shapes: { fields: number; column: number }[] = [];
  #events = 0;
  #offset = 0;

  add(batch: EventBatch): void {
    if (batch.restart) this.#shapes = [];
    for (const { shape, fields } of batch.growth) {
      const known = (this.#shapes[shape] ??= { fields: 0, column: -1 });
      const at = fields.indexOf(OVERFLOW_FIELD);
      if (at >= 0) known.column = known.fields + at;
      known.fields += fields.length;
    }
    let start = 0;
    for (const { shape, rows, columns } of batch.groups) {
      const column = this.#shapes[shape]?.column ?? -1;
      if (column >= 0 && column < columns) this.#addRows(batch, start, rows, start + (column + 1) * rows);
      start += rows * (columns + 1);
    }
  }

  #addRows({ cells, offset }: EventBatch, events: number, rows: number, column: number): void {
    for (let row = 0; row < rows; row++) {
      if (cells[column + row] === ABSENT) continue;
      if (this.#events++ === 0) this.#offset = offset[cells[events + row] as number] as number;
    }
  }

  /** What was counted since the last call; undefined where that is nothing. */
  take(): Overflowed | undefined {
    const counted = this.#events === 0 ? undefined : { events: this.#events, offset: this.#offset };
    this.#events = 0;
    return counted;
  }
}
