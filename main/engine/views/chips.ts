import type { Expr, Predicate } from '../../../shared/model/predicate.ts';
import type { FilterChip } from '../../../shared/model/filter.ts';
import { LEVELS, type Level } from '../../../shared/model/severity.ts';
import { FILE_FIELD, SEVERITY_FIELD } from './fields.ts';
import { compareTexts } from './values/text-keys.ts';

const NOWHERE = { start: 0, end: 0 };

/** A chip as a predicate of the rule language, so that a chip and a rule mean the same. */
function predicateOf({ field, op, value, negated }: FilterChip): Expr {
  const predicate: Predicate = {
    kind: 'predicate',
    field,
    op,
    values: op === 'is_null' || op === 'is_not_null' ? [] : [{ text: value, span: NOWHERE }],
    quantifier: 'any',
    caseSensitive: false,
    native: op,
    span: NOWHERE,
  };
  return negated ? { kind: 'not', child: predicate, span: NOWHERE } : predicate;
}

/** The chips as one expression; undefined where they ask for nothing. Those that `caseChips` tests are left out. */
export function chipExpr(chips: readonly FilterChip[]): Expr | undefined {
  const ofEvents = chips.filter((chip) => chip.enabled && chip.field !== FILE_FIELD && chip.field !== SEVERITY_FIELD);
  const children = ofEvents.map(predicateOf);
  return children.length > 1 ? { kind: 'and', children, span: NOWHERE } : children[0];
}

/**
 * A test of the chips on one of the fields that the case knows, not the event; undefined where there are none. The
 * engine asks it once a file or level.
 * @returns a function of the field's text, undefined for none.
 */
export function caseChips(
  chips: readonly FilterChip[],
  field: typeof FILE_FIELD | typeof SEVERITY_FIELD,
): ((text: string | undefined) => boolean) | undefined {
  const enabled = chips.filter((chip) => chip.enabled && chip.field === field);
  if (enabled.length === 0) return undefined;
  return (text) => enabled.every((chip) => holds(chip, text) !== chip.negated);
}

function holds(chip: FilterChip, text: string | undefined): boolean {
  if (text === undefined) return chip.op === 'is_null';
  const value = chip.value.toLowerCase();
  const folded = text.toLowerCase();
  switch (chip.op) {
    case 'eq':
      return folded === value;
    case 'contains':
      return folded.includes(value);
    case 'starts_with':
      return folded.startsWith(value);
    case 'ends_with':
      return folded.endsWith(value);
    case 'is_null':
      return false;
    // A file or level is chosen from a list: nothing makes such chips of them.
    case 'wildcard':
    case 'match':
    case 'cidr':
      return false;
    case 'is_not_null':
      return true;
    case 'gt':
      return compare(folded, value) > 0;
    case 'gte':
      return compare(folded, value) >= 0;
    case 'lt':
      return compare(folded, value) < 0;
    case 'lte':
      return compare(folded, value) <= 0;
  }
}

/** Levels compare by severity, other texts as they sort. */
function compare(a: string, b: string): number {
  const [left, right] = [LEVELS.indexOf(a as Level), LEVELS.indexOf(b as Level)];
  return left >= 0 && right >= 0 ? left - right : compareTexts(a, b);
}
