import { PanelRightClose } from 'lucide-react';
import type { JSX } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useUi, useWorkspace } from '../../state/context.ts';
import type { SideTab } from '../../state/ui-state.ts';
import { IconButton } from '../../ui/controls.tsx';
import { count } from '../../ui/text/format.ts';
import { focusPane } from '../../ui/panes.ts';
import { EventTime } from './EventTime.tsx';
import { Fields } from './Fields.tsx';
import { Message } from './Message.tsx';
import { Raw } from './Raw.tsx';
import { StackedValues } from './StackedValues.tsx';
import { TagBar } from './TagBar.tsx';
import { useSelectedEvent, type SelectedEvent } from './use-event.ts';
import { Why } from './Why.tsx';
import './detail.css';

/** The selected event: its fields, its raw text, the rules that hit it; and the stacked values of a field. */
export function DetailPane({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { store } = useWorkspace();
  const tab = useUi((state) => state.sideTab);
  const stack = useUi((state) => state.stack);
  const shown = useSelectedEvent();
  const hits = shown.event?.hits.length ?? 0;
  const tabs: { id: SideTab; label: string }[] = [
    { id: 'fields', label: 'Fields' },
    { id: 'raw', label: 'Raw' },
    { id: 'why', label: hits > 0 ? `Why (${hits})` : 'Why' },
  ];
  if (stack) tabs.push({ id: 'values', label: 'Values' });
  return (
    <section
      className="pane detail"
      aria-label="Event details"
      onKeyDown={(event) => {
        if (event.key === 'Escape') focusPane('grid');
      }}
    >
      <Tabs
        className="detail-tabs"
        selectedKey={stack || tab !== 'values' ? tab : 'fields'}
        onSelectionChange={(key) => {
          store.setState({ sideTab: key as SideTab });
        }}
      >
        <header className="pane-head">
          <TabList className="tab-list" aria-label="Details" data-pane-focus="detail">
            {tabs.map(({ id, label }) => (
              <Tab key={id} id={id} className="tab">
                {label}
              </Tab>
            ))}
          </TabList>
          <span className="spacer" />
          <IconButton icon={PanelRightClose} label="Hide details" onClick={onClose} />
        </header>
        {tab !== 'values' && <EventHead shown={shown} />}
        <TabPanel id="fields" className="detail-panel">
          {shown.event && <Message event={shown.event} />}
          {shown.event && <Fields event={shown.event} />}
        </TabPanel>
        <TabPanel id="raw" className="detail-panel">
          {shown.event && <Raw event={shown.event} />}
        </TabPanel>
        <TabPanel id="why" className="detail-panel">
          {shown.event && <Why event={shown.event} />}
        </TabPanel>
        <TabPanel id="values" className="detail-panel">
          {stack && <StackedValues field={stack.field} rarestFirst={stack.rarestFirst} />}
        </TabPanel>
      </Tabs>
    </section>
  );
}

function EventHead({ shown }: { readonly shown: SelectedEvent }): JSX.Element {
  const { event, fault } = shown;
  if (fault) {
    return (
      <p className="detail-note" role="alert">
        This event could not be read: {fault.message}
        {fault.detail ? ` (${fault.detail})` : ''}
      </p>
    );
  }
  if (!event) {
    return (
      <div className="empty">
        <h3>No event selected</h3>
        <p>Select a row to see its fields, its raw text and the rules that hit it.</p>
      </div>
    );
  }
  return (
    <div className="event-head selectable">
      <div className="event-title">
        {event.eventId !== null && <b>{event.eventId}</b>} {event.title || event.provider}
        {event.recovered && <span className="badge">recovered</span>}
      </div>
      <div className="mono">{event.time === '' ? 'no time' : <EventTime iso={event.time} us={event.timeUs} />}</div>
      <div className="soft place" title={event.file}>
        {event.computer} · record {count(event.record)} · {event.file}
      </div>
      <TagBar event={event} />
    </div>
  );
}
