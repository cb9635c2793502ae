import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { encodings, LogFolder, type ReadLog } from '../../testing/read-log.ts';
import { decodeFile, readRaw } from '../decode.ts';

const folder = new LogFolder();
afterAll(() => {
  folder.remove();
});

const messages = ({ report }: ReadLog) => report.faults.map(({ line, code, message }) => [line, code, message]);

describe('tables', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.stringMatching(/^[a,;"\n\r\t| ]{1,6}$/),
    fc.constantFrom('0x3e7', '007', '12345678901234567890', '1.50', '{"a":1}', '<x>'),
  );
  const names = ['host', 'cmd line', 'Ä"x', 'a,b', 'n'];

  it('give the events that the same rows give as JSON, at every delimiter and in every encoding', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell, cell, cell), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('utf8', 'bom', 'le', 'be'),
        fc.constantFrom('unix', 'windows'),
        async (rows, delimiter, encoding, ending) => {
          const timed = rows.map((row, i) => [`2024-05-01T08:15:0${i % 10}.${i}Z`, ...row]);
          const header = ['time', ...names];
          const options = { delimiter, record_delimiter: ending, quoted_match: /[\r\n]/ } as const;
          const csv = await folder.read(encodings(stringify([header, ...timed], options))[encoding], 5);
          const objects = timed.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i]])));
          const filled = objects.map((row) => Object.entries(row).filter(([, value]) => value !== ''));
          const json = await folder.read(filled.map((row) => JSON.stringify(Object.fromEntries(row))).join('\n'));
          expect(csv.report).toMatchObject({ format: 'csv', state: 'read', faults: [], events: rows.length });
          const told = (log: ReadLog) => log.events.map(({ time, record, fields }) => ({ time, record, fields }));
          expect(told(csv)).toEqual(told(json));
          for (const [i, { offset, length }] of csv.events.entries()) {
            const raw = await readRaw(csv.path, 'csv', offset, length);
            const text = stringify([timed[i] ?? []], options);
            expect(raw).toMatchObject({ ok: true, value: { text, language: 'text' } });
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('lose only the lines whose quotes are broken', async () => {
    const log = await folder.read(
      'time,host,cmd\n2024-05-01T08:00:00Z,a,"x\ny"\n2024-05-01T08:00:01Z,b,"C:\\x" -a\n' +
        '2024-05-01T08:00:02Z,c,run "this" now\n\n2024-05-01T08:00:03Z,d,"open\n2024-05-01T08:00:04Z,e,ok\n',
    );
    expect(log.events.map(({ fields }) => [fields.host, fields.cmd])).toEqual([
      ['a', 'x\ny'],
      ['b', '"C:\\x" -a'],
      ['c', 'run "this" now'],
      ['e', 'ok'],
    ]);
    expect(log.report).toMatchObject({ state: 'read', damaged: 1 });
    expect(messages(log)).toEqual([
      [7, 'damaged-source', 'A quote is not closed before the file ends; the line is skipped'],
    ]);
  });

  it('read records with too many or too few fields, and say so once', async () => {
    const log = await folder.read(
      'time,a,b\n2024-05-01T08:00:00Z,1\n2024-05-01T08:00:00Z,1,2,3,4\n2024-05-01T08:00:00Z,1,2\n',
    );
    expect(log.events.map(({ fields }) => fields)).toMatchObject([
      { a: '1' },
      { b: '2', 'Column 4': '3', 'Column 5': '4' },
      {},
    ]);
    expect(messages(log)).toEqual([[2, 'damaged-source', 'The record has 2 fields, the header 3']]);
  });

  it('take a repeated header for none of the events', async () => {
    const part = 'time,a\n2024-05-01T08:00:00Z,1\n';
    expect((await folder.read(part + part)).report.events).toBe(2);
  });

  it('do not look for the end of an open quote for ever', async () => {
    const log = await folder.read(`time,host,a\n1714551302,h,"${`${'x'.repeat(4000)}\n`.repeat(4200)}1714551302,h,b\n`);
    expect(log.events.at(-1)?.fields).toEqual({ time: '1714551302', host: 'h', a: 'b' });
    expect(log.report.faults[0]).toMatchObject({ line: 2, message: expect.stringContaining('16 MiB') as string });
  });

  it('are read in bounded memory', async () => {
    const path = folder.write('');
    const file = createWriteStream(path);
    file.write('time,host,n\n');
    for (let i = 0; i < 60; i++) {
      if (!file.write(`1714551302.${i},h,7\n`.repeat(1000))) await once(file, 'drain');
    }
    await new Promise((resolve) => file.end(resolve));
    let events = 0;
    let peak = 0;
    const sink = {
      batch: (batch: { count: number }) => {
        events += batch.count;
        peak = Math.max(peak, process.memoryUsage().arrayBuffers);
        return Promise.resolve();
      },
      progress: () => undefined,
      isCancelled: () => false,
    };
    const before = process.memoryUsage().arrayBuffers;
    await decodeFile(path, new BatchBuilder(), { source: 0, recover: false }, sink);
    expect(events).toBe(60_000);
    expect(peak - before).toBeLessThan(64 << 20);
  });
});

describe('times', () => {
  it.each([
    ['time', '2024-05-01T10:15:02.120+02:00', '2024-05-01T08:15:02.120Z', 0],
    ['time', '2024-05-01 08:15:02', '2024-05-01T08:15:02Z', 1],
    ['TimeGenerated [UTC]', '"5/1/2024, 8:15:02.123 AM"', '2024-05-01T08:15:02.123Z', 0],
    ['TimeGenerated [Local Time]', '"5/1/2024, 8:15:02 PM"', '2024-05-01T20:15:02Z', 1],
    ['UtcTime', '2024-05-01 08:15:02.123', '2024-05-01T08:15:02.123Z', 0],
    ['Date and Time', '01.05.2024 08:15:02', '2024-05-01T08:15:02Z', 1],
    ['_time', '1714551302.5', '2024-05-01T08:15:02.5Z', 0],
    ['when it was', '2024/05/01 08:15:02', '2024-05-01T08:15:02Z', 1],
  ])('reads the column %s with %s', async (name, text, time, notes) => {
    const log = await folder.read(`a,${name}\nx,${text}\ny,${text}\n`);
    expect(log.events.map((event) => event.time)).toEqual([time, time]);
    expect(log.report.faultCount).toBe(notes);
    if (notes > 0) expect(messages(log)).toEqual([[2, 'note', 'Times without a zone were read as UTC']]);
  });

  it('says where no column has a time, and where one cannot be read', async () => {
    const none = await folder.read('a,b\n1,2\n3,4\n');
    expect(none.report).toMatchObject({ state: 'read', events: 2, damaged: 0 });
    expect(messages(none)).toEqual([[2, 'note', 'No column with a time was found; such events have none']]);
    const bad = await folder.read('time,b\nnoon,2\n1714551302,4\n');
    expect(bad.events.map((event) => event.time)).toEqual(['', '2024-05-01T08:15:02Z']);
    expect(bad.report.faults).toMatchObject([{ code: 'damaged-source', line: 2 }]);
  });
});

describe('exports of products', () => {
  it('of Sentinel are Windows events', async () => {
    const log = await folder.read(
      'TenantId,"TimeGenerated [UTC]",Computer,EventSourceName,Channel,Task,Level,EventID,CommandLine,TargetUserName,Type\n' +
        't,"5/1/2024, 8:15:02.123 AM",ws01,Microsoft-Windows-Security-Auditing,Security,13312,8,4688,"cmd /c ""x""",,SecurityEvent\n',
    );
    expect(log.events[0]).toMatchObject({
      head: {
        channel: 'Security',
        provider: 'Microsoft-Windows-Security-Auditing',
        eventId: 4688,
        task: 13312,
        level: 8,
      },
      computer: 'ws01',
      time: '2024-05-01T08:15:02.123Z',
      fields: { CommandLine: 'cmd /c "x"', Type: 'SecurityEvent' },
    });
    expect(log.events[0]?.fields).not.toHaveProperty('TargetUserName');
  });

  it.each([
    ['ProcessCreated', '', 'DeviceProcessEvents'],
    ['ConnectionSuccess', '', 'DeviceNetworkEvents'],
    ['SomethingNew', '', 'DeviceEvents'],
    ['LogonSuccess', 'DeviceOtherEvents', 'DeviceOtherEvents'],
  ])('of Defender name the table of %s', async (action, type, table) => {
    const log = await folder.read(
      `Timestamp,DeviceName,ActionType,FileName,Type\n2024-05-01T08:15:02.1234567Z,ws01,${action},cmd.exe,${type}\n`,
    );
    expect(log.events[0]).toMatchObject({
      head: { channel: '', provider: table, eventId: undefined },
      computer: 'ws01',
      time: '2024-05-01T08:15:02.1234567Z',
      fields: { DeviceName: 'ws01', ActionType: action, FileName: 'cmd.exe' },
    });
  });

  const row = (raw: string) =>
    stringify([
      ['_raw', '_time', 'host', 'sourcetype'],
      [raw, '2024-05-01T08:15:02.000+0000', 'fwd', 'st'],
    ]);
  it('of Splunk hold events as they came in: XML', async () => {
    const log = await folder.read(
      row(
        `<Event xmlns='x'><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID><TimeCreated SystemTime='2024-05-01T08:15:01.5Z'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws01</Computer></System><EventData><Data Name='Image'>C:\\a.exe</Data></EventData></Event>`,
      ),
    );
    expect(log.events[0]).toMatchObject({
      head: { channel: 'Microsoft-Windows-Sysmon/Operational', eventId: 1 },
      time: '2024-05-01T08:15:01.5Z',
      computer: 'ws01',
    });
    expect(log.data(0)).toEqual({
      Image: 'C:\\a.exe',
      host: 'fwd',
      sourcetype: 'st',
      _time: '2024-05-01T08:15:02.000+0000',
    });
  });

  it('of Splunk hold events as they came in: the text form, JSON, pairs, or any text', async () => {
    const text = await folder.read(
      row(
        '05/01/2024 08:15:02 AM\nLogName=Security\nEventCode=4688\nComputerName=ws01\nRecordNumber=9\nMessage=A new process.\n\nCreator:\n\tName:\tx',
      ),
    );
    expect(text.events[0]).toMatchObject({
      head: { channel: 'Security', eventId: 4688 },
      computer: 'ws01',
      record: 9,
      time: '2024-05-01T08:15:02Z',
      fields: { Message: 'A new process.\n\nCreator:\n\tName:\tx', host: 'fwd' },
    });
    const json = await folder.read(row('{"EventID":4625,"Channel":"Security","IpAddress":"10.0.0.1","n":1.50}'));
    expect(json.events[0]).toMatchObject({
      head: { channel: 'Security', eventId: 4625 },
      computer: 'fwd',
      time: '2024-05-01T08:15:02.000Z',
      fields: { IpAddress: '10.0.0.1', n: '1.50' },
    });
    const pairs = await folder.read(row('time=1714551302 user="a \\"b\\" c" src=10.0.0.1, action=allow'));
    expect(pairs.data(0)).toMatchObject({ user: 'a "b" c', src: '10.0.0.1', action: 'allow' });
    const other = await folder.read(row('sshd: Accepted password'));
    expect(other.data(0)).toMatchObject({ _raw: 'sshd: Accepted password' });
  });
});
