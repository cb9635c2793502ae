import type { Node, Part } from './binxml.ts';
import { TYPE_ARRAY, TYPE_BINXML, type Instance } from './instance.ts';
import { describe, SPINE_PARTS, type Context, type Layout } from './describe.ts';
import type { ValueRef } from '../../columns/value-ref.ts';
import type { ShapeRows } from '../../columns/batch-builder.ts';
import { baseField, occurrenceName } from '../../columns/event-data.ts';

/** A source of text that is none of a template's substitutions, by number below zero. */
export const NOTHING = -1;
export const LITERAL = -2;
export const MIXED = -3;

/** Uses of a substitution: none; only as a field that has its name for itself, so that the items of an array can have
 * `field`, `field[2]` …; any other. */
const UNUSED = 0;
export const SPREADABLE = 1;
const USED = 2;

/** Cells per field of the values seen. */
export const SEEN_STRIDE = 3;
/** Columns that the bindings of one program may hold, for all shapes together. */
const BOUND_COLUMNS_LIMIT = 200_000;
/** No size and type of a value. */
const NEVER_SEEN = -1;

/** Where a program's fields go in the rows of one shape. */
export interface Binding {
  readonly shape: ShapeRows;
  /** Column of each field; -1 where the shape is full. */
  readonly slots: Int32Array;
  /** For each field whose value is an array: columns of its second, third … item. */
  readonly more: Map<number, number[]>;
}

/**
 * What to do with a template's values: which one becomes which part of the spine or which field. A source is the
 * number of a substitution, or NOTHING, LITERAL (one fixed text) or MIXED (text and values joined).
 */
export class Program {
  /** By position in SPINE_PARTS. */
  readonly spineSources: Int32Array;
  readonly spineParts: readonly (readonly Part[])[];
  readonly fieldSources: Int32Array;
  readonly fieldParts: readonly (readonly Part[])[];
  readonly fields: readonly string[];
  readonly hasOnlySystemFields: boolean;
  readonly hasSystemFields: boolean;
  /** The substitution that stands for EventData, UserData or what that holds, or -1. */
  readonly nested: number;
  readonly nestedContext: 'section' | 'payload';
  /** Names come from values, or nesting is unusual: the tree must be expanded for each record. */
  readonly isPlain: boolean;
  /** UTF-16 units of all field names. */
  readonly nameLength: number;
  /** Refs of LITERAL sources, made at first use. */
  readonly spineLiterals: Int32Array;
  readonly fieldLiterals: Int32Array;
  /** Per part or field: size and type of the value seen last in this chunk, its offset, its ref. */
  readonly spineSeen: Int32Array;
  readonly fieldSeen: Int32Array;
  #chunkNumber = -1;
  readonly #uses: ReadonlyMap<number, number>;
  #bindings = new Map<number, Binding>();
  #last: Binding | undefined;

  constructor(nodes: readonly Node[], context: Context, nameText: (parts: readonly Part[]) => string | undefined) {
    const layout = describe(nodes, context, nameText);
    this.spineParts = SPINE_PARTS.map((part) => layout.spine.get(part) ?? []);
    this.spineSources = Int32Array.from(this.spineParts, sourceOf);
    this.fieldParts = layout.fields.map((field) => field.parts);
    this.fieldSources = Int32Array.from(this.fieldParts, sourceOf);
    this.fields = layout.fields.map((field) => field.name);
    this.hasOnlySystemFields = [...layout.counts.keys()].every(isSystemField);
    this.hasSystemFields = [...layout.counts.keys()].some(isSystemField);
    this.nameLength = layout.nameLength;
    this.#uses = usesOf(layout);
    this.nested = layout.nested;
    this.nestedContext = layout.nestedContext;
    this.isPlain = layout.isPlain;
    this.spineLiterals = new Int32Array(SPINE_PARTS.length).fill(UNMADE);
    this.fieldLiterals = new Int32Array(this.fields.length).fill(UNMADE);
    this.spineSeen = new Int32Array(SPINE_PARTS.length * SEEN_STRIDE);
    this.fieldSeen = new Int32Array(this.fields.length * SEEN_STRIDE);
  }

  /** Forgets the values seen when the chunk is not the one that they were seen in. */
  enterChunk(chunkNumber: number): void {
    if (this.#chunkNumber === chunkNumber) return;
    this.#chunkNumber = chunkNumber;
    this.#forgetSeen();
  }

  #forgetSeen(): void {
    this.spineSeen.fill(NEVER_SEEN);
    this.fieldSeen.fill(NEVER_SEEN);
  }

  /** Where the fields go in a shape; columns are added. */
  bindingFor(shape: ShapeRows): Binding {
    if (this.#last?.shape === shape) return this.#last;
    let binding = this.#bindings.get(shape.shape);
    if (!binding) {
      const slots = Int32Array.from(this.fields, (field) => shape.slot(field) ?? -1);
      binding = { shape, slots, more: new Map() };
      if (this.#bindings.size * slots.length > BOUND_COLUMNS_LIMIT) this.#bindings.clear();
      this.#bindings.set(shape.shape, binding);
    }
    this.#last = binding;
    return binding;
  }

  /** Column of the n-th (from 0) item of an array field. */
  itemSlot(binding: Binding, field: number, item: number): number {
    if (item === 0) return binding.slots[field] as number;
    let more = binding.more.get(field);
    if (!more) binding.more.set(field, (more = []));
    for (let next = more.length + 1; next <= item; next++) {
      more.push(binding.shape.slot(occurrenceName(this.fields[field] as string, next + 1)) ?? -1);
    }
    return more[item - 1] as number;
  }

  /** How the program uses a substitution: UNUSED, SPREADABLE or USED. */
  useOf(substitution: number): number {
    return this.#uses.get(substitution) ?? UNUSED;
  }

  /** Forgets refs and columns: the batch builder started anew. */
  forgetRefs(): void {
    this.spineLiterals.fill(UNMADE);
    this.fieldLiterals.fill(UNMADE);
    this.#forgetSeen();
    this.#bindings = new Map();
    this.#last = undefined;
  }
}

/** No ref: in the reserved range. */
export const UNMADE: ValueRef = -0x80000000;

function sourceOf(parts: readonly Part[]): number {
  const first = parts[0];
  if (!first) return NOTHING;
  if (parts.length === 1 && first.kind === 'substitution') return first.index;
  return parts.every((part) => part.kind === 'text') ? LITERAL : MIXED;
}

function isSystemField(field: string): boolean {
  return field.startsWith('System.');
}

function usesOf(layout: Layout): ReadonlyMap<number, number> {
  const uses = new Map<number, number>();
  const use = (parts: readonly Part[], kind: number): void => {
    for (const part of parts) {
      if (part.kind === 'substitution') uses.set(part.index, Math.max(kind, uses.get(part.index) ?? UNUSED));
    }
  };
  for (const parts of layout.spine.values()) use(parts, USED);
  // Fields whose items' names are another's: there is one really named `field[2]`.
  const contested = new Set<string>();
  for (const name of layout.counts.keys()) if (baseField(name) !== name) contested.add(baseField(name));
  for (const { base, parts } of layout.fields) {
    const isAlone = parts.length === 1 && layout.counts.get(base) === 1 && !contested.has(base);
    use(parts, isAlone ? SPREADABLE : USED);
  }
  return uses;
}

/** The program of a template: names must be literal, or it is not plain. */
export function compile(nodes: readonly Node[], context: Context): Program {
  return new Program(nodes, context, (parts) =>
    parts.every((part) => part.kind === 'text') ? parts.map((part) => part.text).join('') : undefined,
  );
}

/** Whether no value is XML but the nested one, and all arrays belong to fields that may be spread. */
export function isSpreadable(program: Program, instance: Instance): boolean {
  for (let value = 0; value < instance.count; value++) {
    const type = instance.types[value] as number;
    if (type === TYPE_BINXML) {
      if (value !== program.nested && program.useOf(value) !== UNUSED) return false;
    } else if (type >= TYPE_ARRAY && program.useOf(value) === USED) return false;
  }
  return true;
}
