import { TABLES, uniqueName, type ViewShape } from './schema.ts';

/** Sysmon's events by id (Sysinternals documentation, "Events"). */
const SYSMON_EVENTS: ReadonlyMap<number, string> = new Map([
  [1, 'process_creation'],
  [2, 'file_time_changed'],
  [3, 'network_connection'],
  [4, 'service_state'],
  [5, 'process_terminated'],
  [6, 'driver_loaded'],
  [7, 'image_loaded'],
  [8, 'create_remote_thread'],
  [9, 'raw_access_read'],
  [10, 'process_access'],
  [11, 'file_created'],
  [12, 'registry_object'],
  [13, 'registry_value_set'],
  [14, 'registry_renamed'],
  [15, 'file_stream_created'],
  [16, 'configuration_changed'],
  [17, 'pipe_created'],
  [18, 'pipe_connected'],
  [19, 'wmi_filter'],
  [20, 'wmi_consumer'],
  [21, 'wmi_binding'],
  [22, 'dns_query'],
  [23, 'file_deleted_archived'],
  [24, 'clipboard_changed'],
  [25, 'process_tampering'],
  [26, 'file_deleted'],
  [27, 'executable_blocked'],
  [28, 'shredding_blocked'],
  [29, 'executable_detected'],
  [255, 'error'],
]);

const SYSMON_CHANNEL = 'microsoft-windows-sysmon/operational';

/**
 * Names of the shapes' views, as an analyst would write them: `sysmon_process_creation`, `security_4624`,
 * `powershell_4104`. Where two would be equal, the later one has its provider added, and then a number.
 */
export function viewNames(shapes: readonly ViewShape[]): string[] {
  const taken = new Set([...Object.keys(TABLES), 'events', 'hits']);
  return shapes.map((shape) => {
    const name = plainName(shape);
    return taken.has(name) ? uniqueName(slug(`${name} ${shape.provider}`), taken) : uniqueName(name, taken);
  });
}

function plainName({ channel, provider, eventId }: ViewShape): string {
  if (channel.toLowerCase() === SYSMON_CHANNEL && eventId !== undefined) {
    return `sysmon_${SYSMON_EVENTS.get(eventId) ?? eventId}`;
  }
  const short = slug((channel || provider).replace(/^Microsoft-Windows-/i, '').replace(/\/Operational$/i, ''));
  const name = eventId === undefined ? short : `${short}_${eventId}`;
  // Shape tables are s0, s1, …, and sqlite_ is SQLite's own.
  return /^(?:s?\d|sqlite_)/.test(name) ? `log_${name}` : name;
}

function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .slice(0, 80) || 'log'
  );
}
