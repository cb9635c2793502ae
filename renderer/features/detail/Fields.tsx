import { Copy } from 'lucide-react';
import { useMemo, useState, type JSX, type MouseEvent } from 'react';
import type { EventDetail } from '../../../shared/ipc/contract.ts';
import type { Span } from '../../../shared/model/span.ts';
import { parseInstant } from '../../../shared/model/time.ts';
import { useWorkspace } from '../../state/context.ts';
import { IconButton } from '../../ui/controls.tsx';
import { count } from '../../ui/text/format.ts';
import { Highlighted } from '../../ui/text/highlight.tsx';
import { truncateMiddle } from '../../ui/text/truncate.ts';
import { EventTime } from './EventTime.tsx';

/** Characters of a field's name that are shown at most. */
const NAME_ROOM = 32;

interface Field {
  readonly field: string;
  readonly value: string;
}

/** Every field of the event. What rules matched is marked; a value's menu filters by it. */
export function Fields({ event }: { readonly event: EventDetail }): JSX.Element {
  const [wanted, setWanted] = useState('');
  const matched = useMemo(() => matchedRanges(event), [event]);
  const lower = wanted.toLowerCase();
  const fits = (f: Field): boolean =>
    lower === '' || f.field.toLowerCase().includes(lower) || f.value.toLowerCase().includes(lower);
  const data = event.data.filter(fits);
  const system = event.system.filter(fits);
  return (
    <>
      <div className="detail-filter">
        <input
          className="input"
          type="search"
          placeholder={`Filter ${count(event.data.length + event.system.length)} fields`}
          aria-label="Filter fields"
          value={wanted}
          onChange={(e) => {
            setWanted(e.target.value);
          }}
        />
      </div>
      <div className="field-groups">
        <FieldList title="Event data" fields={data} event={event} matched={matched} />
        <FieldList title="System" fields={system} event={event} matched={matched} />
        <Clocks event={event} />
      </div>
      {data.length + system.length === 0 && <p className="detail-note">No field or value contains “{wanted}”.</p>}
    </>
  );
}

/** Characters that rules matched, by field and value. */
function matchedRanges(event: EventDetail): ReadonlyMap<string, readonly Span[]> {
  const ranges = new Map<string, readonly Span[]>();
  for (const hit of event.hits) {
    for (const { field, value, ranges: found } of hit.fields) {
      const key = `${field}\0${value}`;
      ranges.set(key, [...(ranges.get(key) ?? []), ...found]);
    }
  }
  return ranges;
}

interface FieldListProps {
  readonly title: string;
  readonly fields: readonly Field[];
  readonly event: EventDetail;
  readonly matched: ReadonlyMap<string, readonly Span[]>;
}

function FieldList({ title, fields, event, matched }: FieldListProps): JSX.Element | null {
  if (fields.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="detail-group">{title}</h3>
      <dl className="fields">
        {fields.map((f, i) => (
          <FieldLine key={`${i} ${f.field}`} field={f} event={event} ranges={matched.get(`${f.field}\0${f.value}`)} />
        ))}
      </dl>
    </section>
  );
}

const NO_RANGES: readonly Span[] = [];

interface LineProps {
  readonly field: Field;
  readonly event: EventDetail;
  readonly ranges: readonly Span[] | undefined;
}

function FieldLine({ field, event, ranges }: LineProps): JSX.Element {
  const workspace = useWorkspace();
  const openMenu = (x: number, y: number): void => {
    const timeUs = event.time === '' ? null : event.timeUs;
    workspace.store.setState({ valueMenu: { x, y, ...field, event: event.event, timeUs, row: null } });
  };
  return (
    <div
      className={`field-line${ranges ? ' is-matched' : ''}`}
      tabIndex={0}
      onContextMenu={(e: MouseEvent) => {
        e.preventDefault();
        openMenu(e.clientX, e.clientY);
      }}
      onKeyDown={(e) => {
        if (e.key !== 'ContextMenu' && !(e.key === 'F10' && e.shiftKey) && e.key !== 'Enter') return;
        e.preventDefault();
        const at = e.currentTarget.getBoundingClientRect();
        openMenu(at.left + 20, at.top + 22);
      }}
    >
      <dt title={field.field}>{truncateMiddle(field.field, NAME_ROOM)}</dt>
      <dd className="mono selectable">
        <Highlighted text={field.value} ranges={ranges ?? NO_RANGES} />
        <IconButton
          icon={Copy}
          label={`Copy ${field.field}`}
          tabIndex={-1}
          onClick={() => {
            void workspace.copy(field.value);
          }}
        />
      </dd>
    </div>
  );
}

function Clocks({ event }: { readonly event: EventDetail }): JSX.Element {
  return (
    <section aria-label="Record">
      <h3 className="detail-group">Record</h3>
      <dl className="fields">
        {event.written !== null && (
          <div className="field-line">
            <dt>Written</dt>
            <dd className="mono selectable">
              <EventTime iso={event.written} us={parseInstant(event.written)?.us ?? 0} />
            </dd>
          </div>
        )}
        <div className="field-line">
          <dt>File offset</dt>
          <dd className="mono selectable">{count(event.offset)}</dd>
        </div>
      </dl>
    </section>
  );
}
