import { useState, type JSX } from 'react';
import { useWorkspace } from '../../state/context.ts';
import { useLive } from '../../state/use-live.ts';
import type { ShownFault } from '../../state/ui-state.ts';
import { counted } from '../../ui/text/format.ts';

const EXAMPLE = 'Administrators: [adm_*, root]\nDomainControllers:\n  - dc01\n  - dc02\n';

/** The user's lists for placeholders such as %Administrators%, as one YAML text, and which of them rules wait for. */
export function PlaceholderLists({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const workspace = useWorkspace();
  const [text, setText] = useState(workspace.store.getState().placeholders);
  const [fault, setFault] = useState<ShownFault | null>(null);
  const { value: rules } = useLive('rules.list', {});
  const waiting = (rules ?? []).filter(({ notRun }) => notRun.some(({ code }) => code === 'unsupported-placeholder'));
  const names = new Set(
    waiting.flatMap(({ notRun }) =>
      notRun.flatMap(({ message }) => [...message.matchAll(/%([^%\s]+)%/g)].map(([name]) => name)),
    ),
  );
  return (
    <form
      className="stack-form"
      onSubmit={(event) => {
        event.preventDefault();
        void workspace.setPlaceholders(text).then((wrong) => {
          if (wrong) setFault(wrong);
          else onDone();
        });
      }}
    >
      <p className="soft">
        A value under the modifier <code>expand</code> may hold a placeholder, <code>%name%</code>. It stands for any
        value of your list of that name; values may hold wildcards.
      </p>
      <label className="field">
        <span>Lists, as YAML: a name and its values</span>
        <textarea
          className="input mono placeholder-lists"
          autoFocus
          spellCheck={false}
          rows={10}
          placeholder={EXAMPLE}
          value={text}
          aria-invalid={fault !== null}
          onChange={(event) => {
            setText(event.target.value);
            setFault(null);
          }}
        />
      </label>
      <p className={fault ? 'tone-bad' : 'soft'} role="status">
        {fault
          ? fault.message.replace(/^Placeholders:/, 'Line ')
          : waiting.length > 0
            ? `${counted(waiting.length, 'rule')} cannot run for want of a list: ${[...names].join(', ')}`
            : 'No loaded rule waits for a list.'}
      </p>
      <div className="buttons">
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="button primary">
          Use these lists
        </button>
      </div>
    </form>
  );
}
