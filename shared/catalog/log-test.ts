import type { LogField } from '../ipc/catalog-calls.ts';
import type { Op } from '../model/predicate.ts';
import { patternOfShown } from './normalise/values.ts';
import { escapeRegex, patternRegex } from './run/patterns.ts';
import { splitWildcards } from './syntax/wildcards.ts';

/** A value of a rule as a test of the open logs. */
export interface LogTest {
  readonly field: string;
  readonly op: Op;
  /** As a predicate's value. */
  readonly value: string;
}

/** What stands before the last part of a path. */
const BEFORE_NAME = '(?:^|[\\\\/])';
const NAME_UNIT = '[^\\\\/]';

/**
 * What a value asks of the open logs, in the field that they have: `process.name eq x.exe` is `Image ends_with \x.exe`.
 * Undefined where the logs have no such field or the test has no such form.
 */
export function logTest({
  op,
  value,
  logField,
  pattern,
}: {
  readonly op: Op;
  /** As shown. */
  readonly value: string;
  readonly logField: LogField;
  /** Of `match`: the expression as the matcher is to run it. */
  readonly pattern?: string | null;
}): LogTest | undefined {
  if (logField === null || op === 'eq_field' || op === 'in_lookup') return undefined;
  const { field, part } = logField;
  if (part === 'whole') {
    if (op === 'match') return pattern == null ? undefined : { field, op, value: pattern };
    return { field, op, value: op === 'wildcard' ? patternOfShown(value) : value };
  }
  const ofName = (regex: string): LogTest => ({ field, op: 'match', value: `(?is)${regex}` });
  switch (op) {
    case 'eq':
      return { field, op: 'ends_with', value: `\\${value}` };
    case 'starts_with':
      return ofName(`${BEFORE_NAME}${escapeRegex(value)}${NAME_UNIT}*$`);
    case 'contains':
      return ofName(`${escapeRegex(value)}${NAME_UNIT}*$`);
    case 'wildcard':
      return ofName(`${BEFORE_NAME}${patternRegex(splitWildcards(patternOfShown(value)), NAME_UNIT)}$`);
    case 'ends_with':
    case 'is_null':
    case 'is_not_null':
      return { field, op, value };
    default:
      // Of a part of a path nothing else says the same.
      return undefined;
  }
}
