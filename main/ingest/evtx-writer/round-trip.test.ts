import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatInstant } from '../../../shared/model/time.ts';
import { baseField } from '../../columns/event-data.ts';
import { readAll, type ReadEvent } from '../evtx/parity/read-all.ts';
import { arbitraryEvent } from './arbitrary-events.ts';
import { writeEvtxFile } from './evtx-writer.ts';
import type { WriterEvent, WriterTime, WriterValue } from './writer-event.ts';

const instant = (at: WriterTime) => formatInstant({ ...at, digits: 7 });

/** A value as our reader gives it, undefined where it has none. */
function text(field: WriterValue): string | undefined {
  switch (field.type) {
    case 'null':
      return undefined;
    case 'string':
      // A lone surrogate has no UTF-8 form; text ends before the terminators that some sources add.
      return Buffer.from(field.value).toString().replace(/\0+$/, '');
    case 'hex32':
    case 'hex64':
      return `0x${field.value.toString(16)}`;
    case 'binary':
      return Buffer.from(field.value).toString('hex').toUpperCase();
    case 'filetime':
      return instant(field.value);
    case 'strings':
      return field.value.join('\n');
    default:
      return String(field.value);
  }
}

/** Name and value of each field, sorted by name; the reader numbers fields that repeat. */
function wanted(event: WriterEvent): string[] {
  const fields = (event.data ?? []).map((field) => [field.name ?? 'Data', text(field)] as const);
  if (event.binary) fields.push(['Binary', Buffer.from(event.binary).toString('hex').toUpperCase()]);
  return fields.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`);
}

function got(event: ReadEvent): string[] {
  return Object.entries(event.fields)
    .filter(([name]) => !name.startsWith('System.'))
    .map(([name, value]) => `${baseField(name)}=${value}`);
}

const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
  .map((units) => String.fromCharCode(...units));
const event = arbitraryEvent({
  text: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 90 }), anyUnits),
  negative: true,
});

it('our reader gives back what the writer wrote', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'evtx-round-trip-'));
  try {
    const path = join(folder, 'any.evtx');
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 200 }), async (events) => {
        writeEvtxFile(path, events);
        const { report, events: read } = await readAll(path, true);
        expect(report.faults).toEqual([]);
        expect([report.events, report.recovered, report.damaged]).toEqual([events.length, 0, 0]);
        events.forEach((written, i) => {
          const back = read[i] as ReadEvent;
          expect(got(back).sort()).toEqual(wanted(written).sort());
          expect(back.record).toBe(i + 1);
          expect(back.time).toBe(instant(written.time));
          expect(back.computer).toBe(written.computer);
          expect(back.fields['System.UserID']).toBe(written.userSid);
          expect(back.head).toMatchObject({
            channel: written.channel,
            provider: written.provider.name,
            providerGuid: written.provider.guid ?? '',
            eventId: written.eventId,
            level: written.level ?? 0,
            task: written.task ?? 0,
            qualifiers: written.qualifiers,
          });
        });
      }),
      { numRuns: 25 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
