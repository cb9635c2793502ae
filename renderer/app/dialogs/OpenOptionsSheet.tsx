import { Check } from 'lucide-react';
import { useState, type JSX } from 'react';
import { readZone } from '../../../shared/model/zone.ts';
import { timeRangeOf, type OpenOptions } from '../../../shared/model/open-options.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { openingNames, type Opening } from '../../state/opening.ts';
import { useClock } from '../../state/use-clock.ts';
import type { ShownClock } from '../../ui/text/clock.ts';
import { count, counted, shortChannel } from '../../ui/text/format.ts';
import { truncateMiddle } from '../../ui/text/truncate.ts';
import { ZoneInput } from '../../ui/ZoneInput.tsx';

/** Channels that are most asked for, offered where the case knows none yet. */
const USUAL_CHANNELS = [
  'Security',
  'System',
  'Microsoft-Windows-Sysmon/Operational',
  'Microsoft-Windows-PowerShell/Operational',
  'Microsoft-Windows-TaskScheduler/Operational',
];
const CHANNELS_OFFERED = 8;
/** Names that are listed of what will be opened. */
const NAMES_SHOWN = 3;

interface Form {
  readonly recover: boolean;
  readonly zone: string;
  readonly from: string;
  readonly to: string;
  readonly channels: readonly string[];
}

/** How the chosen files are to be read, before they are. Recovery and the zone are kept for the next time. */
export function OpenOptionsSheet({ onDone }: { readonly onDone: () => void }): JSX.Element | null {
  const workspace = useWorkspace();
  const opening = useUi((state) => state.opening);
  const kept = useUi((state) => state.reading);
  const clock = useClock();
  const [form, setForm] = useState<Form>({ ...kept, from: '', to: '', channels: [] });
  if (!opening) return null;
  const { options, problem } = optionsOf(form, clock);
  return (
    <form
      className="stack-form open-options"
      onSubmit={(event) => {
        event.preventDefault();
        if (!options) return;
        onDone();
        void workspace.case.openWith(opening, options);
      }}
    >
      <p className="soft names" title={openingNames(opening).join('\n')}>
        {whatOpens(opening)}
      </p>
      <label className="choice">
        <input
          type="checkbox"
          autoFocus
          checked={form.recover}
          onChange={(event) => {
            setForm({ ...form, recover: event.target.checked });
          }}
        />
        <span>
          Recover records from slack space and damaged chunks
          <small className="soft">EVTX only. Recovered events are marked R in lists, details and exports.</small>
        </span>
      </label>
      <ZoneInput
        label="Zone of times that name none"
        value={form.zone}
        onChange={(zone) => {
          setForm({ ...form, zone });
        }}
      />
      <TimeRange form={form} onChange={setForm} clock={clock} />
      <Channels
        chosen={form.channels}
        onChange={(channels) => {
          setForm({ ...form, channels });
        }}
      />
      <p className={problem === undefined ? 'soft' : 'tone-bad'} role="status">
        {problem ?? 'Recovery and zone stay chosen for the next logs; time and channels are for these only.'}
      </p>
      <div className="buttons">
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={!options}>
          {opening.kind === 'again' ? 'Read' : 'Open'}
        </button>
      </div>
    </form>
  );
}

function whatOpens(opening: Opening): string {
  const names = openingNames(opening);
  const shown = names.slice(0, NAMES_SHOWN).map((name) => truncateMiddle(name, 48));
  const rest = names.length > shown.length ? ` and ${count(names.length - shown.length)} more` : '';
  if (opening.kind === 'new') return `${shown.join(', ')}${rest}`;
  const of = names.length === 1 ? 'it' : 'them';
  const replaced = opening.events > 0 ? `: ${counted(opening.events, 'event')} of ${of} will be replaced` : '';
  return `${shown.join(', ')}${rest}${replaced}`;
}

interface RangeProps {
  readonly form: Form;
  readonly onChange: (form: Form) => void;
  readonly clock: ShownClock;
}

function TimeRange({ form, onChange, clock }: RangeProps): JSX.Element {
  const input = (key: 'from' | 'to', label: string): JSX.Element => (
    <label className="field">
      <span>{label}</span>
      <input
        className="input mono"
        spellCheck={false}
        placeholder={key === 'from' ? '2024-05-01 08:00' : '2024-05-02'}
        value={form[key]}
        aria-invalid={form[key] !== '' && !clock.read(form[key])}
        onChange={(event) => {
          onChange({ ...form, [key]: event.target.value });
        }}
      />
    </label>
  );
  return (
    <div className="pair">
      {input('from', `Only events from (${clock.zone})`)}
      {input('to', 'Until, not including')}
    </div>
  );
}

interface ChannelsProps {
  readonly chosen: readonly string[];
  readonly onChange: (channels: readonly string[]) => void;
}

/** Chosen channels; those of the open case are offered, and any other can be typed. */
function Channels({ chosen, onChange }: ChannelsProps): JSX.Element {
  const known = useUi((state) => state.summary?.channels);
  const [typed, setTyped] = useState('');
  const fromCase = (known ?? []).map(({ name }) => name).filter((name) => name !== '');
  const offered = (fromCase.length > 0 ? fromCase : USUAL_CHANNELS).slice(0, CHANNELS_OFFERED);
  const all = [...offered, ...chosen.filter((name) => !offered.includes(name))];
  const toggle = (name: string): void => {
    onChange(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name]);
  };
  const add = (): void => {
    const name = typed.trim();
    if (name !== '' && !chosen.includes(name)) onChange([...chosen, name]);
    setTyped('');
  };
  return (
    <fieldset className="field channel-choice">
      <legend>
        {chosen.length === 0 ? 'Channels: all' : `Channels: ${chosen.length} chosen, others are left out`}
      </legend>
      <div className="toggles">
        {all.map((name) => (
          <button
            key={name}
            type="button"
            className="button"
            aria-pressed={chosen.includes(name)}
            title={name}
            onClick={() => {
              toggle(name);
            }}
          >
            {chosen.includes(name) && <Check size={13} aria-hidden />}
            {shortChannel(name)}
          </button>
        ))}
      </div>
      <input
        className="input mono"
        aria-label="Another channel"
        placeholder="Another channel by its full name, then Enter"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
        onBlur={add}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || typed.trim() === '') return;
          event.preventDefault();
          add();
        }}
      />
    </fieldset>
  );
}

/** What the form says, or why it says nothing that could be done. */
function optionsOf(form: Form, clock: ShownClock): { options?: OpenOptions; problem?: string } {
  const zone = readZone(form.zone);
  if (zone === undefined) return { problem: `“${form.zone}” is no zone: write UTC, +02:00 or Europe/Berlin` };
  const from = form.from === '' ? undefined : clock.read(form.from);
  const to = form.to === '' ? undefined : clock.read(form.to);
  if ((form.from !== '' && !from) || (form.to !== '' && !to)) return { problem: 'Not a time: write 2024-05-01 08:15' };
  if (from && to && to.us <= from.us) return { problem: 'The range ends before it begins' };
  const options: OpenOptions = { recover: form.recover, zone };
  const timeRange = timeRangeOf(from, to);
  if (timeRange) options.timeRange = timeRange;
  if (form.channels.length > 0) options.channels = [...form.channels];
  return { options };
}
