import { FLAG_RECOVERED } from '../../../columns/batch.ts';
import { ABSENT } from '../../../columns/value-ref.ts';
import { fieldCodes, timeText } from '../fields.ts';
import type { RowSource } from '../rows.ts';
import { RecentTexts } from './recent-texts.ts';

/** Columns of a CSV before those that were asked for. */
const FIXED_COLUMNS = [
  'time',
  'level',
  'hits',
  'rule',
  'computer',
  'channel',
  'provider',
  'event_id',
  'title',
  'record',
  'file',
  'recovered',
  'tag',
  'note',
] as const;

/** What a spreadsheet takes for the begin of a formula (OWASP, "CSV Injection"), also in its full-width forms. */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
const TO_QUOTE = /[",\r\n]/;

/** A cell of RFC 4180; one that a spreadsheet would take for a formula gets a leading apostrophe. */
export function csvCell(text: string): string {
  const shown = FORMULA.test(text) ? `'${text}` : text;
  return TO_QUOTE.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/** Makes lines of CSV of events. @param columns fields behind the fixed columns. */
export class CsvLines {
  readonly heading: string;
  readonly #cells: readonly { readonly code: (event: number) => number; readonly texts: RecentTexts }[];
  readonly #computers: RecentTexts;
  /** By head: channel, provider, event id and title. */
  readonly #heads: (string | undefined)[] = [];
  readonly #files: (string | undefined)[] = [];

  constructor(
    columns: readonly string[],
    private readonly source: RowSource,
  ) {
    this.heading = line([...FIXED_COLUMNS, ...columns].map(csvCell));
    const { table } = source.events;
    this.#computers = new RecentTexts((ref) => csvCell(table.text(ref) ?? ''));
    this.#cells = columns.map((column) => {
      const codes = fieldCodes(source.events, column);
      return {
        code: (event) => codes.code(event),
        texts: new RecentTexts((code) => (code === ABSENT ? '' : csvCell(codes.text(code)))),
      };
    });
  }

  of(event: number): string {
    const { events, marks, rules, tags } = this.source;
    const { table } = events;
    const best = marks.bestOf(event);
    const said = tags.has(event) ? tags.of(event) : undefined;
    return line([
      timeText(table, event),
      marks.levelOf(event) ?? '',
      String(marks.countOf(event)),
      best === undefined ? '' : csvCell(rules.bySlot(best)?.rule.title ?? ''),
      this.#computers.of(table.computer.data[event] as number),
      this.#head(table.head.data[event] as number),
      String(table.record.data[event]),
      this.#file(table.source.data[event] as number),
      ((table.flags.data[event] as number) & FLAG_RECOVERED) === 0 ? '' : 'yes',
      said?.tag ?? '',
      said ? csvCell(said.note) : '',
      ...this.#cells.map(({ code, texts }) => texts.of(code(event))),
    ]);
  }

  #head(id: number): string {
    let known = this.#heads[id];
    if (known === undefined) {
      const { table } = this.source.events;
      const head = table.heads[id] as (typeof table.heads)[number];
      const cells = [head.channel, head.provider, String(head.eventId ?? ''), this.source.titles.of(head)?.title ?? ''];
      known = this.#heads[id] = cells.map(csvCell).join(',');
    }
    return known;
  }

  #file(source: number): string {
    return (this.#files[source] ??= csvCell(this.source.events.fileOf(source)));
  }
}

function line(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}
