import type { JSX } from 'react';
import { useUi } from '../../state/context.ts';
import { COMMAND_GROUPS } from '../commands/commands.ts';
import { shownKeys } from '../commands/keys.ts';

type Line = readonly [title: string, keys: readonly string[]];

/** Keys that belong to a pane rather than to a command. */
const PANE_KEYS: readonly (readonly [string, readonly Line[]])[] = [
  [
    'In the events',
    [
      ['Next, previous row', ['Down', 'Up']],
      ['A page on, back', ['PageDown', 'PageUp']],
      ['First, last row', ['Home', 'End']],
      ['Next, previous cell', ['Right', 'Left']],
      ['Menu of the value', ['Menu', 'Shift+F10']],
      ['Open details', ['Enter']],
      ['Width of a column, on its header', ['Alt+Left', 'Alt+Right']],
    ],
  ],
  [
    'In the histogram',
    [
      ['Move', ['Left', 'Right']],
      ['Select', ['Shift+Left', 'Shift+Right']],
      ['Zoom, zoom back', ['Enter', '+', 'Esc']],
    ],
  ],
  ['In details and search', [['Leave', ['Esc']]]],
];

/** Every key there is. */
export function Shortcuts(): JSX.Element {
  const platform = useUi((state) => state.info?.platform ?? 'linux');
  const ofCommands = COMMAND_GROUPS.map(
    ([name, commands]) => [name, commands.flatMap((c): Line[] => (c.keys ? [[c.title, c.keys]] : []))] as const,
  );
  return (
    <div className="shortcuts">
      {[...ofCommands, ...PANE_KEYS].map(([name, lines]) => (
        <section key={name} aria-label={name}>
          <h3>{name}</h3>
          <dl>
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
        </section>
      ))}
    </div>
  );
}
