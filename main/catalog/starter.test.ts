import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, type CatalogIndex } from '../../shared/catalog/index/catalog-index.ts';
import { techniquePage, type TechniquePage } from '../../shared/catalog/page/technique-page.ts';
import { VENDORS, type Vendor } from '../../shared/model/rule.ts';
import { projectRoot } from '../testing/corpus.ts';
import { loadCatalogMappings } from './mappings.ts';
import { readCatalogFolders, type CatalogFolders } from './read-folders.ts';

const contentFolder = join(projectRoot, 'rules');
const starter = join(contentFolder, 'starter');
const filesOf = (...folder: string[]): readonly string[] =>
  readdirSync(join(starter, ...folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

let read: CatalogFolders;
let index: CatalogIndex;

beforeAll(async () => {
  const mappings = loadCatalogMappings(contentFolder);
  read = await readCatalogFolders({ roots: [{ path: starter, name: 'starter' }], mappings, cacheFolder: undefined });
  index = buildIndex(read.entries);
});

describe('the starter rules', () => {
  it('are one rule in each file of the four vendors’ folders; only the readme is something else', () => {
    expect(read).toMatchObject({ unread: [], faults: [], others: 1, macros: filesOf('splunk', 'macros').length });
    for (const vendor of VENDORS) {
      const found = read.entries.filter(({ rule }) => rule.vendor === vendor).map(({ file }) => file);
      expect(found.sort()).toEqual(
        filesOf(vendor)
          .map((name) => `starter/${vendor}/${name}`)
          .sort(),
      );
      expect(found.length).toBeGreaterThan(0);
    }
    const languages = new Set(read.entries.map(({ rule }) => rule.language));
    expect([...languages].sort()).toEqual(['eql', 'esql', 'kql', 'kuery', 'sigma', 'spl']);
  });

  it('are read whole: what they look for and over which events, every field known', () => {
    for (const { file, rule } of read.entries) {
      expect({ file, notParsed: rule.notParsed }).toEqual({ file, notParsed: [] });
      expect({ file, unknown: rule.predicates.filter(({ isMapped }) => !isMapped) }).toEqual({ file, unknown: [] });
      expect(rule.predicates.filter(({ role }) => role === 'indicator').length, file).toBeGreaterThan(0);
      expect(rule.events.length, file).toBeGreaterThan(0);
      expect(rule.techniques.length, file).toBeGreaterThan(0);
      expect(rule.isWindows, file).toBe(true);
    }
  });

  it('each have an id of their own, a title, a description and our name', () => {
    const ids = read.entries.map(({ rule }) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { file, rule } of read.entries) {
      expect(rule.id, file).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(rule.author, file).toBe('Rulewright');
      expect(rule.title, file).not.toBe('');
      expect(rule.description, file).not.toBe('');
    }
  });
});

describe('the page of T1572 over the starter rules', () => {
  let page: TechniquePage;
  beforeAll(() => {
    page = techniquePage(index, 'T1572', { scope: 'windows', subtechniques: true }, read.unread);
  });
  const vendorsOf = (rules: readonly number[] = []): readonly Vendor[] => {
    const found = new Set(rules.map((number) => index.rules[number]?.rule.vendor));
    return VENDORS.filter((vendor) => found.has(vendor));
  };

  it('has all four vendors', () => {
    for (const vendor of VENDORS) expect(page.vendors[vendor], vendor).toBeGreaterThan(1);
    expect(page.notParsed).toEqual([]);
  });

  it('has rows that all vendors share, though each names the field its own way, and rows of one vendor', () => {
    const row = page.indicators.find(({ field, value }) => field === 'process.name' && value === 'plink.exe');
    expect(row && vendorsOf(index.keys[row.key]?.rules)).toEqual(VENDORS);
    const native = page.fields.find(({ field }) => field === 'process.name')?.native;
    expect(native).toEqual(expect.arrayContaining(['Image', 'process.name', 'Processes.process_name', 'FileName']));
    const alone = page.indicators.filter(({ key, isScope }) => !isScope && index.keys[key]?.rules.length === 1);
    expect(new Set(alone.flatMap(({ key }) => vendorsOf(index.keys[key]?.rules)))).toEqual(new Set(VENDORS));
  });

  it('has values that other techniques’ rules look for too, and values that are only here', () => {
    const reachOf = (field: string): { rules: number; reach: number } | undefined =>
      page.indicators.find((row) => row.field === field && row.op === 'contains');
    expect(reachOf('registry.path')).toMatchObject({ rules: 1, reach: 2 });
    expect(reachOf('destination.hostname')).toMatchObject({ rules: 2, reach: 2 });
  });

  it('has exclusions, some of several vendors', () => {
    const shared = page.exclusions.filter(({ key }) => vendorsOf(index.keys[key]?.excludedBy).length > 1);
    expect(shared.length).toBeGreaterThan(0);
    for (const vendor of VENDORS) {
      const own = page.exclusions.filter(({ key }) => vendorsOf(index.keys[key]?.excludedBy).includes(vendor));
      expect(own.length, vendor).toBeGreaterThan(0);
    }
  });
});
