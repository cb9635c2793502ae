import type { EventBatch } from '../../main/columns/batch.ts';
import { BatchBuilder, type ShapeRows } from '../../main/columns/batch-builder.ts';
import { decimalRef, hexRef } from '../../main/columns/value-ref.ts';

/**
 * How often values come again: `realistic` as on a busy host (a few hundred programs, one command line in five new,
 * identifiers and times new in every event); `distinct`: every value is new.
 */
export type Repetition = 'realistic' | 'distinct';

type Row = Record<string, string | number>;

const FOLDERS = [
  'C:\\Windows\\System32',
  'C:\\Windows',
  'C:\\Program Files\\Vendor',
  'C:\\Program Files (x86)\\Suite',
  'C:\\Users\\jdoe\\AppData\\Local\\App',
];
const NAMES = [
  'svchost',
  'conhost',
  'chrome',
  'msedge',
  'powershell',
  'cmd',
  'msiexec',
  'explorer',
  'rundll32',
  'taskhostw',
  'services',
  'wmiprvse',
  'searchindexer',
  'teams',
  'outlook',
  'onedrive',
  'backgroundtaskhost',
  'dllhost',
  'regsvr32',
  'schtasks',
];
const ARGUMENTS = [
  '-k netsvcs -p -s Schedule',
  '--type=renderer --field-trial-handle=',
  '/c dir C:\\Temp',
  '-NoProfile -File C:\\Scripts\\inventory.ps1',
  '0xffffffff -ForceV1',
  '/Run /TN "\\Vendor\\Update"',
  '-Embedding',
  'shell32.dll,Control_RunDLL',
  '/quiet /i package.msi',
];
const USERS = [
  'CORP\\jdoe',
  'CORP\\asmith',
  'NT AUTHORITY\\SYSTEM',
  'NT AUTHORITY\\NETWORK SERVICE',
  'CORP\\svc-backup',
];
const HOSTS = [
  'telemetry.example.com',
  'update.example.net',
  'dc01.corp.example',
  'files.corp.example',
  'cdn.example.org',
];
const KEYS = [
  'HKLM\\SOFTWARE\\Vendor\\State',
  'HKLM\\System\\CurrentControlSet\\Services\\Dnscache\\Parameters',
  'HKU\\S-1-5-21-1\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs',
];

/** Deterministic generator of 32-bit numbers (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Generates batches of events of the kinds that fill a host's logs, the same for the same arguments. */
export function* makeBatches(count: number, repetition: Repetition, seed = 7): Generator<EventBatch> {
  const random = generator(seed);
  const builder = new BatchBuilder(4096, 1 << 30);
  const pick = <T>(list: readonly T[]): T => list[Math.floor((random() / 2 ** 32) ** 2 * list.length)] as T;
  const isNew = repetition === 'distinct';
  const unique = (): string => `${random().toString(16)}-${random().toString(16)}`;
  const path = (extension: string): string => {
    const stem = `${pick(FOLDERS)}\\${pick(NAMES)}`;
    return isNew
      ? `${stem}-${unique()}.${extension}`
      : `${stem}${random() % 4 === 0 ? random() % 40 : ''}.${extension}`;
  };
  const commandLine = (image: string): string => {
    const line = `"${image}" ${pick(ARGUMENTS)}`;
    return isNew || random() % 5 === 0 ? `${line} ${unique()}` : line;
  };
  const guid = (): string => `{${unique()}-${unique()}}`;
  const hashes = (image: string): string => {
    const hex = (isNew ? unique() : String(image.length * 7919)).repeat(8);
    return `MD5=${hex.slice(0, 32)},SHA256=${hex.slice(0, 64)},IMPHASH=${hex.slice(0, 32)}`;
  };
  let time = 0;
  const common = (): Row => ({
    UtcTime: new Date(1.77e12 + (time += random() % 900)).toISOString().replace('T', ' ').slice(0, 23),
    ProcessGuid: guid(),
    ProcessId: 500 + (random() % 9000) * 4,
    Image: path('exe'),
    User: isNew ? `CORP\\u${unique()}` : pick(USERS),
  });
  const rows: Readonly<Record<number, () => Row>> = {
    1: () => {
      const row = common();
      const parent = path('exe');
      return {
        ...row,
        CommandLine: commandLine(row['Image'] as string),
        ParentImage: parent,
        ParentCommandLine: commandLine(parent),
        OriginalFileName: `${pick(NAMES).toUpperCase()}.EXE`,
        CurrentDirectory: `${pick(FOLDERS)}\\`,
        IntegrityLevel: 'Medium',
        Hashes: hashes(row['Image'] as string),
        Company: 'Vendor Corporation',
        Description: 'Host process',
        Product: 'Operating System',
      };
    },
    3: () => ({
      ...common(),
      Protocol: 'tcp',
      Initiated: 'true',
      SourceIp: '10.2.0.17',
      SourcePort: random() % 60000,
      DestinationIp: `10.${random() % (isNew ? 250 : 2)}.${random() % 20}.${random() % 250}`,
      DestinationPort: pick([443, 80, 53, 445, 389]),
      DestinationHostname: isNew ? `${unique()}.example` : pick(HOSTS),
    }),
    7: () => ({
      ...common(),
      ImageLoaded: path('dll'),
      OriginalFileName: `${pick(NAMES)}.dll`,
      Signed: 'true',
      Signature: 'Vendor',
      SignatureStatus: 'Valid',
      Hashes: hashes('x'),
    }),
    10: () => ({
      ...common(),
      SourceImage: path('exe'),
      TargetImage: path('exe'),
      GrantedAccess: 0x1000 + (random() % 8),
      CallTrace: `C:\\Windows\\SYSTEM32\\ntdll.dll+${(random() % (isNew ? 1e9 : 200)).toString(16)}`,
    }),
    11: () => ({
      ...common(),
      TargetFilename: `${pick(FOLDERS)}\\cache\\${isNew || random() % 2 === 0 ? unique() : random() % 500}.tmp`,
    }),
    13: () => ({
      ...common(),
      EventType: 'SetValue',
      TargetObject: `${pick(KEYS)}\\${isNew ? unique() : random() % 300}`,
      Details: isNew ? unique() : `DWORD (0x${(random() % 64).toString(16)})`,
    }),
    22: () => ({
      ...common(),
      QueryName: isNew || random() % 8 === 0 ? `${unique()}.example.com` : pick(HOSTS),
      QueryStatus: 0,
      QueryResults: '::ffff:10.1.2.3;',
    }),
    4688: () => {
      const image = path('exe');
      return {
        SubjectUserSid: 'S-1-5-18',
        SubjectUserName: 'HOST$',
        SubjectDomainName: 'CORP',
        NewProcessId: random() % 90000,
        NewProcessName: image,
        CommandLine: commandLine(image),
        ParentProcessName: path('exe'),
        MandatoryLabel: 'S-1-16-8192',
      };
    },
    4624: () => ({
      TargetUserName: isNew ? unique() : 'jdoe',
      TargetDomainName: 'CORP',
      LogonType: pick([3, 5, 2, 10]),
      IpAddress: `10.2.0.${random() % 250}`,
      IpPort: random() % 60000,
      LogonProcessName: 'Kerberos',
      AuthenticationPackageName: 'Kerberos',
      WorkstationName: '-',
      TargetLogonId: `0x${random().toString(16)}`,
    }),
  };
  const kinds = [1, 1, 1, 1, 3, 3, 3, 7, 7, 7, 7, 10, 10, 11, 11, 13, 13, 22, 4688, 4624];
  const shapes = new Map<number, { shape: ShapeRows; head: number }>();
  for (let i = 0; i < count; i++) {
    const eventId = kinds[random() % kinds.length] as number;
    let kind = shapes.get(eventId);
    if (!kind) shapes.set(eventId, (kind = makeKind(builder, eventId)));
    const { shape, head } = kind;
    for (const [field, value] of Object.entries((rows[eventId] as () => Row)())) {
      const slot = shape.slot(field) as number;
      const ref =
        typeof value === 'number'
          ? field === 'GrantedAccess'
            ? hexRef(value)
            : decimalRef(value)
          : builder.dictionary.refOfText(value);
      shape.put(slot, ref);
    }
    shape.addRow(builder.count);
    builder.add({
      timeUs: 1.77e15 + i * 1000,
      flags: 0,
      head,
      computer: builder.dictionary.refOfText('WS-0417.corp.example'),
      record: i + 1,
      offset: 0,
      length: 0,
      processId: decimalRef(4),
      threadId: decimalRef(8),
      writtenDeltaUs: 0,
    });
    if (builder.isFull) yield builder.take(0);
  }
  yield builder.take(0);
}

function makeKind(builder: BatchBuilder, eventId: number): { shape: ShapeRows; head: number } {
  const isSysmon = eventId < 100;
  const channel = isSysmon ? 'Microsoft-Windows-Sysmon/Operational' : 'Security';
  const provider = isSysmon ? 'Microsoft-Windows-Sysmon' : 'Microsoft-Windows-Security-Auditing';
  const shape = builder.shapeFor(channel, provider, eventId);
  const head = builder.headFor({
    channel,
    provider,
    providerGuid: '',
    eventId,
    version: 5,
    level: 4,
    task: eventId,
    opcode: 0,
    keywords: '0x8000000000000000',
    qualifiers: undefined,
    shape: shape.shape,
  });
  return { shape, head };
}
