import type {
  CallInput,
  CallName,
  CallOutput,
  Grant,
  StreamName,
  StreamValue,
  WorkbenchBridge,
} from '../../shared/ipc/contract.ts';
import { fail, type Result } from '../../shared/model/fault.ts';

/** What the window asks of the main process. The only way to it; everything else takes this as a parameter. */
export interface Api {
  /** Asks; an expected failure is a fault, and so is a broken connection. Never rejects. */
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>>>;
  /** Listens to a stream; gives the function that stops it. */
  on<N extends StreamName>(name: N, listener: (value: StreamValue<N>) => void): () => void;
  /** Turns dropped files into grants; an empty list where none of them is on disk. */
  grantDropped(files: readonly File[]): Promise<readonly Grant[]>;
}

declare global {
  interface Window {
    readonly workbench?: WorkbenchBridge;
  }
}

/** Connects to the bridge that the preload script put in place; undefined where there is none. */
export function connect(): Api | undefined {
  const bridge = window.workbench;
  if (!bridge) return undefined;
  return {
    async call<N extends CallName>(name: N, input: CallInput<N>): Promise<Result<CallOutput<N>>> {
      try {
        // The wire's fault has the same shape; only its optional keys may be spelt as undefined.
        return (await bridge.call(name, input)) as Result<CallOutput<N>>;
      } catch (error) {
        return fail({
          code: 'internal',
          message: 'The main process did not answer',
          detail: `${name}: ${error instanceof Error ? error.message : String(error)}`,
        });
      }
    },
    on: (name, listener) => bridge.on(name, listener),
    grantDropped: (files) => bridge.grantDropped(files),
  };
}
