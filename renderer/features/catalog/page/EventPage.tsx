import type { JSX } from 'react';
import type { CatalogEventPage } from '../../../../shared/ipc/catalog-calls.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { useCatalog } from '../../../state/use-answer.ts';
import { count, counted } from '../../../ui/text/format.ts';
import { eventWords } from '../words.ts';
import { ChoiceBar } from './ChoiceBar.tsx';
import { useKindCount } from './Events.tsx';
import { Guide } from './Guide.tsx';
import { PageState } from './PageState.tsx';
import { Section } from './Section.tsx';

/** A kind of event: the techniques and rules that look at it, the fields they use, and how many are open. */
export function EventPage(props: { readonly channel: string; readonly eventId: number | null }): JSX.Element {
  const { channel, eventId } = props;
  const choice = useUi((state) => state.catalog.choice);
  const { value: page, fault, isStale } = useCatalog('catalog.event', { channel, eventId, choice });
  if (!page || (isStale && (page.event.channel !== channel || page.event.eventId !== eventId))) {
    return <PageState fault={fault} />;
  }
  return (
    <article className={`cat-page${isStale ? ' is-stale' : ''}`} aria-label={eventWords(page.event)}>
      <Head page={page} />
      <ChoiceBar facets={page.facets} hasSubtechniques={false} />
      <Section title="Techniques" count={count(page.techniques.length)}>
        <Techniques techniques={page.techniques} />
      </Section>
      <Guide guide={page} technique={null} />
    </article>
  );
}

function Head({ page }: { readonly page: CatalogEventPage }): JSX.Element {
  const workspace = useWorkspace();
  const { channel, eventId, title } = page.event;
  const open = useKindCount()(channel, eventId);
  return (
    <header className="cat-title">
      <div className="cat-title-line">
        <h2>
          {title === '' ? eventWords(page.event) : title} <span className="mono">{eventId ?? 'any event'}</span>
        </h2>
        <span className="spacer" />
        {open !== undefined && open > 0 && (
          <button type="button" className="button" onClick={() => workspace.showKind(channel, eventId)}>
            Show {counted(open, 'event')}
          </button>
        )}
      </div>
      <p className="soft">
        <span className="mono">{channel}</span> · {counted(page.rules.length, 'rule')}
        {open === 0 && ' · the open logs have no such event'}
      </p>
    </header>
  );
}

function Techniques({ techniques }: Pick<CatalogEventPage, 'techniques'>): JSX.Element {
  const workspace = useWorkspace();
  if (techniques.length === 0) return <p className="faint">The rules name no technique.</p>;
  return (
    <ul className="cat-events">
      {techniques.map(({ id, name, rules }) => (
        <li key={id}>
          <button
            type="button"
            className="line-button cat-event"
            onClick={() => workspace.catalog.show({ kind: 'technique', id })}
          >
            <span className="mono line-name">{id}</span>
            <span className="soft nowrap">{name}</span>
            <span className="number">{counted(rules, 'rule')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
