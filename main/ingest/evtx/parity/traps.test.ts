import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../../columns/batch-builder.ts';
import { EventTable } from '../../../columns/event-table.ts';
import { corpusPath } from '../../../testing/corpus.ts';
import { readRawEvtx } from '../read-raw-evtx.ts';
import { eventsOf, evtxFiles, readAll, readInto, type ReadEvent } from './read-all.ts';

const corpus = corpusPath('corpus');

interface Trap {
  readonly file: string;
  readonly events: number;
  readonly damaged?: number;
  /** Each fault's message begins so, in order. */
  readonly faults?: readonly string[];
  readonly recovered?: number;
  /** Something that at least one event must show. */
  readonly shows?: (event: ReadEvent) => boolean;
}

const CHECKSUM = "The checksum of the chunk's records is wrong";
const SIZE = "A record's size is";
const UNREADABLE = 'A record cannot be read';
const OTHER = '65536 bytes skipped: something else';

/** Damaged and unusual logs, by the trap that each exposes. */
const TRAPS: Readonly<Record<string, Trap>> = {
  'dirty header, chunk count too low, zero chunks in the middle': {
    file: '2-vss_7-System.evtx',
    events: 1160,
    faults: ['131072 bytes skipped: zeros'],
    recovered: 25,
  },
  'chunk count too low; string arrays': {
    file: 'system.evtx',
    events: 1881,
    faults: [],
    shows: ({ fields }) => 'Data[2]' in fields,
  },
  'chunk count too low, garbage after': {
    file: 'sysmon.evtx',
    events: 358,
    faults: ['524288 bytes skipped: something else'],
  },
  'several fragments; slack space holds only copies of live records': {
    file: 'E_Windows_system32_winevt_logs_Microsoft-Windows-Shell-Core%4Operational.evtx',
    events: 1146,
    faults: [],
    recovered: 0,
    shows: ({ fields }) => fields['RenderingInfo.Keywords.Keyword'] !== undefined,
  },
  'no checksums kept': {
    file: 'Application_no_crc32.evtx',
    events: 17,
    faults: ["The file header's checksum is wrong"],
  },
  'junk header flags': { file: 'post-Security.evtx', events: 126, faults: [] },
  'chunk data overwritten (1)': {
    file: '2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx',
    events: 1910,
    damaged: 2,
    // The four errors that are known: in each chunk a record that is overwritten, and the end of the walk behind it.
    // Ours are six: the two checksums are told too.
    faults: [CHECKSUM, SIZE, UNREADABLE, CHECKSUM, SIZE, UNREADABLE],
    // Two of them lie within what the overwritten records say is theirs.
    recovered: 155,
  },
  'chunk data overwritten (2); records in slack space': {
    file: '2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx',
    events: 1774,
    damaged: 1,
    // The two errors that are known, and two checksums: of the second chunk that alone is wrong.
    faults: [CHECKSUM, SIZE, UNREADABLE, CHECKSUM],
    recovered: 267,
  },
  'zeroed chunk magic': {
    file: 'sample_with_a_bad_chunk_magic.evtx',
    events: 270,
    // The two errors that are known are the two chunks with records whose magic is zeroed, both OTHER here. We also tell
    // of the five empty chunks before the first of them (those at the file's end are no fault), and of the checksum
    // and the last record of three chunks that are cut by zeros.
    faults: [CHECKSUM, SIZE, '327680 bytes skipped: zeros', OTHER, CHECKSUM, SIZE, CHECKSUM, SIZE, OTHER],
    recovered: 163,
  },
  'record of size 0': {
    file: 'sample-with-zero-data-size-event.evtx',
    // 336 by other readers' count, in which the one that is damaged is one.
    events: 335,
    damaged: 1,
    faults: [CHECKSUM, "A record's size is 0"],
    recovered: 114,
  },
  'bad string cache': { file: 'security_bad_string_cache.evtx', events: 2261, faults: ["The chunk header's checksum"] },
  size_t: {
    file: 'Security_with_size_t.evtx',
    events: 636,
    faults: [],
    shows: ({ fields }) => /^0x[0-9a-f]+$/.test(fields['ProcessId'] ?? ''),
  },
  'irregular booleans': {
    file: 'sample-with-irregular-bool-values.evtx',
    events: 3028,
    faults: [],
    shows: ({ fields }) => Object.values(fields).includes('true'),
  },
  'last record cut by zeros (1)': {
    file: 'Microsoft-Windows-HelloForBusiness%4Operational.evtx',
    events: 6,
    faults: [CHECKSUM, SIZE],
  },
  'last record cut by zeros (2)': {
    file: 'Microsoft-Windows-LanguagePackSetup%4Operational.evtx',
    events: 17,
    faults: [CHECKSUM, SIZE],
  },
  'nested XML, processing instructions, entities (1)': {
    file: 'E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx',
    events: 340,
    faults: [],
    shows: ({ fields }) => fields['EventAuxInfo.ProcessName'] === 'Setup.exe',
  },
  'nested XML, processing instructions, entities (2)': {
    file: 'E_ShadowCopy6_windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx',
    events: 459,
    faults: [],
  },
  'repeated and empty Data (1)': {
    file: 'MSExchange_Management_wec.evtx',
    events: 1,
    shows: ({ fields }) => fields['Data'] === 'Set-Mailbox' && fields['Data[9]'] === '5' && !('Data[8]' in fields),
  },
  'repeated and empty Data (2)': { file: 'issue_201.evtx', events: 1, shows: ({ fields }) => 'Data[2]' in fields },
  'records without a template': {
    file: 'ID1151-Defender health status.evtx',
    events: 455,
    faults: [],
    shows: ({ head }) => head.eventId === 1151,
  },
  'many string arrays': {
    file: 'many-events-application.evtx',
    events: 2216,
    faults: [],
    shows: ({ fields }) => 'Data[3]' in fields,
  },
};

describe.skipIf(!corpus)('EVTX traps', () => {
  it.for(Object.entries(TRAPS))('%s', async ([, trap]) => {
    const path = corpusPath('corpus', 'evtx-damaged', trap.file) as string;
    const live = await readAll(path);
    expect(live.report).toMatchObject({ state: 'read', events: trap.events, damaged: trap.damaged ?? 0, recovered: 0 });
    expect(live.events).toHaveLength(trap.events);
    if (trap.faults) {
      const begins = live.report.faults.map(({ message }, i) => message.slice(0, trap.faults?.[i]?.length ?? 200));
      expect(begins).toEqual(trap.faults);
    }
    expect(live.report.faults.every(({ offset }) => offset !== undefined)).toBe(true);
    // None is rendered empty, but for a last record whose values are known to be overwritten by zeros.
    const faulty = new Set(live.report.faults.map(({ offset }) => offset));
    const empty = live.events.filter(({ head, time }) => head.channel === '' || head.provider === '' || time === '');
    expect(empty.filter(({ offset }) => !faulty.has(offset))).toEqual([]);
    if (trap.shows) expect(live.events.some(trap.shows)).toBe(true);

    const all = await readAll(path, true);
    expect(all.report.events).toBe(trap.events);
    if (trap.recovered !== undefined) expect(all.report.recovered).toBe(trap.recovered);
    expect(all.events.slice(0, trap.events).map(({ offset }) => offset)).toEqual(
      live.events.map(({ offset }) => offset),
    );
    expect(all.events.filter(({ isRecovered }) => isRecovered)).toHaveLength(all.report.recovered);
    const places = new Set(all.events.map(({ offset }) => offset));
    expect(places.size).toBe(all.events.length);
  });

  it('reads ANSI strings', async () => {
    const file = 'Persistence_Winsock_Catalog Change EventId_1.evtx';
    const { report, events } = await readAll(corpusPath('corpus', 'evtx', 'Persistence', file) as string);
    expect(report).toMatchObject({ events: 2, damaged: 0, faultCount: 0 });
    expect(events.map(({ fields }) => fields['Installer'])).toEqual([
      String.raw`C:\Windows\System32\MsiExec.exe`,
      String.raw`C:\Windows\syswow64\MsiExec.exe`,
    ]);
  });

  it('reads processing error data', async () => {
    const file = 'LM_winrm_target_wrmlogs_91_wsmanShellStarted_poorLog.evtx';
    const { report, events } = await readAll(corpusPath('corpus', 'evtx', 'Lateral Movement', file) as string);
    expect(report).toMatchObject({ events: 1, damaged: 0, faultCount: 0 });
    expect(events[0]?.fields).toMatchObject({ 'ProcessingErrorData.ErrorCode': '15005' });
  });

  it('gives each record again as XML, by its offset', async () => {
    for (const { file } of Object.values(TRAPS)) {
      const path = corpusPath('corpus', 'evtx-damaged', file) as string;
      const { events } = await readAll(path);
      for (const event of [events[0], events.at(-1)]) {
        const raw = readRawEvtx(path, event?.offset as number);
        if (!event || event.head.channel === '') continue;
        expect(raw.ok && raw.value.text).toContain(`<Channel>${event.head.channel}</Channel>`);
        expect(raw.ok && raw.value.text).toContain(`>${event.record}</EventRecordID>`);
      }
    }
  });
});

describe.skipIf(!corpus)('record counts by an independent reader', () => {
  // Its counts of recovered records are of another kind: it counts copies of live records and pieces without a
  // template. Ours are never more than the distinct ones that it could have seen.
  it('are ours, in all files, without any fault', async () => {
    const lines = readFileSync(corpusPath('corpus', 'evtx-records.tsv') as string, 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    expect(lines.length).toBeGreaterThan(300);
    for (const line of lines) {
      const [file = '', records] = line.split('\t');
      const { report } = await readAll(join(corpus as string, file));
      expect({ file, events: report.events, faults: report.faults }).toEqual({
        file,
        events: Number(records),
        faults: [],
      });
    }
  });

  it('one builder for all files, starting anew now and then, gives the same events as a new one for each', async () => {
    const builder = new BatchBuilder(500, 200_000);
    const table = new EventTable();
    const alone: ReadEvent[] = [];
    for (const path of evtxFiles(corpusPath('corpus', 'evtx') as string)) {
      await readInto(path, builder, table);
      for (const event of (await readAll(path)).events) alone.push(event);
    }
    expect(builder.generation).toBeGreaterThan(1);
    expect(eventsOf(table)).toEqual(alone);
  });
});
