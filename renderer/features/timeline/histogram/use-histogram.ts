import { useEffect, useState } from 'react';
import type { CallOutput } from '../../../../shared/ipc/contract.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useClock } from '../../../state/use-clock.ts';
import type { OpenView } from '../../../state/ui-state.ts';
import { bucketsFor, type Buckets } from './time-scale.ts';

export interface HistogramData extends CallOutput<'view.histogram'> {
  readonly buckets: Buckets;
}

/** The time that a view's histogram spans: its range, or from its first to its last event. */
export function viewSpan(view: OpenView): { fromUs: number; toUs: number } | null {
  if (view.filter.range) return view.filter.range;
  if (view.firstUs === null || view.lastUs === null) return null;
  return { fromUs: view.firstUs, toUs: view.lastUs + 1 };
}

/**
 * Counts for a picture of some width: the hits of the open view among all events of its context. The last counts
 * stay until the new ones are there.
 */
export function useHistogram(width: number): HistogramData | null {
  const { api, notices } = useWorkspace();
  const view = useUi((state) => state.view);
  const context = useUi((state) => state.context);
  const clock = useClock();
  const [data, setData] = useState<HistogramData | null>(null);

  useEffect(() => {
    if (!view || !context || width < 20) return;
    const span = viewSpan(context);
    let dropped = false;
    const ask = async (): Promise<void> => {
      if (!span) {
        setData(null);
        return;
      }
      const buckets = bucketsFor(span.fromUs, span.toUs, width, clock);
      const request = { fromUs: buckets.fromUs, toUs: buckets.toUs, buckets: buckets.count };
      const [result, around] = await Promise.all([
        api.call('view.histogram', { view: view.view, ...request }),
        context.view === view.view ? null : api.call('view.histogram', { view: context.view, ...request }),
      ]);
      if (dropped) return;
      if (result.ok)
        setData({ ...result.value, events: around?.ok ? around.value.events : result.value.events, buckets });
      // A view that was dropped meanwhile is opened again by the grid.
      else if (result.fault.code !== 'not-found') notices.fault('The histogram could not be counted', result.fault);
    };
    void ask();
    return () => {
      dropped = true;
    };
  }, [api, notices, view, context, width, clock]);
  return data;
}
