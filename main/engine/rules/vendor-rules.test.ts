import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { EventTable } from '../../columns/event-table.ts';
import { createMatching } from '../../match/matching.ts';
import { projectRoot } from '../../testing/corpus.ts';
import { makeBatches, type MadeEvent } from '../../testing/make-events.ts';
import type { Rule } from '../../../shared/model/rule.ts';
import { createEngine } from '../create.ts';
import { RuleReader } from './rule-reader.ts';

const contentFolder = join(projectRoot, 'rules');
const SYSMON = { channel: 'Microsoft-Windows-Sysmon/Operational', provider: 'Microsoft-Windows-Sysmon' };
const SECURITY = { channel: 'Security', provider: 'Microsoft-Windows-Security-Auditing' };
const POWERSHELL = { channel: 'Microsoft-Windows-PowerShell/Operational', provider: 'Microsoft-Windows-PowerShell' };
const START = 1_700_000_000_000_000;

function event(
  of: Pick<MadeEvent, 'channel' | 'provider'>,
  eventId: number,
  data: Record<string, string>,
  more: Partial<MadeEvent> = {},
): MadeEvent {
  return { ...of, eventId, computer: 'WS01', timeUs: START, data, ...more };
}

const sysmon1 = (data: Record<string, string>): MadeEvent => event(SYSMON, 1, data);

function elastic(query: string, language = 'eql', more = ''): string {
  return `[rule]\nname = "T"\nrule_id = "r"\nseverity = "high"\ntype = "eql"\nlanguage = "${language}"\n${more}\nquery = '''\n${query}\n'''\n`;
}
const splunk = (search: string): string =>
  `name: T\nid: r\ntype: TTP\nsearch: >-\n  ${search}\ndata_source:\n  - Sysmon EventID 1\n`;
const kusto = (query: string): string =>
  `id: r\nname: T\nseverity: High\nquery: |\n  ${query.replaceAll('\n', '\n  ')}\n`;

const MACROS = [
  {
    name: 'm/sysmon.yml',
    path: 'm/sysmon.yml',
    text: 'name: sysmon\ndefinition: source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"\n',
  },
  {
    name: 'm/sec.yml',
    path: 'm/sec.yml',
    text: 'name: wineventlog_security\ndefinition: source="XmlWinEventLog:Security"\n',
  },
];

const reader = new RuleReader(contentFolder);
reader.take(MACROS);

function read(text: string, fileName: string): Rule {
  return reader.read(text, fileName).rules[0] as Rule;
}

/** Numbers of the events that a rule hits; of a sequence those that complete it. */
function hits(rule: Rule, events: readonly MadeEvent[]): number[] {
  const table = new EventTable();
  for (const batch of makeBatches(new BatchBuilder(), events, 0)) table.append(batch);
  const plan = createMatching(table, contentFolder).compile([rule]);
  expect([...plan.notRun.values()].flat()).toEqual([]);
  const found: number[] = [];
  for (const shape of table.shapes) plan.run(shape, 0, shape.count, (_, number) => found.push(number));
  found.push(...plan.correlate().map(({ event: number }) => number));
  return found.sort((a, b) => a - b);
}

/** What is said of each hit of a rule about several events. */
function correlated(rule: Rule, events: readonly MadeEvent[]): Readonly<Record<string, string>>[] {
  const table = new EventTable();
  for (const batch of makeBatches(new BatchBuilder(), events, 0)) table.append(batch);
  const plan = createMatching(table, contentFolder).compile([rule]);
  for (const shape of table.shapes) plan.run(shape, 0, shape.count, () => undefined);
  return plan.correlate().map(({ fields }) => fields);
}

const WINDOWS = 'host.os.type == "windows"';

describe('Elastic on Windows events', () => {
  const named = (name: string): MadeEvent => sysmon1({ Image: name });

  it('tells a name from a path that ends alike', () => {
    const rule = read(
      elastic(`process where ${WINDOWS} and event.type == "start" and process.name : "x.exe"`),
      'r.toml',
    );
    const paths = ['C:\\a\\x.exe', 'C:\\a\\X.EXE', 'x.exe', 'C:\\a\\yx.exe', 'C:\\x.exe\\a', 'x.exe.txt'];
    expect(hits(rule, paths.map(named))).toEqual([0, 1, 2]);
  });

  it('keeps the difference of == and :', () => {
    const rule = read(
      elastic(`process where ${WINDOWS} and event.type == "start" and process.name == "x.exe"`),
      'r.toml',
    );
    expect(hits(rule, ['C:\\a\\x.exe', 'C:\\a\\X.exe', 'x.exe'].map(named))).toEqual([0, 2]);
  });

  it('keeps wildcards of a name within the name', () => {
    const rule = read(
      elastic(`process where ${WINDOWS} and event.type == "start" and process.name : "a*.exe"`),
      'r.toml',
    );
    expect(hits(rule, ['C:\\b\\abc.exe', 'C:\\a\\b.exe', 'A.exe', 'C:\\a.exe\\b', 'C:\\ba.exe'].map(named))).toEqual([
      0, 2,
    ]);
  });

  it('reads starts of processes under both of their names, and nothing else', () => {
    const rule = read(
      elastic(`process where ${WINDOWS} and event.type == "start" and process.executable : "C:\\\\a\\\\*"`),
      'r.toml',
    );
    const data = { Image: 'C:\\a\\x.exe', NewProcessName: 'C:\\a\\x.exe', ProcessName: 'C:\\a\\x.exe' };
    const events = [
      event(SYSMON, 1, data),
      event(SECURITY, 4688, data),
      event(SYSMON, 5, data),
      event(SYSMON, 3, data),
      event(SECURITY, 4689, data),
    ];
    expect(hits(rule, events)).toEqual([0, 1]);
  });

  it('tells a changed from a deleted value of the registry by the event', () => {
    const rule = read(
      elastic(
        `registry where ${WINDOWS} and event.type in ("change", "deletion") and registry.path : "\\\\REGISTRY\\\\MACHINE\\\\Run\\\\*"`,
      ),
      'r.toml',
    );
    const at = (eventId: number, EventType: string, TargetObject: string): MadeEvent =>
      event(SYSMON, eventId, { EventType, TargetObject });
    const events = [
      at(13, 'SetValue', 'HKLM\\Run\\a'),
      at(12, 'CreateKey', 'HKLM\\Run\\a'),
      at(12, 'DeleteValue', 'HKLM\\Run\\a'),
      at(13, 'SetValue', 'HKU\\Run\\a'),
    ];
    expect(hits(rule, events)).toEqual([0, 2]);
  });

  it.each([
    ['"1"', [0, 2]],
    ['"0x00000001"', [0]],
    ['"DWORD*"', [3]],
    ['"*calc*"', [1]],
  ])('compares registry data as Elastic has it: %s', (value, wanted) => {
    const rule = read(
      elastic(`registry where ${WINDOWS} and event.type == "change" and registry.data.strings : ${value}`),
      'r.toml',
    );
    const data = ['DWORD (0x00000001)', 'C:\\calc.exe', '1', 'DWORDS'];
    expect(
      hits(
        rule,
        data.map((Details) => event(SYSMON, 13, { Details, TargetObject: 'HKLM\\x' })),
      ),
    ).toEqual(wanted);
  });

  it("takes a Windows field's own name, an event code and a word for a kind of logon", () => {
    const rule = read(
      elastic(
        'event.code:4624 and host.os.type:windows and winlog.logon.type:RemoteInteractive and winlog.event_data.LogonProcessName:User32 and source.ip:"::1"',
        'kuery',
        'index = ["logs-system.security*"]',
      ),
      'r.toml',
    );
    const logon = (LogonType: string, IpAddress: string, eventId = 4624): MadeEvent =>
      event(SECURITY, eventId, { LogonType, LogonProcessName: 'User32', IpAddress });
    const events = [
      logon('10', '::1'),
      logon('3', '::1'),
      logon('10', '0:0:0:0:0:0:0:1'),
      logon('10', '::1', 4625),
      logon('10', '-'),
    ];
    expect(hits(rule, events)).toEqual([0, 2]);
  });

  it('leaves an optional field out where events have no equal', () => {
    const rule = read(
      elastic(
        `process where ${WINDOWS} and event.type == "start" and process.name : "x.exe" and ?process.code_signature.trusted != true`,
      ),
      'r.toml',
    );
    expect(hits(rule, [named('C:\\x.exe')])).toEqual([0]);
  });

  it('reads the name of a lookup from network events', () => {
    const rule = read(elastic(`network where ${WINDOWS} and dns.question.name : "*.example"`), 'r.toml');
    const events = [
      event(SYSMON, 22, { QueryName: 'a.example' }),
      event(SYSMON, 3, { DestinationHostname: 'a.example' }),
    ];
    expect(hits(rule, events)).toEqual([0]);
  });

  it('says which field has no equal, and where', () => {
    const text = elastic(`process where ${WINDOWS} and event.type == "start" and\n  process.args_count > 3`);
    const rule = read(text, 'r.toml');
    expect(rule.condition).toBeUndefined();
    expect(rule.diagnostics.map(({ message }) => message)).toEqual(['process.args_count has no equal in these logs']);
    const { start, end } = rule.diagnostics[0]?.span ?? { start: 0, end: 0 };
    expect(text.slice(start, end)).toBe('process.args_count > 3');
  });

  it('compares the arguments of a command line one by one', () => {
    const rule = read(
      elastic(
        `process where ${WINDOWS} and event.type == "start" and process.args : "-e*" and process.args : "a b" and not process.parent.args : "safe"`,
      ),
      'r.toml',
    );
    const run = (CommandLine: string, ParentCommandLine = 'p'): MadeEvent =>
      sysmon1({ CommandLine, ParentCommandLine });
    const events = [
      run('x.exe -enc "a b"'),
      run('x.exe "-ENC" a" "b'),
      run('x.exe -enc a b'),
      run('x-e.exe "a b"'),
      run('x.exe -e "a b"', 'p "safe"'),
      run('x.exe -e "a b"', 'p unsafe'),
    ];
    expect(hits(rule, events)).toEqual([0, 1, 5]);
  });

  it('knows the accounts of some identifiers, and no others', () => {
    const made = (test: string): Rule =>
      read(elastic(`registry where ${WINDOWS} and event.type == "change" and user.id ${test}`), 'r.toml');
    const set = (User: string): MadeEvent => event(SYSMON, 13, { User, TargetObject: 'HKLM\\x' });
    const events = [set('NT AUTHORITY\\SYSTEM'), set('WS01\\user'), set('NT-AUTORITÄT\\SYSTEM')];
    expect(hits(made(': "S-1-5-18"'), events)).toEqual([0, 2]);
    expect(hits(made('!= "S-1-5-18"'), events)).toEqual([1]);
    expect(made(': "S-1-5-21-*"').condition).toBeUndefined();
    expect(made('== "S-1-5-21-1-2-3-500"').condition).toBeUndefined();
  });

  it('runs on the events that have a field, and says on which it does not', () => {
    const rule = read(
      elastic(`process where ${WINDOWS} and event.type == "start" and user.id == "S-1-5-21-1"`),
      'r.toml',
    );
    expect(rule.diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['runs-in-part', 'Not run on Sysmon 1: user.id: "S-1-5-21-1" as user.id has no equal in these logs'],
    ]);
    const events = [sysmon1({ User: 'x' }), event(SECURITY, 4688, { SubjectUserSid: 'S-1-5-21-1' })];
    expect(hits(rule, events)).toEqual([1]);
  });

  it('runs on script blocks, whose events name the user in their System part', () => {
    const rule = read(
      elastic(
        'event.category:process and host.os.type:windows and file.name:a.ps1',
        'kuery',
        'index = ["winlogbeat-*", "logs-windows.powershell*"]',
      ),
      'r.toml',
    );
    const events = [event(POWERSHELL, 4104, { Path: 'C:\\a.ps1' }), event(POWERSHELL, 4103, { Path: 'C:\\a.ps1' })];
    expect(hits(rule, events)).toEqual([0]);
  });
});

describe("Elastic's category iam", () => {
  const audit = (eventId: number, data: Record<string, string>): MadeEvent => event(SECURITY, eventId, data);

  it('has scheduled tasks, renamed accounts and whoever looks up a group', () => {
    const task = read(elastic(`iam where ${WINDOWS} and event.action == "scheduled-task-created"`), 'r.toml');
    const group = read(
      elastic(`iam where ${WINDOWS} and event.action == "user-member-enumerated" and group.name : "Admin*"`),
      'r.toml',
    );
    const renamed = read(
      elastic(`iam where ${WINDOWS} and event.action == "renamed-user-account" and
  winlog.event_data.OldTargetUserName : "*$" and not winlog.event_data.NewTargetUserName : "*$"`),
      'r.toml',
    );
    const events = [
      audit(4698, { TaskName: '\\t' }),
      audit(4799, { TargetUserName: 'Administrators', CallerProcessName: 'C:\\x.exe' }),
      audit(4799, { TargetUserName: 'Guests', CallerProcessName: 'C:\\x.exe' }),
      audit(4781, { OldTargetUserName: 'DC1$', NewTargetUserName: 'dc1' }),
      audit(4781, { OldTargetUserName: 'a', NewTargetUserName: 'b' }),
      audit(4720, { TargetUserName: 'Administrators' }),
    ];
    expect([task, group, renamed].map((rule) => hits(rule, events))).toEqual([[0], [1], [3]]);
  });

  it('is not all of an event whose id is asked', () => {
    const rule = read(elastic(`iam where ${WINDOWS} and event.code in ("4720", "4732")`), 'r.toml');
    expect(
      hits(
        rule,
        [4698, 4720, 4732, 4799].map((id) => audit(id, {})),
      ),
    ).toEqual([1, 2]);
    expect(rule.diagnostics).toEqual([]);
  });
});

describe('EQL sequences', () => {
  const text = (more = '', by = 'process.entity_id'): string =>
    elastic(`sequence by host.id, ${by} with maxspan=1m
  [process where ${WINDOWS} and event.type == "start" and process.name : "x.exe"]
  [network where ${WINDOWS} and event.type == "start" and destination.port == 443]${more}`);
  const at = (seconds: number, made: MadeEvent, computer = 'WS01'): MadeEvent => ({
    ...made,
    computer,
    timeUs: START + seconds * 1_000_000,
  });
  const start = (guid: string): MadeEvent => sysmon1({ Image: 'C:\\x.exe', ProcessGuid: guid });
  const connect = (guid: string): MadeEvent => event(SYSMON, 3, { DestinationPort: '443', ProcessGuid: guid });

  it('want their steps in order, on one host and process, within the time', () => {
    const rule = read(text(), 'r.toml');
    const events = [
      ...[at(0, start('a')), at(30, connect('a'))],
      ...[at(0, start('b')), at(61, connect('b'))],
      ...[at(5, connect('c')), at(6, start('c'))],
      ...[at(0, start('d')), at(1, connect('d'), 'WS02')],
      ...[at(0, start('e')), at(1, connect('f'))],
    ];
    expect(hits(rule, events)).toEqual([1]);
  });

  it('want a step as often as it says', () => {
    const rule = read(text(' with runs=3'), 'r.toml');
    const events = [at(0, start('a')), at(1, connect('a')), at(2, connect('a')), at(3, connect('a'))];
    expect(hits(rule, events)).toEqual([3]);
    expect(hits(rule, events.slice(0, 3))).toEqual([]);
    expect(hits(rule, [at(0, start('a')), at(1, connect('a')), at(2, connect('b')), at(3, connect('a'))])).toEqual([]);
  });

  it('say how many events each step has, and the keys by the names of the rule', () => {
    const rule = read(
      elastic(`sequence by host.id with maxspan=1m
  [process where ${WINDOWS} and event.type == "start" and process.name : "x.exe"] by process.entity_id
  [process where ${WINDOWS} and event.type == "start" and process.name : "y.exe"] by process.parent.entity_id with runs=2`),
      'r.toml',
    );
    const child = sysmon1({ Image: 'C:\\y.exe', ProcessGuid: 'b', ParentProcessGuid: 'a' });
    expect(correlated(rule, [at(0, start('a')), at(1, start('a')), at(2, child), at(3, child)])).toEqual([
      {
        'host.id': 'WS01',
        'process.entity_id = process.parent.entity_id': 'a',
        ...{ count: '3', 'events of step 1': '2', 'events of step 2': '2' },
      },
    ]);
  });

  it('do not take one step for another that tests a field of the same name', () => {
    const rule = read(
      elastic(`sequence by host.id with maxspan=1m
  [file where ${WINDOWS} and event.type == "creation" and process.name : "x.exe"]
  [process where ${WINDOWS} and event.type == "start" and process.name : "x.exe"]`),
      'r.toml',
    );
    const data = { Image: 'C:\\x.exe' };
    expect(hits(rule, [at(0, event(SYSMON, 1, data)), at(1, event(SYSMON, 1, data))])).toEqual([]);
    expect(hits(rule, [at(0, event(SYSMON, 11, data)), at(1, event(SYSMON, 1, data))])).toEqual([1]);
  });

  it.each([
    ['an absent event', text('\n  ![file where true]'), 'A sequence with an event that must be absent cannot be run'],
    ['until', text('\nuntil [process where event.type == "end"]'), 'A sequence with until cannot be run'],
    ['very many runs', text(' with runs=51'), 'A step that must occur more than 50 times cannot be run'],
    ['what is computed', text('\n  [file where length(file.name) > 9]'), 'The rule tests length of file.name'],
    [
      'a key that events have not',
      text('', 'user.id'),
      'user.id, by which events are joined, has no equal in these logs',
    ],
  ])('are refused for %s', (_, query, message) => {
    const rule = read(query, 'r.toml');
    expect(rule.condition).toBeUndefined();
    expect(rule.diagnostics.map((one) => one.message)).toContain(message);
  });
});

describe('rules that count', () => {
  const at = (seconds: number, made: MadeEvent, computer = 'WS01'): MadeEvent => ({
    ...made,
    computer,
    timeUs: START + seconds * 1_000_000,
  });
  const started = (Image: string): MadeEvent => sysmon1({ Image });
  const failed = (IpAddress: string, TargetUserName: string): MadeEvent =>
    event(SECURITY, 4625, { IpAddress, TargetUserName });
  const notes = (rule: Rule): string[] => rule.diagnostics.map(({ message }) => message);

  it("runs Elastic's threshold within the time that a run of the rule looks back", () => {
    const text = elastic('event.category:process and host.os.type:windows and process.name:x.exe', 'kuery', '')
      .replace('type = "eql"', 'type = "threshold"\nfrom = "now-2m"')
      .concat('[rule.threshold]\nfield = ["host.id"]\nvalue = 3\n');
    const rule = read(text, 'r.toml');
    expect(notes(rule)).toContain('Counted within 2 minutes, as far as a run of the rule looks back');
    const x = started('C:\\x.exe');
    expect(hits(rule, [at(0, x), at(10, x), at(20, x, 'WS02'), at(30, x)])).toEqual([3]);
    expect(hits(rule, [at(0, x), at(100, x), at(200, x)])).toEqual([]);
    expect(correlated(rule, [at(0, x), at(1, x), at(2, x)])).toEqual([{ 'host.id': 'WS01', count: '3' }]);
  });

  it('finds what is new in the open logs, and says so', () => {
    const text = elastic('event.category:process and host.os.type:windows and process.name:*.exe', 'kuery', '')
      .replace('type = "eql"', 'type = "new_terms"')
      .concat(
        '[rule.new_terms]\nfield = "new_terms_fields"\nvalue = ["host.id", "process.executable"]\n' +
          '[[rule.new_terms.history_window_start]]\nfield = "history_window_start"\nvalue = "now-7d"\n',
      );
    const rule = read(text, 'r.toml');
    expect(rule.diagnostics).toContainEqual(
      expect.objectContaining({
        severity: 'warning',
        message: 'What is new in the open logs; the rule looks 7 days back',
      }),
    );
    const [x, y] = [started('C:\\x.exe'), started('C:\\y.exe')];
    expect(hits(rule, [at(0, x), at(1, y), at(2, x), at(1e6, x), at(3, x, 'WS02')])).toEqual([0, 1, 4]);
  });

  it('runs STATS with a comparison of its number', () => {
    const rule = read(
      elastic(
        `from logs-system.security-* | where event.category == "authentication" and ${WINDOWS} and event.action == "logon-failed"
         | eval w = date_trunc(1 minutes, @timestamp) | stats n = count_distinct(winlog.event_data.TargetUserName) by source.ip, w | where n >= 2`,
        'esql',
      ),
      'r.toml',
    );
    expect(notes(rule)).toContain("Windows of 1 minute slide here; the rule's begin at full ones");
    const events = [
      ...[at(0, failed('10.0.0.1', 'a')), at(5, failed('10.0.0.1', 'a')), at(9, failed('10.0.0.2', 'b'))],
      at(20, failed('10.0.0.1', 'b')),
    ];
    expect(hits(rule, events)).toEqual([3]);
  });

  it("runs Splunk's stats, each kind of events with the names it has", () => {
    const rule = read(
      splunk(
        '| tstats count from datamodel=Endpoint.Processes where Processes.process_name=x.exe by Processes.dest Processes.process_name _time span=1m | where count >= 2',
      ).concat('  - Windows Event Log Security 4688\n'),
      'r.yml',
    );
    const old = (NewProcessName: string): MadeEvent => event(SECURITY, 4688, { NewProcessName });
    const events = [
      ...[at(0, started('C:\\x.exe')), at(90, started('C:\\x.exe'))],
      ...[at(200, old('C:\\x.exe')), at(210, old('C:\\x.exe')), at(220, old('C:\\y.exe'))],
    ];
    expect(hits(rule, events)).toEqual([3]);
    expect(notes(rule)).toContain(
      'Processes.process_name is a part of a field here: groups are of whole fields, so that one may be several',
    );
  });

  it.each([
    ['process.args_count', 'process.args_count, by which events are counted, has no equal in these logs'],
    ['process.name', 'process.name, whose values are counted, is only a part of a field in these logs'],
  ])('is refused for %s', (field, message) => {
    const rule = read(
      elastic(
        `from logs-* | where event.category == "process" and ${WINDOWS} and event.type == "start" | stats n = count_distinct(${field}) by host.id | where n > 5`,
        'esql',
      ),
      'r.toml',
    );
    expect(rule.condition).toBeUndefined();
    expect(notes(rule)).toContain(message);
  });
});

describe('Splunk on Windows events', () => {
  it("runs a data model's search, and needs no field for NOT", () => {
    const search =
      '| tstats count from datamodel=Endpoint.Processes where Processes.process_name=x.exe NOT Processes.process="*safe*" by Processes.dest';
    const rule = read(splunk(search), 'r.yml');
    const events = [
      sysmon1({ Image: 'C:\\X.exe', CommandLine: 'x run' }),
      sysmon1({ Image: 'C:\\x.exe', CommandLine: 'x safe' }),
      sysmon1({ Image: 'C:\\x.exe' }),
    ];
    expect(hits(rule, events)).toEqual([0, 2]);
  });

  it('reads a macro from a file of the folder, and the names that Windows gives', () => {
    const rule = read(
      splunk('`sysmon` EventCode=1 Image="*\\\\x.exe" ParentImage!="*\\\\ok.exe" | stats count by dest'),
      'r.yml',
    );
    const events = [
      sysmon1({ Image: 'C:\\x.exe', ParentImage: 'C:\\no.exe' }),
      sysmon1({ Image: 'C:\\x.exe', ParentImage: 'C:\\ok.exe' }),
      sysmon1({ Image: 'C:\\x.exe' }),
      event(SYSMON, 3, { Image: 'C:\\x.exe', ParentImage: 'C:\\no.exe' }),
    ];
    expect(hits(rule, events)).toEqual([0]);
  });

  it('refuses what Splunk makes of a message', () => {
    const rule = read(
      splunk('`wineventlog_security` EventCode=4720 Account_Name=x | stats count').replace(
        'Sysmon EventID 1',
        'Windows Event Log Security 4720',
      ),
      'r.yml',
    );
    expect(rule.diagnostics.map(({ message }) => message)).toEqual(['Account_Name has no equal in these logs']);
  });
});

describe('Kusto on Windows events', () => {
  it('has the remote side of a connection by who began it', () => {
    const rule = read(kusto('DeviceNetworkEvents\n| where RemoteIP == "10.0.0.9" and RemotePort == 443'), 'r.yaml');
    const connection = (Initiated: string, SourceIp: string, DestinationIp: string): MadeEvent =>
      event(SYSMON, 3, { Initiated, SourceIp, SourcePort: '443', DestinationIp, DestinationPort: '443' });
    const events = [
      connection('true', '10.0.0.1', '10.0.0.9'),
      connection('false', '10.0.0.1', '10.0.0.9'),
      connection('false', '10.0.0.9', '10.0.0.1'),
    ];
    expect(hits(rule, events)).toEqual([0, 2]);
  });

  it('holds for what any table of a union has, on its own events, and says what is left out', () => {
    const rule = read(
      kusto(
        'union DeviceProcessEvents, (DeviceFileEvents | where ActionType == "FileCreated"), DeviceInfo\n| where DeviceName == "WS01" and FileName =~ "x.exe"',
      ),
      'r.yaml',
    );
    const events = [
      sysmon1({ Image: 'C:\\x.exe' }),
      event(SYSMON, 11, { TargetFilename: 'C:\\x.exe' }),
      event(SYSMON, 11, { TargetFilename: 'C:\\ax.exe', Image: 'C:\\x.exe' }),
      event(SYSMON, 1, { Image: 'C:\\x.exe' }, { computer: 'WS02' }),
    ];
    expect(hits(rule, events)).toEqual([0, 1]);
    expect(rule.diagnostics.some(({ message }) => message.startsWith('A query of it is not run: '))).toBe(true);
  });

  it('tests a key without its value', () => {
    const rule = read(
      kusto('DeviceRegistryEvents\n| where RegistryKey endswith @"\\Run" and RegistryValueName =~ "x"'),
      'r.yaml',
    );
    const paths = ['HKLM\\Run\\x', 'HKLM\\Run\\y', 'HKLM\\x\\Run', 'HKLM\\a\\Run\\X'];
    expect(
      hits(
        rule,
        paths.map((TargetObject) => event(SYSMON, 13, { TargetObject })),
      ),
    ).toEqual([0, 3]);
  });

  it("takes the Security log's own columns, and refuses made-up ones", () => {
    const rule = read(kusto('SecurityEvent\n| where EventID == 4624 and TargetUserName startswith "adm"'), 'r.yaml');
    const events = [
      event(SECURITY, 4624, { TargetUserName: 'ADMIN' }),
      event(SECURITY, 4625, { TargetUserName: 'adm' }),
    ];
    expect(hits(rule, events)).toEqual([0]);
    const refused = read(kusto('SecurityEvent\n| where EventID == 4624 and Account == "x"'), 'r.yaml');
    expect(refused.diagnostics.map(({ message }) => message)).toEqual(['Account has no equal in these logs']);
  });

  it('is refused for tables that no Windows event is equal to', () => {
    const rule = read(kusto('SigninLogs\n| where UserPrincipalName == "x"'), 'r.yaml');
    expect(rule.condition).toBeUndefined();
    expect(rule.diagnostics.map(({ message }) => message)).toEqual(['The rule reads no Windows events']);
  });
});

describe('reading rules of all vendors', () => {
  it('tells them by their content', () => {
    const sigma =
      'title: T\nlogsource: {category: process_creation, product: windows}\ndetection: {s: {Image: x}, condition: s}\n';
    const vendors = [
      [sigma, 'a.yml'],
      [elastic('process where true'), 'a.toml'],
      [elastic('process where true'), 'draft'],
      [splunk('index=x'), 'a.yml'],
      [kusto('T | where a == 1'), 'a.yaml'],
      ['# A\n\n```kql\nT | where a == 1\n```\n', 'a.md'],
    ].map(([text, name]) => reader.read(text as string, name as string).rules.map(({ vendor }) => vendor));
    expect(vendors.flat()).toEqual(['sigma', 'elastic', 'elastic', 'splunk', 'kusto', 'kusto']);
  });

  it('keeps macros for the rules, and their files for the case', () => {
    const own = new RuleReader(contentFolder);
    const rule = { name: 'r.yml', path: 'r.yml', text: splunk('`sysmon` Image=x') };
    expect(own.take([...MACROS, rule])).toEqual([rule]);
    expect(own.macroFiles).toEqual(MACROS);
    expect(own.read(rule.text, rule.name).rules[0]?.condition).toBeDefined();
  });
});

it('a case keeps the macros that its rules need', async () => {
  const engine = await createEngine({
    contentFolder,
    readRaw: () => Promise.reject(new Error('no record is read here')),
  });
  const folder = mkdtempSync(join(tmpdir(), 'rulewright-macros-'));
  const path = join(folder, 'a.rwcase');
  const search = { name: 'r.yml', path: 'r.yml', text: splunk('`sysmon` EventCode=1 Image="*x.exe"') };
  const never = new AbortController().signal;
  try {
    expect(await engine.loadRules([search, ...MACROS], never, () => undefined)).toEqual({
      ok: true,
      value: { rules: 1 },
    });
    expect(await engine.saveCase(path)).toMatchObject({ ok: true });
    // Another engine, that has never seen the macros' files.
    const other = await createEngine({ contentFolder, readRaw: () => Promise.reject(new Error('nor here')) });
    expect(await other.openCase(path, never, () => undefined)).toMatchObject({ ok: true });
    expect(await other['rules.list']({})).toMatchObject({
      value: [{ title: 'T', vendor: 'splunk', notRun: [], logsource: 'windows / Sysmon 1' }],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
