import type { WriterField } from '../../../main/ingest/evtx-writer/writer-event.ts';
import type { Machine, Process } from '../machine.ts';
import { hashesOf } from '../programs.ts';
import { NOISE, type Label } from '../recorder.ts';

export const SYSMON_CHANNEL = 'Microsoft-Windows-Sysmon/Operational';
const PROVIDER = { name: 'Microsoft-Windows-Sysmon', guid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}' };

const string = (name: string, value: string): WriterField => ({ name, type: 'string', value });
const uint32 = (name: string, value: number): WriterField => ({ name, type: 'uint32', value });
const uint16 = (name: string, value: number): WriterField => ({ name, type: 'uint16', value });
const bool = (name: string, value: boolean): WriterField => ({ name, type: 'bool', value });
const guid = (name: string, value: string): WriterField => ({ name, type: 'guid', value });

/** `2026-03-10 09:12:31.482`, as Sysmon writes times into its data. */
export function utcTime(timeUs: number): string {
  return new Date(Math.floor(timeUs / 1000)).toISOString().replace('T', ' ').replace('Z', '');
}

export const userName = (process: Process): string => `${process.session.user.domain}\\${process.session.user.name}`;

/** Adds an event of Sysmon: it reaches the log a little after what it tells of. */
function add(
  machine: Machine,
  eventId: number,
  version: number,
  timeUs: number,
  data: WriterField[],
  label: Label,
): void {
  const { random } = machine;
  machine.recorder.add(
    {
      provider: PROVIDER,
      channel: SYSMON_CHANNEL,
      eventId,
      version,
      level: 4,
      task: eventId,
      keywords: '0x8000000000000000',
      time: { us: timeUs + random.int(900, 6400), ns: random.int(0, 9) * 100 },
      processId: 2980,
      threadId: 4116,
      userSid: 'S-1-5-18',
      data: [string('RuleName', '-'), ...data],
    },
    label,
  );
}

export function processCreated(machine: Machine, timeUs: number, process: Process, label: Label): void {
  const { program, session, parent } = process;
  add(
    machine,
    1,
    5,
    timeUs,
    [
      string('UtcTime', utcTime(timeUs)),
      guid('ProcessGuid', process.guid),
      uint32('ProcessId', process.pid),
      string('Image', program.path),
      string('FileVersion', program.version),
      string('Description', program.description),
      string('Product', program.product),
      string('Company', program.company),
      string('OriginalFileName', program.original),
      string('CommandLine', process.commandLine),
      string('CurrentDirectory', process.folder),
      string('User', userName(process)),
      guid('LogonGuid', session.logonGuid),
      { name: 'LogonId', type: 'hex64', value: session.logonId },
      uint32('TerminalSessionId', session.terminal),
      string('IntegrityLevel', process.integrity),
      string('Hashes', hashesOf(program)),
      guid('ParentProcessGuid', parent?.guid ?? '{00000000-0000-0000-0000-000000000000}'),
      uint32('ParentProcessId', parent?.pid ?? 0),
      string('ParentImage', parent?.program.path ?? '-'),
      string('ParentCommandLine', parent?.commandLine ?? '-'),
      string('ParentUser', parent ? userName(parent) : '-'),
    ],
    label,
  );
}

const subject = (timeUs: number, process: Process): WriterField[] => [
  string('UtcTime', utcTime(timeUs)),
  guid('ProcessGuid', process.guid),
  uint32('ProcessId', process.pid),
  string('Image', process.program.path),
];

export function processEnded(machine: Machine, timeUs: number, process: Process, label: Label): void {
  add(machine, 5, 3, timeUs, [...subject(timeUs, process), string('User', userName(process))], label);
}

export interface Connection {
  readonly to: { readonly ip: string; readonly name?: string; readonly port: number };
  readonly fromIp?: string;
  readonly fromPort?: number;
  /** False for a connection that somebody else opened. */
  readonly initiated?: boolean;
  readonly protocol?: 'tcp' | 'udp';
}

const PORT_NAMES: Readonly<Record<number, string>> = {
  22: 'ssh',
  53: 'domain',
  80: 'http',
  88: 'kerberos',
  135: 'epmap',
  389: 'ldap',
  443: 'https',
  445: 'microsoft-ds',
  3389: 'ms-wbt-server',
};

export function connected(machine: Machine, timeUs: number, process: Process, made: Connection, label = NOISE): void {
  const { host, random } = machine;
  const sourcePort = made.fromPort ?? random.int(49_700, 64_900);
  const sourceIp = made.fromIp ?? host.ip;
  const isIpv6 = made.to.ip.includes(':');
  add(
    machine,
    3,
    5,
    timeUs,
    [
      ...subject(timeUs, process),
      string('User', userName(process)),
      string('Protocol', made.protocol ?? 'tcp'),
      bool('Initiated', made.initiated ?? true),
      bool('SourceIsIpv6', isIpv6),
      string('SourceIp', sourceIp),
      string('SourceHostname', host.fqdn),
      uint16('SourcePort', sourcePort),
      string('SourcePortName', PORT_NAMES[sourcePort] ?? '-'),
      bool('DestinationIsIpv6', isIpv6),
      string('DestinationIp', made.to.ip),
      string('DestinationHostname', made.to.name ?? '-'),
      uint16('DestinationPort', made.to.port),
      string('DestinationPortName', PORT_NAMES[made.to.port] ?? '-'),
    ],
    label,
  );
}

export function lookedUp(
  machine: Machine,
  timeUs: number,
  process: Process,
  query: { readonly name: string; readonly results: string },
  label = NOISE,
): void {
  add(
    machine,
    22,
    5,
    timeUs,
    [
      string('UtcTime', utcTime(timeUs)),
      guid('ProcessGuid', process.guid),
      uint32('ProcessId', process.pid),
      string('QueryName', query.name),
      string('QueryStatus', query.results === '-' ? '9003' : '0'),
      string('QueryResults', query.results),
      string('Image', process.program.path),
      string('User', userName(process)),
    ],
    label,
  );
}

export function fileCreated(machine: Machine, timeUs: number, process: Process, path: string, label = NOISE): void {
  const data = [
    ...subject(timeUs, process),
    string('TargetFilename', path),
    string('CreationUtcTime', utcTime(timeUs)),
    string('User', userName(process)),
  ];
  add(machine, 11, 2, timeUs, data, label);
}

export function keyCreated(machine: Machine, timeUs: number, process: Process, key: string, label = NOISE): void {
  const data = [string('EventType', 'CreateKey'), ...subject(timeUs, process)];
  add(machine, 12, 2, timeUs, [...data, string('TargetObject', key), string('User', userName(process))], label);
}

export function valueSet(
  machine: Machine,
  timeUs: number,
  process: Process,
  value: { readonly path: string; readonly details: string },
  label = NOISE,
): void {
  const data = [
    string('EventType', 'SetValue'),
    ...subject(timeUs, process),
    string('TargetObject', value.path),
    string('Details', value.details),
    string('User', userName(process)),
  ];
  add(machine, 13, 2, timeUs, data, label);
}
