import type { Unit, UnitExpr } from './units.ts';

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

/** The same tree with other weights. */
export function reweigh(expr: CellExpr, weightOf: (cell: number, weight: number) => number): CellExpr {
  if (typeof expr === 'boolean') return expr;
  if (expr.kind === 'cell') return { ...expr, weight: weightOf(expr.cell, expr.weight) };
  return { ...expr, children: expr.children.map((child) => reweigh(child, weightOf)) };
}

/** Cells of which at least one is true whenever the tree is, and how often one is expected to be. */
export interface Witness {
  readonly cells: readonly number[];
  readonly weight: number;
}

/**
 * The rarest witness of a tree; undefined where it can hold with none of the cells true that can stand witness, which
 * are positive ones of a finite weight.
 */
export function witnessOf(expr: CellExpr): Witness | undefined {
  if (typeof expr === 'boolean') return expr ? undefined : { cells: [], weight: 0 };
  switch (expr.kind) {
    case 'cell':
      return expr.negated || expr.weight === Infinity ? undefined : { cells: [expr.cell], weight: expr.weight };
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
      // Written from the last to the first: what decides most often is asked first, what costs most last.
      case 'and': {
        const key = (child: CellExpr): number => chance(child) + (isCostly(child) ? 1 : 0);
        const ordered = [...expr.children].sort((a, b) => key(b) - key(a));
        return ordered.reduce((next, child) => this.#write(child, next, onFalse), onTrue);
      }
      case 'or': {
        const key = (child: CellExpr): number => chance(child) - (isCostly(child) ? 1 : 0);
        const ordered = [...expr.children].sort((a, b) => key(a) - key(b));
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

/** Whether a tree may have to look at texts: a cell that cannot stand witness is decided only when it is asked. */
function isCostly(expr: CellExpr): boolean {
  if (typeof expr === 'boolean') return false;
  return expr.kind === 'cell' ? expr.weight === Infinity : expr.children.some(isCostly);
}
