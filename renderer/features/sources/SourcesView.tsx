import { useVirtualizer } from '@tanstack/react-virtual';
import { FolderOpen, Settings2 } from 'lucide-react';
import { useMemo, useRef, useState, type JSX } from 'react';
import type { SourceLine } from '../../../shared/ipc/contract.ts';
import { runningJob } from '../../state/ui-state.ts';
import { jobWords } from '../../state/case-client.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { again } from '../../state/opening.ts';
import { useClock } from '../../state/use-clock.ts';
import { useLive } from '../../state/use-live.ts';
import { IconButton, Progress, Segments } from '../../ui/controls.tsx';
import { bytes, count, counted } from '../../ui/text/format.ts';
import { MessageData } from './MessageData.tsx';
import { SourceRow } from './SourceRow.tsx';
import { byUrgency, hasTrouble, totals, unread } from './ledger.ts';
import './sources.css';

const ROW = 26;

/** The ledger: every file that was opened or could not be, what was read of it, and each fault at its place. */
export function SourcesView(): JSX.Element {
  const workspace = useWorkspace();
  const { value: sources, fault } = useLive('sources.list', {});
  const [only, setOnly] = useState<'all' | 'trouble' | 'rest' | 'skipped'>('all');
  const shown = useMemo(() => {
    const all = sources ?? [];
    if (only === 'skipped') return all.filter((source) => source.state === 'skipped');
    if (only === 'rest') return unread(all);
    return only === 'all' ? all : all.filter(hasTrouble).sort(byUrgency);
  }, [sources, only]);
  const left = useMemo(() => unread(sources ?? []).length, [sources]);
  // Nothing is left to read: nor is there a choice of it.
  if (only === 'rest' && left === 0) setOnly('all');
  const sum = useMemo(() => totals(sources ?? []), [sources]);
  return (
    <section className="pane" aria-label="Sources">
      <header className="pane-head">
        <h2>Sources</h2>
        <span className="soft nowrap">
          {counted(sum.files, 'file')} · {bytes(sum.bytes)} · {counted(sum.events, 'event')}
          {sum.recovered > 0 && ` · ${count(sum.recovered)} recovered`}
          {sum.damaged > 0 && ` · ${counted(sum.damaged, 'damaged record')}`}
          {sum.leftOut > 0 && ` · ${count(sum.leftOut)} left out as chosen`}
        </span>
        <span className="spacer" />
        {sum.troubled + sum.skipped + left > 0 && (
          <Segments
            label="Which files"
            value={only}
            choices={[
              { id: 'all', label: 'All' },
              { id: 'trouble', label: `With faults (${count(sum.troubled)})` },
              ...(left > 0 ? [{ id: 'rest' as const, label: `Not read (${count(left)})` }] : []),
              { id: 'skipped', label: `Not logs (${count(sum.skipped)})` },
            ]}
            onChange={setOnly}
          />
        )}
        <button type="button" className="button" onClick={() => void workspace.case.openLogs(false)}>
          <FolderOpen size={14} aria-hidden /> Open logs
        </button>
        <IconButton
          icon={Settings2}
          label="Open logs with options"
          onClick={() => void workspace.case.openLogs(false, true)}
        />
      </header>
      <RunningJob />
      <Rest sources={sources ?? []} />
      {fault && <p className="detail-note">The ledger could not be read: {fault.message}</p>}
      {sources?.length === 0 ? (
        <div className="empty">
          <h3>No files are open</h3>
          <p>Open EVTX or JSON logs, or drop files and folders anywhere on this window.</p>
          <button type="button" className="button primary" onClick={() => void workspace.case.openLogs(false)}>
            Open logs
          </button>
        </div>
      ) : (
        <Ledger sources={shown} />
      )}
      <MessageData />
    </section>
  );
}

/** What a reading that was stopped left unread, and the way to go on. */
function Rest({ sources }: { readonly sources: readonly SourceLine[] }): JSX.Element | null {
  const workspace = useWorkspace();
  const isRunning = useUi((state) => runningJob(state) !== undefined);
  const rest = unread(sources);
  if (rest.length === 0 || isRunning) return null;
  const waiting = rest.filter(({ state }) => state === 'waiting').length;
  const parts = rest.length - waiting;
  const words = [
    waiting > 0 && `${counted(waiting, 'file')} ${waiting === 1 ? 'was' : 'were'} not read`,
    parts > 0 && `${waiting > 0 ? count(parts) : counted(parts, 'file')} in part`,
  ];
  return (
    <div className="rest" role="status">
      <span>
        Reading was stopped: {words.filter(Boolean).join(', ')}. What was read before is here and can be used.
      </span>
      <span className="spacer" />
      <button
        type="button"
        className="button"
        onClick={() => {
          workspace.store.setState({ opening: again(rest), dialog: 'open-options' });
        }}
      >
        With options…
      </button>
      <button type="button" className="button primary" onClick={() => void workspace.case.readRest(rest)}>
        Read the rest
      </button>
    </div>
  );
}

/** Progress of what runs now, with its figures and a way to stop it. */
function RunningJob(): JSX.Element | null {
  const workspace = useWorkspace();
  const job = useUi(runningJob);
  if (!job) return null;
  const share = job.bytesTotal > 0 ? job.bytesDone / job.bytesTotal : job.filesDone / Math.max(1, job.filesTotal);
  return (
    <div className="job" aria-label={jobWords(job.kind)}>
      <div className="job-line">
        <b>{jobWords(job.kind)}</b>
        <span className="soft nowrap mono">{job.current}</span>
        <span className="spacer" />
        <span className="soft nowrap">
          {count(job.filesDone)} of {counted(job.filesTotal, 'file')}
          {job.bytesTotal > 0 && ` · ${bytes(job.bytesDone)} of ${bytes(job.bytesTotal)}`} ·{' '}
          {counted(job.events, 'event')}
          {job.eventsPerSecond > 0 && ` · ${count(job.eventsPerSecond)} events/s`}
        </span>
        <button type="button" className="button" onClick={() => void workspace.case.cancel(job.job)}>
          Cancel
        </button>
      </div>
      <Progress done={share} label={jobWords(job.kind)} />
    </div>
  );
}

const HEADS: readonly { readonly label: string; readonly number?: boolean; readonly isTime?: boolean }[] = [
  { label: 'File' },
  { label: 'State' },
  { label: '' },
  { label: 'Format' },
  { label: 'Events', number: true },
  { label: 'Recovered', number: true },
  { label: 'Damaged', number: true },
  { label: 'Faults', number: true },
  { label: 'Size', number: true },
  { label: 'First event', number: true, isTime: true },
  { label: 'Last event', number: true, isTime: true },
];

function Ledger({ sources }: { readonly sources: Parameters<typeof totals>[0] }): JSX.Element {
  const box = useRef<HTMLDivElement | null>(null);
  const clock = useClock();
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const virtual = useVirtualizer({
    count: sources.length,
    getScrollElement: () => box.current,
    getItemKey: (index) => sources[index]?.source ?? index,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const toggle = (source: number): void => {
    const next = new Set(open);
    if (!next.delete(source)) next.add(source);
    setOpen(next);
  };
  return (
    <div
      ref={box}
      className="ledger"
      role="table"
      aria-label="Files"
      aria-rowcount={sources.length + 1}
      tabIndex={0}
      data-pane-focus="grid"
    >
      <div className="ledger-row ledger-head" role="row">
        {HEADS.map((head, i) => (
          <span key={i} role="columnheader" className={head.number ? 'number' : ''}>
            {head.isTime ? `${head.label} (${clock.isUtc ? 'UTC' : 'local'})` : head.label}
          </span>
        ))}
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const source = sources[item.index];
          if (!source) return null;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              style={{ position: 'absolute', top: item.start, left: 0, right: 0 }}
            >
              <SourceRow
                source={source}
                isOpen={open.has(source.source)}
                onToggle={() => {
                  toggle(source.source);
                }}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
