import { createHash } from 'node:crypto';

/** What a program's file says of itself. */
export interface Program {
  readonly path: string;
  readonly version: string;
  readonly description: string;
  readonly product: string;
  readonly company: string;
  readonly original: string;
}

const WINDOWS = 'Microsoft® Windows® Operating System';
const MICROSOFT = 'Microsoft Corporation';
const BUILD = '10.0.19041.4355 (WinBuild.160101.0800)';

function windows(path: string, description: string, original?: string, version = BUILD): Program {
  const file = path.slice(path.lastIndexOf('\\') + 1);
  return { path, version, description, product: WINDOWS, company: MICROSOFT, original: original ?? file };
}

const system32 = (file: string, description: string, original?: string): Program =>
  windows(`C:\\Windows\\System32\\${file}`, description, original);

function other(path: string, version: string, description: string, product: string, company: string): Program {
  const original = path.slice(path.lastIndexOf('\\') + 1);
  return { path, version, description, product, company, original };
}

/** A file without a version block, as tools from an attacker often are. */
const bare = (path: string): Program => ({
  path,
  version: '-',
  description: '-',
  product: '-',
  company: '-',
  original: '-',
});

const OFFICE = 'C:\\Program Files\\Microsoft Office\\root\\Office16\\';
const office = (file: string, name: string, original: string): Program => ({
  ...other(OFFICE + file, '16.0.17328.20162', name, 'Microsoft Office', MICROSOFT),
  original,
});

export const PROGRAMS = {
  services: system32('services.exe', 'Services and Controller app'),
  svchost: system32('svchost.exe', 'Host Process for Windows Services'),
  winlogon: system32('winlogon.exe', 'Windows Logon Application', 'WINLOGON.EXE'),
  userinit: system32('userinit.exe', 'Userinit Logon Application', 'USERINIT.EXE'),
  lsass: system32('lsass.exe', 'Local Security Authority Process'),
  explorer: windows(
    'C:\\Windows\\explorer.exe',
    'Windows Explorer',
    'EXPLORER.EXE',
    '10.0.19041.4355 (WinBuild.160101.0800)',
  ),
  taskhost: system32('taskhostw.exe', 'Host Process for Windows Tasks'),
  backgroundTask: system32('backgroundTaskHost.exe', 'Background Task Host'),
  runtimeBroker: system32('RuntimeBroker.exe', 'Runtime Broker'),
  dllhost: system32('dllhost.exe', 'COM Surrogate'),
  searchIndexer: system32('SearchIndexer.exe', 'Microsoft Windows Search Indexer'),
  searchProtocol: system32('SearchProtocolHost.exe', 'Microsoft Windows Search Protocol Host'),
  searchFilter: system32('SearchFilterHost.exe', 'Microsoft Windows Search Filter Host'),
  wmiProvider: system32('wbem\\WmiPrvSE.exe', 'WMI Provider Host', 'Wmiprvse.exe'),
  conhost: system32('conhost.exe', 'Console Window Host', 'CONHOST.EXE'),
  cmd: system32('cmd.exe', 'Windows Command Processor', 'Cmd.Exe'),
  powershell: system32('WindowsPowerShell\\v1.0\\powershell.exe', 'Windows PowerShell', 'PowerShell.EXE'),
  notepad: system32('notepad.exe', 'Notepad', 'NOTEPAD.EXE'),
  mmc: system32('mmc.exe', 'Microsoft Management Console'),
  mstsc: system32('mstsc.exe', 'Remote Desktop Connection'),
  rdpclip: system32('rdpclip.exe', 'RDP Clipboard Monitor'),
  whoami: system32('whoami.exe', 'whoami - displays logged on user information'),
  ipconfig: system32('ipconfig.exe', 'IP Configuration Utility'),
  net: system32('net.exe', 'Net Command'),
  nltest: system32('nltest.exe', 'Microsoft® Logon Server Test Utility', 'nltestrk.exe'),
  systeminfo: system32('systeminfo.exe', 'Displays system information', 'sysinfo.exe'),
  quser: system32('quser.exe', 'Query User Utility'),
  netsh: system32('netsh.exe', 'Network Command Shell'),
  nslookup: system32('nslookup.exe', 'nslookup'),
  wevtutil: system32('wevtutil.exe', 'Eventing Command Line Utility'),
  ssh: other('C:\\Windows\\System32\\OpenSSH\\ssh.exe', '8.1.0.1', '-', 'OpenSSH for Windows', '-'),
  defender: other(
    'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.24020.7-0\\MsMpEng.exe',
    '4.18.24020.7',
    'Antimalware Service Executable',
    WINDOWS,
    MICROSOFT,
  ),
  edge: other(
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
    '122.0.2365.80',
    'Microsoft Edge',
    'Microsoft Edge',
    MICROSOFT,
  ),
  edgeUpdate: other(
    'C:\\Program Files (x86)\\Microsoft\\EdgeUpdate\\MicrosoftEdgeUpdate.exe',
    '1.3.185.17',
    'Microsoft Edge Update',
    'Microsoft Edge Update',
    MICROSOFT,
  ),
  outlook: office('OUTLOOK.EXE', 'Microsoft Outlook', 'Outlook.exe'),
  word: office('WINWORD.EXE', 'Microsoft Word', 'WinWord.exe'),
  excel: office('EXCEL.EXE', 'Microsoft Excel', 'Excel.exe'),
  onedrive: other(
    'C:\\Program Files\\Microsoft OneDrive\\OneDrive.exe',
    '24.025.0204.0003',
    'Microsoft OneDrive',
    'Microsoft OneDrive',
    MICROSOFT,
  ),
  code: other(
    'C:\\Program Files\\Microsoft VS Code\\Code.exe',
    '1.87.1',
    'Visual Studio Code',
    'Visual Studio Code',
    MICROSOFT,
  ),
  git: other(
    'C:\\Program Files\\Git\\cmd\\git.exe',
    '2.44.0.1',
    'Git for Windows',
    'Git',
    'The Git Development Community',
  ),
  node: other('C:\\Program Files\\nodejs\\node.exe', '20.11.1', 'Node.js JavaScript Runtime', 'Node.js', 'Node.js'),
  wslService: other(
    'C:\\Program Files\\WSL\\wslservice.exe',
    '2.1.5.0',
    'Windows Subsystem for Linux',
    WINDOWS,
    MICROSOFT,
  ),
  backupAgent: other(
    'C:\\Program Files\\Keelson Backup\\kbagent.exe',
    '9.4.2.118',
    'Keelson Backup Agent',
    'Keelson Backup',
    'Keelson Software Ltd.',
  ),
  backupWorker: other(
    'C:\\Program Files\\Keelson Backup\\kbworker.exe',
    '9.4.2.118',
    'Keelson Backup Worker',
    'Keelson Backup',
    'Keelson Software Ltd.',
  ),
  implant: bare('C:\\Users\\m.orlova\\AppData\\Local\\Temp\\parcelview.exe'),
  implantDeveloper: bare('C:\\Users\\t.becker\\AppData\\Local\\Temp\\parcelview.exe'),
  plink: {
    ...other(
      'C:\\ProgramData\\Printing\\plink.exe',
      'Release 0.80 (with embedded help)',
      'Command-line SSH, Telnet, and Rlogin client',
      'PuTTY suite',
      'Simon Tatham',
    ),
    original: 'Plink',
  },
  ngrok: bare('C:\\Users\\Public\\ngrok.exe'),
  renamedNgrok: bare('C:\\ProgramData\\Printing\\spoolhlp.exe'),
} as const satisfies Record<string, Program>;

/** Hashes as Sysmon lists them: made from the program's path and version, so that a program always has the same. */
export function hashesOf(program: Program): string {
  const hash = (name: string, algorithm: string): string =>
    createHash(algorithm).update(`sample ${name} ${program.path} ${program.version}`).digest('hex').toUpperCase();
  return `MD5=${hash('file', 'md5')},SHA256=${hash('file', 'sha256')},IMPHASH=${hash('imports', 'md5')}`;
}
