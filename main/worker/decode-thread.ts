/** The decoding thread's entry: files to batches. Holds no events between two calls. */
import { parentPort } from 'node:worker_threads';
import { decodeHandlers } from './decode-handlers.ts';
import { logToStderr } from './thread-log.ts';
import { serve } from './serve.ts';

if (parentPort) serve(parentPort, decodeHandlers(), logToStderr('decode'));
