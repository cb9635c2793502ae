import { findDump, readDump } from '../json/event-dump.ts';
import { flatten, isObject } from '../json/fields.ts';
import { JsonSyntaxError, parseExact, type JsonValue } from '../json/parse-exact.ts';
import { DEPTH_LIMIT } from '../json/splitter.ts';
import type { XmlEventReader } from '../xml/xml-event.ts';
import { readTime } from './event-time.ts';
import { addMessageFields } from './embedded.ts';
import { FieldList } from './field-list.ts';
import { FlatReader } from './flat-reader.ts';
import { smallInteger, safeInteger, type LogEvent } from './log-event.ts';

const PAIR = /(?:^|[\s,;|])([A-Za-z_][\w.@-]*)=(?:"((?:[^"\\]|\\.)*)"|([^\s,;|"]*))/g;
/** A line of pairs must have so many to be taken for an event. */
const FEWEST_PAIRS = 3;
const LINE = /^(\w+)=(.*)$/;

/**
 * Reads what Splunk keeps of an event as it came in: an event's XML, a JSON object, the text form of a Windows event,
 * or pairs of `key=value`. False where it is none of these; the event is then as it was.
 */
export function readRawText(raw: string, event: LogEvent, xml: XmlEventReader): boolean {
  const text = raw.trimStart();
  if (/^(?:<\?xml[^>]*>\s*)?<Event[\s>]/.test(text)) return xml.read(text, event).isRead;
  if (text.startsWith('{')) return readJson(text, event);
  if (/^(?:LogName|EventCode)=/m.test(text)) return readWindowsText(text, event);
  return readPairs(text, event);
}

function readJson(text: string, event: LogEvent): boolean {
  let value: JsonValue;
  try {
    value = parseExact(text, DEPTH_LIMIT);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return false;
  }
  if (!isObject(value)) return false;
  const dump = findDump(value);
  if (dump) readDump(dump, event);
  else {
    const all = new FieldList();
    flatten(value, '', all);
    new FlatReader().read(all, event);
  }
  return true;
}

/**
 * The text form that Splunk's forwarder gives Windows events: a line with the time, lines `Name=value`, and at last
 * `Message=`, which goes on to the end and holds the event's data in the words of its language.
 */
function readWindowsText(text: string, event: LogEvent): boolean {
  const messageAt = text.search(/^Message=/m);
  const head = messageAt < 0 ? text : text.slice(0, messageAt);
  const lines = head.split(/\r?\n/);
  event.time = readTime((lines[0] as string).trim());
  event.isZoneless = event.time !== undefined;
  for (const line of lines) {
    const [, name, value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    if (name === 'LogName') event.channel = value;
    else if (name === 'EventCode') event.eventId = smallInteger(value);
    else if (name === 'ComputerName') event.computer = value;
    else if (name === 'RecordNumber') event.record = safeInteger(value);
    // Its display name, not the provider's own: kept as a field.
    event.fields.add(name, value);
  }
  if (messageAt >= 0) {
    const message = text.slice(messageAt + 'Message='.length).trimEnd();
    event.fields.add('Message', message);
    addMessageFields(message, event.fields);
  }
  return true;
}

function readPairs(text: string, event: LogEvent): boolean {
  const pairs = [...text.matchAll(PAIR)];
  if (pairs.length < FEWEST_PAIRS) return false;
  const all = new FieldList();
  for (const [, name = '', quoted, plain] of pairs) all.add(name, quoted?.replace(/\\(["\\])/g, '$1') ?? plain ?? '');
  new FlatReader().read(all, event);
  return true;
}
