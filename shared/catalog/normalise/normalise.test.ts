import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLogsources } from '../logsource.ts';
import { readSigmaCatalog } from '../sigma-catalog.ts';
import { readEventMap } from './event-map.ts';
import { readFieldTable } from './field-table.ts';
import { normaliseRule } from './normalise.ts';
import { foldValue, lastPartOf, shownValue, splitHash } from './values.ts';

const mapping = (name: string) => readFileSync(new URL(`../../../rules/mappings/${name}`, import.meta.url), 'utf8');
const fields = readFieldTable(mapping('canonical-fields.yaml'));
const events = readEventMap(mapping('catalog-events.yaml'), readLogsources(mapping('logsources.yaml')));

function normalise(detection: string, logsource = 'product: windows, category: process_creation') {
  const text = `title: t\nlogsource: { ${logsource} }\ndetection:\n${detection}\n`;
  const [rule] = readSigmaCatalog(text).rules;
  if (!rule) throw new Error('no rule');
  return normaliseRule(rule, { text, fileName: 'x.yml', position: 0 }, { fields, events });
}

const selection = (line: string) => normalise(`  selection:\n    ${line}\n  condition: selection`).predicates;

describe('the field table', () => {
  it('tells fields apart by context', () => {
    const name = (native: string, ...context: string[]) => fields.lookup('sigma', native, new Set(context))?.name;
    expect(name('Signature', 'antivirus')).toBe('malware.signature');
    expect(name('Signature', 'image_load')).toBe('module.signature');
    expect(name('FileName', 'file_event')).toBe('file.path');
    expect(name('FileName')).toBeUndefined();
    expect(name('Hashes', 'image_load')).toBe('module.hash');
    expect(name('Hashes', 'process_creation')).toBe('process.hash');
    const kusto = (native: string, ...context: string[]) => fields.lookup('kusto', native, new Set(context))?.name;
    expect(kusto('FileName', 'deviceprocessevents')).toBe('process.name');
    expect(kusto('InitiatingProcessFileName', 'deviceprocessevents')).toBe('process.parent.name');
    expect(kusto('InitiatingProcessFileName', 'devicenetworkevents')).toBe('process.name');
    expect(kusto('LocalPort', 'listeningconnectioncreated')).toBe('destination.port');
    // The remote side of a logon is where it comes from.
    expect(kusto('RemoteIP', 'devicelogonevents')).toBe('source.ip');
    expect(kusto('RemoteIP', 'devicenetworkevents')).toBe('destination.ip');
    const splunk = (native: string, ...context: string[]) => fields.lookup('splunk', native, new Set(context))?.name;
    expect(splunk('EventType', 'sysmon', '13')).toBe('registry.action');
    // Sysmon's pipes have a field of that name too.
    expect(splunk('EventType', 'sysmon', '17', '18')).toBeUndefined();
  });

  it("finds Windows fields under each vendor's name for them", () => {
    const none = new Set<string>();
    expect(fields.lookup('elastic', 'winlog.event_data.GrantedAccess', none)?.name).toBe('access.mask');
    expect(fields.lookup('elastic', 'process.command_line.text', none)?.name).toBe('process.command_line');
    expect(fields.lookup('splunk', 'ScriptBlockText', none)?.name).toBe('script.block_text');
    expect(fields.lookup('kusto', 'EventData.ServiceName', none)?.name).toBe('service.name');
    expect(fields.lookup('elastic', 'constructor', none)).toBeUndefined();
  });

  it('refuses a file that contradicts itself', () => {
    const file = (entries: string) => `version: 1\nfields:\n${entries}`;
    expect(() => readFieldTable(file('  - { field: a, kind: text }\n  - { field: a, kind: text }'))).toThrow('twice');
    expect(() => readFieldTable(file('  - { field: a, kind: path, name: b }'))).toThrow('no field b');
    expect(() => readFieldTable(file("  - { field: a, kind: text, sigma: 'x[y' }"))).toThrow('x[y');
  });
});

describe('normalised predicates', () => {
  it('derive a name from the end of a path, where it is all of the last part', () => {
    const [two] = selection("Image|endswith: ['\\a.exe', '\\dir\\b.exe', 'c.exe']");
    expect(two?.derived).toEqual({ field: 'process.name', op: 'eq', values: ['a.exe'] });
    expect(selection("ParentImage|endswith: '\\a.exe'")[0]?.derived?.field).toBe('process.parent.name');
    expect(selection("CommandLine|endswith: '\\a.exe'")[0]?.derived).toBeUndefined();
    expect(selection("Image|contains: '\\a.exe'")[0]?.derived).toBeUndefined();
  });

  it('split hashes by algorithm', () => {
    const md5 = 'A'.repeat(32);
    const found = selection(`Hashes|contains: ['MD5=${md5}', 'IMPHASH=${md5}', 'SHA256=AB', 'other']`);
    expect(found.map(({ op, values, algorithm }) => [op, values, algorithm])).toEqual([
      ['eq', [md5], 'md5'],
      ['eq', [md5], 'imphash'],
      ['contains', ['AB'], 'sha256'],
      ['contains', ['other'], undefined],
    ]);
  });

  it('keep unmapped fields under their own name', () => {
    expect(selection("Made|contains: 'x'")).toMatchObject([{ field: 'Made', native: 'Made', isMapped: false }]);
  });

  it('never take a placeholder for a value', () => {
    expect(selection("Image|expand: '%tools%'")).toMatchObject([{ values: [], placeholders: ['%tools%'] }]);
  });

  it('come of aggregations too', () => {
    const rule = normalise("  selection:\n    Image: 'x'\n  condition: selection | count(User) by Computer > 5");
    expect(rule.predicates).toMatchObject([{ field: 'process.path', values: ['x'] }]);
    expect(rule.notParsed).toEqual([]);
    expect(rule.notRunnable).not.toBe('');
  });

  it('are there for what can be understood of a faulty rule, and the rest is listed with its place', () => {
    const rule = normalise("  selection:\n    Image: 'x'\n  condition: selection and not missing");
    expect(rule.predicates).toMatchObject([{ field: 'process.path' }]);
    expect(rule.notParsed).toMatchObject([{ isError: false, line: 6 }]);
  });
});

describe('events', () => {
  const of = (logsource: string, line = "Image: 'x'") =>
    normalise(`  selection:\n    ${line}\n  condition: selection`, logsource).events;

  it('come of the logsource and of tests of event ids', () => {
    expect(of('product: windows, category: process_creation')).toEqual([
      { channel: 'Microsoft-Windows-Sysmon/Operational', eventId: 1 },
      { channel: 'Security', eventId: 4688 },
    ]);
    expect(of('product: windows, service: security', 'EventID: [4624, 4625]')).toEqual([
      { channel: 'Security', eventId: 4624 },
      { channel: 'Security', eventId: 4625 },
    ]);
    expect(of('product: windows, service: system')).toEqual([{ channel: 'System', eventId: null }]);
    expect(of('product: windows, category: process_creation', 'EventID: 4688')).toEqual([
      { channel: 'Security', eventId: 4688 },
    ]);
    expect(of('product: linux, category: process_creation')).toEqual([]);
  });

  it('do not come of ids under a NOT', () => {
    const rule = normalise(
      "  selection:\n    Image: 'x'\n  filter:\n    EventID: 4624\n  condition: selection and not filter",
      'product: windows, service: security',
    );
    expect(rule.events).toEqual([{ channel: 'Security', eventId: null }]);
  });
});

describe('values', () => {
  it('compare without case, but for regular expressions', () => {
    expect(foldValue('contains', ' -R ')).toBe(' -r ');
    expect(foldValue('match', '\\D')).toBe('\\D');
  });

  it('show wildcard patterns as rules write paths', () => {
    expect(shownValue('wildcard', '*\\\\Temp\\\\*.exe')).toBe('*\\Temp\\*.exe');
    expect(shownValue('wildcard', 'a\\*?')).toBe('a[*]?');
    expect(shownValue('eq', 'a\\\\b')).toBe('a\\\\b');
  });

  it('have a last part only where nothing but one separator stands before it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const isName = text !== '' && !/[\\/*?]/.test(text);
        expect(lastPartOf(`\\${text}`)).toBe(isName ? text : undefined);
        expect(lastPartOf(`x\\${text}`)).toBeUndefined();
      }),
    );
  });

  it('split into a hash what is one', () => {
    expect(splitHash('contains', 'SHA1=00')).toEqual({ algorithm: 'sha1', op: 'contains', text: '00' });
    expect(splitHash('contains', 'SHA1=xyz')).toBeUndefined();
    expect(splitHash('match', 'SHA1=00')).toBeUndefined();
    expect(splitHash('eq', 'CONSTRUCTOR=00')).toBeUndefined();
  });
});
