import { CsvError, parse } from 'csv-parse/sync';
import { EventReader } from '../events/event-reader.ts';
import { FieldList } from '../events/field-list.ts';
import { isZoneless, readTime } from '../events/event-time.ts';
import { LogEvent } from '../events/log-event.ts';
import { EVENT_LIMIT, TextLog, type PieceReader, type TextSource } from '../events/text-log.ts';
import type { BatchBuilder } from '../../columns/batch-builder.ts';
import type { DecodeOptions, DecodeSink, SourceReport } from '../api.ts';
import type { CsvLayout } from './csv-layout.ts';
import { MappedColumns } from './mapped-columns.ts';

export interface CsvSource extends TextSource {
  readonly layout: CsvLayout;
}

const NEWLINE = 10;
/** Units that are parsed at a time, so that what waits to be written stays small. */
const PARSE_UNITS = 1 << 17;

/**
 * Reads a table with a header: each record is an event, its columns the fields; a field may have several lines. A
 * record whose quotes are broken is read as a line without them where that fits the header, else it is a fault at its
 * line; the rest goes on. Memory: one record and one piece.
 */
export async function decodeCsv(
  source: CsvSource,
  builder: BatchBuilder,
  options: DecodeOptions,
  sink: DecodeSink,
): Promise<SourceReport> {
  const log = new TextLog(source, builder, options, sink);
  await log.read(new CsvDecoder(log, source.layout));
  return log.report('csv');
}

/** A record that csv-parse has found: its fields, and where it ends, in units from the start of what it was given. */
interface Found {
  readonly fields: readonly string[];
  readonly end: number;
}

class CsvDecoder implements PieceReader {
  readonly #reader = new EventReader();
  readonly #event = new LogEvent();
  readonly #all = new FieldList();
  readonly #mapped: MappedColumns | undefined;
  /** Column that gives the time where no usual name does; -1 for none. */
  readonly #timeColumn: number;
  /** Unit up to which records have been read. */
  #from: number;
  /** Unit that must have been read before another try to find the end of a record in several pieces. */
  #nextTry = 0;
  #number = 0;
  #isHeaderRead = false;
  #oddRecords = 0;
  #timeless = 0;

  constructor(
    private readonly log: TextLog,
    private readonly layout: CsvLayout,
  ) {
    this.#from = layout.start;
    this.#mapped = layout.mapping && new MappedColumns(layout.mapping);
    this.#timeColumn = layout.columns.findIndex(({ isTimeByContent }) => isTimeByContent);
  }

  get keepFrom(): number {
    return this.#from;
  }

  async piece(isLast: boolean): Promise<void> {
    for (;;) {
      const end = this.#parseEnd(isLast);
      const isEnd = isLast && end === this.log.window.end;
      if (end <= this.#from || (end < this.#nextTry && !isEnd)) return;
      const { found, error } = this.#parse(this.#from, end);
      const base = this.#from;
      for (const { fields, end: recordEnd } of found) {
        const to = base + recordEnd;
        this.#record(fields, this.#from, to);
        this.#from = to;
        if (!(await this.log.hasRoom())) return;
      }
      if (error === undefined) this.#from = end;
      else this.#resync(error, end, isEnd);
    }
  }

  /** A line's end, far enough to be worth a parse; else the end of the last whole line that is there. */
  #parseEnd(isLast: boolean): number {
    const { window } = this.log;
    const far = Math.max(this.#from + PARSE_UNITS, this.#nextTry);
    const units = window.units(this.#from, window.end);
    const newline = units.indexOf(NEWLINE, far - this.#from - 1);
    if (newline >= 0) return this.#from + newline + 1;
    return isLast ? window.end : this.#from + units.lastIndexOf(NEWLINE) + 1;
  }

  #parse(start: number, end: number): { found: Found[]; error: string | undefined } {
    const found: Found[] = [];
    const { window } = this.log;
    const isWide = window.unit === 2;
    // csv-parse finds line ends in UTF-16 across units (the halves of U+0A05 and U+0100), so it gets UTF-8.
    const bytes = isWide ? Buffer.from(window.text(start, end)) : window.bytes(start, end);
    let byteEnd = 0;
    let unitEnd = 0;
    try {
      parse(bytes, {
        delimiter: this.layout.delimiter,
        relax_column_count: true,
        skip_empty_lines: true,
        on_record: (fields: unknown, context) => {
          unitEnd += isWide ? bytes.toString('utf8', byteEnd, context.bytes).length : context.bytes - byteEnd;
          byteEnd = context.bytes;
          found.push({ fields: fields as string[], end: unitEnd });
          return null;
        },
      });
      return { found, error: undefined };
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      return { found, error: error.code };
    }
  }

  /** Deals with the record at `#from`, which csv-parse could not read. @param end of the text that it saw. */
  #resync(error: string, end: number, isEnd: boolean): void {
    const { window } = this.log;
    const isOpen = error === 'CSV_QUOTE_NOT_CLOSED';
    const isTooLong = end - this.#from > EVENT_LIMIT;
    if (isOpen && !isEnd && !isTooLong) {
      // Again when there is twice as much, or a record of many pieces would be read over and over.
      this.#nextTry = this.#from + (end - this.#from) * 2;
      return;
    }
    // Blank lines before the record are none of it.
    const units = window.units(this.#from, end);
    let skipped = 0;
    while (units[skipped] === NEWLINE || units[skipped] === 13) skipped++;
    const start = this.#from + skipped;
    const newline = units.indexOf(NEWLINE, skipped);
    const lineEnd = newline < 0 ? end : this.#from + newline + 1;
    const line = window.text(start, lineEnd).replace(/\r?\n$/, '');
    const fields = this.#relaxed(line);
    this.#from = lineEnd;
    if (fields) this.#record(fields, start, lineEnd);
    else {
      const why = isOpen
        ? isTooLong
          ? `A quote is not closed within ${EVENT_LIMIT >> 20} MiB`
          : 'A quote is not closed before the file ends'
        : 'The quotes of a field are broken';
      this.log.damage(this.log.placeOf(start), `${why}; the line is skipped`);
      this.#isHeaderRead = true;
    }
  }

  /** A line's fields with quotes taken as they are, where there are as many as the header has. */
  #relaxed(line: string): readonly string[] | undefined {
    try {
      const options = { delimiter: this.layout.delimiter, relax_quotes: true, relax_column_count: true };
      const [fields] = parse(line, options);
      return fields?.length === this.layout.columns.length ? fields : undefined;
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      return undefined;
    }
  }

  #record(fields: readonly string[], start: number, end: number): void {
    if (!this.#isHeaderRead) {
      this.#isHeaderRead = true;
      return;
    }
    // Tables put together one after another repeat their header, and its byte order mark.
    const [first = ''] = fields;
    if (first.startsWith('\ufeff')) fields = [first.replace(/^\ufeff"?|"$/g, ''), ...fields.slice(1)];
    if (fields[0] === this.layout.columns[0]?.name && this.#isHeader(fields)) return;
    this.#number++;
    const { columns } = this.layout;
    const all = this.#all;
    all.clear();
    for (let i = 0; i < fields.length; i++) {
      const value = fields[i] as string;
      // An empty cell is a field that the event does not have, in every export that puts several kinds in a table.
      if (value !== '') all.add(columns[i]?.name ?? `Column ${i + 1}`, value);
    }
    const event = this.#event;
    this.#reader.readFields(all, event);
    this.#time(fields);
    if (this.#mapped) {
      this.#mapped.apply(fields, event);
      if (this.#number === 1) this.log.note(this.log.placeOf(start), this.#mapped.note, 'note');
    }
    if (fields.length !== columns.length && this.#oddRecords++ === 0) {
      const message = `The record has ${fields.length} fields, the header ${columns.length}`;
      this.log.note(this.log.placeOf(start), message, 'damaged-source', 'further ones are not listed');
    }
    if (!event.time && event.badTime === undefined && this.#timeless++ === 0) {
      const message = 'No column with a time was found; such events have none';
      this.log.note(this.log.placeOf(start), message, 'note', undefined, 'columns');
    }
    this.log.write(event, this.#number, start, end, undefined);
  }

  #isHeader(fields: readonly string[]): boolean {
    return fields.every((field, i) => field === '' || field === this.layout.columns[i]?.name);
  }

  /** What the columns say of times. */
  #time(fields: readonly string[]): void {
    const event = this.#event;
    const text = this.#timeColumn < 0 ? undefined : fields[this.#timeColumn];
    if (!event.time && text !== undefined && text !== '') {
      event.time = readTime(text);
      event.badTime = event.time ? undefined : text;
      event.isZoneless = event.time !== undefined && isZoneless(text);
    }
    if (event.isZoneless && this.layout.columns.some(({ isUtc }) => isUtc)) event.isZoneless = false;
  }
}
