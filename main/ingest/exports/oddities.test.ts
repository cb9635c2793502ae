import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readRaw } from '../decode.ts';
import { encodings, LogFolder, readLog } from '../../testing/read-log.ts';

const folder = new LogFolder();
afterAll(() => {
  folder.remove();
});

const at = (second: number): string => `2024-05-01T08:15:0${second}Z`;
const line = (n: number): string => `{"@timestamp":"${at(n)}","n":"${n}"}`;

describe('what exports get wrong', () => {
  it('a byte order mark before each part that was put together', async () => {
    for (const end of ['\n', '\r\n']) {
      const text = `\ufeff${line(1)}${end}\ufeff${line(2)}${end}\ufeff${line(3)}${end}`;
      const log = await folder.read(Buffer.from(text));
      expect(log.events.map(({ fields }) => fields.n)).toEqual(['1', '2', '3']);
      expect(log.report).toMatchObject({ format: 'ndjson', state: 'read', damaged: 0, faults: [] });
    }
    const csv = await folder.read(Buffer.from(`\ufefftime,n\n${at(1)},1\n\ufefftime,n\n${at(2)},2\n`));
    expect(csv.events.map(({ fields }) => fields.n)).toEqual(['1', '2']);
    expect(csv.report).toMatchObject({ format: 'csv', damaged: 0, faults: [] });
    const quoted = await folder.read(
      Buffer.from(`\ufeff"time","n"\n"${at(1)}","1"\n\ufeff"time","n"\n"${at(2)}","2"\n`),
    );
    expect(quoted.events.map(({ fields }) => fields.n)).toEqual(['1', '2']);
    const stray = await folder.read(Buffer.from(`${line(1)}\n！\n${line(2)}`));
    expect(stray.report.faults).toMatchObject([{ message: 'Not JSON, column 1: "！"', line: 2 }]);
  });

  it('room filled with NUL bytes', async () => {
    const padded = await folder.read(`${line(1)}\n${line(2)}\n${'\0'.repeat(5000)}`);
    expect(padded.events.map(({ fields }) => fields.n)).toEqual(['1', '2']);
    expect(padded.report.damaged).toBeLessThanOrEqual(1);
    const between = await folder.read(`${line(1)}\n${'\0'.repeat(300)}\n${line(2)}\n`);
    expect(between.events.map(({ fields }) => fields.n)).toEqual(['1', '2']);
    expect(between.report.faults).toHaveLength(1);
    const within = await folder.read('{"time":"2024-05-01","v":"a\\u0000b"}\n');
    expect(within.data(0)).toMatchObject({ v: 'a\0b' });
    const csv = await folder.read(`time,v\n${at(1)},a\0b\n${at(2)},c\n`);
    expect(csv.events.map(({ fields }) => fields.v)).toEqual(['a\0b', 'c']);
  });

  it('a gzip file that is cut off', async () => {
    const text = Array.from({ length: 2000 }, (_, i) => `{"@timestamp":"${at(i % 10)}","n":"${Math.sin(i)}"}\n`).join(
      '',
    );
    const packed = gzipSync(text);
    const log = await folder.read(packed.subarray(0, packed.length >> 1));
    expect(log.report).toMatchObject({ format: 'ndjson', state: 'partial' });
    expect(log.report.faults[0]?.message).toBe('The gzip data is cut off');
    expect(log.events.length).toBeGreaterThan(500);
    expect(log.events.length).toBeLessThan(2000);
  });

  it('names that every object has', async () => {
    const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];
    const system = names.map((name) => `"${name}":"v"`).join(',');
    const wazuh = `{"timestamp":"${at(1)}","data":{"win":{"system":{"eventID":"1","channel":"System",${system}},"eventdata":{${system}}}}}`;
    const body = `{"timestamp":"${at(1)}","body":{"event_id":{"id":7036},"channel":"System",${system}}}`;
    const flat = `{"@timestamp":"${at(1)}",${system}}`;
    const log = await folder.read(`${wazuh}\n${body}\n${flat}\n${line(2)}\n`);
    expect(log.report).toMatchObject({ state: 'read', events: 4, damaged: 0 });
    expect(log.events[0]?.head).toMatchObject({ channel: 'System', eventId: 1 });
  });

  it('a key that occurs twice: the last counts, as in every reader of JSON, and is told', async () => {
    const twice = `{"@timestamp":"${at(1)}","a":"first","a":"second"}\n`;
    const log = await folder.read(`${line(1)}\n${twice}{"x":{"b":[{"c":1.0,"c":2}]},"d:":":"}\n${line(2)}\n`);
    expect(log.data(1)).toMatchObject({ a: 'second' });
    expect(log.data(2)).toEqual({ 'x.b.c': '2', 'd:': ':' });
    const message = 'A key stands in an object more than once: the last counts';
    expect(log.report).toMatchObject({ damaged: 0, faultCount: 1, faults: [{ code: 'note', message, line: 2 }] });
  });

  it('columns without a name, or with the same name; very many of them', async () => {
    const odd = await folder.read(`time,a,a,,\n${at(1)},x,y,z,\ntime,a,a,,\n${at(2)},,,,w\n`);
    expect([odd.data(0), odd.data(1)]).toEqual([
      { time: at(1), a: ['x', 'y'], 'Column 4': 'z' },
      { time: at(2), 'Column 5': 'w' },
    ]);
    const names = Array.from({ length: 9000 }, (_, i) => `c${i}`);
    const wide = await folder.read(`time,${names.join(',')}\n${at(1)},${names.join(',')}\n`);
    expect(wide.report).toMatchObject({ format: 'csv', events: 1, damaged: 0 });
    expect(wide.data(0)).toMatchObject({ time: at(1), c7: 'c7' });
  });

  it('bytes of another encoding, and UTF-16 without its mark', async () => {
    const xml = `<Event><System><EventID>1</EventID></System><EventData><Data Name="s">ü</Data></EventData></Event>`;
    for (const text of [xml, `time,s\n${at(1)},ü\n`, `{"time":"${at(1)}","s":"ü"}`]) {
      const { report } = await folder.read(Buffer.from(text, 'latin1'));
      expect(report).toMatchObject({ events: 1, damaged: 0, faultCount: 1 });
      expect(report.faults[0]?.message).toBe('Bytes that are not UTF-8 were read as U+FFFD');
      for (const bytes of [Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()]) {
        const log = await folder.read(bytes);
        expect(log.report).toMatchObject({ events: 1, damaged: 0, faults: [] });
        expect(log.data(0)).toMatchObject({ s: 'ü' });
        const { offset = 0, length = 0 } = log.events[0] ?? {};
        const raw = await readRaw(log.path, log.report.format, offset, length);
        expect(raw.ok && raw.value.text).toContain('ü');
      }
    }
  });

  it('numbers that a double cannot hold', async () => {
    const log = await folder.read(`{"@timestamp":"${at(1)}","big":9007199254740993,"exact":1.10,"tiny":1e-400}\n`);
    expect(log.data(0)).toMatchObject({ big: '9007199254740993', exact: '1.10', tiny: '1e-400' });
    const csv = await folder.read(`time,big\n${at(1)},18446744073709551615\n`);
    expect(csv.data(0)).toMatchObject({ big: '18446744073709551615' });
  });

  it('a line before the header of a table, as Excel and PowerShell write it', async () => {
    for (const [line, delimiter] of [
      ['sep=;', ';'],
      ['#TYPE Selected.Thing', ','],
    ] as const) {
      for (const bytes of Object.values(
        encodings(`${line}\r\n${['time', 'n'].join(delimiter)}\r\n${at(1)}${delimiter}1\r\n`),
      )) {
        const log = await folder.read(bytes);
        expect(log.report).toMatchObject({ format: 'csv', damaged: 0, faults: [] });
        expect(log.data(0)).toEqual({ time: at(1), n: '1' });
      }
    }
  });

  it('texts before the objects of lines: each broken line is one fault, and no other line', async () => {
    const good = Array.from({ length: 30 }, (_, i) => `<14>host tag: {"n":"${i}"}\n`).join('');
    const text = `<14>x {"n":\n<14>x {"a":"cut\nno object\n<14>x {"a":tru}\n[7] x: [1.5, {"n":"last"}]\n`;
    for (const bytes of Object.values(encodings(good + text))) {
      const log = await folder.read(bytes);
      expect(log.events.map(({ fields }) => fields.n)).toEqual([
        ...Array.from({ length: 30 }, (_, i) => String(i)),
        'last',
      ]);
      expect(log.report).toMatchObject({ format: 'ndjson', state: 'read', damaged: 4 });
      expect(log.report.faults.map(({ line }) => line)).toEqual([31, 32, 33, 34]);
      const { offset = 0, length = 0 } = log.events[1] ?? {};
      const raw = await readRaw(log.path, 'ndjson', offset, length);
      expect(raw.ok && raw.value.text).toBe('<14>host tag: {"n":"1"}');
    }
  });

  it('tables of values: rows of another length, a further table, no rows', async () => {
    const table = (rows: readonly unknown[]) => ({
      name: 'T',
      columns: [{ name: 'TimeGenerated' }, { name: 'n' }],
      rows,
    });
    const log = await folder.read(
      JSON.stringify({ tables: [table([[at(1), 1], [at(2)], [at(3), [[2]], 'x']]), table([[at(4), 4]])] }),
    );
    expect(log.events.map(({ fields }) => fields)).toMatchObject([{ n: '1' }, {}, { n: '2', 'Column 3': 'x' }]);
    expect(log.report.faults).toMatchObject([
      { message: 'The row has 1 values, the table 2 columns' },
      { message: 'A further table of the file is not read' },
    ]);
    expect((await folder.read(JSON.stringify({ tables: [table([])] }))).report).toMatchObject({
      events: 0,
      faults: [],
    });
    const plain = await folder.read(JSON.stringify({ tables: [{ rows: [[1]] }] }));
    expect(plain.data(0)).toEqual({ 'tables.rows': '1' });
  });

  it("wevtutil's text: what is no event is told, whatever the pieces", async () => {
    const event = (n: number) =>
      `Event[${n}]:\r\n  Log Name: Security\r\n  Event ID: ${n}\r\n  Date: ${at(1)}\r\n  Description:\r\nLine ${'x'.repeat(n)}\r\n\r\n`;
    const text = Array.from({ length: 600 }, (_, n) => event(n)).join('') + 'Event[600]:\r\nnothing\r\n';
    for (const bytes of Object.values(encodings(text))) {
      const log = await folder.read(bytes);
      expect(log.events.map(({ head }) => head.eventId)).toEqual(Array.from({ length: 600 }, (_, n) => n));
      expect(log.report).toMatchObject({ format: 'text', damaged: 1, faults: [{ line: 4201 }] });
      const { offset = 0, length = 0 } = log.events[1] ?? {};
      const raw = await readRaw(log.path, 'text', offset, length);
      expect(raw.ok && raw.value).toEqual({ text: event(1).trimEnd(), language: 'text' });
    }
  });

  it('every encoding, and both line ends', async () => {
    for (const end of ['\n', '\r\n']) {
      for (const bytes of Object.values(encodings([line(1), '{"@timestamp":"2024-05-01","s":"Ä€😀"}', ''].join(end)))) {
        const log = await folder.read(bytes);
        expect(log.report).toMatchObject({ format: 'ndjson', damaged: 0, faultCount: 1 });
        expect(log.data(1)).toMatchObject({ s: 'Ä€😀' });
      }
    }
  });
});

describe('times', () => {
  const read = async (time: string | number, zone?: string) => {
    const log = await readLog(
      folder.write(`{"@timestamp":${JSON.stringify(time)},"a":1}\n`),
      100,
      zone ? { zone } : {},
    );
    return [log.events[0]?.time, ...log.report.faults.map(({ message }) => message)];
  };

  it('with an offset keep it; a number tells its unit by its size', async () => {
    const noon = '2024-05-01T12:00:00';
    expect(await read(`${noon}+02:00`, 'Asia/Tokyo')).toEqual(['2024-05-01T10:00:00Z']);
    expect(await read(`${noon}.5-0330`, 'Asia/Tokyo')).toEqual(['2024-05-01T15:30:00.5Z']);
    expect(await read(`${noon}Z`, 'Asia/Tokyo')).toEqual(['2024-05-01T12:00:00Z']);
    expect(await read(1714564800, 'Asia/Tokyo')).toEqual(['2024-05-01T12:00:00Z']);
    expect(await read(1714564800123)).toEqual(['2024-05-01T12:00:00.123Z']);
    expect(await read('1714564800123456')).toEqual(['2024-05-01T12:00:00.123456Z']);
    expect(await read('133590384000000000')).toEqual(['2024-05-01T12:00:00.0000000Z']);
  });

  it('without one are in the zone that was chosen, UTC if none', async () => {
    expect(await read('2024-05-01 12:00:00')).toEqual([
      '2024-05-01T12:00:00Z',
      'Times without a zone were read as UTC',
    ]);
    expect(await read('2024-05-01 12:00:00', 'America/New_York')).toEqual([
      '2024-05-01T16:00:00Z',
      'Times without a zone were read as America/New_York',
    ]);
    expect(await read('5/1/2024 12:00:00 PM', '+02:00')).toEqual([
      '2024-05-01T10:00:00Z',
      'Times without a zone were read as +02:00',
    ]);
  });
});
