import { ZoneClock } from '../../../shared/model/zone.ts';
import { readTimePattern, type PatternTime } from '../../../shared/model/time-pattern.ts';
import type { CsvMapping } from '../../../shared/model/csv-mapping.ts';
import type { Instant } from '../../../shared/model/time.ts';
import { isZoneless, readEpoch, readFiletime, readTime } from '../events/event-time.ts';
import { smallInteger, type LogEvent } from '../events/log-event.ts';

type TimeColumns = NonNullable<CsvMapping['time']>;
export type ReadColumnTime = (text: string) => PatternTime | undefined;

/** The reader of a table's times. A pattern that is none reads nothing. */
export function columnTimeReader({ format, pattern, zone }: TimeColumns): ReadColumnTime {
  const read = plainReader(format, pattern);
  if (zone === null) return read;
  const clock = new ZoneClock(zone);
  return (text) => {
    const time = read(text);
    if (!time?.isZoneless) return time;
    return { instant: { ...time.instant, us: clock.toUtc(time.instant.us) }, isZoneless: false };
  };
}

function plainReader(format: TimeColumns['format'], pattern: string): ReadColumnTime {
  const counted = (read: (text: string) => Instant | undefined): ReadColumnTime => {
    return (text) => {
      const instant = read(text);
      return instant && { instant, isZoneless: false };
    };
  };
  switch (format) {
    case 'known':
      return (text) => {
        const instant = readTime(text.trim());
        return instant && { instant, isZoneless: isZoneless(text.trim()) };
      };
    case 'epoch-s':
      return counted((text) => readEpoch(text, 0));
    case 'epoch-ms':
      return counted((text) => readEpoch(text, 3));
    case 'epoch-us':
      return counted((text) => readEpoch(text, 6));
    case 'epoch-ns':
      return counted((text) => readEpoch(text, 9));
    case 'filetime':
      return counted(readFiletime);
    case 'pattern':
      return readTimePattern(pattern) ?? (() => undefined);
  }
}

/** Fills an event's head from the columns that the user said. All columns stay data under their own names. */
export class MappedColumns {
  readonly #readTime: ReadColumnTime | undefined;
  readonly #time: readonly number[];
  readonly #computer: number;
  readonly #channel: number;
  readonly #provider: number;
  readonly #eventId: number;

  constructor(private readonly mapping: CsvMapping) {
    const at = (column: string | null): number => (column === null ? -1 : mapping.header.indexOf(column));
    const { time } = mapping;
    this.#time = time ? time.columns.map(at) : [];
    this.#readTime = time ? columnTimeReader(time) : undefined;
    this.#computer = at(mapping.computer);
    this.#channel = at(mapping.channel);
    this.#provider = at(mapping.provider);
    this.#eventId = at(mapping.eventId);
  }

  /** For the ledger: what was read as what. */
  get note(): string {
    const { time, computer, channel, provider, eventId, fixedChannel } = this.mapping;
    const named = [
      ['time', time?.columns.join(' and ') ?? null],
      ['computer', computer],
      ['channel', channel],
      ['provider', provider],
      ['event id', eventId],
    ].flatMap(([role, column]) => (column === null ? [] : [`${role} from ${column}`]));
    if (channel === null && fixedChannel !== '') named.push(`channel ${fixedChannel}`);
    return `Columns were read as you chose for this header: ${named.join(', ') || 'as plain fields'}`;
  }

  /** @param event as read without the mapping. */
  apply(fields: readonly string[], event: LogEvent): void {
    const { fixedChannel } = this.mapping;
    if (this.#readTime) this.#applyTime(fields, event, this.#readTime);
    event.computer = cell(fields, this.#computer) ?? event.computer;
    event.channel = cell(fields, this.#channel) ?? (fixedChannel || event.channel);
    event.provider = cell(fields, this.#provider) ?? event.provider;
    event.eventId = smallInteger(cell(fields, this.#eventId)) ?? event.eventId;
  }

  #applyTime(fields: readonly string[], event: LogEvent, read: ReadColumnTime): void {
    const text = this.#time.flatMap((column) => cell(fields, column) ?? []).join(' ');
    const time = text === '' ? undefined : read(text);
    event.time = time?.instant;
    event.isZoneless = time?.isZoneless ?? false;
    event.badTime = time || text === '' ? undefined : text;
  }
}

function cell(fields: readonly string[], column: number): string | undefined {
  const value = fields[column]?.trim();
  return value === '' ? undefined : value;
}
