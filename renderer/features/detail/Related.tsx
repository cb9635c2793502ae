import type { JSX } from 'react';
import type { EventDetail, EventRow } from '../../../shared/ipc/contract.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { useClock } from '../../state/use-clock.ts';
import { counted, gridTime } from '../../ui/text/format.ts';

type RelatedEvents = NonNullable<EventDetail['hits'][number]['related']>;

/** Where hours to milliseconds stand in a time. */
const TIME_OF_DAY = [11, 23] as const;

/** The events that together made a correlation hit, in order of time; a click goes to one. */
export function Related({ related }: { readonly related: RelatedEvents }): JSX.Element {
  const workspace = useWorkspace();
  const selected = useUi((state) => state.selected);
  const clock = useClock();
  const { rows, total } = related;
  const timeOf = (row: EventRow): string => (clock.isUtc ? gridTime(row.time) : clock.eventTime(row.time, row.timeUs));
  const first = rows[0];
  const last = rows.at(-1);
  return (
    <section className="related" aria-label="Related events">
      <div className="related-head">
        <span className="soft">{counted(total, 'event')} made it hit</span>
        {first && last && first.time !== '' && (
          <button
            type="button"
            className="button quiet"
            title="Show all events from the first of these to the last"
            onClick={() => {
              workspace.setFilter((filter) => ({
                ...filter,
                range: { fromUs: first.timeUs, toUs: last.timeUs + 1 },
                of: { kind: 'all' },
              }));
            }}
          >
            Show this time
          </button>
        )}
      </div>
      <ol>
        {rows.map((row) => (
          <li key={row.event}>
            <button
              type="button"
              className="related-row"
              aria-current={row.event === selected}
              onClick={() => void workspace.showEvent(row.event, row.time === '' ? null : row.timeUs)}
            >
              <span className="mono" title={timeOf(row)}>
                {timeOf(row).slice(...TIME_OF_DAY)}
              </span>
              <span className="number mono">{row.eventId ?? ''}</span>
              <span className="nowrap" title={row.summary.map(({ field, value }) => `${field}: ${value}`).join('\n')}>
                {row.title || row.channel}{' '}
                <span className="soft">{row.summary.map(({ value }) => value).join(' · ')}</span>
              </span>
            </button>
          </li>
        ))}
      </ol>
      {total > rows.length && <p className="soft">The first {rows.length} are listed.</p>}
    </section>
  );
}
