import { ChevronDown, ChevronRight, Play, Square } from 'lucide-react';
import { useRef, useState, type JSX, type KeyboardEvent } from 'react';
import type { CallOutput } from '../../../shared/ipc/contract.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { useLive } from '../../state/use-live.ts';
import type { ShownFault } from '../../state/ui-state.ts';
import { count, counted, duration } from '../../ui/text/format.ts';
import { ResultTable } from './ResultTable.tsx';
import { delimited } from './delimited.ts';
import './sql.css';

const ROW_LIMIT = 10_000;
const HISTORY_LENGTH = 30;

const EXAMPLES: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: 'Programs by number of starts',
    text: 'SELECT Image, count(*) AS events FROM sysmon_process_creation GROUP BY 1 ORDER BY 2 DESC',
  },
  {
    title: 'Kinds of events by host',
    text: 'SELECT computer, view, count(*) AS events FROM events GROUP BY 1, 2 ORDER BY 3 DESC',
  },
  {
    title: 'Where each program connected to',
    text:
      'SELECT Image, DestinationIp, DestinationPort, count(*) AS connections\n' +
      'FROM sysmon_network_connection GROUP BY 1, 2, 3 ORDER BY 4',
  },
];

type Answer = CallOutput<'sql.run'>;

/** The analyst's own questions: views at the left, the query above, its rows beneath. */
export function SqlView(): JSX.Element {
  const workspace = useWorkspace();
  const { text, history } = useUi((state) => state.sql);
  const revision = useUi((state) => state.summary?.revision ?? 0);
  const [answer, setAnswer] = useState<(Answer & { readonly revision: number }) | null>(null);
  const [fault, setFault] = useState<ShownFault | null>(null);
  const [isRunning, setRunning] = useState(false);
  const asked = useRef(0);
  const area = useRef<HTMLTextAreaElement | null>(null);

  const setText = (next: string): void => {
    workspace.store.setState(({ sql }) => ({ sql: { ...sql, text: next } }));
  };
  const run = async (query: string): Promise<void> => {
    const number = ++asked.current;
    workspace.store.setState(({ sql }) => ({
      sql: { text: query, history: [query, ...sql.history.filter((old) => old !== query)].slice(0, HISTORY_LENGTH) },
    }));
    setRunning(true);
    const result = await workspace.api.call('sql.run', { text: query, limit: ROW_LIMIT });
    if (number !== asked.current) return;
    setRunning(false);
    setFault(result.ok ? null : result.fault);
    if (result.ok) setAnswer({ ...result.value, revision });
  };
  const insert = (name: string): void => {
    const quoted = /^[a-z_]\w*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
    const { selectionStart = text.length, selectionEnd = text.length } = area.current ?? {};
    setText(text.slice(0, selectionStart) + quoted + text.slice(selectionEnd));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(selectionStart + quoted.length, selectionStart + quoted.length);
    });
  };
  const cancel = (): void => {
    void workspace.api.call('sql.cancel', {});
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && isRunning) cancel();
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (text.trim() !== '') void run(text);
  };

  return (
    <section className="sql" aria-label="SQL">
      <Views onInsert={insert} />
      <div className="pane sql-work">
        <header className="pane-head">
          <h2>SQL</h2>
          <span className="soft nowrap">Questions only; the case stays as it is</span>
          <span className="spacer" />
          {history.length > 0 && (
            <select
              className="input sql-history"
              aria-label="Earlier queries"
              value=""
              onChange={(event) => setText(event.target.value)}
            >
              <option value="">Earlier queries</option>
              {history.map((query) => (
                <option key={query} value={query}>
                  {query.replace(/\s+/g, ' ').slice(0, 120)}
                </option>
              ))}
            </select>
          )}
          {isRunning && (
            <button type="button" className="button" title="Cancel the query (Esc)" onClick={cancel}>
              <Square size={12} aria-hidden /> Cancel
            </button>
          )}
          <button
            type="button"
            className="button primary"
            title="Run (Ctrl+Enter)"
            disabled={text.trim() === ''}
            onClick={() => void run(text)}
          >
            <Play size={13} aria-hidden /> Run
          </button>
        </header>
        <textarea
          ref={area}
          className="sql-text mono"
          aria-label="Query"
          spellCheck={false}
          data-pane-focus="grid"
          placeholder="SELECT …   (Ctrl+Enter runs it)"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {fault && (
          <p className="sql-fault selectable" role="alert">
            {fault.message}
            {fault.detail !== undefined && <span className="soft"> — {fault.detail}</span>}
          </p>
        )}
        {answer ? (
          <>
            <AnswerBar answer={answer} isOld={answer.revision !== revision} isRunning={isRunning} />
            <ResultTable columns={answer.columns} rows={answer.rows} isStale={isRunning || fault !== null} />
          </>
        ) : (
          <Examples isRunning={isRunning} onRun={(query) => void run(query)} />
        )}
      </div>
    </section>
  );
}

/** How many rows in what time, and ways to take them along. */
function AnswerBar(props: {
  readonly answer: Answer;
  readonly isOld: boolean;
  readonly isRunning: boolean;
}): JSX.Element {
  const workspace = useWorkspace();
  const { columns, rows, truncated, elapsedMs, indexMs } = props.answer;
  return (
    <div className="sql-bar">
      <span role="status" aria-label="Result">
        {truncated ? `The first ${counted(rows.length, 'row')}; there are more` : counted(rows.length, 'row')} ·{' '}
        {duration(elapsedMs * 1000)}
        {indexMs > 0 && ` · index built in ${duration(indexMs * 1000)}`}
        {props.isRunning && ' · running…'}
      </span>
      {props.isOld && <span className="soft">The case has changed since</span>}
      <span className="spacer" />
      <button type="button" className="button" onClick={() => void workspace.copy(delimited(columns, rows, '\t'))}>
        Copy as TSV
      </button>
      <button type="button" className="button" onClick={() => void workspace.copy(delimited(columns, rows, ','))}>
        Copy as CSV
      </button>
    </div>
  );
}

function Examples(props: { readonly isRunning: boolean; readonly onRun: (query: string) => void }): JSX.Element {
  return (
    <div className="empty">
      <h3>{props.isRunning ? 'Running…' : 'Ask the open logs by SQL'}</h3>
      <p>Each kind of event is a view with a column for each of its fields. Some questions to begin with:</p>
      <ul className="sql-examples">
        {EXAMPLES.map(({ title, text }) => (
          <li key={title}>
            <button type="button" className="link" onClick={() => props.onRun(text)}>
              {title}
            </button>
            <code className="mono soft">{text}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The views and, opened, their columns; a click puts the name into the query. */
function Views({ onInsert }: { readonly onInsert: (name: string) => void }): JSX.Element {
  const { value: views, fault } = useLive('sql.schema', {});
  return (
    <nav className="pane sql-views" aria-label="Views" data-pane-focus="side">
      <header className="pane-head">
        <h2>Views</h2>
      </header>
      {fault && <p className="detail-note">The views could not be listed: {fault.message}</p>}
      <div className="pane-body">
        {views?.map((view) => (
          <ViewEntry key={view.name} view={view} onInsert={onInsert} />
        ))}
      </div>
    </nav>
  );
}

function ViewEntry(props: {
  readonly view: CallOutput<'sql.schema'>[number];
  readonly onInsert: (name: string) => void;
}): JSX.Element {
  const { view, onInsert } = props;
  const { name, columns, rows } = view;
  const [isOpen, setOpen] = useState(false);
  const Arrow = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <div className="sql-view">
        <button
          type="button"
          className="sql-view-toggle"
          aria-expanded={isOpen}
          aria-label={`Columns of ${name}`}
          onClick={() => setOpen(!isOpen)}
        >
          <Arrow size={13} aria-hidden />
        </button>
        <button type="button" className="link mono" title={`Insert ${name}`} onClick={() => onInsert(name)}>
          {name}
        </button>
        <span className="number soft">{count(rows)}</span>
      </div>
      {isOpen && (
        <ul>
          {columns.map((column) => (
            <li key={column}>
              <button type="button" className="link mono" title={`Insert ${column}`} onClick={() => onInsert(column)}>
                {column}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
