import { z } from 'zod';

/** How a table's times are written. `pattern` stands beside it in `TimeColumns` for the last one. */
export const TIME_FORMATS = [
  /** Whatever the reader knows: ISO 8601, numbers by their size, the ways of Microsoft's, Splunk's and Kibana's tables. */
  'known',
  'epoch-s',
  'epoch-ms',
  'epoch-us',
  'epoch-ns',
  /** 100 ns since 1601. */
  'filetime',
  'pattern',
] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

const column = z.string().max(512);

/** What the columns of a table mean, as the user said. It is for tables with exactly this header. */
export const csvMapping = z.object({
  /** Names of all columns, in order. */
  header: z.array(column).min(1).max(2000),
  /** One character. */
  delimiter: z.string().length(1),
  time: z
    .object({
      /** One column, or a date's and a clock's: their texts are joined by a blank. */
      columns: z.array(column).min(1).max(2),
      format: z.enum(TIME_FORMATS),
      /** Such as `dd.MM.yyyy HH:mm:ss.SSS`; see `readTimePattern`. '' for the other formats. */
      pattern: z.string().max(100),
      /** Zone of times that name none; null takes that of the other files. */
      zone: z.string().max(64).nullable(),
    })
    .nullable(),
  /** Columns of what says which event it is; null for none. */
  computer: column.nullable(),
  channel: column.nullable(),
  provider: column.nullable(),
  eventId: column.nullable(),
  /** For all events, where no column says it; ''. */
  fixedChannel: z.string().max(256),
});
export type CsvMapping = z.infer<typeof csvMapping>;

/** Delimiters that tables are written with. */
export const DELIMITERS: readonly string[] = [',', ';', '\t', '|'];
