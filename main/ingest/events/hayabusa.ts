import type { FieldList } from './field-list.ts';

/** Columns whose cells are lists of fields. */
const LISTS: ReadonlySet<string> = new Set(['Details', 'ExtraFieldInfo', 'AllFieldInfo']);
const BETWEEN = ' ¦ ';

/** Short names of channels in Hayabusa's output, of those that have one meaning. */
const CHANNELS: Readonly<Record<string, string>> = {
  App: 'Application',
  BitsCli: 'Microsoft-Windows-Bits-Client/Operational',
  CodeInteg: 'Microsoft-Windows-CodeIntegrity/Operational',
  Defender: 'Microsoft-Windows-Windows Defender/Operational',
  'DHCP-Svr': 'Microsoft-Windows-DHCP-Server/Operational',
  'DNS-Svr': 'DNS Server',
  DvrFmwk: 'Microsoft-Windows-DriverFrameworks-UserMode/Operational',
  Exchange: 'MSExchange Management',
  Firewall: 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall',
  'LDAP-Cli': 'Microsoft-Windows-LDAP-Client/Debug',
  NTLM: 'Microsoft-Windows-NTLM/Operational',
  OpenSSH: 'OpenSSH/Operational',
  PrintAdm: 'Microsoft-Windows-PrintService/Admin',
  PrintOp: 'Microsoft-Windows-PrintService/Operational',
  PwSh: 'Microsoft-Windows-PowerShell/Operational',
  PwShClassic: 'Windows PowerShell',
  PwShCore: 'PowerShellCore',
  'RDP-Cli': 'Microsoft-Windows-TerminalServices-RDPClient/Operational',
  'RDP-CoreTS': 'Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational',
  'RDS-GTW': 'Microsoft-Windows-TerminalServices-Gateway/Operational',
  'RDS-LSM': 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
  'RDS-RCM': 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational',
  Sec: 'Security',
  SmbCliSec: 'Microsoft-Windows-SmbClient/Security',
  Sys: 'System',
  Sysmon: 'Microsoft-Windows-Sysmon/Operational',
  TaskSch: 'Microsoft-Windows-TaskScheduler/Operational',
  WinRM: 'Microsoft-Windows-WinRM/Operational',
  WMI: 'Microsoft-Windows-WMI-Activity/Operational',
};

/** Whether an event is a line of a Hayabusa timeline. */
export function isHayabusa(fields: FieldList): boolean {
  return fields.get('RuleTitle') !== undefined && fields.get('Channel') !== undefined;
}

/** The channel that one of Hayabusa's short names stands for; other names as they are. */
export function hayabusaChannel(name: string): string {
  return Object.hasOwn(CHANNELS, name) ? (CHANNELS[name] as string) : name;
}

/** Puts the fields that a cell lists as `Cmdline: a.exe ¦ Proc: C:\\a.exe` in its place: `Details.Cmdline` and so on. */
export function splitDetails(all: FieldList, scratch: FieldList): void {
  scratch.clear();
  for (let i = 0; i < all.count; i++) {
    const name = all.names[i] as string;
    const value = all.values[i] as string;
    const parts = LISTS.has(name) ? value.split(BETWEEN).map((part) => /^([^:¦]{1,60}): ?(.*)$/s.exec(part)) : [];
    if (parts.length === 0 || parts.includes(null)) scratch.add(name, value);
    else for (const part of parts) scratch.add(`${name}.${part?.[1] ?? ''}`, part?.[2] ?? '');
  }
  all.clear();
  for (let i = 0; i < scratch.count; i++) all.add(scratch.names[i] as string, scratch.values[i] as string);
}
