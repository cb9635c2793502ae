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
import { readRawText } from './raw-text.ts';

/** Splunk's field that holds an event as it came in. */
const RAW = '_raw';

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
    const raw = all.get(RAW);
    if (raw !== undefined && readRawText(raw, event, this.#xml)) {
      this.#addOuter(all, event);
      return;
    }
    expandData(all, this.#xml, this.#scratch);
    const isTimeline = isHayabusa(all);
    if (isTimeline) splitDetails(all, this.#scratch);
    this.#flat.read(all, event);
    if (event.channel === '' && event.provider === '') event.provider = defenderTable(all, table) ?? '';
    if (event.provider === '' && namesItsSource(all)) event.provider = all.get('Source') ?? '';
    if (isTimeline) event.channel = hayabusaChannel(event.channel);
    // PowerShell's objects and Event Viewer's tables have the data without names, and the message.
    const isByMessage = all.get('MachineName') !== undefined || all.get('Event ID') !== undefined;
    const message = isByMessage ? all.get('Message') : undefined;
    if (message !== undefined) addMessageFields(message, event.fields);
  }

  /** Adds what stands beside `_raw` and is not in it. */
  #addOuter(all: FieldList, event: LogEvent): void {
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
      if (name !== RAW && !known.has(name)) event.fields.add(name, all.values[i] as string);
    }
  }
}

/** Whether `Source` is an event's provider, as in Log Analytics' table of events and in Event Viewer's tables. */
function namesItsSource(all: FieldList): boolean {
  return all.get('EventLog') !== undefined || all.get('Event ID') !== undefined;
}
