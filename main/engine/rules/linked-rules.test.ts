import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { makeBatches, type MadeEvent } from '../../testing/make-events.ts';
import { fail, type Result } from '../../../shared/model/fault.ts';
import { EMPTY_FILTER, type ViewFilter } from '../../../shared/model/filter.ts';
import type { EngineApi, RuleFile, SourceEnd } from '../api.ts';
import { createEngine } from '../create.ts';

const contentFolder = fileURLToPath(new URL('../../../rules', import.meta.url));
const SECOND = 1e6;
const REPORT: SourceEnd = {
  leftOut: 0,
  ...{ format: 'evtx', state: 'read', events: 0, recovered: 0, damaged: 0 },
  ...{ faultCount: 0, faults: [], bytesRead: 1 },
};

let engine: EngineApi;
beforeEach(async () => {
  engine = await createEngine({
    contentFolder,
    readRaw: () => Promise.resolve(fail({ code: 'not-found', message: 'No file' })),
  });
});

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
}

const failed = (seconds: number, user: string): MadeEvent => ({
  channel: 'Security',
  provider: 'Microsoft-Windows-Security-Auditing',
  eventId: 4625,
  computer: 'DC1',
  timeUs: 1_700_000_000 * SECOND + seconds * SECOND,
  data: { TargetUserName: user },
});

/** A file of events, read to its end. */
function read(events: readonly MadeEvent[]): void {
  const source = engine.nextSource();
  engine.startSource({ source, name: `f${source}`, path: `/f${source}`, bytes: 1 });
  for (const batch of makeBatches(new BatchBuilder(), events, source)) must(engine.append(batch));
  engine.endSource(source, REPORT);
}

const file = (name: string, text: string): RuleFile => ({ name, path: `/rules/${name}`, text });
const load = async (...files: RuleFile[]) =>
  must(await engine.loadRules(files, new AbortController().signal, () => undefined));

const BASE = file(
  'base.yml',
  'title: Failed\nname: failed\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {product: windows, service: security}\n' +
    'detection:\n  sel: {EventID: 4625}\n  condition: sel\nlevel: low\n',
);
const MANY =
  'title: Many\nid: 00000000-0000-4000-8000-000000000002\ncorrelation:\n  type: event_count\n  rules: [failed]\n' +
  '  group-by: [TargetUserName]\n  timespan: 5m\n  condition: {gte: 3}\nlevel: high\n';
const FILTER = file(
  'filter.yml',
  'title: Ours\nid: 00000000-0000-4000-8000-000000000003\nlogsource: {product: windows}\nfilter:\n  rules: [failed]\n' +
    '  sel: {TargetUserName: svc}\n  condition: sel\n',
);

async function hits(): Promise<Record<string, number>> {
  return Object.fromEntries(must(await engine['rules.list']({})).map(({ title, hits: count }) => [title, count]));
}

async function keyOf(title: string): Promise<string> {
  return must(await engine['rules.list']({})).find((rule) => rule.title === title)?.rule ?? '';
}

describe('rules that bear on each other', () => {
  it('are tested anew when a correlation joins, and when it leaves', async () => {
    read([failed(0, 'x'), failed(1, 'x'), failed(2, 'x'), failed(3, 'y')]);
    await load(BASE);
    expect(await hits()).toEqual({ Failed: 4 });
    await load(file('many.yml', MANY));
    expect(await hits()).toEqual({ Failed: 0, Many: 1 });
    expect(engine.summary()).toMatchObject({ hitEvents: 1, hitsByLevel: { high: 1, low: 0 } });
    must(await engine['rules.unload']({ rules: [await keyOf('Many')] }));
    expect(await hits()).toEqual({ Failed: 4 });
    expect(engine.summary()).toMatchObject({ hitEvents: 4 });
  });

  it('cannot run without each other, whatever the order of loading', async () => {
    read([failed(0, 'x'), failed(1, 'x'), failed(2, 'x')]);
    await load(file('many.yml', MANY));
    const [alone] = must(await engine['rules.list']({}));
    expect(alone?.notRun.map(({ code }) => code)).toEqual(['unknown-rule-reference']);
    await load(BASE);
    expect(await hits()).toEqual({ Failed: 0, Many: 1 });
    must(await engine['rules.unload']({ rules: [await keyOf('Failed')] }));
    expect(must(await engine['rules.list']({}))[0]?.notRun.length).toBe(1);
  });

  it('see events of files that come later, also out of the order of time', async () => {
    await load(BASE, file('many.yml', MANY));
    read([failed(0, 'x'), failed(200, 'x')]);
    expect(await hits()).toMatchObject({ Many: 0 });
    read([failed(100, 'X'), failed(100, 'y')]);
    engine.correlate();
    expect(await hits()).toMatchObject({ Many: 1 });
    const filter: ViewFilter = { ...EMPTY_FILTER, of: { kind: 'rule', rule: await keyOf('Many') } };
    const view = must(await engine['view.open']({ filter, sort: { field: 'time', descending: false } }));
    expect(view.total).toBe(1);
  });

  it('are under filters that join and leave', async () => {
    read([failed(0, 'svc'), failed(1, 'svc'), failed(2, 'svc'), failed(3, 'x')]);
    await load(BASE, file('many.yml', MANY));
    expect(await hits()).toEqual({ Failed: 0, Many: 1 });
    await load(FILTER);
    expect(await hits()).toEqual({ Failed: 0, Many: 0, Ours: 0 });
    must(await engine['rules.unload']({ rules: [await keyOf('Ours')] }));
    expect(await hits()).toEqual({ Failed: 0, Many: 1 });
  });

  it('keep their place and whether they are enabled', async () => {
    read([failed(0, 'x')]);
    await load(BASE, file('other.yml', BASE.text.replaceAll('ailed', 'ther').replace('0001', '0009')));
    must(await engine['rules.enable']({ rules: [await keyOf('Failed')], enabled: false }));
    await load(file('many.yml', MANY));
    const lines = must(await engine['rules.list']({}));
    expect(lines.map(({ title, enabled }) => [title, enabled])).toEqual([
      ['Failed', false],
      ['Fther', true],
      ['Many', true],
    ]);
  });

  it('serve a draft, which is looked at on new events, too', async () => {
    await load(BASE);
    read([failed(0, 'x'), failed(1, 'x')]);
    const run = async () => must(await engine['draft.run']({ text: MANY, version: 1 }));
    expect((await run()).rules).toMatchObject([{ title: 'Many', hits: 0 }]);
    read([failed(2, 'x')]);
    expect(await hits()).toEqual({ Failed: 3 });
    expect(await run()).toMatchObject({ hits: 1, rules: [{ title: 'Many', hits: 1 }] });
    const broken = must(await engine['draft.run']({ text: MANY.replace('[failed]', '[faild]'), version: 2 }));
    expect(broken.diagnostics).toMatchObject([{ severity: 'error', code: 'unknown-rule-reference' }]);
    expect(broken.rules).toMatchObject([{ hits: null }]);
  });

  it('explain themselves at their event', async () => {
    await load(BASE, file('many.yml', MANY));
    read([failed(0, 'x'), failed(1, 'x'), failed(2, 'x')]);
    const detail = must(await engine['event.get']({ event: 2 }));
    expect(detail.hits.map(({ title, fields }) => [title, fields.map(({ field, value }) => [field, value])])).toEqual([
      [
        'Many',
        [
          ['TargetUserName', 'x'],
          ['count', '3'],
        ],
      ],
    ]);
    expect(must(await engine['event.get']({ event: 1 })).hits).toEqual([]);
  });

  it('say what they are, and name the events that made a correlation hit', async () => {
    read([failed(0, 'x'), failed(1, 'y'), failed(2, 'x'), failed(3, 'x')]);
    await load(BASE, file('many.yml', MANY), FILTER, file('lost.yml', FILTER.text.replace('[failed]', '[nobody]')));
    const lines = must(await engine['rules.list']({}));
    expect(lines.map(({ kind }) => kind)).toEqual(['rule', 'correlation', 'filter', 'filter']);
    expect(lines.map(({ warnings }) => warnings.map(({ code }) => code))).toEqual([
      [],
      [],
      [],
      ['filter-without-rule'],
    ]);
    const { hits: found } = must(await engine['event.get']({ event: 3 }));
    expect(found.map(({ related }) => [related?.total, related?.rows.map(({ event }) => event)])).toEqual([
      [3, [0, 2, 3]],
    ]);
  });

  it('let a filter be drafted: what it speaks of, and the hits that it takes away', async () => {
    read([failed(0, 'svc'), failed(1, 'SVC'), failed(2, 'x')]);
    await load(BASE);
    const draft = async (text: string) => must(await engine['draft.run']({ text, version: 1 }));
    const wanted = { hits: 2, rules: [{ title: 'Ours', hits: 2, takesAway: 2 }] };
    expect(await draft(FILTER.text)).toMatchObject(wanted);
    expect(await draft(FILTER.text.replace('condition: sel', 'condition: not sel'))).toMatchObject(wanted);
    const lost = await draft(FILTER.text.replace('[failed]', '[nobody]'));
    expect(lost).toMatchObject({ hits: 2, rules: [{ takesAway: 0 }] });
    expect(lost.diagnostics.map(({ code }) => code)).toContain('filter-without-rule');
    expect(must(await engine['event.get']({ event: 0 })).hits.map(({ title }) => title)).toEqual(['Ours', 'Failed']);
  });

  it('are read again where they use lists for placeholders that have changed', async () => {
    read([failed(0, 'svc'), failed(1, 'x')]);
    const lists = (text: string): RuleFile => ({ ...file('lists', text), kind: 'placeholders' });
    await load(file('base.yml', BASE.text.replace('{EventID: 4625}', "{'TargetUserName|expand': '%Ours%'}")));
    expect(must(await engine['rules.list']({}))[0]?.notRun.map(({ code }) => code)).toEqual([
      'unsupported-placeholder',
    ]);
    await load(lists('Ours: [svc]\n'));
    expect(await hits()).toEqual({ Failed: 1 });
    await load(lists('Ours: [s*, x]\n'));
    expect(await hits()).toEqual({ Failed: 2 });
    await load(lists(''));
    expect(must(await engine['rules.list']({}))[0]?.notRun.length).toBe(1);
  });
});
