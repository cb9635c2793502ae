import { PERHAPS, SURE, UNSAID, type Certainty } from './field-matcher.ts';
import { plainPlace, type Unit, type UnitExpr } from './units.ts';

/** Literals shorter than this stand in too many texts to be told by sets of units: nearly every text would have its own. */
const TELLING_LENGTH = 3;

/**
 * How often a unit is expected to hold, as a rough fraction of events: decides which unit stands witness for a rule.
 * Infinity where it cannot stand witness.
 */
export function expectedWeight(unit: Unit): number {
  const { predicate } = unit;
  switch (predicate.op) {
    case 'is_not_null':
      return 1;
    case 'is_null':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return 0.5;
    case 'cidr':
    case 'eq_field':
    case 'in_lookup':
      return Infinity;
    // Decided late: for the choice of witnesses what counts is how often it may hold.
    case 'match':
      return unit.needs.reduce((sum, needed) => {
        return sum + (needed ? Math.max(...needed.texts.map(({ length }) => rarity(length))) : Infinity);
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

/**
 * What the sets of values should say of a unit.
 * @param isWitness whether it stands witness for a rule, so that sets must tell of it.
 */
export function certaintyOf(unit: Unit, isWitness: boolean): Certainty {
  const { predicate } = unit;
  switch (predicate.op) {
    case 'is_null':
    case 'is_not_null':
      return SURE;
    case 'cidr':
      return UNSAID;
    case 'match':
      return isWitness || isTelling(unit) ? PERHAPS : UNSAID;
    default:
      return isWitness || isTelling(unit) ? SURE : UNSAID;
  }
}

/** Whether each of a unit's values has literals that few texts hold where it wants them. */
function isTelling(unit: Unit): boolean {
  const { values } = unit.predicate;
  const plain = plainPlace(unit.predicate);
  if (plain === 'whole') return true;
  if (plain) return values.every(({ text }) => text.length >= (plain === 'anywhere' ? TELLING_LENGTH : 1));
  return unit.needs.every((needed) => {
    return needed && (needed.place !== 'anywhere' || needed.texts.every(({ length }) => length >= TELLING_LENGTH));
  });
}

/**
 * The rarest units of which one holds whenever the tree does; undefined where it can hold with none of those that can
 * stand witness. As `witnessOf`, before anything is known of the events.
 */
export function witnessUnits(expr: UnitExpr): { readonly units: readonly Unit[]; readonly weight: number } | undefined {
  switch (expr.kind) {
    case 'constant':
      return expr.value ? undefined : { units: [], weight: 0 };
    case 'unit': {
      const weight = expr.negated ? Infinity : expectedWeight(expr.unit);
      return weight === Infinity ? undefined : { units: [expr.unit], weight };
    }
    case 'or': {
      const units: Unit[] = [];
      let weight = 0;
      for (const child of expr.children) {
        const witness = witnessUnits(child);
        if (!witness) return undefined;
        units.push(...witness.units);
        weight += witness.weight;
      }
      return { units, weight };
    }
    case 'and': {
      let best: ReturnType<typeof witnessUnits>;
      for (const child of expr.children) {
        const witness = witnessUnits(child);
        if (witness && (!best || witness.weight < best.weight)) best = witness;
      }
      return best;
    }
  }
}
