import type { JSX } from 'react';
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField, useFilter } from 'react-aria-components';
import { addFieldColumn } from '../../state/columns.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { useLive } from '../../state/use-live.ts';
import { count } from '../../ui/format.ts';

interface Props {
  readonly purpose: 'column' | 'stack';
  readonly onDone: () => void;
}

/** One of the fields that the view's events have, most frequent first. */
export function FieldChoice({ purpose, onDone }: Props): JSX.Element {
  const workspace = useWorkspace();
  const view = useUi((state) => state.view?.view ?? null);
  const { value: fields, fault } = useLive('view.fields', view === null ? null : { view });
  const { contains } = useFilter({ sensitivity: 'base' });
  const take = (field: string): void => {
    onDone();
    if (purpose === 'stack') workspace.stack(field, true);
    else workspace.store.setState((s) => ({ columns: addFieldColumn(s.columns, field) }));
  };
  if (fault) return <p className="tone-bad">The fields could not be listed: {fault.message}</p>;
  return (
    <Autocomplete filter={contains}>
      <SearchField aria-label="Find a field" autoFocus>
        <Input className="input wide" placeholder="Find a field" spellCheck={false} />
      </SearchField>
      <ListBox
        className="field-choice"
        aria-label="Fields"
        items={(fields ?? []).map((f) => ({ id: f.field, ...f }))}
        selectionMode="single"
        onSelectionChange={(keys) => {
          const [field] = keys === 'all' ? [] : [...keys];
          if (field !== undefined) take(String(field));
        }}
      >
        {({ field, events }) => (
          <ListBoxItem id={field} className="menu-item" textValue={field}>
            <span className="label mono">{field}</span>
            <span className="keys">{count(events)} events</span>
          </ListBoxItem>
        )}
      </ListBox>
    </Autocomplete>
  );
}
