import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLogsources } from '../../shared/catalog/logsource.ts';
import { readEventMap } from '../../shared/catalog/normalise/event-map.ts';
import { readFieldTable } from '../../shared/catalog/normalise/field-table.ts';
import type { CatalogMappings } from '../../shared/catalog/normalise/normalise.ts';
import { hashOf } from './catalog-cache.ts';

export interface LoadedMappings extends CatalogMappings {
  /** Of the files' texts: a catalog read with others is out of date. */
  readonly hash: string;
}

/**
 * Reads the mappings that the catalog needs. Throws, naming the file, where one is missing or broken.
 * @param contentFolder holds `mappings/`.
 */
export function loadCatalogMappings(contentFolder: string): LoadedMappings {
  const texts: string[] = [];
  const read = <T>(name: string, parse: (text: string) => T): T => {
    const path = join(contentFolder, 'mappings', name);
    try {
      const text = readFileSync(path, 'utf8');
      texts.push(text);
      return parse(text);
    } catch (error) {
      throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  };
  const fields = read('canonical-fields.yaml', readFieldTable);
  const logsources = read('logsources.yaml', readLogsources);
  const events = read('catalog-events.yaml', (text) => readEventMap(text, logsources));
  return { fields, events, hash: hashOf(texts.join('\n')) };
}
