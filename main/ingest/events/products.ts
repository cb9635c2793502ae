import { ZoneClock, readZone } from '../../../shared/model/zone.ts';
import type { FieldList } from './field-list.ts';

/**
 * Exports of products that rename what Windows names, told by a field that only they have. Each puts the event's own
 * names back; what is the product's own stays as it is.
 */
const PRODUCTS: ReadonlyMap<string, (all: FieldList) => void> = new Map([
  ['data.win.system.eventID', wazuh],
  ['win.system.eventID', wazuh],
  ['short_message', gelf],
  ['winlogbeat_winlog_event_id', graylog],
  ['winlogbeat_event_id', graylog],
  ['winlog_event_id', graylog],
  ['event_id.id', openTelemetry],
  ['Action Type', deviceTimeline],
  ['MACB', plasoTable],
  ['timestamp_desc', plasoEvent],
  ['MapDescription', recordObject],
  ['ContainerLog', recordObject],
]);

/** Puts the event's own names in the place of those that a product made of them. */
export function restoreNames(all: FieldList): void {
  for (let i = 0; i < all.count; i++) {
    const restore = PRODUCTS.get(all.names[i] as string);
    if (restore) {
      restore(all);
      return;
    }
  }
}

function rename(all: FieldList, nameOf: (name: string) => string | undefined): void {
  for (let i = 0; i < all.count; i++) {
    const name = all.names[i] as string;
    all.names[i] = nameOf(name) ?? name;
  }
}

/** What Wazuh's and OpenTelemetry's names say of the event, in names that have a role. */
const SYSTEM: Readonly<Record<string, string>> = {
  providerName: 'winlog.provider_name',
  providerGuid: 'winlog.provider_guid',
  eventID: 'winlog.event_id',
  version: 'Version',
  level: 'Level',
  task: 'Task',
  opcode: 'Opcode',
  keywords: 'Keywords',
  systemTime: '@timestamp',
  eventRecordID: 'winlog.record_id',
  processID: 'winlog.process.pid',
  threadID: 'winlog.process.thread.id',
  channel: 'winlog.channel',
  computer: 'winlog.computer_name',
};
const WAZUH = /^(?:data\.)?win\.(system|eventdata)\.(.+)$/;
/** Text in which each backslash stands before another or before a quote. */
const ESCAPED = /^(?:[^\\]|\\["\\])*$/s;

/** Wazuh writes names of data with a small first letter, and their values escaped once more. */
function wazuh(all: FieldList): void {
  for (let i = 0; i < all.count; i++) {
    const [, part, name = ''] = WAZUH.exec(all.names[i] as string) ?? [];
    if (part === 'system') all.names[i] = ownName(SYSTEM, name) ?? (all.names[i] as string);
    else if (part === 'eventdata') {
      // Windows' own events do begin so where their data has no names.
      const isNumbered = /^param\d+$/.test(name);
      all.names[i] = `EventData.${isNumbered ? name : name.charAt(0).toUpperCase() + name.slice(1)}`;
      const value = all.values[i] as string;
      if (value.includes('\\') && ESCAPED.test(value)) all.values[i] = value.replace(/\\(["\\])/g, '$1');
    }
  }
}

/** GELF 1.1 puts an underscore before the names of all fields that are not its own. */
function gelf(all: FieldList): void {
  rename(all, (name) => (/^_[^_]/.test(name) ? name.slice(1) : undefined));
}

const GRAYLOG_HEAD = /^winlog_(channel|event_id|provider_name|provider_guid|computer_name|record_id)$/;

/** Graylog's Beats input joins the levels of a name by underscores, and puts the Beat's name in front. */
function graylog(all: FieldList): void {
  rename(all, (given) => {
    const name = given.replace(/^winlogbeat_/, '');
    const data = /^(?:winlog_)?(?:event_data|user_data)_(.+)$/.exec(name)?.[1];
    if (data !== undefined) return `EventData.${data}`;
    const head = GRAYLOG_HEAD.exec(name)?.[1];
    return head === undefined ? name : `winlog.${head}`;
  });
}

const OPEN_TELEMETRY: Readonly<Record<string, string>> = {
  'event_id.id': 'winlog.event_id',
  'event_id.qualifiers': 'Qualifiers',
  'provider.name': 'winlog.provider_name',
  'provider.guid': 'winlog.provider_guid',
  channel: 'winlog.channel',
  computer: 'winlog.computer_name',
  record_id: 'winlog.record_id',
  system_time: '@timestamp',
  'execution.process_id': 'winlog.process.pid',
  'execution.thread_id': 'winlog.process.thread.id',
};

/** The body that the OpenTelemetry Collector's receiver of Windows logs gives. */
function openTelemetry(all: FieldList): void {
  rename(all, (name) => ownName(OPEN_TELEMETRY, name) ?? name.replace(/^event_data\.(?:data\.)?/, 'EventData.'));
}

/** The timeline of a device in Defender's portal: the columns of advanced hunting in words, folders without the file. */
function deviceTimeline(all: FieldList): void {
  rename(all, (name) => (name === 'Event Time' ? 'Timestamp' : name.replaceAll(' ', '')));
  rename(all, (name) => (name === 'ComputerName' ? 'DeviceName' : name === 'MachineId' ? 'DeviceId' : undefined));
  for (const [folder, file] of [
    ['FolderPath', 'FileName'],
    ['InitiatingProcessFolderPath', 'InitiatingProcessFileName'],
  ] as const) {
    const name = all.get(file);
    const at = all.names.indexOf(folder);
    if (name === undefined || at < 0 || at >= all.count) continue;
    const path = all.values[at] as string;
    if (!path.toLowerCase().endsWith(`\\${name.toLowerCase()}`)) all.values[at] = `${path}\\${name}`;
  }
}

/** What a table says of a name; names come from logs, and may be those that every object has. */
function ownName(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

const PLASO_XML = /\bxml_string: (<Event[\s>][\s\S]*<\/Event>)/;

/** Plaso's table of 17 columns (l2tcsv): date and time in two of them, the event's XML among others in a third. */
function plasoTable(all: FieldList): void {
  const [, month, day, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(all.get('date') ?? '') ?? [];
  const zone = readZone(all.get('timezone') ?? '');
  if (month !== undefined && zone !== undefined) {
    const instant = new ZoneClock(zone).read(`${year}-${month}-${day}T${all.get('time') ?? ''}`);
    if (instant) all.add('@timestamp', new Date(instant.us / 1000).toISOString());
  }
  const xml = PLASO_XML.exec(all.get('extra') ?? '')?.[1];
  if (xml !== undefined) all.add('xml_string', xml);
  else plasoMessage(all, all.get('desc'));
}

/** Plaso's other forms: JSON lines with all that it knows, and tables of what was asked for. */
function plasoEvent(all: FieldList): void {
  if (all.get('xml_string') === undefined) plasoMessage(all, all.get('message'));
}

const PLASO_MESSAGE =
  /^\[(\d+) \/ 0x[0-9a-f]+\] (?:Provider identifier: \S+ )?Source Name: (.+?) (?:Message string|Strings): /s;

/** Of what Plaso says of a record in words, the part that tells which event it is. The data have no names there. */
function plasoMessage(all: FieldList, message: string | undefined): void {
  if (message === undefined) return;
  const [, id, provider] = PLASO_MESSAGE.exec(message) ?? [];
  if (id === undefined || provider === undefined) return;
  all.add('winlog.event_id', id);
  all.add('winlog.provider_name', provider);
  const computer = /\bComputer Name: (\S+)/.exec(message)?.[1];
  const record = /\bRecord Number: (\d+)/.exec(message)?.[1];
  if (computer !== undefined) all.add('winlog.computer_name', computer);
  if (record !== undefined) all.add('winlog.record_id', record);
}

/** Objects of .NET's event log reader, and EvtxECmd's rows: the process that logged it has the name of a data field. */
function recordObject(all: FieldList): void {
  rename(all, (name) =>
    name === 'ProcessId' ? 'ExecutionProcessID' : name === 'ThreadId' ? 'ExecutionThreadID' : undefined,
  );
}
