import { useEffect, useState, type JSX } from 'react';
import type { CallOutput, SourceLine } from '../../../shared/ipc/contract.ts';
import { DELIMITERS, TIME_FORMATS, type CsvMapping, type TimeFormat } from '../../../shared/model/csv-mapping.ts';
import { readTimePattern } from '../../../shared/model/time-pattern.ts';
import { readZone } from '../../../shared/model/zone.ts';
import { useUi, useWorkspace } from '../../state/context.ts';
import { useLive } from '../../state/use-live.ts';
import { count, counted } from '../../ui/text/format.ts';
import { MiddleText } from '../../ui/text/MiddleText.tsx';
import { ZoneInput } from '../../ui/ZoneInput.tsx';
import { TablePreview } from './TablePreview.tsx';

type Look = CallOutput<'tables.look'>;
type Time = NonNullable<CsvMapping['time']>;

const FORMAT_WORDS: Readonly<Record<TimeFormat, string>> = {
  known: 'Usual ways: ISO 8601, 5/1/2024 8:15 AM, numbers by size',
  'epoch-s': 'Seconds since 1970',
  'epoch-ms': 'Milliseconds since 1970',
  'epoch-us': 'Microseconds since 1970',
  'epoch-ns': 'Nanoseconds since 1970',
  filetime: 'FILETIME: 100 ns since 1601',
  pattern: 'A pattern',
};
const FIRST_PATTERN = 'dd.MM.yyyy HH:mm:ss';
const DELIMITER_WORDS: Readonly<Record<string, string>> = { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab', '|': 'Bar' };

/** What the columns of a table mean: chosen over its first rows, kept for every table with this header. */
export function TableColumns({ onDone }: { readonly onDone: () => void }): JSX.Element | null {
  const source = useUi((state) => state.table);
  if (!source) return null;
  return <Columns source={source} onDone={onDone} />;
}

function Columns({ source, onDone }: { readonly source: SourceLine; readonly onDone: () => void }): JSX.Element {
  const workspace = useWorkspace();
  const [look, setLook] = useState<Look | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [others, setOthers] = useState(true);
  const waiting = useOthers(source);
  const ask = async (mapping: CsvMapping | null, delimiter: string | null): Promise<void> => {
    // What was chosen shows at once; its times follow.
    if (mapping && look) setLook({ ...look, mapping });
    const result = await workspace.api.call('tables.look', { source: source.source, mapping, delimiter });
    setFault(result.ok ? null : result.fault.message);
    if (result.ok) setLook(result.value);
  };
  useEffect(() => {
    void ask(null, null);
    // Only when the dialog opens on another file.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [source.source]);
  if (fault !== null) return <p className="tone-bad">This file cannot be looked at: {fault}</p>;
  if (!look) return <p className="soft">Reading the first rows…</p>;
  const { mapping } = look;
  const problem = problemOf(mapping);
  const read = [source.source, ...(others ? waiting : [])];
  const finish = async (kept: CsvMapping | null): Promise<void> => {
    onDone();
    await workspace.case.keepTable(mapping.header, kept, read);
  };
  return (
    <form
      className="stack-form table-columns"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === undefined) void finish(mapping);
      }}
    >
      <p className="soft mono names">
        <MiddleText text={source.name} />
      </p>
      <MappingFields
        mapping={mapping}
        onChange={(next) => void ask(next, null)}
        onDelimiter={(d) => void ask(null, d)}
      />
      <TablePreview look={look} />
      {waiting.length > 0 && (
        <label className="choice">
          <input
            type="checkbox"
            checked={others}
            onChange={(event) => {
              setOthers(event.target.checked);
            }}
          />
          <span>Also read the {counted(waiting.length, 'other file')} without known columns again</span>
        </label>
      )}
      <p className={problem === undefined ? 'soft' : 'tone-bad'} role="status">
        {problem ??
          `Kept for every table with these ${count(mapping.header.length)} columns. All columns stay fields of the events.`}
      </p>
      <div className="buttons">
        {look.isKept && (
          <button type="button" className="button" onClick={() => void finish(null)}>
            Forget
          </button>
        )}
        <span className="spacer" />
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={problem !== undefined}>
          Read with these columns
        </button>
      </div>
    </form>
  );
}

/** Other files of the case that wait for their columns to be said. */
function useOthers(source: SourceLine): readonly number[] {
  const { value: sources } = useLive('sources.list', {});
  return (sources ?? [])
    .filter((other) => other.source !== source.source && other.faults.some(({ remedy }) => remedy === 'columns'))
    .map((other) => other.source);
}

function problemOf({ time }: CsvMapping): string | undefined {
  if (!time) return undefined;
  if (time.format === 'pattern' && !readTimePattern(time.pattern)) {
    return 'The pattern needs a year, a month and a day, each once: yyyy, MM, dd';
  }
  if (time.zone !== null && readZone(time.zone) === undefined) return `“${time.zone}” is no zone`;
  return undefined;
}

interface FieldsProps {
  readonly mapping: CsvMapping;
  readonly onChange: (mapping: CsvMapping) => void;
  readonly onDelimiter: (delimiter: string) => void;
}

function MappingFields({ mapping, onChange, onDelimiter }: FieldsProps): JSX.Element {
  const { header, time } = mapping;
  const column = (key: 'computer' | 'channel' | 'provider' | 'eventId', label: string): JSX.Element => (
    <Choice
      label={label}
      header={header}
      value={mapping[key]}
      onChange={(name) => onChange({ ...mapping, [key]: name })}
    />
  );
  return (
    <div className="mapping-fields">
      <label className="field">
        <span>Delimiter</span>
        <select
          aria-label="Delimiter"
          className="input"
          value={mapping.delimiter}
          onChange={(event) => onDelimiter(event.target.value)}
        >
          {[...new Set([...DELIMITERS, mapping.delimiter])].map((delimiter) => (
            <option key={delimiter} value={delimiter}>
              {DELIMITER_WORDS[delimiter] ?? delimiter}
            </option>
          ))}
        </select>
      </label>
      <TimeFields header={header} time={time} onChange={(next) => onChange({ ...mapping, time: next })} />
      {column('computer', 'Computer')}
      {column('channel', 'Channel')}
      {mapping.channel === null && (
        <label className="field">
          <span>Channel of all rows</span>
          <input
            className="input mono"
            placeholder="Such as Security"
            spellCheck={false}
            value={mapping.fixedChannel}
            onChange={(event) => onChange({ ...mapping, fixedChannel: event.target.value })}
          />
        </label>
      )}
      {column('provider', 'Provider')}
      {column('eventId', 'Event id')}
    </div>
  );
}

interface TimeProps {
  readonly header: readonly string[];
  readonly time: Time | null;
  readonly onChange: (time: Time | null) => void;
}

function TimeFields({ header, time, onChange }: TimeProps): JSX.Element {
  const set = (part: Partial<Time>): void => {
    if (time) onChange({ ...time, ...part });
  };
  const [first = null, second = null] = time?.columns ?? [];
  return (
    <>
      <Choice
        label="Time"
        header={header}
        value={first}
        onChange={(name) => {
          const rest = second === null ? [] : [second];
          const plain: Time = { columns: [], format: 'known', pattern: '', zone: null };
          onChange(name === null ? null : { ...(time ?? plain), columns: [name, ...rest] });
        }}
      />
      {time && (
        <>
          <Choice
            label="Clock, where apart"
            header={header}
            value={second}
            onChange={(name) => {
              set({ columns: [first ?? '', ...(name === null ? [] : [name])] });
            }}
          />
          <label className="field">
            <span>Written as</span>
            <select
              aria-label="Written as"
              className="input"
              value={time.format}
              onChange={(event) => {
                const format = event.target.value as TimeFormat;
                set({ format, pattern: format === 'pattern' ? time.pattern || FIRST_PATTERN : '' });
              }}
            >
              {TIME_FORMATS.map((format) => (
                <option key={format} value={format}>
                  {FORMAT_WORDS[format]}
                </option>
              ))}
            </select>
          </label>
          {time.format === 'pattern' && (
            <label className="field">
              <span title="yyyy MM MMM dd HH hh mm ss SSS a XXX">Pattern</span>
              <input
                className="input mono"
                spellCheck={false}
                value={time.pattern}
                onChange={(event) => {
                  set({ pattern: event.target.value });
                }}
              />
            </label>
          )}
          <ZoneInput
            label="Zone (empty: as other files)"
            value={time.zone ?? ''}
            mayBeEmpty
            onChange={(zone) => {
              set({ zone: zone === '' ? null : zone });
            }}
          />
        </>
      )}
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly header: readonly string[];
  readonly value: string | null;
  readonly onChange: (column: string | null) => void;
}

/** A column, or none. */
function Choice({ label, header, value, onChange }: ChoiceProps): JSX.Element {
  return (
    <label className="field">
      <span>{label}</span>
      <select
        className="input mono"
        aria-label={label}
        value={value === null ? -1 : header.indexOf(value)}
        onChange={(event) => {
          onChange(header[Number(event.target.value)] ?? null);
        }}
      >
        <option value={-1}>none</option>
        {header.map((name, i) => (
          <option key={i} value={i}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
