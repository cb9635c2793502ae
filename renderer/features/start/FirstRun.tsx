import { FileSearch, FlaskConical, FolderOpen, ShieldCheck } from 'lucide-react';
import { useEffect, useState, type JSX } from 'react';
import type { Grant } from '../../../shared/ipc/contract.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { readingWords } from '../../state/opening.ts';
import './start.css';

/** How logs will be read, where that is not plainly, and the way to choose. */
function ReadingLine(): JSX.Element {
  const workspace = useWorkspace();
  const words = useUi((state) => readingWords(state.reading));
  return (
    <p className="soft reading-line">
      {words !== '' && `Logs open ${words}. `}
      <button type="button" className="link" onClick={() => void workspace.case.openLogs(false, true)}>
        Open with options…
      </button>{' '}
      recovery, zone, time range, channels
    </p>
  );
}

/** What the window shows while no log is open. */
export function FirstRun(): JSX.Element {
  const workspace = useWorkspace();
  const recent = useRecentCases();
  return (
    <section className="first-run" aria-label="Start">
      <div className="first-run-column">
        <h1>Rulewright</h1>
        <p className="soft">Open logs, draft a detection rule beside them, and see what it hits.</p>
        <ul className="first-actions">
          <li>
            <button type="button" data-pane-focus="grid" onClick={() => void workspace.case.openLogs(false)}>
              <FileSearch size={18} strokeWidth={1.5} aria-hidden />
              <span>
                <b>Open logs</b>
                <small>EVTX, JSON, XML and CSV, also in gzip and zip; or drop files and folders anywhere here</small>
              </span>
              <kbd className="kbd">Ctrl+O</kbd>
            </button>
          </li>
          <li>
            <button type="button" onClick={() => void workspace.case.openSample()}>
              <FlaskConical size={18} strokeWidth={1.5} aria-hidden />
              <span>
                <b>Open the sample incident</b>
                <small>A synthetic intrusion with tunnels over several hosts, and rules that find it</small>
              </span>
            </button>
          </li>
          <li>
            <button type="button" onClick={() => void workspace.case.loadRules(true)}>
              <FolderOpen size={18} strokeWidth={1.5} aria-hidden />
              <span>
                <b>Open a rule folder</b>
                <small>
                  Rules for Sigma, Elastic, Splunk and Kusto, single or by the thousand; they run on every log you open
                </small>
              </span>
            </button>
          </li>
        </ul>
        <ReadingLine />
        {recent.length > 0 && (
          <div className="recent">
            <h2>Recent cases</h2>
            <ul>
              {recent.map((grant) => (
                <li key={grant.handle}>
                  <button type="button" className="link" onClick={() => void workspace.case.openRecent(grant)}>
                    {grant.name}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        )}
        <p className="privacy">
          <ShieldCheck size={14} strokeWidth={1.75} aria-hidden /> Nothing leaves this machine.
        </p>
      </div>
    </section>
  );
}

function useRecentCases(): readonly Grant[] {
  const { api } = useWorkspace();
  const [recent, setRecent] = useState<readonly Grant[]>([]);
  useEffect(() => {
    let dropped = false;
    void api.call('case.recent', {}).then((result) => {
      if (!dropped && result.ok) setRecent(result.value);
    });
    return () => {
      dropped = true;
    };
  }, [api]);
  return recent;
}
