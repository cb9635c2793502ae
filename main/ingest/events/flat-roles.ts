/** What a field of a flat event says of the event itself. */
export type Role =
  | 'channel'
  | 'provider'
  | 'providerGuid'
  | 'eventId'
  | 'version'
  | 'level'
  | 'task'
  | 'opcode'
  | 'keywords'
  | 'qualifiers'
  | 'computer'
  | 'record'
  | 'processId'
  | 'threadId'
  | 'time';

export interface FlatRole {
  readonly role: Role;
  /** Of several fields with one role the lowest counts, and the others are data. */
  readonly rank: number;
  /** Whether the field is data too: false where the head says the same under a name that rules know. */
  readonly isData: boolean;
}

/**
 * Field names by role, best first, as real exports have them: Winlogbeat and Elastic (7 and later; 6), NXLog,
 * PowerShell's Get-WinEvent, Sentinel, Event Viewer, and the names that Windows' own XML has. A name in `(…)` also stays a data field.
 */
const NAMES: Readonly<Record<Role, string>> = {
  channel: 'winlog.channel Channel LogName log_name (EventLog)',
  provider:
    'winlog.provider_name Provider_Name ProviderName (EventSourceName) (SourceName) (source_name) (event.provider) (Provider)',
  providerGuid: 'winlog.provider_guid ProviderGuid provider_guid',
  eventId: 'winlog.event_id EventID (event.code) (EventId) (event_id) (EventCode) (Event ID) (Id)',
  version: 'winlog.version Version (version)',
  level: 'Level (LevelValue)',
  task: 'Task (TaskValue)',
  opcode: 'Opcode OpcodeValue',
  keywords: 'Keywords',
  qualifiers: 'Qualifiers',
  computer:
    'winlog.computer_name Computer computer_name (ComputerName) (MachineName) (Hostname) (host.name) (host.hostname) ' +
    '(hostname) (DeviceName) (agent.hostname) (host)',
  record: 'winlog.record_id EventRecordID RecordID RecordId EventRecordId RecordNumber record_number (Record ID)',
  processId: 'winlog.process.pid ExecutionProcessID',
  threadId: 'winlog.process.thread.id ExecutionThreadID',
  time:
    '@timestamp (TimeCreated) (TimeCreated.value) (SystemTime) (EventTime) (UtcTime) (Timestamp) (timestamp) (TimeGenerated) (_time) ' +
    '(eventTime) (EventTimestamp) (TimeStamp) (eventTimestamp) (createdDateTime) (activityDateTime) ' +
    '(CreationTime) (Date and Time) (Event Time) (Time) (time) (DateTime) (datetime) (date) (event.created) (ts)',
};

export const FLAT_ROLES: ReadonlyMap<string, FlatRole> = new Map(
  Object.entries(NAMES).flatMap(([role, names]) =>
    (names.match(/\([^)]*\)|\S+/g) ?? []).map((word, rank): [string, FlatRole] => {
      const isData = word.startsWith('(');
      return [isData ? word.slice(1, -1) : word, { role: role as Role, rank, isData }];
    }),
  ),
);

const ZONE_SUFFIX = / \[UTC\]$/;

/** What a field is by its name, but for the zone that Microsoft's portals put behind a time's. */
export function roleOf(name: string): FlatRole | undefined {
  return FLAT_ROLES.get(name) ?? (name.endsWith(']') ? FLAT_ROLES.get(name.replace(ZONE_SUFFIX, '')) : undefined);
}

/** Whether exports use a field's name for what an event is. */
export function isRoleName(name: string): boolean {
  return FLAT_ROLES.has(name);
}

/** Roles that only a Windows event has: without a channel or an event id their fields are plain data. */
export const WINDOWS_ROLES: ReadonlySet<Role> = new Set<Role>([
  'version',
  'level',
  'task',
  'opcode',
  'keywords',
  'qualifiers',
  'record',
]);

/** Where exports keep the event's own data: their fields take their Windows names. */
const DATA_PREFIXES = [
  'winlog.event_data.',
  'winlog.user_data.',
  'event_data.',
  'user_data.',
  'EventData.',
  'UserData.',
  'AllFieldInfo.',
  'ExtraFieldInfo.',
];

/** The name under which a rule asks for a field: `winlog.event_data.Image` is `Image`. */
export function windowsName(name: string): string {
  for (const prefix of DATA_PREFIXES) if (name.startsWith(prefix)) return name.slice(prefix.length);
  return name;
}
