import { writeEvtxFile } from '../../main/ingest/evtx-writer/evtx-writer.ts';
import type { WriterEvent, WriterField } from '../../main/ingest/evtx-writer/writer-event.ts';

const SYSMON = { name: 'Microsoft-Windows-Sysmon', guid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}' };
const SECURITY = { name: 'Microsoft-Windows-Security-Auditing', guid: '{54849625-5478-4994-A5BA-3E3B0328C30D}' };
const PROGRAMS = [
  'svchost.exe',
  'chrome.exe',
  'powershell.exe',
  'cmd.exe',
  'conhost.exe',
  'msiexec.exe',
  'explorer.exe',
];
/** Bytes that one generated event takes in its file, roughly. */
const EVENT_BYTES = 873;

/**
 * Writes a log of about `megabytes` MB as a busy host would have it: process starts, network connections and logons,
 * with names that repeat and GUIDs, times and command lines that hardly do. The same size gives the same bytes.
 * @returns how many events it has.
 */
export function writeBigLog(path: string, megabytes: number): number {
  return writeEvtxFile(path, events(Math.round((megabytes * 1e6) / EVENT_BYTES)));
}

function* events(count: number): Generator<WriterEvent> {
  const random = generator(7);
  const pick = <T>(list: readonly T[]): T => list[random() % list.length] as T;
  let us = Date.UTC(2026, 2, 2, 8) * 1000;
  for (let i = 0; i < count; i++) {
    us += random() % 900_000;
    const common = {
      channel: 'Microsoft-Windows-Sysmon/Operational',
      provider: SYSMON,
      computer: 'WS-0417.corp.example',
      time: { us, ns: (random() % 10) * 100 },
      level: 4,
      keywords: '0x8000000000000000',
      processId: 3104,
      threadId: 4000 + (random() % 12) * 4,
      userSid: 'S-1-5-18',
    };
    const kind = random() % 10;
    if (kind < 5) yield { ...common, eventId: 1, version: 5, task: 1, data: processStart(random, pick, us) };
    else if (kind < 8) yield { ...common, eventId: 3, version: 5, task: 3, data: connection(random, pick) };
    else {
      const keywords = '0x8020000000000000';
      yield {
        ...common,
        channel: 'Security',
        provider: SECURITY,
        keywords,
        eventId: 4624,
        version: 2,
        data: logon(random),
      };
    }
  }
}

type Random = () => number;
type Pick = <T>(list: readonly T[]) => T;

function processStart(random: Random, pick: Pick, us: number): WriterField[] {
  const program = pick(PROGRAMS);
  const parent = pick(PROGRAMS);
  return [
    { name: 'RuleName', type: 'string', value: '-' },
    { name: 'UtcTime', type: 'string', value: new Date(us / 1000).toISOString().replace('T', ' ').slice(0, 23) },
    { name: 'ProcessGuid', type: 'guid', value: guid(random) },
    { name: 'ProcessId', type: 'uint32', value: 500 + (random() % 9000) * 4 },
    { name: 'Image', type: 'string', value: `C:\\Windows\\System32\\${program}` },
    { name: 'FileVersion', type: 'string', value: '10.0.22621.1 (WinBuild.160101.0800)' },
    { name: 'Company', type: 'string', value: 'Microsoft Corporation' },
    { name: 'OriginalFileName', type: 'string', value: program.toUpperCase() },
    { name: 'CommandLine', type: 'string', value: `${program} -p -k job${random() % 4000} --id ${random() % 100_000}` },
    { name: 'CurrentDirectory', type: 'string', value: 'C:\\Windows\\system32\\' },
    { name: 'User', type: 'string', value: `CORP\\user${random() % 40}` },
    { name: 'LogonId', type: 'hex64', value: 0x3e7 + (random() % 50) * 0x1000 },
    { name: 'IntegrityLevel', type: 'string', value: pick(['Medium', 'High', 'System']) },
    {
      name: 'Hashes',
      type: 'string',
      value: `SHA256=${(random() % 300).toString(16).padStart(64, '0').toUpperCase()}`,
    },
    { name: 'ParentProcessGuid', type: 'guid', value: guid(random) },
    { name: 'ParentProcessId', type: 'uint32', value: 500 + (random() % 9000) * 4 },
    { name: 'ParentImage', type: 'string', value: `C:\\Windows\\System32\\${parent}` },
    { name: 'ParentCommandLine', type: 'string', value: `C:\\Windows\\System32\\${parent} /c run${random() % 500}` },
  ];
}

function connection(random: Random, pick: Pick): WriterField[] {
  return [
    { name: 'ProcessGuid', type: 'guid', value: guid(random) },
    { name: 'ProcessId', type: 'uint32', value: 500 + (random() % 9000) * 4 },
    { name: 'Image', type: 'string', value: `C:\\Windows\\System32\\${pick(PROGRAMS)}` },
    { name: 'User', type: 'string', value: `CORP\\user${random() % 40}` },
    { name: 'Protocol', type: 'string', value: 'tcp' },
    { name: 'Initiated', type: 'bool', value: true },
    { name: 'SourceIp', type: 'string', value: `10.4.${random() % 8}.${random() % 250}` },
    { name: 'SourcePort', type: 'uint16', value: 49152 + (random() % 16000) },
    { name: 'DestinationIp', type: 'string', value: `203.0.113.${random() % 250}` },
    { name: 'DestinationPort', type: 'uint16', value: pick([80, 443, 53, 445, 3389]) },
  ];
}

function logon(random: Random): WriterField[] {
  return [
    { name: 'SubjectUserSid', type: 'sid', value: 'S-1-5-18' },
    { name: 'SubjectUserName', type: 'string', value: 'WS-0417$' },
    {
      name: 'TargetUserSid',
      type: 'sid',
      value: `S-1-5-21-1004336348-1177238915-682003330-${1000 + (random() % 400)}`,
    },
    { name: 'TargetUserName', type: 'string', value: `user${random() % 400}` },
    { name: 'TargetLogonId', type: 'hex64', value: random() },
    { name: 'LogonType', type: 'uint32', value: 3 },
    { name: 'LogonProcessName', type: 'string', value: 'Kerberos' },
    { name: 'LogonGuid', type: 'guid', value: guid(random) },
    { name: 'IpAddress', type: 'string', value: `10.4.${random() % 8}.${random() % 250}` },
    { name: 'IpPort', type: 'string', value: String(49152 + (random() % 16000)) },
  ];
}

function guid(random: Random): string {
  const hex = [random(), random(), random(), random()].map((part) => part.toString(16).padStart(8, '0')).join('');
  return `{${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}}`;
}

/** Mulberry32: whole numbers in [0, 2^32), the same row for the same seed. */
function generator(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}
