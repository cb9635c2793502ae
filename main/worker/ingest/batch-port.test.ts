import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { batchBuffers, type EventBatch } from '../../columns/batch.ts';
import { makeBatches } from '../../testing/make-events.ts';
import { TableTarget } from '../../testing/ingest-pipeline.ts';
import { ok } from '../../../shared/model/fault.ts';
import type { FromDecoder, ToDecoder, ToReceiver } from '../protocol.ts';
import { receiveUnits } from './batch-receiver.ts';
import { BatchSender, FlightWindow } from './batch-sender.ts';

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
const event = {
  channel: 'C',
  provider: 'P',
  eventId: 1,
  computer: 'H',
  timeUs: 1,
  data: { A: 'x' },
};
const batchOf = (events: number): EventBatch =>
  makeBatches(new BatchBuilder(), Array<typeof event>(events).fill(event), 0)[0] as EventBatch;
const bytesOf = (batch: EventBatch): number => batchBuffers(batch).reduce((sum, buffer) => sum + buffer.byteLength, 0);

describe('BatchSender', () => {
  it('waits while more bytes are under way than the window holds, until some are taken', async () => {
    const { port1, port2 } = new MessageChannel();
    const size = bytesOf(batchOf(100));
    const sender = new BatchSender(port2, new FlightWindow(size * 3), never);
    let sent = 0;
    const sending = (async () => {
      for (; sent < 10; sent++) await sender.batch(batchOf(100));
    })();
    await turn();
    // The third is sent, and its turn has not come back.
    expect(sent).toBe(2);
    const take = () => port1.postMessage({ kind: 'taken' } satisfies ToDecoder);
    take();
    await turn();
    expect(sent).toBe(3);
    port1.postMessage({ kind: 'stop' } satisfies ToDecoder);
    await sending;
    expect(sender.isStopped).toBe(true);
    port1.close();
  });

  it('does not wait for an engine that is gone', async () => {
    const { port1, port2 } = new MessageChannel();
    const sender = new BatchSender(port2, new FlightWindow(1), never);
    const sending = sender.batch(batchOf(100));
    port1.close();
    await sending;
    expect(sender.isStopped).toBe(true);
  });
});

describe('receiveUnits', () => {
  const start = { kind: 'start', name: 'a', path: 'a', bytes: 1, isFirst: true } satisfies FromDecoder;

  it('ends the file in hand where its decoder is gone, with what had come, and goes on', async () => {
    const control = new MessageChannel();
    const [lost, next] = [new MessageChannel(), new MessageChannel()];
    for (const { port1 } of [lost, next]) {
      control.port2.postMessage({ kind: 'unit', port: port1 } satisfies ToReceiver, [port1]);
    }
    control.port2.postMessage({ kind: 'end' } satisfies ToReceiver);
    lost.port2.postMessage(start);
    const batch = batchOf(7);
    lost.port2.postMessage({ kind: 'batch', batch } satisfies FromDecoder, batchBuffers(batch));
    lost.port2.close();
    next.port2.postMessage({ ...start, name: 'b' });
    next.port2.close();
    const target = new TableTarget();
    const received = await receiveUnits(control.port1, target);
    expect([...target.ends]).toMatchObject([
      ['a', { state: 'partial', events: 7, faults: [{ code: 'engine-crashed', file: 'a' }] }],
      ['b', { state: 'partial', events: 0 }],
    ]);
    expect(received.totals).toMatchObject({ files: 2, events: 7 });
  });

  it('ends where nobody will send units any more', async () => {
    const { port1, port2 } = new MessageChannel();
    const received = receiveUnits(port1, new TableTarget(() => ok(null)));
    port2.close();
    expect((await received).totals.files).toBe(0);
  });
});
