import type { JSX } from 'react';
import type { CallOutput } from '../../../../shared/ipc/contract.ts';
import { count } from '../../../ui/text/format.ts';

type Names = CallOutput<'catalog.field'>['native'];

/** What the vendors call a field, with the rules that do. */
export function NativeNames({ names }: { readonly names: Names }): JSX.Element {
  return (
    <p className="cat-natives">
      {names.map(({ vendor, name, rules }) => (
        <span key={`${vendor} ${name}`}>
          <span className="mono">{name}</span>{' '}
          <span className="faint">
            {vendor} {count(rules)}
          </span>
        </span>
      ))}
    </p>
  );
}
