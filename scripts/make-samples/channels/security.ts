import type { WriterField } from '../../../main/ingest/evtx-writer/writer-event.ts';
import type { Machine, Process, Session } from '../machine.ts';
import { NOISE, type Label } from '../recorder.ts';
import { DOMAIN, type User } from '../world.ts';

const CHANNEL = 'Security';
const PROVIDER = { name: 'Microsoft-Windows-Security-Auditing', guid: '{54849625-5478-4994-A5BA-3E3B0328C30D}' };
const SUCCESS = '0x8020000000000000';
const FAILURE = '0x8010000000000000';
const NO_GUID = '{00000000-0000-0000-0000-000000000000}';

const string = (name: string, value: string): WriterField => ({ name, type: 'string', value });
const uint32 = (name: string, value: number): WriterField => ({ name, type: 'uint32', value });
const hex64 = (name: string, value: number): WriterField => ({ name, type: 'hex64', value });
const sid = (name: string, value: string): WriterField => ({ name, type: 'sid', value });
const guid = (name: string, value: string): WriterField => ({ name, type: 'guid', value });

interface Kind {
  readonly id: number;
  readonly version?: number;
  readonly task: number;
  readonly failed?: boolean;
}

function add(machine: Machine, timeUs: number, kind: Kind, data: WriterField[], label: Label): void {
  const { random } = machine;
  machine.recorder.add(
    {
      provider: PROVIDER,
      channel: CHANNEL,
      eventId: kind.id,
      version: kind.version ?? 0,
      level: 0,
      task: kind.task,
      keywords: kind.failed ? FAILURE : SUCCESS,
      time: { us: timeUs + random.int(200, 2500), ns: random.int(0, 9) * 100 },
      processId: kind.task === 13_312 || kind.task === 13_313 ? 4 : machine.lsass.pid,
      threadId: 4 * random.int(30, 1900),
      data,
    },
    label,
  );
}

/** The host's own account, which is the subject of logons that a service takes in. */
const machineSubject = (machine: Machine): WriterField[] => [
  sid('SubjectUserSid', 'S-1-5-18'),
  string('SubjectUserName', `${machine.host.name}$`),
  string('SubjectDomainName', DOMAIN),
  hex64('SubjectLogonId', 0x3e7),
];

const nobody: WriterField[] = [
  sid('SubjectUserSid', 'S-1-0-0'),
  string('SubjectUserName', '-'),
  string('SubjectDomainName', '-'),
  hex64('SubjectLogonId', 0),
];

const subject = (session: Session): WriterField[] => [
  sid('SubjectUserSid', session.user.sid),
  string('SubjectUserName', session.user.name),
  string('SubjectDomainName', session.user.domain),
  hex64('SubjectLogonId', session.logonId),
];

export interface Logon {
  /** 2 interactive, 3 network, 5 service, 7 unlock, 10 remote interactive, 11 cached. */
  readonly type: number;
  readonly ip?: string;
  readonly workstation?: string;
  readonly process?: Process;
}

const PACKAGES: Readonly<Record<number, readonly [process: string, authentication: string]>> = {
  3: ['Kerberos', 'Kerberos'],
  5: ['Advapi  ', 'Negotiate'],
};

export function loggedOn(machine: Machine, timeUs: number, session: Session, logon: Logon, label = NOISE): void {
  const [logonProcess, authentication] = PACKAGES[logon.type] ?? ['User32 ', 'Negotiate'];
  const isNetwork = logon.type === 3;
  const port = logon.ip === undefined ? '-' : String(isNetwork ? machine.random.int(49_700, 64_900) : 0);
  add(
    machine,
    timeUs,
    { id: 4624, version: 2, task: 12_544 },
    [
      ...(isNetwork ? nobody : machineSubject(machine)),
      sid('TargetUserSid', session.user.sid),
      string('TargetUserName', session.user.name),
      string('TargetDomainName', session.user.domain),
      hex64('TargetLogonId', session.logonId),
      uint32('LogonType', logon.type),
      string('LogonProcessName', logonProcess),
      string('AuthenticationPackageName', authentication),
      string('WorkstationName', logon.workstation ?? (isNetwork ? '-' : machine.host.name)),
      guid('LogonGuid', session.logonGuid),
      string('TransmittedServices', '-'),
      string('LmPackageName', '-'),
      uint32('KeyLength', 0),
      hex64('ProcessId', logon.process?.pid ?? 0),
      string('ProcessName', logon.process?.program.path ?? '-'),
      string('IpAddress', logon.ip ?? '-'),
      string('IpPort', port),
      string('ImpersonationLevel', '%%1833'),
      string('RestrictedAdminMode', logon.type === 10 ? '%%1843' : '-'),
      string('TargetOutboundUserName', '-'),
      string('TargetOutboundDomainName', '-'),
      string('VirtualAccount', '%%1843'),
      hex64('TargetLinkedLogonId', 0),
      string('ElevatedToken', '%%1842'),
    ],
    label,
  );
}

export function logonFailed(
  machine: Machine,
  timeUs: number,
  user: User,
  logon: { readonly type: number; readonly ip: string; readonly process?: Process },
  label = NOISE,
): void {
  add(
    machine,
    timeUs,
    { id: 4625, task: 12_544, failed: true },
    [
      ...machineSubject(machine),
      sid('TargetUserSid', 'S-1-0-0'),
      string('TargetUserName', user.name),
      string('TargetDomainName', user.domain),
      { name: 'Status', type: 'hex32', value: 0xc000006d },
      string('FailureReason', '%%2313'),
      { name: 'SubStatus', type: 'hex32', value: 0xc000006a },
      uint32('LogonType', logon.type),
      string('LogonProcessName', 'User32 '),
      string('AuthenticationPackageName', 'Negotiate'),
      string('WorkstationName', machine.host.name),
      string('TransmittedServices', '-'),
      string('LmPackageName', '-'),
      uint32('KeyLength', 0),
      hex64('ProcessId', logon.process?.pid ?? 0),
      string('ProcessName', logon.process?.program.path ?? '-'),
      string('IpAddress', logon.ip),
      string('IpPort', '0'),
    ],
    label,
  );
}

export function loggedOff(machine: Machine, timeUs: number, session: Session, type: number, label = NOISE): void {
  const data = [
    sid('TargetUserSid', session.user.sid),
    string('TargetUserName', session.user.name),
    string('TargetDomainName', session.user.domain),
    hex64('TargetLogonId', session.logonId),
    uint32('LogonType', type),
  ];
  add(machine, timeUs, { id: 4634, task: 12_545 }, data, label);
}

export function explicitCredentials(
  machine: Machine,
  timeUs: number,
  session: Session,
  use: { readonly target: User; readonly server: string; readonly process: Process },
  label = NOISE,
): void {
  const data = [
    ...subject(session),
    guid('LogonGuid', session.logonGuid),
    string('TargetUserName', use.target.name),
    string('TargetDomainName', use.target.domain),
    guid('TargetLogonGuid', NO_GUID),
    string('TargetServerName', use.server),
    string('TargetInfo', `TERMSRV/${use.server}`),
    hex64('ProcessId', use.process.pid),
    string('ProcessName', use.process.program.path),
    string('IpAddress', '-'),
    string('IpPort', '-'),
  ];
  add(machine, timeUs, { id: 4648, task: 12_544 }, data, label);
}

const PRIVILEGES = [
  'Security',
  'TakeOwnership',
  'LoadDriver',
  'Backup',
  'Restore',
  'Debug',
  'SystemEnvironment',
  'Impersonate',
];

export function specialPrivileges(machine: Machine, timeUs: number, session: Session, label = NOISE): void {
  const list = PRIVILEGES.map((name) => `Se${name}Privilege`).join('\n\t\t\t');
  add(machine, timeUs, { id: 4672, task: 12_548 }, [...subject(session), string('PrivilegeList', list)], label);
}

/** 4688, on hosts without Sysmon. `ProcessId` is the creator's here. */
export function processAudited(machine: Machine, timeUs: number, process: Process, label = NOISE): void {
  const data = [
    ...subject(process.session),
    hex64('NewProcessId', process.pid),
    string('NewProcessName', process.program.path),
    string('TokenElevationType', '%%1936'),
    hex64('ProcessId', process.parent?.pid ?? 0),
    string('CommandLine', process.commandLine),
    sid('TargetUserSid', 'S-1-0-0'),
    string('TargetUserName', '-'),
    string('TargetDomainName', '-'),
    hex64('TargetLogonId', 0),
    string('ParentProcessName', process.parent?.program.path ?? '-'),
    sid('MandatoryLabel', process.integrity === 'System' ? 'S-1-16-16384' : 'S-1-16-12288'),
  ];
  add(machine, timeUs, { id: 4688, version: 2, task: 13_312 }, data, label);
}

export function processExitAudited(machine: Machine, timeUs: number, process: Process, label = NOISE): void {
  const data = [
    ...subject(process.session),
    { name: 'Status', type: 'hex32', value: 0 } as const,
    hex64('ProcessId', process.pid),
    string('ProcessName', process.program.path),
  ];
  add(machine, timeUs, { id: 4689, task: 13_313 }, data, label);
}

export function userCreated(machine: Machine, timeUs: number, by: Session, made: User, label = NOISE): void {
  const data = [
    string('TargetUserName', made.name),
    string('TargetDomainName', made.domain),
    sid('TargetSid', made.sid),
    ...subject(by),
    string('PrivilegeList', '-'),
    string('SamAccountName', made.name),
    string('DisplayName', '%%1793'),
    string('UserPrincipalName', '-'),
    string('HomeDirectory', '%%1793'),
    string('PasswordLastSet', '%%1794'),
    string('AccountExpires', '%%1794'),
    string('PrimaryGroupId', '513'),
    string('UserAccountControl', '%%2080 %%2082 %%2084'),
  ];
  add(machine, timeUs, { id: 4720, task: 13_824 }, data, label);
}

export function groupMemberAdded(
  machine: Machine,
  timeUs: number,
  by: Session,
  change: { readonly member: User; readonly group: string; readonly groupSid: string },
  label = NOISE,
): void {
  const data = [
    string('MemberName', '-'),
    sid('MemberSid', change.member.sid),
    string('TargetUserName', change.group),
    string('TargetDomainName', 'Builtin'),
    sid('TargetSid', change.groupSid),
    ...subject(by),
    string('PrivilegeList', '-'),
  ];
  add(machine, timeUs, { id: 4732, task: 13_826 }, data, label);
}

export function filteringConnection(
  machine: Machine,
  timeUs: number,
  process: Process,
  peer: { readonly ip: string; readonly port: number; readonly localPort: number; readonly inbound: boolean },
  label = NOISE,
): void {
  const { ip } = machine.host;
  const [fromIp, fromPort, toIp, toPort] = peer.inbound
    ? [peer.ip, peer.port, ip, peer.localPort]
    : [ip, peer.localPort, peer.ip, peer.port];
  const device = process.program.path.toLowerCase().replace('c:', '\\device\\harddiskvolume3');
  const data = [
    { name: 'ProcessID', type: 'uint64', value: process.pid } as const,
    string('Application', device),
    string('Direction', peer.inbound ? '%%14592' : '%%14593'),
    string('SourceAddress', fromIp),
    string('SourcePort', String(fromPort)),
    string('DestAddress', toIp),
    string('DestPort', String(toPort)),
    uint32('Protocol', 6),
    { name: 'FilterRTID', type: 'uint64', value: 69_871 } as const,
    string('LayerName', peer.inbound ? '%%14610' : '%%14611'),
    { name: 'LayerRTID', type: 'uint64', value: peer.inbound ? 44 : 48 } as const,
    sid('RemoteUserID', 'S-1-0-0'),
    sid('RemoteMachineID', 'S-1-0-0'),
  ];
  add(machine, timeUs, { id: 5156, version: 1, task: 12_810 }, data, label);
}

/** 1102. What the log held before is to be forgotten with `Recorder.clear`. */
export function logCleared(machine: Machine, timeUs: number, by: Session, label: Label): void {
  machine.recorder.add(
    {
      provider: { name: 'Microsoft-Windows-Eventlog', guid: '{FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148}' },
      channel: CHANNEL,
      eventId: 1102,
      level: 4,
      task: 104,
      keywords: '0x4020000000000000',
      time: { us: timeUs, ns: 400 },
      processId: 1344,
      threadId: 6208,
      userData: {
        root: 'LogFileCleared',
        namespace: 'http://manifests.microsoft.com/win/2004/08/windows/eventlog',
      },
      data: subject(by),
    },
    label,
  );
}
