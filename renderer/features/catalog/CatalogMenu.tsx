import type { JSX } from 'react';
import { Header, MenuItem, MenuSection } from 'react-aria-components';
import { logTest } from '../../../shared/catalog/log-test.ts';
import { sigmaLine, type WantedPredicate } from '../../../shared/language/insert-predicate.ts';
import { chipOfTest } from '../../state/catalog-state.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { openEvents } from '../../state/ui-state.ts';
import type { Workspace } from '../../state/workspace.ts';
import { PointMenu } from '../../ui/PointMenu.tsx';
import { truncateMiddle } from '../../ui/text/truncate.ts';
import type { MenuTarget } from './menu.ts';
import { opWords } from './words.ts';

/** The menu of a value or a field of the catalog. */
export function CatalogMenu(props: { readonly target: MenuTarget | null; readonly onClose: () => void }): JSX.Element {
  const { target, onClose } = props;
  const workspace = useWorkspace();
  return (
    <PointMenu
      at={target}
      onClose={onClose}
      onAction={(id) => {
        if (target) act(id, target, workspace);
      }}
    >
      {target && <Items target={target} />}
    </PointMenu>
  );
}

function Items({ target }: { readonly target: MenuTarget }): JSX.Element {
  const isDrafting = useUi((state) => state.draft.open);
  const hasEvents = useUi((state) => openEvents(state) > 0);
  const { field, test, logField } = target;
  const shown = test === null ? field : `${field} ${opWords(test.op)} ${truncateMiddle(test.value, 60)}`;
  const chip = chipOf(target);
  const line = wantedOf(target);
  return (
    <MenuSection aria-label={shown}>
      <Header className="menu-head mono">{shown}</Header>
      {test !== null && (
        <Item
          id="draft"
          label={isDrafting ? 'Use in the draft' : 'Copy as a line of a rule'}
          note={line && sigmaLine(line) !== undefined ? '' : 'Sigma has no such test'}
        />
      )}
      {test !== null && (
        <Item
          id="find"
          label="Find in the logs"
          note={
            chip
              ? hasEvents
                ? ''
                : 'no logs are open'
              : logField === null
                ? 'Windows events have no such field'
                : 'no filter for this operator'
          }
        />
      )}
      {test !== null && <Item id="rules" label="Rules that use it" />}
      <Item id="field" label={`All values of ${field}`} />
      {test === null && logField !== null && (
        <Item id="stack" label="Stack its values in the logs" note={hasEvents ? '' : 'no logs are open'} />
      )}
      <Item id="copy" label={test === null ? 'Copy field name' : 'Copy value'} />
    </MenuSection>
  );
}

/** @param note why it cannot be done; '' where it can. */
function Item({ id, label, note = '' }: { readonly id: string; readonly label: string; readonly note?: string }) {
  return (
    <MenuItem id={id} className="menu-item" textValue={label} isDisabled={note !== ''}>
      <span className="label">{label}</span>
      {note !== '' && <span className="keys">{note}</span>}
    </MenuItem>
  );
}

function chipOf({ test, logField }: MenuTarget): ReturnType<typeof chipOfTest> {
  const asked = test && logTest({ ...test, logField });
  return asked ? chipOfTest(asked) : undefined;
}

/** The value as a test of a Sigma rule: in the field of the logs where one is known. */
function wantedOf({ field, test, logField }: MenuTarget): WantedPredicate | undefined {
  if (!test) return undefined;
  return logTest({ ...test, logField }) ?? { field: logField?.field ?? field, ...test };
}

function act(action: string, target: MenuTarget, workspace: Workspace): void {
  const { field, test, logField } = target;
  switch (action) {
    case 'draft': {
      const wanted = wantedOf(target);
      if (wanted) void workspace.putInDraft(wanted);
      return;
    }
    case 'find': {
      const chip = chipOf(target);
      if (!chip) return;
      workspace.setFilter((filter) => ({ ...filter, of: { kind: 'all' } }));
      workspace.addChip(chip);
      workspace.store.setState({ activity: 'timeline' });
      return;
    }
    case 'rules':
      if (test) workspace.catalog.show({ kind: 'value', value: { field, ...test } });
      return;
    case 'field':
      workspace.catalog.show({ kind: 'field', field });
      return;
    case 'stack':
      if (logField) workspace.stack(logField.field, false);
      workspace.store.setState({ activity: 'timeline' });
      return;
    case 'copy':
      void workspace.copy(test?.value ?? field);
      return;
  }
}
