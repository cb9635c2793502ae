import { describe, expect, it } from 'vitest';
import type { EventRow } from '../../shared/ipc/contract.ts';
import { ok, type Result } from '../../shared/model/fault.ts';
import { PAGE_ROWS, RowPages } from './row-pages.ts';

/** A source of rows whose answers are given by hand. */
function byHand(total: number) {
  const asked: { from: number; count: number; answer: () => void }[] = [];
  let news = 0;
  const fetch = (from: number, count: number): Promise<Result<readonly EventRow[]>> =>
    new Promise((resolve) => {
      const rows = Array.from({ length: count }, (_, i) => ({ event: from + i }) as EventRow);
      asked.push({ from, count, answer: () => resolve(ok(rows)) });
    });
  const pages = new RowPages(total, fetch, () => news++);
  return { pages, asked, news: () => news };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('row pages', () => {
  it('fetches what is in sight, once, and the last page only as far as it goes', async () => {
    const { pages, asked, news } = byHand(PAGE_ROWS + 7);
    pages.want(90, 130);
    pages.want(90, 130);
    expect(asked.map(({ from, count }) => [from, count])).toEqual([
      [0, PAGE_ROWS],
      [PAGE_ROWS, 7],
    ]);
    for (const request of asked) request.answer();
    await settle();
    expect(news()).toBe(2);
    expect(pages.get(106)?.event).toBe(106);
    expect(pages.get(107)).toBeUndefined();
    expect(pages.has(0, 200)).toBe(true);
  });

  it('drops what was scrolled past before it was asked', async () => {
    const { pages, asked } = byHand(100_000);
    pages.want(0, 150);
    for (let at = 1000; at <= 90_000; at += 1000) pages.want(at, at + 30);
    for (const request of asked.splice(0)) request.answer();
    await settle();
    expect(asked.map(({ from }) => from)).toEqual([90_000]);
  });

  it('is silent once closed', async () => {
    const { pages, asked, news } = byHand(500);
    pages.want(0, 10);
    pages.close();
    asked[0]?.answer();
    await settle();
    expect(news()).toBe(0);
  });

  it('loads a row from beyond the sight', async () => {
    const { pages, asked } = byHand(1000);
    const row = pages.load(555);
    asked[0]?.answer();
    expect((await row)?.event).toBe(555);
    expect(await pages.load(1000)).toBeUndefined();
  });
});
