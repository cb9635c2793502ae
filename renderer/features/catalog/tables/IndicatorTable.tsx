import { useMemo, useState, type JSX } from 'react';
import type { CatalogIndicatorRow } from '../../../../shared/ipc/catalog-calls.ts';
import { noiseOf, type Noise } from '../../../../shared/catalog/page/noise.ts';
import type { Vendor } from '../../../../shared/model/rule.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useCatalog } from '../../../state/use-answer.ts';
import { count, counted } from '../../../ui/text/format.ts';
import { useMenu } from '../menu.ts';
import { RuleList } from '../rule/RuleList.tsx';
import { opWords, vendorName, vendorShort } from '../words.ts';
import { CountBar, ReachBars } from './Bars.tsx';
import { useShown } from './More.tsx';
import { SortHead, Row } from './Row.tsx';
import { useCounts, type LogCounts } from './use-counts.ts';
import { ValueWords } from './ValueWords.tsx';

const FIRST = 40;

type Sort = 'rules' | 'reach' | 'field' | 'logs' | 'noise';

const NOISE_ORDER = ['sharp', undefined, 'noisy'] as const;

/**
 * Values that rules look for: how many here, how many in the whole catalog, how many events have them, and what that
 * makes of them: noisy or sharp.
 */
export function IndicatorTable(props: {
  readonly rows: readonly CatalogIndicatorRow[];
  /** Keys of the page's rules. */
  readonly here: ReadonlySet<string>;
  readonly label: string;
  readonly hasField?: boolean;
  /** Which vendors lack a value that one alone has; a column more. */
  readonly lackedBy?: (row: CatalogIndicatorRow) => readonly Vendor[];
}): JSX.Element {
  const { rows, here, label, hasField = true, lackedBy } = props;
  // Where the table is of the whole catalog, "here" and reach are the same.
  const isWhole = here.size === 0;
  const openMenu = useMenu();
  const [sort, setSort] = useState<Sort>(isWhole ? 'reach' : 'rules');
  const byCatalog = useMemo(() => sortedByCatalog(rows, sort), [rows, sort]);
  const { shown: first, limit, more } = useShown(byCatalog, FIRST);
  // What is sorted by the logs must be counted to its end.
  const isByLogs = sort === 'logs' || sort === 'noise';
  const counts = useCounts(isByLogs ? rows : first);
  const noise = (row: CatalogIndicatorRow): Noise | undefined =>
    noiseOf({ reach: row.reach, events: counts.of(row) ?? undefined, allEvents: counts.all });
  const shown = isByLogs ? sortedByLogs(rows, sort, counts, noise).slice(0, limit) : first;
  const hasEvents = counts.all > 0;
  const most = Math.max(1, ...rows.map(({ rules }) => rules));
  const mostReach = Math.max(1, ...shown.map(({ reach }) => reach));
  const head = { sorted: sort, onSort: setSort };
  const marks = `${hasField ? '' : ' no-field'}${hasEvents ? '' : ' no-logs'}${isWhole ? ' is-whole' : ''}${lackedBy ? ' has-vendors' : ''}`;
  return (
    <div className={`cat-table cat-indicators${marks}`} role="table" aria-label={label}>
      <div className="cat-row cat-columns" role="row">
        <span />
        <SortHead label="Value" {...(hasField ? { ...head, label: 'Field and value', sort: 'field' as const } : {})} />
        {lackedBy && <SortHead label="Has, and lack" />}
        {!isWhole && <SortHead label="Here" sort="rules" {...head} title="Rules of this page that look for it" />}
        <SortHead
          label={isWhole ? 'Rules' : 'Reach'}
          sort="reach"
          {...head}
          title="Rules of the whole catalog that check the same: a high number means common, and noisy on its own"
        />
        {hasEvents && (
          <SortHead
            label="In logs"
            sort="logs"
            {...head}
            className="number"
            title="Events of the open logs that have it"
          />
        )}
        <SortHead
          label="Alone"
          sort="noise"
          {...head}
          title="As the only test of a rule. Noisy: common in the open logs, or where they cannot tell, among rules. Sharp: in few rules, and in few events of the open logs"
        />
        <span />
      </div>
      {shown.map((row) => (
        <Row
          key={`${row.field} ${row.op} ${row.value}`}
          label={`${row.field} ${opWords(row.op)} ${row.value}`}
          head={<ValueWords row={row} hasField={hasField} />}
          cells={[
            ...(lackedBy ? [<Lack key="vendors" row={row} lackedBy={lackedBy(row)} />] : []),
            ...(isWhole
              ? [<CountBar key="reach" value={row.reach} most={mostReach} />]
              : [
                  <CountBar key="here" value={row.rules} most={most} />,
                  <ReachBars key="reach" here={row.rules} reach={row.reach} most={mostReach} />,
                ]),
            ...(hasEvents ? [<InLogs key="logs" row={row} events={counts.of(row)} all={counts.all} />] : []),
            <NoiseMark key="noise" noise={noise(row)} />,
          ]}
          body={() => <ValueRules row={row} here={here} />}
          onMenu={(x, y) => openMenu({ x, y, field: row.field, logField: row.logField, test: row })}
        />
      ))}
      {more}
    </div>
  );
}

/** In the order that needs no counts; those that do begin with the rarest. */
function sortedByCatalog(rows: readonly CatalogIndicatorRow[], sort: Sort): readonly CatalogIndicatorRow[] {
  switch (sort) {
    case 'rules':
      return rows;
    case 'field':
      return rows.toSorted((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : 0));
    case 'reach':
    case 'logs':
    case 'noise':
      return rows.toSorted((a, b) => b.reach - a.reach);
  }
}

function sortedByLogs(
  rows: readonly CatalogIndicatorRow[],
  sort: 'logs' | 'noise',
  counts: LogCounts,
  noise: (row: CatalogIndicatorRow) => Noise | undefined,
): readonly CatalogIndicatorRow[] {
  const events = (row: CatalogIndicatorRow): number => counts.of(row) ?? -1;
  if (sort === 'logs') return rows.toSorted((a, b) => events(b) - events(a));
  const order = (row: CatalogIndicatorRow): number => NOISE_ORDER.indexOf(noise(row));
  // Of what is as sharp, that which is there first.
  return rows.toSorted((a, b) => order(a) - order(b) || events(b) - events(a) || b.rules - a.rules);
}

function InLogs(props: {
  readonly row: CatalogIndicatorRow;
  readonly events: number | null | undefined;
  readonly all: number;
}): JSX.Element {
  const { row, events, all } = props;
  if (events === undefined) return <span className="number faint">…</span>;
  if (events === null) {
    return (
      <span className="number faint" title={`Cannot be counted: ${whyNotCounted(row)}`}>
        –
      </span>
    );
  }
  return (
    <span
      className={`number${events === 0 ? ' faint' : ' cat-in-logs'}`}
      title={`${count(events)} of ${counted(all, 'event')}${events === 0 ? '' : `, ${shareWords(events / all)}`}`}
    >
      {count(events)}
    </span>
  );
}

function whyNotCounted({ op, logField }: CatalogIndicatorRow): string {
  if (op === 'in_lookup') return 'it asks a list that is kept outside the logs';
  if (op === 'eq_field') return 'it compares two fields';
  if (logField === null) return 'Windows events have no such field';
  return op === 'match' && logField.part === 'whole' ? 'the matcher refuses the expression' : 'not in this form';
}

/** `7.1%`, `under 0.1%`. */
function shareWords(share: number): string {
  return share < 0.001 ? 'under 0.1%' : `${(share * 100).toFixed(1)}%`;
}

function NoiseMark({ noise }: { readonly noise: Noise | undefined }): JSX.Element {
  return noise === undefined ? <span /> : <span className={`cat-noise is-${noise}`}>{noise}</span>;
}

function Lack(props: { readonly row: CatalogIndicatorRow; readonly lackedBy: readonly Vendor[] }): JSX.Element | null {
  const { row, lackedBy } = props;
  if (row.onlyVendor === null) return null;
  const has = vendorName(row.onlyVendor);
  return (
    <span title={`Rules of ${has} alone look for it; ${lackedBy.map(vendorName).join(', ')} do not`}>
      <b>{has}</b> <span className="faint">not {lackedBy.map(vendorShort).join(', ')}</span>
    </span>
  );
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
