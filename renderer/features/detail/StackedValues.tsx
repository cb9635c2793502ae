import { useVirtualizer } from '@tanstack/react-virtual';
import { X } from 'lucide-react';
import { useRef, useState, type JSX } from 'react';
import { useUi, useWorkspace } from '../../state/context.ts';
import { useLive } from '../../state/use-live.ts';
import { IconButton, Segments } from '../../ui/controls.tsx';
import { count, counted } from '../../ui/text/format.ts';
import { MiddleText } from '../../ui/text/MiddleText.tsx';

const LIMIT = 1000;
const ROW = 24;

interface Props {
  readonly field: string;
  readonly rarestFirst: boolean;
}

/** The distinct values of a field over the view, with events and hosts; a click filters. */
export function StackedValues({ field, rarestFirst }: Props): JSX.Element {
  const { store } = useWorkspace();
  const view = useUi((state) => state.view?.view ?? null);
  const { value: found, fault } = useLive(
    'view.values',
    view === null ? null : { view, field, limit: LIMIT, rarestFirst },
  );
  const [wanted, setWanted] = useState('');
  const shown = (found?.values ?? []).filter((v) => v.value.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <div className="stack">
      <div className="stack-head">
        <b className="nowrap" title={field}>
          {field}
        </b>
        <span className="spacer" />
        <Segments
          label="Order"
          value={rarestFirst ? 'rare' : 'common'}
          choices={[
            { id: 'rare', label: 'Rarest' },
            { id: 'common', label: 'Commonest' },
          ]}
          onChange={(order) => {
            store.setState({ stack: { field, rarestFirst: order === 'rare' } });
          }}
        />
        <IconButton
          icon={X}
          label="Close values"
          onClick={() => {
            store.setState({ stack: null, sideTab: 'fields' });
          }}
        />
      </div>
      <div className="detail-filter">
        <input
          className="input"
          type="search"
          aria-label="Filter values"
          placeholder={found ? `Filter ${counted(found.distinct, 'value')}` : 'Filter values'}
          value={wanted}
          onChange={(e) => {
            setWanted(e.target.value);
          }}
        />
      </div>
      {fault && <p className="detail-note">The values could not be counted: {fault.message}</p>}
      {found && <ValueList field={field} values={shown} absent={found.absent} most={found.values} />}
      {found && found.distinct > found.values.length && (
        <p className="detail-note">
          {rarestFirst ? 'The rarest' : 'The commonest'} {count(found.values.length)} of {count(found.distinct)} values
        </p>
      )}
    </div>
  );
}

interface ListProps {
  readonly field: string;
  readonly values: readonly { readonly value: string; readonly events: number; readonly hosts: number }[];
  readonly absent: number;
  readonly most: readonly { readonly events: number }[];
}

function ValueList({ field, values, absent, most }: ListProps): JSX.Element {
  const workspace = useWorkspace();
  const box = useRef<HTMLDivElement | null>(null);
  const largest = most.reduce((max, v) => Math.max(max, v.events), 1);
  const virtual = useVirtualizer({
    count: values.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  return (
    <>
      <div className="stack-row stack-names" aria-hidden>
        <span>Value</span>
        <span className="number">Events</span>
        <span className="number">Hosts</span>
      </div>
      <div ref={box} className="stack-list" role="group" aria-label={`Values of ${field}`}>
        {absent > 0 && (
          <button
            type="button"
            className="stack-row"
            onClick={() => {
              workspace.filterValue(field, null, false);
            }}
          >
            <span className="faint">absent</span>
            <span className="number">{count(absent)}</span>
            <span />
          </button>
        )}
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const entry = values[item.index];
            if (!entry) return null;
            return (
              <button
                key={item.key}
                type="button"
                className="stack-row"
                style={{ position: 'absolute', top: item.start, left: 0, right: 0 }}
                title={`${entry.value}\nClick: filter in. Shift and click: filter out.`}
                onClick={(event) => {
                  workspace.filterValue(field, entry.value, event.shiftKey);
                }}
                onContextMenu={(event) => {
                  event.preventDefault();
                  const at = { x: event.clientX, y: event.clientY, event: -1, timeUs: null, row: null };
                  workspace.store.setState({ valueMenu: { ...at, field, value: entry.value } });
                }}
              >
                <span className="bar" style={{ width: `${(entry.events / largest) * 100}%` }} aria-hidden />
                <span className="mono stack-value">
                  {entry.value === '' ? '(empty)' : <MiddleText text={entry.value} />}
                </span>
                <span className="number">{count(entry.events)}</span>
                <span className="number soft">{count(entry.hosts)}</span>
              </button>
            );
          })}
        </div>
      </div>
    </>
  );
}
