import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../columns/batch-builder.ts';
import { EventTable } from '../columns/event-table.ts';
import { makeBatches, type MadeEvent } from '../testing/make-events.ts';
import { naiveMatching } from '../testing/naive-matching.ts';
import { readRules } from '../../shared/catalog/read.ts';
import { calls } from '../../shared/ipc/contract.ts';
import type { Result } from '../../shared/model/fault.ts';
import { EMPTY_FILTER, type ViewFilter } from '../../shared/model/filter.ts';
import type { EngineApi, RuleFile, SourceEnd } from './api.ts';
import { createEngine } from './create.ts';
import { Draft, type DraftContext } from './rules/draft.ts';

const contentFolder = fileURLToPath(new URL('../../rules', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rulewright-engine-'));
afterAll(() => rmSync(folder, { recursive: true }));

const quiet = new AbortController().signal;
const noProgress = (): void => undefined;
const REPORT: SourceEnd = {
  leftOut: 0,
  format: 'evtx',
  state: 'read',
  events: 0,
  recovered: 0,
  damaged: 2,
  faultCount: 2,
  faults: [],
  bytesRead: 1,
};

function sigma(title: string, level: string, detection: string, category = 'process_creation'): string {
  return `title: ${title}
id: ${crypto.randomUUID()}
logsource:
  product: windows
  category: ${category}
detection:
${detection}
level: ${level}
`;
}

const SSH = sigma(
  'Reverse tunnel',
  'high',
  `  tool:
    Image|endswith: '\\ssh.exe'
  forward:
    CommandLine|contains: ' -R '
  condition: tool and forward`,
);
const SYSTEM32 = sigma(
  'From System32',
  'low',
  `  selection:
    Image|startswith: 'C:\\Windows\\System32\\'
  condition: selection`,
);
const UNKNOWN = sigma(
  'Unknown modifier',
  'medium',
  `  selection:
    Image|sounds_like: x
  condition: selection`,
);

const file = (name: string, text: string): RuleFile => ({ name, path: `/rules/${name}`, text });

/** Process creations of Sysmon; every fifth event is a network connection. */
function processes(count: number, seed = 0): MadeEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const n = i + seed;
    const image = ['C:\\Windows\\System32\\OpenSSH\\ssh.exe', 'C:\\Windows\\System32\\cmd.exe', 'D:\\tools\\ssh.exe'][
      n % 3
    ];
    return {
      channel: 'Microsoft-Windows-Sysmon/Operational',
      provider: 'Microsoft-Windows-Sysmon',
      eventId: n % 5 === 0 ? 3 : 1,
      computer: `WS-0${n % 4}`,
      timeUs: 1_700_000_000_000_000 + ((n * 7919) % 1000) * 1_000_000,
      data: {
        ProcessGuid: `{${n}}`,
        Image: image as string,
        ...(n % 5 === 0 ? { DestinationPort: '443' } : { CommandLine: n % 2 === 0 ? 'x -R 3389:a:3389' : 'x -L' }),
      },
    };
  });
}

const isSsh = ({ eventId, data }: MadeEvent): boolean =>
  eventId === 1 && (data.Image?.endsWith('\\ssh.exe') ?? false) && (data.CommandLine?.includes(' -R ') ?? false);
const isSystem32 = ({ eventId, data }: MadeEvent): boolean =>
  eventId === 1 && (data.Image?.startsWith('C:\\Windows\\System32\\') ?? false);
const numbersOf = (made: readonly MadeEvent[], test: (event: MadeEvent) => boolean): number[] =>
  made.flatMap((event, i) => (test(event) ? [i] : []));

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}

function ingest(engine: EngineApi, made: readonly MadeEvent[], builder = new BatchBuilder(100)): void {
  const source = engine.nextSource();
  engine.startSource({ source, name: `logs/${source}.evtx`, path: `/logs/${source}.evtx`, bytes: 1000 });
  for (const batch of makeBatches(builder, made, source)) must(engine.append(batch));
  engine.endSource(source, REPORT);
}

async function eventsOf(engine: EngineApi, of: ViewFilter['of'], chips: ViewFilter['chips'] = []): Promise<number[]> {
  const sort = { field: 'RecordID', descending: false };
  const view = must(await engine['view.open']({ filter: { ...EMPTY_FILTER, of, chips }, sort }));
  const rows = must(await engine['view.rows']({ view: view.view, from: 0, count: 500, columns: [] }));
  return rows.map(({ event }) => event).sort((a, b) => a - b);
}

let engine: EngineApi;
const made = processes(300);
beforeEach(async () => {
  engine = await createEngine({
    contentFolder,
    readRaw: (path, format, offset) => ({ ok: true, value: { text: `${path} ${format} ${offset}`, language: 'xml' } }),
  });
});

describe('rules', () => {
  const both = [file('ssh.yml', SSH), file('system32.yml', SYSTEM32)];

  it.each(['before', 'after', 'between'])('hit the same events when loaded %s the logs', async (when) => {
    if (when === 'before') must(await engine.loadRules(both, quiet, noProgress));
    if (when === 'between') {
      const builder = new BatchBuilder(64);
      ingest(engine, made.slice(0, 100), builder);
      must(await engine.loadRules(both, quiet, noProgress));
      ingest(engine, made.slice(100), builder);
    } else {
      ingest(engine, made);
    }
    if (when === 'after') must(await engine.loadRules(both, quiet, noProgress));
    const lines = must(await engine['rules.list']({}));
    const expected = [numbersOf(made, isSsh), numbersOf(made, isSystem32)];
    expect(lines.map(({ title, hits }) => [title, hits])).toEqual([
      ['Reverse tunnel', expected[0]?.length],
      ['From System32', expected[1]?.length],
    ]);
    for (const [i, line] of lines.entries()) {
      expect(await eventsOf(engine, { kind: 'rule', rule: line.rule })).toEqual(expected[i]);
      expect(line.hosts).toBe(new Set(expected[i]?.map((event) => made[event]?.computer)).size);
    }
    const either = [...new Set(expected.flat())];
    expect(engine.summary()).toMatchObject({
      events: made.length,
      hitEvents: either.length,
      hitsByLevel: { high: expected[0]?.length, low: expected[1]?.length, medium: 0 },
      damaged: when === 'between' ? 4 : 2,
    });
    expect((await eventsOf(engine, { kind: 'hits' })).length).toBe(either.length);
    const isHigh = { field: 'Severity', op: 'eq', value: 'high', negated: false, enabled: true } as const;
    expect(await eventsOf(engine, { kind: 'all' }, [isHigh])).toEqual(expected[0]);
  });

  it('can be switched off and on without being run again', async () => {
    ingest(engine, made);
    must(await engine.loadRules(both, quiet, noProgress));
    const before = engine.summary();
    const [ssh] = must(await engine['rules.list']({}));
    must(await engine['rules.enable']({ rules: [ssh?.rule ?? ''], enabled: false }));
    expect(engine.summary()).toMatchObject({ rulesEnabled: 1, hitsByLevel: { high: 0 } });
    expect(await eventsOf(engine, { kind: 'hits' })).toEqual(numbersOf(made, isSystem32));
    // What comes meanwhile counts as soon as the rule is on again.
    ingest(engine, processes(50, 300));
    must(await engine['rules.enable']({ rules: [ssh?.rule ?? ''], enabled: true }));
    const after = engine.summary();
    expect(after.hitsByLevel.high).toBe(numbersOf(processes(350), isSsh).length);
    expect(after.revision).toBeGreaterThan(before.revision);
  });

  it('replace those of the same file, and keep their key', async () => {
    ingest(engine, made);
    must(await engine.loadRules(both, quiet, noProgress));
    const [before] = must(await engine['rules.list']({}));
    must(await engine.loadRules([file('ssh.yml', SSH.replace(' -R ', ' -L'))], quiet, noProgress));
    const after = must(await engine['rules.list']({}));
    expect(after).toHaveLength(2);
    const ssh = after.find(({ rule }) => rule === before?.rule);
    expect(ssh?.hits).toBe(
      numbersOf(made, (event) =>
        isSsh({ ...event, data: { ...event.data, CommandLine: event.data.CommandLine?.replace('-L', ' -R ') ?? '' } }),
      ).length - (before?.hits ?? 0),
    );
    expect(must(await engine['rules.text']({ rule: ssh?.rule ?? '' })).text).toContain(' -L');
    must(await engine['rules.unload']({ rules: after.map(({ rule }) => rule) }));
    expect(engine.summary()).toMatchObject({ rulesLoaded: 0, hitEvents: 0 });
  });

  it('that cannot run, and files without rules, are listed with the reason', async () => {
    must(await engine.loadRules([file('a.yml', UNKNOWN), file('b.yml', 'title: [\n')], quiet, noProgress));
    const lines = must(await engine['rules.list']({}));
    expect(lines.every(({ notRun }) => notRun.length > 0)).toBe(true);
    expect(lines.map(({ file: name }) => name).sort()).toEqual(['a.yml', 'b.yml']);
    expect(engine.summary()).toMatchObject({ rulesLoaded: 2, rulesNotRun: 2 });
  });

  it('stay as they were when loading is cancelled', async () => {
    must(await engine.loadRules([file('ssh.yml', SSH)], quiet, noProgress));
    const stop = new AbortController();
    stop.abort();
    const loaded = await engine.loadRules([file('system32.yml', SYSTEM32)], stop.signal, noProgress);
    expect(!loaded.ok && loaded.fault.code).toBe('cancelled');
    expect(must(await engine['rules.list']({})).map(({ title }) => title)).toEqual(['Reverse tunnel']);
  });
});

describe('an event', () => {
  it('is shown whole, with what made it hit', async () => {
    ingest(engine, made);
    must(await engine.loadRules([file('ssh.yml', SSH)], quiet, noProgress));
    must(await engine['draft.run']({ text: SYSTEM32, version: 1 }));
    const hits = numbersOf(made, (event) => isSsh(event) && isSystem32(event));
    const event = must(await engine['event.get']({ event: hits[0] ?? -1 }));
    calls['event.get'].output.parse(event);
    expect(event.raw).toBe(`/logs/0.evtx evtx ${event.offset}`);
    expect(event.data).toContainEqual({ field: 'CommandLine', value: 'x -R 3389:a:3389' });
    expect(event.system).toContainEqual({ field: 'Provider_Name', value: 'Microsoft-Windows-Sysmon' });
    expect(event.hits.map(({ title, isDraft }) => [title, isDraft])).toEqual([
      ['From System32', true],
      ['Reverse tunnel', false],
    ]);
    const fields = event.hits[1]?.fields ?? [];
    expect(fields.map(({ field }) => field).sort()).toEqual(['CommandLine', 'Image']);
    for (const { value, wanted, ranges } of fields) {
      expect(ranges.map(({ start, end }) => value.slice(start, end).toLowerCase())).toContain(wanted.toLowerCase());
    }
  });

  it('that is not there is not found', async () => {
    for (const event of [-1, 0, 7]) {
      const answer = await engine['event.get']({ event });
      expect(!answer.ok && answer.fault.code).toBe('not-found');
    }
  });
});

describe('the draft', () => {
  it('tells hits, candidates and what each selection holds', async () => {
    ingest(engine, made);
    const result = must(await engine['draft.run']({ text: SSH, version: 3 }));
    calls['draft.run'].output.parse(result);
    const kinds = made.filter(({ eventId }) => eventId === 1);
    expect(result).toMatchObject({
      version: 3,
      hits: numbersOf(made, isSsh).length,
      candidates: kinds.length,
      rules: [{ title: 'Reverse tunnel', hits: numbersOf(made, isSsh).length, cannotFire: null }],
    });
    expect(result.selections.map(({ name, events }) => [name, events])).toEqual([
      ['tool', kinds.filter(({ data }) => data.Image?.endsWith('\\ssh.exe')).length],
      ['forward', kinds.filter(({ data }) => data.CommandLine?.includes(' -R ')).length],
    ]);
    expect(result.selections.map(({ span }) => SSH.slice(span.start, span.end)).every((text) => text !== '')).toBe(
      true,
    );
    expect(await eventsOf(engine, { kind: 'draft' })).toEqual(numbersOf(made, isSsh));
  });

  it('hits what comes later too, until it is cleared', async () => {
    ingest(engine, made);
    must(await engine['draft.run']({ text: SSH, version: 1 }));
    ingest(engine, processes(100, 300));
    expect(await eventsOf(engine, { kind: 'draft' })).toEqual(numbersOf(processes(400), isSsh));
    must(await engine['draft.clear']({}));
    expect(await eventsOf(engine, { kind: 'draft' })).toEqual([]);
  });

  it('that cannot run says so and keeps no hits', async () => {
    ingest(engine, made);
    for (const text of [UNKNOWN, 'title: [']) {
      const result = must(await engine['draft.run']({ text, version: 1 }));
      expect(result.hits).toBe(0);
      expect(result.rules.every(({ hits }) => hits === null)).toBe(true);
      expect(result.diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
    }
  });

  /** Events, and a matcher that takes longer than a slice for a thousand of them, so that each is followed by a rest. */
  function slowMatching(count: number): DraftContext {
    const table = new EventTable();
    for (const batch of makeBatches(new BatchBuilder(), processes(count), 0)) table.append(batch);
    const plain = naiveMatching(table);
    const matching: typeof plain = {
      ...plain,
      compile(rules) {
        const plan = plain.compile(rules);
        return {
          ...plan,
          run(...args) {
            for (const end = performance.now() + 10; performance.now() < end;);
            plan.run(...args);
          },
        };
      },
    };
    return { read: readRules, matching, table };
  }

  it('tells of the hits so far where it takes long, and counts events once that come meanwhile', async () => {
    const context = slowMatching(16_000);
    const { table } = context;
    const draft = new Draft();
    const partials: { hits: number; shown: number }[] = [];
    const answer = await draft.run(SSH, 1, {
      ...context,
      onPartial: ({ hits, progress }) => {
        partials.push({ hits, shown: draft.hits.length });
        expect(progress?.done).toBeLessThan(progress?.total ?? 0);
        if (partials.length > 1) return;
        const batches = makeBatches(new BatchBuilder(), processes(500, 16_000), 1);
        for (const batch of batches) draft.extend(table, table.append(batch).ranges);
      },
    });
    const wanted = numbersOf(processes(16_500), isSsh);
    expect(partials.length).toBeGreaterThan(0);
    for (const { hits, shown } of partials) {
      expect(shown).toBe(hits);
      expect(hits).toBeLessThanOrEqual(wanted.length);
    }
    expect(answer).toMatchObject({ ok: true, value: { hits: wanted.length } });
    expect([...draft.hits]).toEqual(wanted);
    for (const batch of makeBatches(new BatchBuilder(), processes(500, 16_500), 2)) {
      draft.extend(table, table.append(batch).ranges);
    }
    expect([...draft.hits]).toEqual(numbersOf(processes(17_000), isSsh));
  });

  it('gives way to a newer version', async () => {
    const draft = new Draft();
    const context = slowMatching(3000);
    const runs = [1, 2, 3].map((version) => draft.run(SSH, version, context));
    const answers = await Promise.all(runs);
    expect(answers.map((answer) => (answer.ok ? answer.value.version : answer.fault.code))).toEqual([
      'cancelled',
      'cancelled',
      3,
    ]);
  });
});

describe('a case', () => {
  it('comes back from its file with rules, switches, hits and ledger, and goes on', async () => {
    ingest(engine, made);
    must(await engine.loadRules([file('ssh.yml', SSH), file('s.yml', SYSTEM32)], quiet, noProgress));
    const second = must(await engine['rules.list']({}))[1];
    must(await engine['rules.enable']({ rules: [second?.rule ?? ''], enabled: false }));
    expect(engine.summary().unsaved).toBe(true);
    const path = join(folder, 'a.rwcase');
    must(await engine.saveCase(path));
    const before = engine.summary();
    expect(before).toMatchObject({ name: 'a.rwcase', unsaved: false });
    const sources = engine.sources();
    engine.closeCase();
    expect(engine.summary()).toMatchObject({ events: 0, name: '', rulesLoaded: 2, hitEvents: 0, sources: 0 });
    must(await engine['rules.unload']({ rules: must(await engine['rules.list']({})).map(({ rule }) => rule) }));

    must(await engine.openCase(path, quiet, noProgress));
    expect({ ...engine.summary(), revision: 0 }).toEqual({ ...before, revision: 0 });
    expect(engine.sources()).toEqual(sources);
    expect(must(await engine['rules.list']({})).map(({ enabled }) => enabled)).toEqual([true, false]);
    ingest(engine, processes(100, 300));
    expect(await eventsOf(engine, { kind: 'hits' })).toEqual(numbersOf(processes(400), isSsh));
    expect(engine.sources().map(({ source }) => source)).toEqual([0, 1]);
    must(await engine.saveCase(path));
    must(await engine.openCase(path, quiet, noProgress));
    expect(engine.summary().events).toBe(400);
  });

  it('stays open when another cannot be opened', async () => {
    ingest(engine, made);
    const path = join(folder, 'broken.rwcase');
    writeFileSync(path, 'SQLite format 3\0 and then nothing');
    const opened = await engine.openCase(path, quiet, noProgress);
    expect(!opened.ok && opened.fault.code).toBe('damaged-source');
    expect(engine.summary().events).toBe(made.length);
  });

  it('takes nothing from a decoder that began with the case before', async () => {
    const builder = new BatchBuilder(50);
    ingest(engine, made.slice(0, 100), builder);
    engine.closeCase();
    const late = makeBatches(builder, made.slice(100, 120), 0)[0];
    if (!late) throw new Error('no batch');
    const appended = engine.append(late);
    expect(!appended.ok && appended.fault.code).toBe('cancelled');
    expect(engine.summary().events).toBe(0);
    ingest(engine, made.slice(0, 10));
    expect(engine.summary().events).toBe(10);
  });

  it('at its limit says so and stays usable', async () => {
    const small = await createEngine({
      contentFolder,
      caseByteLimit: 100_000,
      readRaw: () => ({ ok: false, fault: { code: 'not-found', message: 'Gone' } }),
    });
    must(await small.loadRules([file('ssh.yml', SSH)], quiet, noProgress));
    const builder = new BatchBuilder(100);
    small.startSource({ source: 0, name: 'a', path: '/a', bytes: 1 });
    const answers = makeBatches(builder, processes(4000), 0).map((batch) => small.append(batch));
    const taken = answers.filter(({ ok }) => ok).length * 100;
    const refused = answers.find(({ ok }) => !ok);
    expect(refused && !refused.ok && refused.fault.code).toBe('too-large');
    const { events, hitEvents } = small.summary();
    expect(events).toBe(taken);
    expect(hitEvents).toBe(numbersOf(processes(taken), isSsh).length);
    expect(small.sources()[0]?.events).toBe(taken);
    const event = must(await small['event.get']({ event: 0 }));
    expect(event).toMatchObject({ raw: null, rawFault: { code: 'not-found' } });
  });
});

describe('an export', () => {
  async function exported(format: 'csv' | 'jsonl', columns: string[]): Promise<string> {
    const sort = { field: 'Image', descending: true };
    const filter = { ...EMPTY_FILTER, of: { kind: 'hits' as const } };
    const { view, total } = must(await engine['view.open']({ filter, sort }));
    const path = join(folder, `out.${format}`);
    expect(must(await engine.exportView({ view, format, columns }, path, quiet, noProgress)).events).toBe(total);
    return readFileSync(path, 'utf8');
  }

  it('has the rows of the view, in its order', async () => {
    ingest(engine, [
      ...made,
      { ...(made[1] as MadeEvent), data: { Image: '=cmd|"/c calc"\\ssh.exe', CommandLine: 'a -R b' } },
    ]);
    must(await engine.loadRules([file('ssh.yml', SSH)], quiet, noProgress));
    const sort = { field: 'Image', descending: true };
    const { view } = must(await engine['view.open']({ filter: { ...EMPTY_FILTER, of: { kind: 'hits' } }, sort }));
    const rows = must(await engine['view.rows']({ view, from: 0, count: 500, columns: ['Image', 'Computer'] }));
    calls['view.rows'].output.parse(rows);
    const lines = (await exported('jsonl', [])).trim().split('\n');
    expect(
      lines.map((line) => {
        const { time, data, computer, rules } = JSON.parse(line) as Record<string, never> & { data: { Image: string } };
        return [time, data.Image, computer, rules];
      }),
    ).toEqual(rows.map((row) => [row.time, row.cells[0], row.cells[1], ['Reverse tunnel']]));
    const csv = (await exported('csv', ['Image'])).split('\r\n');
    expect(csv).toHaveLength(rows.length + 2);
    expect(csv[0]).toBe(
      'time,level,hits,rule,computer,channel,provider,event_id,title,record,file,recovered,tag,note,Image',
    );
    rows.forEach((row, i) => {
      if (!row.cells[0]?.startsWith('='))
        expect(csv[i + 1]).toMatch(new RegExp(`^${row.time},high,1,Reverse tunnel,${row.computer},`));
    });
    // A spreadsheet must not take a value for a formula.
    expect(csv.join('\n')).toContain(`"'=cmd|""/c calc""\\ssh.exe"`);
  });

  it('of a view that was dropped is not found', async () => {
    const answer = await engine.exportView(
      { view: 'v99', format: 'csv', columns: [] },
      join(folder, 'none.csv'),
      quiet,
      noProgress,
    );
    expect(!answer.ok && answer.fault.code).toBe('not-found');
  });
});
