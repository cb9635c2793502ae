import { EventReader } from '../events/event-reader.ts';
import { LogEvent } from '../events/log-event.ts';
import { EVENT_LIMIT, TextLog, type PieceReader, type TextSource } from '../events/text-log.ts';
import { isObject } from './fields.ts';
import { DEPTH_LIMIT, JsonSplitter, type Place, type SplitFault, type SplitHandler } from './splitter.ts';
import { JsonSyntaxError, parseExact, type JsonValue } from './parse-exact.ts';
import { isListKey, LIST_START_LIMIT, opensList, tableColumns } from './unwrap.ts';
import type { BatchBuilder } from '../../columns/batch-builder.ts';
import type { DecodeOptions, DecodeSink, SourceReport } from '../api.ts';

/** Characters of the longest key of an export's list. */
const LONGEST_LIST_KEY = 8;

export interface JsonSource extends TextSource {
  /** Whether lines have a text before their object: syslog's, or the time and the tag that a forwarder writes. */
  readonly hasPrefixes?: boolean;
}

/**
 * Reads JSON: JSON lines, values one after another, arrays of them, or an export's object around a list of events.
 * Each object is an event. What is no object, is broken or is larger than EVENT_LIMIT is a fault at its line, and the
 * rest goes on. Memory: one value and one piece of the file.
 */
export async function decodeJson(
  source: JsonSource,
  builder: BatchBuilder,
  options: DecodeOptions,
  sink: DecodeSink,
): Promise<SourceReport> {
  const log = new TextLog(source, builder, options, sink);
  const decoder = new JsonDecoder(log, source.hasPrefixes === true);
  await log.read(decoder);
  return log.report(decoder.format);
}

/** A value found by the splitter, waiting for room in the batch. */
interface Found {
  readonly kind: 'value';
  readonly start: Place;
  readonly end: number;
  readonly exactNumbers: boolean;
  readonly keys: number;
}

class JsonDecoder implements PieceReader, SplitHandler {
  readonly #splitter: JsonSplitter;
  readonly #event = new LogEvent();
  readonly #reader = new EventReader();
  #found: (Found | SplitFault)[] = [];
  /** Values seen, for the number of an event without one. */
  #values = 0;
  #inArray = false;
  #severalLines = false;
  /** Of a table whose rows are lists. */
  #columns: readonly string[] | undefined;
  #oddRows = 0;
  #hasToldRepeat = false;

  constructor(
    private readonly log: TextLog,
    private readonly hasPrefixes: boolean,
  ) {
    this.#splitter = new JsonSplitter(this, EVENT_LIMIT, hasPrefixes);
  }

  get format(): string {
    return this.#inArray || this.#severalLines || this.#values < 2 ? 'json' : 'ndjson';
  }

  get keepFrom(): number {
    return this.#splitter.keepFrom;
  }

  async piece(isLast: boolean): Promise<void> {
    do {
      this.#split();
      if (!(await this.#readFound())) return;
    } while (isLast && !this.#splitter.end());
    await this.#readFound();
  }

  #split(): void {
    const { window } = this.log;
    while (this.#splitter.position < window.end) {
      this.#splitter.push(window.units(this.#splitter.position, window.end));
    }
  }

  value(start: Place, end: number, exactNumbers: boolean, inArray: boolean, keys: number): void {
    this.#inArray ||= inArray;
    this.#found.push({ kind: 'value', start, end, exactNumbers, keys });
  }

  fault(fault: SplitFault): void {
    this.#found.push(fault);
  }

  opensList(start: Place, [keyStart, keyEnd]: readonly [number, number], list: number): boolean {
    if (keyEnd - keyStart > LONGEST_LIST_KEY || list - start.offset > LIST_START_LIMIT) return false;
    const { window } = this.log;
    if (!isListKey(window.text(keyStart, keyEnd))) return false;
    const before = window.text(start.offset, list);
    if (opensList(before)) return true;
    this.#columns = tableColumns(before);
    return this.#columns !== undefined;
  }

  /** Deals with what a piece completed, in order; between them the batch may fill. False where it is to stop. */
  async #readFound(): Promise<boolean> {
    const found = this.#found;
    this.#found = [];
    for (const item of found) {
      if (item.kind === 'value') this.#readValue(item);
      else this.#tell(item);
      if (!(await this.log.hasRoom())) return false;
    }
    return true;
  }

  #readValue({ start, end, exactNumbers, keys }: Found): void {
    const { window } = this.log;
    const text = window.text(start.offset, end);
    if (!this.#severalLines && text.includes('\n')) this.#severalLines = true;
    const parsed = this.#parse(text, start, exactNumbers);
    const value = Array.isArray(parsed) && this.#columns ? this.#row(parsed, this.#columns, start) : parsed;
    if (isObject(value) && isEmptyList(value)) return;
    this.#values++;
    if (value === undefined) return;
    if (!isObject(value)) {
      this.log.damage(start, 'Not an event: a JSON object was expected');
      return;
    }
    if (!this.#hasToldRepeat && countKeys(parsed) < keys) {
      this.#hasToldRepeat = true;
      const message = 'A key stands in an object more than once: the last counts';
      this.log.note(start, message, 'note', 'further ones are not listed');
    }
    this.#reader.readObject(value, this.#event);
    // What is before the object is shown with it.
    const from = this.hasPrefixes ? start.offset - start.column + 1 : start.offset;
    this.log.write(this.#event, this.#values, from, end, start.line);
  }

  /** A row of a table as an object. */
  #row(values: readonly JsonValue[], columns: readonly string[], place: Place): JsonValue {
    if (values.length !== columns.length && this.#oddRows++ === 0) {
      const message = `The row has ${values.length} values, the table ${columns.length} columns`;
      this.log.note(place, message, 'damaged-source', 'further ones are not listed');
    }
    return Object.fromEntries(values.map((value, i) => [columns[i] ?? `Column ${i + 1}`, value === '' ? null : value]));
  }

  #parse(text: string, start: Place, exactNumbers: boolean): JsonValue | undefined {
    try {
      if (!exactNumbers) return JSON.parse(text) as JsonValue;
    } catch {
      // The exact reader says where it breaks off.
    }
    try {
      return parseExact(text, DEPTH_LIMIT);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      const lines = text.slice(0, error.position).split('\n');
      const line = start.line + lines.length - 1;
      const inLine = (lines.at(-1) ?? '').length;
      const before = lines.length === 1 ? this.#column(start) : 1;
      const where = before === undefined ? '' : `, column ${before + inLine}`;
      this.log.damage({ offset: start.offset, line }, `Invalid JSON${where}: ${error.message}`);
      return undefined;
    }
  }

  /** One-based column in characters; undefined where the line's start is no longer in memory. */
  #column({ offset, column }: Place): number | undefined {
    const { window } = this.log;
    const lineStart = offset - column + 1;
    return window.holds(lineStart) ? window.text(lineStart, offset).length + 1 : undefined;
  }

  #columnText(place: Place): string {
    const column = this.#column(place);
    return column === undefined ? '' : `, column ${column}`;
  }

  #tell(fault: SplitFault): void {
    const { log } = this;
    const { start } = fault;
    switch (fault.kind) {
      case 'stray':
        this.#stray(start, fault.end);
        return;
      case 'syntax': {
        const { at } = fault;
        const skipped = (fault.end - start.offset) * log.window.unit;
        const where = at.line === start.line ? '' : ` of the value that begins at line ${start.line}`;
        const message = `Invalid JSON${this.#columnText(at)}: ${fault.reason}${where}`;
        log.damage(at, message, `${skipped} bytes skipped`);
        return;
      }
      case 'unread-rows':
        if (this.#columns) log.note(start, 'A further table of the file is not read', 'damaged-source');
        return;
      case 'too-large': {
        const size = Math.ceil(((fault.end - start.offset) * log.window.unit) / (1 << 20));
        const message = `A value of ${size} MiB is larger than an event may be (${EVENT_LIMIT >> 20} MiB), skipped`;
        log.damage(start, message, undefined, 'too-large');
        return;
      }
      case 'truncated':
        log.isBrokenOff = true;
        if (fault.within === 'value') log.damage(start, 'The file ends within the value that begins here');
        else log.note(start, 'The file ends before the array that begins here is closed', 'damaged-source');
        return;
    }
  }

  /** evtx_dump puts a line `Record 7` before each record: that is no fault. */
  #stray(start: Place, end: number): void {
    const text = this.log.window.text(start.offset, Math.min(end, start.offset + 80)).trimEnd();
    if (/^Record \d+$/.test(text) || (this.hasPrefixes && /^[\],]+$/.test(text))) return;
    this.log.damage(start, `Not JSON${this.#columnText(start)}: ${JSON.stringify(text.slice(0, 60))}`);
  }
}

/** Whether an object is an export without a single event. */
function isEmptyList(value: Readonly<Record<string, JsonValue>>): boolean {
  const keys = Object.keys(value).filter((key) => !key.startsWith('@odata.'));
  const [key] = keys;
  if (key === 'hits' || 'took' in value) {
    const { hits } = value;
    return isObject(hits) && Array.isArray(hits.hits) && hits.hits.length === 0;
  }
  if (/^tables$/i.test(key ?? '')) return hasNoRows(value);
  const list = key === undefined ? undefined : value[key];
  return keys.length === 1 && isListKey(key as string) && Array.isArray(list) && list.length === 0;
}

function hasNoRows({ tables, Tables = tables }: Readonly<Record<string, JsonValue>>): boolean {
  const isEmpty = (rows: JsonValue | undefined): boolean => Array.isArray(rows) && rows.length === 0;
  return Array.isArray(Tables) && Tables.every((table) => isObject(table) && isEmpty(table.rows ?? table.Rows));
}

/** Keys of all objects in a value. */
function countKeys(value: JsonValue | undefined): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countKeys(item);
  else {
    for (const key in value) {
      const part = value[key];
      count++;
      if (typeof part === 'object') count += countKeys(part);
    }
  }
  return count;
}
