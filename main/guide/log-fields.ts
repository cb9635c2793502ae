import type { FieldTable } from '../../shared/catalog/normalise/field-table.ts';
import type { LogField } from '../../shared/ipc/catalog-calls.ts';

/** Fields of the open logs by canonical field: the names that Windows events have are those that Sigma uses. */
export type LogFields = ReadonlyMap<string, NonNullable<LogField>>;

/**
 * Which field of the logs each canonical field stands for. A name that is only the last part of a path
 * (`process.name`) is looked for in that path's field.
 */
export function logFieldsOf({ fields }: FieldTable): LogFields {
  const found = new Map<string, NonNullable<LogField>>();
  for (const { name, sigmaName } of fields) {
    if (sigmaName !== undefined) found.set(name, { field: sigmaName, part: 'whole' });
  }
  for (const { name, lastPart } of fields) {
    const path = found.get(name);
    if (lastPart !== undefined && path && !found.has(lastPart)) {
      found.set(lastPart, { field: path.field, part: 'name' });
    }
  }
  return found;
}
