import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type JSX, type KeyboardEvent } from 'react';
import type { CoverageRow } from '../../../shared/ipc/coverage-calls.ts';
import { VENDOR_NAMES } from '../../../shared/catalog/page/page-text.ts';
import { VENDORS, type Vendor } from '../../../shared/model/rule.ts';
import type { CoverageSort } from '../../state/coverage-state.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { ColumnHead } from '../../ui/ColumnHead.tsx';
import { tacticTitle } from '../../ui/tactics.ts';
import { count } from '../../ui/text/format.ts';
import { Share } from './Matrix.tsx';
import { beginsWithMost } from './rows.ts';
import { stateWords, StateMark } from './states.tsx';

const ROW = 24;
const HEAD = 26;
const PAGE = 20;

interface Column {
  readonly by: CoverageSort;
  readonly label: string;
  readonly title: string;
  readonly isNumber?: true;
  /** Left out where there is little room. */
  readonly isWide?: true;
  readonly cell: (row: CoverageRow) => JSX.Element | string;
}

const number = (n: number): JSX.Element | string => (n === 0 ? <span className="faint">0</span> : count(n));

const COLUMNS: readonly Column[] = [
  { by: 'technique', label: 'Technique', title: 'ATT&CK id', cell: ({ technique }) => technique },
  {
    by: 'name',
    label: 'Name',
    title: 'Name, and tactics',
    cell: ({ name, tactics }) => (
      <>
        {name === '' ? <span className="faint">Not in ATT&CK 17</span> : name}{' '}
        <small className="faint">{tactics.map(tacticTitle).join(', ')}</small>
      </>
    ),
  },
  {
    by: 'state',
    label: 'On these logs',
    title: 'What its best rule comes to',
    cell: (row) => (
      <>
        <StateMark state={row.state} /> {stateWords(row.state)}
      </>
    ),
  },
  { by: 'rules', label: 'Rules', title: 'Rules of the catalog', isNumber: true, cell: ({ rules }) => number(rules) },
  {
    by: 'vendors',
    label: 'Vendors',
    title: 'Rules by vendor; sorted by how many vendors have one',
    isWide: true,
    cell: ({ vendors }) => (
      <Vendors cell={(vendor) => (vendors[vendor] > 0 ? count(vendors[vendor]) : <span className="faint">·</span>)} />
    ),
  },
  {
    by: 'run',
    label: 'Run',
    title: 'Rules that are loaded and on',
    isNumber: true,
    cell: ({ run }) => number(run),
  },
  {
    by: 'ready',
    label: 'Ready',
    title: 'Rules without a hit whose events are open',
    isNumber: true,
    cell: ({ states }) => number(states.ready),
  },
  {
    by: 'absent',
    label: 'Absent',
    title: 'Rules whose events are not open',
    isNumber: true,
    cell: ({ states }) => number(states.absent),
  },
  {
    by: 'unknown',
    label: 'Not told',
    title: 'Rules of which nothing says what events they read',
    isNumber: true,
    isWide: true,
    cell: ({ states }) => number(states.unknown),
  },
  {
    by: 'events',
    label: 'Events',
    title: 'Kinds of events that its rules read: open, of all; sorted by the share',
    isNumber: true,
    cell: ({ events, eventsOpen }) => (events === 0 ? <span className="faint">–</span> : `${eventsOpen}/${events}`),
  },
  {
    by: 'hits',
    label: 'Hits',
    title: 'Hits of the rules that are on',
    isNumber: true,
    cell: ({ hits }) => (hits > 0 ? <b className="cov-hits">{count(hits)}</b> : <span className="faint">0</span>),
  },
];

function Vendors({ cell }: { readonly cell: (vendor: Vendor) => JSX.Element | string }): JSX.Element {
  return (
    <span className="cov-vendors">
      {VENDORS.map((vendor) => (
        <span key={vendor} className="number">
          {cell(vendor)}
        </span>
      ))}
    </span>
  );
}

/** Three letters, for narrow columns. */
function vendorShort(vendor: Vendor): string {
  return VENDOR_NAMES[vendor].slice(0, 3);
}

/** Techniques as rows, sorted by any column. */
export function Table({ rows }: { readonly rows: readonly CoverageRow[] }): JSX.Element {
  const workspace = useWorkspace();
  const cursor = useUi((state) => state.coverage.cursor);
  const box = useRef<HTMLDivElement | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 15,
    scrollPaddingStart: HEAD,
  });
  const at = rows.findIndex(({ technique }) => technique === cursor?.technique);
  const choose = (index: number): void => {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (row) workspace.setCoverage({ cursor: { technique: row.technique, tactic: row.tactics[0] ?? '' } });
  };
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at);
    // Only a move of the cursor scrolls.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [at]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') choose(at + 1);
    else if (event.key === 'ArrowUp') choose(at - 1);
    else if (event.key === 'PageDown') choose(at + PAGE);
    else if (event.key === 'PageUp') choose(at - PAGE);
    else if (event.key === 'Home') choose(0);
    else if (event.key === 'End') choose(rows.length - 1);
    else if (event.key === 'Enter' && cursor && at >= 0) {
      workspace.catalog.show({ kind: 'technique', id: cursor.technique });
    } else return;
    event.preventDefault();
  };
  return (
    <div
      ref={box}
      className="cov-table"
      role="grid"
      aria-label="Coverage by technique"
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      data-pane-focus="grid"
      aria-activedescendant={at < 0 ? undefined : `coverage-row-${at}`}
      onKeyDown={onKeyDown}
    >
      <div className="cov-row cov-head" role="row">
        {COLUMNS.map((column) => (
          <Head key={column.by} column={column} />
        ))}
      </div>
      <div className="cov-rows" role="rowgroup">
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }} role="presentation">
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index] as CoverageRow;
            return (
              <div
                key={row.technique}
                id={`coverage-row-${index}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={index === at}
                className={`cov-row${index === at ? ' is-at' : ''}`}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => choose(index)}
                onDoubleClick={() => workspace.catalog.show({ kind: 'technique', id: row.technique })}
              >
                {COLUMNS.map(({ by, isNumber, isWide, cell }) => (
                  <span
                    key={by}
                    role="gridcell"
                    className={`${isNumber ? 'number' : 'nowrap'}${isWide ? ' cov-wide' : ''}${by === 'technique' ? ' mono' : ''}`}
                  >
                    {cell(row)}
                    {by === 'state' && <Share row={row} />}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Head({ column }: { readonly column: Column }): JSX.Element {
  const { by, label, title, isNumber, isWide } = column;
  const workspace = useWorkspace();
  const sort = useUi((state) => state.coverage.sort);
  const isSorted = sort.by === by;
  return (
    <ColumnHead
      label={by === 'vendors' ? <Vendors cell={vendorShort} /> : label}
      className={`${isNumber ? 'number' : ''}${isWide ? ' cov-wide' : ''}`}
      title={title}
      sorted={!isSorted ? 'none' : sort.descending ? 'descending' : 'ascending'}
      onSort={() =>
        workspace.setCoverage({ sort: { by, descending: isSorted ? !sort.descending : beginsWithMost(by) } })
      }
    />
  );
}
