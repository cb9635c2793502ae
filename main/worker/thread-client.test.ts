import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../shared/model/fault.ts';
import { InProcessThread } from '../testing/in-process-thread.ts';
import { ThreadClient } from './thread-client.ts';
import type { ThreadHandlers } from './serve.ts';

interface TestCalls {
  readonly double: { args: number; item: never; value: number };
  readonly count: { args: number; item: number; value: number };
  readonly wait: { args: null; item: 'ready'; value: null };
  readonly bug: { args: null; item: never; value: null };
}

const handlers: ThreadHandlers<TestCalls> = {
  double: (n) => (n < 0 ? fail({ code: 'bad-request', message: 'Negative' }) : ok(n * 2)),
  count: async (n, { send, signal }) => {
    let sent = 0;
    while (sent < n && !signal.aborted) {
      await send(sent);
      sent++;
    }
    return ok(sent);
  },
  wait: async (_, { signal, send }) => {
    void send('ready');
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    return fail({ code: 'cancelled', message: 'Cancelled' });
  },
  bug: () => {
    throw new TypeError('oops');
  },
};

function client() {
  const threads: InProcessThread[] = [];
  const crashes: string[] = [];
  const made = new ThreadClient<TestCalls>(
    () => {
      const thread = InProcessThread.of<TestCalls>(handlers);
      threads.push(thread);
      return thread;
    },
    (fault) => crashes.push(fault.detail ?? ''),
  );
  return { client: made, threads, crashes };
}

describe('ThreadClient', () => {
  it('gives each call its own answer, in whatever order they end', async () => {
    const { client: thread } = client();
    const slow = thread.call('count', 20);
    const answers = await Promise.all([1, 2, 3].map((n) => thread.call('double', n)));
    expect(answers).toEqual([ok(2), ok(4), ok(6)]);
    expect(await thread.call('double', -1)).toMatchObject({ ok: false, fault: { code: 'bad-request' } });
    expect(await slow).toEqual(ok(20));
    await thread.close();
  });

  it('lets a thread wait until its item is taken', async () => {
    const { client: thread } = client();
    const taken: number[] = [];
    let atOnce = 0;
    const result = await thread.call('count', 5, {
      onItem: async (n) => {
        expect(++atOnce).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        atOnce--;
        taken.push(n);
      },
    });
    expect(result).toEqual(ok(5));
    expect(taken).toEqual([0, 1, 2, 3, 4]);
    await thread.close();
  });

  it('ends a call whose items cannot be taken, and the thread goes on', async () => {
    const { client: thread } = client();
    const result = await thread.call('count', 1e9, {
      onItem: (n) => {
        if (n === 3) throw new Error('pipe closed');
      },
    });
    expect(result).toMatchObject({ ok: false, fault: { code: 'internal' } });
    expect(await thread.call('double', 1)).toEqual(ok(2));
    await thread.close();
  });

  it('carries a cancel, before and during a call', async () => {
    const { client: thread } = client();
    const abort = new AbortController();
    const waiting = thread.call('wait', null, { signal: abort.signal, onItem: () => abort.abort() });
    expect(await waiting).toMatchObject({ ok: false, fault: { code: 'cancelled' } });
    expect(await thread.call('double', 1, { signal: abort.signal })).toMatchObject({ fault: { code: 'cancelled' } });
    await thread.close();
  });

  it('makes a bug an internal fault', async () => {
    const { client: thread } = client();
    const result = await thread.call('bug', null);
    expect(result).toMatchObject({ ok: false, fault: { code: 'internal' } });
    expect(await thread.call('double', 1)).toEqual(ok(2));
    await thread.close();
  });

  it('rejects all that is pending when the thread dies, and starts anew only when told', async () => {
    const { client: thread, threads, crashes } = client();
    const pending = [thread.call('wait', null), thread.call('wait', null)];
    threads[0]?.die('out of memory');
    for (const result of await Promise.all(pending)) {
      expect(result).toMatchObject({ ok: false, fault: { code: 'engine-crashed', detail: 'out of memory' } });
    }
    expect(crashes).toEqual(['out of memory']);
    expect(await thread.call('double', 1)).toMatchObject({ fault: { code: 'engine-crashed' } });
    expect(thread.restart()).toBe(true);
    expect(await thread.call('double', 1)).toEqual(ok(2));
    expect(threads.length).toBe(2);
    expect(thread.restart()).toBe(false);
    await thread.close();
  });
});
