import type { CatalogIndicatorRow, CatalogPredicate } from '../../../../shared/ipc/catalog-calls.ts';
import type { Span } from '../../../../shared/model/span.ts';

type Wanted = Pick<CatalogIndicatorRow, 'field' | 'op' | 'value'>;

/** The predicate of a rule that has a value, itself or by the name that its path asks for; -1 where none has. */
export function predicateOf(predicates: readonly CatalogPredicate[], { field, op, value }: Wanted): number {
  const wanted = value.toLowerCase();
  const has = (values: readonly string[]): boolean =>
    values.length === 0 ? wanted === '' : values.some((one) => one.toLowerCase() === wanted);
  return predicates.findIndex(
    (predicate) =>
      (predicate.field === field && predicate.op === op && has(predicate.values)) ||
      (predicate.derived !== null && predicate.derived.field === field && has(predicate.derived.values)),
  );
}

/** A text in three: before a place, the place, and after it. A place outside the text is empty at its end. */
export function cutAt(text: string, { start, end }: Span): readonly [string, string, string] {
  const from = Math.min(Math.max(start, 0), text.length);
  const to = Math.min(Math.max(end, from), text.length);
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
}

/** Numbers of a text's lines, one below the other. */
export function lineNumbers(text: string): string {
  const lines = text.split(/\r\n|\n|\r/).length;
  return Array.from({ length: lines }, (_, i) => i + 1).join('\n');
}
