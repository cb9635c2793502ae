import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../testing/corpus.ts';
import { loadCatalogMappings } from './mappings.ts';
import { readCatalogFolders, type CatalogFolders, type CatalogOptions } from './read-folders.ts';

const mappings = loadCatalogMappings(join(projectRoot, 'rules'));
let folder: string;
let rules: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  rules = join(folder, 'rules');
  mkdirSync(join(rules, 'windows'), { recursive: true });
  write('a.yml', sigma('One', "Image|endswith: '\\plink.exe'"));
  write('windows/b.toml', ELASTIC);
  write('c.yml', SPLUNK);
  write('macros/d.yml', macro('sourcetype=x'));
  write('e.md', KUSTO);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  const path = join(rules, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

function sigma(title: string, line: string): string {
  return `title: ${title}
id: 00000000-0000-0000-0000-000000000001
tags: [attack.t1572]
logsource: { product: windows, category: process_creation }
detection:
  selection:
    ${line}
  condition: selection
`;
}

const ELASTIC = `[metadata]
maturity = "production"
[rule]
name = "Two"
rule_id = "00000000-0000-0000-0000-000000000002"
language = "eql"
type = "eql"
query = '''
process where event.type == "start" and process.name : "plink.exe"
'''
[[rule.threat]]
framework = "MITRE ATT&CK"
[[rule.threat.technique]]
id = "T1572"
`;

const SPLUNK = `name: Three
id: 00000000-0000-0000-0000-000000000003
status: production
data_source:
- Sysmon EventID 1
search: '\`our_logs\` process_name="plink.exe" | stats count by dest'
tags:
  mitre_attack_id:
  - T1572
`;

const macro = (definition: string) => `name: our_logs\ndefinition: ${definition}\n`;

const KUSTO = `# Four

| Technique ID | Title |
| --- | --- |
| T1572 | Protocol Tunneling |

\`\`\`KQL
DeviceProcessEvents
| where FileName =~ "plink.exe"
\`\`\`
`;

function read(more: Partial<CatalogOptions> = {}): Promise<CatalogFolders> {
  return readCatalogFolders({ roots: [{ path: rules, name: 'rules' }], mappings, cacheFolder: undefined, ...more });
}

const titles = ({ entries }: CatalogFolders) => entries.map(({ rule }) => rule.title).sort();

describe('reading rule folders', () => {
  it("reads all vendors' rules by content, with macros put in", async () => {
    const found = await read();
    expect(titles(found)).toEqual(['Four', 'One', 'Three', 'Two']);
    expect(found).toMatchObject({ macros: 1, others: 0, faults: [], unread: [], files: 5, isCancelled: false });
    for (const { rule } of found.entries) {
      expect(rule.techniques).toEqual(['T1572']);
      expect(rule.isWindows).toBe(true);
      const names = rule.predicates.flatMap(({ derived, field, values }) =>
        derived?.field === 'process.name' ? derived.values : field === 'process.name' ? values : [],
      );
      expect(names).toEqual(['plink.exe']);
    }
  });

  it('lists what cannot be read, each with its place, and goes on', async () => {
    write('broken.yml', 'title: T1003 here\ndetection: [unclosed\n');
    write('broken.toml', '[rule]\nname = \n');
    write('notes.yml', 'a: 1\n');
    write('big.yml', 'x'.repeat((4 << 20) + 1));
    symlinkSync(rules, join(rules, 'windows', 'loop'));
    symlinkSync(join(folder, 'gone'), join(rules, 'gone.yml'));
    const found = await read();
    expect(titles(found)).toEqual(expect.arrayContaining(['Four', 'One', 'Three', 'Two']));
    const faulty = found.entries.filter(({ rule }) => rule.notParsed.length > 0).map(({ file }) => file);
    const named = [...found.unread.map(({ file }) => file), ...faulty];
    expect(new Set(named)).toEqual(new Set(['rules/broken.toml', 'rules/broken.yml']));
    for (const { line, column } of found.unread) expect([line, column].every((n) => n >= 1)).toBe(true);
    expect(found.others).toBe(1);
    expect(found.faults.map(({ file }) => file).sort()).toEqual([
      'rules/big.yml',
      'rules/gone.yml',
      'rules/windows/loop',
    ]);
  });

  it('says so of a file that the user names and that is no rule', async () => {
    write('notes.txt', 'nothing');
    const found = await read({ roots: [{ path: join(rules, 'notes.txt'), name: 'notes.txt' }] });
    expect(found.unread).toMatchObject([{ file: 'notes.txt', line: 1, column: 1 }]);
  });

  it('stops when asked to', async () => {
    const stop = new AbortController();
    stop.abort();
    for (let i = 0; i < 300; i++) write(`more/${i}.yml`, sigma(`r${i}`, `CommandLine|contains: 'x${i}'`));
    const found = await read({ signal: stop.signal });
    expect(found.isCancelled).toBe(true);
    expect(found.entries.length).toBeLessThan(304);
  });

  it.skipIf(process.getuid?.() === 0)('lists a folder without permission', async () => {
    mkdirSync(join(rules, 'closed'));
    chmodSync(join(rules, 'closed'), 0);
    const found = await read();
    expect(found.faults.map(({ file }) => file)).toEqual(['rules/closed']);
    chmodSync(join(rules, 'closed'), 0o700);
  });
});

describe('the cache', () => {
  const cached = (more: Partial<CatalogOptions> = {}) => read({ cacheFolder: join(folder, 'cache'), ...more });

  it('gives the same rules without reading a file again', async () => {
    const first = await cached();
    const second = await cached();
    expect(first.filesRead).toBe(5);
    expect(second.filesRead).toBe(0);
    expect(second.entries).toEqual(first.entries);
    expect({ ...second, filesRead: 0 }).toEqual({ ...first, filesRead: 0 });
  });

  it('reads again what has changed, is new, or is gone; a new time alone changes nothing', async () => {
    await cached();
    write('a.yml', sigma('One changed', "Image|endswith: '\\ssh.exe'"));
    write('f.yml', sigma('Five', "Image|endswith: '\\ssh.exe'"));
    rmSync(join(rules, 'e.md'));
    utimesSync(join(rules, 'windows', 'b.toml'), new Date(1e12), new Date(1e12));
    const found = await cached();
    expect(titles(found)).toEqual(['Five', 'One changed', 'Three', 'Two']);
    expect(found.filesRead).toBe(3);
    expect((await cached()).filesRead).toBe(0);
  });

  it("reads Splunk's rules again where a macro has changed", async () => {
    await cached();
    write('macros/d.yml', macro('EventCode=22'));
    const found = await cached();
    const splunk = found.entries.find(({ rule }) => rule.vendor === 'splunk');
    expect(splunk?.rule.predicates.map(({ native }) => native)).toContain('EventCode');
    expect(found.filesRead).toBe(2);
  });

  it('is built anew where it is damaged, of other mappings, or cannot be written', async () => {
    const first = await cached();
    const path = join(folder, 'cache', 'catalog.cache');
    const whole = readFileSync(path);
    for (const damaged of [
      whole.subarray(0, whole.length >> 1),
      Buffer.alloc(0),
      flipped(whole),
      Buffer.from('{}\n{}'),
    ]) {
      writeFileSync(path, damaged);
      const found = await cached();
      expect(found.filesRead).toBe(5);
      expect(found.entries).toEqual(first.entries);
      expect((await cached()).filesRead).toBe(0);
    }
    expect((await cached({ mappings: withHash('other') })).filesRead).toBe(5);
    const blocked = await read({ cacheFolder: join(rules, 'a.yml', 'cache') });
    expect(titles(blocked)).toEqual(titles(first));
    expect(blocked.faults).toMatchObject([{ code: 'storage-failed' }]);
  });
});

function withHash(hash: string): CatalogOptions['mappings'] {
  return { fields: mappings.fields, events: mappings.events, hash };
}

function flipped(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  const at = copy.length - 20;
  copy[at] = copy[at]! ^ 1;
  return copy;
}
