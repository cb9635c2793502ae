import { afterAll, describe, expect, it } from 'vitest';
import { LogFolder, readLog } from '../../testing/read-log.ts';
import type { CsvMapping } from '../../../shared/model/csv-mapping.ts';
import { columnTimeReader } from './mapped-columns.ts';
import { formatInstant } from '../../../shared/model/time.ts';

const folder = new LogFolder();
afterAll(() => {
  folder.remove();
});

const HEADER = ['day', 'clock', 'station', 'what', 'kind', 'n'];
const MAPPING: CsvMapping = {
  header: HEADER,
  delimiter: '^',
  time: { columns: ['day', 'clock'], format: 'pattern', pattern: 'd/M/yyyy HH.mm.ss', zone: 'Europe/Berlin' },
  computer: 'station',
  channel: null,
  provider: 'kind',
  eventId: 'n',
  fixedChannel: 'Door',
};
const TABLE = `${HEADER.join('^')}\n1/5/2024^10.15.02^gate^a,b^lock^7\n2/5/2024^26.00.00^^c^^x\n`;

describe('a table with a mapping', () => {
  it('is read as the user said: delimiter, time and zone, what names the event; the columns stay', async () => {
    const path = folder.write(TABLE);
    const plain = await readLog(path);
    expect(plain.report.state).toBe('skipped');
    const { report, events } = await readLog(path, 100, { tables: [{ ...MAPPING, header: ['other'] }, MAPPING] });
    expect(report).toMatchObject({ format: 'csv', state: 'read', events: 2 });
    expect(report.faults.map(({ code, message }) => [code, message])).toEqual([
      [
        'note',
        'Columns were read as you chose for this header: time from day and clock, computer from station, ' +
          'provider from kind, event id from n, channel Door',
      ],
      ['damaged-source', 'The time "2/5/2024 26.00.00" could not be read; the event has none'],
    ]);
    expect(events).toMatchObject([
      {
        head: { channel: 'Door', provider: 'lock', eventId: 7 },
        computer: 'gate',
        time: '2024-05-01T08:15:02Z',
        fields: { day: '1/5/2024', what: 'a,b', n: '7' },
      },
      { head: { channel: 'Door', provider: '', eventId: undefined }, time: '' },
    ]);
  });

  it('takes the zone of the other files where it has none of its own', async () => {
    const path = folder.write(TABLE.replaceAll('^', ';'));
    const time = { ...(MAPPING.time as NonNullable<CsvMapping['time']>), zone: null };
    const tables = [{ ...MAPPING, delimiter: ';', time }];
    const { events, report } = await readLog(path, 100, { tables, zone: '+05:30' });
    expect(events[0]?.time).toBe('2024-05-01T04:45:02Z');
    expect(report.faults).toContainEqual(
      expect.objectContaining({ message: 'Times without a zone were read as +05:30', remedy: 'zone' }),
    );
  });

  it('without a time column says that there is one to choose', async () => {
    const { report } = await readLog(folder.write('when,who\nnoon,mia\n'));
    expect(report).toMatchObject({
      events: 1,
      faults: [{ code: 'note', remedy: 'columns', message: 'No column with a time was found; such events have none' }],
    });
  });
});

it('times of each format', () => {
  const read = (format: Parameters<typeof columnTimeReader>[0]['format'], text: string): string | undefined => {
    const time = columnTimeReader({ columns: ['t'], format, pattern: '', zone: null })(text);
    return time && formatInstant(time.instant);
  };
  expect(read('epoch-s', '1714551302')).toBe('2024-05-01T08:15:02Z');
  expect(read('epoch-s', '1714551302.5')).toBe('2024-05-01T08:15:02.5Z');
  // Sizes that tell another unit by themselves.
  expect(read('epoch-ms', '1')).toBe('1970-01-01T00:00:00.001Z');
  expect(read('epoch-us', '1714551302123456')).toBe('2024-05-01T08:15:02.123456Z');
  expect(read('epoch-ns', '1714551302123456789')).toBe('2024-05-01T08:15:02.123456789Z');
  expect(read('filetime', '133590249021234567')).toBe('2024-05-01T08:15:02.1234567Z');
  expect(read('known', 'May 1, 2024 @ 08:15:02.123')).toBe('2024-05-01T08:15:02.123Z');
  expect(['epoch-s', 'filetime'].map((format) => read(format as 'filetime', 'noon'))).toEqual([undefined, undefined]);
});
