import { loadMappings } from '../match/mappings.ts';
import { matchingMaker } from '../match/matching.ts';
import { CaseFiles } from '../store/case-files.ts';
import type { EngineApi } from './api.ts';
import type { ReadRaw } from './views/detail.ts';
import { Engine } from './engine.ts';
import { RuleReader } from './rules/rule-reader.ts';
import { readEventTitles } from './views/event-titles.ts';

export interface EngineOptions {
  /** Folder with `mappings/` (rules/ in the project). */
  readonly contentFolder: string;
  readonly readRaw: ReadRaw;
  /** Where read rules are kept between runs; undefined to keep none. */
  readonly cacheFolder?: string | undefined;
  /** Size in bytes at which a case takes no more events. */
  readonly caseByteLimit?: number;
  /** Where sql.js's wasm is, if not beside sql.js. */
  readonly wasmPath?: string;
}

/** Makes an engine with an empty case and no rules. */
export async function createEngine(options: EngineOptions): Promise<EngineApi> {
  const { contentFolder, readRaw } = options;
  return new Engine({
    contentFolder,
    readRaw,
    ruleReader: new RuleReader(contentFolder, options.cacheFolder),
    createMatching: matchingMaker(),
    titles: readEventTitles(contentFolder),
    aliases: loadMappings(contentFolder).aliases,
    files: await CaseFiles.load(options.caseByteLimit, options.wasmPath),
  });
}
