import { BatchSender } from './batch-port.ts';
import { runIngest } from './ingest-run.ts';
import type { DecodeCallMap } from './protocol.ts';
import type { ThreadHandlers } from './serve.ts';

/** What the decoding thread answers. */
export const decodeHandlers: ThreadHandlers<DecodeCallMap> = {
  ingest: async ({ roots, recover, port }, { signal, send }) => {
    const sender = new BatchSender(port);
    try {
      return await runIngest({ roots, recover }, sender, signal, (item) => void send(item));
    } catch (error) {
      // The engine must not wait for what will not come.
      port.close();
      throw error;
    }
  },
};
