import { Copy } from 'lucide-react';
import { useMemo, useState, type JSX, type MouseEvent } from 'react';
import type { CallOutput, EventDetail } from '../../../shared/ipc/contract.ts';
import { useWorkspace } from '../../state/context.ts';
import { useMessageStamp } from '../../state/messages.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { IconButton } from '../../ui/controls.tsx';
import { visibleText } from '../../ui/text/visible.ts';

type EventMessage = NonNullable<CallOutput<'event.message'>['message']>;

/** Lines shown of a longer message before the user asks for all of it. */
const LINES = 8;
/** Characters that are taken for as many lines. */
const CHARACTERS = 480;

/** The event's text, where message data for it was imported. A click on a value opens its menu. */
export function Message({ event }: { readonly event: EventDetail }): JSX.Element | null {
  const { value, isStale } = useAnswer('event.message', { event: event.event }, useMessageStamp());
  // The message of the event before would say something wrong.
  if (isStale || !value?.message) return null;
  return <MessageText key={event.event} message={value.message} event={event} />;
}

interface Props {
  readonly message: EventMessage;
  readonly event: EventDetail;
}

function MessageText({ message, event }: Props): JSX.Element {
  const workspace = useWorkspace();
  const [isWhole, setWhole] = useState(false);
  const text = useMemo(() => message.parts.map((part) => part.text).join(''), [message]);
  const isLong = text.length > CHARACTERS || text.split('\n').length > LINES;
  const openMenu = (e: MouseEvent, field: string, value: string | null): void => {
    e.preventDefault();
    const timeUs = event.time === '' ? null : event.timeUs;
    workspace.store.setState({
      valueMenu: { x: e.clientX, y: e.clientY, field, value, event: event.event, timeUs, row: null },
    });
  };
  const language = message.language === '' ? '' : ` · ${message.language}`;
  return (
    <section aria-label="Message" className="message">
      <div className="message-head">
        <h3 className="detail-group">Message</h3>
        <span className="soft nowrap message-from" title={`From ${message.from}${language}`}>
          {message.from}
          {language}
        </span>
        <span className="spacer" />
        <IconButton
          icon={Copy}
          label="Copy message"
          onClick={() => {
            void workspace.copy(text);
          }}
        />
      </div>
      {message.title !== '' && <p className="message-title">{message.title}</p>}
      <p className={`message-text selectable${isLong && !isWhole ? ' is-short' : ''}`}>
        {message.parts.map((part, i) => {
          const { field } = part;
          if (field === null) return visibleText(part.text);
          return (
            <span
              key={i}
              className="message-value"
              title={field}
              onClick={(e) => {
                // Selecting text ends with a click too.
                if (window.getSelection()?.isCollapsed !== false) openMenu(e, field, part.value);
              }}
              onContextMenu={(e) => {
                openMenu(e, field, part.value);
              }}
            >
              {visibleText(part.text)}
            </span>
          );
        })}
        {message.isCut && ' …'}
      </p>
      {isLong && (
        <button
          type="button"
          className="link message-more"
          aria-expanded={isWhole}
          onClick={() => {
            setWhole(!isWhole);
          }}
        >
          {isWhole ? 'Show less' : 'Show all of it'}
        </button>
      )}
    </section>
  );
}
