/** The catalog's thread entry: rules of all vendors, apart from the engine, which it must not hold up. */
import { parentPort, workerData } from 'node:worker_threads';
import { GuideService, type GuideOptions } from '../guide/guide-service.ts';
import { catalogHandlers } from './catalog-handlers.ts';
import { serve } from './serve.ts';
import { logToStderr } from './thread-log.ts';

if (parentPort) {
  // workerData is GuideOptions.
  const options = workerData as GuideOptions;
  let service: GuideService | undefined;
  serve(
    parentPort,
    catalogHandlers(() => (service ??= new GuideService(options))),
    logToStderr('catalog'),
  );
}
