import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallInput, CallOutput } from '../../shared/ipc/contract.ts';
import { FakeApi } from '../testing/fake-api.ts';
import { Workspace } from './workspace.ts';

type Settings = CallOutput<'settings.get'>;
const RULE = 'title: Mine\n';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A main process that keeps settings, over the sessions of a test. */
class Sessions {
  settings: Settings = {};

  async start(): Promise<Workspace> {
    const api = new FakeApi({
      'settings.get': () => this.settings,
      'settings.set': ({ key, value }: CallInput<'settings.set'>) => {
        this.settings = { ...this.settings, [key]: value };
        return {};
      },
      'rules.save': () => ({ name: 'mine.yml' }),
    });
    const workspace = new Workspace(api);
    await workspace.start();
    await vi.advanceTimersByTimeAsync(0);
    return workspace;
  }
}

const questionOf = (workspace: Workspace) => workspace.store.getState().question;

describe('a draft that is in no file', () => {
  it('outlives the session, and is offered once', async () => {
    const sessions = new Sessions();
    const first = await sessions.start();
    await first.draft.startNew();
    await vi.advanceTimersByTimeAsync(2000);
    expect(sessions.settings['drafts.1']).toBeUndefined();
    first.draft.edit(RULE);
    await vi.advanceTimersByTimeAsync(2000);

    const second = await sessions.start();
    expect(questionOf(second)?.text).toContain('new-rule.yml');
    questionOf(second)?.answer('restore');
    await vi.advanceTimersByTimeAsync(2000);
    expect(second.store.getState().draft).toMatchObject({ open: true, text: RULE, savedText: '', rule: null });

    // Not saved again: offered again, as one draft.
    const third = await sessions.start();
    expect(questionOf(third)).not.toBeNull();
    questionOf(third)?.answer('discard');
    await vi.advanceTimersByTimeAsync(2000);
    expect(questionOf(third)).toBeNull();
    expect(questionOf(await sessions.start())).toBeNull();
  });

  it('is forgotten when it is saved', async () => {
    const sessions = new Sessions();
    const first = await sessions.start();
    await first.draft.startNew();
    first.draft.edit(RULE);
    await vi.advanceTimersByTimeAsync(2000);
    expect(sessions.settings['drafts.1']).toHaveLength(1);
    await first.draft.save();
    await vi.advanceTimersByTimeAsync(0);
    expect(sessions.settings['drafts.1']).toEqual([]);
  });

  it('waits beside a new one where nobody answers', async () => {
    const sessions = new Sessions();
    const first = await sessions.start();
    await first.draft.startNew();
    first.draft.edit(RULE);
    await vi.advanceTimersByTimeAsync(2000);
    const second = await sessions.start();
    questionOf(second)?.answer(null);
    await second.draft.startNew();
    second.draft.edit('title: Other\n');
    await vi.advanceTimersByTimeAsync(2000);
    expect((sessions.settings['drafts.1'] as { text: string }[]).map(({ text }) => text)).toEqual([
      'title: Other\n',
      RULE,
    ]);
  });
});
