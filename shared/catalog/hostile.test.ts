import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detectDialect } from './detect.ts';
import { readSplunkMacro, type SplunkMacro } from './dialects/splunk/macro.ts';
import { readLogsources } from './logsource.ts';
import { readEventMap } from './normalise/event-map.ts';
import { readFieldTable } from './normalise/field-table.ts';
import { readCatalogFile, type CatalogFileRules } from './read-catalog.ts';

const mapping = (name: string) => readFileSync(new URL(`../../rules/mappings/${name}`, import.meta.url), 'utf8');
const mappings = {
  fields: readFieldTable(mapping('canonical-fields.yaml')),
  events: readEventMap(mapping('catalog-events.yaml'), readLogsources(mapping('logsources.yaml'))),
};

/** Macros of which each calls the next one twice, and one that calls itself. */
const macros = new Map<string, SplunkMacro>();
for (let i = 0; i < 30; i++) {
  const macro = readSplunkMacro(`name: m${i}\ndefinition: '\`m${i + 1}\` \`m${i + 1}\` a=${i}'`, 'm.yml');
  if (macro) macros.set(macro.name, macro);
}
const loop = readSplunkMacro('name: loop\ndefinition: "`loop`"', 'm.yml');
if (loop) macros.set('loop', loop);

function read(text: string, fileName: string): CatalogFileRules {
  const dialect = detectDialect(text, fileName);
  if (dialect === undefined || dialect === 'splunk-macro') throw new Error('no rule');
  return readCatalogFile(dialect, text, fileName, macros, mappings);
}

const N = 20_000;
const sigma = (detection: string) => `title: t\nlogsource:\n  product: windows\ndetection:\n${detection}\n`;
const condition = (text: string) => sigma(`  sel:\n    a: 1\n  condition: ${text}`);
const elastic = (language: string, query: string) =>
  `[rule]\nname = "t"\ntype = "query"\nlanguage = "${language}"\nquery = '''\n${query}\n'''\n`;
const spl = (search: string) => `name: t\nsearch: |-\n  ${search}\n`;
const kql = (query: string) => `name: t\nquery: |\n  ${query}\n`;
const list = (count: number, item: (i: number) => string, between: string) =>
  Array.from({ length: count }, (_, i) => item(i)).join(between);
const brackets = (inner: string) => '('.repeat(N) + inner + ')'.repeat(N);

describe('rules that want to be too much', () => {
  it.each<[string, string, string]>([
    ['Sigma brackets', 'a.yml', condition(brackets('sel'))],
    ['Sigma not', 'a.yml', condition(`${'not '.repeat(N)}sel`)],
    ['Sigma lists', 'a.yml', sigma(`  sel:\n    a: ${'['.repeat(N)}1${']'.repeat(N)}\n  condition: sel`)],
    ['Sigma quote', 'a.yml', sigma("  sel:\n    a: 'x\n  condition: sel")],
    ['Sigma tab', 'a.yml', sigma('  sel:\n\ta: 1\n  condition: sel')],
    ['Sigma alias of itself', 'a.yml', sigma('  sel: &s\n    a: *s\n  condition: sel')],
    ['EQL brackets', 'a.toml', elastic('eql', `process where ${brackets('a == 1')}`)],
    ['EQL quote', 'a.toml', elastic('eql', 'process where a == "x')],
    ['Kuery brackets', 'a.toml', elastic('kuery', brackets('a:1'))],
    ['Kuery nested', 'a.toml', elastic('kuery', `${'a:{ '.repeat(N)}b:1${' }'.repeat(N)}`)],
    ['Lucene brackets', 'a.toml', elastic('lucene', brackets('a:1'))],
    ['ES|QL brackets', 'a.toml', elastic('esql', `from l | where ${brackets('a == 1')}`)],
    ['TOML arrays', 'a.toml', `x = ${'['.repeat(N)}${']'.repeat(N)}\n${elastic('eql', 'process where a == 1')}`],
    ['TOML control character', 'a.toml', elastic('eql', 'process where a == 1 \0')],
    ['TOML text without an end', 'a.toml', "[rule]\nname = 't'\nquery = '''\nprocess where"],
    ['SPL brackets', 'a.yml', spl(brackets('a=1'))],
    ['SPL subsearches', 'a.yml', spl(`a=1 ${'[ search a=1 '.repeat(N)}${']'.repeat(N)}`)],
    ['SPL functions', 'a.yml', spl(`a=1 | where ${'lower('.repeat(N)}a${')'.repeat(N)}="x"`)],
    ['SPL macro that calls itself', 'a.yml', spl('a=1 `loop`')],
    ['SPL macros that double', 'a.yml', spl('a=1 `m0`')],
    ['SPL quote', 'a.yml', spl('a="x | where b')],
    ['KQL brackets', 'a.yml', kql(`T | where ${brackets('a == 1')}`)],
    ['KQL members', 'a.yml', kql(`T | where a${'.b'.repeat(N)} == 1`)],
    ['KQL elements', 'a.yml', kql(`T | where a${'[0]'.repeat(N)} == 1`)],
    ['KQL lists', 'a.yml', kql(`T | where a in (dynamic(${'['.repeat(N)}${']'.repeat(N)}))`)],
    [
      'KQL tables that double',
      'a.yml',
      kql(`let t0 = T; ${list(60, (i) => `let t${i + 1} = union t${i}, t${i};`, ' ')} t60`),
    ],
    ['KQL quote', 'a.yml', kql('T | where a == "x')],
  ])('are told where it is too much: %s', (_, fileName, text) => {
    const { rules, faults } = read(text, fileName);
    const places = [...faults, ...rules.flatMap(({ notParsed }) => notParsed)];
    expect(places.length).toBeGreaterThan(0);
    const lines = text.split('\n');
    for (const { line, column } of places) {
      expect(lines[line - 1]).toBeDefined();
      expect(column).toBeGreaterThan(0);
    }
  });

  it.each<[string, string, string, number]>([
    ['Sigma chain', 'a.yml', condition(list(N, () => 'sel', ' and ')), N],
    [
      'Sigma aliases',
      'a.yml',
      `k: &k x\n${sigma(`  sel:\n    a: [${list(N, () => '*k', ', ')}]\n  condition: sel`)}`,
      1,
    ],
    ['Sigma line ends', 'a.yml', sigma('  sel:\n    a: 1\n  condition: sel').replaceAll('\n', '\r\n'), 1],
    ['EQL chain', 'a.toml', elastic('eql', `process where ${list(N, () => 'a == 1', ' and ')}`), N],
    ['TOML dates', 'a.toml', `d = 2024-01-01\nt = 2024-01-01T00:00:00Z\n${elastic('eql', 'process where a == 1')}`, 1],
    ['TOML line ends', 'a.toml', elastic('kuery', 'a:1\nand\tb:2').replaceAll('\n', '\r\n'), 2],
    ['SPL pipes', 'a.yml', spl(`a=1 ${'| where a=1 '.repeat(2000)}`), 2001],
    [
      'SPL renames',
      'a.yml',
      spl(`a=1 | eval ${list(1500, (i) => `x${i}=1`, ',')} ${'| rename x* as x* '.repeat(1500)}`),
      1,
    ],
    [
      'KQL list',
      'a.yml',
      kql(`let L = datatable(a:string)[${list(150_000, (i) => `"${i}"`, ',')}]; T | where a in (L)`),
      1,
    ],
    ['KQL names that mean each other', 'a.yml', kql('let a = b; let b = a; T | where x in (b)'), 1],
    ['KQL function of itself', 'a.yml', kql('let f = (x:string) { f(x) }; f("q") | where a == 1'), 1],
  ])('are read where they are only long: %s', (_, fileName, text, predicates) => {
    expect(read(text, fileName).rules[0]?.predicates).toHaveLength(predicates);
  });
});
