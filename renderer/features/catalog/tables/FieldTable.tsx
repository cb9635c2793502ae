import { useMemo, useState, type JSX } from 'react';
import type { CatalogFieldRow } from '../../../../shared/ipc/catalog-calls.ts';
import { useUi } from '../../../state/context.ts';
import { useCatalog } from '../../../state/use-answer.ts';
import { count, counted } from '../../../ui/text/format.ts';
import { useMenu } from '../menu.ts';
import { opWords, shownValue } from '../words.ts';
import { CountBar } from './Bars.tsx';
import { IndicatorTable } from './IndicatorTable.tsx';
import { NativeNames } from './NativeNames.tsx';
import { useShown } from './More.tsx';
import { SortHead, Row } from './Row.tsx';

const FIRST = 25;

/** Fields filtered most: rules, operators and samples; a row opens to all of its values. */
export function FieldTable(props: {
  readonly fields: readonly CatalogFieldRow[];
  readonly technique: string | null;
  readonly here: ReadonlySet<string>;
}): JSX.Element {
  const { fields, technique, here } = props;
  const openMenu = useMenu();
  const [sort, setSort] = useState<'rules' | 'field'>('rules');
  const sorted = useMemo(
    () => (sort === 'rules' ? fields : fields.toSorted((a, b) => (a.field < b.field ? -1 : 1))),
    [fields, sort],
  );
  const { shown, more } = useShown(sorted, FIRST);
  const most = Math.max(1, ...fields.map(({ rules }) => rules));
  return (
    <div className="cat-table cat-fields" role="table" aria-label="Fields filtered most">
      <div className="cat-row cat-columns" role="row">
        <span />
        <SortHead label="Field" sort="field" sorted={sort} onSort={setSort} />
        <SortHead label="Rules" sort="rules" sorted={sort} onSort={setSort} />
        <SortHead label="How" />
        <SortHead label="Samples" />
        <span />
      </div>
      {shown.map((row) => (
        <Row
          key={row.field}
          label={`${row.field}, ${counted(row.rules, 'rule')}`}
          head={
            <>
              <span className="mono cat-field-name">{row.field}</span>{' '}
              <small className="faint">{nativeWords(row)}</small>
            </>
          }
          cells={[
            <CountBar key="rules" value={row.rules} most={most} />,
            <span key="how" className="cat-how">
              {row.how.map(({ op, rules }) => (
                <span key={op} className="cat-op">
                  {opWords(op)} <b>{count(rules)}</b>
                </span>
              ))}
            </span>,
            <span key="samples" className="cat-samples mono" title={row.samples.join('\n')}>
              {row.samples.map((sample) => (
                <span key={sample}>{shownValue(sample)}</span>
              ))}
            </span>,
          ]}
          body={() => <FieldValues row={row} technique={technique} here={here} />}
          onMenu={(x, y) => openMenu({ x, y, field: row.field, logField: row.logField, test: null })}
        />
      ))}
      {more}
    </div>
  );
}

/** Native names other than the canonical one. */
function nativeWords({ field, native }: CatalogFieldRow): string {
  return native.filter((name) => name !== field).join(', ');
}

function FieldValues(props: {
  readonly row: CatalogFieldRow;
  readonly technique: string | null;
  readonly here: ReadonlySet<string>;
}): JSX.Element {
  const { row, technique, here } = props;
  const choice = useUi((state) => state.catalog.choice);
  const { value, fault } = useCatalog('catalog.field', { field: row.field, technique, choice });
  if (fault) return <p className="detail-note">The values could not be listed: {fault.message}</p>;
  if (!value) return <p className="faint">Reading the values…</p>;
  const looked = value.values.filter(({ rules }) => rules > 0);
  return (
    <>
      <NativeNames names={value.native} />
      {looked.length === 0 ? (
        <p className="faint">The rules test it without naming a value.</p>
      ) : (
        <IndicatorTable rows={looked} here={here} label={`Values of ${row.field}`} hasField={false} />
      )}
    </>
  );
}
