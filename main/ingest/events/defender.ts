import type { FieldList } from './field-list.ts';

/** Fields in which an export may say which table of advanced hunting a row is from. */
const TABLE_FIELDS = ['$table', 'Type', 'SourceTable', 'TableName'];

/**
 * The table of advanced hunting that an action belongs to, as Microsoft's schema reference has them. All other actions
 * are DeviceEvents.
 */
const TABLES: Readonly<Record<string, string>> = {
  ProcessCreated: 'DeviceProcessEvents',
  ConnectionSuccess: 'DeviceNetworkEvents',
  ConnectionFailed: 'DeviceNetworkEvents',
  ConnectionAttempt: 'DeviceNetworkEvents',
  ConnectionFound: 'DeviceNetworkEvents',
  ConnectionRequest: 'DeviceNetworkEvents',
  ConnectionAcknowledged: 'DeviceNetworkEvents',
  InboundConnectionAccepted: 'DeviceNetworkEvents',
  ListeningConnectionCreated: 'DeviceNetworkEvents',
  FileCreated: 'DeviceFileEvents',
  FileModified: 'DeviceFileEvents',
  FileRenamed: 'DeviceFileEvents',
  FileDeleted: 'DeviceFileEvents',
  RegistryKeyCreated: 'DeviceRegistryEvents',
  RegistryKeyDeleted: 'DeviceRegistryEvents',
  RegistryKeyRenamed: 'DeviceRegistryEvents',
  RegistryValueSet: 'DeviceRegistryEvents',
  RegistryValueDeleted: 'DeviceRegistryEvents',
  LogonSuccess: 'DeviceLogonEvents',
  LogonFailed: 'DeviceLogonEvents',
  LogonAttempted: 'DeviceLogonEvents',
  ImageLoaded: 'DeviceImageLoadEvents',
};

/**
 * The table of a row from Microsoft Defender's advanced hunting: what the export says, else by its action; undefined
 * where it is no such row.
 */
export function defenderTable(fields: FieldList, given: string): string | undefined {
  if (given !== '') return given;
  if (fields.get('AlertId') !== undefined) return alertTable(fields);
  const action = fields.get('ActionType');
  if (action === undefined || (fields.get('DeviceName') ?? fields.get('DeviceId')) === undefined) return undefined;
  for (const name of TABLE_FIELDS) {
    const table = fields.get(name);
    if (table?.startsWith('Device')) return table;
  }
  if (action.startsWith('NetworkSignature')) return 'DeviceNetworkEvents';
  return Object.hasOwn(TABLES, action) ? TABLES[action] : 'DeviceEvents';
}

/** Alerts and what they are about are two tables; a row of either has no action. */
function alertTable(fields: FieldList): string | undefined {
  if (fields.get('EntityType') !== undefined) return 'AlertEvidence';
  return fields.get('DetectionSource') === undefined ? undefined : 'AlertInfo';
}
