import { formatInstant } from '../../shared/model/time.ts';
import type { WriterEvent, WriterField, WriterTime } from '../../main/ingest/evtx-writer/writer-event.ts';

type Json = string | number | boolean | null;

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;
const bare = (guid: string): string => guid.replace(/[{}]/g, '');

/** A value as the JSON export of an EVTX reader gives it: numbers and booleans stay what they are. */
function jsonValue(field: WriterField): Json {
  switch (field.type) {
    case 'null':
      return null;
    case 'hex32':
    case 'hex64':
      return hex(field.value);
    case 'int64':
    case 'uint64':
      return Number(field.value);
    case 'guid':
      return bare(field.value);
    case 'binary':
      return Buffer.from(field.value).toString('hex').toUpperCase();
    case 'strings':
      return field.value.join('\n');
    case 'filetime':
      return iso(field.value);
    default:
      return field.value;
  }
}

const iso = (time: WriterTime, digits = 7): string => formatInstant({ ...time, digits });

function dataObject(fields: readonly WriterField[], write: (field: WriterField) => Json): Record<string, Json> {
  return Object.fromEntries(fields.map((field) => [field.name ?? 'Data', write(field)]));
}

/** The shape that `evtx_dump` writes, one event an object. */
export function dumpObject(event: WriterEvent, recordId: number): object {
  const { provider, data } = event;
  const attributes = (values: Record<string, Json | undefined>): object => ({ '#attributes': values });
  const payload =
    data && event.userData
      ? {
          UserData: {
            [event.userData.root]: {
              ...attributes({ xmlns: event.userData.namespace }),
              ...dataObject(data, jsonValue),
            },
          },
        }
      : { EventData: data && data.length > 0 ? dataObject(data, jsonValue) : null };
  return {
    Event: {
      ...attributes({ xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' }),
      System: {
        Provider: attributes({
          Name: provider.name,
          Guid: provider.guid === undefined ? undefined : bare(provider.guid),
          EventSourceName: provider.eventSourceName,
        }),
        EventID:
          event.qualifiers === undefined
            ? event.eventId
            : { ...attributes({ Qualifiers: event.qualifiers }), '#text': event.eventId },
        Version: event.version ?? 0,
        Level: event.level ?? 0,
        Task: event.task ?? 0,
        Opcode: event.opcode ?? 0,
        Keywords: event.keywords ?? '0x0',
        TimeCreated: attributes({ SystemTime: iso(event.time) }),
        EventRecordID: recordId,
        Correlation: null,
        Execution: attributes({ ProcessID: event.processId ?? 0, ThreadID: event.threadId ?? 0 }),
        Channel: event.channel,
        Computer: event.computer,
        Security: event.userSid === undefined ? null : attributes({ UserID: event.userSid }),
      },
      ...payload,
    },
  };
}

const LEVELS: Readonly<Record<number, string>> = {
  0: 'information',
  2: 'error',
  3: 'warning',
  4: 'information',
  5: 'verbose',
};

/** A value as Winlogbeat gives it: all data are text. */
function beatValue(field: WriterField): string {
  return field.type === 'guid' ? field.value : String(jsonValue(field) ?? '');
}

/** The shape that Winlogbeat (8.x) writes, with the ECS fields of a process where the event has them. */
export function beatObject(event: WriterEvent, recordId: number): object {
  const data = dataObject(event.data ?? [], beatValue);
  const image = data.Image;
  const process =
    typeof image === 'string'
      ? {
          process: {
            executable: image,
            name: image.slice(image.lastIndexOf('\\') + 1),
            pid: Number(data.ProcessId),
            entity_id: data.ProcessGuid,
            command_line: data.CommandLine,
          },
        }
      : {};
  const host = event.computer.slice(0, event.computer.indexOf('.'));
  return {
    '@timestamp': iso(event.time, 3),
    agent: { name: host, type: 'winlogbeat', version: '8.12.2' },
    ecs: { version: '8.0.0' },
    event: { code: String(event.eventId), kind: 'event', provider: event.provider.name },
    host: { name: host, hostname: host },
    log: { level: LEVELS[event.level ?? 0] ?? 'information' },
    ...process,
    winlog: {
      channel: event.channel,
      computer_name: event.computer,
      event_id: String(event.eventId),
      provider_name: event.provider.name,
      provider_guid: event.provider.guid,
      record_id: recordId,
      version: event.version,
      process: { pid: event.processId ?? 0, thread: { id: event.threadId ?? 0 } },
      event_data: data,
    },
  };
}
