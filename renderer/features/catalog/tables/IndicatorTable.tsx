import { useMemo, useState, type JSX } from 'react';
import type { CatalogIndicatorRow } from '../../../../shared/ipc/catalog-calls.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useCatalog } from '../../../state/use-answer.ts';
import { count, counted } from '../../../ui/text/format.ts';
import { useMenu } from '../menu.ts';
import { RuleList } from '../rule/RuleList.tsx';
import { opWords, shownValue } from '../words.ts';
import { CountBar, ReachBars } from './Bars.tsx';
import { useShown } from './More.tsx';
import { ColumnHead, Row } from './Row.tsx';
import { useCounts } from './use-counts.ts';

const FIRST = 40;

type Sort = 'rules' | 'reach' | 'field' | 'logs';

/** Values that rules look for: how many here, how many in the whole catalog, and how many events have them. */
export function IndicatorTable(props: {
  readonly rows: readonly CatalogIndicatorRow[];
  /** Keys of the page's rules. */
  readonly here: ReadonlySet<string>;
  readonly label: string;
  readonly hasField?: boolean;
}): JSX.Element {
  const { rows, here, label, hasField = true } = props;
  // Where the table is of the whole catalog, "here" and reach are the same.
  const isWhole = here.size === 0;
  const openMenu = useMenu();
  const [sort, setSort] = useState<Sort>(isWhole ? 'reach' : 'rules');
  const countOf = useCounts(rows);
  const hasEvents = useUi((state) => (state.summary?.events ?? 0) + (state.summary?.recovered ?? 0) > 0);
  const sorted = useMemo(() => {
    switch (sort) {
      case 'rules':
        return rows;
      case 'reach':
        return rows.toSorted((a, b) => b.reach - a.reach);
      case 'field':
        return rows.toSorted((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : 0));
      case 'logs':
        return rows.toSorted((a, b) => (countOf(b) ?? -1) - (countOf(a) ?? -1));
    }
  }, [rows, sort, countOf]);
  const { shown, more } = useShown(sorted, FIRST);
  const most = Math.max(1, ...rows.map(({ rules }) => rules));
  const mostReach = Math.max(1, ...shown.map(({ reach }) => reach));
  return (
    <div
      className={`cat-table cat-indicators${hasField ? '' : ' no-field'}${hasEvents ? '' : ' no-logs'}${isWhole ? ' is-whole' : ''}`}
      role="table"
      aria-label={label}
    >
      <div className="cat-row cat-columns" role="row">
        <span />
        <ColumnHead
          label="Value"
          {...(hasField ? { label: 'Field and value', sort: 'field', sorted: sort, onSort: setSort } : {})}
        />
        {!isWhole && (
          <ColumnHead
            label="Here"
            sort="rules"
            sorted={sort}
            onSort={setSort}
            title="Rules of this page that look for it"
          />
        )}
        <ColumnHead
          label={isWhole ? 'Rules' : 'Reach'}
          sort="reach"
          sorted={sort}
          onSort={setSort}
          title="Rules of the whole catalog that check the same: a high number means common, and noisy on its own"
        />
        {hasEvents && (
          <ColumnHead
            label="In logs"
            sort="logs"
            sorted={sort}
            onSort={setSort}
            className="number"
            title="Events of the open logs that have it"
          />
        )}
        <span />
      </div>
      {shown.map((row) => (
        <Row
          key={`${row.field} ${row.op} ${row.value}`}
          label={`${row.field} ${opWords(row.op)} ${row.value}`}
          head={<ValueWords row={row} hasField={hasField} />}
          cells={[
            ...(isWhole
              ? [<CountBar key="reach" value={row.reach} most={mostReach} />]
              : [
                  <CountBar key="here" value={row.rules} most={most} />,
                  <ReachBars key="reach" here={row.rules} reach={row.reach} most={mostReach} />,
                ]),
            ...(hasEvents ? [<InLogs key="logs" events={countOf(row)} />] : []),
          ]}
          body={() => <ValueRules row={row} here={here} />}
          onMenu={(x, y) => openMenu({ x, y, field: row.field, logField: row.logField, test: row })}
        />
      ))}
      {more}
    </div>
  );
}

/** A value with its operator, and its field where the table is of several. */
export function ValueWords(props: {
  readonly row: Pick<CatalogIndicatorRow, 'field' | 'op' | 'value'>;
  readonly hasField: boolean;
}): JSX.Element {
  const { row, hasField } = props;
  return (
    <>
      {hasField && <span className="mono soft cat-value-field">{row.field}</span>}
      <span className="cat-op">{opWords(row.op)}</span>
      {row.value !== '' && (
        <span className="mono cat-value" title={row.value}>
          {shownValue(row.value)}
        </span>
      )}
    </>
  );
}

function InLogs({ events }: { readonly events: number | null | undefined }): JSX.Element {
  if (events === undefined) return <span className="number faint">…</span>;
  if (events === null) {
    return (
      <span className="number faint" title="Cannot be counted: Windows events have no such field, or not in this form">
        –
      </span>
    );
  }
  return <span className={`number${events === 0 ? ' faint' : ' cat-in-logs'}`}>{count(events)}</span>;
}

/** Under a value: the page's rules that use it, and how many more there are in the catalog. */
function ValueRules({
  row,
  here,
}: {
  readonly row: CatalogIndicatorRow;
  readonly here: ReadonlySet<string>;
}): JSX.Element {
  const workspace = useWorkspace();
  const scope = useUi((state) => state.catalog.choice.scope);
  const { field, op, value } = row;
  const { value: found, fault } = useCatalog('catalog.indicator', { field, op, value, scope });
  if (fault) return <p className="detail-note">The rules could not be listed: {fault.message}</p>;
  if (!found) return <p className="faint">Looking for the rules…</p>;
  const mine = here.size === 0 ? found.rules : found.rules.filter(({ rule }) => here.has(rule));
  const others = found.rules.length - mine.length + found.excludedBy.length;
  return (
    <>
      {mine.length > 0 && <RuleList rules={mine} label={`Rules that use ${value}`} wanted={row} />}
      {others > 0 && (
        <button
          type="button"
          className="link cat-elsewhere"
          onClick={() => workspace.catalog.show({ kind: 'value', value: { field, op, value } })}
        >
          {counted(others, mine.length > 0 ? 'more rule' : 'rule')} in the catalog
          {found.excludedBy.length > 0 && `, ${count(found.excludedBy.length)} of them to leave it out`}
        </button>
      )}
    </>
  );
}
