import { compileValue, type ValueTest } from '../../shared/matching/value-test.ts';
import type { RegexEngine } from '../../shared/matching/regex.ts';
import type { Expr, Predicate, PredicateValue } from '../../shared/model/predicate.ts';
import { encodeValue } from '../../shared/matching/encode.ts';
import { dashVariants, foldText, withoutDashes } from '../../shared/matching/fold.ts';
import { wildcardLiterals } from '../../shared/matching/wildcard.ts';
import type { Place } from './literal-finder.ts';
import { regexNeeds } from './regex-needs.ts';

/**
 * A unit is what is decided once for each distinct value of a field: a predicate of which one value is enough, or
 * one value of a predicate that wants all. Rules that ask the same share a unit.
 */
export class Unit {
  readonly field: string;
  #needs: readonly (NeededLiterals | undefined)[] | undefined;
  #tests: readonly ValueTest[] | undefined;

  /**
   * @param number differs from that of any other unit of the pool.
   * @param predicate has only the unit's values, and the quantifier `any`.
   */
  constructor(
    readonly number: number,
    readonly predicate: Predicate,
    private readonly regexes: RegexEngine,
  ) {
    this.field = predicate.field;
  }

  /** What each of its values needs of a text. */
  get needs(): readonly (NeededLiterals | undefined)[] {
    return (this.#needs ??= this.predicate.values.map((value) => neededLiterals(this.predicate, value)));
  }

  /** Tests of its values, in their order. Throws where one is refused: its rule must not come into a plan. */
  get tests(): readonly ValueTest[] {
    return (this.#tests ??= this.predicate.values.map((value) => {
      const test = compileValue(this.predicate, value, this.regexes);
      if ('refused' in test) throw new Error(`a refused expression came into a plan: ${test.refused}`);
      return test;
    }));
  }
}

/** Gives the same unit for the same question, so that units can be told apart by identity. */
export class UnitPool {
  /** By the question without its values but the first. */
  readonly #units = new Map<string, Unit[]>();
  size = 0;
  #next = 0;

  constructor(private readonly regexes: RegexEngine) {}

  clear(): void {
    this.#units.clear();
    this.size = 0;
  }

  unit(predicate: Predicate, values: readonly PredicateValue[]): Unit {
    const key = keyOf(predicate, values);
    const alike = this.#units.get(key);
    const known = alike?.find(({ predicate: { values: others } }) => haveSameTexts(others, values));
    if (known) return known;
    const unit = new Unit(this.#next++, { ...predicate, quantifier: 'any', values }, this.regexes);
    if (alike) alike.push(unit);
    else this.#units.set(key, [unit]);
    this.size++;
    return unit;
  }
}

/**
 * Of the values only how many and the first: to put them all in costs more than comparing them where the rest is the
 * same. Texts go in with their lengths, so that no two questions have one key.
 */
function keyOf(predicate: Predicate, values: readonly PredicateValue[]): string {
  const { field, op, caseSensitive, encodings, windash, regexFlags, fieldCompare, timePart, splits } = predicate;
  const first = values[0]?.text ?? '';
  let key = `${op} ${caseSensitive ? 'c' : ''} ${values.length} ${field.length}:${field} ${first.length}:${first}`;
  if (windash) key += ' windash';
  if (regexFlags) key += ` flags:${regexFlags}`;
  if (fieldCompare) key += ` compare:${fieldCompare}`;
  if (timePart) key += ` time:${timePart}`;
  if (encodings) key += ` encodings:${encodings.join()}`;
  if (splits) key += ` splits:${splits}`;
  return key;
}

function haveSameTexts(some: readonly PredicateValue[], others: readonly PredicateValue[]): boolean {
  if (some.length !== others.length) return false;
  for (let i = 0; i < some.length; i++) if (some[i]?.text !== others[i]?.text) return false;
  return true;
}

/** The boolean tree over units; `not` stands only directly above a unit or is pushed there. */
export type UnitExpr =
  | { readonly kind: 'unit'; readonly unit: Unit; readonly negated: boolean }
  | { readonly kind: 'and' | 'or'; readonly children: readonly UnitExpr[] }
  | { readonly kind: 'constant'; readonly value: boolean };

/** Turns a rule's tree into one over units, negations pushed down to them (De Morgan). */
export function toUnits(expr: Expr, pool: UnitPool, negated = false): UnitExpr {
  switch (expr.kind) {
    case 'constant':
      return { kind: 'constant', value: expr.value !== negated };
    case 'not':
      return toUnits(expr.child, pool, !negated);
    case 'and':
    case 'or': {
      const kind = (expr.kind === 'and') !== negated ? 'and' : 'or';
      return { kind, children: expr.children.map((child) => toUnits(child, pool, negated)) };
    }
    case 'predicate': {
      if (expr.quantifier === 'any' && expr.values.length > 0) {
        return { kind: 'unit', unit: pool.unit(expr, expr.values), negated };
      }
      const units = unitsOfAll(expr, pool).map((unit) => ({ kind: 'unit' as const, unit, negated }));
      const [only] = units;
      if (units.length === 1 && only) return only;
      if (units.length === 0) return { kind: 'constant', value: (expr.quantifier === 'all') !== negated };
      return { kind: negated ? 'or' : 'and', children: units };
    }
  }
}

/** The units of a predicate that wants all its values, or has none. */
function unitsOfAll(predicate: Predicate, pool: UnitPool): Unit[] {
  if (predicate.values.length === 0) {
    return predicate.op === 'is_null' || predicate.op === 'is_not_null' ? [pool.unit(predicate, [])] : [];
  }
  return predicate.values.map((value) => pool.unit(predicate, [value]));
}

/** Whether two trees of one pool ask the same. */
export function sameTree(one: UnitExpr, other: UnitExpr): boolean {
  if (one === other) return true;
  if (one.kind === 'unit') return other.kind === 'unit' && one.unit === other.unit && one.negated === other.negated;
  if (one.kind === 'constant') return other.kind === 'constant' && one.value === other.value;
  if (other.kind !== one.kind || one.children.length !== other.children.length) return false;
  return one.children.every((child, i) => sameTree(child, other.children[i] as UnitExpr));
}

/** Ways to write a value's dashes that are looked for one by one: all for one or two dashes. */
const VARIANT_LIMIT = 25;

/** What a value of a predicate needs of a text. */
export interface NeededLiterals {
  /** Folded: any text that fulfils the value holds one of them. None is empty, unless it must be the whole text. */
  readonly texts: readonly string[];
  /** Where one of them stands in it. */
  readonly place: Place;
  /** Whether a text that holds one at its place fulfils the value, with no further comparison. */
  readonly decides: boolean;
}

/** The literals that any text that fulfils the predicate's value must hold; undefined where there are no such. */
function neededLiterals(predicate: Predicate, value: PredicateValue): NeededLiterals | undefined {
  if (predicate.timePart) return undefined;
  if (predicate.splits) {
    const { splits: _splits, ...ofOne } = predicate;
    const needed = neededLiterals(ofOne, value);
    return needed?.texts.every((text) => text !== '')
      ? { texts: needed.texts, place: 'anywhere', decides: false }
      : undefined;
  }
  const { windash = false, caseSensitive } = predicate;
  const plain = plainPlace(predicate);
  if (plain) return literals([value.text], plain, !caseSensitive);
  switch (predicate.op) {
    case 'eq':
    case 'contains':
    case 'starts_with':
    case 'ends_with': {
      const written = encodeValue(value.text, predicate.encodings ?? []);
      const variants = written.map((text) => (windash ? dashVariants(text, VARIANT_LIMIT) : [text]));
      // In full where every way to write it is known, else what stands between its dashes.
      const isFull = !variants.includes(undefined);
      const texts = isFull ? variants.flatMap((ways) => ways ?? []) : written.map(longestWithoutDashes);
      return literals(texts, isFull ? PLACES[predicate.op] : 'anywhere', isFull && !caseSensitive);
    }
    case 'wildcard': {
      const parts = wildcardLiterals(value.text);
      return literals([longest(windash ? parts.map(longestWithoutDashes) : parts)], 'anywhere', false);
    }
    case 'match': {
      const required = regexNeeds(value.text).literals;
      return required && literals(required, 'anywhere', false);
    }
    default:
      return undefined;
  }
}

const PLACES = { eq: 'whole', contains: 'anywhere', starts_with: 'start', ends_with: 'end' } as const;

/** Where a predicate's values stand in a text as they are written; undefined where there is more to them. */
export function plainPlace(predicate: Predicate): Place | undefined {
  const { op, windash, encodings, splits, timePart } = predicate;
  if (windash || encodings || splits || timePart) return undefined;
  return op === 'eq' || op === 'contains' || op === 'starts_with' || op === 'ends_with' ? PLACES[op] : undefined;
}

function literals(texts: readonly string[], place: Place, decides: boolean): NeededLiterals | undefined {
  const folded = texts.map(foldText);
  const isSaying = folded.length > 0 && (place === 'whole' || !folded.includes(''));
  return isSaying ? { texts: folded, place, decides } : undefined;
}

function longest(parts: readonly string[]): string {
  return parts.reduce((best, part) => (part.length > best.length ? part : best), '');
}

function longestWithoutDashes(text: string): string {
  return longest(withoutDashes(text));
}
