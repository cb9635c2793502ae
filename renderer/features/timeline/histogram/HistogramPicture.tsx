import type { JSX } from 'react';
import { useUi } from '../../../state/context.ts';
import { useClock } from '../../../state/use-clock.ts';
import { severityShape } from '../../../ui/severity.tsx';
import { barsPath, hitMarks, stackedHits } from './histogram-shapes.ts';
import { ticksFor } from './time-scale.ts';
import type { HistogramData } from './use-histogram.ts';

const AXIS_HEIGHT = 18;
const MARKS_HEIGHT = 14;
const MARK = 9;

interface PictureProps {
  readonly data: HistogramData;
  readonly width: number;
  readonly height: number;
  readonly pointed: number | null;
  readonly brush: { readonly from: number; readonly to: number } | null;
}

/** Bars, marks of hits, axis, the selected event and the brush, as one SVG. */
export function HistogramPicture({ data, width, height, pointed, brush }: PictureProps): JSX.Element {
  const selectedUs = useUi((state) => state.selectedUs);
  const { fromUs, toUs, count } = data.buckets;
  const frame = { width, height: Math.max(8, height - AXIS_HEIGHT - MARKS_HEIGHT) };
  const base = MARKS_HEIGHT + frame.height;
  const most = Math.max(1, ...data.events);
  const xOf = (us: number): number => ((us - fromUs) / (toUs - fromUs)) * width;
  const step = width / count;
  const showSelected = selectedUs !== null && selectedUs >= fromUs && selectedUs < toUs;
  return (
    <svg width={width} height={height} aria-hidden className="histogram-picture">
      <Axis data={data} width={width} base={base} xOf={xOf} />
      {pointed !== null && !brush && (
        <rect className="pointed" x={pointed * step} y={0} width={Math.max(1, step)} height={base} />
      )}
      <path className="events" d={barsPath(data.events, most, frame, base)} />
      {stackedHits(data).map(({ level, counts }) => (
        <path key={level} className={`hits sev-${level}`} d={barsPath(counts, most, frame, base, 2)} />
      ))}
      <path
        className="draft"
        d={barsPath(
          data.draft.map((n) => Math.min(n, 1)),
          1,
          { width, height: 3 },
          base + 4,
          3,
        )}
      />
      {hitMarks(data.hits, width, MARK + 1).map((mark) => (
        <g
          key={mark.x}
          className={`sev-${mark.level}`}
          transform={`translate(${mark.x - MARK / 2} 2) scale(${MARK / 10})`}
        >
          {severityShape(mark.level)}
        </g>
      ))}
      {brush && <BrushArea from={brush.from} to={brush.to} step={step} height={base} />}
      {showSelected && (
        <g className="selected" transform={`translate(${xOf(selectedUs)} 0)`}>
          <path d="M-4 0h8l-4 5z" />
          <line y1={0} y2={base + 4} />
        </g>
      )}
      <text className="most" x={4} y={MARKS_HEIGHT + 9}>
        {most.toLocaleString('en-US')}
      </text>
    </svg>
  );
}

function BrushArea(props: {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly height: number;
}) {
  const first = Math.min(props.from, props.to);
  const last = Math.max(props.from, props.to) + 1;
  return (
    <rect className="brush" x={first * props.step} y={0.5} width={(last - first) * props.step} height={props.height} />
  );
}

interface AxisProps {
  readonly data: HistogramData;
  readonly width: number;
  readonly base: number;
  readonly xOf: (us: number) => number;
}

function Axis({ data, width, base, xOf }: AxisProps): JSX.Element {
  const clock = useClock();
  return (
    <g className="axis">
      <line x1={0} x2={width} y1={base + 0.5} y2={base + 0.5} />
      {ticksFor(data.buckets.fromUs, data.buckets.toUs, width, clock).map((tick) => {
        const x = Math.round(xOf(tick.us)) + 0.5;
        const anchor = x < 24 ? 'start' : x > width - 24 ? 'end' : 'middle';
        return (
          <g key={tick.us} className={tick.isMajor ? 'major' : ''}>
            <line x1={x} x2={x} y1={MARKS_HEIGHT} y2={base + 4} />
            <text x={anchor === 'start' ? x + 3 : anchor === 'end' ? x - 3 : x} y={base + 15} textAnchor={anchor}>
              {tick.label}
            </text>
          </g>
        );
      })}
    </g>
  );
}
