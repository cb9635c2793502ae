import { InvalidArgumentError, Option, type Command } from 'commander';
import { timeRangeOf, type OpenOptions } from '../../shared/model/open-options.ts';
import { formatInstant, parseInstant } from '../../shared/model/time.ts';
import { readZone, ZoneClock } from '../../shared/model/zone.ts';
import { printable } from './text.ts';

/** As commander gives them. */
export interface ReadingOptions {
  readonly recover?: true;
  readonly zone?: string;
  readonly from?: string;
  readonly to?: string;
  readonly channels?: readonly string[];
}

/** Adds the options of how logs are read, the same for every command that reads some. */
export function addReadingOptions(command: Command): Command {
  const time = 'a date or time, ISO 8601; in --zone where it names no zone itself';
  return command
    .addOption(new Option('--recover', 'also recover records from slack space and damaged chunks'))
    .addOption(
      new Option('--zone <zone>', 'of times that are written without one: UTC, +02:00 or Europe/Berlin')
        .default('UTC')
        .argParser(zoneOf),
    )
    .addOption(new Option('--from <time>', `only events from then on: ${time}`).argParser(timeOf))
    .addOption(new Option('--to <time>', 'only events before then, in the same form').argParser(timeOf))
    .option('--channels <names...>', 'only events of these channels, by their full names, in any case of letters')
    .hook('preAction', (_, called) => {
      const { timeRange } = readingOf(called.opts<ReadingOptions>());
      if (timeRange && timeRange.to <= timeRange.from) {
        called.error("error: the time of '--to' is not after that of '--from'");
      }
    });
}

/** What the options say. */
export function readingOf({ recover, zone = 'UTC', from, to, channels }: ReadingOptions): OpenOptions {
  const clock = new ZoneClock(zone);
  const timeRange = timeRangeOf(from === undefined ? from : clock.read(from), to === undefined ? to : clock.read(to));
  return {
    recover: recover === true,
    zone,
    ...(timeRange ? { timeRange } : {}),
    ...(channels ? { channels: [...channels] } : {}),
  };
}

/** Why events are left out, in words; undefined where none are. */
export function choiceText({ timeRange, channels }: OpenOptions): string | undefined {
  const parts: string[] = [];
  if (timeRange) {
    const { from, to } = timeRange;
    if (from > Number.MIN_SAFE_INTEGER) parts.push(`before ${timeText(from)}`);
    if (to < Number.MAX_SAFE_INTEGER) parts.push(`not before ${timeText(to)}`);
  }
  if (channels) parts.push(`not of ${channels.map(printable).join(', ')}`);
  return parts.length === 0 ? undefined : parts.join(', or ');
}

function timeText(us: number): string {
  return formatInstant({ us, ns: 0, digits: us % 1_000_000 === 0 ? 0 : 6 });
}

function zoneOf(text: string): string {
  const zone = readZone(text);
  if (zone === undefined) throw new InvalidArgumentError('It is no zone.');
  return zone;
}

function timeOf(text: string): string {
  if (!parseInstant(text)) {
    throw new InvalidArgumentError('It is no time: write 2024-05-01, 2024-05-01T08:15 or 2024-05-01T08:15:00+02:00.');
  }
  return text;
}
