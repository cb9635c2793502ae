import { EventReader } from '../events/event-reader.ts';
import { FieldList } from '../events/field-list.ts';
import { LogEvent } from '../events/log-event.ts';
import { EVENT_LIMIT, TextLog, type PieceReader, type TextSource } from '../events/text-log.ts';
import { readClixmlObject } from './clixml-object.ts';
import { EventFramer, EVENT_TAG, OBJECT_TAG, type FrameHandler } from './event-framer.ts';
import { XmlEventReader, type XmlRead } from './xml-event.ts';
import type { BatchBuilder } from '../../columns/batch-builder.ts';
import type { DecodeOptions, DecodeSink, SourceReport } from '../api.ts';

/** What stands between events without being lost: the root's tags, declarations, comments, evtx_dump's lines. */
const HARMLESS = /<\?xml[^>]*\?>|<\/?(?:[\w-]+:)?(?:Events|Objs)(?:\s[^>]*)?>|<!--.*?-->|Record \d+|\s+/gs;

export interface XmlSource extends TextSource {
  /** Whether it holds PowerShell's objects in place of events. */
  readonly hasObjects: boolean;
}

/**
 * Reads events as XML: Event Viewer's export (`<Events>…`), `evtx_dump`'s and `evtxexport`'s output, events one after
 * another, or the records that PowerShell's Export-Clixml wrote (`<Objs>…`). A broken event is a fault at its line, and the rest goes on. Memory: one event and one piece.
 */
export async function decodeXml(
  source: XmlSource,
  builder: BatchBuilder,
  options: DecodeOptions,
  sink: DecodeSink,
): Promise<SourceReport> {
  const log = new TextLog(source, builder, options, sink);
  const decoder = new XmlDecoder(log, source.hasObjects);
  await log.read(decoder);
  return log.report('xml');
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly what: 'event' | 'between' | 'cut' | 'too-large' | 'end';
}

class XmlDecoder implements PieceReader, FrameHandler {
  readonly #framer: EventFramer;
  readonly #reader = new XmlEventReader();
  readonly #objects = new EventReader();
  readonly #all = new FieldList();
  readonly #event = new LogEvent();
  #found: Found[] = [];
  #number = 0;
  /** Whether the root's start was seen, and not its end. */
  #isRootOpen = false;
  #isInJunk = false;

  constructor(
    private readonly log: TextLog,
    private readonly hasObjects: boolean,
  ) {
    this.#framer = new EventFramer(this, EVENT_LIMIT, hasObjects ? OBJECT_TAG : EVENT_TAG);
  }

  get keepFrom(): number {
    return this.#framer.keepFrom;
  }

  async piece(isLast: boolean): Promise<void> {
    const { log } = this;
    const base = this.#framer.lookFrom;
    this.#framer.advance(log.window.ascii(base, log.window.end), base, isLast);
    const found = this.#found;
    this.#found = [];
    for (const item of found) {
      this.#tell(item);
      if (!(await log.hasRoom())) return;
    }
    if (isLast && this.#isRootOpen && !log.isBrokenOff) {
      log.isBrokenOff = true;
      const place = log.placeOf(log.window.end);
      const root = this.hasObjects ? 'Objs' : 'Events';
      log.note(place, `The file ends before its ${root} element is closed`, 'damaged-source');
    }
  }

  event(start: number, end: number): void {
    this.#found.push({ what: 'event', start, end });
  }

  broken(start: number, end: number, why: 'cut' | 'too-large' | 'end'): void {
    this.#found.push({ what: why, start, end });
  }

  between(start: number, end: number): void {
    this.#found.push({ what: 'between', start, end });
  }

  #tell({ what, start, end }: Found): void {
    const { log } = this;
    // What is left of an event that was too large has been told.
    if (what !== 'between') this.#isInJunk = what === 'too-large';
    switch (what) {
      case 'event':
        this.#read(start, end);
        return;
      case 'between':
        this.#between(start, end);
        return;
      case 'cut':
        log.damage(log.placeOf(start), 'The event that begins here is cut off: another begins within it');
        return;
      case 'end':
        log.isBrokenOff = true;
        log.damage(log.placeOf(start), 'The file ends within the event that begins here');
        return;
      case 'too-large': {
        const message = `An event is larger than ${EVENT_LIMIT >> 20} MiB, skipped`;
        log.damage(log.placeOf(start), message, undefined, 'too-large');
        return;
      }
    }
  }

  #read(start: number, end: number): void {
    const { log } = this;
    const event = this.#event;
    event.clear();
    this.#number++;
    const text = log.window.text(start, end);
    const { isRead, problem } = this.hasObjects ? this.#readObject(text) : this.#reader.read(text, event);
    if (problem) {
      const place = log.placeOf(start);
      const line = place.line + text.slice(0, problem.position).split('\n').length - 1;
      if (isRead) log.note({ ...place, line }, `Not quite XML: ${problem.message}`, 'damaged-source');
      else log.damage({ ...place, line }, `The event cannot be read: ${problem.message}`);
    }
    if (isRead) log.write(event, this.#number, start, end, undefined);
  }

  #readObject(text: string): XmlRead {
    this.#all.clear();
    const problem = readClixmlObject(text, this.#all);
    if (!problem) this.#objects.readFields(this.#all, this.#event);
    return { isRead: !problem, problem };
  }

  #between(start: number, end: number): void {
    const text = this.log.window.text(start, end);
    for (const [tag] of text.matchAll(/<\/?(?:[\w-]+:)?(?:Events|Objs)(?=[\s>])/g)) {
      this.#isRootOpen = !tag.startsWith('</');
    }
    const rest = text.replace(HARMLESS, '');
    if (rest === '') return;
    // A stretch of it is one fault, though it comes in pieces.
    if (this.#isInJunk) return;
    this.#isInJunk = true;
    const skipped = JSON.stringify(rest.slice(0, 60));
    const at = start + Math.max(0, this.log.window.ascii(start, end).search(/\S/));
    this.log.damage(this.log.placeOf(at), `Not an event: ${skipped}`);
  }
}
