import { useMemo, type JSX } from 'react';
import type { CoverageFormat, CoverageRow } from '../../../shared/ipc/coverage-calls.ts';
import { COVERAGE_FILTERS, type CoverageFilter } from '../../state/coverage-state.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { Segments } from '../../ui/controls.tsx';
import { ExportMenu } from '../../ui/ExportMenu.tsx';
import { count } from '../../ui/text/format.ts';
import { Matrix } from './Matrix.tsx';
import { isOfFilter, matrixOf, shownRows, sortedRows } from './rows.ts';
import { stateMeaning, StateMark } from './states.tsx';
import { Table } from './Table.tsx';
import { useCoverage } from './use-coverage.ts';
import './coverage.css';

/** Which techniques the rules could show on the open logs, and which they do: as a matrix or as a table. */
export function CoverageMap(): JSX.Element {
  const coverage = useUi((state) => state.coverage);
  const { value, fault, isStale } = useCoverage();
  const { filter, words, subtechniques, sort, layout } = coverage;
  const rows = useMemo(
    () => shownRows(value?.rows ?? [], { filter, words, subtechniques }),
    [value, filter, words, subtechniques],
  );
  return (
    <section className="pane cov" aria-label="Coverage">
      <CoverageBar rows={value?.rows ?? []} />
      {value && !value.hasLogs && <NoLogs />}
      {fault && <p className="detail-note">The coverage could not be told: {fault.message}</p>}
      {value === null && !fault && <Skeleton />}
      {value !== null && rows.length === 0 && <Nothing />}
      {value !== null && rows.length > 0 && (
        <div className={`cov-body${isStale ? ' is-stale' : ''}`}>
          {layout === 'matrix' ? <Matrix columns={matrixOf(rows)} /> : <Table rows={sortedRows(rows, sort)} />}
        </div>
      )}
    </section>
  );
}

const FILTERS: Readonly<Record<CoverageFilter, { readonly label: string; readonly title: string }>> = {
  rules: { label: 'With rules', title: 'At least one rule of the catalog is tagged with it' },
  hit: { label: 'Hits', title: stateMeaning('hit') },
  ready: { label: 'Ready, no hit', title: stateMeaning('ready') },
  absent: { label: 'Events absent', title: stateMeaning('absent') },
  idle: {
    label: 'Events here, no rule runs',
    title: 'The catalog has rules whose events are open, and none of them is loaded and on',
  },
  'one-vendor': { label: 'One vendor only', title: 'All of its rules are from one vendor' },
  none: { label: 'No rule', title: stateMeaning('none') },
};

/** Filters with their counts, which are the legend too; layout, scope, words, and export. */
function CoverageBar({ rows }: { readonly rows: readonly CoverageRow[] }): JSX.Element {
  const workspace = useWorkspace();
  const { layout, filter, words, subtechniques } = useUi((state) => state.coverage);
  const scope = useUi((state) => state.catalog.choice.scope);
  const listed = useMemo(
    () => rows.filter(({ technique }) => subtechniques || !technique.includes('.')),
    [rows, subtechniques],
  );
  return (
    <header className="cov-bar">
      <div className="cov-line">
        <Segments
          label="Layout"
          value={layout}
          choices={[
            { id: 'matrix', label: 'Matrix' },
            { id: 'table', label: 'Table' },
          ]}
          onChange={(next) => workspace.setCoverage({ layout: next })}
        />
        <Segments
          label="Scope"
          value={scope}
          choices={[
            { id: 'windows', label: 'Windows', title: 'Rules over Windows events' },
            { id: 'all', label: 'All platforms' },
          ]}
          onChange={(next) => workspace.catalog.choose({ scope: next })}
        />
        <label className="switch">
          <input
            type="checkbox"
            checked={subtechniques}
            onChange={(event) => workspace.setCoverage({ subtechniques: event.target.checked })}
          />
          Sub-techniques
        </label>
        <span className="spacer" />
        <input
          className="input cov-search"
          type="search"
          placeholder="Technique"
          aria-label="Find a technique in the coverage"
          data-pane-focus="search"
          value={words}
          onChange={(event) => workspace.setCoverage({ words: event.target.value })}
        />
        <ExportMenu
          label="Export the coverage as"
          formats={FORMATS}
          onExport={(format) => void workspace.catalog.exportCoverage(format)}
        />
      </div>
      <div className="cov-filters" role="group" aria-label="Which techniques">
        {COVERAGE_FILTERS.map((id) => (
          <button
            key={id}
            type="button"
            className="cov-filter"
            aria-pressed={id === filter}
            title={FILTERS[id].title}
            onClick={() => workspace.setCoverage({ filter: id })}
          >
            {(id === 'hit' || id === 'ready' || id === 'absent' || id === 'none') && <StateMark state={id} />}
            {FILTERS[id].label} <b>{count(listed.filter((row) => isOfFilter(row, id)).length)}</b>
          </button>
        ))}
      </div>
    </header>
  );
}

const FORMATS: readonly { readonly id: CoverageFormat; readonly label: string }[] = [
  { id: 'navigator', label: 'ATT&CK Navigator layer' },
  { id: 'csv', label: 'CSV' },
  { id: 'json', label: 'JSON' },
];

/** Without logs there is nothing that could hit: the matrix shows which techniques have rules. */
function NoLogs(): JSX.Element {
  const workspace = useWorkspace();
  return (
    <div className="cov-note" role="status">
      <span>No logs are open. Open some to see which of these rules could hit.</span>
      <button type="button" className="button" onClick={() => void workspace.case.openLogs(false)}>
        Open logs
      </button>
      <button type="button" className="button quiet" onClick={() => void workspace.case.openSample()}>
        Open the sample incident
      </button>
    </div>
  );
}

function Nothing(): JSX.Element {
  const workspace = useWorkspace();
  const { words, filter } = useUi((state) => state.coverage);
  return (
    <div className="empty" role="status">
      <h3>No technique here</h3>
      <p>
        {words === '' ? `None is in “${FILTERS[filter].label}”.` : 'None of this id or name is in the choice above.'}
      </p>
      <div className="row">
        <button
          type="button"
          className="button"
          onClick={() => workspace.setCoverage({ filter: 'rules', words: '', subtechniques: true })}
        >
          Show all techniques with rules
        </button>
      </div>
    </div>
  );
}

function Skeleton(): JSX.Element {
  return (
    <div className="cov-skeleton" role="status" aria-label="Reading the rules">
      {[62, 48, 70, 55, 66, 40, 58, 50].map((width, i) => (
        <span key={i} className="skeleton" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
