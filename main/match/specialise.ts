import { literalsOf, type Unit, type UnitExpr } from './units.ts';

/**
 * A rule's tree for one kind of event: units have become cells (numbers that are true or false for an event), or
 * constants where the kind of event decides them.
 */
export type CellExpr =
  | { readonly kind: 'cell'; readonly cell: number; readonly negated: boolean; readonly weight: number }
  | { readonly kind: 'and' | 'or'; readonly children: readonly CellExpr[] }
  | boolean;

/** Gives the cell of a unit, or its truth where that is the same for all events of the kind. */
export type CellOf = (unit: Unit) => { readonly cell: number; readonly weight: number } | boolean;

/** Puts cells and constants into a tree and simplifies it. */
export function specialise(expr: UnitExpr, cellOf: CellOf): CellExpr {
  switch (expr.kind) {
    case 'constant':
      return expr.value;
    case 'unit': {
      const found = cellOf(expr.unit);
      if (typeof found === 'boolean') return found !== expr.negated;
      return { kind: 'cell', cell: found.cell, negated: expr.negated, weight: found.weight };
    }
    case 'and':
    case 'or': {
      const absorbing = expr.kind === 'or';
      const children: CellExpr[] = [];
      for (const child of expr.children) {
        const done = specialise(child, cellOf);
        if (done === absorbing) return absorbing;
        if (typeof done === 'boolean') continue;
        if (done.kind === expr.kind) children.push(...done.children);
        else children.push(done);
      }
      if (children.length === 0) return !absorbing;
      return children.length === 1 ? (children[0] as CellExpr) : { kind: expr.kind, children };
    }
  }
}

/** Cells of which at least one is true whenever the tree is, and how often one is expected to be. */
export interface Witness {
  readonly cells: readonly number[];
  readonly weight: number;
}

/** The rarest witness of a tree; undefined where it can hold with no positive cell true. */
export function witnessOf(expr: CellExpr): Witness | undefined {
  if (typeof expr === 'boolean') return expr ? undefined : { cells: [], weight: 0 };
  switch (expr.kind) {
    case 'cell':
      return expr.negated ? undefined : { cells: [expr.cell], weight: expr.weight };
    case 'or': {
      const cells: number[] = [];
      let weight = 0;
      for (const child of expr.children) {
        const witness = witnessOf(child);
        if (!witness) return undefined;
        cells.push(...witness.cells);
        weight += witness.weight;
      }
      return { cells, weight };
    }
    case 'and': {
      let best: Witness | undefined;
      for (const child of expr.children) {
        const witness = witnessOf(child);
        if (witness && (!best || witness.weight < best.weight)) best = witness;
      }
      return best;
    }
  }
}

/** Ends of a decision list. */
export const ACCEPT = -1;
export const REJECT = -2;

/**
 * Writes trees as decision lists: steps of (cell, next where true, next where false). Evaluation is a walk with no
 * calls. Example: `a and not b` becomes 0: (a, 1, REJECT), 1: (b, REJECT, ACCEPT).
 */
export class DecisionList {
  readonly steps: number[] = [];

  /** Adds a tree; gives its first step. */
  add(expr: CellExpr): number {
    return this.#write(expr, ACCEPT, REJECT);
  }

  #write(expr: CellExpr, onTrue: number, onFalse: number): number {
    if (typeof expr === 'boolean') return expr ? onTrue : onFalse;
    switch (expr.kind) {
      case 'cell': {
        const step = this.steps.length / 3;
        if (expr.negated) this.steps.push(expr.cell, onFalse, onTrue);
        else this.steps.push(expr.cell, onTrue, onFalse);
        return step;
      }
      case 'and': {
        // Written from the last to the first; the part that fails most often is asked first.
        const ordered = [...expr.children].sort((a, b) => chance(b) - chance(a));
        return ordered.reduce((next, child) => this.#write(child, next, onFalse), onTrue);
      }
      case 'or': {
        const ordered = [...expr.children].sort((a, b) => chance(a) - chance(b));
        return ordered.reduce((next, child) => this.#write(child, onTrue, next), onFalse);
      }
    }
  }
}

/** Rough chance that a tree holds. */
function chance(expr: CellExpr): number {
  if (typeof expr === 'boolean') return expr ? 1 : 0;
  switch (expr.kind) {
    case 'cell':
      return expr.negated ? 1 - Math.min(expr.weight, 1) : Math.min(expr.weight, 1);
    case 'and':
      return Math.min(...expr.children.map(chance));
    case 'or':
      return Math.max(...expr.children.map(chance));
  }
}

/** How often a unit is expected to hold, as a rough fraction of events: decides which unit stands witness. */
export function expectedWeight({ predicate }: Unit): number {
  switch (predicate.op) {
    case 'is_not_null':
      return 1;
    case 'is_null':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'eq_field':
    case 'in_lookup':
      return 0.5;
    // Decided late: for the choice of witnesses what counts is how often it may hold.
    case 'cidr':
      return 1;
    case 'match':
      return predicate.values.reduce((sum, value) => {
        const literals = literalsOf(predicate, value);
        return sum + (literals ? literals.reduce((most, literal) => most + rarity(literal.length), 0) : 1);
      }, 0);
    case 'eq':
      return predicate.values.reduce((sum, value) => sum + (value.text.length < 6 ? 0.05 : 0.004), 0);
    case 'contains':
    case 'starts_with':
    case 'ends_with':
    case 'wildcard':
      return predicate.values.reduce((sum, value) => sum + rarity(value.text.length), 0);
  }
}

function rarity(length: number): number {
  if (length < 3) return 0.4;
  return Math.max(0.002, 0.3 * 0.5 ** (length - 2));
}
