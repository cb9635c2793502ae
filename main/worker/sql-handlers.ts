import { CaseIndex } from '../store/case-index.ts';
import { loadSqlite } from '../store/sqlite.ts';
import type { SqlCallMap } from './protocol.ts';
import type { ThreadHandlers } from './serve.ts';

/** What the thread for questions by SQL answers. It keeps the database open until another revision is asked about. */
export function sqlHandlers(): ThreadHandlers<SqlCallMap> {
  const sqlite = loadSqlite();
  let open: { readonly revision: number; readonly index: CaseIndex } | undefined;
  return {
    query: async ({ revision, image, text, limit }) => {
      if (open?.revision !== revision) {
        open?.index.close();
        open = { revision, index: CaseIndex.open(await sqlite, image) };
      }
      return open.index.query({ text, limit });
    },
  };
}
