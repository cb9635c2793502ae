import { useMemo, useState, type JSX } from 'react';
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField, useFilter } from 'react-aria-components';
import { useUi, useWorkspace } from '../../state/context.ts';
import { useCatalog } from '../../state/use-answer.ts';
import { counted } from '../../ui/text/format.ts';

/** A technique by id or name, those with most rules first. */
export function TechniqueChoice({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const workspace = useWorkspace();
  const scope = useUi((state) => state.catalog.choice.scope);
  const { value: lines, fault } = useCatalog('catalog.techniques', { scope });
  const { contains } = useFilter({ sensitivity: 'base' });
  const [typed, setTyped] = useState('');
  const items = useMemo(
    () =>
      (lines ?? [])
        .map((line) => ({ ...line, text: `${line.id} ${line.name}` }))
        .filter(({ text }) => typed.split(/\s+/).every((word) => contains(text, word)))
        .sort((a, b) => b.all - a.all),
    [lines, typed, contains],
  );
  if (fault) return <p className="tone-bad">The techniques could not be listed: {fault.message}</p>;
  return (
    <Autocomplete>
      <SearchField aria-label="Find a technique" autoFocus value={typed} onChange={setTyped}>
        <Input className="input wide" placeholder="Id or name, such as T1572 or tunnel" spellCheck={false} />
      </SearchField>
      <ListBox
        className="field-choice"
        aria-label="Techniques"
        items={items}
        selectionMode="single"
        renderEmptyState={() => (
          <p className="detail-note">{lines === null ? 'Reading the rules…' : 'No technique of this id or name'}</p>
        )}
        onSelectionChange={(keys) => {
          const [id] = keys === 'all' ? [] : [...keys];
          if (id === undefined) return;
          onDone();
          workspace.catalog.show({ kind: 'technique', id: String(id) });
        }}
      >
        {({ id, name, all, text }) => (
          <ListBoxItem id={id} className="menu-item" textValue={text}>
            <span className="label">
              <span className="mono">{id}</span> {name}
            </span>
            <span className="keys">{counted(all, 'rule')}</span>
          </ListBoxItem>
        )}
      </ListBox>
    </Autocomplete>
  );
}
