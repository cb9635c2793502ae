import { findDump, readDump } from '../json/event-dump.ts';
import { flatten, type JsonObject } from '../json/fields.ts';
import { unwrap } from '../json/unwrap.ts';
import { XmlEventReader } from '../xml/xml-event.ts';
import { addMessageFields, expandData } from './embedded.ts';
import { hayabusaChannel, isHayabusa, splitDetails } from './hayabusa.ts';
import { defenderTable } from './defender.ts';
import { FieldList } from './field-list.ts';
import { FlatReader } from './flat-reader.ts';
import { LogEvent } from './log-event.ts';
import { restoreNames } from './products.ts';
import { readRawText } from './raw-text.ts';

/** Fields that hold an event as it came in: Splunk's and LogScale's. */
const RAW = new Set(['_raw', '@rawstring']);
/** Fields that hold an event's XML: Azure's and Plaso's. */
const RAW_XML = new Set(['RawXml', 'xml_string']);

/**
 * Reads events as exports hold them, whichever product wrote them, into one form. Native field names are kept; what
 * says which event it is goes to the head.
 */
export class EventReader {
  readonly #flat = new FlatReader();
  readonly #xml = new XmlEventReader();
  readonly #all = new FieldList();
  readonly #scratch = new FieldList();
  /** What Splunk knows of an event beside its text. */
  readonly #outer = new LogEvent();

  /** Reads a JSON object. @param event is cleared first. */
  readObject(value: JsonObject, event: LogEvent): void {
    event.clear();
    const { object, about, table } = unwrap(value);
    const dump = findDump(object);
    if (dump) {
      readDump(dump, event);
      if (about) flatten(about, '', event.fields);
      return;
    }
    const all = this.#all;
    all.clear();
    flatten(object, '', all);
    this.readFields(all, event, table);
  }

  /** Reads a row of a table, or an object made flat. @param event is cleared first. @param table its name, if known. */
  readFields(all: FieldList, event: LogEvent, table = ''): void {
    event.clear();
    restoreNames(all);
    if (this.#readRaw(all, event)) return;
    expandData(all, this.#xml, this.#scratch);
    const isTimeline = isHayabusa(all);
    if (isTimeline) splitDetails(all, this.#scratch);
    this.#flat.read(all, event);
    if (event.channel === '' && event.provider === '') event.provider = defenderTable(all, table) ?? '';
    if (event.provider === '' && namesItsSource(all)) event.provider = all.get('Source') ?? '';
    if (event.provider === '' && event.channel === '') event.provider = logAnalyticsTable(all) ?? '';
    if (isTimeline) event.channel = hayabusaChannel(event.channel);
    const message = MESSAGE_ONLY.some((name) => all.get(name) !== undefined)
      ? (all.get('Message') ?? all.get('Description'))
      : undefined;
    if (message !== undefined) addMessageFields(message, event.fields);
  }

  /** Reads the event that a field holds as it came in, where one does. */
  #readRaw(all: FieldList, event: LogEvent): boolean {
    for (let i = 0; i < all.count; i++) {
      const name = all.names[i] as string;
      const value = all.values[i] as string;
      const isRead =
        (RAW.has(name) && readRawText(value, event, this.#xml)) ||
        (RAW_XML.has(name) && value.startsWith('<Event') && this.#xml.read(value, event).isRead);
      if (!isRead) continue;
      this.#addOuter(all, i, event);
      return true;
    }
    return false;
  }

  /** Adds what stands beside the event as it came in, and is not in it. @param raw its field. */
  #addOuter(all: FieldList, raw: number, event: LogEvent): void {
    const outer = this.#outer;
    outer.clear();
    this.#flat.read(all, outer);
    if (!event.time) {
      event.time = outer.time;
      event.badTime ??= outer.badTime;
      event.isZoneless = outer.isZoneless;
    }
    event.computer ??= outer.computer;
    const known = new Set(event.fields.names.slice(0, event.fields.count));
    for (let i = 0; i < all.count; i++) {
      const name = all.names[i] as string;
      if (i !== raw && !known.has(name)) event.fields.add(name, all.values[i] as string);
    }
  }
}

/**
 * Fields of exports that have an event's data without names, and its message: PowerShell's objects, Event Viewer's
 * tables and those of others, Fluent Bit and Fluentd.
 */
const MESSAGE_ONLY = ['MachineName', 'Event ID', 'StringInserts', 'ProviderGUID'];

/**
 * Whether `Source` is an event's provider, as in Log Analytics' table of events, Event Viewer's tables, and what
 * PowerShell's Get-EventLog gives.
 */
function namesItsSource(all: FieldList): boolean {
  return ['EventLog', 'Event ID', 'InstanceId'].some((name) => all.get(name) !== undefined);
}

/** The table of Log Analytics that a row says it is from. */
function logAnalyticsTable(all: FieldList): string | undefined {
  return all.get('TimeGenerated') === undefined ? undefined : all.get('Type');
}
