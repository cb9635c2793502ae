import { useLayoutEffect, useRef, useState, type JSX, type RefObject } from 'react';
import { ZoomOut } from 'lucide-react';
import { LEVELS } from '../../../../shared/model/severity.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useClock } from '../../../state/use-clock.ts';
import { IconButton } from '../../../ui/controls.tsx';
import type { ShownClock } from '../../../ui/text/clock.ts';
import { count, counted, duration } from '../../../ui/text/format.ts';
import { levelLabel, Severity } from '../../../ui/severity.tsx';
import { HistogramPicture } from './HistogramPicture.tsx';
import { hitTotals } from './histogram-shapes.ts';
import { useHistogramInput, type Brush } from './use-histogram-input.ts';
import { useHistogram, type HistogramData } from './use-histogram.ts';
import './histogram.css';

/** Events over time with the hits on top. Drag, or Shift and the arrow keys, chooses a range; Enter zooms to it. */
export function Histogram(): JSX.Element {
  const box = useRef<HTMLDivElement | null>(null);
  const { width, height } = useSize(box);
  const data = useHistogram(width);
  const busy = useUi((state) => state.viewBusy);
  const clock = useClock();
  const zoomed = useUi((state) => state.filter.range !== null);
  const { pointed, brush, handlers } = useHistogramInput(data, width);
  return (
    <section className="histogram pane" aria-label="Timeline">
      <HistogramHead data={data} pointed={pointed} brush={brush} zoomed={zoomed} />
      <div
        ref={box}
        className={`histogram-box${busy ? ' is-busy' : ''}`}
        role="application"
        aria-roledescription="histogram"
        aria-label={data ? describe(data, clock) : 'No events'}
        tabIndex={0}
        data-pane-focus="histogram"
        {...handlers}
      >
        {data && width > 0 && (
          <HistogramPicture data={data} width={width} height={height} pointed={pointed} brush={brush} />
        )}
      </div>
    </section>
  );
}

function useSize(box: RefObject<HTMLElement | null>): { readonly width: number; readonly height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
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
  }, [box]);
  return size;
}

function describe(data: HistogramData, clock: ShownClock): string {
  const events = data.events.reduce((sum, n) => sum + n, 0);
  const { fromUs, toUs } = data.buckets;
  return `${counted(events, 'event')} from ${clock.time(fromUs)} to ${clock.time(toUs)} ${clock.zone}`;
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
  const clock = useClock();
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
            {clock.time(data.buckets.fromUs + first * data.buckets.stepUs, digitsFor(data))} –{' '}
            {clock.time(data.buckets.fromUs + (last + 1) * data.buckets.stepUs, digitsFor(data))}
            <span className="faint"> {clock.isUtc ? 'UTC' : 'local'}</span>
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
