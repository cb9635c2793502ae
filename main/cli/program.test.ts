import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCliIn, Sink } from '../testing/run-cli.ts';

let folder: string;
let logs: string;
let rules: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
  logs = join(folder, 'logs');
  rules = join(folder, 'rules');
  mkdirSync(join(logs, 'sub'), { recursive: true });
  mkdirSync(rules);
  writeFileSync(join(logs, 'sub', 'a.json'), [winlog(1, 'C:\\=tool.exe'), winlog(2, 'C:\\x.exe\u001b[2J')].join('\n'));
  writeFileSync(
    join(logs, 'broken.json'),
    '{"a":1}\n{"a":tru}\n{"time":"2024-05-01T00:00:00.10Z","b":12345678901234567890}\n',
  );
  writeFileSync(join(logs, 'readme.txt'), 'hello');
  writeFileSync(join(rules, 'a.yml'), rule('One', "Image|contains: 'tool'", 'high'));
  writeFileSync(join(rules, 'b.yml'), rule('Two', "Image|nonsense: 'x'", 'low'));
  writeFileSync(join(rules, 'c.yml'), rule('Three', "Image|contains: 'exe'", 'critical'));
  writeFileSync(join(rules, 'd.yml'), 'detection: [unclosed\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function winlog(record: number, image: string): string {
  return JSON.stringify({
    '@timestamp': '2024-05-01T08:15:02.1234567Z',
    winlog: {
      channel: 'Microsoft-Windows-Sysmon/Operational',
      provider_name: 'Microsoft-Windows-Sysmon',
      event_id: 1,
      computer_name: 'ws01',
      record_id: record,
      event_data: { Image: image, User: 'u' },
    },
  });
}

function rule(title: string, line: string, level: string): string {
  return `title: ${title}
id: 00000000-0000-0000-0000-0000000000${String(title.length).padStart(2, '0')}
level: ${level}
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    ${line}
  condition: selection
`;
}

const run = (args: readonly string[], around: Parameters<typeof runCliIn>[0] = {}) => runCliIn(around, args);

describe('events', () => {
  it('prints events in the agreed keys, their order, and all digits', async () => {
    const { code, out, err } = await run(['events', logs]);
    const broken = `${logs}/broken.json`;
    const none = { channel: null, provider: null, eventId: null, computer: null };
    const sysmon = {
      file: `${logs}/sub/a.json`,
      recordId: 1,
      time: '2024-05-01T08:15:02.1234567Z',
      channel: 'Microsoft-Windows-Sysmon/Operational',
      provider: 'Microsoft-Windows-Sysmon',
      eventId: 1,
      computer: 'ws01',
      data: { Image: 'C:\\=tool.exe', User: 'u' },
      recovered: false,
    };
    const lines = [
      { file: broken, recordId: 1, time: null, ...none, data: { a: '1' }, recovered: false },
      {
        file: broken,
        recordId: 3,
        time: '2024-05-01T00:00:00.10Z',
        ...none,
        data: { time: '2024-05-01T00:00:00.10Z', b: '12345678901234567890' },
        recovered: false,
      },
      sysmon,
      { ...sysmon, recordId: 2, data: { Image: 'C:\\x.exe\u001b[2J', User: 'u' } },
    ];
    expect(out).toBe(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(code).toBe(0);
    expect(err).toContain('Files      3 (2 read, 1 skipped)\nEvents     4\nRecovered  0\nDamaged    1 record\n');
    expect(err).toContain(`${broken}:2: Invalid JSON, column 6`);
    expect(err).toContain(`skipped ${logs}/readme.txt: Not a log format Rulewright reads`);
  });

  it('writes to a file', async () => {
    const file = join(folder, 'out.jsonl');
    const { code, out } = await run(['events', logs, '--format', 'jsonl', '--out', file]);
    expect([code, out]).toEqual([0, '']);
    expect(readFileSync(file, 'utf8').split('\n').length).toBe(5);
  });

  it('does not read its own output', async () => {
    const own = join(folder, 'own');
    mkdirSync(own);
    writeFileSync(join(own, 'a.json'), Array.from({ length: 5000 }, (_, i) => winlog(i, 'C:\\a.exe')).join('\n'));
    const out = join(own, 'z.jsonl');
    for (let i = 0; i < 2; i++) {
      const { code, err } = await run(['events', own, '--out', out]);
      expect(code).toBe(0);
      expect(err).toContain('Events     5,000\n');
      expect(readFileSync(out, 'utf8').split('\n').length).toBe(5001);
    }
  });

  it('does not write over a log or a rule that it is to read', async () => {
    const log = join(folder, 'log.json');
    const other = join(folder, 'other-name.json');
    writeFileSync(log, winlog(1, 'C:\\a.exe'));
    linkSync(log, other);
    const own = join(rules, 'c.yml');
    const before = readFileSync(own, 'utf8');
    expect((await run(['events', log, '--out', log])).err).toContain('log.json is one of the files to read');
    expect((await run(['ingest-report', log, '--out', other])).code).toBe(2);
    expect((await run(['scan', log, '--rules', own, '--out', own])).code).toBe(2);
    expect(readFileSync(log, 'utf8')).toBe(winlog(1, 'C:\\a.exe'));
    expect(readFileSync(own, 'utf8')).toBe(before);
  });

  it('goes on past a path that is not there, and fails where no log could be read', async () => {
    expect(await run(['events', join(folder, 'gone'), logs])).toMatchObject({ code: 0 });
    const { code, err } = await run(['events', join(folder, 'gone')]);
    expect(code).toBe(1);
    expect(err).toContain('gone: No such file or folder');
    expect(err).toContain('rulewright: no log could be read');
  });

  it('ends quietly where the reader of a pipe goes away', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => winlog(i, 'C:\\a.exe')).join('\n');
    const long = join(folder, 'long.json');
    writeFileSync(long, lines);
    const stdout = new Sink(100_000);
    const { code, err } = await run(['events', long], { stdout });
    expect([code, err]).toEqual([0, '']);
    expect(stdout.text.length).toBeLessThan(lines.length);
  });

  it('stops when it is interrupted, and says that the result is partial', async () => {
    const stop = new AbortController();
    stop.abort();
    const { code, err } = await run(['events', logs], { signal: stop.signal });
    expect(code).toBe(1);
    expect(err).toMatch(/cancelled|partial/i);
  });
});

describe('scan', () => {
  it('prints hits in the agreed keys and order, and says what was not run and where', async () => {
    const { code, out, err } = await run(['scan', logs, '--rules', rules, '--format', 'jsonl']);
    const hit = {
      ruleId: '00000000-0000-0000-0000-000000000003',
      title: 'One',
      level: 'high',
      file: `${logs}/sub/a.json`,
      recordId: 1,
      time: '2024-05-01T08:15:02.1234567Z',
      computer: 'ws01',
      channel: 'Microsoft-Windows-Sysmon/Operational',
      eventId: 1,
      fields: { Image: 'C:\\=tool.exe' },
    };
    const three = { ruleId: '00000000-0000-0000-0000-000000000005', title: 'Three', level: 'critical' };
    expect(out.trimEnd().split('\n')).toEqual(
      [hit, { ...hit, ...three }, { ...hit, ...three, recordId: 2, fields: { Image: 'C:\\x.exe\u001b[2J' } }].map(
        (line) => JSON.stringify(line),
      ),
    );
    expect(code).toBe(0);
    expect(err).toContain('Rules      2 run (from 4 files)');
    expect(err).toMatch(/Not run {4}2 rules/);
    expect(err).toContain(`${rules}/b.yml:9:`);
    expect(err).toContain(`${rules}/d.yml:`);
    expect(err).toContain('Hits       3\n           ◆ critical 2  ▲ high 1  ● medium 0  ○ low 0  · informational 0');
  });

  it('guards CSV against formulas, and has its header without hits too', async () => {
    writeFileSync(join(folder, 'formula.yml'), rule('=1+1', "Image|contains: 'tool'", 'low'));
    const { out } = await run(['scan', logs, '--rules', join(folder, 'formula.yml'), '--format', 'csv']);
    const [head, first] = out.split('\n');
    expect(head).toBe('ruleId,title,level,file,recordId,time,computer,channel,eventId,fields,recovered');
    expect(first).toContain(`,'=1+1,low,${logs}/sub/a.json,1,`);
    writeFileSync(join(folder, 'none.yml'), rule('None', "Image: 'nothing'", 'low'));
    const none = await run(['scan', logs, '--rules', join(folder, 'none.yml'), '--format', 'csv']);
    expect([none.code, none.out]).toEqual([0, `${head ?? ''}\n`]);
  });

  it('aligns a table, keeps a log from steering the terminal, and colours only a terminal', async () => {
    const { out } = await run(['scan', logs, '--rules', join(rules, 'c.yml')]);
    const [head, first, second] = out.split('\n') as [string, string, string];
    expect(first).toMatch(/^◆ critical {7}2024-05-01T08:15:02\.1234567Z {2}ws01 /);
    expect(first.indexOf('Three')).toBe(head.indexOf('RULE'));
    expect(second).toContain('\\u001b[2J');
    // eslint-disable-next-line no-control-regex -- the escape is the point
    expect(out).not.toMatch(/\u001b/);
    const terminal = await run(['scan', logs, '--rules', join(rules, 'c.yml')], {
      stdoutColumns: 60,
      allowsColours: true,
    });
    expect(terminal.out).toContain('\u001b[1;31m◆ critical');
    for (const line of terminal.out.trimEnd().split('\n')) {
      // eslint-disable-next-line no-control-regex -- colours take no room
      expect(line.replace(/\u001b\[[\d;]*m/g, '').length).toBeLessThanOrEqual(60);
    }
  });

  it('takes logs and rules that were named twice once', async () => {
    const args = ['--rules', rules, join(rules, 'c.yml'), `${rules}/`, '--format', 'jsonl'];
    const { code, out, err } = await run(['scan', logs, `${logs}/sub`, ...args]);
    expect(code).toBe(0);
    const once = await run(['scan', logs, '--rules', rules, '--format', 'jsonl']);
    expect(out).toBe(once.out);
    expect(err).toContain(`skipped ${logs}/sub: The same folder as ${logs}/sub, read once`);
    expect(err).not.toContain(`${rules}/:`);
  });

  it('fails where the rules are missing, or none can run', async () => {
    const gone = await run(['scan', logs, '--rules', join(folder, 'gone')]);
    expect(gone).toMatchObject({ code: 1, out: '' });
    expect(gone.err).toContain(`--rules ${join(folder, 'gone')}: No such file or folder`);
    const empty = await run(['scan', logs, '--rules', logs]);
    expect(empty.code).toBe(1);
    expect(empty.err).toContain('No rule files were found');
    const broken = await run(['scan', logs, '--rules', join(rules, 'b.yml')]);
    expect(broken.code).toBe(1);
    expect(broken.err).toContain('none of the rules can run');
  });
});

describe('usage', () => {
  it.each([
    [[], 2],
    [['nonsense'], 2],
    [['scan'], 2],
    [['scan', 'x'], 2],
    [['scan', 'x', '--rules', 'y', '--format', 'xml'], 2],
    [['events', 'x', '--unknown'], 2],
    [['--help'], 0],
    [['scan', '--help'], 0],
    [['--version'], 0],
  ])('%j ends with %i', async (args, expected) => {
    const { code, out, err } = await run(args);
    expect(code).toBe(expected);
    expect((expected === 0 ? out : err).length).toBeGreaterThan(0);
  });

  it('says where logs stand when --rules took them all', async () => {
    const { code, err } = await run(['scan', '--rules', rules, logs]);
    expect(code).toBe(2);
    expect(err).toContain('before options that take several values');
    expect((await run(['scan', '--rules', rules, '--format', 'jsonl', '--', logs])).code).toBe(0);
    expect((await run(['scan'])).err).not.toContain('several values');
  });
});
