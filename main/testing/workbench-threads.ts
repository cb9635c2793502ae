import { join } from 'node:path';
import { NO_DIALOGS } from '../app/ports.ts';
import { Workbench } from '../app/workbench.ts';
import { createEngine } from '../engine/create.ts';
import { GuideService } from '../guide/guide-service.ts';
import { readRaw } from '../ingest/decode.ts';
import { decodeHandlers } from '../worker/decode-handlers.ts';
import { engineHandlers } from '../worker/engine-handlers.ts';
import { catalogHandlers } from '../worker/catalog-handlers.ts';
import { sqlHandlers } from '../worker/sql-handlers.ts';
import type { CatalogCallMap, DecodeCallMap, EngineCallMap, SqlCallMap } from '../worker/protocol.ts';
import type { EngineApi } from '../engine/api.ts';
import { projectRoot } from './corpus.ts';
import { InProcessThread } from './in-process-thread.ts';

/** The program's own content. */
export const contentFolder = join(projectRoot, 'rules');

/** The real handlers of all threads, in this thread; every one that was started is kept in `started`. */
export class TestThreads {
  readonly started: InProcessThread[] = [];
  /** Those of `started` that are engines. */
  readonly engines: InProcessThread[] = [];

  /** @param cacheFolder where read rules are kept between runs. */
  constructor(private readonly cacheFolder?: string) {}

  readonly engine = (): InProcessThread => {
    let engine: Promise<EngineApi> | undefined;
    const theEngine = () => (engine ??= createEngine({ contentFolder, readRaw, cacheFolder: this.cacheFolder }));
    const thread = this.#add(
      InProcessThread.of<EngineCallMap>(engineHandlers(theEngine, contentFolder, this.cacheFolder)),
    );
    this.engines.push(thread);
    return thread;
  };

  readonly catalog = (): InProcessThread => {
    const service = new GuideService({ contentFolder, cacheFolder: undefined });
    return this.#add(InProcessThread.of<CatalogCallMap>(catalogHandlers(() => service)));
  };

  readonly decode = (): InProcessThread => this.#add(InProcessThread.of<DecodeCallMap>(decodeHandlers()));

  readonly sql = (): InProcessThread => this.#add(InProcessThread.of<SqlCallMap>(sqlHandlers()));

  #add(thread: InProcessThread): InProcessThread {
    this.started.push(thread);
    return thread;
  }
}

/** A workbench over these threads that nobody sees, and that keeps nothing on disk. */
export function openWorkbench(): Promise<Workbench> {
  return Workbench.open({
    threads: new TestThreads(),
    dialogs: NO_DIALOGS,
    emit: () => undefined,
    contentFolder,
    dataFolder: undefined,
    version: '0',
    runtime: 'stand-in',
    paths: [],
  });
}
