import type { Machine, Process, Session } from './machine.ts';
import { PROGRAMS } from './programs.ts';
import { connected, fileCreated, keyCreated, lookedUp, valueSet } from './channels/sysmon.ts';
import { loggedOff, loggedOn, logonFailed } from './channels/security.ts';
import { moduleLogged, scriptBlock, taskRan } from './channels/windows-logs.ts';
import { at, DNS_DOMAIN, HOSTS, HOUR, MINUTE, SECOND, type User } from './world.ts';

/** What a person at a workstation has open. */
export interface Desk {
  readonly machine: Machine;
  readonly user: User;
  readonly session: Session;
  readonly explorer: Process;
  readonly edge: Process;
  readonly outlook: Process;
}

type Site = readonly [name: string, ip: string];

const SITES: readonly [Site, ...Site[]] = [
  ['www.dailyharbor.example', '198.51.100.12'],
  ['intranet.harborline.example', '10.20.1.31'],
  ['travel.bluegull.example', '198.51.100.34'],
  ['cdn.bluegull.example', '198.51.100.35'],
  ['docs.papertrail.example', '203.0.113.10'],
  ['static.papertrail.example', '203.0.113.11'],
  ['weather.northpier.test', '192.0.2.20'],
  ['bank.copperline.example', '192.0.2.44'],
  ['video.staffroom.example', '198.51.100.90'],
  ['metrics.staffroom.example', '198.51.100.91'],
];
const MAIL: Site = ['mail.harborline.example', '10.20.1.25'];
const FILES: Site = ['srv-file01.harborline.example', HOSTS.server.ip];

const DOCUMENTS: readonly [string, ...string[]] = [
  'Freight rates Q2',
  'Berth plan week 11',
  'Supplier list',
  'Budget 2026',
  'Minutes of Monday',
  'Crew rota',
  'Damage report 1093',
  'Tariff comparison',
];

/** A morning's logon: desktop, mail, browser. */
export function sitDown(machine: Machine, user: User, timeUs: number): Desk {
  const { random } = machine;
  const winlogon = machine.running(PROGRAMS.winlogon, undefined, { commandLine: 'winlogon.exe' });
  if (random.chance(0.5))
    logonFailed(machine, timeUs - 9 * SECOND, user, { type: 2, ip: '127.0.0.1', process: winlogon });
  const session = machine.session(timeUs, user, 1);
  loggedOn(machine, timeUs, session, {
    type: 2,
    ip: '127.0.0.1',
    process: machine.serviceHost('netsvcs -p -s seclogon'),
  });
  const userinit = machine.start(timeUs + SECOND, PROGRAMS.userinit, winlogon, {
    session,
    integrity: 'Medium',
    commandLine: 'C:\\Windows\\system32\\userinit.exe',
    folder: 'C:\\Windows\\system32\\',
    livesUs: 28 * SECOND,
  });
  const explorer = machine.start(timeUs + 2 * SECOND, PROGRAMS.explorer, userinit, {
    commandLine: 'C:\\Windows\\Explorer.EXE',
    folder: 'C:\\Windows\\system32\\',
  });
  machine.start(timeUs + 21 * SECOND, PROGRAMS.onedrive, explorer, {
    commandLine: '"C:\\Program Files\\Microsoft OneDrive\\OneDrive.exe" /background',
  });
  const outlook = machine.start(timeUs + 64 * SECOND, PROGRAMS.outlook, explorer, {
    commandLine: `"${PROGRAMS.outlook.path}" `,
  });
  const edge = machine.start(timeUs + 2 * MINUTE, PROGRAMS.edge, explorer, {
    commandLine: `"${PROGRAMS.edge.path}" --profile-directory=Default`,
  });
  return { machine, user, session, explorer, edge, outlook };
}

/** Whatever the person and the system do between two times, one thing every few minutes. */
export function officeHours(desk: Desk, fromUs: number, toUs: number): void {
  const { random } = desk.machine;
  const acts: readonly [Act, ...Act[]] = [
    browse,
    browse,
    browse,
    mail,
    office,
    background,
    background,
    search,
    settings,
  ];
  for (let timeUs = fromUs; timeUs < toUs; timeUs += random.int(2 * MINUTE, 7 * MINUTE))
    random.pick(acts)(desk, timeUs);
}

export function goHome(desk: Desk, timeUs: number): void {
  desk.machine.stop(timeUs, desk.edge);
  desk.machine.stop(timeUs + 2 * SECOND, desk.outlook);
  desk.machine.stop(timeUs + 5 * SECOND, desk.explorer);
  loggedOff(desk.machine, timeUs + 6 * SECOND, desk.session, 2);
}

type Act = (desk: Desk, timeUs: number) => void;

function visit(machine: Machine, timeUs: number, process: Process, [name, ip]: Site, port = 443): void {
  lookedUp(machine, timeUs, process, { name, results: `::ffff:${ip};` });
  connected(machine, timeUs + machine.random.int(20, 400) * 1000, process, { to: { ip, name, port } });
}

function browse(desk: Desk, timeUs: number): void {
  const { machine, edge } = desk;
  const { random } = machine;
  const client = random.int(9, 400);
  machine.start(timeUs, PROGRAMS.edge, edge, {
    commandLine:
      `"${PROGRAMS.edge.path}" --type=renderer --lang=en-GB --device-scale-factor=1 --num-raster-threads=4 ` +
      `--renderer-client-id=${client} --mojo-platform-channel-handle=${random.int(2000, 6000)} /prefetch:1`,
    folder: 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\122.0.2365.80\\',
    integrity: 'Low',
    livesUs: random.int(1, 40) * MINUTE,
  });
  visit(machine, timeUs + 300_000, edge, random.pick(SITES));
  if (random.chance(0.5)) visit(machine, timeUs + 900_000, edge, random.pick(SITES));
}

function mail(desk: Desk, timeUs: number): void {
  visit(desk.machine, timeUs, desk.outlook, MAIL);
}

function office(desk: Desk, timeUs: number): void {
  const { machine, explorer, user } = desk;
  const { random } = machine;
  const isSheet = random.chance(0.4);
  const program = isSheet ? PROGRAMS.excel : PROGRAMS.word;
  const path = `C:\\Users\\${user.name}\\Documents\\${random.pick(DOCUMENTS)}.${isSheet ? 'xlsx' : 'docx'}`;
  const lives = random.int(3, 50) * MINUTE;
  const editor = machine.start(timeUs, program, explorer, {
    commandLine: `"${program.path}" ${isSheet ? '' : '/n '}"${path}"`,
    folder: `C:\\Users\\${user.name}\\Documents\\`,
    livesUs: lives,
  });
  fileCreated(machine, timeUs + lives / 2, editor, path);
  if (random.chance(0.4)) visit(machine, timeUs + SECOND, explorer, FILES, 445);
}

function background(desk: Desk, timeUs: number): void {
  const { machine, session } = desk;
  const { random } = machine;
  const launcher = machine.serviceHost('DcomLaunch -p');
  const livesUs = random.int(5, 90) * SECOND;
  const tasks = machine.serviceHost('netsvcs -p -s Schedule');
  const kind = random.int(0, 4);
  if (kind === 0) {
    const commandLine =
      '"C:\\Windows\\system32\\backgroundTaskHost.exe" -ServerName:CortanaUI.AppXstmwaab17q5s3y22tp6apqz7a45vwv65.mca';
    machine.start(timeUs, PROGRAMS.backgroundTask, launcher, { commandLine, session, integrity: 'Low', livesUs });
  } else if (kind === 1) {
    const commandLine = 'C:\\Windows\\System32\\RuntimeBroker.exe -Embedding';
    machine.start(timeUs, PROGRAMS.runtimeBroker, launcher, { commandLine, session, integrity: 'Medium', livesUs });
  } else if (kind === 2) {
    const commandLine = 'C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding';
    machine.start(timeUs, PROGRAMS.wmiProvider, launcher, { commandLine, livesUs });
  } else if (kind === 3) {
    machine.start(timeUs, PROGRAMS.taskhost, tasks, {
      commandLine: 'taskhostw.exe',
      session,
      integrity: 'Medium',
      livesUs,
    });
  } else {
    const commandLine = `"${PROGRAMS.edgeUpdate.path}" /ua /installsource scheduler`;
    const updater = machine.start(timeUs, PROGRAMS.edgeUpdate, tasks, { commandLine, livesUs });
    visit(machine, timeUs + SECOND, updater, ['update.browserservice.example', '203.0.113.120']);
    taskRan(machine, timeUs, {
      task: '\\MicrosoftEdgeUpdateTaskMachineUA',
      action: PROGRAMS.edgeUpdate.path,
      lastsUs: livesUs,
    });
  }
}

function search(desk: Desk, timeUs: number): void {
  const { machine } = desk;
  const indexer = machine.resident(PROGRAMS.searchIndexer, {
    commandLine: 'C:\\Windows\\system32\\SearchIndexer.exe /Embedding',
  });
  machine.start(timeUs, PROGRAMS.searchFilter, indexer, {
    commandLine: '"C:\\Windows\\system32\\SearchFilterHost.exe" 0 800 804 812 8192 808 784 ',
    livesUs: 95 * SECOND,
  });
}

function settings(desk: Desk, timeUs: number): void {
  const { machine, explorer, user } = desk;
  const root = `HKU\\${user.sid}\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer`;
  if (machine.random.chance(0.5)) {
    keyCreated(machine, timeUs, explorer, `${root}\\RecentDocs\\.docx`);
    return;
  }
  const path = `${root}\\StartPage\\MonitorOverride\\${machine.random.int(1, 40)}`;
  valueSet(machine, timeUs, explorer, { path, details: `DWORD (0x0000000${machine.random.int(0, 9)})` });
}

/** A developer's own habits: editor with a remote session, git, a Linux subsystem, a look at mail records. */
export function developerHours(desk: Desk, fromUs: number, toUs: number): void {
  const { machine, explorer, user } = desk;
  const { random } = machine;
  const code = machine.start(fromUs, PROGRAMS.code, explorer, { commandLine: `"${PROGRAMS.code.path}" ` });
  const folder = `C:\\Users\\${user.name}\\source\\tides\\`;
  // The editor's remote session opens a SOCKS port: what the starter rule for OpenSSH forwards leaves out.
  machine.start(fromUs + 5 * MINUTE, PROGRAMS.ssh, code, {
    commandLine: `${PROGRAMS.ssh.path} -T -D ${random.int(50_000, 60_000)} build01.${DNS_DOMAIN} bash`,
    livesUs: 3 * HOUR,
  });
  lookedUp(machine, fromUs + 12 * MINUTE, code, {
    name: 'global.rel.tunnels.api.visualstudio.com',
    results: '::ffff:203.0.113.150;',
  });
  lookedUp(machine, fromUs + 13 * MINUTE, code, { name: 'euw.rel.devtunnels.ms', results: '::ffff:203.0.113.151;' });
  connected(machine, fromUs + 13 * MINUTE + SECOND, code, {
    to: { ip: '203.0.113.151', name: 'euw.rel.devtunnels.ms', port: 443 },
  });
  const wsl = machine.resident(PROGRAMS.wslService, { commandLine: `"${PROGRAMS.wslService.path}"` });
  valueSet(machine, fromUs + 20 * MINUTE, wsl, {
    path: 'HKLM\\System\\CurrentControlSet\\Services\\PortProxy\\v4tov4\\tcp\\127.0.0.1/8080',
    details: '172.22.160.5/8080',
  });
  const shell = machine.start(fromUs + 30 * MINUTE, PROGRAMS.cmd, explorer, {
    commandLine: '"C:\\Windows\\System32\\cmd.exe" ',
    folder,
    livesUs: 25 * MINUTE,
  });
  for (const name of [`_dmarc.${DNS_DOMAIN}`, `mail2025._domainkey.${DNS_DOMAIN}`, DNS_DOMAIN]) {
    const commandLine = `nslookup  -type=txt ${name}`;
    machine.start(fromUs + 31 * MINUTE + random.int(1, 50) * SECOND, PROGRAMS.nslookup, shell, {
      commandLine,
      livesUs: SECOND,
    });
  }
  for (let timeUs = fromUs + 40 * MINUTE; timeUs < toUs; timeUs += random.int(6 * MINUTE, 16 * MINUTE)) {
    const command = random.pick([
      'fetch',
      'status -z -uall',
      'for-each-ref --sort -committerdate',
      'log -n 20 --format=%H',
    ]);
    machine.start(timeUs, PROGRAMS.git, code, { commandLine: `git.exe ${command}`, folder, livesUs: 2 * SECOND });
    if (random.chance(0.5)) {
      const commandLine = `"${PROGRAMS.node.path}" .\\node_modules\\vitest\\vitest.mjs run`;
      machine.start(timeUs + 9 * SECOND, PROGRAMS.node, code, { commandLine, folder, livesUs: 41 * SECOND });
    }
  }
}

/** A scheduled inventory script of the administrators, on every workstation each morning. */
export function inventory(machine: Machine, day: 1 | 2): void {
  const timeUs = at(day, '08:30:00') + machine.random.int(0, 200) * SECOND;
  const path = 'C:\\Program Files\\Harborline\\Inventory\\inventory.ps1';
  const shell = machine.start(timeUs, PROGRAMS.powershell, machine.serviceHost('netsvcs -p -s Schedule'), {
    commandLine: `"${PROGRAMS.powershell.path}" -NoProfile -File "${path}"`,
    livesUs: 40 * SECOND,
  });
  const script = `# Hardware and software inventory\r\n$os = Get-CimInstance -ClassName Win32_OperatingSystem\r\n$disk = Get-Volume\r\n[pscustomobject]@{ Os = $os.Caption; Free = ($disk | Measure-Object SizeRemaining -Sum).Sum }`;
  scriptBlock(machine, timeUs + 3 * SECOND, shell, script, path);
  for (const command of ['Get-CimInstance', 'Get-Volume', 'Measure-Object']) {
    moduleLogged(machine, timeUs + machine.random.int(4, 30) * SECOND, shell, command);
  }
  taskRan(machine, timeUs, { task: '\\Harborline\\Inventory', action: PROGRAMS.powershell.path, lastsUs: 40 * SECOND });
}
