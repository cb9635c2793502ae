import type { JSX } from 'react';
import { Autocomplete, Input, Menu, MenuItem, SearchField, useFilter } from 'react-aria-components';
import { useUi, useWorkspace } from '../../state/context.ts';
import { COMMANDS, runCommand } from '../commands/commands.ts';
import { shownKeys } from '../commands/keys.ts';

/** All commands that are possible now, found by typing, each with its key. */
export function Palette({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const workspace = useWorkspace();
  const platform = useUi((state) => state.info?.platform ?? 'linux');
  const { contains } = useFilter({ sensitivity: 'base' });
  const state = workspace.store.getState();
  const possible = COMMANDS.filter((c) => c.id !== 'palette.open' && c.isPossible?.(state) !== false);
  const fits = (title: string, typed: string): boolean => typed.split(/\s+/).every((word) => contains(title, word));
  return (
    <div className="palette">
      <Autocomplete filter={fits}>
        <SearchField aria-label="Find a command" autoFocus className="palette-search">
          <Input className="palette-input" placeholder="Find a command" spellCheck={false} />
        </SearchField>
        <Menu
          className="menu palette-menu"
          aria-label="Commands"
          items={possible}
          renderEmptyState={() => <p className="detail-note">No command of this name</p>}
          onAction={(key) => {
            onDone();
            // After the dialog has given the focus back, so that a command may move it.
            setTimeout(() => runCommand(String(key), workspace), 0);
          }}
        >
          {(command) => (
            <MenuItem id={command.id} className="menu-item" textValue={command.title}>
              <span className="label">{command.title}</span>
              {command.keys?.[0] && <kbd className="kbd">{shownKeys(command.keys[0], platform)}</kbd>}
            </MenuItem>
          )}
        </Menu>
      </Autocomplete>
    </div>
  );
}
