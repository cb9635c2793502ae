import { useEffect, useRef, useState } from 'react';
import type { CallInput, CallName, CallOutput } from '../../shared/ipc/contract.ts';
import { useUi, useWorkspace } from './context.ts';
import type { ShownFault } from './ui-state.ts';

/** Shortest time between two questions of the same list while the case grows. */
const REFRESH_MS = 500;
/** The same for the list of rules, which is long. */
const RULES_REFRESH_MS = 1500;

export interface Live<T> {
  readonly value: T | null;
  readonly fault: ShownFault | null;
}

/**
 * The answer to a call, asked again whenever the case changes (at most every REFRESH_MS) or the input does (at once).
 * The last answer stays until the new one is there. A null input asks nothing.
 */
export function useLive<N extends CallName>(name: N, input: CallInput<N> | null): Live<CallOutput<N>> {
  const { api } = useWorkspace();
  const revision = useUi((state) => state.summary?.revision ?? -1);
  const key = JSON.stringify(input);
  const [live, setLive] = useState<Live<CallOutput<N>>>({ value: null, fault: null });
  const last = useRef({ key: '', at: -Infinity });

  useEffect(() => {
    if (key === 'null') {
      setLive({ value: null, fault: null });
      return;
    }
    let dropped = false;
    const every = name === 'rules.list' ? RULES_REFRESH_MS : REFRESH_MS;
    const wait = last.current.key === key ? Math.max(0, last.current.at + every - performance.now()) : 0;
    const timer = setTimeout(() => {
      last.current = { key, at: performance.now() };
      void api.call(name, JSON.parse(key) as CallInput<N>).then((result) => {
        if (dropped) return;
        setLive((before) =>
          result.ok ? { value: result.value, fault: null } : { value: before.value, fault: result.fault },
        );
      });
    }, wait);
    return () => {
      dropped = true;
      clearTimeout(timer);
    };
  }, [api, name, key, revision]);
  return live;
}
