import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { LogField } from '../../shared/ipc/catalog-calls.ts';

/** What is needed of canonical-fields.yaml here; the catalog's reader checks the whole. */
const fieldFile = z.object({
  fields: z.array(z.object({ field: z.string(), name: z.string().optional(), sigma: z.string().optional() })),
});

/** Fields of the open logs by canonical field: the names that Windows events have are those that Sigma uses. */
export type LogFields = ReadonlyMap<string, NonNullable<LogField>>;

/**
 * Reads which field of the logs each canonical field stands for. A name that is only the last part of a path
 * (`process.name`) is looked for in that path's field.
 */
export function loadLogFields(contentFolder: string): LogFields {
  const { fields } = fieldFile.parse(
    parse(readFileSync(join(contentFolder, 'mappings', 'canonical-fields.yaml'), 'utf8')),
  );
  const found = new Map<string, NonNullable<LogField>>();
  const plainName = (names: string | undefined): string | undefined =>
    names
      ?.split(',')
      .map((name) => name.trim())
      .find((name) => name !== '' && !name.includes('['));
  for (const { field, sigma } of fields) {
    const name = plainName(sigma);
    if (name !== undefined) found.set(field, { field: name, part: 'whole' });
  }
  for (const { field, name } of fields) {
    const path = found.get(field);
    if (name !== undefined && path && !found.has(name)) found.set(name, { field: path.field, part: 'name' });
  }
  return found;
}
