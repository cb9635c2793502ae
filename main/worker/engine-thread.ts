/** The engine's thread entry: the case, the rules and the matcher. `workerData` is EngineThreadData. */
import { parentPort, workerData } from 'node:worker_threads';
import { createEngine } from '../engine/create.ts';
import { readRaw } from '../ingest/decode.ts';
import type { EngineApi } from '../engine/api.ts';
import { engineHandlers } from './engine-handlers.ts';
import { serve } from './serve.ts';
import { logToStderr } from './thread-log.ts';

export interface EngineThreadData {
  readonly contentFolder: string;
  /** Where read rules are kept between runs; undefined to keep none. */
  readonly cacheFolder: string | undefined;
}

if (parentPort) {
  const { contentFolder, cacheFolder } = workerData as EngineThreadData;
  let engine: Promise<EngineApi> | undefined;
  const theEngine = () => (engine ??= createEngine({ contentFolder, readRaw, cacheFolder }));
  serve(parentPort, engineHandlers(theEngine, contentFolder, cacheFolder), logToStderr('engine'));
}
