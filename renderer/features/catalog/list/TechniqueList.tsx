import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight, Search } from 'lucide-react';
import { useMemo, useRef, useState, type JSX, type KeyboardEvent } from 'react';
import { VENDORS } from '../../../../shared/model/rule.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useAnswer } from '../../../state/use-answer.ts';
import { Segments } from '../../../ui/controls.tsx';
import { count, counted } from '../../../ui/text/format.ts';
import { vendorName, vendorShort } from '../words.ts';
import { listRows, type ListRow } from './technique-rows.ts';
import './list.css';

const ROW = 24;

/** Techniques by tactic, with the rules that each vendor has and what they hit in the open logs. */
export function TechniqueList(): JSX.Element {
  const workspace = useWorkspace();
  const { choice, listsAll, place, revision } = useUi((state) => state.catalog);
  const hits = useUi((state) => `${state.summary?.hitEvents ?? 0} ${state.summary?.rulesEnabled ?? 0}`);
  const { value: lines, fault } = useAnswer('catalog.techniques', { scope: choice.scope }, `${revision} ${hits}`);
  const [words, setWords] = useState('');
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => listRows(lines ?? [], words, listsAll, folded), [lines, words, listsAll, folded]);
  const shown = place?.kind === 'technique' ? place.id : undefined;
  const fold = (key: string): void => {
    setFolded((before) =>
      before.has(key) ? new Set([...before].filter((k) => k !== key)) : new Set([...before, key]),
    );
  };
  const searchAll = (): void => {
    if (words.trim() !== '') workspace.catalog.show({ kind: 'search', words: words.trim() });
  };
  return (
    <section className="pane catalog-list" aria-label="Techniques">
      <header className="pane-head">
        <input
          className="input catalog-search"
          type="search"
          placeholder="Technique, or any value"
          aria-label="Find in the catalog"
          data-pane-focus="catalog"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') searchAll();
          }}
        />
        <Segments
          label="Which techniques"
          value={listsAll ? 'all' : 'rules'}
          choices={[
            { id: 'rules', label: 'With rules' },
            { id: 'all', label: 'All' },
          ]}
          onChange={(which) => workspace.catalog.listAll(which === 'all')}
        />
      </header>
      {words.trim() !== '' && (
        <button type="button" className="catalog-search-all" onClick={searchAll}>
          <Search size={13} aria-hidden /> Search everything for “{words.trim()}”<kbd className="kbd">Enter</kbd>
        </button>
      )}
      {fault && <p className="detail-note">The techniques could not be listed: {fault.message}</p>}
      {lines === null && !fault && <ListSkeleton />}
      {lines !== null && rows.length === 0 && (
        <div className="technique-rows">
          <p className="detail-note">No technique of this id or name.</p>
        </div>
      )}
      {rows.length > 0 && <Rows rows={rows} folded={folded} shown={shown} onFold={fold} />}
      <Holdings />
    </section>
  );
}

function Rows(props: {
  readonly rows: readonly ListRow[];
  readonly folded: ReadonlySet<string>;
  readonly shown: string | undefined;
  readonly onFold: (key: string) => void;
}): JSX.Element {
  const { rows, folded, shown, onFold } = props;
  const workspace = useWorkspace();
  const box = useRef<HTMLDivElement | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  const at = rows.findIndex((row) =>
    cursor === null ? row.kind === 'technique' && row.line.id === shown : row.key === cursor,
  );
  const go = (index: number): void => {
    const next = Math.min(Math.max(index, 0), rows.length - 1);
    setCursor(rows[next]?.key ?? null);
    virtual.scrollToIndex(next);
  };
  const open = (row: ListRow): void => {
    setCursor(row.key);
    if (row.kind === 'tactic') onFold(row.key);
    else workspace.catalog.show({ kind: 'technique', id: row.line.id });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at];
    const isFolded = row?.kind === 'tactic' && folded.has(row.key);
    if (event.key === 'ArrowDown') go(at + 1);
    else if (event.key === 'ArrowUp') go(at - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(rows.length - 1);
    else if (event.key === 'PageDown') go(at + 20);
    else if (event.key === 'PageUp') go(at - 20);
    else if ((event.key === 'Enter' || event.key === ' ') && row) open(row);
    else if (event.key === 'ArrowLeft' && row?.kind === 'tactic' && !isFolded) onFold(row.key);
    else if (event.key === 'ArrowRight' && row?.kind === 'tactic' && isFolded) onFold(row.key);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div className="technique-row technique-head" aria-hidden>
        <span />
        <span />
        {VENDORS.map((vendor) => (
          <span key={vendor} className="number technique-vendor" title={`${vendorName(vendor)} rules`}>
            {vendorShort(vendor)}
          </span>
        ))}
        <span className="number technique-all" aria-hidden>
          Rules
        </span>
        <span className="number" title="Hits of the enabled rules in the open logs">
          Hits
        </span>
      </div>
      <div
        ref={box}
        className="technique-rows"
        role="tree"
        aria-label="Techniques by tactic"
        tabIndex={0}
        aria-activedescendant={at < 0 ? undefined : `technique-${at}`}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }} role="presentation">
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index] as ListRow;
            return (
              <Row
                key={row.key}
                id={`technique-${index}`}
                row={row}
                top={start}
                isFolded={folded.has(row.key)}
                isShown={row.kind === 'technique' && row.line.id === shown}
                isAt={index === at}
                onOpen={() => open(row)}
              />
            );
          })}
        </div>
      </div>
    </>
  );
}

interface RowProps {
  readonly id: string;
  readonly row: ListRow;
  readonly top: number;
  readonly isFolded: boolean;
  readonly isShown: boolean;
  readonly isAt: boolean;
  readonly onOpen: () => void;
}

function Row({ id, row, top, isFolded, isShown, isAt, onOpen }: RowProps): JSX.Element {
  const place = { transform: `translateY(${top}px)` };
  const marks = `${isShown ? ' is-chosen' : ''}${isAt ? ' is-at' : ''}`;
  if (row.kind === 'tactic') {
    const Arrow = isFolded ? ChevronRight : ChevronDown;
    return (
      <div
        id={id}
        role="treeitem"
        aria-level={1}
        aria-expanded={!isFolded}
        aria-selected={false}
        className={`technique-row technique-tactic${marks}`}
        style={place}
        onClick={onOpen}
      >
        <Arrow size={13} aria-hidden />
        <span>
          {row.name} <span className="faint">{count(row.techniques)}</span>
        </span>
      </div>
    );
  }
  const { line, depth } = row;
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={isShown}
      aria-label={`${line.id} ${line.name}, ${counted(line.all, 'rule')}, ${counted(line.hits, 'hit')}`}
      className={`technique-row depth-${depth}${line.all === 0 ? ' is-empty' : ''}${marks}`}
      style={place}
      title={`${line.id} ${line.name}: ${counted(line.all, 'rule')}${depth === 1 ? ', sub-techniques included' : ''}`}
      onClick={onOpen}
    >
      <span className="mono">{depth === 1 ? line.id : line.id.slice(line.id.indexOf('.'))}</span>
      <span>{line.name === '' ? <span className="faint">Not in ATT&CK 17</span> : line.name}</span>
      {VENDORS.map((vendor) => (
        <span key={vendor} className="number technique-vendor" aria-hidden>
          {line.vendors[vendor] > 0 ? count(line.vendors[vendor]) : ''}
        </span>
      ))}
      <span className="number technique-all" aria-hidden>
        {line.all > 0 ? count(line.all) : ''}
      </span>
      <span className="number technique-hits" aria-hidden>
        {line.hits > 0 ? count(line.hits) : ''}
      </span>
    </div>
  );
}

/** Below the list: what the catalog was made from, and what of it could not be read. */
function Holdings(): JSX.Element | null {
  const workspace = useWorkspace();
  const summary = useUi((state) => state.catalog.summary);
  if (!summary) return null;
  return (
    <footer className="catalog-holdings">
      <button type="button" className="link" onClick={() => workspace.catalog.show({ kind: 'sources' })}>
        {counted(summary.rules, 'rule')} from {counted(summary.folders.length, 'folder')}
        {summary.notParsed > 0 && `, ${counted(summary.notParsed, 'place')} not understood`}
      </button>
      <span className="spacer" />
      <button type="button" className="button quiet" onClick={() => void workspace.catalog.openFolders()}>
        Add folder
      </button>
    </footer>
  );
}

function ListSkeleton(): JSX.Element {
  return (
    <div className="technique-rows" aria-label="Reading the rules">
      {[62, 48, 70, 55, 66, 40, 58, 50].map((width, i) => (
        <div key={i} className="technique-skeleton">
          <span className="skeleton" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}
