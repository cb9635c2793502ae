import { useMemo, type JSX } from 'react';
import { eventCounter } from '../../../../shared/catalog/coverage/case.ts';
import type { CatalogGuide } from '../../../../shared/ipc/catalog-calls.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { openEvents } from '../../../state/ui-state.ts';
import { useLive } from '../../../state/use-live.ts';
import { count, counted } from '../../../ui/text/format.ts';
import { eventWords } from '../words.ts';

/** How many events of a kind the open logs have; undefined while no logs are open. */
export function useKindCount(): (channel: string, eventId: number | null) => number | undefined {
  const hasEvents = useUi((state) => openEvents(state) > 0);
  const { value: kinds } = useLive('case.kinds', hasEvents ? {} : null);
  const counter = useMemo(() => kinds && eventCounter(kinds), [kinds]);
  return (channel, eventId) => counter?.({ channel, eventId });
}

/** The kinds of events that rules look at, with the rules of each and how many the open logs have. */
export function EventsCovered({ events }: { readonly events: CatalogGuide['events'] }): JSX.Element {
  const workspace = useWorkspace();
  const countOf = useKindCount();
  return (
    <ul className="cat-events">
      {events.map(({ channel, eventId, title, rules }) => {
        const open = countOf(channel, eventId);
        return (
          <li key={`${channel} ${eventId ?? ''}`}>
            <button
              type="button"
              className="line-button cat-event"
              title={`${channel} ${eventId ?? ''}${title === '' ? '' : `, ${title}`}: ${counted(rules, 'rule')}`}
              onClick={() => workspace.catalog.show({ kind: 'event', channel, eventId })}
            >
              <span className="line-name">{eventWords({ channel, eventId })}</span>
              <span className="soft nowrap">{title}</span>
              <span className="number">{counted(rules, 'rule')}</span>
              {open !== undefined && (
                <span className={`number${open === 0 ? ' faint' : ' cat-in-logs'}`} title="In the open logs">
                  {open === 0 ? 'none open' : `${count(open)} open`}
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
