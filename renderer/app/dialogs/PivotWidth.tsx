import { useState, type JSX } from 'react';
import { useUi, useWorkspace } from '../../state/context.ts';

/** Sets how far a pivot looks before and after its event, and does it where an event is selected. */
export function PivotWidth({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const workspace = useWorkspace();
  const selectedUs = useUi((state) => state.selectedUs);
  const [text, setText] = useState(String(workspace.store.getState().pivotMinutes));
  const minutes = Number(text);
  const isGood = text.trim() !== '' && minutes > 0 && minutes <= 525_600;
  return (
    <form
      className="stack-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isGood) return;
        if (selectedUs !== null) workspace.pivot(selectedUs, minutes);
        else workspace.store.setState({ pivotMinutes: minutes });
        onDone();
      }}
    >
      <label className="field">
        <span>Minutes before and after</span>
        <input
          className="input"
          inputMode="decimal"
          autoFocus
          value={text}
          aria-invalid={!isGood}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </label>
      {!isGood && <p className="tone-bad">Write a number of minutes above 0, at most a year</p>}
      <div className="buttons">
        <button type="submit" className="button primary" disabled={!isGood}>
          {selectedUs === null ? 'Set' : 'Show'}
        </button>
      </div>
    </form>
  );
}
