import { ArrowLeft, ArrowRight, Plus, Search, X } from 'lucide-react';
import { useEffect, useState, type JSX } from 'react';
import { useUi, useWorkspace } from '../state/context.ts';
import { IconButton } from '../ui/controls.tsx';
import { focusPane } from '../ui/panes.ts';
import { Chips } from './Chips.tsx';
import { isPossible, runCommand } from './commands/commands.ts';
import { shownKeys } from './commands/keys.ts';

/** Time after the last key before the search runs. */
const SEARCH_MS = 200;

/** The filter as chips, the search, and the way back: through filters, and in the catalog through its pages. */
export function TopBar(): JSX.Element {
  const workspace = useWorkspace();
  const canBack = useUi((state) => isPossible('filter.back', state));
  const canForward = useUi((state) => isPossible('filter.forward', state));
  const platform = useUi((state) => state.info?.platform ?? 'linux');
  const activity = useUi((state) => state.activity);
  return (
    <header className="top-bar" aria-label="Filter">
      <h1 className="visually-hidden">Rulewright: {activity === 'sql' ? 'SQL' : activity}</h1>
      <IconButton
        icon={ArrowLeft}
        label="Back"
        keys="Alt+Left"
        disabled={!canBack}
        onClick={() => void runCommand('filter.back', workspace)}
      />
      <IconButton
        icon={ArrowRight}
        label="Forward"
        keys="Alt+Right"
        disabled={!canForward}
        onClick={() => void runCommand('filter.forward', workspace)}
      />
      <Chips />
      <IconButton
        icon={Plus}
        label="Add filter"
        keys="Ctrl+Shift+F"
        onClick={() => void runCommand('filter.add', workspace)}
      />
      <span className="spacer" />
      <SearchBox />
      <button
        type="button"
        className="button quiet palette-button"
        aria-label={`Commands (${shownKeys('Ctrl+K', platform)})`}
        title="Commands"
        onClick={() => void runCommand('palette.open', workspace)}
      >
        <kbd className="kbd">{shownKeys('Ctrl+K', platform)}</kbd>
      </button>
    </header>
  );
}

/** Free text over all values. It is its own draft until it rests, then it becomes part of the filter. */
function SearchBox(): JSX.Element {
  const workspace = useWorkspace();
  const text = useUi((state) => state.filter.text);
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);
  // The filter changed elsewhere (back, clear): the box follows.
  if (text !== known) {
    setKnown(text);
    setTyped(text);
  }
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => {
      workspace.setFilter((filter) => ({ ...filter, text: typed.slice(0, 4096) }));
    }, SEARCH_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [workspace, typed, text]);
  return (
    <div className="search-box">
      <Search size={14} strokeWidth={1.75} aria-hidden />
      <input
        className="input"
        type="search"
        placeholder="Search all values"
        aria-label="Search all values"
        spellCheck={false}
        data-pane-focus="search"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            if (typed !== '') setTyped('');
            else focusPane('grid');
          } else if (event.key === 'Enter') {
            // Elsewhere what was found would be out of sight.
            const { activity } = workspace.store.getState();
            if (activity === 'hits' || activity === 'timeline') focusPane('grid');
            else runCommand('show.timeline', workspace);
          } else return;
          event.preventDefault();
        }}
      />
      {typed !== '' && (
        <IconButton
          icon={X}
          label="Clear search"
          onClick={() => {
            setTyped('');
          }}
        />
      )}
    </div>
  );
}
