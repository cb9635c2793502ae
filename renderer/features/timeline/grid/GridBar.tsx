import { Columns3, Download, FilePlus2, PanelRightOpen, Rows3, Rows4 } from 'lucide-react';
import type { JSX } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { ViewFilter } from '../../../../shared/model/filter.ts';
import { useUi, useWorkspace } from '../../../state/context.ts';
import { IconButton, Segments } from '../../../ui/controls.tsx';
import { togglePanel } from '../../../ui/panels.ts';
import { focusPaneSoon } from '../../../ui/panes.ts';
import { count, counted } from '../../../ui/text/format.ts';

type OfKind = ViewFilter['of']['kind'];

/** Above the grid: how many of how many, which of them, and what can be done with the view. */
export function GridBar({ onExport }: { readonly onExport: (format: 'csv' | 'jsonl') => void }): JSX.Element {
  const workspace = useWorkspace();
  const of = useUi((state) => state.filter.of);
  const compact = useUi((state) => state.compact);
  const draftOpen = useUi((state) => state.draft.open);
  const tagged = useUi((state) => state.summary?.tagged ?? 0);
  const detailFolded = useUi((state) => state.layout['columns']?.['detail'] === 0);
  const choices: { id: OfKind; label: string; disabled?: boolean }[] = [
    { id: 'all', label: 'All' },
    { id: 'hits', label: 'Hits' },
    { id: 'draft', label: 'Draft', disabled: !draftOpen },
  ];
  if (tagged > 0 || of.kind === 'tagged') choices.push({ id: 'tagged', label: 'Tagged' });
  if (of.kind === 'rule') choices.push({ id: 'rule', label: 'One rule' });
  return (
    <header className="pane-head grid-bar">
      <h2>Events</h2>
      <ViewCount />
      <span className="spacer" />
      {!draftOpen && (
        <button
          type="button"
          className="button"
          title="New rule (Ctrl+N)"
          onClick={() => void workspace.draft.startNew().then(() => focusPaneSoon('side', 'text'))}
        >
          <FilePlus2 size={14} strokeWidth={1.75} aria-hidden /> New rule
        </button>
      )}
      <Segments
        label="Which events"
        value={of.kind}
        choices={choices}
        onChange={(kind) => {
          if (kind === 'draft') workspace.draft.showHits(true);
          else if (kind !== 'rule') workspace.setFilter((filter) => ({ ...filter, of: { kind } }));
        }}
      />
      <IconButton
        icon={compact ? Rows3 : Rows4}
        label={compact ? 'Comfortable rows' : 'Compact rows'}
        onClick={() => {
          workspace.store.setState({ compact: !compact });
        }}
      />
      <IconButton
        icon={Columns3}
        label="Columns"
        onClick={() => {
          workspace.store.setState({ dialog: 'columns' });
        }}
      />
      <MenuTrigger>
        <Button className="button quiet icon" aria-label="Export the view">
          <Download size={15} strokeWidth={1.75} aria-hidden />
        </Button>
        <Popover className="popover" placement="bottom end">
          <Menu
            className="menu"
            aria-label="Export the view"
            onAction={(key) => {
              onExport(key === 'csv' ? 'csv' : 'jsonl');
            }}
          >
            <MenuItem id="csv" className="menu-item">
              Export as CSV
            </MenuItem>
            <MenuItem id="jsonl" className="menu-item">
              Export as JSON lines
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      {detailFolded && (
        <IconButton
          icon={PanelRightOpen}
          label="Show details"
          keys="Ctrl+Shift+D"
          onClick={() => {
            togglePanel('detail');
          }}
        />
      )}
    </header>
  );
}

function ViewCount(): JSX.Element | null {
  const view = useUi((state) => state.view);
  const all = useUi((state) => (state.summary ? state.summary.events + state.summary.recovered : 0));
  if (!view) return null;
  // While logs are read the view may be a step ahead of the summary.
  const some = view.total >= all ? counted(view.total, 'event') : `${count(view.total)} of ${counted(all, 'event')}`;
  const title = `${some}, ${counted(view.hits, 'with a hit', 'with hits')}, found in ${Math.round(view.elapsedMs)} ms`;
  return (
    <span className="soft nowrap" role="status" aria-label="Events in view" title={title}>
      {some}
    </span>
  );
}
