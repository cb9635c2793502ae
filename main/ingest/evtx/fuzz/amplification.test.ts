import { afterAll, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../../columns/batch-builder.ts';
import { EventTable } from '../../../columns/event-table.ts';
import { LogFolder } from '../../../testing/read-log.ts';
import { readInto } from '../parity/read-all.ts';
import { readRawEvtx } from '../read-raw-evtx.ts';
import { Craft, type CraftValue } from './craft.ts';

const folder = new LogFolder();
afterAll(() => folder.remove());

/** What a chunk may come to: its allowance of text, and a little for what is named in it. */
const TEXT_LIMIT = 12 << 20;
/** Without limits each of these runs for minutes, or out of memory. */
const TIMEOUT = 30_000;

/** Reads a crafted log with recovery: the four ordinary events behind must come, and no more text than allowed. */
async function read(craft: Craft) {
  const path = folder.write(craft.file());
  const table = new EventTable();
  const report = await readInto(path, new BatchBuilder(), table, true);
  expect(table.count).toBe(report.events + report.recovered);
  expect(table.headOf(table.count - 1).channel).toBe('Sample/Operational');
  expect(table.dictionary.byteLength).toBeLessThan(TEXT_LIMIT);
  for (const { offset } of report.faults) expect(offset).toBeGreaterThanOrEqual(4096);
  const raw = (event: number) => readRawEvtx(path, table.offset.data[event] as number);
  return { report, table, raw, messages: report.faults.map(({ message }) => message).join('\n') };
}

const utf16 = (text: string): CraftValue => ({ type: 0x01, bytes: Buffer.from(text, 'utf16le') });

/** Definitions of which each holds the one before twice. @returns the offset of the last. */
function doubled(craft: Craft, times: number, innermost: () => void): number {
  let definition = craft.define(1, innermost);
  for (let i = 0; i < times; i++) {
    const inner = definition;
    const id = i === 0 ? 1 : 2;
    definition = craft.define(2, () => {
      craft.instance(id, inner);
      craft.instance(id, inner);
    });
  }
  return definition;
}

describe('a chunk that asks for more than it holds', () => {
  it('by elements within elements', { timeout: TIMEOUT }, async () => {
    const craft = new Craft();
    const nest = (depth: number): void => craft.element('E', depth > 0 ? () => nest(depth - 1) : undefined);
    const { report, messages } = await read(craft.record(() => nest(3000)));
    expect(report).toMatchObject({ events: 4, damaged: 1 });
    expect(messages).toContain('nested too deeply');
  });

  it('by templates that double', { timeout: TIMEOUT }, async () => {
    const craft = new Craft();
    let last = 0;
    craft.library(() => (last = doubled(craft, 40, () => craft.element('E'))));
    const { report, messages } = await read(craft.record(() => craft.instance(2, last)));
    expect(report).toMatchObject({ events: 5, damaged: 1 });
    expect(messages).toContain('too many elements');
  });

  it('by hundreds of templates, each a little below the limit of one', { timeout: TIMEOUT }, async () => {
    const craft = new Craft();
    const definitions: number[] = [];
    craft.library(() => {
      const large = doubled(craft, 16, () => craft.element('E'));
      for (let i = 0; i < 300; i++) {
        definitions.push(craft.define(100 + i, () => craft.instance(2, large)));
      }
    });
    definitions.forEach((definition, i) => craft.record(() => craft.instance(100 + i, definition)));
    const { report, messages } = await read(craft);
    expect(report.damaged).toBeGreaterThan(280);
    expect(messages).toContain('too many elements');
  });

  it('by an attribute of many parts', { timeout: TIMEOUT }, async () => {
    const craft = new Craft();
    let last = 0;
    const parts = (): void => {
      for (let i = 0; i < 5000; i++) craft.character();
    };
    craft.library(() => (last = doubled(craft, 14, () => craft.elementWith('E', { A: parts }))));
    const { report, messages } = await read(craft.record(() => craft.instance(2, last)));
    expect(report.damaged).toBe(1);
    expect(messages).toContain('too many elements');
  });

  it('by literal text that doubles past any string', { timeout: TIMEOUT }, async () => {
    const craft = new Craft();
    let last = 0;
    craft.library(() => (last = doubled(craft, 15, () => craft.text('x'.repeat(25_000)))));
    craft.record(() => craft.element('Event', () => craft.element('Data', () => craft.instance(2, last))));
    const { report, messages } = await read(craft);
    expect(report.damaged).toBe(1);
    expect(messages).toContain('too much text');
  });

  it('by names that overlap', { timeout: TIMEOUT }, async () => {
    const craft = new Craft();
    // Wherever a name is said to begin here, its count of units is what stands 6 bytes on.
    const field = (units: number) => (): void => {
      const start = craft.cursor.position + 5000 * 12;
      for (let i = 0; i < 3000; i++) craft.elementAt(start - 20_000 + i * 2);
      for (let i = 0; i < 10_000; i++) craft.cursor.u16(units);
    };
    const { report } = await read(craft.record(() => craft.element('Event', field(0x2020))));
    expect(report.damaged).toBe(1);
  });

  it('by an array that a thousand fields use', { timeout: TIMEOUT }, async () => {
    for (const [type, name] of [
      [0x84, 'Byte'],
      [0x81, 'Text'],
      [0x83, 'Sign'],
    ] as const) {
      const own = new Craft();
      own.record(() => {
        const id = own.cursor.position;
        own.cursor.u16(0x010c);
        own.cursor.u32(7);
        own.cursor.u32(id + 10);
        own.define(7, () =>
          own.element('Event', () => {
            own.element('EventData', () => {
              for (let i = 0; i < 1000; i++) {
                own.elementWith('Data', { Name: () => own.text(`${name}${i}`) }, () => own.substitution(0));
              }
            });
          }),
        );
        own.cursor.u32(1);
        own.cursor.u16(5000);
        own.cursor.u16(type);
        own.cursor.raw(new Uint8Array(5000));
      });
      const { report, messages } = await read(own);
      expect(report).toMatchObject({ events: 4, damaged: 1 });
      expect(messages).toMatch(/too many fields|too much text/);
    }
  });

  it('by fields that find no column, with one long value', { timeout: TIMEOUT }, async () => {
    const craft = new Craft();
    craft.record(() => {
      const { cursor } = craft;
      const start = cursor.position;
      cursor.u16(0x010c);
      cursor.u32(7);
      cursor.u32(start + 10);
      craft.define(7, () =>
        craft.element('Event', () => {
          for (let i = 0; i < 2000; i++) craft.element(`F${i % 40}`, () => craft.substitution(0));
        }),
      );
      cursor.u32(1);
      cursor.u16(6000);
      cursor.u16(0x01);
      cursor.utf16('y'.repeat(3000));
    });
    const { report, messages } = await read(craft);
    expect(report).toMatchObject({ events: 4, damaged: 1 });
    expect(messages).toContain('too much text');
  });

  it('by paths of long names', { timeout: TIMEOUT }, async () => {
    const craft = new Craft();
    const name = 'n'.repeat(180);
    let leaves = 0;
    craft.library(() => {
      leaves = doubled(craft, 13, () => craft.element('L', () => craft.text('z')));
    });
    const nest = (depth: number): void => {
      craft.element(name, () => (depth > 0 ? nest(depth - 1) : craft.instance(2, leaves)));
    };
    for (let record = 0; record < 30; record++) {
      craft.record(() => craft.element('Event', () => craft.element('EventData', () => nest(4))));
    }
    const { report, messages } = await read(craft);
    expect(report.damaged).toBe(30);
    expect(messages).toContain('too long together');
  });

  it('by ever new channels of one long text', { timeout: TIMEOUT }, async () => {
    const craft = new Craft();
    let definition = 0;
    craft.library(() => {
      definition = craft.define(9, () =>
        craft.element('Event', () =>
          craft.element('System', () => {
            craft.element('Channel', () => craft.text('c'.repeat(8000)));
            craft.element('EventID', () => craft.substitution(0));
          }),
        ),
      );
    });
    for (let i = 0; i < 300; i++) {
      craft.record(() => craft.instance(9, definition, [{ type: 0x06, bytes: Uint8Array.of(i & 255, i >> 8) }]));
    }
    const { report, messages } = await read(craft);
    expect(report).toMatchObject({ events: 5, damaged: 300 });
    expect(messages).toContain('channel is too long');
  });

  it('by XML longer than anybody reads', { timeout: TIMEOUT }, async () => {
    const craft = new Craft();
    let last = 0;
    craft.library(() => (last = doubled(craft, 6, () => craft.text('<'.repeat(20_000)))));
    craft.record(() => craft.element('Event', () => craft.element('Data', () => craft.instance(2, last))));
    const { report, raw } = await read(craft);
    expect(report).toMatchObject({ events: 6, damaged: 0 });
    const xml = raw(1);
    expect(xml.ok && xml.value.text.endsWith('characters -->')).toBe(true);
  });
});

describe('a chunk that leads astray', () => {
  it('to itself, in a ring', async () => {
    const craft = new Craft();
    let first = 0;
    craft.library(() => {
      const second = craft.define(2, () => craft.instance(1, 0));
      first = craft.define(1, () => craft.instance(2, second));
      // Definition header, fragment header, then the instance: id, and the offset to fill in.
      craft.cursor.u32At(second + 28 + 6, first);
    });
    const { report, messages } = await read(craft.record(() => craft.instance(1, first)));
    expect(report).toMatchObject({ events: 5, damaged: 1 });
    expect(messages).toContain('contains itself');
  });

  it('to names and templates of other chunks', async () => {
    const craft = new Craft();
    craft.record(() => craft.elementAt(65_536 + 600));
    craft.record(() => craft.elementAt(0xfffffff0));
    craft.record(() => craft.instance(1, 65_536 + 600));
    craft.record(() => craft.instance(1, 65_530));
    const { report, messages } = await read(craft);
    expect(report).toMatchObject({ events: 4, damaged: 4 });
    expect(messages).toContain('neither a size nor a name');
    expect(messages).toContain('leads out of the chunk');
  });

  it('by an array that is longer than its record, or no whole number of items', async () => {
    const craft = new Craft();
    let definition = 0;
    craft.library(() => {
      definition = craft.define(5, () =>
        craft.element('Event', () => craft.element('EventData', () => craft.element('A', () => craft.substitution(0)))),
      );
    });
    craft.record(() => craft.instance(5, definition, [{ type: 0x88, bytes: Uint8Array.of(1, 0, 0, 0, 2, 0, 255) }]));
    craft.record(() => {
      craft.cursor.u16(0x010c);
      craft.cursor.u32(5);
      craft.cursor.u32(definition);
      craft.cursor.u32(1);
      craft.cursor.u32(0x0088_ffff);
    });
    const { report, table, messages } = await read(craft);
    expect(report).toMatchObject({ events: 6, damaged: 1 });
    expect(messages).toContain('run past its end');
    const { fields, columns } = table.shapeOf(1);
    const row = table.row.data[1] as number;
    expect(fields.map((field, i) => [field, table.text(columns[i]?.data[row] as number)])).toEqual([
      ['A', '1'],
      ['A[2]', '0200FF'],
    ]);
  });

  it('by a template of another chunk, where what it holds lies in that chunk', async () => {
    // Both chunks' records name template 5; the second chunk has lost its definition, so recovery looks elsewhere.
    const chunk = (isWhole: boolean): Uint8Array => {
      const craft = new Craft(isWhole ? 1 : 1001);
      let definition = 0;
      craft.library(() => {
        definition = craft.define(5, () =>
          craft.element('Event', () =>
            craft.element('EventData', () =>
              craft.element('A', () => {
                craft.cursor.u16(0x0805);
                craft.cursor.u32(isWhole ? 1_000_000_000 : 2_000_000_000);
              }),
            ),
          ),
        );
        if (!isWhole) craft.cursor.u32At(definition + 4, 6);
      });
      craft.record(() => craft.instance(5, definition, [utf16('x')]));
      return craft.file().subarray(4096, 4096 + 65_536);
    };
    const header = new Craft()
      .library(() => undefined)
      .file()
      .subarray(0, 4096);
    const second = Buffer.from(chunk(false));
    second.fill(0, 0, 8);
    const path = folder.write(Buffer.concat([header, chunk(true), second]));
    const table = new EventTable();
    const report = await readInto(path, new BatchBuilder(), table, true);
    expect(report).toMatchObject({ events: 2, recovered: 1 });
  });
});
