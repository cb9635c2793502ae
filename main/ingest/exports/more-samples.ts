/** The event of `samples.ts` as further products export it. */
import {
  AUDITING,
  auditEvent,
  COMMAND,
  csv,
  defender,
  defenderEvent,
  escaped,
  eventXml,
  HOST,
  IMAGE,
  lines,
  MILLIS,
  PARENT,
  securityEvent,
  SYSMON,
  SYSMON_DATA,
  SYSMON_GUID,
  sysmonEvent,
  TIME,
  type ExportSample,
} from './samples.ts';

const CHANNEL = `${SYSMON}/Operational`;
const MESSAGE = [
  'Process Create:',
  'UtcTime: 2024-05-01 08:15:02.120',
  `Image: ${IMAGE}`,
  `CommandLine: ${COMMAND}`,
  `ParentImage: ${PARENT}`,
].join('\r\n');

const names = Object.keys(securityEvent);
const rows = [Object.values(securityEvent), Object.values(securityEvent)];

const record = {
  Id: 1,
  Version: 5,
  LogName: CHANNEL,
  ProviderName: SYSMON,
  MachineName: HOST,
  RecordId: 4711,
  ProcessId: 2500,
  ThreadId: 3100,
  ContainerLog: CHANNEL,
  Message: MESSAGE,
};

const xmlObject = `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">
  <Obj RefId="0">
    <TN RefId="0"><T>System.Diagnostics.Eventing.Reader.EventLogRecord</T><T>System.Object</T></TN>
    <ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString>
    <Props>
      <I32 N="Id">1</I32>
      <Nil N="Qualifiers" />
      <S N="ProviderName">${SYSMON}</S>
      <S N="LogName">${CHANNEL}</S>
      <I64 N="RecordId">4711</I64>
      <S N="MachineName">${HOST}</S>
      <Obj N="UserId" RefId="1">
        <TN RefId="1"><T>System.Security.Principal.SecurityIdentifier</T></TN>
        <ToString>S-1-5-18</ToString>
        <Props><I32 N="BinaryLength">12</I32><S N="Value">S-1-5-18</S></Props>
      </Obj>
      <DT N="TimeCreated">2024-05-01T10:15:02.1234567+02:00</DT>
      <Obj N="KeywordsDisplayNames" RefId="2"><TNRef RefId="1" /><LST><S>One</S><S>Two</S></LST></Obj>
    </Props>
    <MS><S N="Message">${escaped(MESSAGE).replaceAll('\r\n', '_x000D__x000A_')}</S></MS>
  </Obj>
</Objs>
`;

const payload = JSON.stringify({
  EventData: { Data: Object.entries(SYSMON_DATA).map(([name, value]) => ({ '@Name': name, '#text': value })) },
});
const evtxECmd = {
  RecordNumber: 4711,
  EventRecordId: '4711',
  EventId: 1,
  Level: 'Info',
  Provider: SYSMON,
  Channel: CHANNEL,
  ProcessId: 2500,
  ThreadId: 3100,
  Computer: HOST,
  MapDescription: 'Process creation',
  PayloadData1: 'ProcessID: 6699, ProcessGUID: -',
  Payload: payload,
};

const plaso = {
  data_type: 'windows:evtx:record',
  display_name: 'OS:/Sysmon.evtx',
  message: '[1 / 0x0001] Source Name: Microsoft-Windows-Sysmon Strings: …',
  parser: 'winevtx',
  timestamp: 1714551302123456,
  timestamp_desc: 'Content Modification Time',
  xml_string: eventXml,
};
const plasoTable = {
  date: '05/01/2024',
  time: '08:15:02',
  timezone: 'UTC',
  MACB: 'M...',
  source: 'EVT',
  sourcetype: 'WinEVTX',
  type: 'Content Modification Time',
  user: '-',
  host: 'WS01',
  short: 'short',
  desc: '[1 / 0x0001] Source Name: Microsoft-Windows-Sysmon Strings: …',
  version: '2',
  filename: 'OS:/Sysmon.evtx',
  inode: '12',
  notes: '-',
  format: 'winevtx',
  extra: `recovered: False; xml_string: ${eventXml}`,
};

const nxLog = {
  EventTime: '2024-05-01 08:15:02',
  Hostname: HOST,
  Keywords: '-9223372036854775808',
  EventID: 1,
  SourceName: SYSMON,
  RecordNumber: 4711,
  Channel: CHANNEL,
  ...SYSMON_DATA,
  EventReceivedTime: '2024-05-01 08:15:04',
  SourceModuleType: 'im_msvistalog',
};
const second = (data: Readonly<Record<string, string>>) => sysmonEvent('2024-05-01T08:15:02Z', data);

const fluentBit = {
  ProviderName: SYSMON,
  EventID: 1,
  Version: 5,
  TimeCreated: '2024-05-01 08:15:02 +0000',
  EventRecordID: 4711,
  Channel: CHANNEL,
  Computer: HOST,
  Message: MESSAGE,
  StringInserts: ['-', IMAGE],
};

const wazuh = {
  timestamp: '2024-05-01T08:15:03.500+0000',
  rule: { level: 3, description: 'Sysmon event 1', id: '61603' },
  agent: { id: '001', name: 'ws01' },
  data: {
    win: {
      system: {
        providerName: SYSMON,
        providerGuid: SYSMON_GUID,
        eventID: '1',
        systemTime: TIME,
        eventRecordID: '4711',
        processID: '2500',
        threadID: '3100',
        channel: CHANNEL,
        computer: HOST,
      },
      eventdata: Object.fromEntries(
        Object.entries(SYSMON_DATA).map(([name, value]) => [
          name.charAt(0).toLowerCase() + name.slice(1),
          value.replace(/[\\"]/g, '\\$&'),
        ]),
      ),
    },
  },
  location: 'EventChannel',
};

export const MORE_SAMPLES: readonly ExportSample[] = [
  {
    name: 'Log Analytics, its API',
    text: JSON.stringify(
      { tables: [{ name: 'PrimaryResult', columns: names.map((name) => ({ name, type: 'string' })), rows }] },
      null,
      2,
    ),
    format: 'json',
    event: auditEvent(MILLIS, { NewProcessName: IMAGE, CommandLine: COMMAND }),
  },
  {
    name: 'Kusto, its API',
    text: JSON.stringify({
      Tables: [{ TableName: 'Table_0', Columns: names.map((ColumnName) => ({ ColumnName })), Rows: rows }],
    }),
    format: 'json',
    event: auditEvent(MILLIS, { NewProcessName: IMAGE, CommandLine: COMMAND }),
  },
  {
    name: 'Sentinel, the portal as JSON',
    text: JSON.stringify([
      { ...securityEvent, TimeGenerated: undefined, 'TimeGenerated [UTC]': '5/1/2024, 8:15:02.123 AM' },
    ]),
    format: 'json',
    event: auditEvent(MILLIS, { NewProcessName: IMAGE, CommandLine: COMMAND }),
  },
  {
    name: 'Azure, records with XML',
    text: JSON.stringify({
      records: [{ time: MILLIS, Channel: 'Security', EventID: 4688, ProviderName: AUDITING, RawXml: eventXml }],
    }),
    format: 'json',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'Defender, the timeline of a device',
    text: csv({
      'Event Time': TIME,
      'Machine Id': 'd1e2',
      'Computer Name': HOST,
      'Action Type': 'ProcessCreated',
      'File Name': 'ngrok.exe',
      'Folder Path': 'C:\\Users\\mia',
      'Process Command Line': COMMAND,
      'Initiating Process File Name': 'cmd.exe',
      'Initiating Process Folder Path': 'C:\\Windows\\System32',
    }),
    format: 'csv',
    event: { ...defenderEvent, data: { ...defenderEvent.data, InitiatingProcessFolderPath: PARENT } },
  },
  {
    name: 'Defender, its table named',
    text: lines({ ...defender, Type: 'DeviceProcessEvents', TimeGenerated: TIME }),
    format: 'json',
    event: defenderEvent,
  },
  {
    name: 'wevtutil, text',
    text: [
      'Event[0]',
      `  Log Name: ${CHANNEL}`,
      `  Source: ${SYSMON}`,
      `  Date: ${TIME}`,
      '  Event ID: 1',
      '  Task: Process Create (rule: ProcessCreate)',
      '  Level: Information',
      '  Keyword: N/A',
      '  User: S-1-5-18',
      `  Computer: ${HOST}`,
      '  Description: ',
      MESSAGE,
      '',
      'Event[1]',
      '  Log Name: System',
      '  Event ID: 7',
      '',
    ].join('\r\n'),
    format: 'text',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'PowerShell, ConvertTo-Json with a time in parts',
    text: JSON.stringify([
      { ...record, TimeCreated: { value: '/Date(1714551302123)/', DisplayHint: 2, DateTime: 'Wednesday, May 1' } },
    ]),
    format: 'json',
    event: sysmonEvent(MILLIS, SYSMON_DATA),
  },
  {
    name: 'PowerShell, Export-Csv',
    text: `#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n${csv({ ...record, TimeCreated: '5/1/2024 8:15:02 AM' })}`,
    format: 'csv',
    event: second(SYSMON_DATA),
  },
  {
    name: 'PowerShell, Export-Clixml',
    text: `\ufeff${xmlObject}`,
    format: 'xml',
    event: sysmonEvent(TIME, { ...SYSMON_DATA, UserId: 'S-1-5-18' }),
  },
  {
    name: 'Event XML with a prefix for its namespace',
    text: `<ns0:Events xmlns:ns0='x'>${eventXml.replace(/<(\/?)(?=[A-Z])/g, '<$1ns0:')}</ns0:Events>`,
    format: 'xml',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'EvtxECmd, CSV',
    text: csv({ ...evtxECmd, TimeCreated: '2024-05-01 08:15:02.1234567' }),
    format: 'csv',
    event: sysmonEvent(TIME, { ...SYSMON_DATA, MapDescription: 'Process creation' }),
  },
  {
    name: 'EvtxECmd, JSON lines',
    text: lines({ ...evtxECmd, TimeCreated: '2024-05-01T08:15:02.1234567+00:00' }),
    format: 'json',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  { name: 'Plaso, JSON lines', text: lines(plaso, plaso), format: 'ndjson', event: sysmonEvent(TIME, SYSMON_DATA) },
  {
    name: 'Plaso, a table of 17 columns',
    text: csv(plasoTable),
    format: 'csv',
    event: sysmonEvent(TIME, { ...SYSMON_DATA, MACB: 'M...' }),
  },
  {
    name: 'Winlogbeat 6',
    text: lines({
      '@timestamp': MILLIS,
      type: 'wineventlog',
      beat: { name: 'ws01', version: '6.8.0' },
      computer_name: HOST,
      event_data: SYSMON_DATA,
      event_id: 1,
      log_name: CHANNEL,
      source_name: SYSMON,
      record_number: '4711',
    }),
    format: 'json',
    event: sysmonEvent(MILLIS, SYSMON_DATA),
  },
  { name: 'NXLog, JSON lines', text: lines(nxLog, nxLog), format: 'ndjson', event: second(SYSMON_DATA) },
  {
    name: 'NXLog, JSON behind syslog',
    text: lines(nxLog, nxLog).replace(/^(?=.)/gm, '<14>1 2024-05-01T08:15:02.123Z ws01 sysmon 2500 - - '),
    format: 'ndjson',
    event: second(SYSMON_DATA),
  },
  {
    name: 'GELF',
    text: lines({
      version: '1.1',
      host: HOST,
      short_message: 'Process Create:',
      timestamp: 1714551302.123,
      level: 6,
      _EventID: 1,
      _SourceName: SYSMON,
      _Channel: CHANNEL,
      _RecordNumber: 4711,
      _Image: IMAGE,
      _CommandLine: COMMAND,
    }),
    format: 'json',
    event: sysmonEvent(MILLIS, { Image: IMAGE, CommandLine: COMMAND }),
  },
  {
    name: 'Graylog, CSV of a Beat',
    text: csv({
      timestamp: MILLIS,
      source: 'ws01',
      winlogbeat_winlog_channel: CHANNEL,
      winlogbeat_winlog_event_id: 1,
      winlogbeat_winlog_provider_name: SYSMON,
      winlogbeat_winlog_computer_name: HOST,
      winlogbeat_winlog_event_data_Image: IMAGE,
      winlogbeat_winlog_event_data_CommandLine: COMMAND,
    }),
    format: 'csv',
    event: sysmonEvent(MILLIS, { Image: IMAGE, CommandLine: COMMAND }),
  },
  { name: 'Wazuh, alerts', text: lines(wazuh, wazuh), format: 'ndjson', event: sysmonEvent(TIME, SYSMON_DATA) },
  { name: 'Fluent Bit, JSON lines', text: lines(fluentBit, fluentBit), format: 'ndjson', event: second(SYSMON_DATA) },
  {
    name: 'Fluent Bit, a file',
    text: `winlog: [1714551302.123000000, ${JSON.stringify(fluentBit)}]\n`,
    format: 'json',
    event: second(SYSMON_DATA),
  },
  {
    name: 'Fluentd, a file',
    text: `2024-05-01T08:15:02+00:00\twinevt.raw\t${JSON.stringify({ ...fluentBit, StringInserts: undefined, ProviderGUID: SYSMON_GUID, Message: undefined, Description: MESSAGE })}\n`,
    format: 'json',
    event: second(SYSMON_DATA),
  },
  {
    name: 'OpenTelemetry, the body of a record',
    text: lines({
      channel: CHANNEL,
      computer: HOST,
      event_id: { id: 1, qualifiers: 0 },
      provider: { name: SYSMON, guid: SYSMON_GUID, event_source: '' },
      record_id: 4711,
      system_time: TIME,
      event_data: { data: Object.entries(SYSMON_DATA).map(([name, value]) => ({ [name]: value })) },
    }),
    format: 'json',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'LogScale, JSON lines',
    text: lines({ '@timestamp': 1714551302123, '@rawstring': eventXml, '#type': 'windows' }),
    format: 'json',
    event: sysmonEvent(TIME, SYSMON_DATA),
  },
  {
    name: 'FullEventLogView, CSV',
    text: csv({
      'Event Time': '5/1/2024 8:15:02 AM.123',
      'Record ID': 4711,
      'Event ID': 1,
      Level: 'Information',
      Channel: CHANNEL,
      Provider: SYSMON,
      Description: MESSAGE,
      Computer: HOST,
    }),
    format: 'csv',
    event: sysmonEvent(MILLIS, SYSMON_DATA),
  },
];
