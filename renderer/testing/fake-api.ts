import type { CallInput, CallName, CallOutput, StreamName, StreamValue } from '../../shared/ipc/contract.ts';
import { fail, type Result } from '../../shared/model/fault.ts';
import type { Api } from '../api/workbench.ts';

type Answers = { readonly [N in CallName]?: (input: CallInput<N>) => CallOutput<N> | Promise<CallOutput<N>> };

/** A main process for tests of the window's state: answers what it is given answers for, and keeps what was asked. */
export class FakeApi implements Api {
  readonly asked: { readonly name: CallName; readonly input: unknown }[] = [];
  readonly #answers: Answers;
  readonly #listeners = new Map<StreamName, (value: never) => void>();

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>>> {
    this.asked.push({ name, input });
    const answer = this.#answers[name];
    if (!answer) return fail({ code: 'not-found', message: `No answer to ${name}` });
    return { ok: true, value: await answer(input) };
  }

  on<N extends StreamName>(name: N, listener: (value: StreamValue<N>) => void): () => void {
    this.#listeners.set(name, listener);
    return () => this.#listeners.delete(name);
  }

  grantDropped(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  tell<N extends StreamName>(name: N, value: StreamValue<N>): void {
    (this.#listeners.get(name) as ((value: StreamValue<N>) => void) | undefined)?.(value);
  }

  /** Inputs of the calls of one name, in order. */
  inputs<N extends CallName>(name: N): readonly CallInput<N>[] {
    return this.asked.filter((call) => call.name === name).map((call) => call.input as CallInput<N>);
  }
}
