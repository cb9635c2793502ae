import { addMessageFields } from '../events/embedded.ts';
import { isZoneless, readTime } from '../events/event-time.ts';
import { LogEvent, smallInteger } from '../events/log-event.ts';
import { EVENT_LIMIT, TextLog, type PieceReader, type TextSource } from '../events/text-log.ts';
import type { BatchBuilder } from '../../columns/batch-builder.ts';
import type { DecodeOptions, DecodeSink, SourceReport } from '../api.ts';

/** Where an event begins: `Event[0]` on a line of its own, with a colon in older versions. */
const BEGIN = /^Event\[\d+\]:?[ \t]*\r?$/gm;
/** Units that such a line may have. */
const LINE_UNITS = 64;
const HEAD = /^ {2}(\w[\w ]*):[ \t]?(.*?)\r?$/;

/** Whether a text is what `wevtutil qe … /f:text` prints, in English. */
export function looksLikeWevtutil(text: string): boolean {
  return /^\s*Event\[\d+\]:?[ \t]*\r?\n {2}Log Name: /.test(text);
}

/**
 * Reads what `wevtutil qe … /f:text` prints: of each event lines `Name: value`, and last its message, whose named lines
 * are all that there is of its data. An event without a time, id or log is damaged. Memory: one event and one piece.
 */
export async function decodeWevtutil(
  source: TextSource,
  builder: BatchBuilder,
  options: DecodeOptions,
  sink: DecodeSink,
): Promise<SourceReport> {
  const log = new TextLog(source, builder, options, sink);
  await log.read(new WevtutilDecoder(log));
  return log.report('text');
}

class WevtutilDecoder implements PieceReader {
  readonly #event = new LogEvent();
  /** Where the event in hand begins, and where looking for the next goes on. */
  #start = 0;
  #at = 0;
  #number = 0;
  /** Whether the event in hand has been given up as too large, and told so. */
  #isTooLarge = false;

  constructor(private readonly log: TextLog) {}

  get keepFrom(): number {
    return this.#isTooLarge ? this.#at : this.#start;
  }

  async piece(isLast: boolean): Promise<void> {
    const { log } = this;
    const { window } = log;
    const base = this.#at;
    const text = window.ascii(base, window.end);
    BEGIN.lastIndex = 0;
    for (let match = BEGIN.exec(text); match; match = BEGIN.exec(text)) {
      // A line that is cut by the piece's end may be another.
      if (!isLast && match.index + match[0].length === text.length) break;
      const at = base + match.index;
      if (at > this.#start) this.#read(at);
      this.#start = at;
      this.#at = at + match[0].length;
      this.#isTooLarge = false;
      if (!(await log.hasRoom())) return;
    }
    if (isLast) this.#read(window.end);
    else {
      // From a line's start, since that is what an event begins with.
      const line = text.lastIndexOf('\n') + 1;
      this.#at = Math.max(this.#at, line > 0 ? base + line : base + text.length - LINE_UNITS);
      if (!this.#isTooLarge && this.#at - this.#start > EVENT_LIMIT) {
        this.#isTooLarge = true;
        const message = `An event is larger than ${EVENT_LIMIT >> 20} MiB, skipped`;
        log.damage(log.placeOf(this.#start), message, undefined, 'too-large');
      }
    }
  }

  #read(end: number): void {
    if (this.#isTooLarge) return;
    const { log } = this;
    const event = this.#event;
    const start = this.#start;
    const text = log.window.text(start, end);
    if (text.trim() === '') return;
    event.clear();
    fill(text, event);
    this.#number++;
    if (event.eventId === undefined && event.channel === '') {
      const skipped = JSON.stringify(text.trim().slice(0, 60));
      log.damage(log.placeOf(start), `Not an event: ${skipped}`);
      return;
    }
    log.write(event, this.#number, start, start + text.trimEnd().length, undefined);
  }
}

/** Reads an event's lines. The description is the last of them, and goes on to the end. */
function fill(text: string, event: LogEvent): void {
  const at = /^ {2}Description:[ \t]*\r?\n?/m.exec(text);
  const head = at ? text.slice(0, at.index) : text;
  for (const line of head.split('\n')) {
    const [, name, value = ''] = HEAD.exec(line) ?? [];
    if (name !== undefined && value !== '' && value !== 'N/A') readHead(name, value, event);
  }
  if (!at) return;
  const message = text.slice(at.index + at[0].length).trimEnd();
  event.fields.add('Message', message);
  addMessageFields(message, event.fields);
}

function readHead(name: string, value: string, event: LogEvent): void {
  switch (name) {
    case 'Log Name':
      event.channel = value;
      return;
    case 'Source':
      event.provider = value;
      return;
    case 'Computer':
      event.computer = value;
      return;
    case 'Event ID':
      event.eventId = smallInteger(value);
      return;
    case 'Date':
      event.time = readTime(value);
      if (event.time) event.isZoneless = isZoneless(value);
      else event.badTime = value;
      return;
    default:
      // Names of tasks, levels and keywords in words: no part of the head has them so.
      event.fields.add(name, value);
  }
}
