import { useLayoutEffect, useRef, useState, type JSX, type KeyboardEvent, type PointerEvent } from 'react';
import { ZoomOut } from 'lucide-react';
import { LEVELS } from '../../../../shared/model/severity.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { IconButton } from '../../../ui/controls.tsx';
import { count, counted, duration, utcTime } from '../../../ui/text/format.ts';
import { levelLabel, Severity } from '../../../ui/severity.tsx';
import { HistogramPicture } from './HistogramPicture.tsx';
import { hitTotals } from './histogram-shapes.ts';
import { useHistogram, type HistogramData } from './use-histogram.ts';
import './histogram.css';

/** Buckets from one to another, inclusive, in either order. */
interface Brush {
  readonly from: number;
  readonly to: number;
}

/** Events over time with the hits on top. Drag, or Shift and the arrow keys, chooses a range; Enter zooms to it. */
export function Histogram(): JSX.Element {
  const workspace = useWorkspace();
  const box = useRef<HTMLDivElement | null>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const data = useHistogram(size.width);
  const busy = useUi((state) => state.viewBusy);
  const range = useUi((state) => state.filter.range);
  const [pointed, setPointed] = useState<number | null>(null);
  const [brush, setBrush] = useState<Brush | null>(null);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);

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
    if (!data) return null;
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return Math.min(data.buckets.count - 1, Math.max(0, Math.floor((at / size.width) * data.buckets.count)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!data || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = histogramKey(event.key, pointed, data.buckets.count);
    if (at !== undefined) {
      setPointed(at);
      setBrush(event.shiftKey ? { from: brush?.from ?? pointed ?? at, to: at } : null);
    } else if (event.key === 'Enter' && brush) zoom(brush);
    else if (event.key === 'Enter' && pointed !== null) goTo(pointed);
    else if (event.key === '+' || event.key === '=') zoom(aroundPointed(pointed, data.buckets.count));
    else if (event.key === 'Escape' && brush) setBrush(null);
    else if ((event.key === 'Escape' || event.key === '-' || event.key === 'Backspace') && range) workspace.zoomBack();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <section className="histogram pane" aria-label="Timeline">
      <HistogramHead data={data} pointed={pointed} brush={brush} zoomed={range !== null} />
      <div
        ref={box}
        className={`histogram-box${busy || (data === null && size.width > 0) ? ' is-busy' : ''}`}
        role="application"
        aria-roledescription="histogram"
        aria-label={data ? describe(data) : 'No events'}
        tabIndex={0}
        data-pane-focus="histogram"
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          const at = bucketAt(event);
          if (at === null || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setBrush({ from: at, to: at });
        }}
        onPointerMove={(event) => {
          const at = bucketAt(event);
          setPointed(at);
          if (brush && at !== null && event.buttons === 1) setBrush({ from: brush.from, to: at });
        }}
        onPointerUp={() => {
          if (!brush) return;
          if (brush.from !== brush.to) zoom(brush);
          else {
            setBrush(null);
            goTo(brush.from);
          }
        }}
        onPointerLeave={() => {
          setPointed(null);
        }}
        onDoubleClick={() => {
          if (range) workspace.zoomBack();
        }}
      >
        {data && size.width > 0 && (
          <HistogramPicture data={data} width={size.width} height={size.height} pointed={pointed} brush={brush} />
        )}
      </div>
    </section>
  );
}

/** The bucket that a key moves to; undefined for any other key. */
function histogramKey(key: string, pointed: number | null, buckets: number): number | undefined {
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

function describe(data: HistogramData): string {
  const events = data.events.reduce((sum, n) => sum + n, 0);
  const { fromUs, toUs } = data.buckets;
  return `${counted(events, 'event')} from ${utcTime(fromUs)} to ${utcTime(toUs)} UTC`;
}

interface HeadProps {
  readonly data: HistogramData | null;
  readonly pointed: number | null;
  readonly brush: Brush | null;
  readonly zoomed: boolean;
}

/** What is under the pointer, or else the whole: range, bar width, hits by level. */
function HistogramHead({ data, pointed, brush, zoomed }: HeadProps): JSX.Element {
  const workspace = useWorkspace();
  const first = brush ? Math.min(brush.from, brush.to) : (pointed ?? 0);
  const last = brush ? Math.max(brush.from, brush.to) : (pointed ?? (data ? data.buckets.count - 1 : 0));
  const sum = (counts: readonly number[] | undefined): number =>
    (counts ?? []).slice(first, last + 1).reduce((a, b) => a + b, 0);
  const isWhole = pointed === null && brush === null;
  return (
    <div className="histogram-head">
      {data ? (
        <>
          <span className="range" aria-live="polite">
            {utcTime(data.buckets.fromUs + first * data.buckets.stepUs, digitsFor(data))} –{' '}
            {utcTime(data.buckets.fromUs + (last + 1) * data.buckets.stepUs, digitsFor(data))}
          </span>
          <span className="soft">{counted(sum(data.events), 'event')}</span>
          <HitLegend hits={isWhole ? hitTotals(data) : LEVELS.map((_, rank) => sum(data.hits[rank]))} />
          {sum(data.draft) > 0 && (
            <span className="legend-item">
              <span className="draft-mark" aria-hidden /> {counted(sum(data.draft), 'draft hit')}
            </span>
          )}
          <span className="spacer" />
          <span className="faint">1 bar = {duration(data.buckets.stepUs)}</span>
        </>
      ) : (
        <span className="faint">No events with a time</span>
      )}
      {zoomed && (
        <IconButton
          icon={ZoomOut}
          label="Zoom back"
          keys="Esc"
          onClick={() => {
            workspace.zoomBack();
          }}
        />
      )}
    </div>
  );
}

function digitsFor(data: HistogramData): 0 | 3 | 6 {
  if (data.buckets.stepUs % 1_000_000 === 0) return 0;
  return data.buckets.stepUs % 1000 === 0 ? 3 : 6;
}

function HitLegend({ hits }: { readonly hits: readonly number[] }): JSX.Element {
  return (
    <>
      {[...LEVELS].reverse().map((level) => {
        const n = hits[LEVELS.indexOf(level)] ?? 0;
        if (n === 0) return null;
        return (
          <span key={level} className="legend-item" title={`${levelLabel(level)}: ${counted(n, 'hit')}`}>
            <Severity level={level} /> {count(n)}
          </span>
        );
      })}
    </>
  );
}
