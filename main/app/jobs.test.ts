import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../shared/model/fault.ts';
import type { JobProgress } from '../../shared/ipc/contract.ts';
import { Jobs } from './jobs.ts';

function jobs() {
  const told: JobProgress[] = [];
  const clock = { now: 0 };
  return {
    told,
    clock,
    jobs: new Jobs(
      (progress) => told.push(progress),
      () => clock.now,
    ),
  };
}

describe('Jobs', () => {
  it('tells progress at most ten times a second, with the rate, and the end once', async () => {
    const { told, clock, jobs: all } = jobs();
    all.start('ingest', 'events', async (job) => {
      for (let i = 1; i <= 1000; i++) {
        clock.now = i;
        job.update({ events: i * 10 });
      }
      return ok({});
    });
    await all.idle();
    expect(told.filter((progress) => progress.state === 'running').length).toBeLessThanOrEqual(11);
    expect(told.at(-1)).toMatchObject({ state: 'done', events: 10_000, eventsPerSecond: 10_000 });
    expect(told.filter((progress) => progress.state !== 'running').length).toBe(1);
    expect(all.list()).toEqual([]);
  });

  it('runs the jobs of a lane one after another, other lanes beside it', async () => {
    const { jobs: all } = jobs();
    const order: string[] = [];
    const work = (name: string, turns: number) => async () => {
      order.push(`${name} begins`);
      for (let i = 0; i < turns; i++) await Promise.resolve();
      order.push(`${name} ends`);
      return ok({});
    };
    all.start('ingest', 'events', work('first', 20));
    all.start('ingest', 'events', work('second', 1));
    all.start('match', 'rules', work('rules', 1));
    await all.idle();
    const at = (text: string) => order.indexOf(text);
    expect(at('first ends')).toBeLessThan(at('second begins'));
    expect(at('rules ends')).toBeLessThan(at('first ends'));
  });

  it('cancels a job that runs, and one that still waits', async () => {
    const { told, jobs: all } = jobs();
    let begun: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (begun = resolve));
    const first = all.start('ingest', 'events', async ({ signal }) => {
      begun();
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      return ok({ isPartial: true });
    });
    let hasRun = false;
    const second = all.start('ingest', 'events', () => {
      hasRun = true;
      return Promise.resolve(ok({}));
    });
    await running;
    expect(all.cancel(second)).toBe(true);
    expect(all.cancel(first)).toBe(true);
    await all.idle();
    expect(hasRun).toBe(false);
    const ends = told.filter((progress) => progress.state !== 'running').map(({ job, state }) => [job, state]);
    expect(ends).toEqual([
      [first, 'cancelled'],
      [second, 'cancelled'],
    ]);
    expect(all.cancel(first)).toBe(false);
  });

  it('a failed job, and even a bug, lets the next one run', async () => {
    const { told, jobs: all } = jobs();
    all.start('save', 'events', () => Promise.resolve(fail({ code: 'storage-failed', message: 'Disk full' })));
    all.start('save', 'events', () => Promise.reject(new TypeError('oops')));
    all.start('save', 'events', () => Promise.resolve(ok({})));
    await all.idle();
    const ends = told
      .filter((progress) => progress.state !== 'running')
      .map(({ state, fault }) => [state, fault?.code]);
    expect(ends).toEqual([
      ['failed', 'storage-failed'],
      ['failed', 'internal'],
      ['done', undefined],
    ]);
  });
});
