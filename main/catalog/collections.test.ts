import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, type CatalogIndex } from '../../shared/catalog/index/catalog-index.ts';
import { techniquePage, type TechniquePage } from '../../shared/catalog/page/technique-page.ts';
import type { QueryLanguage } from '../../shared/catalog/catalog-rule.ts';
import type { Op } from '../../shared/model/predicate.ts';
import { corpusPath, projectRoot } from '../testing/corpus.ts';
import { loadCatalogMappings } from './mappings.ts';
import { parseRates } from './parse-rates.ts';
import { readCatalogFolders, type CatalogFolders } from './read-folders.ts';

const corpus = corpusPath('corpus') ?? '';

const FOLDERS = ['sigma', 'elastic', 'splunk', 'kusto-hunting', 'kusto-falconfriday', 'sentinel'];

/** The reference page is of Sigma's rules in three folders only. */
const NOT_REFERENCE = /^sigma\/(?!(?:rules|rules-emerging-threats|rules-threat-hunting)\/)/;

/** Elastic's rules on the reference page; our collection is newer and has more. */
const ELASTIC =
  /(?:dns_tunneling_nslookup|port_forwarding_added_registry|rdp_tunnel_plink|tunnel_cloudflared|tunnel_yuze)\.toml$/;

let read: CatalogFolders;
beforeAll(async () => {
  if (corpus === '') return;
  read = await readCatalogFolders({
    roots: FOLDERS.map((name) => ({ path: join(corpus, name), name })),
    mappings: loadCatalogMappings(join(projectRoot, 'rules')),
    cacheFolder: undefined,
  });
}, 300_000);

describe.skipIf(corpus === '')('the page of T1572 beside the reference', () => {
  let index: CatalogIndex;
  let page: TechniquePage;
  beforeAll(() => {
    index = buildIndex(read.entries.filter(({ file }) => !NOT_REFERENCE.test(file)));
    page = techniquePage(index, 'T1572', {
      scope: 'windows',
      subtechniques: false,
      keeps: ({ file, rule }) => rule.vendor !== 'elastic' || ELASTIC.test(file),
    });
  });

  const field = (name: string) => page.fields.find((row) => row.field === name);
  const indicator = (name: string, op: Op, value: string) => {
    const row = page.indicators.find((one) => one.field === name && one.op === op && one.value.toLowerCase() === value);
    return row && [row.rules, row.reach];
  };

  it('has the indicators and their corpus reach', () => {
    expect(indicator('network.direction', 'eq', 'true')).toEqual([8, 48]);
    expect(indicator('source.port', 'eq', '3389')).toEqual([2, 3]);
    expect(indicator('process.path', 'ends_with', '\\plink.exe')).toEqual([2, 3]);
    expect(indicator('process.path', 'ends_with', '\\ssh.exe')).toEqual([2, 3]);
    expect(indicator('process.path', 'ends_with', '\\svchost.exe')).toEqual([2, 28]);
    expect(indicator('process.command_line', 'contains', ' -r ')).toEqual([2, 6]);
    expect(indicator('process.command_line', 'contains', ' tunnel ')).toEqual([2, 3]);
    expect(indicator('process.command_line', 'contains', '-config ')).toEqual([2, 3]);
    expect(indicator('process.command_line', 'contains', ':3389')).toEqual([2, 3]);
  });

  it('has the fields', () => {
    expect(field('destination.hostname')).toMatchObject({ rules: 7, how: { ends_with: 6, contains: 1 } });
    expect(field('network.direction')).toMatchObject({ rules: 8, how: { eq: 8 }, native: ['Initiated'] });
    expect(field('process.file_description')).toMatchObject({ rules: 2, how: { eq: 2 } });
    expect(field('source.port')).toMatchObject({ rules: 2, how: { eq: 2 }, samples: ['3389'] });
    expect(field('process.args')).toMatchObject({ rules: 4 });
    expect(field('destination.hostname')?.samples.slice(0, 2)).toEqual(['.btunnel.co.in', '.devtunnels.ms']);
  });

  it('has the scope that the reference shows as event.type', () => {
    expect(field('event.action')).toMatchObject({ rules: 5, how: { eq: 5 }, isScope: true });
    expect(indicator('event.action', 'eq', 'start')?.[0]).toBe(4);
    expect(indicator('event.action', 'eq', 'change')?.[0]).toBe(1);
  });

  it('has the exclusions, and none of them among the indicators', () => {
    const excluded = page.exclusions.filter((row) => row.field === 'process.command_line');
    expect(excluded.map(({ value, rules }) => [value.trim(), rules])).toEqual([
      ['-blockdev', 1],
      ['-cdrom', 1],
      ['type=virt', 1],
    ]);
    for (const { field: name, op, value } of excluded) expect(indicator(name, op, value)).toBeUndefined();
  });

  it('joins the vendors in one row of process names', () => {
    expect(field('process.name')?.native).toEqual(
      expect.arrayContaining(['Image', 'process.name', 'Processes.process_name']),
    );
  });

  it('counts on a sub-technique exactly the rules tagged with it', () => {
    const count = (technique: string, subtechniques: boolean) =>
      techniquePage(index, technique, { scope: 'all', subtechniques }).rules.length;
    const tagged = (isTagged: (id: string) => boolean) =>
      index.rules.filter(({ rule }) => rule.techniques.some(isTagged)).length;
    expect(count('T1021.001', false)).toBe(tagged((id) => id === 'T1021.001'));
    expect(count('T1021', false)).toBe(tagged((id) => id === 'T1021'));
    expect(count('t1021', true)).toBe(tagged((id) => id.startsWith('T1021')));
  });

  it('counts each rule at most once in a row, and reaches at least as far as it is used here', () => {
    for (const technique of ['T1572', 'T1059.001', 'T1003']) {
      const all = techniquePage(index, technique, { scope: 'all', subtechniques: true });
      for (const row of all.indicators) {
        expect(row.rules).toBeLessThanOrEqual(all.rules.length);
        expect(row.reach).toBeGreaterThanOrEqual(row.rules);
      }
      for (const row of all.fields) {
        for (const n of Object.values(row.how)) expect(n).toBeLessThanOrEqual(row.rules);
        expect(row.samples.length).toBeLessThanOrEqual(5);
      }
    }
  });
});

describe.skipIf(corpus === '')('the reading of the published collections', () => {
  const rates = () => new Map(parseRates(read.entries).map((rate) => [rate.language, rate]));
  const percent = (part = 0, whole = 0) => (part / whole) * 100;

  it('meets the floors of each language', () => {
    const known = rates();
    const parsed = (language: QueryLanguage) => percent(known.get(language)?.parsed, known.get(language)?.rules);
    expect(known.get('sigma')?.rules).toBe(4041);
    expect(parsed('sigma')).toBeGreaterThanOrEqual(99.7);
    expect(known.get('eql')?.rules).toBe(1081);
    expect(parsed('eql')).toBe(100);
    expect(known.get('kuery')?.rules).toBe(792);
    expect(parsed('kuery')).toBe(100);
    expect(parsed('esql')).toBeGreaterThanOrEqual(95);
    expect(parsed('kql')).toBeGreaterThanOrEqual(90);
    expect(known.get('spl')?.rules).toBe(1711);
    const spl = known.get('spl');
    expect(percent(spl?.activeWithPredicates, spl?.active)).toBeGreaterThanOrEqual(93);
  });

  it('maps the fields of rules over Windows', () => {
    const { windows, windowsMapped } = rates().get('sigma') ?? {};
    expect(percent(windowsMapped, windows)).toBeGreaterThan(95);
  });

  it('opens every file', () => {
    expect(read.faults).toEqual([]);
    // Two files of the collection are YAML only to lenient readers.
    expect(read.unread).toEqual([]);
    expect(read.macros).toBe(189);
  });

  it('keeps indicators and exclusions of a rule apart, each key once', () => {
    for (const { indicators, exclusions } of buildIndex(read.entries).rules) {
      const both = [...indicators, ...exclusions];
      expect(new Set(both).size).toBe(both.length);
    }
  });
});
