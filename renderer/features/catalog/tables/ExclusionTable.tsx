import type { JSX } from 'react';
import type { CatalogExclusionRow } from '../../../../shared/ipc/catalog-calls.ts';
import { useUi } from '../../../state/context.ts';
import { useCatalog } from '../../../state/use-answer.ts';
import { useMenu } from '../menu.ts';
import { RuleList } from '../rule/RuleList.tsx';
import { opWords } from '../words.ts';
import { CountBar } from './Bars.tsx';
import { ValueWords } from './ValueWords.tsx';
import { useShown } from './More.tsx';
import { SortHead, Row } from './Row.tsx';

const FIRST = 25;

/** Values that rules take out of their hits. */
export function ExclusionTable(props: {
  readonly rows: readonly CatalogExclusionRow[];
  readonly here: ReadonlySet<string>;
}): JSX.Element {
  const { rows, here } = props;
  const openMenu = useMenu();
  const { shown, more } = useShown(rows, FIRST);
  const most = Math.max(1, ...rows.map(({ rules }) => rules));
  return (
    <div className="cat-table cat-exclusions" role="table" aria-label="Exclusions">
      <div className="cat-row cat-columns" role="row">
        <span />
        <SortHead label="Field and value" />
        <SortHead label="Rules" />
        <span />
      </div>
      {shown.map((row) => (
        <Row
          key={`${row.field} ${row.op} ${row.value}`}
          label={`${row.field} ${opWords(row.op)} ${row.value}`}
          head={<ValueWords row={row} hasField />}
          cells={[<CountBar key="rules" value={row.rules} most={most} />]}
          body={() => <ExcludingRules row={row} here={here} />}
          onMenu={(x, y) => openMenu({ x, y, field: row.field, logField: row.logField, test: row })}
        />
      ))}
      {more}
    </div>
  );
}

function ExcludingRules({
  row,
  here,
}: {
  readonly row: CatalogExclusionRow;
  readonly here: ReadonlySet<string>;
}): JSX.Element {
  const scope = useUi((state) => state.catalog.choice.scope);
  const { field, op, value } = row;
  const { value: found, fault } = useCatalog('catalog.indicator', { field, op, value, scope });
  if (fault) return <p className="detail-note">The rules could not be listed: {fault.message}</p>;
  if (!found) return <p className="faint">Looking for the rules…</p>;
  return (
    <RuleList
      rules={found.excludedBy.filter(({ rule }) => here.has(rule))}
      label={`Rules here that leave out ${value}`}
      wanted={row}
    />
  );
}
