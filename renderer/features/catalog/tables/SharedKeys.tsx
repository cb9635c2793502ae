import type { JSX } from 'react';
import type { CatalogSimilarRule } from '../../../../shared/ipc/catalog-calls.ts';
import { useWorkspace } from '../../../state/context.ts';
import { ValueWords } from './ValueWords.tsx';

/** The values that two rules both look for; each leads to all rules that use it. */
export function SharedKeys({ shared }: Pick<CatalogSimilarRule, 'shared'>): JSX.Element {
  const workspace = useWorkspace();
  return (
    <ul className="cat-shared" aria-label="What both look for">
      {shared.map((value) => (
        <li key={`${value.field} ${value.op} ${value.value}`}>
          <button
            type="button"
            className="cat-open"
            title="Rules that use it"
            onClick={() => workspace.catalog.show({ kind: 'value', value })}
          >
            <ValueWords row={value} hasField />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** How alike two rules are, as a bar with its percentage. */
export function Likeness({ similarity }: Pick<CatalogSimilarRule, 'similarity'>): JSX.Element {
  const percent = Math.round(similarity * 100);
  return (
    <span className="cat-bar cat-likeness" title="Weight of what both look for, over that of what either does">
      <i style={{ width: `${Math.max(2, percent)}%` }} aria-hidden />
      <b>{percent}%</b>
    </span>
  );
}
