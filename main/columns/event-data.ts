import type { EventTable } from './event-table.ts';

const REPEATED = /^(.*)\[(\d+)\]$/s;

/** Name of the n-th (from 1) occurrence of a field within an event: `Data`, `Data[2]`, …. */
export function occurrenceName(field: string, n: number): string {
  return n === 1 ? field : `${field}[${n}]`;
}

/** The field that an occurrence's name belongs to: `Data[2]` is of `Data`. */
export function baseField(name: string): string {
  return REPEATED.exec(name)?.[1] ?? name;
}

/** The data fields of an event that it has, in the shape's order. Fields of the System section are left out. */
export function eventValues(table: EventTable, event: number): { field: string; value: string }[] {
  const shape = table.shapeOf(event);
  const row = table.row.data[event] as number;
  return shape.fields.flatMap((field, column) => {
    const value = table.text(shape.columns[column]?.data[row] as number);
    return value === undefined || field.startsWith('System.') ? [] : [{ field, value }];
  });
}

/**
 * All data fields of an event as texts, in the shape's order; a field that repeats is an array. Fields of the System
 * section (`System.…`) are left out.
 */
export function eventData(table: EventTable, event: number): Record<string, string | string[]> {
  const data: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  const shape = table.shapeOf(event);
  const row = table.row.data[event] as number;
  shape.fields.forEach((name, column) => {
    const text = table.text(shape.columns[column]?.data[row] as number);
    if (text === undefined || name.startsWith('System.')) return;
    const field = baseField(name);
    const known = data[field];
    if (known === undefined) data[field] = text;
    else if (typeof known === 'string') data[field] = [known, text];
    else known.push(text);
  });
  return data;
}
