import type { JSX } from 'react';
import { jobWords } from '../state/case-client.ts';
import { useUi, useWorkspace } from '../state/context.ts';
import { runningJob, type Activity } from '../state/ui-state.ts';
import { Progress } from '../ui/controls.tsx';
import { useClock } from '../state/use-clock.ts';
import { clockOf } from '../ui/text/clock.ts';
import { count, counted } from '../ui/text/format.ts';

/** The case in one line: what is open, what is damaged, what ran and what did not, what goes on now. */
export function StatusBar(): JSX.Element {
  const workspace = useWorkspace();
  const { store } = workspace;
  const summary = useUi((state) => state.summary);
  const notices = useUi((state) => state.notices.length);
  const show = (activity: Activity) => (): void => {
    store.setState({ activity });
  };
  return (
    <footer className="status-bar" role="contentinfo" aria-label="Status">
      {summary && summary.sources > 0 && (
        <>
          <span className="status-case">
            {summary.name === '' ? 'Case not saved' : summary.name}
            {summary.unsaved && summary.name !== '' && (
              <span className="unsaved" role="img" aria-label="Changes not saved" title="Changes not saved">
                ●
              </span>
            )}
          </span>
          <span>{counted(summary.events + summary.recovered, 'event')}</span>
          {summary.capacity.state !== 'ok' && (
            <span className="is-bad" title={summary.capacity.message}>
              {summary.capacity.state === 'full'
                ? 'Case full'
                : `Case ${Math.floor(summary.capacity.used * 100)} % full`}
            </span>
          )}
          {summary.recovered > 0 && <span>{count(summary.recovered)} of them recovered</span>}
          <span title={summary.hosts.map((host) => `${host.name}: ${count(host.events)}`).join('\n')}>
            {counted(summary.hosts.length, 'host')}
          </span>
          <button type="button" onClick={show('sources')}>
            {counted(summary.sources, 'file')}
          </button>
          {(summary.sourcesWithFaults > 0 || summary.damaged > 0) && (
            <button type="button" className="is-bad" onClick={show('sources')}>
              {counted(summary.sourcesWithFaults, 'file')} with faults
              {summary.damaged > 0 && `, ${counted(summary.damaged, 'damaged record')}`} ▸
            </button>
          )}
        </>
      )}
      {summary && summary.tagged > 0 && (
        <button
          type="button"
          title="Show the events with a tag or a note"
          onClick={() => {
            workspace.showTagged();
          }}
        >
          {count(summary.tagged)} tagged
        </button>
      )}
      {summary && summary.rulesLoaded > 0 && (
        <button type="button" onClick={show('rules')}>
          {counted(summary.rulesEnabled - summary.rulesNotRun, 'rule')} run
          {summary.rulesNotRun > 0 && `, ${count(summary.rulesNotRun)} not`} ▸
        </button>
      )}
      <span className="spacer" />
      {notices > 0 && (
        <button
          type="button"
          onClick={() => {
            store.setState({ dialog: 'notices' });
          }}
        >
          {counted(notices, 'notice')}
        </button>
      )}
      <ClockSwitch />
      <Engine />
    </footer>
  );
}

/** The clock that times are shown by, and the way to the other one. */
function ClockSwitch(): JSX.Element {
  const { store } = useWorkspace();
  const choice = useUi((state) => state.clock);
  const clock = useClock();
  const other = choice === 'utc' ? `local time, ${clockOf('local').zone}` : 'UTC';
  return (
    <button
      type="button"
      title={`Show times in ${other}. Exports and queries are always in UTC.`}
      onClick={() => {
        store.setState({ clock: choice === 'utc' ? 'local' : 'utc' });
      }}
    >
      {choice === 'utc' ? 'Times in UTC' : `Times local, ${clock.zone}`}
    </button>
  );
}

/** What the engine does now. */
function Engine(): JSX.Element {
  const workspace = useWorkspace();
  const job = useUi(runningJob);
  const isDrafting = useUi((state) => state.draft.running);
  const isOpening = useUi((state) => state.viewBusy);
  if (job) {
    const share = job.bytesTotal > 0 ? job.bytesDone / job.bytesTotal : job.filesDone / Math.max(1, job.filesTotal);
    return (
      <span className="status-job" role="status" aria-live="off" aria-label="Engine">
        <span>
          {jobWords(job.kind)}: {count(job.filesDone)} of {count(job.filesTotal)}
          {job.kind === 'catalog' ? ' files' : `, ${counted(job.events, 'event')}`}
        </span>
        <Progress done={share} label="Progress" />
        <button type="button" onClick={() => void workspace.case.cancel(job.job)}>
          Cancel
        </button>
      </span>
    );
  }
  const words = isDrafting ? 'Running the draft' : isOpening ? 'Filtering' : 'Engine idle';
  // What it does changes with every key in the editor: to be asked for, not to be read out.
  return (
    <span role="status" aria-live="off" aria-label="Engine">
      {words}
    </span>
  );
}
