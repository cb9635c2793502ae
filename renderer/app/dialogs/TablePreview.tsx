import type { JSX } from 'react';
import type { CallOutput } from '../../../shared/ipc/contract.ts';
import { gridTime } from '../../ui/text/format.ts';

/** The table's first rows under what its columns are taken for; before each row, its time so read. */
export function TablePreview({ look }: { readonly look: CallOutput<'tables.look'> }): JSX.Element {
  const { mapping, rows, times } = look;
  const roles = new Map<string, string>();
  for (const column of mapping.time?.columns ?? []) roles.set(column, 'time');
  const { computer, channel, provider, eventId } = mapping;
  for (const [role, column] of Object.entries({ computer, channel, provider, 'event id': eventId })) {
    if (column !== null) roles.set(column, role);
  }
  return (
    <div className="table-preview" tabIndex={0} role="region" aria-label="First rows">
      <table>
        <thead>
          <tr>
            <th scope="col" className="read-time">
              Time read (UTC)
            </th>
            {mapping.header.map((name, i) => (
              <th key={i} scope="col" className={roles.has(name) ? 'has-role' : ''}>
                {name}
                {roles.has(name) && <small>{roles.get(name)}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              <td className="read-time">
                {times[i] ? (
                  gridTime(times[i])
                ) : (
                  <span className={mapping.time ? 'is-bad' : 'faint'}>{mapping.time ? 'not read' : 'none'}</span>
                )}
              </td>
              {mapping.header.map((name, column) => (
                <td key={column} className={roles.has(name) ? 'has-role' : ''} title={row[column]}>
                  {row[column]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
