/** The thread of the analyst's own SQL: apart from the engine, and ended where a query is to stop. */
import { parentPort } from 'node:worker_threads';
import { serve } from './serve.ts';
import { sqlHandlers } from './sql-handlers.ts';
import { logToStderr } from './thread-log.ts';

if (parentPort) serve(parentPort, sqlHandlers(), logToStderr('sql'));
