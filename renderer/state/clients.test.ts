import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallOutput, CaseSummary, DraftResult, EventRow } from '../../shared/ipc/contract.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { Workspace } from './workspace.ts';

const summary = (revision: number, events = 1000): CaseSummary => ({
  revision,
  name: '',
  unsaved: true,
  events,
  recovered: 0,
  damaged: 0,
  sources: 1,
  leftOut: 0,
  capacity: { used: 0, state: 'ok', message: '' },
  sourcesWithFaults: 0,
  hosts: [],
  channels: [],
  firstUs: 0,
  lastUs: 1,
  rulesLoaded: 0,
  rulesEnabled: 0,
  rulesNotRun: 0,
  hitEvents: 0,
  tagged: 0,
  hitsByLevel: { informational: 0, low: 0, medium: 0, high: 0, critical: 0 },
  jobs: [],
});

const opened = (n: number): CallOutput<'view.open'> => ({
  view: `v${n}`,
  revision: 1,
  total: 1000,
  hits: 0,
  firstUs: 0,
  lastUs: 1,
  elapsedMs: 1,
});

const drafted = (version: number, hits: number): DraftResult => ({
  version,
  diagnostics: [],
  rules: [{ id: 'x', title: 'x', level: 'low', hits, cannotFire: null }],
  hits,
  candidates: 10,
  selections: [],
  elapsedMs: 1,
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function started(api: FakeApi): Promise<Workspace> {
  const workspace = new Workspace(api);
  await workspace.start();
  await vi.advanceTimersByTimeAsync(1000);
  return workspace;
}

describe('case client', () => {
  it('says once that the case nears its limit, and once that it is full, with what to do', async () => {
    const api = new FakeApi({ 'case.summary': () => summary(1), 'view.open': () => opened(1) });
    const workspace = await started(api);
    const tell = (revision: number, state: 'ok' | 'near' | 'full', used: number): void => {
      api.tell('case.changed', { ...summary(revision), capacity: { used, state, message: `${revision} events` } });
    };
    tell(2, 'ok', 0.5);
    tell(3, 'near', 0.7);
    tell(4, 'near', 0.8);
    tell(5, 'full', 1);
    tell(6, 'full', 1);
    const { notices } = workspace.store.getState();
    expect(notices.map(({ text }) => text.slice(0, 8))).toEqual(['3 events', '5 events']);
    expect(notices.map(({ action }) => action?.command)).toEqual(['logs.openWith', 'logs.openWith']);
  });
});

describe('view client', () => {
  it('follows a growing case at its own pace, and the user at once', async () => {
    let n = 0;
    const api = new FakeApi({ 'case.summary': () => summary(1), 'view.open': () => opened(++n) });
    const workspace = await started(api);
    const before = api.inputs('view.open').length;
    for (let revision = 2; revision < 42; revision++) {
      api.tell('case.changed', summary(revision));
      await vi.advanceTimersByTimeAsync(100);
    }
    await vi.advanceTimersByTimeAsync(1000);
    const whileGrowing = api.inputs('view.open').length - before;
    expect(whileGrowing).toBeGreaterThanOrEqual(6);
    expect(whileGrowing).toBeLessThanOrEqual(10);
    workspace.setFilter((filter) => ({ ...filter, text: 'plink' }));
    expect(api.inputs('view.open').at(-1)?.filter.text).toBe('plink');
  });

  it('takes the answer to the last question, in whatever order answers come', async () => {
    const answers: ((view: CallOutput<'view.open'>) => void)[] = [];
    const api = new FakeApi({
      'case.summary': () => summary(1),
      'view.open': () => new Promise((resolve) => answers.push(resolve)),
    });
    const workspace = await started(api);
    workspace.setFilter((filter) => ({ ...filter, text: 'a' }));
    workspace.setFilter((filter) => ({ ...filter, text: 'ab' }));
    const [, first, second] = answers;
    second?.(opened(2));
    first?.(opened(1));
    await vi.advanceTimersByTimeAsync(0);
    expect(workspace.store.getState().view).toMatchObject({ view: 'v2', filter: { text: 'ab' } });
    expect(workspace.store.getState().viewBusy).toBe(false);
  });

  it('keeps the rows of the view before, marked, until the new ones are here', async () => {
    let n = 0;
    const rows: ((rows: EventRow[]) => void)[] = [];
    const page = (from: number): EventRow[] => Array.from({ length: 100 }, (_, i) => ({ event: from + i }) as EventRow);
    const api = new FakeApi({
      'case.summary': () => summary(1),
      'view.open': () => opened(++n),
      'view.rows': () => new Promise((resolve) => rows.push(resolve)),
    });
    const { views, ...workspace } = await started(api).then((w) => ({ views: w.views, set: w.setFilter.bind(w) }));
    views.want(0, 30);
    rows.shift()?.(page(0));
    await vi.advanceTimersByTimeAsync(0);
    expect(views.row(3)).toMatchObject({ stale: false, row: { event: 3 } });
    workspace.set((filter) => ({ ...filter, text: 'x' }));
    await vi.advanceTimersByTimeAsync(0);
    views.want(0, 30);
    expect(views.row(3)).toMatchObject({ stale: true, row: { event: 3 } });
    rows.shift()?.(page(500));
    await vi.advanceTimersByTimeAsync(0);
    expect(views.row(3)).toMatchObject({ stale: false, row: { event: 503 } });
  });

  it('moves the selected event with it, or lets its place go where it is not in view', async () => {
    let n = 0;
    let exact = true;
    const api = new FakeApi({
      'case.summary': () => summary(1),
      'view.open': () => opened(++n),
      'view.rows': ({ from, count }) =>
        Array.from({ length: count }, (_, i) => ({ event: from + i, time: '' }) as EventRow),
      'view.locate': () => ({ index: 42, exact }),
    });
    const workspace = await started(api);
    await workspace.moveTo(7);
    expect(workspace.store.getState()).toMatchObject({ selected: 7, cursor: 7 });
    workspace.setFilter((filter) => ({ ...filter, text: 'a' }));
    await vi.advanceTimersByTimeAsync(0);
    expect(workspace.store.getState()).toMatchObject({ selected: 7, cursor: 42 });
    exact = false;
    workspace.setFilter((filter) => ({ ...filter, text: 'b' }));
    await vi.advanceTimersByTimeAsync(0);
    expect(workspace.store.getState()).toMatchObject({ selected: 7, cursor: null });
  });
});

describe('draft client', () => {
  it('runs a moment after the last key, and shows the first hits', async () => {
    const api = new FakeApi({
      'case.summary': () => summary(1),
      'view.open': () => opened(1),
      'draft.run': ({ version }) => drafted(version, 3),
    });
    const workspace = await started(api);
    await workspace.draft.startNew();
    await vi.advanceTimersByTimeAsync(0);
    expect(workspace.store.getState().filter.of.kind).toBe('draft');
    const before = api.inputs('draft.run').length;
    for (const text of ['a', 'ab', 'abc']) {
      workspace.draft.edit(text);
      await vi.advanceTimersByTimeAsync(30);
    }
    expect(api.inputs('draft.run').length).toBe(before);
    await vi.advanceTimersByTimeAsync(60);
    expect(api.inputs('draft.run').slice(before)).toEqual([
      { text: 'abc', version: workspace.store.getState().draft.version, name: 'new-rule.yml' },
    ]);
  });

  it('shows what a long run has found so far, and drops that of an older text', async () => {
    let answer: () => void = () => undefined;
    const api = new FakeApi({
      'case.summary': () => summary(1),
      'view.open': () => opened(1),
      'draft.run': ({ version }) =>
        new Promise((resolve) => {
          answer = () => resolve(drafted(version, 9));
        }),
    });
    const workspace = await started(api);
    const draft = () => workspace.store.getState().draft;
    await workspace.draft.startNew();
    await vi.advanceTimersByTimeAsync(0);
    const progress = { done: 5, total: 10 };
    api.tell('draft.partial', { ...drafted(draft().version - 1, 2), progress });
    expect(draft().result).toBeNull();
    api.tell('draft.partial', { ...drafted(draft().version, 4), progress });
    expect(draft()).toMatchObject({ running: true, result: { hits: 4, progress } });
    expect(workspace.store.getState().filter.of.kind).toBe('draft');
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(draft()).toMatchObject({ running: false, result: { hits: 9 } });
    api.tell('draft.partial', { ...drafted(draft().version, 5), progress });
    expect(draft().result?.hits).toBe(9);
  });

  it('drops the answer to an older text', async () => {
    const answers: (() => void)[] = [];
    const api = new FakeApi({
      'case.summary': () => summary(1),
      'view.open': () => opened(1),
      'draft.run': ({ version, text }) =>
        new Promise((resolve) => answers.push(() => resolve(drafted(version, text.length)))),
    });
    const workspace = await started(api);
    await workspace.draft.startNew();
    answers.splice(0).forEach((answer) => answer());
    await vi.advanceTimersByTimeAsync(0);
    workspace.draft.edit('12345');
    await vi.advanceTimersByTimeAsync(200);
    workspace.draft.edit('1234567');
    answers.splice(0).forEach((answer) => answer());
    await vi.advanceTimersByTimeAsync(0);
    expect(workspace.store.getState().draft.result?.hits).not.toBe(5);
    await vi.advanceTimersByTimeAsync(200);
    answers.splice(0).forEach((answer) => answer());
    await vi.advanceTimersByTimeAsync(0);
    expect(workspace.store.getState().draft).toMatchObject({ running: false, result: { hits: 7 } });
  });

  it('asks before changes are lost', async () => {
    const api = new FakeApi({
      'case.summary': () => summary(1),
      'view.open': () => opened(1),
      'draft.run': ({ version }) => drafted(version, 0),
      'draft.clear': () => ({}),
      'rules.save': () => ({ name: 'mine.yml' }),
    });
    const workspace = await started(api);
    await workspace.draft.startNew();
    workspace.draft.edit('title: mine');
    const closing = workspace.draft.close();
    workspace.store.getState().question?.answer(null);
    await closing;
    expect(workspace.store.getState().draft).toMatchObject({ open: true, text: 'title: mine' });
    const again = workspace.draft.close();
    workspace.store.getState().question?.answer('save');
    await again;
    expect(api.inputs('rules.save')).toEqual([{ text: 'title: mine', suggestedName: 'new-rule.yml' }]);
    expect(workspace.store.getState().draft.open).toBe(false);
  });
});

describe('settings', () => {
  it('come back, and what does not fit is left out', async () => {
    const api = new FakeApi({
      'case.summary': () => summary(1),
      'view.open': () => opened(1),
      'settings.get': () => ({
        'theme.1': 'dark',
        'rows.1': { compact: true },
        'columns.1': [{ id: 'time' }],
        'pivot.1': -4,
      }),
      'settings.set': () => ({}),
    });
    const workspace = await started(api);
    const { theme, compact, columns, pivotMinutes } = workspace.store.getState();
    expect({ theme, compact, pivotMinutes }).toEqual({ theme: 'dark', compact: true, pivotMinutes: 5 });
    expect(columns.length).toBeGreaterThan(5);
    workspace.store.setState({ theme: 'light' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(api.inputs('settings.set')).toEqual([{ key: 'theme.1', value: 'light' }]);
  });
});
