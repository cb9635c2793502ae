import { InvalidArgumentError, Option } from 'commander';
import type { OpenOptions } from '../../shared/model/open-options.ts';
import { readZone } from '../../shared/model/zone.ts';

/** As commander gives them. */
export interface ReadingOptions {
  readonly recover?: true;
  readonly zone?: string;
}

/** The options of how logs are read, for every command that reads some. */
export function recoverOption(): Option {
  return new Option('--recover', 'also recover records from slack space and damaged chunks');
}

export function zoneOption(): Option {
  return new Option('--zone <zone>', 'of times that are written without one: UTC, +02:00 or Europe/Berlin')
    .default('UTC')
    .argParser(zoneOf);
}

/** What the options say. */
export function readingOf({ recover, zone = 'UTC' }: ReadingOptions): OpenOptions {
  return { recover: recover === true, zone };
}

function zoneOf(text: string): string {
  const zone = readZone(text);
  if (zone === undefined) throw new InvalidArgumentError('It is no zone.');
  return zone;
}
