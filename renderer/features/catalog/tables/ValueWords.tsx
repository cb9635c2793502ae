import type { JSX } from 'react';
import type { CatalogIndicatorRow } from '../../../../shared/ipc/catalog-calls.ts';
import { opWords, shownValue } from '../words.ts';

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
