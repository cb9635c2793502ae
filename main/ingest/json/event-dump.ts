import { readTime } from '../events/event-time.ts';
import { flatten, isObject, scalarText, type JsonObject } from './fields.ts';
import { safeInteger, smallInteger, type LogEvent } from '../events/log-event.ts';
import type { JsonValue } from './parse-exact.ts';

/**
 * Windows events whose XML was turned into JSON with its structure kept: a `System` section beside `EventData` or
 * `UserData`, within an `Event` (evtx_dump) or not (Velociraptor). Attributes stand under `#attributes`, or as plain
 * members (Velociraptor), under `…_attributes` beside their element (evtx_dump's other form), or with an `@` or `-`
 * in front (general XML converters).
 */
export function findDump(value: JsonObject): JsonObject | undefined {
  if (isObject(value.Event) && isObject(value.Event.System)) return value.Event;
  return isObject(value.System) && ('EventID' in value.System || 'Provider' in value.System) ? value : undefined;
}

/** Reads such an event. @param dump what `findDump` gave. */
export function readDump(dump: JsonObject, event: LogEvent): void {
  const system = dump.System as JsonObject;
  event.channel = textOf(system.Channel) ?? '';
  event.provider = partOf(system, 'Provider', 'Name') ?? '';
  event.providerGuid = partOf(system, 'Provider', 'Guid') ?? '';
  event.eventId = numberOf(event, system, 'EventID', smallInteger);
  event.qualifiers = smallInteger(partOf(system, 'EventID', 'Qualifiers'));
  event.version = numberOf(event, system, 'Version', smallInteger);
  event.level = numberOf(event, system, 'Level', smallInteger);
  event.task = numberOf(event, system, 'Task', smallInteger);
  event.opcode = numberOf(event, system, 'Opcode', smallInteger);
  event.keywords = textOf(system.Keywords) ?? '';
  event.computer = textOf(system.Computer);
  event.record = numberOf(event, system, 'EventRecordID', safeInteger);
  event.processId = partOf(system, 'Execution', 'ProcessID');
  event.threadId = partOf(system, 'Execution', 'ThreadID');
  const time = partOf(system, 'TimeCreated', 'SystemTime') ?? scalarText(system.TimeCreated);
  event.time = time === undefined ? undefined : readTime(time);
  if (time !== undefined && !event.time) event.badTime = time;

  addPart(event, 'System.UserID', partOf(system, 'Security', 'UserID'));
  addPart(event, 'System.ActivityID', partOf(system, 'Correlation', 'ActivityID'));
  addPart(event, 'System.RelatedActivityID', partOf(system, 'Correlation', 'RelatedActivityID'));
  readSections(dump, event);
  for (const key in dump) {
    if (!KNOWN_PARTS.has(key)) flatten(dump[key] as JsonValue, key, event.fields);
  }
}

/** Reads the sections with an event's own data. */
export function readSections(dump: JsonObject, event: LogEvent): void {
  addData(event, dump.EventData);
  addUserData(event, dump.UserData);
}

const KNOWN_PARTS = new Set(['System', 'EventData', 'UserData', '#attributes', 'xmlns', '@xmlns', '-xmlns']);

function addPart(event: LogEvent, name: string, value: string | undefined): void {
  if (value !== undefined) event.fields.add(name, value);
}

/** A number of the System section. What is none, or too large for one, is kept as a field. */
function numberOf(
  event: LogEvent,
  system: JsonObject,
  name: string,
  read: (text: string | undefined) => number | undefined,
): number | undefined {
  const text = textOf(system[name]);
  const value = read(text);
  if (value === undefined && text) event.fields.add(name, text);
  return value;
}

/** The text of an element, whichever way its attributes are written. */
function textOf(element: JsonValue | undefined): string | undefined {
  if (!isObject(element)) return scalarText(element);
  return scalarText(element['#text'] ?? element.Value ?? element['$'] ?? element['@text']);
}

/** An attribute of a System element. */
function partOf(system: JsonObject, element: string, name: string): string | undefined {
  return attribute(system[element], name) ?? attribute(system[`${element}_attributes`], name);
}

function attribute(element: JsonValue | undefined, name: string): string | undefined {
  if (!isObject(element)) return undefined;
  const attributes = element['#attributes'];
  if (isObject(attributes)) return scalarText(attributes[name]);
  return scalarText(element[name] ?? element[`@${name}`] ?? element[`-${name}`]);
}

/** Named data by their names; an empty element is an empty text, as in the XML. */
function addData(event: LogEvent, data: JsonValue | undefined): void {
  if (!isObject(data)) {
    if (data !== undefined && data !== null) flatten(data, 'Data', event.fields);
    return;
  }
  for (const name in data) {
    const value = data[name] as JsonValue;
    if (name === '#attributes' || name === 'xmlns' || name.endsWith('_attributes')) continue;
    if (name === 'Data' && (Array.isArray(value) || isObject(value))) addUnnamed(event, value);
    else if (value === null) event.fields.add(name, '');
    else flatten(value, name === '#text' ? 'Data' : name, event.fields);
  }
}

/**
 * `Data` elements: `{"#text": ["a", "b"]}` where they have no names, or one object an element, whose name is an
 * attribute: `[{"#attributes": {"Name": "x"}, "#text": "a"}]`, `[{"@Name": "x", "#text": "a"}]`.
 */
function addUnnamed(event: LogEvent, value: JsonValue): void {
  if (Array.isArray(value)) for (const item of value) addUnnamed(event, item);
  else if (isObject(value)) {
    const text = value['#text'];
    const name = attribute(value, 'Name') ?? 'Data';
    if (text === null || text === undefined) event.fields.add(name, '');
    else flatten(text, name, event.fields);
  } else if (value === null) event.fields.add('Data', '');
  else flatten(value, 'Data', event.fields);
}

/** The fields below the one element that UserData holds (its own name says only which schema it has). */
function addUserData(event: LogEvent, data: JsonValue | undefined): void {
  if (!isObject(data)) return;
  let isFirst = true;
  for (const name in data) {
    if (name === '#attributes' || name === 'xmlns') continue;
    const value = data[name] as JsonValue;
    if (isFirst && isObject(value)) {
      for (const field in value) {
        const part = value[field] as JsonValue;
        if (field === '#attributes' || field === 'xmlns') continue;
        if (part === null) event.fields.add(field, '');
        else flatten(part, field, event.fields);
      }
    } else flatten(value, name, event.fields);
    isFirst = false;
  }
}
