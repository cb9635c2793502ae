import type { Expr, Predicate, PredicateValue } from '../../model/predicate.ts';
import { eachValue, isNullTest, join, PART_OPS, test, type Rewritten } from './build.ts';
import { afterHive, behindHive, isStartOfHive } from './hives.ts';
import { splitWildcards } from '../syntax/wildcards.ts';
import { escapeRegex, patternRegex } from './patterns.ts';

/** Refuses tests of which every value is below the current user's hive: an event names the user instead. */
export function withHives(predicate: Predicate, rewriteWhole: (predicate: Predicate) => Rewritten): Rewritten {
  const isUser = ({ text }: PredicateValue): boolean => /^(?:HKCU|HKEY_CURRENT_USER)\\/i.test(text);
  if (predicate.values.length > 0 && predicate.values.every(isUser)) {
    return { reason: "HKEY_CURRENT_USER, which events name by the user's SID," };
  }
  return rewriteWhole(predicate);
}

/** Values that begin with a hive begin as the event's do. */
export function hiveTest(predicate: Predicate, field: string): Rewritten {
  const begins = predicate.op === 'eq' || predicate.op === 'starts_with' || predicate.op === 'wildcard';
  if (!begins)
    return predicate.op === 'match' ? { reason: 'a regular expression on a registry path' } : { ...predicate, field };
  if (predicate.values.some((value) => isCutHive(predicate, value.text))) return { reason: "a part of a hive's name" };
  const values = predicate.values.map((value) => ({ ...value, text: hiveText(predicate, value.text) }));
  return { ...predicate, field, values };
}

/** Whether what is wanted at the beginning ends within the name of a hive, of which events have another. */
function isCutHive({ op }: Predicate, text: string): boolean {
  if (op === 'eq') return false;
  const first = op === 'starts_with' ? { literal: text } : splitWildcards(text)[0];
  return first !== undefined && 'literal' in first && isStartOfHive(first.literal);
}

function hiveText({ op, caseSensitive }: Predicate, text: string): string {
  if (op !== 'wildcard') {
    const rest = afterHive(text, caseSensitive);
    return rest === undefined ? text : rest.hive + rest.path;
  }
  const first = splitWildcards(text)[0];
  const rest = first && 'literal' in first ? afterHive(first.literal, caseSensitive) : undefined;
  // Of the escaped text as much is taken as the literal's beginning has.
  return rest === undefined ? text : rest.hive + behindHive(text, rest.taken);
}

/**
 * A test of what stands before the last backslash, as a key before its value or a domain before its user.
 * @param isKey whether it can begin with a hive.
 */
export function beforeTest(predicate: Predicate, field: string, isKey = false): Rewritten {
  const { op, span } = predicate;
  const anyKey = test({ ...predicate, caseSensitive: true }, field, 'match', [{ text: '\\\\', span }]);
  if (op === 'is_not_null') return anyKey;
  if (op === 'is_null') return { kind: 'not', child: anyKey, span };
  if (op !== 'eq' && !PART_OPS.has(op)) return { reason: `the test ${predicate.native} of a part of ${field}` };
  return eachValue(predicate, (value) => {
    const begins = op === 'eq' || op === 'starts_with' || op === 'wildcard';
    const text = isKey && begins ? hiveText(predicate, value.text) : value.text;
    const inner = op === 'wildcard' ? patternRegex(splitWildcards(text), '.') : escapeRegex(text);
    const from = op === 'contains' || op === 'ends_with' ? '' : '^';
    const to = op === 'contains' || op === 'starts_with' ? '.*\\\\' : '\\\\[^\\\\]*$';
    return test(predicate, field, 'match', [{ ...value, text: from + inner + to }]);
  });
}

/** How Sysmon writes data that is no text. */
const NO_TEXT = '^(?:DWORD \\(0x[0-9a-f]{8}\\)|QWORD \\(0x[0-9a-f]{8}-0x[0-9a-f]{8}\\)|Binary Data)$';

/** A test of registry data, whose numbers and binary data Sysmon writes in its own way. */
export function dataTest(predicate: Predicate, field: string): Rewritten {
  const { op, span } = predicate;
  const binary = test(predicate, field, 'eq', [{ text: 'Binary Data', span }]);
  const isText: Expr = { kind: 'not', child: test(predicate, field, 'match', [{ text: NO_TEXT, span }]), span };
  if (isNullTest(predicate)) {
    const isThere = test(predicate, field, 'is_not_null', []);
    const there = join('and', [isThere, { kind: 'not', child: binary, span }], predicate);
    return op === 'is_not_null' ? there : { kind: 'not', child: there, span };
  }
  if (op !== 'eq' && !PART_OPS.has(op)) return { reason: `the test ${predicate.native} of registry data` };
  return eachValue(predicate, (value) => {
    if (op === 'eq') {
      const written = numberForms(value.text).map((text) => ({ ...value, text }));
      const equal = test(predicate, field, 'eq', [value]);
      const plain = /^(?:[dq]word \(|binary data$)/i.test(value.text) ? join('and', [equal, isText], predicate) : equal;
      if (written.length === 0) return plain;
      return join(
        'or',
        [plain, test({ ...predicate, caseSensitive: false, quantifier: 'any' }, field, 'eq', written)],
        predicate,
      );
    }
    const pieces = op === 'wildcard' ? splitWildcards(value.text) : [{ literal: value.text }];
    const isNoNumber = pieces.some((piece) => 'literal' in piece && /[^0-9a-fx]/i.test(piece.literal));
    if (!isNoNumber) return { reason: 'a part of a number in registry data' };
    return join('and', [test(predicate, field, op, [value]), isText], predicate);
  });
}

/** Sysmon's texts of a number that a rule writes as `1`, `0x00000001` or, of 64 bits, `0x0000000000000001`. */
function numberForms(text: string): string[] {
  const isDecimal = /^(?:0|[1-9]\d{0,19})$/.test(text);
  const hex = /^0x([0-9a-f]{8}|[0-9a-f]{16})$/i.exec(text)?.[1];
  if (!isDecimal && hex === undefined) return [];
  const digits = BigInt(hex === undefined ? text : `0x${hex}`)
    .toString(16)
    .padStart(16, '0');
  if (digits.length > 16) return [];
  const double = `QWORD (0x${digits.slice(0, 8)}-0x${digits.slice(8)})`;
  const single = `DWORD (0x${digits.slice(8)})`;
  if (hex !== undefined) return [hex.length === 8 ? single : double];
  return digits.startsWith('00000000') ? [single, double] : [double];
}
