import { useEffect, useMemo, useState } from 'react';
import { logTest, type LogTest } from '../../../../shared/catalog/log-test.ts';
import type { CatalogIndicatorRow } from '../../../../shared/ipc/catalog-calls.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { openEvents } from '../../../state/ui-state.ts';

/** Tests asked in one call. */
const MOST_TESTS = 400;
/** Shortest time between two counts of the same tests while the case grows. */
const REFRESH_MS = 1000;

type Row = Pick<CatalogIndicatorRow, 'op' | 'value' | 'logField' | 'pattern'>;

export interface LogCounts {
  /** Events that have a row's value: undefined where not known (yet), null where it cannot be asked of these logs. */
  readonly of: (row: Row) => number | null | undefined;
  /** Events of the open logs; 0 where none are open. */
  readonly all: number;
}

/** How many events of the open logs have each row's value; asked some hundred rows at a time, the first rows first. */
export function useCounts(rows: readonly Row[]): LogCounts {
  const { api } = useWorkspace();
  const events = useUi(openEvents);
  const [counts, setCounts] = useState<ReadonlyMap<string, number | null>>(new Map());
  const question = useMemo(() => {
    const tests = new Map(rows.flatMap((row) => logTest(row) ?? []).map((test) => [keyOf(test), test]));
    return JSON.stringify([...tests.values()]);
  }, [rows]);
  useEffect(() => {
    if (events === 0 || question === '[]') return undefined;
    let isDropped = false;
    const all = JSON.parse(question) as LogTest[];
    const ask = async (): Promise<void> => {
      for (let at = 0; at < all.length; at += MOST_TESTS) {
        const tests = all.slice(at, at + MOST_TESTS);
        const result = await api.call('case.count', { tests });
        if (isDropped || !result.ok) return;
        const found = tests.map((test, i) => [keyOf(test), result.value.counts[i] ?? null] as const);
        setCounts((before) => new Map([...before, ...found]));
      }
    };
    const timer = setTimeout(() => void ask(), counts.size === 0 ? 0 : REFRESH_MS);
    return () => {
      isDropped = true;
      clearTimeout(timer);
    };
    // The counts held are no reason to count again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, question, events]);
  return {
    all: events,
    of: (row) => {
      const test = logTest(row);
      if (!test) return null;
      return events === 0 ? undefined : counts.get(keyOf(test));
    },
  };
}

function keyOf({ field, op, value }: LogTest): string {
  return `${field}\n${op}\n${value}`;
}
