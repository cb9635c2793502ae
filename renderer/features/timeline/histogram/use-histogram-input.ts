import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useUi, useWorkspace } from '../../../state/context.ts';
import type { HistogramData } from './use-histogram.ts';

/** Buckets from one to another, inclusive, in either order. */
export interface Brush {
  readonly from: number;
  readonly to: number;
}

export interface HistogramInput {
  /** The bucket under the pointer, or where the keys are. */
  readonly pointed: number | null;
  readonly brush: Brush | null;
  readonly handlers: {
    readonly onKeyDown: (event: KeyboardEvent) => void;
    readonly onPointerDown: (event: PointerEvent) => void;
    readonly onPointerMove: (event: PointerEvent) => void;
    readonly onPointerUp: () => void;
    readonly onPointerLeave: () => void;
    readonly onDoubleClick: () => void;
  };
}

/** Keys and pointer of the histogram: a click goes to the first event there, a drag zooms, a double click zooms back. */
export function useHistogramInput(data: HistogramData | null, width: number): HistogramInput {
  const workspace = useWorkspace();
  const zoomed = useUi((state) => state.filter.range !== null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [brush, setBrush] = useState<Brush | null>(null);
  const count = data?.buckets.count ?? 0;

  const zoom = (chosen: Brush): void => {
    if (!data) return;
    const { fromUs, stepUs } = data.buckets;
    const first = Math.min(chosen.from, chosen.to);
    const last = Math.max(chosen.from, chosen.to) + 1;
    workspace.setRange({ fromUs: fromUs + first * stepUs, toUs: fromUs + last * stepUs });
    setBrush(null);
    setPointed(null);
  };
  const goTo = (bucket: number): void => {
    if (data) void workspace.goToTime(data.buckets.fromUs + bucket * data.buckets.stepUs);
  };
  const bucketAt = (event: PointerEvent): number | null => {
    if (count === 0) return null;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return Math.min(count - 1, Math.max(0, Math.floor((x / width) * count)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (count === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = bucketStep(event.key, pointed, count);
    if (at !== undefined) {
      setPointed(at);
      setBrush(event.shiftKey ? { from: brush?.from ?? pointed ?? at, to: at } : null);
    } else if (event.key === 'Enter' && brush) zoom(brush);
    else if (event.key === 'Enter' && pointed !== null) goTo(pointed);
    else if (event.key === '+' || event.key === '=') zoom(aroundPointed(pointed, count));
    else if (event.key === 'Escape' && brush) setBrush(null);
    else if (['Escape', '-', 'Backspace'].includes(event.key) && zoomed) workspace.zoomBack();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const handlers: HistogramInput['handlers'] = {
    onKeyDown,
    onPointerDown: (event) => {
      const at = bucketAt(event);
      if (at === null || event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setBrush({ from: at, to: at });
    },
    onPointerMove: (event) => {
      const at = bucketAt(event);
      setPointed(at);
      if (brush && at !== null && event.buttons === 1) setBrush({ from: brush.from, to: at });
    },
    onPointerUp: () => {
      if (!brush) return;
      setBrush(null);
      if (brush.from === brush.to) goTo(brush.from);
      else zoom(brush);
    },
    onPointerLeave: () => {
      setPointed(null);
    },
    onDoubleClick: () => {
      if (zoomed) workspace.zoomBack();
    },
  };
  return { pointed, brush, handlers };
}

/** The bucket that a key moves to; undefined for any other key. */
function bucketStep(key: string, pointed: number | null, buckets: number): number | undefined {
  const clamp = (at: number): number => Math.min(Math.max(at, 0), buckets - 1);
  switch (key) {
    case 'ArrowRight':
      return clamp(pointed === null ? 0 : pointed + 1);
    case 'ArrowLeft':
      return clamp(pointed === null ? buckets - 1 : pointed - 1);
    case 'PageDown':
      return clamp((pointed ?? 0) + 20);
    case 'PageUp':
      return clamp((pointed ?? 0) - 20);
    case 'Home':
      return 0;
    case 'End':
      return buckets - 1;
    default:
      return undefined;
  }
}

/** The middle half of the range, moved to where the pointer is. */
function aroundPointed(pointed: number | null, buckets: number): Brush {
  const half = Math.max(1, Math.floor(buckets / 4));
  const middle = pointed ?? Math.floor(buckets / 2);
  return { from: Math.max(0, middle - half), to: Math.min(buckets - 1, middle + half) };
}
