import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { Dictionary } from '../columns/dictionary.ts';
import { EventTable } from '../columns/event-table.ts';
import { makeBatches, type MadeEvent } from '../testing/make-events.ts';
import { projectRoot } from '../testing/corpus.ts';
import { readRules } from '../../shared/catalog/read.ts';
import { createMatching } from './matching.ts';

const SYSMON = { channel: 'Microsoft-Windows-Sysmon/Operational', provider: 'Microsoft-Windows-Sysmon' };
const SECURITY = { channel: 'Security', provider: 'Microsoft-Windows-Security-Auditing' };
const event = (of: Partial<MadeEvent>, data: Record<string, string>): MadeEvent => ({
  channel: '',
  provider: '',
  eventId: undefined,
  computer: 'WS01',
  timeUs: 1_700_000_000_000_000,
  ...of,
  data,
});
const rule = (logsource: string, selection: string, condition = 'sel') =>
  `title: T\nlogsource: {${logsource}}\ndetection:\n  sel:\n    ${selection}\n  other: {Nope: x}\n  condition: ${condition}\n`;
const WINDOWS = 'product: windows';

function matching(events: readonly MadeEvent[]) {
  const table = new EventTable();
  for (const batch of makeBatches(new BatchBuilder(), events, 0)) table.append(batch);
  return { table, matching: createMatching(table, join(projectRoot, 'rules'), () => 'logs/a.evtx') };
}

/** Numbers of the events that a rule hits. */
function hits(text: string, events: readonly MadeEvent[]): number[] {
  const made = matching(events);
  const plan = made.matching.compile(readRules(text).rules);
  expect([...plan.notRun.values()].flat()).toEqual([]);
  const found: number[] = [];
  for (const shape of made.table.shapes) plan.run(shape, 0, shape.count, (_, number) => found.push(number));
  return found.sort((a, b) => a - b);
}

describe('logsources', () => {
  const start = { Image: 'C:\\x\\plink.exe', CommandLine: 'plink -R' };
  const plink = rule(`${WINDOWS}, category: process_creation`, "Image|endswith: '\\plink.exe'");

  it('decide by channel, provider and event id', () => {
    expect(
      hits(plink, [
        event({ ...SYSMON, eventId: 1 }, start),
        event({ ...SYSMON, eventId: 5 }, start),
        event({ ...SYSMON, provider: 'Other', eventId: 1 }, start),
        event({ ...SYSMON, channel: 'Application', eventId: 1 }, start),
        event({ ...SYSMON, channel: 'microsoft-windows-sysmon/OPERATIONAL', eventId: 1 }, start),
        event({ ...SYSMON, provider: '', eventId: 1 }, start),
        event({ ...SYSMON, channel: '', eventId: 1 }, start),
        event({}, start),
      ]),
    ).toEqual([0, 4, 5, 6]);
  });

  it('run process creation on 4688 under its own names, swapped process ids and all', () => {
    const made = [
      event(
        { ...SECURITY, eventId: 4688 },
        {
          NewProcessName: 'C:\\x\\plink.exe',
          ParentProcessName: 'C:\\x\\cmd.exe',
          NewProcessId: '0x10',
          ProcessId: '0x20',
          SubjectDomainName: 'CORP',
          SubjectUserName: 'jdoe',
          MandatoryLabel: 'S-1-16-12288',
        },
      ),
    ];
    const asks = (selection: string) => hits(rule(`${WINDOWS}, category: process_creation`, selection), made);
    expect(asks("Image|endswith: '\\plink.exe'")).toEqual([0]);
    expect(asks("ParentImage|endswith: '\\cmd.exe'")).toEqual([0]);
    expect(asks("ProcessId: '0x10'")).toEqual([0]);
    expect(asks("ParentProcessId: '0x20'")).toEqual([0]);
    expect(asks("User: 'corp\\jdoe'")).toEqual([0]);
    expect(asks("User|re: '^CORP.jdoe$'")).toEqual([0]);
    expect(asks('IntegrityLevel: High')).toEqual([0]);
    expect(asks('IntegrityLevel: S-1-16-12288')).toEqual([]);
    expect(hits(rule(`${WINDOWS}, service: security`, "ProcessId: '0x20'"), made)).toEqual([0]);
    expect(hits(rule(`${WINDOWS}, service: security`, 'IntegrityLevel: High'), made)).toEqual([]);
  });

  it('run registry_set on 4657 with hive names and joined paths', () => {
    const made = [
      event(
        { ...SECURITY, eventId: 4657 },
        {
          ObjectName: '\\REGISTRY\\MACHINE\\SOFTWARE\\Run',
          ObjectValueName: 'evil',
          NewValue: 'c:\\x.exe',
          OperationType: '%%1904',
        },
      ),
    ];
    const selection =
      "TargetObject: 'HKLM\\SOFTWARE\\Run\\evil'\n    Details|endswith: 'x.exe'\n    EventType: SetValue";
    expect(hits(rule(`${WINDOWS}, category: registry_set`, selection), made)).toEqual([0]);
  });

  it('run rules for other products on events without a channel, by field names alone', () => {
    const made = [event({ ...SECURITY, eventId: 1 }, { a: 'x' }), event({}, { a: 'x' })];
    expect(hits(rule('product: linux, service: auditd', 'a: x'), made)).toEqual([1]);
    expect(hits(rule('category: proxy', 'a: x'), made)).toEqual([1]);
    expect(hits(rule(WINDOWS, 'a: x'), made)).toEqual([0]);
  });

  it('refuse a Windows logsource that no mapping names', () => {
    const made = matching([event({ ...SYSMON, eventId: 1 }, start)]);
    const plan = made.matching.compile(readRules(rule(`${WINDOWS}, service: nonesuch`, 'a: x')).rules);
    expect(plan.notRun.get(0)?.map((known) => known.code)).toEqual(['unknown-logsource']);
  });
});

describe('fields', () => {
  const of = { ...SYSMON, eventId: 1 };
  const asks = (selection: string, data: Record<string, string>) =>
    hits(rule(WINDOWS, selection), [event(of, data)]).length;

  it('are found under their own name, in another case, with blanks, by alias, by the last part of a path', () => {
    expect(asks('A: x', { A: 'x' })).toBe(1);
    expect(asks('commandline: x', { CommandLine: 'x' })).toBe(1);
    expect(asks('ThreatName: x', { 'Threat Name': 'x' })).toBe(1);
    expect(asks('Image: x', { 'process.executable': 'x' })).toBe(1);
    expect(asks('Foo: x', { 'a.b.foo': 'x' })).toBe(1);
    expect(asks('Foo: x', { 'a.b.foo': 'x', Foo: 'y' })).toBe(0);
    expect(asks('Data: y', { Data: 'x', 'Data[2]': 'y' })).toBe(1);
    expect(asks('Foo: null', { Foo: 'y' })).toBe(0);
    expect(asks('Foo: null', { Bar: 'y' })).toBe(1);
  });

  it('take the first way that the event itself has, whatever other events have', () => {
    const made = [
      event(of, { Image: 'x' }),
      event(of, { 'process.executable': 'x' }),
      event(of, { Image: 'y', 'process.executable': 'x' }),
    ];
    expect(hits(rule(WINDOWS, 'Image: x'), made)).toEqual([0, 1]);
  });

  it('of the System section give way to data of the same name, save the four that say what an event is', () => {
    expect(asks('Level: 4', { A: 'x' })).toBe(1);
    expect(asks('Level: 4', { Level: '9' })).toBe(0);
    expect(asks('Level: 9', { Level: '9' })).toBe(1);
    expect(asks('EventID: 1', { EventID: '7' })).toBe(1);
    expect(asks('Provider_Name: Microsoft-Windows-Sysmon', {})).toBe(1);
    expect(asks('Channel|endswith: /Operational', {})).toBe(1);
    expect(asks('Computer: ws01', { Computer: 'z' })).toBe(1);
    expect(asks('ComputerName: ws01', {})).toBe(1);
    expect(asks('RecordID: 1', {})).toBe(1);
    expect(asks('File|endswith: a.evtx', {})).toBe(1);
    expect(asks('ProcessID: 4', {})).toBe(1);
    expect(asks('TimeCreated|year: 2023', {})).toBe(1);
    expect(asks('TimeCreated|hour|lt: 22', {})).toBe(0);
  });
});

describe('a plan', () => {
  it('marks a refused regex at its value and runs the other rules', () => {
    const text = `${rule(WINDOWS, "A|re: ['ok', '(?<=x)y']")}---\n${rule(WINDOWS, 'A: x')}`;
    const made = matching([event({ ...SYSMON, eventId: 1 }, { A: 'x' })]);
    const plan = made.matching.compile(readRules(text).rules);
    const [fault] = plan.notRun.get(0) ?? [];
    expect(fault?.code).toBe('regex-refused');
    expect(text.slice(fault?.span.start, fault?.span.end)).toBe("'(?<=x)y'");
    expect(plan.notRun.has(1)).toBe(false);
  });

  it('says why a rule can never fire', () => {
    const made = matching([
      event({ ...SYSMON, eventId: 1 }, { Image: 'x' }),
      event({ ...SECURITY, eventId: 4624 }, { A: 'x' }),
    ]);
    const why = (logsource: string, selection: string) =>
      made.matching.compile(readRules(rule(logsource, selection)).rules).cannotFire(0);
    expect(why(`${WINDOWS}, service: powershell-classic`, 'A: x')).toBe('no events of channel Windows PowerShell');
    expect(why(`${WINDOWS}, category: dns_query`, 'A: x')).toBe(
      'no event with id 22 in Microsoft-Windows-Sysmon/Operational',
    );
    expect(why(`${WINDOWS}, service: security`, 'EventID: 4625')).toBe('no event with id 4625 in Security');
    expect(why(`${WINDOWS}, category: process_creation`, 'Imphash: x')).toBe('no such event has the field Imphash');
    expect(why(`${WINDOWS}, category: process_creation`, 'Image: x')).toBeNull();
    expect(why('product: linux', 'A: x')).toContain('every open event is from a Windows channel');
  });

  it('explains a hit: selection, field, value and the characters', () => {
    const made = matching([
      event({ ...SECURITY, eventId: 4688 }, { NewProcessName: 'C:\\X\\PLINK.exe', CommandLine: 'a -R b' }),
    ]);
    const text = rule(
      `${WINDOWS}, category: process_creation`,
      "Image|endswith: '\\plink.exe'\n    CommandLine|contains|all: [' -r ', 'b']",
      'sel and not other',
    );
    const plan = made.matching.compile(readRules(text).rules);
    expect(plan.explain(0, 0)).toEqual([
      {
        selection: 'sel',
        op: 'endswith',
        field: 'NewProcessName',
        value: 'C:\\X\\PLINK.exe',
        wanted: '\\plink.exe',
        ranges: [{ start: 4, end: 14 }],
      },
      {
        selection: 'sel',
        op: 'contains|all',
        field: 'CommandLine',
        value: 'a -R b',
        wanted: ' -r ',
        ranges: [{ start: 1, end: 5 }],
      },
      {
        selection: 'sel',
        op: 'contains|all',
        field: 'CommandLine',
        value: 'a -R b',
        wanted: 'b',
        ranges: [{ start: 5, end: 6 }],
      },
    ]);
  });

  it('notices that the table has got another dictionary', () => {
    const made = matching([event({ ...SYSMON, eventId: 1 }, { A: 'first', B: 'second' })]);
    const plan = made.matching.compile(readRules(rule(WINDOWS, 'A|re: ^first$')).rules);
    const run = () => {
      let count = 0;
      for (const shape of made.table.shapes) plan.run(shape, 0, shape.count, () => count++);
      return count;
    };
    expect(run()).toBe(1);
    const other = new Dictionary();
    const size = made.table.dictionary.size;
    for (let id = 0; id < size; id++) other.refOfText(`other ${id}`);
    made.table.dictionary = other;
    expect(run()).toBe(0);
  });
});

describe('compileExpr', () => {
  it('looks at every event, or with a logsource at those it covers, under its aliases', () => {
    const made = matching([event({ ...SECURITY, eventId: 4688 }, { NewProcessName: 'x' }), event({}, { Image: 'x' })]);
    const [read] = readRules(rule(`${WINDOWS}, category: process_creation`, 'Image: x')).rules;
    const expr = read?.selections[0]?.expr;
    if (!read || !expr) throw new Error('no selection');
    const found = (scan: ReturnType<typeof made.matching.compileExpr>): number[] => {
      const events: number[] = [];
      for (const shape of made.table.shapes) scan.run(shape, 0, shape.count, (number) => events.push(number));
      return events;
    };
    expect(found(made.matching.compileExpr(expr))).toEqual([1]);
    expect(found(made.matching.compileExpr(expr, read.logsource))).toEqual([0]);
  });
});
