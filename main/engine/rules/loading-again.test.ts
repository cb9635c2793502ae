import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BatchBuilder } from '../../columns/batch-builder.ts';
import { loadMappings } from '../../match/mappings.ts';
import { createMatching } from '../../match/matching.ts';
import { CaseFiles } from '../../store/case-files.ts';
import { projectRoot } from '../../testing/corpus.ts';
import { makeBatches } from '../../testing/make-events.ts';
import { fail, type Result } from '../../../shared/model/fault.ts';
import type { CreateMatching } from '../../match/api.ts';
import type { RuleFile } from '../api.ts';
import { Engine } from '../engine.ts';
import { readEventTitles } from '../views/event-titles.ts';
import { RuleReader } from './rule-reader.ts';

const contentFolder = join(projectRoot, 'rules');

let engine: Engine;
let reader: RuleReader;
/** Titles of the rules of each plan that was compiled. */
let compiled: string[][];

beforeEach(async () => {
  compiled = [];
  const counting: CreateMatching = (...args) => {
    const matching = createMatching(...args);
    const compile = matching.compile.bind(matching);
    matching.compile = (rules, options) => {
      compiled.push(rules.map(({ title }) => title));
      return compile(rules, options);
    };
    return matching;
  };
  reader = new RuleReader(contentFolder);
  engine = new Engine({
    contentFolder,
    ruleReader: reader,
    readRaw: () => Promise.resolve(fail({ code: 'not-found', message: 'No file' })),
    createMatching: counting,
    titles: readEventTitles(contentFolder),
    aliases: loadMappings(contentFolder).aliases,
    files: await CaseFiles.load(),
  });
});

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
}

const rule = (title: string, line: string, name = `${title}.yml`): RuleFile => ({
  name,
  path: `/rules/${title}.yml`,
  text: `title: ${title}\nid: ${title}\nlogsource: {product: windows, service: security}\ndetection:\n  a:\n    ${line}\n  condition: a\n`,
});
const FOLDER = [rule('A', 'EventID: 1'), rule('B', 'EventID: 2'), rule('C', "User|expand: '%u%'")];
const never = new AbortController().signal;
const load = async (files: readonly RuleFile[]) => must(await engine.loadRules(files, never, () => undefined));
const lines = () => must(engine['rules.list']());
const hits = () => Object.fromEntries(lines().map(({ title, hits: count }) => [title, count]));

function readEvents(ids: readonly number[]): void {
  const source = engine.nextSource();
  engine.startSource({ source, name: `f${source}`, path: `/f${source}`, bytes: 1 });
  const events = ids.map((eventId) => ({
    ...{
      channel: 'Security',
      provider: 'Microsoft-Windows-Security-Auditing',
      eventId,
      computer: 'DC1',
      timeUs: 1_700_000_000_000_000,
    },
    data: { User: 'x' },
  }));
  for (const batch of makeBatches(new BatchBuilder(), events, source)) must(engine.append(batch));
}

describe('rules that are loaded', () => {
  it('cost nothing when their files are loaded again as they were', async () => {
    readEvents([1, 2, 2]);
    expect(await load(FOLDER)).toEqual({ rules: 3 });
    const before = lines();
    const read = vi.spyOn(reader, 'read');
    compiled = [];
    expect(await load(FOLDER)).toEqual({ rules: 3 });
    expect([compiled, read.mock.calls]).toEqual([[], []]);
    expect(lines()).toEqual(before);
    expect(hits()).toEqual({ A: 1, B: 2, C: 0 });
  });

  it('are read and tested again where their file has changed, its name has, or a rule of it was taken out', async () => {
    readEvents([1, 2, 2]);
    await load(FOLDER);
    must(engine['rules.enable']({ rules: lines().map(({ rule: key }) => key), enabled: false }));
    const both: RuleFile = {
      name: 'two.yml',
      path: '/two.yml',
      text: `${FOLDER[0]?.text ?? ''}---\n${FOLDER[1]?.text ?? ''}`,
    };
    compiled = [];
    await load([...FOLDER.slice(1), rule('A', 'EventID: 2'), both]);
    expect(compiled).toEqual([['A', 'A', 'B']]);
    expect(lines().map(({ title, hits: count, enabled }) => [title, count, enabled])).toEqual([
      ['B', 2, false],
      ['C', 0, false],
      ['A', 2, false],
      ['A', 1, true],
      ['B', 2, true],
    ]);
    must(await engine['rules.unload']({ rules: [lines().at(-1)?.rule ?? ''] }));
    compiled = [];
    expect(await load([both])).toEqual({ rules: 2 });
    await load([rule('B', 'EventID: 2', 'renamed.yml')]);
    expect(compiled).toEqual([['A', 'B'], ['B']]);
  });

  it('are read again where a list that they expand has changed, and only those', async () => {
    await load(FOLDER);
    expect(lines().map(({ notRun }) => notRun.length)).toEqual([0, 0, 1]);
    compiled = [];
    const list: RuleFile = { name: 'l', path: '/l', text: 'u: [x]', kind: 'placeholders' };
    await load([list, ...FOLDER]);
    expect(compiled).toEqual([['C']]);
    expect(lines().map(({ notRun }) => notRun.length)).toEqual([0, 0, 0]);
    compiled = [];
    await load([{ ...list, text: 'u: [y]' }]);
    expect(compiled).toEqual([['C']]);
  });

  it('are not all compiled again where one of them is saved many times, and are where most have left', async () => {
    readEvents([1, 2, 2]);
    const many = Array.from({ length: 20 }, (_, i) => rule(`R${i}`, 'EventID: 2'));
    await load(many);
    compiled = [];
    for (let i = 0; i < 30; i++)
      await load([rule('A', `EventID: [1, ${i + 100}]`), rule('B', `EventID: [2, ${i + 100}]`)]);
    expect(Math.max(...compiled.map(({ length }) => length))).toBeLessThan(20);
    readEvents([1, 2]);
    expect(hits()).toEqual({ ...Object.fromEntries(many.map((_, i) => [`R${i}`, 3])), A: 2, B: 3 });
    must(
      await engine['rules.unload']({
        rules: lines()
          .slice(0, 15)
          .map(({ rule: key }) => key),
      }),
    );
    compiled = [];
    for (let i = 0; i < 8; i++) await load([rule(`S${i}`, 'EventID: 1')]);
    expect(compiled.some(({ length }) => length > 7)).toBe(true);
    readEvents([1, 2]);
    const rest = Object.fromEntries(['R15', 'R16', 'R17', 'R18', 'R19'].map((title) => [title, 4]));
    const added = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`S${i}`, 3]));
    expect(hits()).toEqual({ ...rest, A: 3, B: 4, ...added });
  });

  it('are compiled once, whatever is opened, switched or saved', async () => {
    await load(FOLDER);
    compiled = [];
    readEvents([1, 2]);
    readEvents([2, 3]);
    const keys = lines().map(({ rule: key }) => key);
    must(engine['rules.enable']({ rules: keys, enabled: false }));
    must(engine['rules.enable']({ rules: keys, enabled: true }));
    const folder = mkdtempSync(join(tmpdir(), 'loading-again-'));
    must(await engine.saveCase(join(folder, 'a.rwcase')));
    rmSync(folder, { recursive: true });
    expect(hits()).toEqual({ A: 1, B: 2, C: 0 });
    expect(compiled).toEqual([]);
  });
});
