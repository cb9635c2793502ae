import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { EventTable } from '../../columns/event-table.ts';
import { createMatching } from '../../match/matching.ts';
import { projectRoot } from '../../testing/corpus.ts';
import { makeBatches, type MadeEvent } from '../../testing/make-events.ts';
import { readRules } from '../../../shared/catalog/read.ts';

// What the shipped mappings say, asked with the field names that the events have and those that rules use.

type Source = Pick<MadeEvent, 'channel' | 'provider'>;
const SYSMON = { channel: 'Microsoft-Windows-Sysmon/Operational', provider: 'Microsoft-Windows-Sysmon' };
const SECURITY = { channel: 'Security', provider: 'Microsoft-Windows-Security-Auditing' };
const SYSTEM = { channel: 'System', provider: 'Service Control Manager' };
const CLASSIC = { channel: 'Windows PowerShell', provider: 'PowerShell' };
const SCRIPT = { channel: 'Microsoft-Windows-PowerShell/Operational', provider: 'Microsoft-Windows-PowerShell' };
const CORE = { channel: 'PowerShellCore/Operational', provider: 'PowerShellCore' };

const event = (source: Source, eventId: number | undefined, data: Record<string, string>): MadeEvent => ({
  ...source,
  eventId,
  computer: 'WS01',
  timeUs: 1_700_000_000_000_000,
  data,
});

function run(logsource: string, selection: string, events: readonly MadeEvent[]) {
  const text = `title: T\nlogsource: {${logsource}}\ndetection:\n  sel: {${selection}}\n  condition: sel\n`;
  const table = new EventTable();
  for (const batch of makeBatches(new BatchBuilder(), events, 0)) table.append(batch);
  const plan = createMatching(table, join(projectRoot, 'rules')).compile(readRules(text).rules);
  expect([...plan.notRun.values()].flat()).toEqual([]);
  const hits: number[] = [];
  for (const shape of table.shapes) plan.run(shape, 0, shape.count, (_, number) => hits.push(number));
  return { hits: hits.sort((a, b) => a - b), cannotFire: plan.cannotFire(0) };
}

const hits = (...of: Parameters<typeof run>): number[] => run(...of).hits;

describe('the same rule on two sources of the same kind of event', () => {
  it('network connections: Sysmon 3 and Security 5156', () => {
    const events = [
      event(SYSMON, 3, {
        Image: 'C:\\Windows\\notepad.exe',
        Initiated: 'true',
        Protocol: 'tcp',
        DestinationIp: '203.0.113.9',
        DestinationPort: '443',
      }),
      event(SECURITY, 5156, {
        ProcessID: '812',
        Application: '\\device\\harddiskvolume2\\windows\\notepad.exe',
        Direction: '%%14593',
        SourceAddress: '10.0.0.5',
        SourcePort: '50111',
        DestAddress: '203.0.113.9',
        DestPort: '443',
        Protocol: '6',
      }),
      event(SECURITY, 5157, { Application: '\\device\\notepad.exe', DestPort: '443' }),
      event({ ...SECURITY, provider: 'Other' }, 5156, { Application: '\\device\\notepad.exe', DestPort: '443' }),
    ];
    const asks = (selection: string) => hits('product: windows, category: network_connection', selection, events);
    expect(asks("Image|endswith: '\\notepad.exe', DestinationPort: 443")).toEqual([0, 1]);
    expect(asks("DestinationIp|cidr: '203.0.113.0/24', Initiated: 'true', Protocol: tcp")).toEqual([0, 1]);
    expect(asks("SourceIp: '10.0.0.5', ProcessId: 812")).toEqual([1]);
  });

  it('registry: Sysmon 12 to 14 and Security 4657', () => {
    const value = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\updater';
    const events = [
      event(SYSMON, 12, { EventType: 'CreateKey', TargetObject: value }),
      event(SYSMON, 12, { EventType: 'DeleteValue', TargetObject: value }),
      event(SYSMON, 13, { EventType: 'SetValue', TargetObject: value, Details: 'C:\\x.exe' }),
      event(SYSMON, 14, { EventType: 'RenameKey', TargetObject: value, NewName: 'y' }),
      event(SECURITY, 4657, {
        ObjectName: '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run',
        ObjectValueName: 'updater',
        OperationType: '%%1905',
        NewValue: 'C:\\x.exe',
        ProcessName: 'C:\\Windows\\reg.exe',
      }),
    ];
    const asks = (category: string, selection: string) =>
      hits(`product: windows, category: ${category}`, selection, events);
    const target = "TargetObject|contains: '\\CurrentVersion\\Run\\'";
    expect(asks('registry_event', target)).toEqual([0, 1, 2, 3, 4]);
    expect(asks('registry_add', `${target}, EventType: CreateKey`)).toEqual([0]);
    expect(asks('registry_delete', `${target}, EventType: DeleteValue`)).toEqual([1]);
    expect(asks('registry_set', `${target}, Details|endswith: '.exe'`)).toEqual([2, 4]);
    expect(asks('registry_rename', target)).toEqual([3]);
  });

  it('services: System 7045 and Security 4697', () => {
    const events = [
      event(SYSTEM, 7045, {
        ServiceName: 'upd',
        ImagePath: '%COMSPEC% /c x',
        ServiceType: 'user mode service',
        StartType: 'demand start',
        AccountName: 'LocalSystem',
      }),
      event(SECURITY, 4697, {
        ServiceName: 'upd',
        ServiceFileName: '%COMSPEC% /c x',
        ServiceType: '0x10',
        ServiceStartType: '3',
        ServiceAccount: 'LocalSystem',
      }),
      event({ ...SYSTEM, provider: 'Other' }, 7045, { ServiceName: 'upd', ImagePath: '%COMSPEC% /c x' }),
    ];
    const selection = "ImagePath|contains: 'COMSPEC', StartType: demand start, AccountName: localsystem";
    expect(hits('product: windows, category: service_creation', selection, events)).toEqual([0, 1]);
    expect(
      hits('product: windows, service: security', 'EventID: 4697, ServiceFileName|contains: SPEC', events),
    ).toEqual([1]);
  });

  it('PowerShell: classic and operational, Windows PowerShell and PowerShell 7', () => {
    const host = 'HostName=ConsoleHost\n\tHostApplication=powershell -enc AAAA\n\tEngineVersion=2.0';
    const events = [
      event(CLASSIC, 400, { Data: host }),
      event(CLASSIC, 600, { Data: 'ProviderName=WSMan' }),
      event(CLASSIC, 800, { Data: 'Get-Thing' }),
      event(SCRIPT, 4103, { ContextInfo: 'Host Application = powershell', Payload: 'CommandInvocation(Get-Thing)' }),
      event(SCRIPT, 4104, { ScriptBlockText: 'Invoke-Thing', Path: '' }),
      event(CORE, 4104, { ScriptBlockText: 'invoke-thing' }),
      event({ ...SCRIPT, provider: 'Other' }, 4104, { ScriptBlockText: 'Invoke-Thing' }),
    ];
    const asks = (logsource: string, selection: string) => hits(`product: windows, ${logsource}`, selection, events);
    expect(asks('category: ps_classic_start', "Data|contains: 'EngineVersion=2.'")).toEqual([0]);
    expect(asks('category: ps_classic_provider_start', 'Data|contains: WSMan')).toEqual([1]);
    expect(asks('category: ps_classic_script', 'Data|contains: Get-')).toEqual([2]);
    expect(asks('service: powershell-classic', 'Data|contains: e')).toEqual([0, 1, 2]);
    expect(asks('category: ps_module', 'Payload|contains: Get-Thing')).toEqual([3]);
    expect(asks('category: ps_script', 'ScriptBlockText: Invoke-Thing')).toEqual([4, 5]);
    expect(asks('service: powershell', 'EventID: 4104')).toEqual([4, 5, 6]);
  });
});

describe('provider and channel', () => {
  it('leave the System log to the provider that a rule names', () => {
    const events = [
      event(SYSTEM, 7045, { ServiceName: 'upd' }),
      event({ channel: 'System', provider: 'Microsoft-Windows-Eventlog' }, 104, { Channel: 'Security' }),
      event({ channel: 'System', provider: 'Microsoft-Windows-Kernel-General' }, 104, { Channel: 'x' }),
    ];
    const asks = (selection: string) => hits('product: windows, service: system', selection, events);
    expect(asks('EventID: 104')).toEqual([1, 2]);
    expect(asks('EventID: 104, Provider_Name: Microsoft-Windows-Eventlog')).toEqual([1]);
  });

  it('keep event ids of another provider out of the Security log', () => {
    const events = [
      event(SECURITY, 4688, { NewProcessName: 'C:\\x.exe' }),
      event({ ...SECURITY, provider: 'Microsoft-Windows-Eventlog' }, 1102, {}),
      event({ ...SECURITY, provider: 'Other' }, 4688, { NewProcessName: 'C:\\x.exe' }),
    ];
    expect(hits('product: windows, service: security', "EventID: ['4688', 1102]", events)).toEqual([0, 1]);
    expect(hits('product: windows, category: process_creation', "Image|endswith: 'x.exe'", events)).toEqual([0]);
  });

  it('tell a Windows event without a channel from plain JSON', () => {
    const events = [
      event({ channel: '', provider: 'Microsoft-Windows-RPC' }, 6, { username: 'x' }),
      event({ channel: '', provider: '' }, undefined, { username: 'x' }),
    ];
    expect(hits('product: cisco, service: aaa', 'username: x', events)).toEqual([1]);
    expect(hits('product: windows', 'username: x', events)).toEqual([0]);
  });
});

describe('a rule that can never fire', () => {
  const started = [event(SYSMON, 1, { Image: 'C:\\x.exe' })];

  it('names the channel that is absent', () => {
    expect(run('product: windows, service: security', 'EventID: 4625', started).cannotFire).toBe(
      'no events of channel Security',
    );
  });

  it('names the event id that is absent', () => {
    expect(run('product: windows, category: image_load', 'ImageLoaded: x', started).cannotFire).toBe(
      'no event with id 7 in Microsoft-Windows-Sysmon/Operational',
    );
    expect(run('product: windows, service: sysmon', 'EventID: [3, 22]', started).cannotFire).toBe(
      'no event with id 3 or 22 in Microsoft-Windows-Sysmon/Operational',
    );
  });

  it('names the field that no such event has', () => {
    expect(run('product: windows, category: process_creation', 'CommandLine: x', started).cannotFire).toBe(
      'no such event has the field CommandLine',
    );
  });

  it('is silent where only the value is wrong', () => {
    expect(run('product: windows, category: process_creation', 'Image: y', started).cannotFire).toBeNull();
  });
});
