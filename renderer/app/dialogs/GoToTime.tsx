import { useState, type JSX } from 'react';
import { useWorkspace } from '../../state/context.ts';
import { useClock } from '../../state/use-clock.ts';
import { focusPane } from '../../ui/panes.ts';

/** Selects the first event at or after a time that is typed. A time alone is of the selected event's day. */
export function GoToTime({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const workspace = useWorkspace();
  const { selectedUs, view } = workspace.store.getState();
  const at = selectedUs ?? view?.firstUs ?? 0;
  const clock = useClock();
  const [text, setText] = useState(clock.time(at, selectedUs === null ? 0 : 3));
  const instant = clock.read(
    /^\d{1,2}:\d\d/.test(text.trim()) ? `${clock.time(at).slice(0, 10)} ${padHour(text)}` : text,
  );
  return (
    <form
      className="stack-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!instant) return;
        onDone();
        void workspace.goToTime(instant.us).then(() => focusPane('grid'));
      }}
    >
      <label className="field">
        <span>Time, {clock.zone} unless an offset is given</span>
        <input
          className="input mono"
          autoFocus
          spellCheck={false}
          value={text}
          aria-invalid={instant === undefined}
          onFocus={(event) => {
            event.target.select();
          }}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </label>
      <p className={instant ? 'soft' : 'tone-bad'} role="status">
        {instant
          ? `Goes to the first event at or after ${clock.time(instant.us, 3)} ${clock.offsetText(instant.us)}`
          : 'Not a time: write 2024-05-01 08:15:02 or 08:15'}
      </p>
      <div className="buttons">
        <button type="submit" className="button primary" disabled={!instant}>
          Go
        </button>
      </div>
    </form>
  );
}

function padHour(text: string): string {
  const clock = text.trim();
  return /^\d:/.test(clock) ? `0${clock}` : clock;
}
