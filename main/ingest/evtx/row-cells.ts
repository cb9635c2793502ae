import type { ShapeRows } from '../../columns/batch-builder.ts';
import { OVERFLOW_FIELD } from '../../columns/limits.ts';
import type { Dictionary } from '../../columns/dictionary.ts';
import type { ValueRef } from '../../columns/value-ref.ts';

/** The row in the making, with the fields for which its shape has no column: those go, as JSON, into one. */
export class RowCells {
  #shape: ShapeRows | undefined;
  #overflow: [string, ValueRef][] = [];

  begin(shape: ShapeRows): void {
    this.#shape = shape;
    if (this.#overflow.length > 0) this.#overflow = [];
  }

  /** Keeps a field for which the shape has no column. */
  putOverflow(field: string, ref: ValueRef): void {
    this.#overflow.push([field, ref]);
  }

  /** Adds the row, as that of the batch's event number `event`. */
  end(event: number, dictionary: Dictionary): void {
    const shape = this.#shape;
    if (!shape) return;
    if (this.#overflow.length > 0) {
      const rest = Object.create(null) as Record<string, string>;
      for (const [field, ref] of this.#overflow) rest[field] = dictionary.refText(ref) ?? '';
      shape.put(shape.slot(OVERFLOW_FIELD) as number, dictionary.refOfText(JSON.stringify(rest)));
    }
    shape.addRow(event);
    this.#shape = undefined;
  }

  /** Takes back what was put since `begin`: the record turned out to be damaged. */
  abandon(): void {
    this.#shape?.clearRow();
    this.#shape = undefined;
  }
}
