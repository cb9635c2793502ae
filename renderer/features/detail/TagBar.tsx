import { useState, type JSX } from 'react';
import type { EventDetail } from '../../../shared/ipc/contract.ts';
import { NOTE_LIMIT } from '../../../shared/model/tag.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { focusPane } from '../../ui/panes.ts';
import { TAG_LOOKS } from '../../ui/tag.tsx';

/** What the user says of the event: one of the tags, and a note. */
export function TagBar({ event }: { readonly event: EventDetail }): JSX.Element {
  const workspace = useWorkspace();
  return (
    <div className="tag-bar">
      <div className="segments" role="group" aria-label="Tag">
        {TAG_LOOKS.map(({ id, label, keys, icon: Icon }) => (
          <button
            key={id}
            type="button"
            className={`tag-choice tag-${id}`}
            aria-pressed={event.tag === id}
            title={`${event.tag === id ? 'Take the tag away' : label} (${keys})`}
            onClick={() => void workspace.tagEvent(event.event, { tag: event.tag === id ? null : id })}
          >
            <Icon size={12} strokeWidth={2} aria-hidden /> {label}
          </button>
        ))}
      </div>
      <Note key={event.event} event={event} />
    </div>
  );
}

/** The note is kept when it is left, also by going to another event. Enter and Esc go back to the events; Esc keeps nothing. */
function Note({ event }: { readonly event: EventDetail }): JSX.Element {
  const workspace = useWorkspace();
  const [typed, setTyped] = useState<string | null>(null);
  const isSelected = useUi((state) => state.selected === event.event);
  return (
    <textarea
      className="input note-input"
      rows={1}
      placeholder="Add a note (N)"
      aria-label="Note"
      maxLength={NOTE_LIMIT}
      // Of the event before, it waits for no words: the selected one is on its way.
      data-pane-focus={isSelected ? 'note' : undefined}
      value={typed ?? event.note}
      onChange={(e) => {
        setTyped(e.target.value);
      }}
      onBlur={() => {
        if (typed !== null && typed.trim() !== event.note) {
          void workspace.tagEvent(event.event, { note: typed.trim() });
        } else setTyped(null);
      }}
      onKeyDown={(e) => {
        if (e.key === 'Escape') setTyped(null);
        else if (e.key !== 'Enter' || e.shiftKey) return;
        e.preventDefault();
        e.stopPropagation();
        // After the field has its old text again.
        requestAnimationFrame(() => focusPane('grid'));
      }}
    />
  );
}
