import { useEffect, useRef, useState } from 'react';
import type { CaseCoverage, TechniqueOnCase } from '../../../shared/ipc/coverage-calls.ts';
import { useUi } from '../../state/context.ts';
import { useAnswer, type Answer } from '../../state/use-answer.ts';

/** Shortest time between two questions while the case grows: each goes over all rules. */
const REFRESH_MS = 1500;

/** Changes whenever the catalog or the case does, at most every REFRESH_MS. */
function useStamp(): string {
  const stamp = useUi((state) => `${state.catalog.revision} ${state.summary?.revision ?? -1}`);
  const [shown, setShown] = useState(stamp);
  const last = useRef(-Infinity);
  useEffect(() => {
    const timer = setTimeout(
      () => {
        last.current = performance.now();
        setShown(stamp);
      },
      Math.max(0, last.current + REFRESH_MS - performance.now()),
    );
    return () => {
      clearTimeout(timer);
    };
  }, [stamp]);
  return shown;
}

/** Every technique on the open logs. */
export function useCoverage(): Answer<CaseCoverage> {
  const scope = useUi((state) => state.catalog.choice.scope);
  return useAnswer('coverage.case', { scope }, useStamp());
}

/** One technique on the open logs. */
export function useTechnique(technique: string | null): Answer<TechniqueOnCase> {
  const scope = useUi((state) => state.catalog.choice.scope);
  return useAnswer('coverage.technique', technique === null ? null : { technique, scope }, useStamp());
}
