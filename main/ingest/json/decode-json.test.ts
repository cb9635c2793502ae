import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { EventTable } from '../../columns/event-table.ts';
import { eventData } from '../../columns/event-data.ts';
import { decodeFile } from '../decode.ts';
import { readTextAt } from '../input/read-text-at.ts';
import { formatInstant } from '../../../shared/model/time.ts';
import type { SourceReport } from '../api.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'json-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

let files = 0;
interface Read {
  path: string;
  table: EventTable;
  report: SourceReport;
}

async function read(content: string | Uint8Array, capacity = 7): Promise<Read> {
  const path = join(folder, `file-${files++}`);
  writeFileSync(path, content);
  const table = new EventTable();
  const builder = new BatchBuilder(capacity);
  const report = await decodeFile(
    path,
    builder,
    { source: 3, recover: false },
    {
      batch: (batch) => {
        table.append(batch);
        return Promise.resolve();
      },
      progress: () => undefined,
      isCancelled: () => false,
    },
  );
  expect(table.count).toBe(report.events);
  return { path, table, report };
}

function seen({ table }: Read, event = 0) {
  const head = table.headOf(event);
  const time = table.instantOf(event);
  return {
    channel: head.channel,
    provider: head.provider,
    eventId: head.eventId,
    level: head.level,
    computer: table.text(table.computer.data[event] as number),
    record: table.record.data[event],
    time: time && formatInstant(time),
    pid: table.text(table.processId.data[event] as number),
    data: eventData(table, event),
  };
}

const SYSTEM = {
  Provider: { '#attributes': { Name: 'Microsoft-Windows-Sysmon', Guid: '5770385F' } },
  EventID: 1,
  Version: 5,
  Level: 4,
  Task: 1,
  Opcode: 0,
  Keywords: '0x8000000000000000',
  TimeCreated: { '#attributes': { SystemTime: '2024-05-01T08:15:02.1234567Z' } },
  EventRecordID: 142649,
  Correlation: null,
  Execution: { '#attributes': { ProcessID: 3544, ThreadID: 4264 } },
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  Computer: 'ws01',
  Security: { '#attributes': { UserID: 'S-1-5-18' } },
};
const HEAD = {
  channel: 'Microsoft-Windows-Sysmon/Operational',
  provider: 'Microsoft-Windows-Sysmon',
  eventId: 1,
  computer: 'ws01',
  record: 142649,
  time: '2024-05-01T08:15:02.1234567Z',
};

describe('shapes of events', () => {
  it('reads the evtx_dump shape', async () => {
    const event = {
      Event: { '#attributes': { xmlns: 'x' }, System: SYSTEM, EventData: { Image: 'C:\\a.exe', Empty: null } },
    };
    const result = await read(`Record 1\n${JSON.stringify(event, null, 2)}\nRecord 2\n${JSON.stringify(event)}\n`);
    for (const at of [0, 1]) {
      expect(seen(result, at)).toEqual({ ...HEAD, level: 4, pid: '3544', data: { Image: 'C:\\a.exe', Empty: '' } });
    }
    expect(result.report).toMatchObject({ state: 'read', events: 2, damaged: 0, faultCount: 0 });
    const shape = result.table.shapeOf(0);
    const user = shape.columns[shape.fields.indexOf('System.UserID')]?.data[0] as number;
    expect(result.table.text(user)).toBe('S-1-5-18');
  });

  it.each([
    ['unnamed data', { EventData: { Data: { '#text': ['a', 'b'] }, Binary: null } }, { Data: ['a', 'b'], Binary: '' }],
    ['data with name attributes', { EventData: { Data: [{ '@Name': 'X', '#text': 1 }] } }, { X: '1' }],
    ['user data', { UserData: { EventXML: { '#attributes': { xmlns: 'u' }, P: { Q: true } } } }, { 'P.Q': 'true' }],
    ['no data', { EventData: null }, {}],
  ])('reads %s', async (_, parts, data) => {
    const result = await read(
      JSON.stringify([{ Event: { System: { ...SYSTEM, EventID: { '#text': 7 } }, ...parts } }]),
    );
    expect(seen(result)).toMatchObject({ eventId: 7, data });
    expect(seen(result).data).toEqual(data);
  });

  it('keeps as data what stands for a number in the System section and is none, or too large', async () => {
    const System = { ...SYSTEM, EventRecordID: '18446744073709551615', Level: 'Information', Task: '' };
    const result = seen(await read(JSON.stringify({ Event: { System, EventData: { a: 1 } } })));
    expect(result).toMatchObject({ eventId: 1, record: 1, level: undefined });
    expect(result.data).toEqual({ EventRecordID: '18446744073709551615', Level: 'Information', a: '1' });
  });

  it('reads Velociraptor events and evtx_dump with separate attributes', async () => {
    const velociraptor = {
      System: {
        Provider: { Name: 'Microsoft-Windows-Sysmon', Guid: '{1}' },
        EventID: { Value: 1 },
        TimeCreated: { SystemTime: 1714551302.5 },
        EventRecordID: 142649,
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: 'ws01',
      },
      EventData: { Image: 'a' },
      Message: 'm',
    };
    expect(seen(await read(JSON.stringify(velociraptor)))).toMatchObject({
      ...HEAD,
      time: '2024-05-01T08:15:02.5Z',
      data: { Image: 'a', Message: 'm' },
    });
    const { Provider, TimeCreated, ...rest } = SYSTEM;
    const separate = {
      Event: {
        System: {
          ...rest,
          Provider_attributes: Provider['#attributes'],
          TimeCreated_attributes: TimeCreated['#attributes'],
        },
      },
    };
    expect(seen(await read(JSON.stringify(separate)))).toMatchObject(HEAD);
  });

  const winlog = {
    channel: HEAD.channel,
    event_id: 1,
    provider_name: HEAD.provider,
    computer_name: 'ws01',
    record_id: 142649,
    process: { pid: 3544, thread: { id: 1 } },
    event_data: { Image: 'C:\\a.exe', Hashes: 'MD5=1' },
  };
  const ecs = { '@timestamp': HEAD.time, winlog, event: { code: '1' }, host: { name: 'other' }, tags: ['a', 'b'] };
  const flatEcs = Object.fromEntries<unknown>([
    ['@timestamp', HEAD.time],
    ...Object.entries({ ...winlog, process: undefined, event_data: undefined })
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [`winlog.${key}`, value] as const),
    ['winlog.process.pid', 3544],
    ['winlog.event_data.Image', 'C:\\a.exe'],
    ['winlog.event_data.Hashes', 'MD5=1'],
    ['event.code', '1'],
    ['host.name', 'other'],
    ['tags', ['a', 'b']],
  ]);
  it.each([
    ['nested', ecs],
    ['dotted', flatEcs],
    ['wrapped', { _index: 'logs', _source: ecs }],
  ])('reads Winlogbeat, %s', async (_, event) => {
    expect(seen(await read(JSON.stringify(event)))).toEqual({
      ...HEAD,
      level: undefined,
      pid: '3544',
      data: { Image: 'C:\\a.exe', Hashes: 'MD5=1', 'event.code': '1', 'host.name': 'other', tags: ['a', 'b'] },
    });
  });

  it('reads flat Windows events', async () => {
    const nxlog = {
      EventTime: '2024-05-01 08:15:02',
      Hostname: 'ws01',
      EventID: 4624,
      SourceName: 'Microsoft-Windows-Security-Auditing',
      Channel: 'Security',
      RecordNumber: 7,
      ExecutionProcessID: 4,
      TargetUserName: 'x',
    };
    expect(seen(await read(JSON.stringify(nxlog)))).toMatchObject({
      channel: 'Security',
      provider: 'Microsoft-Windows-Security-Auditing',
      eventId: 4624,
      computer: 'ws01',
      record: 7,
      time: '2024-05-01T08:15:02Z',
      pid: '4',
      data: { TargetUserName: 'x', Hostname: 'ws01' },
    });
    const powershell = { Id: 4625, LogName: 'Security', MachineName: 'dc', TimeCreated: '/Date(1714551302120)/' };
    expect(seen(await read(JSON.stringify([powershell])))).toMatchObject({
      channel: 'Security',
      eventId: 4625,
      computer: 'dc',
      time: '2024-05-01T08:15:02.120Z',
    });
  });

  it('reads any other object: all its fields, digits kept, numbered by position', async () => {
    const text =
      '{"ts":1714551302120,"a":{"b":[1,2.50,true,{"c":null,"d":"x"}]},"Version":"2","id":12345678901234567890}';
    const result = await read(`{}\n${text}`);
    expect(seen(result, 1)).toEqual({
      channel: '',
      provider: '',
      eventId: undefined,
      level: undefined,
      computer: undefined,
      record: 2,
      time: '2024-05-01T08:15:02.120Z',
      pid: undefined,
      data: {
        ts: '1714551302120',
        'a.b': ['1', '2.50', 'true'],
        'a.b.d': 'x',
        Version: '2',
        id: '12345678901234567890',
      },
    });
  });

  it('puts what a full shape cannot hold into one field, and loses nothing', async () => {
    const wide = Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`f${i}`, `v${i}`]));
    const { _overflow, ...data } = seen(await read(JSON.stringify({ ...wide, list: ['x', 'y'] }))).data;
    expect({ ...data, ...(JSON.parse(_overflow as string) as Record<string, string>) }).toEqual({
      ...wide,
      list: 'x',
      'list[2]': 'y',
    });
  });
});

describe('files', () => {
  it('keep the place of every event in every encoding', async () => {
    const object = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }), {
      maxKeys: 4,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { minLength: 1, maxLength: 30 }),
        fc.constantFrom('utf8', 'bom', 'le', 'be'),
        fc.boolean(),
        async (objects, encoding, asArray) => {
          const texts = objects.map((value) => JSON.stringify(value));
          const text = asArray ? `[${texts.join(',\n')}]` : texts.join('\n');
          const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
          const content = {
            utf8: Buffer.from(text),
            bom: Buffer.from(`\ufeff${text}`),
            le: wide,
            be: Buffer.from(wide).swap16(),
          }[encoding];
          const { path, table, report } = await read(content);
          expect(report).toMatchObject({ state: 'read', events: texts.length, bytesRead: content.length });
          for (let i = 0; i < texts.length; i++) {
            const raw = readTextAt(path, table.offset.data[i] as number, table.length.data[i] as number, 'json');
            expect(raw).toEqual({ ok: true, value: { text: texts[i], language: 'json' } });
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('tell each broken line with its place and go on', async () => {
    const { report } = await read('{"a":1}\n{"a":tru}\nhello\n{"b":"x\n{"c":1}\n42\n{"d":1}\n');
    expect(report).toMatchObject({ state: 'read', format: 'ndjson', events: 3, damaged: 4, faultCount: 4 });
    expect(report.faults).toMatchObject([
      { line: 2, offset: 8, message: `Invalid JSON, column 6: expected a value, found "t"` },
      { line: 3, offset: 18, message: 'Not JSON, column 1: "hello"' },
      { line: 4, message: 'Invalid JSON, column 8: a line break or control character within a string' },
      { line: 6, message: 'Not JSON, column 1: "42"' },
    ]);
  });

  it('skip one line of 40 MB and keep the lines around it', async () => {
    const { report, table } = await read(`{"a":1}\n{"b":"${'x'.repeat(40 << 20)}"}\n{"c":1}\n`);
    expect(report).toMatchObject({ state: 'read', events: 2, damaged: 1 });
    expect(report.faults).toMatchObject([
      {
        code: 'too-large',
        line: 2,
        offset: 8,
        message: 'A value of 41 MiB is larger than an event may be (16 MiB), skipped',
      },
    ]);
    expect(table.dictionary.byteLength).toBeLessThan(100);
  });

  it('tell a file that ends too early', async () => {
    const { report } = await read('[\n{"a":1},\n{"b":');
    expect(report).toMatchObject({ state: 'partial', events: 1, damaged: 1 });
    expect(report.faults.map(({ line, message }) => [line, message])).toEqual([
      [3, 'The file ends within the value that begins here'],
      [1, 'The file ends before the array that begins here is closed'],
    ]);
  });

  it('tell bytes that are not UTF-8, and times that cannot be read', async () => {
    const { report, table } = await read(
      Buffer.concat([Buffer.from('{"time":"noon","a":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    );
    expect(report).toMatchObject({ state: 'read', events: 1, damaged: 0, faultCount: 2 });
    expect(eventData(table, 0)).toEqual({ time: 'noon', a: '\ufffd' });
    expect(table.instantOf(0)).toBeUndefined();
  });

  it.each([
    ['', 'skipped', 'The file is empty (0 bytes)'],
    ['some text', 'skipped', 'Not a log format Rulewright reads'],
    ['{"a"', 'failed', 'The file ends within the value that begins here'],
  ])('say of %j that it is %s', async (content, state, message) => {
    const { report } = await read(content);
    expect(report).toMatchObject({ state, events: 0, faults: [{ message }] });
  });
});
