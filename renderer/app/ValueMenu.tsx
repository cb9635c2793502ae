import type { JSX } from 'react';
import { Header, Menu, MenuItem, MenuSection, Popover, Separator, SubmenuTrigger } from 'react-aria-components';
import { selectionOf } from '../../shared/language/rule-of-event.ts';
import { addFieldColumn } from '../state/columns.ts';
import { useUi, useWorkspace } from '../state/context.ts';
import type { ValueTarget } from '../state/ui-state.ts';
import type { Workspace } from '../state/workspace.ts';
import { PointMenu } from '../ui/PointMenu.tsx';
import { TAG_LOOKS } from '../ui/tag.tsx';
import { truncateMiddle } from '../ui/text/truncate.ts';
import { lineText } from '../ui/text/visible.ts';

/** Offered widths of the window around an event, in minutes. */
const PIVOTS: readonly { readonly minutes: number; readonly label: string }[] = [
  { minutes: 0.1, label: '6 seconds' },
  { minutes: 1, label: '1 minute' },
  { minutes: 5, label: '5 minutes' },
  { minutes: 15, label: '15 minutes' },
  { minutes: 60, label: '1 hour' },
  { minutes: 1440, label: '1 day' },
];

/** The menu of a value, wherever it stands: filter by it, copy it, stack its field, look around its event. */
export function ValueMenu(): JSX.Element {
  const workspace = useWorkspace();
  const target = useUi((state) => state.valueMenu);
  const close = (): void => {
    workspace.store.setState({ valueMenu: null });
  };
  return (
    <PointMenu
      at={target}
      onClose={close}
      onAction={(id) => {
        if (target) void act(id, target, workspace);
      }}
    >
      {target && (
        <>
          {target.field !== null && <FieldItems field={target.field} value={target.value} />}
          {target.field !== null && <Separator className="menu-line" />}
          {target.event >= 0 && <EventItems row={target.row} />}
          {target.timeUs !== null && <PivotItems />}
        </>
      )}
    </PointMenu>
  );
}

function Item({ id, label, keys = '' }: { readonly id: string; readonly label: string; readonly keys?: string }) {
  return (
    <MenuItem id={id} className="menu-item" textValue={label}>
      <span className="label">{label}</span>
      {keys !== '' && <span className="keys">{keys}</span>}
    </MenuItem>
  );
}

function FieldItems({ field, value }: { readonly field: string; readonly value: string | null }): JSX.Element {
  const isDrafting = useUi((state) => state.draft.open);
  const shown = value === null ? `${field} is absent` : `${field} = ${truncateMiddle(lineText(value), 60)}`;
  return (
    <MenuSection aria-label={shown}>
      <Header className="menu-head mono">{shown}</Header>
      {value !== null && <Item id="in" label="Filter in" />}
      {value !== null && <Item id="out" label="Filter out" />}
      <Item id="absent" label="Filter for absent" />
      {value !== null && <Item id="draft" label={isDrafting ? 'Use in the draft' : 'New rule with this value'} />}
      {value !== null && <Item id="copy" label="Copy value" />}
      <Item id="column" label="Add column" />
      <Item id="rare" label="Stack values, rarest first" />
      <Item id="common" label="Stack values, commonest first" />
    </MenuSection>
  );
}

function EventItems({ row }: Pick<ValueTarget, 'row'>): JSX.Element {
  return (
    <MenuSection aria-label="This event">
      {/* In the details the tags are in sight. */}
      {row && TAG_LOOKS.map(({ id, label, keys }) => <Item key={id} id={`tag ${id}`} label={label} keys={keys} />)}
      <Item id="copy-row" label="Copy row as JSON" />
      <Item id="copy-selection" label="Copy fields as a Sigma selection" />
    </MenuSection>
  );
}

function PivotItems(): JSX.Element {
  const minutes = useUi((state) => state.pivotMinutes);
  const known = PIVOTS.find((p) => p.minutes === minutes);
  return (
    <MenuSection aria-label="Around this event">
      <Item id={`pivot ${minutes}`} label={`Show everything ± ${known?.label ?? `${minutes} minutes`}`} keys="P" />
      <SubmenuTrigger>
        <MenuItem id="pivots" className="menu-item" textValue="Show everything around">
          <span className="label">Show everything around</span>
          <span aria-hidden>▸</span>
        </MenuItem>
        <Popover className="popover">
          <PivotMenu />
        </Popover>
      </SubmenuTrigger>
    </MenuSection>
  );
}

function PivotMenu(): JSX.Element {
  const workspace = useWorkspace();
  const target = useUi((state) => state.valueMenu);
  return (
    <Menu
      className="menu"
      aria-label="Width of the window"
      onAction={(key) => {
        workspace.store.setState({ valueMenu: null });
        if (target) void act(String(key), target, workspace);
      }}
    >
      {PIVOTS.map(({ minutes, label }) => (
        <Item key={minutes} id={`pivot ${minutes}`} label={`± ${label}`} />
      ))}
      <Item id="pivot-other" label="Other…" />
    </Menu>
  );
}

async function act(action: string, target: ValueTarget, workspace: Workspace): Promise<void> {
  const { timeUs } = target;
  if (action.startsWith('pivot ')) {
    if (timeUs !== null) workspace.pivot(timeUs, Number(action.slice('pivot '.length)));
  } else if (action === 'pivot-other') {
    workspace.store.setState({ dialog: 'pivot', selectedUs: timeUs });
  } else if (action.startsWith('tag ')) {
    const tag = TAG_LOOKS.find(({ id }) => action === `tag ${id}`)?.id;
    if (tag) await workspace.tagEvent(target.event, { tag: target.row?.tag === tag ? null : tag });
  } else if (action === 'copy-row' || action === 'copy-selection') {
    const result = await workspace.api.call('event.get', { event: target.event });
    if (result.ok) await workspace.copy(action === 'copy-row' ? rowJson(result.value) : selectionOf(result.value));
    else workspace.notices.fault('Nothing was copied', result.fault);
  } else if (target.field !== null) {
    await actOnField(action, target.field, target, workspace);
  }
}

async function actOnField(
  action: string,
  field: string,
  { value, event }: ValueTarget,
  workspace: Workspace,
): Promise<void> {
  switch (action) {
    case 'in':
    case 'out':
      workspace.filterValue(field, value, action === 'out');
      break;
    case 'draft':
      if (value !== null) await workspace.useInRule({ field, value }, event);
      break;
    case 'absent':
      workspace.filterValue(field, null, false);
      break;
    case 'copy':
      await workspace.copy(value ?? '');
      break;
    case 'column':
      workspace.store.setState((s) => ({ columns: addFieldColumn(s.columns, field) }));
      break;
    case 'rare':
    case 'common':
      workspace.stack(field, action === 'rare');
      break;
  }
}

/** An event as one JSON object: where it is, what it is, its data. Values stay texts, so no digit is lost. */
function rowJson(event: {
  readonly file: string;
  readonly record: number;
  readonly time: string;
  readonly channel: string;
  readonly provider: string;
  readonly eventId: number | null;
  readonly computer: string;
  readonly recovered: boolean;
  readonly data: readonly { readonly field: string; readonly value: string }[];
}): string {
  const { file, record, time, channel, provider, eventId, computer, recovered } = event;
  const data = Object.fromEntries(event.data.map((d) => [d.field, d.value]));
  return JSON.stringify(
    { file, recordId: record, time, channel, provider, eventId, computer, data, recovered },
    null,
    2,
  );
}
