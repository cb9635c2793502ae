import { join } from 'node:path';
import { writeEvtxFile } from '../../main/ingest/evtx-writer/evtx-writer.ts';
import type { WriterEvent, WriterField } from '../../main/ingest/evtx-writer/writer-event.ts';

/** Hosts of the case; each has a file a channel. */
const HOSTS = ['DC01', 'FILES02', 'WS-0417', 'WS-0418', 'WS-0533'];
/** When the case begins, and how many days of logs it is. */
const START_US = Date.UTC(2026, 2, 2) * 1000;
const DAYS = 14;

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
const SECURITY = 'Security';
const POWERSHELL = 'Microsoft-Windows-PowerShell/Operational';
const SYSTEM = 'System';

const PROVIDERS = {
  [SYSMON]: { name: 'Microsoft-Windows-Sysmon', guid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}' },
  [SECURITY]: { name: 'Microsoft-Windows-Security-Auditing', guid: '{54849625-5478-4994-A5BA-3E3B0328C30D}' },
  [POWERSHELL]: { name: 'Microsoft-Windows-PowerShell', guid: '{A0C1853B-5C40-4B15-8766-3CF1C58F985A}' },
  [SYSTEM]: { name: 'Service Control Manager', guid: '{555908D1-A6D7-4695-8E1E-26931D2012F4}' },
} as const;
type Channel = keyof typeof PROVIDERS;

const PROGRAMS = Array.from({ length: 240 }, (_, i) => `app${i}.exe`);
PROGRAMS.splice(0, 8, 'svchost.exe', 'chrome.exe', 'conhost.exe', 'powershell.exe', 'cmd.exe', 'msedge.exe');
const FOLDERS = ['C:\\Windows\\System32', 'C:\\Program Files\\Suite', 'C:\\Users\\jdoe\\AppData\\Local\\App'];

/** A kind of event: its share of the channel, and its data. */
interface Kind {
  readonly eventId: number;
  readonly share: number;
  readonly data: (world: World) => WriterField[];
}

const KINDS: Readonly<Record<Channel, readonly Kind[]>> = {
  [SECURITY]: [
    { eventId: 4624, share: 25, data: logon },
    { eventId: 4634, share: 22, data: logoff },
    { eventId: 4672, share: 8, data: logoff },
    { eventId: 5156, share: 30, data: filtered },
    { eventId: 4688, share: 15, data: created },
  ],
  [SYSMON]: [
    { eventId: 1, share: 18, data: processStart },
    { eventId: 3, share: 22, data: connection },
    { eventId: 7, share: 25, data: imageLoad },
    { eventId: 11, share: 15, data: fileCreate },
    { eventId: 13, share: 12, data: registrySet },
    { eventId: 22, share: 8, data: dnsQuery },
  ],
  [POWERSHELL]: [{ eventId: 4103, share: 1, data: pipeline }],
  [SYSTEM]: [{ eventId: 7036, share: 1, data: service }],
};
const CHANNEL_SHARES: Readonly<Record<Channel, number>> = {
  [SECURITY]: 0.55,
  [SYSMON]: 0.4,
  [POWERSHELL]: 0.02,
  [SYSTEM]: 0.03,
};

/**
 * Writes the logs of a case of `count` events: five hosts over the same two weeks, a file a host and channel, with
 * values that repeat as on busy hosts (a process's GUID in its start, modules and connections; one command line in
 * four new). The same count gives the same bytes. @returns the files.
 */
export function writeCaseLogs(folder: string, count: number): string[] {
  const files: string[] = [];
  for (const [h, host] of HOSTS.entries()) {
    for (const [c, channel] of (Object.keys(KINDS) as Channel[]).entries()) {
      const path = join(folder, `${host}-${channel.replace('/', '%4')}.evtx`);
      writeEvtxFile(path, events(channel, host, (count * CHANNEL_SHARES[channel]) / HOSTS.length, 7 + h * 16 + c));
      files.push(path);
    }
  }
  return files;
}

function* events(channel: Channel, host: string, count: number, seed: number): Generator<WriterEvent> {
  const world = new World(seed);
  const kinds = KINDS[channel].flatMap((kind) => new Array<Kind>(kind.share).fill(kind));
  const step = (DAYS * 86_400e6) / count;
  for (let i = 0; i < Math.round(count); i++) {
    const kind = world.pick(kinds);
    world.us = START_US + Math.floor(i * step + world.below(1e6));
    yield {
      channel,
      provider: PROVIDERS[channel],
      computer: `${host}.corp.example`,
      time: { us: START_US + Math.floor(i * step), ns: 0 },
      level: 4,
      keywords: '0x8000000000000000',
      processId: 700 + world.below(8) * 4,
      threadId: 4000 + world.below(12) * 4,
      eventId: kind.eventId,
      version: 1,
      data: kind.data(world),
    };
  }
}

const text = (name: string, value: string): WriterField => ({ name, type: 'string', value });
const number = (name: string, value: number): WriterField => ({ name, type: 'uint32', value });

function logon(w: World): WriterField[] {
  return [
    text('SubjectUserName', '-'),
    text('TargetUserName', w.user()),
    text('TargetDomainName', 'CORP'),
    { name: 'TargetLogonId', type: 'hex64', value: 0x10000 + w.below(2e6) },
    number('LogonType', w.pick([3, 3, 3, 5, 2, 10])),
    text('LogonProcessName', 'Kerberos'),
    text('AuthenticationPackageName', 'Kerberos'),
    text('WorkstationName', '-'),
    text('ProcessName', w.image()),
    text('IpAddress', w.address()),
    text('IpPort', String(49152 + w.below(16000))),
  ];
}

function logoff(w: World): WriterField[] {
  return [
    text('TargetUserName', w.user()),
    text('TargetDomainName', 'CORP'),
    { name: 'TargetLogonId', type: 'hex64', value: 0x10000 + w.below(2e6) },
    number('LogonType', 3),
  ];
}

function filtered(w: World): WriterField[] {
  return [
    number('ProcessID', w.processId()),
    text('Application', `\\device\\harddiskvolume3${w.image().slice(2).toLowerCase()}`),
    text('Direction', '%%14593'),
    text('SourceAddress', w.address()),
    text('SourcePort', String(49152 + w.below(16000))),
    text('DestAddress', w.address()),
    text('DestPort', String(w.pick([443, 80, 53, 445, 389, 88]))),
    number('Protocol', 6),
  ];
}

function created(w: World): WriterField[] {
  const image = w.image();
  return [
    text('SubjectUserName', w.user()),
    { name: 'NewProcessId', type: 'hex64', value: w.processId() },
    text('NewProcessName', image),
    text('CommandLine', w.commandLine(image)),
    text('ParentProcessName', w.image()),
  ];
}

function processStart(w: World): WriterField[] {
  const image = w.image();
  const parent = w.image();
  return [
    text('UtcTime', w.utcTime()),
    { name: 'ProcessGuid', type: 'guid', value: w.newProcess() },
    number('ProcessId', w.processId()),
    text('Image', image),
    text('CommandLine', w.commandLine(image)),
    text('CurrentDirectory', `${w.pick(FOLDERS)}\\`),
    text('User', `CORP\\${w.user()}`),
    text('IntegrityLevel', w.pick(['Medium', 'High', 'System'])),
    text('Hashes', `SHA256=${image.length.toString(16).padStart(64, '0').toUpperCase()}`),
    text('ParentImage', parent),
    text('ParentCommandLine', w.commandLine(parent)),
  ];
}

function connection(w: World): WriterField[] {
  return [
    ...process(w),
    text('User', `CORP\\${w.user()}`),
    text('Protocol', 'tcp'),
    text('SourceIp', w.address()),
    number('SourcePort', 49152 + w.below(16000)),
    text('DestinationIp', w.address()),
    number('DestinationPort', w.pick([443, 80, 53, 445, 3389])),
  ];
}

function imageLoad(w: World): WriterField[] {
  return [
    ...process(w),
    text('ImageLoaded', `${w.pick(FOLDERS)}\\module${w.below(2500)}.dll`),
    text('Signed', 'true'),
    text('Signature', 'Vendor'),
  ];
}

function fileCreate(w: World): WriterField[] {
  const name = w.below(2) === 0 ? `cache${w.below(4000)}.tmp` : `${w.hex()}${w.hex()}.tmp`;
  return [...process(w), text('TargetFilename', `${w.pick(FOLDERS)}\\${name}`), text('User', `CORP\\${w.user()}`)];
}

function registrySet(w: World): WriterField[] {
  return [
    ...process(w),
    text('EventType', 'SetValue'),
    text('TargetObject', `HKLM\\SOFTWARE\\Vendor\\State\\value${w.below(3000)}`),
    text('Details', `DWORD (0x${w.below(5000).toString(16)})`),
  ];
}

function dnsQuery(w: World): WriterField[] {
  const name = w.below(12) === 0 ? w.hex() : `host${w.below(900)}`;
  return [...process(w), text('QueryName', `${name}.example.com`), text('QueryResults', w.address())];
}

function pipeline(w: World): WriterField[] {
  return [text('Payload', `CommandInvocation(Get-Item${w.below(300)}): "path-${w.below(50_000)}"`)];
}

function service(w: World): WriterField[] {
  return [text('param1', `Service ${w.below(120)}`), text('param2', w.pick(['running', 'stopped']))];
}

function process(w: World): WriterField[] {
  return [
    text('UtcTime', w.utcTime()),
    { name: 'ProcessGuid', type: 'guid', value: w.process() },
    number('ProcessId', w.processId()),
    text('Image', w.image()),
  ];
}

/** The values of one host. Numbers come from mulberry32, the same row for the same seed. */
class World {
  us = START_US;
  #state: number;
  #processes: string[] = [];

  constructor(seed: number) {
    this.#state = seed;
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    const state = this.#state;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  below(limit: number): number {
    return this.#next() % limit;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  hex(): string {
    return this.#next().toString(16).padStart(8, '0');
  }

  utcTime(): string {
    return new Date(this.us / 1000).toISOString().replace('T', ' ').slice(0, 23);
  }

  /** Some programs run far more often than others. */
  image(): string {
    const at = Math.floor((this.#next() / 2 ** 32) ** 3 * PROGRAMS.length);
    return `${this.pick(FOLDERS)}\\${PROGRAMS[at] as string}`;
  }

  commandLine(image: string): string {
    const option = this.below(4) === 0 ? this.hex() : String(this.below(300));
    return `"${image}" --type=task --id=${option}`;
  }

  user(): string {
    return `user${Math.floor((this.#next() / 2 ** 32) ** 2 * 400)}`;
  }

  address(): string {
    return `10.${this.below(4)}.${this.below(20)}.${this.below(250)}`;
  }

  processId(): number {
    return 500 + this.below(6000) * 4;
  }

  newProcess(): string {
    const guid = `{${this.hex()}-0000-0000-0000-${this.hex()}0000}`;
    this.#processes.push(guid);
    if (this.#processes.length > 200) this.#processes.shift();
    return guid;
  }

  /** One that was started lately. */
  process(): string {
    return this.#processes.length === 0 ? this.newProcess() : this.pick(this.#processes);
  }
}
