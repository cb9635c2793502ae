import type { WriterField } from '../../../main/ingest/evtx-writer/writer-event.ts';
import type { Machine, Process, Session } from '../machine.ts';
import { NOISE, type Draft, type Label } from '../recorder.ts';

const string = (name: string, value: string): WriterField => ({ name, type: 'string', value });

type Head = Pick<Draft, 'provider' | 'channel' | 'eventId'> & Partial<Draft>;

function add(machine: Machine, timeUs: number, head: Head, data: WriterField[], label: Label): void {
  const { random } = machine;
  const time = { us: timeUs + random.int(100, 3000), ns: random.int(0, 9) * 100 };
  machine.recorder.add({ level: 4, processId: 1080, threadId: 4 * random.int(300, 1900), ...head, time, data }, label);
}

const CONTROL_MANAGER = {
  provider: {
    name: 'Service Control Manager',
    guid: '{555908D1-A6D7-4695-8E1E-26931D2012F4}',
    eventSourceName: 'Service Control Manager',
  },
  channel: 'System',
  keywords: '0x8080000000000000',
  qualifiers: 16_384,
} as const;

export function serviceState(machine: Machine, timeUs: number, service: string, state: 'running' | 'stopped'): void {
  const data = [string('param1', service), string('param2', state)];
  add(machine, timeUs, { ...CONTROL_MANAGER, eventId: 7036, processId: machine.services.pid }, data, NOISE);
}

export function serviceInstalled(
  machine: Machine,
  timeUs: number,
  service: { readonly name: string; readonly path: string; readonly start: string; readonly account: string },
  label = NOISE,
): void {
  const data = [
    string('ServiceName', service.name),
    string('ImagePath', service.path),
    string('ServiceType', 'user mode service'),
    string('StartType', service.start),
    string('AccountName', service.account),
  ];
  const head = { ...CONTROL_MANAGER, eventId: 7045, processId: machine.services.pid, userSid: 'S-1-5-18' };
  add(machine, timeUs, head, data, label);
}

/** 6005: the event log service started, which is how a boot shows. A classic event without a provider GUID. */
export function eventLogStarted(machine: Machine, timeUs: number): void {
  machine.recorder.add(
    {
      provider: { name: 'EventLog' },
      channel: 'System',
      eventId: 6005,
      level: 4,
      qualifiers: 32_768,
      keywords: '0x0080000000000000',
      time: { us: timeUs, ns: 0 },
      data: [],
      binary: Uint8Array.of(0xea, 0x07, 3, 0, 2, 0, 10, 0, 6, 0, 1, 0, 12, 0, 90, 1),
    },
    NOISE,
  );
}

const POWERSHELL = {
  provider: { name: 'Microsoft-Windows-PowerShell', guid: '{A0C1853B-5C40-4B15-8766-3CF1C58F985A}' },
  channel: 'Microsoft-Windows-PowerShell/Operational',
  version: 1,
  keywords: '0x0000000000000000',
} as const;

/** 4104: a script block. */
export function scriptBlock(
  machine: Machine,
  timeUs: number,
  shell: Process,
  text: string,
  path = '',
  label = NOISE,
): void {
  const id = machine.random.text('0123456789abcdef', 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const data: WriterField[] = [
    { name: 'MessageNumber', type: 'int32', value: 1 },
    { name: 'MessageTotal', type: 'int32', value: 1 },
    string('ScriptBlockText', text),
    string('ScriptBlockId', id),
    string('Path', path),
  ];
  const head = { eventId: 4104, level: 5, task: 2, opcode: 15, processId: shell.pid, userSid: shell.session.user.sid };
  add(machine, timeUs, { ...POWERSHELL, ...head }, data, label);
}

/** 4103: a command ran. */
export function moduleLogged(machine: Machine, timeUs: number, shell: Process, command: string, label = NOISE): void {
  const { user } = shell.session;
  const context = [
    '        Severity = Informational',
    '        Host Name = ConsoleHost',
    '        Host Version = 5.1.19041.4291',
    `        Host Application = ${shell.commandLine}`,
    '        Engine Version = 5.1.19041.4291',
    `        Command Name = ${command}`,
    '        Command Type = Cmdlet',
    `        User = ${user.domain}\\${user.name}`,
    '        Connected User = ',
    '        Shell ID = Microsoft.PowerShell',
  ].join('\r\n');
  const data = [
    string('ContextInfo', context),
    string('UserData', ''),
    string('Payload', `CommandInvocation(${command}): "${command}"\r\n`),
  ];
  const head = { eventId: 4103, task: 106, opcode: 20, processId: shell.pid, userSid: user.sid };
  add(machine, timeUs, { ...POWERSHELL, ...head }, data, label);
}

const SCHEDULER = {
  provider: { name: 'Microsoft-Windows-TaskScheduler', guid: '{DE7B24EA-73C8-4A09-985D-5BDADCFA9017}' },
  channel: 'Microsoft-Windows-TaskScheduler/Operational',
  keywords: '0x8000000000000000',
  userSid: 'S-1-5-18',
} as const;

/** 200 and 201: an action of a task started and, after a while, ended. */
export function taskRan(
  machine: Machine,
  timeUs: number,
  run: { task: string; action: string; lastsUs: number },
): void {
  const instance = machine.random.text('0123456789ABCDEF', 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const instanceField: WriterField = { name: 'TaskInstanceId', type: 'guid', value: `{${instance}}` };
  const pid: WriterField = { name: 'EnginePID', type: 'uint32', value: 1932 };
  const started = [string('TaskName', run.task), string('ActionName', run.action), instanceField, pid];
  add(machine, timeUs, { ...SCHEDULER, eventId: 200, version: 1, task: 200, opcode: 1 }, started, NOISE);
  const ended = [
    string('TaskName', run.task),
    instanceField,
    string('ActionName', run.action),
    { name: 'ResultCode', type: 'uint32', value: 0 } as const,
    pid,
  ];
  add(machine, timeUs + run.lastsUs, { ...SCHEDULER, eventId: 201, version: 2, task: 201, opcode: 2 }, ended, NOISE);
}

/** 1149: remote desktop took a user's credentials. */
export function rdpAuthenticated(machine: Machine, timeUs: number, session: Session, ip: string, label = NOISE): void {
  const data = [string('Param1', session.user.name), string('Param2', session.user.domain), string('Param3', ip)];
  const head = {
    provider: {
      name: 'Microsoft-Windows-TerminalServices-RemoteConnectionManager',
      guid: '{C76BAA63-AE81-421C-B425-340B4B24157F}',
    },
    channel: 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational',
    eventId: 1149,
    keywords: '0x1000000000000000',
    userSid: 'S-1-5-20',
    userData: { root: 'EventXML', namespace: 'Event_NS' },
  };
  add(machine, timeUs, head, data, label);
}

/** 21 logon, 23 logoff, 24 disconnected, 25 reconnected: what a session of the terminal services does. */
export function rdpSession(
  machine: Machine,
  timeUs: number,
  session: Session,
  step: { readonly eventId: 21 | 23 | 24 | 25; readonly ip: string },
  label = NOISE,
): void {
  const data: WriterField[] = [
    string('User', `${session.user.domain}\\${session.user.name}`),
    { name: 'SessionID', type: 'uint32', value: session.terminal },
    ...(step.eventId === 23 ? [] : [string('Address', step.ip)]),
  ];
  const head = {
    provider: {
      name: 'Microsoft-Windows-TerminalServices-LocalSessionManager',
      guid: '{5D896912-022D-40AA-A3A8-4FA5515C76D7}',
    },
    channel: 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
    eventId: step.eventId,
    keywords: '0x1000000000000000',
    userSid: 'S-1-5-18',
    userData: { root: 'EventXML', namespace: 'Event_NS' },
  };
  add(machine, timeUs, head, data, label);
}
