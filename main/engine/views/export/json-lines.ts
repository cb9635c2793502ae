import { FLAG_RECOVERED } from '../../../columns/batch.ts';
import type { ShapeTable } from '../../../columns/event-table.ts';
import { ABSENT } from '../../../columns/value-ref.ts';
import { baseFields, timeText } from '../fields.ts';
import type { RowSource } from '../rows.ts';
import type { RuleTitles } from './rule-titles.ts';
import { RecentTexts } from './recent-texts.ts';

/** A field of a shape: its key as JSON, and its columns. */
interface JsonField {
  readonly key: string;
  readonly columns: readonly number[];
}

/**
 * Makes JSON lines of events: the keys of the command line's `events`, the event's level, the rules that hit it, and
 * its tag and note where it has any. Put together of parts, most of which come again.
 */
export class JsonLines {
  readonly #values: RecentTexts;
  /** By head: channel, provider and event id. */
  readonly #heads: (string | undefined)[] = [];
  readonly #files: (string | undefined)[] = [];
  readonly #fields = new Map<ShapeTable, { readonly width: number; readonly fields: readonly JsonField[] }>();

  constructor(
    private readonly source: RowSource,
    private readonly titles: RuleTitles,
  ) {
    const { table } = source.events;
    this.#values = new RecentTexts((ref) => JSON.stringify(table.text(ref) ?? ''));
  }

  of(event: number): string {
    const { events, marks, tags } = this.source;
    const { table } = events;
    const head = table.head.data[event] as number;
    const isRecovered = ((table.flags.data[event] as number) & FLAG_RECOVERED) !== 0;
    const computer = table.computer.data[event] as number;
    const said = tags.has(event) ? `,${JSON.stringify(tags.of(event)).slice(1, -1)}` : '';
    return (
      `{"file":${this.#file(table.source.data[event] as number)},"recordId":${String(table.record.data[event])}` +
      `,"time":"${timeText(table, event)}",${this.#head(head)}` +
      `,"computer":${computer === ABSENT ? '""' : this.#values.of(computer)},"data":{${this.#data(event)}}` +
      `,"recovered":${String(isRecovered)},"level":${JSON.stringify(marks.levelOf(event))}` +
      `,"rules":[${this.titles.of(event).join(',')}]${said}}\n`
    );
  }

  #data(event: number): string {
    const { table } = this.source.events;
    const shape = table.shapeOf(event);
    const row = table.row.data[event] as number;
    let data = '';
    for (const { key, columns } of this.#fieldsOf(shape)) {
      let value = '';
      let count = 0;
      for (const column of columns) {
        const ref = shape.columns[column]?.data[row] as number;
        if (ref === ABSENT) continue;
        value += count++ === 0 ? this.#values.of(ref) : `,${this.#values.of(ref)}`;
      }
      if (count > 0) data += `${data === '' ? '' : ','}${key}:${count === 1 ? value : `[${value}]`}`;
    }
    return data;
  }

  #fieldsOf(shape: ShapeTable): readonly JsonField[] {
    const known = this.#fields.get(shape);
    if (known?.width === shape.fields.length) return known.fields;
    const all = [...baseFields(shape)].filter(([name]) => !name.startsWith('System.'));
    const fields = all.map(([name, columns]) => ({ key: JSON.stringify(name), columns }));
    this.#fields.set(shape, { width: shape.fields.length, fields });
    return fields;
  }

  #head(id: number): string {
    let known = this.#heads[id];
    if (known === undefined) {
      const { heads } = this.source.events.table;
      const { channel, provider, eventId } = heads[id] as (typeof heads)[number];
      known = this.#heads[id] = JSON.stringify({ channel, provider, eventId: eventId ?? null }).slice(1, -1);
    }
    return known;
  }

  #file(source: number): string {
    return (this.#files[source] ??= JSON.stringify(this.source.events.fileOf(source)));
  }
}
