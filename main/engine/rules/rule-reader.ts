import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalogMappings } from '../../catalog/mappings.ts';
import { detectDialect } from '../../../shared/catalog/detect.ts';
import { readPlaceholders } from '../../../shared/catalog/dialects/sigma/placeholders.ts';
import { readSplunkMacro, type SplunkMacro } from '../../../shared/catalog/dialects/splunk/macro.ts';
import { readAnyRules } from '../../../shared/catalog/run/read-rules.ts';
import { readRunEvents } from '../../../shared/catalog/run/run-events.ts';
import type { Placeholders } from '../../../shared/catalog/dialects/sigma/detection.ts';
import type { RunMappings } from '../../../shared/catalog/run/runnable.ts';
import type { RuleText } from '../../../shared/model/rule.ts';
import type { RuleFile } from '../api.ts';

/**
 * Reads rule files of all vendors. Holds what rules need besides their own text: the search macros that the folders of
 * Splunk's rules define, and the user's lists for placeholders. The mappings are read when the first rule of another vendor than Sigma comes.
 */
export class RuleReader {
  readonly #macros = new Map<string, SplunkMacro>();
  readonly #macroFiles = new Map<string, RuleFile>();
  /** Lists, and the texts they are from, by the path of their file. */
  readonly #lists = new Map<string, Placeholders>();
  readonly #listTexts = new Map<string, string>();
  #placeholders: Placeholders = {};
  #hasNewLists = false;
  #mappings: RunMappings | undefined;

  /** @param contentFolder holds `mappings/`. */
  constructor(private readonly contentFolder: string) {}

  /** Takes macros and lists out of some files, for all rules that are read from now on. Gives the other files. */
  take(files: readonly RuleFile[]): readonly RuleFile[] {
    return files.filter((file) => {
      if (file.kind === 'placeholders') {
        if (this.#listTexts.get(file.path) === file.text) return false;
        this.#listTexts.set(file.path, file.text);
        this.#hasNewLists = true;
        this.#lists.set(file.path, readPlaceholders(file.text).lists);
        this.#placeholders = Object.assign(Object.create(null) as object, ...this.#lists.values()) as Placeholders;
        return false;
      }
      if (!/^definition[ \t]*:/m.test(file.text)) return true;
      if (detectDialect(file.text, file.name) !== 'splunk-macro') return true;
      const macro = readSplunkMacro(file.text, file.name);
      if (!macro) return true;
      this.#macros.set(macro.name, macro);
      this.#macroFiles.set(file.path, file);
      return false;
    });
  }

  /** Of some files those whose rules read otherwise since lists changed, if they have since the last time this was asked. */
  outdated(files: readonly RuleFile[]): readonly RuleFile[] {
    if (!this.#hasNewLists) return [];
    this.#hasNewLists = false;
    return files.filter(({ text }) => /\|expand\b/.test(text));
  }

  /** Files of the macros that have been taken, to be kept with the rules. */
  get macroFiles(): readonly RuleFile[] {
    return [...this.#macroFiles.values()];
  }

  /** Reads a rule file's text, whatever the vendor. Never throws on bad text. */
  readonly read = (text: string, fileName: string): RuleText => {
    const mappings = () => (this.#mappings ??= loadRunMappings(this.contentFolder));
    return readAnyRules(text, fileName, mappings, this.#macros, { placeholders: this.#placeholders });
  };
}

/** Reads the mappings that running other vendors' rules needs. Throws, naming the file, where one is missing or broken. */
export function loadRunMappings(contentFolder: string): RunMappings {
  const { fields, events } = loadCatalogMappings(contentFolder);
  const path = join(contentFolder, 'mappings', 'run-events.yaml');
  try {
    return { fields, events, run: readRunEvents(readFileSync(path, 'utf8')) };
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
