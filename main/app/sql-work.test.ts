import { describe, expect, it } from 'vitest';
import { fail, ok, type Result } from '../../shared/model/fault.ts';
import { InProcessThread } from '../testing/in-process-thread.ts';
import type { SqlAnswer } from '../store/case-index.ts';
import type { EngineCallMap, SqlCallMap } from '../worker/protocol.ts';
import type { ThreadHandlers } from '../worker/serve.ts';
import { ThreadClient } from '../worker/thread-client.ts';
import { SqlWork } from './sql-work.ts';

const answer = (text: string): SqlAnswer => ({ columns: ['x'], rows: [[text]], truncated: false, elapsedMs: 1 });

/** The real SqlWork over an engine whose revision the test sets, and threads whose queries end when the test says. */
function work(timeLimitMs?: number) {
  const engine = { revision: 1, built: 0 };
  const engineHandlers = {
    sqlImage: ({ known }: { known: number | null }) => {
      if (known === engine.revision) return ok({ revision: known, image: undefined });
      engine.built++;
      return ok({ revision: engine.revision, image: new SharedArrayBuffer(8) });
    },
  } as unknown as ThreadHandlers<EngineCallMap>;
  const asked: { text: string; revision: number; end: (result: Result<SqlAnswer>) => void }[] = [];
  let started = 0;
  const thread = new ThreadClient<SqlCallMap>(() => {
    started++;
    return InProcessThread.of<SqlCallMap>({
      query: ({ text, revision }) => new Promise((end) => asked.push({ text, revision, end })),
    });
  });
  const sql = new SqlWork(
    new ThreadClient<EngineCallMap>(() => InProcessThread.of<EngineCallMap>(engineHandlers)),
    thread,
    timeLimitMs,
  );
  const asking = async (n: number) => {
    while (asked.length < n) await new Promise((resolve) => setImmediate(resolve));
    return asked[n - 1] as (typeof asked)[0];
  };
  return { engine, sql, asking, threads: () => started };
}

describe('SqlWork', () => {
  it('builds the database once for each state of the case', async () => {
    const { engine, sql, asking } = work();
    const ask = async (n: number) => {
      const running = sql.run({ text: `q${n}`, limit: 1 });
      const { text, revision, end } = await asking(n);
      end(ok(answer(text)));
      const result = await running;
      expect(result).toMatchObject(ok({ rows: [[`q${n}`]] }));
      return revision;
    };
    expect(await ask(1)).toBe(1);
    expect(await ask(2)).toBe(1);
    engine.revision = 7;
    expect(await ask(3)).toBe(7);
    expect(engine.built).toBe(2);
    sql.forget();
    expect(await ask(4)).toBe(7);
    expect(engine.built).toBe(3);
    await sql.close();
  });

  it('ends a query by ending its thread: for a newer one, when cancelled, and when it takes too long', async () => {
    const { engine, sql, asking, threads } = work(40);
    const first = sql.run({ text: 'first', limit: 1 });
    await asking(1);
    const second = sql.run({ text: 'second', limit: 1 });
    expect(await first).toMatchObject({
      ok: false,
      fault: { code: 'cancelled', message: 'A newer query took its place' },
    });
    await asking(2);
    sql.cancel();
    expect(await second).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
    const third = sql.run({ text: 'third', limit: 1 });
    await asking(3);
    expect(await third).toMatchObject({ ok: false, fault: { code: 'too-large' } });
    const fourth = sql.run({ text: 'fourth', limit: 1 });
    const { end } = await asking(4);
    end(fail({ code: 'bad-request', message: 'no such table' }));
    expect(await fourth).toMatchObject({ ok: false, fault: { message: 'no such table' } });
    expect(threads()).toBe(4);
    // The database outlives the threads.
    expect(engine.built).toBe(1);
    await sql.close();
  });

  it('cancels what is still being built', async () => {
    const { sql } = work();
    const running = sql.run({ text: 'x', limit: 1 });
    sql.cancel();
    expect(await running).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
    await sql.close();
  });
});
