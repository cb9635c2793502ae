import { useEffect, useState } from 'react';
import type { CallInput, CallName, CallOutput } from '../../shared/ipc/contract.ts';
import { useUi, useWorkspace } from './context.ts';
import type { ShownFault } from './ui-state.ts';

export interface Answer<T> {
  readonly value: T | null;
  readonly fault: ShownFault | null;
  /** Whether the value answers an older question: the newer answer is on its way. */
  readonly isStale: boolean;
}

interface Held<T> {
  readonly key: string;
  readonly value: T | null;
  readonly fault: ShownFault | null;
}

/**
 * The answer to a call, asked again when the input or the stamp changes. The last answer stays until the new one is
 * there. A null input asks nothing.
 */
export function useAnswer<N extends CallName>(
  name: N,
  input: CallInput<N> | null,
  stamp: number | string,
): Answer<CallOutput<N>> {
  const { api } = useWorkspace();
  const question = JSON.stringify(input);
  const key = `${stamp} ${question}`;
  const [held, setHeld] = useState<Held<CallOutput<N>>>({ key: '', value: null, fault: null });
  useEffect(() => {
    if (question === 'null') return undefined;
    let isDropped = false;
    void api.call(name, JSON.parse(question) as CallInput<N>).then((result) => {
      if (isDropped) return;
      setHeld((before) =>
        result.ok ? { key, value: result.value, fault: null } : { key, value: before.value, fault: result.fault },
      );
    });
    return () => {
      isDropped = true;
    };
  }, [api, name, question, key]);
  return question === 'null'
    ? { value: null, fault: null, isStale: false }
    : { value: held.value, fault: held.key === key ? held.fault : null, isStale: held.key !== key };
}

/** The answer of the catalog, asked again after each of its builds. */
export function useCatalog<N extends CallName>(name: N, input: CallInput<N> | null): Answer<CallOutput<N>> {
  return useAnswer(
    name,
    input,
    useUi((state) => state.catalog.revision),
  );
}
