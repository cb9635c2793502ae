import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventTable } from '../columns/event-table.ts';
import { fail, ok, type Result } from '../../shared/model/fault.ts';
import type { SourceReport } from '../ingest/api.ts';
import { IN_FLIGHT, BatchSender, receiveBatches } from './batch-port.ts';
import { runIngest } from './ingest-run.ts';
import type { IngestItem } from './protocol.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingest-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const lines = (n: number) => Array.from({ length: n }, (_, i) => `{"n":${i}}`).join('\n');

interface Run {
  table: EventTable;
  ledger: Map<string, SourceReport>;
  items: IngestItem[];
  result: Awaited<ReturnType<typeof runIngest>>;
  mostInFlight: number;
}

/** Reads the folder through both ends of the private port. @param onBatch may refuse the n-th batch. */
async function run(
  onBatch: (n: number) => Promise<Result<unknown>> | Result<unknown>,
  signal: AbortSignal,
): Promise<Run> {
  const { port1, port2 } = new MessageChannel();
  const table = new EventTable();
  const ledger = new Map<string, SourceReport>();
  const names: string[] = [];
  const items: IngestItem[] = [];
  let batches = 0;
  let mostInFlight = 0;
  const sender = new BatchSender(port2);
  const send = sender.batch.bind(sender);
  let inFlight = 0;
  sender.batch = (batch) => {
    mostInFlight = Math.max(mostInFlight, ++inFlight);
    return send(batch);
  };
  const received = receiveBatches(port1, {
    nextSource: () => names.length,
    startSource: ({ name }) => names.push(name),
    append: async (batch) => {
      const answer = await onBatch(batches++);
      inFlight--;
      if (answer.ok) table.append(batch);
      return answer;
    },
    endSource: (source, report) => ledger.set(names[source] as string, report),
  });
  const roots = [{ path: folder, name: 'logs' }];
  const result = await runIngest({ roots, recover: false }, sender, signal, (item) => items.push(item));
  await received;
  return { table, ledger, items, result, mostInFlight };
}

const never = new AbortController().signal;

describe('runIngest', () => {
  it('reads a folder, file by file, and reports each', async () => {
    writeFileSync(join(folder, 'a.json'), lines(3));
    writeFileSync(join(folder, 'b.txt'), 'hello');
    writeFileSync(join(folder, 'c.json'), '{"a":1}\n{"b":');
    writeFileSync(join(folder, 'd.json'), '');
    const { table, ledger, items, result } = await run(() => ok(null), never);
    expect(result).toEqual(ok({ files: 4, events: 4, recovered: 0, damaged: 1, isCancelled: false }));
    expect(table.count).toBe(4);
    expect([...ledger].map(([name, { state, events }]) => [name, state, events])).toEqual([
      ['logs/a.json', 'read', 3],
      ['logs/b.txt', 'skipped', 0],
      ['logs/c.json', 'partial', 1],
      ['logs/d.json', 'skipped', 0],
    ]);
    expect(ledger.get('logs/c.json')?.faults[0]).toMatchObject({ line: 2, file: 'logs/c.json' });
    expect(items.filter((item) => item.kind === 'report').length).toBe(4);
    expect(items.at(-1)).toMatchObject({ kind: 'progress', progress: { filesDone: 4, filesTotal: 4, events: 4 } });
  });

  it('has no more batches under way than agreed, however slow the engine is', async () => {
    writeFileSync(join(folder, 'a.json'), lines(50_000));
    const slow = async () => {
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      return ok(null);
    };
    const { table, mostInFlight } = await run(slow, never);
    expect(table.count).toBe(50_000);
    expect(mostInFlight).toBeLessThanOrEqual(IN_FLIGHT);
    expect(mostInFlight).toBeGreaterThan(1);
  });

  it('keeps what was stored when it is cancelled, and counts only that', async () => {
    mkdirSync(join(folder, 'later'));
    writeFileSync(join(folder, 'a.json'), lines(100_000));
    writeFileSync(join(folder, 'later', 'b.json'), lines(10));
    const abort = new AbortController();
    const cancelAtThird = (n: number) => {
      if (n === 2) abort.abort();
      return ok(null);
    };
    const { table, ledger, result } = await run(cancelAtThird, abort.signal);
    const report = ledger.get('logs/a.json');
    expect(report).toMatchObject({ state: 'partial', events: table.count });
    expect(table.count).toBeGreaterThanOrEqual(3 * 4096);
    expect(table.count).toBeLessThan(100_000);
    expect(table.count % 4096).toBe(0);
    expect([...ledger.keys()]).toEqual(['logs/a.json']);
    expect(result).toMatchObject({ ok: true, value: { isCancelled: true, events: table.count } });
  });

  it('stops with the fault of a store that takes no more', async () => {
    writeFileSync(join(folder, 'a.json'), lines(100_000));
    writeFileSync(join(folder, 'b.json'), lines(10));
    const full = { code: 'storage-failed', message: 'The case is full' } as const;
    const { table, ledger, result } = await run((n) => (n < 2 ? ok(null) : fail(full)), never);
    expect(result).toEqual(fail(full));
    expect(table.count).toBe(2 * 4096);
    expect(ledger.get('logs/a.json')).toMatchObject({ state: 'partial', events: 2 * 4096, faults: [full] });
    expect(ledger.has('logs/b.json')).toBe(false);
  });

  it('does not wait for an engine that is gone', async () => {
    writeFileSync(join(folder, 'a.json'), lines(100_000));
    const { port1, port2 } = new MessageChannel();
    const sender = new BatchSender(port2);
    port1.on('message', (message: { kind: string }) => {
      if (message.kind === 'start') port1.postMessage({ kind: 'started', source: 0 });
      else port1.close();
    });
    const roots = [{ path: folder, name: 'logs' }];
    const result = await runIngest({ roots, recover: false }, sender, never, () => undefined);
    expect(result).toMatchObject({ ok: false, fault: { code: 'engine-crashed' } });
  });

  it('ends the file in hand where the decoder is gone', async () => {
    const { port1, port2 } = new MessageChannel();
    const reports: SourceReport[] = [];
    const received = receiveBatches(port1, {
      nextSource: () => 0,
      startSource: () => port2.close(),
      append: () => ok(null),
      endSource: (_, report) => reports.push(report),
    });
    port2.postMessage({ kind: 'start', name: 'a', path: 'a', bytes: 1 });
    await received;
    expect(reports).toMatchObject([{ state: 'partial', faults: [{ code: 'engine-crashed' }] }]);
  });
});
