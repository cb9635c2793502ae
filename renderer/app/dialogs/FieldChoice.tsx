import { useMemo, useState, type JSX } from 'react';
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField, useFilter } from 'react-aria-components';
import { addFieldColumn } from '../../state/columns.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { useLive } from '../../state/use-live.ts';
import { count } from '../../ui/text/format.ts';

interface Props {
  readonly purpose: 'column' | 'stack';
  readonly onDone: () => void;
}

/** Order of what fits: the same name, names that begin so, others. */
function nearness(field: string, typed: string): number {
  const [name, wanted] = [field.toLowerCase(), typed.toLowerCase()];
  return name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2;
}

/** One of the fields that the view's events have, most frequent first. */
export function FieldChoice({ purpose, onDone }: Props): JSX.Element {
  const workspace = useWorkspace();
  const view = useUi((state) => state.view?.view ?? null);
  const { value: fields, fault } = useLive('view.fields', view === null ? null : { view });
  const { contains } = useFilter({ sensitivity: 'base' });
  const [typed, setTyped] = useState('');
  const items = useMemo(
    () => [...(fields ?? [])].sort((a, b) => nearness(a.field, typed) - nearness(b.field, typed)),
    [fields, typed],
  );
  const take = (field: string): void => {
    onDone();
    if (purpose === 'stack') workspace.stack(field, true);
    else workspace.store.setState((s) => ({ columns: addFieldColumn(s.columns, field) }));
  };
  if (fault) return <p className="tone-bad">The fields could not be listed: {fault.message}</p>;
  return (
    <Autocomplete filter={contains}>
      <SearchField aria-label="Find a field" autoFocus value={typed} onChange={setTyped}>
        <Input className="input wide" placeholder="Find a field" spellCheck={false} />
      </SearchField>
      <ListBox
        className="field-choice"
        aria-label="Fields"
        items={items.map((f) => ({ id: f.field, ...f }))}
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
