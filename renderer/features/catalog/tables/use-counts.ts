import { useEffect, useMemo, useState } from 'react';
import type { CatalogIndicatorRow } from '../../../../shared/ipc/catalog-calls.ts';
import { logTest, type LogTest } from '../../../state/catalog-state.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';

/** Tests asked in one call. */
const MOST_TESTS = 400;
/** Shortest time between two counts of the same tests while the case grows. */
const REFRESH_MS = 1000;

type Row = Pick<CatalogIndicatorRow, 'op' | 'value' | 'logField'>;

/**
 * How many events of the open logs have each row's value: undefined where that is not known (yet), null where it cannot
 * be asked of these logs.
 */
export function useCounts(rows: readonly Row[]): (row: Row) => number | null | undefined {
  const { api } = useWorkspace();
  const events = useUi((state) => (state.summary?.events ?? 0) + (state.summary?.recovered ?? 0));
  const [counts, setCounts] = useState<ReadonlyMap<string, number | null>>(new Map());
  const question = useMemo(() => {
    const tests = new Map(rows.flatMap((row) => logTest(row) ?? []).map((test) => [keyOf(test), test]));
    return JSON.stringify([...tests.values()].slice(0, MOST_TESTS));
  }, [rows]);
  useEffect(() => {
    if (events === 0 || question === '[]') return undefined;
    let isDropped = false;
    const tests = JSON.parse(question) as LogTest[];
    const timer = setTimeout(
      () =>
        void api.call('case.count', { tests }).then((result) => {
          if (isDropped || !result.ok) return;
          setCounts(new Map(tests.map((test, i) => [keyOf(test), result.value.counts[i] ?? null])));
        }),
      counts.size === 0 ? 0 : REFRESH_MS,
    );
    return () => {
      isDropped = true;
      clearTimeout(timer);
    };
    // The counts held are no reason to count again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, question, events]);
  return (row) => {
    const test = logTest(row);
    if (!test) return null;
    return events === 0 ? undefined : counts.get(keyOf(test));
  };
}

function keyOf({ field, op, value }: LogTest): string {
  return `${field}\n${op}\n${value}`;
}
