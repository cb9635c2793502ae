import type { JSX } from 'react';
import { useUi } from '../../state/context.ts';
import { COMMANDS } from '../commands/commands.ts';
import { shownKeys } from '../commands/keys.ts';

/** Keys that belong to a pane rather than to a command. */
const PANE_KEYS: readonly (readonly [string, readonly string[]])[] = [
  ['Events: next, previous row', ['Down', 'Up']],
  ['Events: page, first, last', ['PageDown', 'PageUp', 'Home', 'End']],
  ['Events: next, previous cell', ['Right', 'Left']],
  ['Events: menu of the value', ['Menu', 'Shift+F10']],
  ['Events: open details', ['Enter']],
  ['Column header: width', ['Alt+Left', 'Alt+Right']],
  ['Histogram: move, select', ['Left', 'Right', 'Shift+Left', 'Shift+Right']],
  ['Histogram: zoom, zoom back', ['Enter', '+', 'Esc']],
  ['Leave details or search', ['Esc']],
];

/** Every key there is. */
export function Shortcuts(): JSX.Element {
  const platform = useUi((state) => state.info?.platform ?? 'linux');
  const lines = [...COMMANDS.filter((c) => c.keys).map((c) => [c.title, c.keys ?? []] as const), ...PANE_KEYS];
  return (
    <dl className="shortcuts">
      {lines.map(([title, keys]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>
            {keys.map((key) => (
              <kbd key={key} className="kbd">
                {shownKeys(key, platform)}
              </kbd>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
