import { OVERFLOW_FIELD, type ShapeRows } from '../../columns/batch-builder.ts';
import type { Dictionary } from '../../columns/dictionary.ts';
import type { ValueRef } from '../../columns/value-ref.ts';

/**
 * The cells of the row in the making. They reach the shape's columns only when all of them are known, so that a
 * damaged record leaves no half-written row.
 */
export class RowCells {
  #slots = new Int32Array(256);
  #refs = new Int32Array(256);
  #count = 0;
  /** Fields that found no column. */
  #overflow: [string, ValueRef][] = [];

  clear(): void {
    this.#count = 0;
    if (this.#overflow.length > 0) this.#overflow = [];
  }

  put(slot: number, ref: ValueRef): void {
    if (this.#count === this.#slots.length) this.#grow();
    this.#slots[this.#count] = slot;
    this.#refs[this.#count++] = ref;
  }

  /** Keeps a field for which the shape has no column: it goes, with its like, as JSON into one. */
  putOverflow(field: string, ref: ValueRef): void {
    this.#overflow.push([field, ref]);
  }

  /** Writes the cells as the row of the batch's event number `event`. */
  write(shape: ShapeRows, event: number, dictionary: Dictionary): void {
    if (this.#overflow.length > 0) {
      const rest: Record<string, string> = {};
      for (const [field, ref] of this.#overflow) rest[field] = dictionary.refText(ref) ?? '';
      this.put(shape.slot(OVERFLOW_FIELD) as number, dictionary.refOfText(JSON.stringify(rest)));
    }
    const row = shape.addRow(event);
    const columns = shape.columns;
    for (let i = 0; i < this.#count; i++) {
      (columns[this.#slots[i] as number] as Int32Array)[row] = this.#refs[i] as number;
    }
  }

  #grow(): void {
    const slots = new Int32Array(this.#count * 2);
    slots.set(this.#slots);
    this.#slots = slots;
    const refs = new Int32Array(this.#count * 2);
    refs.set(this.#refs);
    this.#refs = refs;
  }
}
