/* eslint-disable max-lines -- one list: a sample is its own text, and nothing else changes with it */
/**
 * One made event as each product exports it, for tests: the start of a tunnelling client, as Sysmon's event 1 or as
 * Security's 4688. Layouts as the products' documentation and their own exports have them; all values are made up.
 */
export interface ExportSample {
  readonly name: string;
  readonly text: string;
  /** As the ledger names it. */
  readonly format: 'json' | 'ndjson' | 'xml' | 'csv' | 'text';
  readonly event: {
    readonly channel: string;
    readonly provider: string;
    readonly eventId: number | undefined;
    readonly computer: string | undefined;
    /** With the digits that the export keeps. */
    readonly time: string;
    /** Fields under the names that the product gives them. */
    readonly data: Readonly<Record<string, string>>;
  };
}

export const IMAGE = 'C:\\Users\\mia\\ngrok.exe';
export const COMMAND = '"C:\\Users\\mia\\ngrok.exe" tcp 3389';
export const PARENT = 'C:\\Windows\\System32\\cmd.exe';
export const HOST = 'ws01.corp.example';
export const TIME = '2024-05-01T08:15:02.1234567Z';
export const MILLIS = '2024-05-01T08:15:02.123Z';
export const SYSMON = 'Microsoft-Windows-Sysmon';
export const AUDITING = 'Microsoft-Windows-Security-Auditing';
export const SYSMON_GUID = '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}';
const NAMESPACE = 'http://schemas.microsoft.com/win/2004/08/events/event';

export const SYSMON_DATA = {
  UtcTime: '2024-05-01 08:15:02.120',
  Image: IMAGE,
  CommandLine: COMMAND,
  ParentImage: PARENT,
};
const AUDIT_DATA = {
  SubjectUserName: 'mia',
  SubjectDomainName: 'CORP',
  NewProcessId: '0x1a2b',
  NewProcessName: IMAGE,
  CommandLine: COMMAND,
  ParentProcessName: PARENT,
};
export const sysmonEvent = (time: string, data: Readonly<Record<string, string>>) => ({
  channel: 'Microsoft-Windows-Sysmon/Operational',
  provider: SYSMON,
  eventId: 1,
  computer: HOST,
  time,
  data,
});
export const auditEvent = (time: string, data: Readonly<Record<string, string>>) => ({
  channel: 'Security',
  provider: AUDITING,
  eventId: 4688,
  computer: HOST,
  time,
  data,
});

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const dataXml = Object.entries(SYSMON_DATA)
  .map(([name, value]) => `<Data Name='${name}'>${escaped(value)}</Data>`)
  .join('');
const systemXml =
  `<System><Provider Name='${SYSMON}' Guid='${SYSMON_GUID}'/><EventID>1</EventID><Version>5</Version><Level>4</Level>` +
  `<Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='${TIME}'/>` +
  `<EventRecordID>4711</EventRecordID><Correlation/><Execution ProcessID='2500' ThreadID='3100'/>` +
  `<Channel>${SYSMON}/Operational</Channel><Computer>${HOST}</Computer><Security UserID='S-1-5-18'/></System>`;
export const eventXml = `<Event xmlns='${NAMESPACE}'>${systemXml}<EventData>${dataXml}</EventData></Event>`;
const auditXml = eventXml
  .replace(/<Data .*<\/EventData>/s, '</EventData>')
  .replace(
    '<EventData>',
    `<EventData>${Object.entries(AUDIT_DATA)
      .map(([name, value]) => `<Data Name='${name}'>${escaped(value)}</Data>`)
      .join('')}`,
  )
  .replaceAll(`${SYSMON}/Operational`, 'Security')
  .replace(SYSMON, AUDITING)
  .replace('<EventID>1<', '<EventID>4688<');

const dump = {
  Event: {
    '#attributes': { xmlns: NAMESPACE },
    System: {
      Provider: { '#attributes': { Name: SYSMON, Guid: SYSMON_GUID } },
      EventID: 1,
      Version: 5,
      Level: 4,
      Task: 1,
      Opcode: 0,
      Keywords: '0x8000000000000000',
      TimeCreated: { '#attributes': { SystemTime: TIME } },
      EventRecordID: 4711,
      Correlation: null,
      Execution: { '#attributes': { ProcessID: 2500, ThreadID: 3100 } },
      Channel: `${SYSMON}/Operational`,
      Computer: HOST,
      Security: { '#attributes': { UserID: 'S-1-5-18' } },
    },
    EventData: SYSMON_DATA,
  },
};

const winlogbeat = {
  '@timestamp': MILLIS,
  '@metadata': { beat: 'winlogbeat', type: '_doc', version: '8.13.0' },
  event: { code: '1', kind: 'event', provider: SYSMON, created: '2024-05-01T08:15:03.500Z', action: 'Process Create' },
  host: { name: HOST },
  log: { level: 'information' },
  message: 'Process Create:',
  agent: { type: 'winlogbeat', version: '8.13.0', hostname: 'collector01' },
  ecs: { version: '8.0.0' },
  winlog: {
    api: 'wineventlog',
    channel: `${SYSMON}/Operational`,
    computer_name: HOST,
    event_id: '1',
    provider_name: SYSMON,
    provider_guid: SYSMON_GUID,
    record_id: 4711,
    process: { pid: 2500, thread: { id: 3100 } },
    opcode: 'Info',
    version: 5,
    event_data: SYSMON_DATA,
  },
};
/** As Winlogbeat's Sysmon module leaves it: the data under ECS names only. */
const ecs = {
  ...winlogbeat,
  process: { executable: IMAGE, command_line: COMMAND, name: 'ngrok.exe', parent: { executable: PARENT } },
  winlog: { ...winlogbeat.winlog, event_data: undefined },
};
const hit = (source: object) => ({ _index: '.ds-logs', _id: 'a1', _score: null, _source: source, sort: [1] });
const flat = {
  '@timestamp': [MILLIS],
  'winlog.channel': [`${SYSMON}/Operational`],
  'winlog.event_id': ['1'],
  'winlog.provider_name': [SYSMON],
  'winlog.computer_name': [HOST],
  'winlog.record_id': ['4711'],
  'winlog.event_data.Image': [IMAGE],
  'winlog.event_data.CommandLine': [COMMAND],
};

/** Text of a Windows event as Splunk's forwarder and Event Viewer render it in English. */
const splunkText = [
  '05/01/2024 08:15:02 AM',
  'LogName=Security',
  'EventCode=4688',
  'EventType=0',
  `ComputerName=${HOST}`,
  'SourceName=Microsoft Windows security auditing.',
  'Type=Information',
  'RecordNumber=4711',
  'Keywords=Audit Success',
  'TaskCategory=Process Creation',
  'OpCode=Info',
  'Message=A new process has been created.',
  '',
  'Creator Subject:',
  '\tSecurity ID:\t\tS-1-5-21-1-2-3-1104',
  '\tAccount Name:\t\tmia',
  '',
  'Process Information:',
  '\tNew Process ID:\t\t0x1a2b',
  `\tNew Process Name:\t${IMAGE}`,
  `\tCreator Process Name:\t${PARENT}`,
  `\tProcess Command Line:\t${COMMAND}`,
].join('\n');

export const defender = {
  Timestamp: TIME,
  DeviceId: 'd1e2',
  DeviceName: HOST,
  ActionType: 'ProcessCreated',
  FileName: 'ngrok.exe',
  FolderPath: IMAGE,
  ProcessId: '6699',
  ProcessCommandLine: COMMAND,
  AccountDomain: 'corp',
  AccountName: 'mia',
  InitiatingProcessFileName: 'cmd.exe',
  InitiatingProcessFolderPath: PARENT,
  ReportId: '12',
};
export const defenderEvent = {
  channel: '',
  provider: 'DeviceProcessEvents',
  eventId: undefined,
  computer: HOST,
  time: TIME,
  data: { FolderPath: IMAGE, ProcessCommandLine: COMMAND, ActionType: 'ProcessCreated' },
};

export const securityEvent = {
  TenantId: '11111111-2222-3333-4444-555555555555',
  TimeGenerated: MILLIS,
  SourceSystem: 'OpsManager',
  Account: 'CORP\\mia',
  AccountType: 'User',
  Computer: HOST,
  EventSourceName: AUDITING,
  Channel: 'Security',
  Task: '13312',
  Level: '8',
  EventID: '4688',
  Activity: '4688 - A new process has been created.',
  CommandLine: COMMAND,
  NewProcessName: IMAGE,
  ParentProcessName: PARENT,
  Process: 'ngrok.exe',
  SubjectUserName: 'mia',
  Type: 'SecurityEvent',
};
/** Sentinel's table of events that the older agent collects: the data is XML in a column. */
const eventTable = {
  TimeGenerated: MILLIS,
  Source: SYSMON,
  EventLog: `${SYSMON}/Operational`,
  Computer: HOST,
  EventLevel: '4',
  EventLevelName: 'Information',
  ParameterXml: `<Param>${escaped(IMAGE)}</Param>`,
  EventData: `<DataItem type="System.XmlData" time="${MILLIS}"><EventData xmlns="${NAMESPACE}">${dataXml}</EventData></DataItem>`,
  EventID: '1',
  RenderedDescription: 'Process Create',
  Type: 'Event',
};
const windowsEvent = {
  TimeGenerated: TIME,
  Provider: AUDITING,
  Channel: 'Security',
  Computer: HOST,
  Task: 13312,
  EventLevel: 8,
  EventLevelName: 'LogAlways',
  EventID: 4688,
  EventRecordId: '4711',
  EventData: AUDIT_DATA,
  Type: 'WindowsEvent',
};

const velociraptor = {
  System: {
    Provider: { Name: SYSMON, Guid: SYSMON_GUID },
    EventID: { Value: 1 },
    Version: 5,
    Level: 4,
    TimeCreated: { SystemTime: 1714551302.1234567 },
    EventRecordID: 4711,
    Execution: { ProcessID: 2500, ThreadID: 3100 },
    Channel: `${SYSMON}/Operational`,
    Computer: HOST,
    Security: { UserID: 'S-1-5-18' },
  },
  EventData: SYSMON_DATA,
  Message: 'Process Create',
  _Source: 'Windows.EventLogs.Evtx',
};
const evtxHunter = {
  EventTime: MILLIS,
  Computer: HOST,
  Channel: `${SYSMON}/Operational`,
  Provider: SYSMON,
  EventID: 1,
  EventRecordID: 4711,
  UserSID: 'S-1-5-18',
  EventData: SYSMON_DATA,
  Message: 'Process Create',
  OSPath: 'C:\\Windows\\System32\\winevt\\Logs\\Microsoft-Windows-Sysmon%4Operational.evtx',
  _Source: 'Windows.EventLogs.EvtxHunter',
};

const hayabusa = {
  Timestamp: '2024-05-01 10:15:02.123 +02:00',
  RuleTitle: 'Proc Exec',
  Level: 'info',
  Computer: HOST,
  Channel: 'Sysmon',
  EventID: 1,
  RecordID: 4711,
};
const hayabusaEvent = (data: Readonly<Record<string, string>>) => ({
  ...sysmonEvent(MILLIS, data),
  // Its timelines do not name the provider.
  provider: '',
});

export const csv = (row: Readonly<Record<string, string | number>>, delimiter = ','): string => {
  const cell = (value: string | number): string => `"${String(value).replaceAll('"', '""')}"`;
  return [Object.keys(row), Object.values(row)].map((cells) => cells.map(cell).join(delimiter)).join('\r\n') + '\r\n';
};
export const lines = (...values: readonly object[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

export const EXPORT_SAMPLES: readonly ExportSample[] = [
  { name: 'evtx_dump, JSON lines', text: lines(dump), format: 'json', event: sysmonEvent(TIME, SYSMON_DATA) },
  {
    name: 'evtx_dump, JSON',
    text: `Record 4711\n${JSON.stringify(dump, null, 2)}\nRecord 4712\n${JSON.stringify(dump, null, 2)}\n`,
    format: 'json',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'a JSON array of events',
    text: JSON.stringify([dump, dump]),
    format: 'json',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'evtx_dump, XML',
    text: `Record 4711\n<?xml version="1.0" encoding="utf-8"?>\n${eventXml}\n`,
    format: 'xml',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'Event Viewer, XML',
    text:
      `<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Events>` +
      eventXml.replace(
        '</Event>',
        `<RenderingInfo Culture='en-US'><Message>Process Create</Message><Level>Information</Level></RenderingInfo></Event>`,
      ) +
      '</Events>',
    format: 'xml',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'Event Viewer, CSV',
    text:
      'Level,Date and Time,Source,Event ID,Task Category\r\n' +
      `Information,5/1/2024 8:15:02 AM,${AUDITING},4688,Process Creation,` +
      `"${splunkText.slice(splunkText.indexOf('A new process')).replaceAll('"', '""')}"\r\n`,
    format: 'csv',
    event: {
      ...auditEvent('2024-05-01T08:15:02Z', { New_Process_Name: IMAGE, Process_Command_Line: COMMAND }),
      channel: '',
      computer: undefined,
    },
  },
  { name: 'wevtutil, XML', text: `${eventXml}\r\n${eventXml}`, format: 'xml', event: sysmonEvent(TIME, SYSMON_DATA) },
  { name: 'Winlogbeat', text: lines(winlogbeat), format: 'json', event: sysmonEvent(MILLIS, SYSMON_DATA) },
  {
    name: 'Winlogbeat, ECS names only',
    text: lines(ecs),
    format: 'json',
    event: sysmonEvent(MILLIS, { 'process.executable': IMAGE, 'process.command_line': COMMAND }),
  },
  {
    name: 'Elasticsearch, a search response',
    text: JSON.stringify(
      { took: 3, timed_out: false, hits: { total: { value: 1 }, hits: [hit(winlogbeat)] } },
      null,
      2,
    ),
    format: 'json',
    event: sysmonEvent(MILLIS, SYSMON_DATA),
  },
  {
    name: 'Elasticsearch, lines of documents',
    text: lines(hit(winlogbeat), hit(winlogbeat)),
    format: 'ndjson',
    event: sysmonEvent(MILLIS, SYSMON_DATA),
  },
  {
    name: 'Elasticsearch, fields of documents',
    text: JSON.stringify({
      took: 3,
      hits: { total: { value: 1 }, hits: [{ _index: 'logs', _id: 'a1', fields: flat }] },
    }),
    format: 'json',
    event: sysmonEvent(MILLIS, { Image: IMAGE, CommandLine: COMMAND }),
  },
  {
    name: 'Kibana, CSV',
    text: csv({
      '@timestamp': 'May 1, 2024 @ 08:15:02.123',
      ...Object.fromEntries(
        Object.entries(flat)
          .slice(1)
          .map(([name, [value]]) => [name, value as string]),
      ),
    }),
    format: 'csv',
    event: sysmonEvent(MILLIS, { Image: IMAGE, CommandLine: COMMAND }),
  },
  {
    name: 'Splunk, JSON lines with XML',
    text: lines({ preview: false, offset: 0, lastrow: true, result: { _time: MILLIS, host: 'idx', _raw: eventXml } }),
    format: 'json',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'Splunk, JSON lines with fields',
    text: lines({
      preview: false,
      result: {
        _time: '2024-05-01T10:15:02.123+02:00',
        source: `XmlWinEventLog:${SYSMON}/Operational`,
        host: 'ws01',
        Channel: `${SYSMON}/Operational`,
        EventCode: '1',
        Computer: HOST,
        Image: IMAGE,
        CommandLine: COMMAND,
        process: COMMAND,
      },
    }),
    format: 'json',
    event: { ...sysmonEvent(MILLIS, { Image: IMAGE, CommandLine: COMMAND, process: COMMAND }), provider: '' },
  },
  {
    name: 'Splunk, JSON with a list of results',
    text: JSON.stringify({
      preview: false,
      init_offset: 0,
      messages: [],
      fields: [{ name: '_time' }, { name: '_raw' }],
      results: [{ _time: MILLIS, _raw: eventXml }],
    }),
    format: 'json',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'Splunk, CSV with XML',
    text: csv({ _raw: auditXml, _time: MILLIS, host: 'ws01', index: 'wineventlog' }),
    format: 'csv',
    event: auditEvent(TIME, AUDIT_DATA),
  },
  {
    name: 'Splunk, CSV with text',
    text: csv({ _raw: splunkText, _time: '2024-05-01T08:15:02.000+0000', host: 'ws01', index: 'wineventlog' }),
    format: 'csv',
    event: {
      ...auditEvent('2024-05-01T08:15:02Z', { New_Process_Name: IMAGE, Process_Command_Line: COMMAND }),
      provider: '',
    },
  },
  { name: 'Defender, CSV', text: csv(defender), format: 'csv', event: defenderEvent },
  { name: 'Defender, JSON lines', text: lines(defender, defender), format: 'ndjson', event: defenderEvent },
  {
    name: 'Defender, its API',
    text: JSON.stringify({
      Stats: { ExecutionTime: 0.2 },
      Schema: [{ Name: 'Timestamp', Type: 'DateTime' }],
      Results: [defender],
    }),
    format: 'json',
    event: defenderEvent,
  },
  {
    name: 'Sentinel, SecurityEvent, CSV',
    text: csv({ ...securityEvent, TimeGenerated: '5/1/2024, 8:15:02.123 AM' }).replace(
      'TimeGenerated',
      'TimeGenerated [UTC]',
    ),
    format: 'csv',
    event: auditEvent(MILLIS, { NewProcessName: IMAGE, CommandLine: COMMAND, Activity: securityEvent.Activity }),
  },
  {
    name: 'Sentinel, SecurityEvent, JSON',
    text: JSON.stringify([securityEvent, securityEvent], null, 2),
    format: 'json',
    event: auditEvent(MILLIS, { NewProcessName: IMAGE, CommandLine: COMMAND }),
  },
  {
    name: 'Sentinel, Event, CSV',
    text: csv(eventTable),
    format: 'csv',
    event: sysmonEvent(MILLIS, { Image: IMAGE, CommandLine: COMMAND }),
  },
  {
    name: 'Sentinel, WindowsEvent, JSON lines',
    text: lines(windowsEvent),
    format: 'json',
    event: auditEvent(TIME, AUDIT_DATA),
  },
  {
    name: 'Sentinel, WindowsEvent, CSV',
    text: csv({ ...windowsEvent, EventData: JSON.stringify(AUDIT_DATA) }),
    format: 'csv',
    event: auditEvent(TIME, AUDIT_DATA),
  },
  {
    name: 'Velociraptor, events',
    text: lines(velociraptor, velociraptor),
    format: 'ndjson',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'Velociraptor, rows of an artifact',
    text: lines(evtxHunter, evtxHunter),
    format: 'ndjson',
    event: sysmonEvent(MILLIS, SYSMON_DATA),
  },
  {
    name: 'Hayabusa, JSON',
    text: JSON.stringify({ ...hayabusa, Details: { Cmdline: COMMAND, Proc: IMAGE, PID: 6699 } }, null, 4),
    format: 'json',
    event: hayabusaEvent({ 'Details.Cmdline': COMMAND, 'Details.Proc': IMAGE, RuleTitle: 'Proc Exec' }),
  },
  {
    name: 'Hayabusa, JSON lines with all fields',
    text: lines({ ...hayabusa, AllFieldInfo: SYSMON_DATA }),
    format: 'json',
    event: hayabusaEvent({ Image: IMAGE, CommandLine: COMMAND, RuleTitle: 'Proc Exec' }),
  },
  {
    name: 'Hayabusa, CSV',
    text: csv({ ...hayabusa, Details: `Cmdline: ${COMMAND} ¦ Proc: ${IMAGE} ¦ PID: 6699`, ExtraFieldInfo: '' }),
    format: 'csv',
    event: hayabusaEvent({ 'Details.Cmdline': COMMAND, 'Details.Proc': IMAGE, RuleTitle: 'Proc Exec' }),
  },
  {
    name: 'Chainsaw, JSON',
    text: JSON.stringify([
      {
        group: 'Sigma',
        kind: 'individual',
        name: 'A rule',
        level: 'high',
        document: { kind: 'evtx', path: 'x.evtx', data: dump },
      },
    ]),
    format: 'json',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'PowerShell, ConvertTo-Json',
    text: JSON.stringify({
      Id: 1,
      ProviderName: SYSMON,
      LogName: `${SYSMON}/Operational`,
      MachineName: HOST,
      RecordId: 4711,
      TimeCreated: '/Date(1714551302123)/',
      Message: `Process Create:\r\nUtcTime: 2024-05-01 08:15:02.120\r\nImage: ${IMAGE}\r\nCommandLine: ${COMMAND}`,
    }),
    format: 'json',
    event: sysmonEvent(MILLIS, { Image: IMAGE, CommandLine: COMMAND }),
  },
];
