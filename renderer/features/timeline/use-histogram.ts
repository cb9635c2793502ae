import { useEffect, useState } from 'react';
import type { CallOutput } from '../../../shared/ipc/contract.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import type { OpenView } from '../../state/ui-state.ts';
import { bucketsFor, type Buckets } from './time-scale.ts';

export interface HistogramData extends CallOutput<'view.histogram'> {
  readonly buckets: Buckets;
  /** The view it was counted over. */
  readonly view: string;
}

/** The time that a view's histogram spans: its range, or from its first to its last event. */
export function viewSpan(view: OpenView): { fromUs: number; toUs: number } | null {
  if (view.filter.range) return view.filter.range;
  if (view.firstUs === null || view.lastUs === null) return null;
  return { fromUs: view.firstUs, toUs: view.lastUs + 1 };
}

/** Counts over the open view, for a picture of some width. The last counts stay until the new ones are there. */
export function useHistogram(width: number): HistogramData | null {
  const { api, notices } = useWorkspace();
  const view = useUi((state) => state.view);
  const [data, setData] = useState<HistogramData | null>(null);

  useEffect(() => {
    const span = view && viewSpan(view);
    if (!view || width < 20) return;
    let dropped = false;
    const ask = async (): Promise<void> => {
      if (!span) return setData(null);
      const buckets = bucketsFor(span.fromUs, span.toUs, width);
      const request = { view: view.view, fromUs: buckets.fromUs, toUs: buckets.toUs, buckets: buckets.count };
      const result = await api.call('view.histogram', request);
      if (dropped) return;
      if (result.ok) setData({ ...result.value, buckets, view: view.view });
      // A view that was dropped meanwhile is opened again by the grid.
      else if (result.fault.code !== 'not-found') notices.fault('The histogram could not be counted', result.fault);
    };
    void ask();
    return () => {
      dropped = true;
    };
  }, [api, notices, view, width]);
  return data;
}
