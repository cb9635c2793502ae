import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLogsources } from '../../shared/catalog/logsource.ts';
import { readEventMap } from '../../shared/catalog/normalise/event-map.ts';
import { readFieldTable } from '../../shared/catalog/normalise/field-table.ts';
import type { CatalogMappings } from '../../shared/catalog/normalise/normalise.ts';
import { hashOf } from '../cache/cache-file.ts';
import { once } from './once.ts';

export interface LoadedMappings extends CatalogMappings {
  /** Of the files' texts: a catalog read with others is out of date. */
  readonly hash: string;
}

/**
 * Reads the mappings that the catalog needs. Throws, naming the file, where one is missing. The texts are parsed when
 * a mapping is first used, since a catalog that comes whole from its cache needs none; then it throws, naming the
 * file, where one is broken.
 * @param contentFolder holds `mappings/`.
 */
export function loadCatalogMappings(contentFolder: string): LoadedMappings {
  const open = (name: string): MappingFile => new MappingFile(join(contentFolder, 'mappings', name));
  const [fields, logsources, events] = ['canonical-fields.yaml', 'logsources.yaml', 'catalog-events.yaml'].map(
    open,
  ) as [MappingFile, MappingFile, MappingFile];
  const fieldTable = once(() => fields.parse(readFieldTable));
  const eventMap = once(() => {
    const map = logsources.parse(readLogsources);
    return events.parse((text) => readEventMap(text, map));
  });
  return {
    get fields() {
      return fieldTable();
    },
    get events() {
      return eventMap();
    },
    hash: hashOf([fields, logsources, events].map(({ text }) => text).join('\n')),
  };
}

class MappingFile {
  readonly text: string;

  constructor(private readonly path: string) {
    this.text = this.#naming(() => readFileSync(path, 'utf8'));
  }

  parse<T>(read: (text: string) => T): T {
    return this.#naming(() => read(this.text));
  }

  #naming<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new Error(`${this.path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}
