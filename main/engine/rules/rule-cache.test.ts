import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findRuleFiles } from '../../catalog/rule-files.ts';
import { corpusPath, projectRoot } from '../../testing/corpus.ts';
import type { RuleText } from '../../../shared/model/rule.ts';
import type { RuleFile } from '../api.ts';
import { Pace } from '../pace.ts';
import { RuleCache } from './rule-cache.ts';
import { RuleReader } from './rule-reader.ts';

const contentFolder = join(projectRoot, 'rules');

let folder: string;
let cacheFolder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rule-cache-'));
  cacheFolder = join(folder, 'rules');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const file = (name: string, text: string): RuleFile => ({ name, path: `/${name}`, text });
const head = (title: string): string => `title: ${title}\nlogsource: {product: windows, category: process_creation}\n`;

/** More than a cache is opened for: good and bad ones, and such as bear on each other. */
const SIGMA: readonly RuleFile[] = [
  ...Array.from({ length: 70 }, (_, i) =>
    file(
      `s/${i}.yml`,
      `${head(`S ${i}`)}detection:\n  a:\n    Image|endswith: ['\\tool${i}.exe', '*y']\n  condition: not a\n`,
    ),
  ),
  file('s/expand.yml', `${head('E')}detection:\n  a:\n    User|expand: '%admins%'\n  condition: a\n`),
  file('s/escaped.yml', `${head('F')}detection:\n  a:\n    "User|\\x65xpand": '%admins%'\n  condition: a\n`),
  file('s/bad.yml', `${head('B')}detection:\n  a:\n    User|sounds_like: x\n  unused: {A: null}\n  condition: a\n`),
  file('s/broken.yml', 'detection: [unclosed\n'),
  file('s/none.yml', 'action: nothing\n'),
  file('s/count.yml', `${head('C')}detection:\n  a: {A: b}\n  condition: a | count() by User > 5\n`),
  file(
    's/proto.yml',
    `title: P\nname: p\ncorrelation:\n  type: temporal\n  rules: [a, b]\n  timespan: 1m\n  aliases:\n    __proto__:\n      a: User\n      b: constructor\n  group-by: [__proto__]\n`,
  ),
  file(
    's/many.yml',
    `action: global\n${head('M')}---\ndetection:\n  a: ['x', 'é\u{1f600}']\n  condition: 1 of them\n---\nid: x\n`,
  ),
];

let starter: readonly RuleFile[] | undefined;
async function starterFiles(): Promise<readonly RuleFile[]> {
  return (starter ??= await filesOf(join(contentFolder, 'starter')));
}

async function filesOf(path: string, every = 1): Promise<readonly RuleFile[]> {
  const { files } = await findRuleFiles([{ path, name: 'r' }], new Pace(() => false));
  return files
    .filter((_, i) => i % every === 0)
    .map(({ name, path }) => ({ name, path, text: readFileSync(path, 'utf8') }));
}

interface Loaded {
  readonly texts: readonly RuleText[];
  /** Names of those that did not come from the cache. */
  readonly anew: readonly string[];
}

/** Reads files as a new start of the program does. */
async function load(files: readonly RuleFile[], content = contentFolder): Promise<Loaded> {
  const reader = new RuleReader(content, cacheFolder);
  const rules = reader.take(files);
  const read = vi.spyOn(reader, 'read');
  const reading = await reader.reading(rules.length);
  const texts = rules.map(({ text, name }) => reading.read(text, name));
  expect(await reading.keep()).toMatchObject({ ok: true });
  return { texts, anew: read.mock.calls.map(([, name]) => name) };
}

/** What there is without a cache. */
function plain(files: readonly RuleFile[]): readonly RuleText[] {
  const reader = new RuleReader(contentFolder);
  return reader.take(files).map(({ text, name }) => reader.read(text, name));
}

function expectSame(texts: readonly RuleText[], others: readonly RuleText[]): void {
  for (const [i, text] of texts.entries()) {
    if (!isDeepStrictEqual(text, others[i])) expect(text).toEqual(others[i]);
    expect(isDeepStrictEqual(text, others[i])).toBe(true);
    // Explanations name a selection by the part of the condition that it is.
    text.rules.forEach((rule, n) => {
      const other = others[i]?.rules[n];
      const own = rule.selections.map(({ expr }) => rule.condition === expr);
      expect(own).toEqual(other?.selections.map(({ expr }) => other.condition === expr));
    });
  }
  expect(texts.length).toBe(others.length);
}

describe('rules that were read before', () => {
  it('are the same, with their faults and places, and are not read again', async () => {
    const files = [...SIGMA, ...(await starterFiles())];
    const expected = plain(files);
    const first = await load(files);
    expectSame(first.texts, expected);
    expect(first.anew.length).toBe(expected.length);
    const again = await load(files);
    expectSame(again.texts, expected);
    expect(again.anew).toEqual([]);
  });

  it('are read again only where their text is another; where a file lies says nothing of Sigma', async () => {
    const [first, ...others] = SIGMA as [RuleFile, ...RuleFile[]];
    await load(SIGMA);
    const changed = { ...first, text: first.text.replace('S 0', 'S zero') };
    const moved = others.map((one) => ({ ...one, name: `elsewhere/${one.name}` }));
    const after = await load([changed, ...moved]);
    expect(after.anew).toEqual([first.name]);
    expect(after.texts[0]?.rules[0]?.title).toBe('S zero');
    // The one before it is still there.
    expect((await load(SIGMA)).anew).toEqual([]);
  });

  it('are read again where what their language asks for has changed: lists, macros, mappings', async () => {
    const rules = [...SIGMA, ...(await starterFiles())];
    const lists = (text: string): RuleFile => ({ ...file('lists.yml', text), kind: 'placeholders' });
    await load(rules);
    const listed = await load([lists('admins: [root]'), ...rules]);
    expect(listed.anew).toEqual(['s/expand.yml', 's/escaped.yml']);
    expect(listed.texts[70]?.rules[0]?.condition).toBeDefined();
    expect((await load([lists('admins: [root, toor]'), ...rules])).anew).toEqual(['s/expand.yml', 's/escaped.yml']);
    const vendors = (anew: readonly string[]) => [...new Set(anew.map((name) => name.split('/')[1]))].sort();
    const macro = file('m.yml', 'name: more\ndefinition: index=x\n');
    expect(vendors((await load([macro, ...rules])).anew)).toEqual(['splunk']);
    const content = join(folder, 'content');
    cpSync(join(contentFolder, 'mappings'), join(content, 'mappings'), { recursive: true });
    appendFileSync(join(content, 'mappings', 'run-events.yaml'), '# changed\n');
    expect(vendors((await load(rules, content)).anew)).toEqual(['elastic', 'kusto', 'splunk']);
  });

  it('are read anew where the cache is damaged, and kept again', async () => {
    const { texts } = await load(SIGMA);
    const path = join(cacheFolder, 'rules.cache');
    truncateSync(path, 5000);
    const anew = await load(SIGMA);
    expect(anew.anew.length).toBe(SIGMA.length);
    expectSame(anew.texts, texts);
    expect((await load(SIGMA)).anew).toEqual([]);
  });

  it('are not kept where they are few, nor where nothing is to be kept', async () => {
    await load(SIGMA.slice(0, 60));
    expect(existsSync(cacheFolder)).toBe(false);
    const reader = new RuleReader(contentFolder);
    const reading = await reader.reading(1000);
    expect(reading.read).toBe(reader.read);
    expect(await reading.keep()).toMatchObject({ ok: true });
  });

  it('are kept up to a limit, those asked for lately first', async () => {
    const text = (n: number): RuleText => ({
      rules: [],
      diagnostics: [{ severity: 'error', code: 'c', message: `${n}`.repeat(1000), span: { start: 0, end: n } }],
    });
    const key = (n: number): string => `${n}`.repeat(64);
    const open = () => RuleCache.open(cacheFolder, 3700);
    const fill = await open();
    for (const n of [1, 2, 3]) fill.put(key(n), text(n));
    expect(await fill.save()).toMatchObject({ ok: true });
    const more = await open();
    expect(more.get(key(2))).toEqual(text(2));
    more.put(key(4), text(4));
    await more.save();
    const last = await open();
    expect([1, 2, 3, 4].map((n) => last.get(key(n)) !== undefined)).toEqual([true, true, false, true]);
  });
});

const corpus = corpusPath('corpus');

describe.skipIf(corpus === undefined)('rules of the public collections', () => {
  it('come from the cache as they were read', async () => {
    const names = ['sigma', 'elastic', 'splunk', 'kusto-hunting', 'sentinel'];
    const found = await Promise.all(names.map((name) => filesOf(join(corpus as string, name), 50)));
    const macros = await filesOf(join(corpus as string, 'splunk', 'macros'));
    const files = [...found.flat(), ...macros];
    const expected = await load(files);
    const again = await load(files);
    expect(again.anew).toEqual([]);
    expect(expected.texts.length).toBeGreaterThan(150);
    expectSame(again.texts, expected.texts);
  });
});
