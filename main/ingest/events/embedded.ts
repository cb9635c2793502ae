import { readSections } from '../json/event-dump.ts';
import { flatten, isObject, type JsonObject } from '../json/fields.ts';
import { JsonSyntaxError, parseExact } from '../json/parse-exact.ts';
import { DEPTH_LIMIT } from '../json/splitter.ts';
import type { XmlEventReader } from '../xml/xml-event.ts';
import type { FieldList } from './field-list.ts';
import { LogEvent } from './log-event.ts';

/**
 * Columns that hold an event's data as one text: Log Analytics' (XML in its older tables, JSON in the newer), and
 * EvtxECmd's Payload (JSON).
 */
function isDataColumn(name: string): boolean {
  return name === 'EventData' || name === 'UserData' || name === 'Payload';
}

const SECTION = /<(EventData|UserData)[\s>][\s\S]*<\/\1>/;
/** What stands around a section so that it reads as an event. */
const BEFORE = '<Event><System><EventID>0</EventID></System>';

/**
 * Puts the fields that a column holds as XML or JSON in the column's place, under their own names. A text that cannot
 * be read stays as it is.
 */
export function expandData(all: FieldList, xml: XmlEventReader, scratch: FieldList): void {
  if (!hasDataColumn(all)) return;
  scratch.clear();
  for (let i = 0; i < all.count; i++) {
    const name = all.names[i] as string;
    const value = all.values[i] as string;
    const isExpanded = isDataColumn(name) && (addXml(value, xml, all, scratch) || addJson(value, name, scratch));
    if (!isExpanded) scratch.add(name, value);
  }
  all.clear();
  for (let i = 0; i < scratch.count; i++) all.add(scratch.names[i] as string, scratch.values[i] as string);
}

/** Asked of every event of a text log, so by a plain loop. */
function hasDataColumn({ names, count }: FieldList): boolean {
  for (let i = 0; i < count; i++) if (isDataColumn(names[i] as string)) return true;
  return false;
}

function addXml(text: string, xml: XmlEventReader, all: FieldList, into: FieldList): boolean {
  const section = SECTION.exec(text)?.[0];
  if (section === undefined) return false;
  const event = new LogEvent();
  if (!xml.read(`${BEFORE}${section}</Event>`, event).isRead) return false;
  const { fields } = event;
  for (let i = 0; i < fields.count; i++) {
    const name = fields.names[i] as string;
    const value = fields.values[i] as string;
    // Tables have the usual data in columns of their own too.
    if (value !== '' && all.get(name) !== value) into.add(`EventData.${name}`, value);
  }
  return true;
}

function addJson(text: string, name: string, into: FieldList): boolean {
  if (!text.trimStart().startsWith('{')) return false;
  try {
    const value = parseExact(text, DEPTH_LIMIT);
    if (!isObject(value)) return false;
    if (name !== 'Payload') flatten(value, name, into);
    else if (!addSections(value, into)) return false;
    return true;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return false;
  }
}

/** EvtxECmd's `{"EventData": {"Data": [{"@Name": "Image", "#text": "…"}]}}`; PowerShell's 4103 has a plain Payload. */
function addSections(value: JsonObject, into: FieldList): boolean {
  if (!isObject(value.EventData) && !isObject(value.UserData)) return false;
  const event = new LogEvent();
  readSections(value, event);
  const { fields } = event;
  for (let i = 0; i < fields.count; i++) into.add(`EventData.${fields.names[i] as string}`, fields.values[i] as string);
  return true;
}

/** A line of a message in words, as `New Process Name:	C:\a.exe`. */
const NAMED = /^[\t ]*([\p{L}][\p{L}\d .()/-]{0,60}?):[\t ]+(\S.*?)[\t ]*\r?$/gmu;

/**
 * Adds what the lines of an event's message name, for events that come with nothing but their message. Sysmon's
 * messages use the fields' own names; others are written as Splunk does it: `New_Process_Name`.
 */
export function addMessageFields(message: string, into: FieldList): void {
  // The first line says what happened.
  const body = message.slice(message.indexOf('\n') + 1);
  for (const [, name = '', value = ''] of body.matchAll(NAMED)) into.add(name.replaceAll(' ', '_'), value);
}
