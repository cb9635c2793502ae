import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFieldAliases, type FieldAliases } from '../../shared/catalog/field-aliases.ts';
import { readLogsources, type LogsourceMap } from '../../shared/catalog/logsource.ts';

export interface Mappings {
  readonly logsources: LogsourceMap;
  readonly aliases: FieldAliases;
}

/**
 * Reads the mappings that the product ships and a user can edit. Throws, naming the file, where one is missing or
 * broken: without them no rule would know its events.
 * @param contentFolder holds `mappings/`.
 */
export function loadMappings(contentFolder: string): Mappings {
  const read = <T>(name: string, parse: (text: string) => T): T => {
    const path = join(contentFolder, 'mappings', name);
    try {
      return parse(readFileSync(path, 'utf8'));
    } catch (error) {
      throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  };
  return {
    logsources: read('logsources.yaml', readLogsources),
    aliases: read('field-aliases.yaml', readFieldAliases),
  };
}
