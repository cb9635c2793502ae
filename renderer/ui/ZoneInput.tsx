import { useId, type JSX } from 'react';
import { readZone } from '../../shared/model/zone.ts';

/** Offered first: what is asked for most. */
const FIRST = ['UTC', Intl.DateTimeFormat().resolvedOptions().timeZone];

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (zone: string) => void;
  /** Whether no zone is a choice too. */
  readonly mayBeEmpty?: boolean;
}

/** A zone by its name or as an offset. */
export function ZoneInput({ label, value, onChange, mayBeEmpty = false }: Props): JSX.Element {
  const list = useId();
  const names = new Set([...FIRST, ...Intl.supportedValuesOf('timeZone')]);
  return (
    <label className="field">
      <span>{label}</span>
      <input
        className="input mono"
        list={list}
        spellCheck={false}
        placeholder="UTC, +02:00 or Europe/Berlin"
        value={value}
        aria-invalid={readZone(value) === undefined && !(mayBeEmpty && value === '')}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
      <datalist id={list}>
        {[...names].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </label>
  );
}
