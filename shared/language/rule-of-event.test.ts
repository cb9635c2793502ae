import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ruleOfEvent, selectionOf, testOfValue } from './rule-of-event.ts';

const logsources = readFileSync(join(import.meta.dirname, '../../rules/mappings/logsources.yaml'), 'utf8');
const ID = '3f5d8f0e-5a9a-4a53-9c2f-9f1f0a9b7c11';
const SYSMON = 'Microsoft-Windows-Sysmon/Operational';

interface Written {
  readonly logsource: unknown;
  readonly detection: { readonly selection: unknown };
}

function ruleFor(channel: string, eventId: number | null, field: string, value: string, provider = ''): Written {
  const { text, span } = ruleOfEvent({ channel, provider, eventId }, { field, value }, ID, logsources);
  expect(text.slice(span.start, span.end)).toContain(field);
  return parse(text) as Written;
}

describe('a rule of an event', () => {
  it('has the category of the kind of event', () => {
    expect(ruleFor(SYSMON, 1, 'Image', 'C:\\Tools\\plink.exe')).toMatchObject({
      logsource: { category: 'process_creation', product: 'windows' },
      detection: { selection: { 'Image|endswith': '\\plink.exe' }, condition: 'selection' },
    });
    expect(ruleFor(SYSMON, 22, 'QueryName', 'a.example').logsource).toEqual({
      category: 'dns_query',
      product: 'windows',
    });
  });

  it('has the log and the id of an event whose fields the category names otherwise', () => {
    expect(ruleFor('Security', 4688, 'NewProcessName', 'C:\\a\\b.exe')).toMatchObject({
      logsource: { product: 'windows', service: 'security' },
      detection: { selection: { EventID: 4688, 'NewProcessName|endswith': '\\b.exe' } },
    });
    expect(ruleFor('Security', 4624, 'EventID', '4624').detection.selection).toEqual({ EventID: 4624 });
    expect(ruleFor('Vendor-Unknown/Admin', 7, 'x', 'y')).toMatchObject({
      logsource: { product: 'windows' },
      detection: { selection: { EventID: 7, x: 'y' } },
    });
  });

  it('is of no Windows log where the event is of none', () => {
    expect(ruleFor('', null, 'src_ip', '10.0.0.1').logsource).toEqual({ product: 'other' });
  });
});

describe('a value as a test', () => {
  it.each([
    ['C:\\Windows\\System32\\cmd.exe', 'ends_with', '\\cmd.exe'],
    ['\\Device\\HarddiskVolume2\\x.exe', 'ends_with', '\\x.exe'],
    ['C:\\Tools\\plink.exe -R 1:2:3', 'eq', 'C:\\Tools\\plink.exe -R 1:2:3'],
    ['"C:\\a b\\c.exe"', 'eq', '"C:\\a b\\c.exe"'],
    ['HARBORLINE\\t.becker', 'eq', 'HARBORLINE\\t.becker'],
    ['C:\\', 'eq', 'C:\\'],
  ])('%s', (value, op, wanted) => {
    expect(testOfValue({ field: 'f', value })).toEqual({ field: 'f', op, value: wanted });
  });
});

it('a selection of all that an event says reads back as what it says', () => {
  const data = [
    { field: 'Image', value: 'C:\\x\\a*.exe' },
    { field: 'User', value: '-' },
    { field: 'Hashes', value: '' },
    { field: 'CommandLine', value: "it's: #1" },
  ];
  const read = parse(selectionOf({ channel: SYSMON, provider: '', eventId: 1, data })) as { selection: unknown };
  expect(read.selection).toEqual({ EventID: 1, Image: 'C:\\x\\a\\*.exe', CommandLine: "it's: #1" });
});
