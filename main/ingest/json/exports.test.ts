import { afterAll, describe, expect, it } from 'vitest';
import { LogFolder } from '../../testing/read-log.ts';
import { readRaw } from '../decode.ts';

const folder = new LogFolder();
afterAll(() => {
  folder.remove();
});

const SYSTEM = {
  Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon' } },
  EventID: 1,
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  Computer: 'ws01',
  TimeCreated: { '#attributes': { SystemTime: '2024-05-01T08:15:02.1234567Z' } },
};
const DUMP = { Event: { System: SYSTEM, EventData: { Image: 'C:\\a.exe' } } };
const HEAD = { channel: 'Microsoft-Windows-Sysmon/Operational', provider: 'Microsoft-Windows-Sysmon', eventId: 1 };

describe('JSON exports', () => {
  it('of Splunk: lines with a result, some of them with an event as it came in', async () => {
    const lines = [
      {
        preview: false,
        offset: 0,
        result: { _time: '1714551302.5', host: 'a', EventCode: '4624', LogName: 'Security' },
      },
      { preview: false, offset: 1, lastrow: true, result: { _raw: JSON.stringify(DUMP), host: 'b' } },
      { result: 'done', code: 0 },
    ];
    const log = await folder.read(lines.map((line) => JSON.stringify(line)).join('\n'));
    expect(log.report).toMatchObject({ format: 'ndjson', state: 'read', events: 3, faults: [] });
    expect(log.events[0]).toMatchObject({
      head: { channel: 'Security', eventId: 4624 },
      time: '2024-05-01T08:15:02.5Z',
      computer: 'a',
    });
    expect(log.events[1]).toMatchObject({ head: HEAD, computer: 'ws01' });
    expect(log.data(1)).toEqual({ Image: 'C:\\a.exe', host: 'b' });
    expect(log.data(2)).toEqual({ result: 'done', code: '0' });
  });

  it('of Elastic: a whole search response, each hit an event at its own place', async () => {
    const hit = (n: number) => ({
      _index: 'logs',
      _source: { '@timestamp': `2024-05-01T08:15:0${n}Z`, winlog: { channel: 'Security', event_id: n } },
    });
    const text = JSON.stringify(
      { took: 3, timed_out: false, hits: { total: { value: 2 }, hits: [hit(1), hit(2)] } },
      null,
      1,
    );
    const log = await folder.read(`${text}\n`);
    expect(log.report).toMatchObject({ format: 'json', state: 'read', events: 2, faults: [] });
    expect(log.events.map(({ head, record }) => [head.channel, head.eventId, record])).toEqual([
      ['Security', 1, 1],
      ['Security', 2, 2],
    ]);
    const { offset = 0, length = 0 } = log.events[1] ?? {};
    const raw = await readRaw(log.path, 'json', offset, length);
    expect(raw.ok && JSON.parse(raw.value.text)).toEqual(hit(2));
    const empty = await folder.read('{"took":1,"hits":{"total":{"value":0},"hits":[]}}');
    expect(empty.report).toMatchObject({ state: 'read', events: 0, faults: [] });
  });

  it('of CloudTrail, Graph and advanced hunting: the lists within them', async () => {
    const trail = await folder.read('{"Records":[{"eventTime":"2024-05-01T08:15:02Z","eventName":"AssumeRole"}]}');
    expect(trail.events[0]).toMatchObject({ time: '2024-05-01T08:15:02Z', fields: { eventName: 'AssumeRole' } });
    const graph = await folder.read(
      '{"@odata.context":"c","value":[{"createdDateTime":"2024-05-01T08:15:02Z","id":"x"}]}',
    );
    expect(graph.events[0]).toMatchObject({ time: '2024-05-01T08:15:02Z', fields: { id: 'x' } });
    const hunting = await folder.read(
      '{"Stats":{"ExecutionTime":1.5},"Schema":[{"Name":"Timestamp","Type":"DateTime"}],"Results":[{"Timestamp":"2024-05-01T08:15:02Z","DeviceName":"d","ActionType":"FileCreated"}]}',
    );
    expect(hunting.events).toMatchObject([{ head: { provider: 'DeviceFileEvents' }, computer: 'd' }]);
  });

  it('of Defender as a stream: the properties, under their table', async () => {
    const properties = {
      Timestamp: '2024-05-01T08:15:02Z',
      DeviceName: 'd',
      ActionType: 'Any',
      n: 12345678901234567890n.toString(),
    };
    const log = await folder.read(
      JSON.stringify({ time: '2024-05-01T08:16:00Z', category: 'AdvancedHunting-DeviceInfo', properties }),
    );
    expect(log.events[0]).toMatchObject({ head: { provider: 'DeviceInfo' }, time: '2024-05-01T08:15:02Z' });
  });

  it('of Chainsaw: the record, and what was found in it', async () => {
    const found = {
      group: 'Sigma',
      kind: 'individual',
      name: 'A rule',
      level: 'high',
      document: { kind: 'evtx', path: 'x', data: DUMP },
    };
    const log = await folder.read(JSON.stringify([found]));
    expect(log.events[0]).toMatchObject({ head: HEAD, computer: 'ws01', time: '2024-05-01T08:15:02.1234567Z' });
    expect(log.data(0)).toEqual({
      Image: 'C:\\a.exe',
      group: 'Sigma',
      kind: 'individual',
      name: 'A rule',
      level: 'high',
    });
  });

  it('of Hayabusa: channels by their own names', async () => {
    const line = {
      Timestamp: '2024-05-01 10:15:02.123 +02:00',
      RuleTitle: 'Proc Exec',
      Level: 'info',
      Computer: 'ws01',
      Channel: 'Sysmon',
      EventID: 1,
      RecordID: 7,
      Details: { Cmdline: 'cmd', Proc: 'C:\\a.exe' },
    };
    const log = await folder.read(JSON.stringify(line, null, 4) + JSON.stringify(line, null, 4));
    expect(log.events[1]).toMatchObject({
      head: { channel: 'Microsoft-Windows-Sysmon/Operational', eventId: 1 },
      computer: 'ws01',
      record: 7,
      time: '2024-05-01T08:15:02.123Z',
      fields: { RuleTitle: 'Proc Exec', Level: 'info', 'Details.Cmdline': 'cmd' },
    });
  });

  it('counts columns in characters', async () => {
    const log = await folder.read('{"ä€😀":tru}\n{"ä":"x"y}\n');
    // In UTF-16, as editors count.
    expect(log.report.faults.map(({ message }) => message)).toEqual([
      'Invalid JSON, column 9: expected a value, found "t"',
      expect.stringContaining('column 9'),
    ]);
  });

  it('keeps a record behind a line that was cut off behind a colon', async () => {
    const log = await folder.read('{"a":\n{"b":1}\n{"c":2}\n{"d":[{"e":3},\n{"f":4}');
    expect(log.events.map(({ fields }) => fields)).toEqual([{ b: '1' }, { c: '2' }, { f: '4' }]);
    expect(log.report.faults).toMatchObject([{ line: 2, offset: 6 }, { line: 5 }]);
  });
});
