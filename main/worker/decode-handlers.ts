import { BatchBuilder } from '../columns/batch-builder.ts';
import { findLogs } from '../ingest/find-logs.ts';
import { Archives } from '../ingest/input/archives.ts';
import { fail, ok } from '../../shared/model/fault.ts';
import { BatchSender, FlightWindow } from './ingest/batch-sender.ts';
import { runUnit } from './ingest/unit-run.ts';
import { planUnits } from './ingest/unit.ts';
import type { DecodeCallMap } from './protocol.ts';
import type { ThreadHandlers } from './serve.ts';

const BATCH_EVENTS = 4096;
/**
 * Bytes of distinct values after which the decoder's numbering starts anew. The arrays behind them double as they
 * grow, and whoever takes the batches keeps the values too, so this decides what a run that keeps no events needs:
 * 64 MB came to 720 MB in all over a log of 2 GB, 12 MB to 320 MB.
 */
const DICTIONARY_LIMIT = 12 << 20;

/** What a decoding thread answers. One unit at a time: units share a builder, for the templates that it has learnt. */
export function decodeHandlers(unitBytes?: number): ThreadHandlers<DecodeCallMap> {
  const builder = new BatchBuilder(BATCH_EVENTS, DICTIONARY_LIMIT);
  const window = new FlightWindow();
  let archives = new Archives();
  return {
    plan: async ({ roots, recover }, { signal }) => {
      const sources = await findLogs(roots, archives, () => signal.aborted);
      if (signal.aborted) return fail({ code: 'cancelled', message: 'Cancelled' });
      return ok({ units: planUnits(sources, !recover, unitBytes) });
    },
    unit: async ({ unit, options, port }, { signal, send }) => {
      const sender = new BatchSender(port, window, signal);
      try {
        return ok(await runUnit(unit, options, { builder, archives }, sender, (progress) => void send(progress)));
      } catch (error) {
        // The engine must not wait for what will not come.
        port.close();
        throw error;
      }
    },
    release: async () => {
      const old = archives;
      archives = new Archives();
      builder.discard();
      await old.close();
      return ok(null);
    },
  };
}
