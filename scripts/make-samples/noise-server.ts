import type { Machine, Process, Session } from './machine.ts';
import { PROGRAMS } from './programs.ts';
import { falseAlarm } from './recorder.ts';
import { RULES } from './rule-ids.ts';
import { connected, fileCreated, lookedUp, valueSet } from './channels/sysmon.ts';
import {
  filteringConnection,
  loggedOff,
  loggedOn,
  processAudited,
  processExitAudited,
  specialPrivileges,
} from './channels/security.ts';
import {
  moduleLogged,
  rdpAuthenticated,
  rdpSession,
  scriptBlock,
  serviceInstalled,
  serviceState,
  taskRan,
} from './channels/windows-logs.ts';
import { at, DNS_DOMAIN, HOSTS, MINUTE, SECOND, SYSTEM, USERS, type User } from './world.ts';

const COLLEAGUES: readonly [User, ...User[]] = [USERS.orlova, USERS.becker, USERS.backup, USERS.admin];
const WORKSTATIONS: readonly [string, ...string[]] = [HOSTS.victim.ip, HOSTS.developer.ip, '10.20.4.60', '10.20.4.72'];
const ADMIN_DESK = '10.20.4.12';

const SERVICES: readonly [string, ...string[]] = [
  'Windows Update',
  'Background Intelligent Transfer Service',
  'Windows Modules Installer',
  'Software Protection',
  'Microsoft Software Shadow Copy Provider',
  'Volume Shadow Copy',
];

/** Others' access to shares and directory: network logons that end soon. @param everyUs mean distance. */
export function networkLogons(machine: Machine, fromUs: number, toUs: number, everyUs: number): void {
  const { random } = machine;
  for (let timeUs = fromUs; timeUs < toUs; timeUs += random.int(everyUs / 2, everyUs * 1.5)) {
    const session = machine.session(timeUs, random.pick(COLLEAGUES), 0);
    loggedOn(machine, timeUs, session, { type: 3, ip: random.pick(WORKSTATIONS) });
    if (session.user === USERS.admin) specialPrivileges(machine, timeUs, session);
    loggedOff(machine, timeUs + random.int(2, 600) * SECOND, session, 3);
  }
}

export function serviceChatter(machine: Machine, fromUs: number, toUs: number, everyUs: number): void {
  const { random } = machine;
  for (let timeUs = fromUs; timeUs < toUs; timeUs += random.int(everyUs / 2, everyUs * 1.5)) {
    const service = random.pick(SERVICES);
    serviceState(machine, timeUs, service, 'running');
    serviceState(machine, timeUs + random.int(20, 900) * SECOND, service, 'stopped');
    const session = { ...machine.system, user: SYSTEM };
    if (random.chance(0.5)) {
      loggedOn(machine, timeUs, session, { type: 5, process: machine.services });
      specialPrivileges(machine, timeUs, session);
    }
  }
}

/** The nightly backup of the file server. */
export function backup(machine: Machine, day: 1 | 2): void {
  const { random } = machine;
  const startUs = at(day, day === 1 ? '20:00:00' : '20:00:03');
  const agent = machine.resident(PROGRAMS.backupAgent, {
    commandLine: `"${PROGRAMS.backupAgent.path}" --service`,
  });
  const session = machine.session(startUs, USERS.backup, 0);
  loggedOn(machine, startUs, session, { type: 5, process: machine.services });
  specialPrivileges(machine, startUs, session);
  for (let job = 1; job <= 14; job++) {
    const timeUs = startUs + job * 4 * MINUTE;
    const worker = machine.start(timeUs, PROGRAMS.backupWorker, agent, {
      commandLine: `"${PROGRAMS.backupWorker.path}" --job ${job} --volume D: --set nightly`,
      session,
      integrity: 'High',
      livesUs: random.int(60, 230) * SECOND,
    });
    connected(machine, timeUs + SECOND, worker, { to: { ip: '10.20.1.40', name: `vault.${DNS_DOMAIN}`, port: 9443 } });
    fileCreated(
      machine,
      timeUs + 40 * SECOND,
      worker,
      `C:\\ProgramData\\Keelson Backup\\catalog\\nightly-${day}-${job}.kbc`,
    );
  }
  taskRan(machine, startUs, { task: '\\Keelson\\Nightly', action: PROGRAMS.backupAgent.path, lastsUs: 62 * MINUTE });
}

/** Clients that open files over SMB, as Sysmon on the server sees them, and the server's own lookups. */
export function fileService(machine: Machine, fromUs: number, toUs: number): void {
  const { random } = machine;
  const monitor = machine.serviceHost('LocalService -p', 'local');
  const updates = machine.serviceHost('netsvcs -p -s wuauserv');
  const launcher = machine.serviceHost('DcomLaunch -p');
  for (let timeUs = fromUs; timeUs < toUs; timeUs += random.int(4 * MINUTE, 14 * MINUTE)) {
    const kind = random.int(0, 3);
    if (kind === 0) {
      connected(machine, timeUs, monitor, { to: { ip: HOSTS.controller.ip, name: HOSTS.controller.fqdn, port: 389 } });
    } else if (kind === 1) {
      lookedUp(machine, timeUs, updates, { name: `updates.${DNS_DOMAIN}`, results: '::ffff:10.20.1.50;' });
      connected(machine, timeUs + SECOND, updates, {
        to: { ip: '10.20.1.50', name: `updates.${DNS_DOMAIN}`, port: 8531 },
      });
    } else if (kind === 2) {
      machine.start(timeUs, PROGRAMS.wmiProvider, launcher, {
        commandLine: 'C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding',
        livesUs: 91 * SECOND,
      });
    } else {
      valueSet(machine, timeUs, updates, {
        path: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Reporting\\SamplingState',
        details: `DWORD (0x000000${random.int(10, 99)})`,
      });
    }
  }
}

/** The domain controller audits processes and connections itself; it has no Sysmon. */
export function controllerAudit(machine: Machine, fromUs: number, toUs: number): void {
  const { random } = machine;
  const launcher = machine.serviceHost('DcomLaunch -p');
  const tasks = machine.serviceHost('netsvcs -p -s Schedule');
  for (let timeUs = fromUs; timeUs < toUs; timeUs += random.int(8 * MINUTE, 26 * MINUTE)) {
    const process = random.chance(0.5)
      ? machine.running(PROGRAMS.wmiProvider, launcher, {
          commandLine: 'C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding',
        })
      : machine.running(PROGRAMS.taskhost, tasks, { commandLine: 'taskhostw.exe' });
    processAudited(machine, timeUs, process);
    processExitAudited(machine, timeUs + random.int(20, 200) * SECOND, process);
    const localPort = random.pick([88, 389, 445, 135]);
    const owner = localPort === 445 || localPort === 135 ? machine.serviceHost('RPCSS -p', 'network') : machine.lsass;
    filteringConnection(machine, timeUs + 3 * SECOND, owner, {
      ip: random.pick(WORKSTATIONS),
      port: random.int(49_700, 64_900),
      localPort,
      inbound: true,
    });
  }
}

/** A remote desktop session of the administrator, from the own desk. */
export function adminVisit(machine: Machine, timeUs: number, lastsUs: number): { session: Session; explorer: Process } {
  const session = machine.session(timeUs, USERS.admin, 2);
  const termService = machine.serviceHost('termsvcs -s TermService', 'network');
  const port = { ip: ADMIN_DESK, name: `ADM-0012.${DNS_DOMAIN}`, port: machine.random.int(50_000, 64_000) };
  connected(machine, timeUs - SECOND, termService, { to: port, fromPort: 3389, initiated: false });
  rdpAuthenticated(machine, timeUs - SECOND / 2, session, ADMIN_DESK);
  loggedOn(machine, timeUs, session, { type: 10, ip: ADMIN_DESK, process: termService });
  specialPrivileges(machine, timeUs, session);
  rdpSession(machine, timeUs + SECOND, session, { eventId: 21, ip: ADMIN_DESK });
  const winlogon = machine.running(PROGRAMS.winlogon, undefined, { commandLine: 'winlogon.exe' });
  const userinit = machine.start(timeUs + 2 * SECOND, PROGRAMS.userinit, winlogon, {
    commandLine: 'C:\\Windows\\system32\\userinit.exe',
    session,
    integrity: 'High',
    folder: 'C:\\Windows\\system32\\',
    livesUs: 26 * SECOND,
  });
  const explorer = machine.start(timeUs + 3 * SECOND, PROGRAMS.explorer, userinit, {
    commandLine: 'C:\\Windows\\Explorer.EXE',
    folder: 'C:\\Windows\\system32\\',
    livesUs: lastsUs,
  });
  rdpSession(machine, timeUs + lastsUs, session, { eventId: 24, ip: ADMIN_DESK });
  rdpSession(machine, timeUs + lastsUs + SECOND, session, { eventId: 23, ip: ADMIN_DESK });
  loggedOff(machine, timeUs + lastsUs + 2 * SECOND, session, 10);
  return { session, explorer };
}

/** What the administrator does on the jump host; the forward to a database console is an honest one. */
export function adminWork(machine: Machine, timeUs: number, lastsUs: number): void {
  const { random } = machine;
  const { explorer } = adminVisit(machine, timeUs, lastsUs);
  const shell = machine.start(timeUs + 2 * MINUTE, PROGRAMS.powershell, explorer, {
    commandLine: `"${PROGRAMS.powershell.path}" `,
    livesUs: lastsUs - 4 * MINUTE,
  });
  machine.start(timeUs + 2 * MINUTE + 40_000, PROGRAMS.conhost, shell, {
    commandLine: '\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1',
    livesUs: lastsUs - 4 * MINUTE,
  });
  const commands: readonly [string, ...string[]] = [
    'Get-Service -ComputerName SRV-FILE01 | Where-Object Status -eq Stopped',
    'Get-EventLog -LogName System -Newest 20',
    'Test-NetConnection vault.harborline.example -Port 9443',
    'Get-Volume | Sort-Object SizeRemaining',
    'Get-HotFix | Select-Object -First 5',
  ];
  for (let next = timeUs + 3 * MINUTE; next < timeUs + lastsUs - 3 * MINUTE; next += random.int(2, 7) * MINUTE) {
    const command = random.pick(commands);
    scriptBlock(machine, next, shell, command);
    moduleLogged(machine, next + 80_000, shell, command.split(' ')[0] ?? command);
  }
  machine.start(timeUs + 6 * MINUTE, PROGRAMS.mmc, explorer, {
    commandLine: '"C:\\Windows\\system32\\mmc.exe" "C:\\Windows\\system32\\services.msc" ',
    livesUs: 9 * MINUTE,
  });
  const ssh = machine.start(timeUs + 8 * MINUTE, PROGRAMS.ssh, shell, {
    commandLine: `"${PROGRAMS.ssh.path}" -L 15432:127.0.0.1:5432 nkosi@db02.${DNS_DOMAIN}`,
    livesUs: lastsUs - 12 * MINUTE,
    label: falseAlarm(RULES.sshLocalForward),
  });
  connected(machine, timeUs + 8 * MINUTE + SECOND, ssh, {
    to: { ip: '10.20.1.62', name: `db02.${DNS_DOMAIN}`, port: 22 },
  });
  const plain = machine.start(timeUs + 15 * MINUTE, PROGRAMS.ssh, shell, {
    commandLine: `"${PROGRAMS.ssh.path}" nkosi@switch-03.${DNS_DOMAIN}`,
    livesUs: 4 * MINUTE,
  });
  connected(machine, timeUs + 15 * MINUTE + SECOND, plain, {
    to: { ip: '10.20.0.3', name: `switch-03.${DNS_DOMAIN}`, port: 22 },
  });
}

/** The backup software's service came with an update on day 1. */
export function backupInstalled(machine: Machine, timeUs: number): void {
  serviceInstalled(machine, timeUs, {
    name: 'Keelson Backup Agent',
    path: `"${PROGRAMS.backupAgent.path}" --service`,
    start: 'auto start',
    account: 'LocalSystem',
  });
}
