import { useEffect, useRef, type JSX, type KeyboardEvent } from 'react';
import { RULE_STATES } from '../../../shared/catalog/coverage/states.ts';
import type { CoverageRow } from '../../../shared/ipc/coverage-calls.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { count, counted } from '../../ui/text/format.ts';
import { nextCell, type MatrixColumn } from './rows.ts';
import { stateWords, StateMark } from './states.tsx';

const PAGE = 20;

const STEPS: Readonly<Record<string, { readonly across: number; readonly down: number }>> = {
  ArrowDown: { across: 0, down: 1 },
  ArrowUp: { across: 0, down: -1 },
  ArrowRight: { across: 1, down: 0 },
  ArrowLeft: { across: -1, down: 0 },
  PageDown: { across: 0, down: PAGE },
  PageUp: { across: 0, down: -PAGE },
  Home: { across: 0, down: -Infinity },
  End: { across: 0, down: Infinity },
};

/** Techniques by tactic, in the columns of ATT&CK's matrix. The cell at the cursor is told beside it. */
export function Matrix({ columns }: { readonly columns: readonly MatrixColumn[] }): JSX.Element {
  const workspace = useWorkspace();
  const cursor = useUi((state) => state.coverage.cursor);
  const box = useRef<HTMLDivElement | null>(null);
  const at = cursor ? cellId(cursor.tactic, cursor.technique) : undefined;
  const isShown = columns.some(
    ({ tactic, rows }) => tactic === cursor?.tactic && rows.some(({ technique }) => technique === cursor.technique),
  );
  useEffect(() => {
    if (at === undefined || !isShown) return;
    document.getElementById(at)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [at, isShown]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step) {
      const next = nextCell(columns, cursor, step);
      if (next) workspace.setCoverage({ cursor: next });
    } else if (event.key === 'Enter' && cursor) {
      workspace.catalog.show({ kind: 'technique', id: cursor.technique });
    } else return;
    event.preventDefault();
  };
  return (
    <div
      ref={box}
      className="cov-matrix"
      role="listbox"
      aria-label="Coverage by tactic"
      tabIndex={0}
      data-pane-focus="grid"
      aria-activedescendant={isShown ? at : undefined}
      onKeyDown={onKeyDown}
    >
      {columns.map(({ tactic, title, rows }) => (
        <div key={tactic} className="cov-column" role="group" aria-label={title}>
          <div className="cov-column-head" aria-hidden>
            <span className="nowrap">{title}</span>
            <span className="faint">{columnWords(rows)}</span>
          </div>
          {rows.map((row) => (
            <Cell
              key={row.technique}
              row={row}
              id={cellId(tactic, row.technique)}
              isAt={cursor?.technique === row.technique && cursor.tactic === tactic}
              isSame={cursor?.technique === row.technique}
              onChoose={() => {
                box.current?.focus();
                workspace.setCoverage({ cursor: { technique: row.technique, tactic } });
              }}
              onOpen={() => workspace.catalog.show({ kind: 'technique', id: row.technique })}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

function cellId(tactic: string, technique: string): string {
  return `coverage-${tactic}-${technique}`;
}

/** How many techniques of a column hit or could, of how many. */
function columnWords(rows: readonly CoverageRow[]): string {
  const seen = rows.filter(({ state }) => state === 'hit' || state === 'ready').length;
  return `${count(seen)}/${count(rows.length)}`;
}

interface CellProps {
  readonly row: CoverageRow;
  readonly id: string;
  readonly isAt: boolean;
  /** The same technique stands at the cursor in another column. */
  readonly isSame: boolean;
  readonly onChoose: () => void;
  readonly onOpen: () => void;
}

function Cell({ row, id, isAt, isSame, onChoose, onOpen }: CellProps): JSX.Element {
  const { technique, name, state, rules, hits } = row;
  const isSub = technique.includes('.');
  const label = `${technique} ${name}, ${stateWords(state)}, ${counted(rules, 'rule')}, ${counted(hits, 'hit')}`;
  return (
    <div
      id={id}
      role="option"
      aria-selected={isAt}
      aria-label={label}
      title={cellTitle(row)}
      className={`cov-cell state-${state}${isSub ? ' is-sub' : ''}${isAt ? ' is-at' : ''}${isSame ? ' is-same' : ''}`}
      onClick={onChoose}
      onDoubleClick={onOpen}
    >
      <StateMark state={state} />
      <span className="nowrap">{name === '' ? technique : name}</span>
      <span className="number" aria-hidden>
        {hits > 0 ? count(hits) : rules > 0 ? `${row.states.ready}/${rules}` : ''}
      </span>
      <Share row={row} />
    </div>
  );
}

function cellTitle({ technique, name, rules, states, hits, run, events, eventsOpen }: CoverageRow): string {
  return [
    `${technique} ${name}`,
    `${counted(rules, 'rule')}, ${count(run)} of them run; ${counted(hits, 'hit')}`,
    RULE_STATES.map((state) => `${stateWords(state)}: ${count(states[state])}`).join(' · '),
    events === 0 ? '' : `Events that they read: ${eventsOpen} of ${events} kinds open`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** A cell's rules by what they come to, as one bar. */
export function Share({ row }: { readonly row: CoverageRow }): JSX.Element | null {
  if (row.rules === 0) return null;
  return (
    <span className="cov-share" aria-hidden>
      {RULE_STATES.map((state) =>
        row.states[state] > 0 ? (
          <i key={state} className={`state-${state}`} style={{ flexGrow: row.states[state] }} />
        ) : null,
      )}
    </span>
  );
}
