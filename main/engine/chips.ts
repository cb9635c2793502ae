import type { Expr, Predicate } from '../../shared/model/predicate.ts';
import type { FilterChip } from '../../shared/model/filter.ts';
import { systemField } from './fields.ts';
import { compareTexts } from './field-order.ts';

const NOWHERE = { start: 0, end: 0 };

/** A chip as a predicate of the rule language, so that a chip and a rule mean the same. */
function predicateOf(chip: FilterChip): Expr {
  const hasValue = chip.op !== 'is_null' && chip.op !== 'is_not_null';
  const predicate = makePredicate(systemField(chip.field) ?? chip.field, chip.op, hasValue ? [chip.value] : []);
  return chip.negated ? { kind: 'not', child: predicate, span: NOWHERE } : predicate;
}

function makePredicate(field: string, op: Predicate['op'], values: readonly string[]): Predicate {
  return {
    kind: 'predicate',
    field,
    op,
    values: values.map((text) => ({ text, span: NOWHERE })),
    quantifier: 'any',
    caseSensitive: false,
    native: op,
    span: NOWHERE,
  };
}

/** The chips and the free text as one expression; undefined where they ask for nothing. File chips are left out. */
export function filterExpr(chips: readonly FilterChip[], text: string): Expr | undefined {
  const children = chips.filter((chip) => chip.enabled && !isFileChip(chip)).map(predicateOf);
  if (text !== '') children.push(makePredicate('keyword', 'contains', [text]));
  return children.length > 1 ? { kind: 'and', children, span: NOWHERE } : children[0];
}

/** The file of an event is the case's knowledge, not the event's: the engine tests such chips itself, once a file. */
export function isFileChip(chip: FilterChip): boolean {
  return systemField(chip.field) === 'File';
}

/** Whether a file's name fulfils the chips on `File`. */
export function fileFulfils(chips: readonly FilterChip[], name: string): boolean {
  return chips.every((chip) => !chip.enabled || !isFileChip(chip) || holds(chip, name) !== chip.negated);
}

function holds(chip: FilterChip, text: string): boolean {
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
    case 'is_not_null':
      return true;
    case 'gt':
      return compareTexts(folded, value) > 0;
    case 'gte':
      return compareTexts(folded, value) >= 0;
    case 'lt':
      return compareTexts(folded, value) < 0;
    case 'lte':
      return compareTexts(folded, value) <= 0;
  }
}
