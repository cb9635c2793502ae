import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CheckContext, CheckedText } from '../../../../shared/language/check.ts';
import { LanguageClient } from './language-client.ts';
import type { CheckAnswer, CheckRequest, WorkerPort } from './language-protocol.ts';
import { answer } from './language-server.ts';

const CONTEXT: CheckContext = {
  techniques: new Map(),
  mappings: () => {
    throw new Error('no mappings are wanted');
  },
};
const yaml = (text: string): CheckedText => ({ text, fileName: 'rule.yml' });

/** A worker whose answers come when the test says. */
class HeldWorker implements WorkerPort {
  readonly requests: CheckRequest[] = [];
  terminated = false;
  #onAnswer: (answer: CheckAnswer) => void = () => undefined;
  crash: (reason: string) => void = () => undefined;

  postMessage(request: CheckRequest): void {
    this.requests.push(request);
  }

  listen(onAnswer: (answer: CheckAnswer) => void, onCrash: (reason: string) => void): void {
    this.#onAnswer = onAnswer;
    this.crash = onCrash;
  }

  /** Answers a request as the real worker does. */
  reply(index: number): void {
    const request = this.requests[index];
    if (!request) throw new Error(`no request ${String(index)}`);
    this.#onAnswer(answer(request, CONTEXT, () => 0));
  }

  terminate(): void {
    this.terminated = true;
  }
}

describe('LanguageClient', () => {
  let workers: HeldWorker[];
  let checked: string[];
  let troubles: string[];
  let client: LanguageClient;
  const worker = (index: number): HeldWorker => {
    const found = workers[index];
    if (!found) throw new Error(`no worker ${String(index)}`);
    return found;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    workers = [];
    checked = [];
    troubles = [];
    const start = (): HeldWorker => {
      const created = new HeldWorker();
      workers.push(created);
      return created;
    };
    client = new LanguageClient(start, {
      onChecked: (text) => checked.push(text),
      onTrouble: (message) => troubles.push(message),
    });
  });
  afterEach(() => {
    client.dispose();
    vi.useRealTimers();
  });

  it('asks once for a burst of changes, for the newest text', () => {
    for (const text of ['t', 'ti', 'tit']) client.check(yaml(text));
    vi.runOnlyPendingTimers();
    expect(worker(0).requests.map((request) => request.text)).toEqual(['tit']);
    worker(0).reply(0);
    expect(checked).toEqual(['tit']);
  });

  it('drops an answer that a newer text has overtaken, and asks for that text', () => {
    client.check(yaml('old'), true);
    client.check(yaml('new'), true);
    expect(worker(0).requests).toHaveLength(1);
    worker(0).reply(0);
    expect(checked).toEqual([]);
    worker(0).reply(1);
    expect(checked).toEqual(['new']);
    worker(0).reply(1);
    expect(checked).toEqual(['new']);
  });

  it('starts a crashed worker anew, says so, and does not try the same text again', () => {
    client.check(yaml('bad'), true);
    worker(0).crash('out of memory');
    expect(worker(0).terminated).toBe(true);
    expect(troubles[0]).toContain('out of memory');
    expect(workers).toHaveLength(1);
    client.check(yaml('good'), true);
    worker(1).reply(0);
    expect(checked).toEqual(['good']);
    expect(troubles.at(-1)).toBe('');
  });

  it('gives up on a worker that hangs', () => {
    client.check(yaml('endless'), true);
    vi.runOnlyPendingTimers();
    expect(worker(0).terminated).toBe(true);
    expect(troubles[0]).toContain('took too long');
  });

  it('is silent after its end', () => {
    client.check(yaml('x'), true);
    client.dispose();
    worker(0).reply(0);
    expect(checked).toEqual([]);
    expect(worker(0).terminated).toBe(true);
  });
});

describe('the worker', () => {
  it('answers each request once, with diagnostics at their places', () => {
    const text =
      'title: x\nlogsource:\n    product: windows\ndetection:\n    a:\n        b|contians: c\n    condition: a\n';
    const reply = answer({ id: 7, ...yaml(text) }, CONTEXT, () => 0);
    expect(reply).toMatchObject({ id: 7, ok: true });
    if (!reply.ok) throw new Error(reply.message);
    const problem = reply.diagnostics.find((each) => each.code === 'sigma-unknown-modifier');
    expect(problem && text.slice(problem.span.start, problem.span.end)).toBe('contians');
  });

  it('turns a bug into an answer', () => {
    const broken = {
      ...CONTEXT,
      get techniques(): never {
        throw new Error('lost');
      },
    };
    expect(answer({ id: 1, ...yaml('tags: [attack.t1]') }, broken, () => 0)).toEqual({
      id: 1,
      ok: false,
      message: 'lost',
    });
  });
});
