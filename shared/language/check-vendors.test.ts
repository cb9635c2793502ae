import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLogsources } from '../catalog/logsource.ts';
import { readEventMap } from '../catalog/normalise/event-map.ts';
import { readFieldTable } from '../catalog/normalise/field-table.ts';
import { readRunEvents } from '../catalog/run/run-events.ts';
import type { RunMappings } from '../catalog/run/runnable.ts';
import { checkText } from './check.ts';

const shipped = (name: string): string =>
  readFileSync(new URL(`../../rules/mappings/${name}`, import.meta.url), 'utf8');
const mappings = (): RunMappings => ({
  fields: readFieldTable(shipped('canonical-fields.yaml')),
  events: readEventMap(shipped('catalog-events.yaml'), readLogsources(shipped('logsources.yaml'))),
  run: readRunEvents(shipped('run-events.yaml')),
});

/** What is said of a text: code, severity and the characters that it is said of. */
function said(text: string, fileName: string): string[] {
  return checkText({ text, fileName }, { techniques: new Map(), mappings }).map(
    ({ code, severity, span }) => `${severity} ${code}: ${text.slice(span.start, span.end)}`,
  );
}

const elastic = (query: string): string => `[rule]
name = "T"
rule_id = "00000000-0000-4000-8000-000000000001"
type = "eql"
language = "eql"
query = '''
${query}
'''
`;
const splunk = (search: string): string => `name: T\nid: x\nsearch: ${search}\n`;

describe('a rule of another vendor', () => {
  it('is checked as its own language, not as Sigma', () => {
    const good = elastic('process where host.os.type == "windows" and process.name == "plink.exe"');
    expect(said(good, 'rule.toml').filter((one) => !one.startsWith('info'))).toEqual([]);
    const broken = said(elastic('process where host.os.type == "windows" and process.name =='), 'rule.toml');
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.join('\n')).not.toContain('sigma-');
  });

  it('says where it cannot run, or runs in part', () => {
    const absent = said(
      elastic('process where host.os.type == "windows" and process.Ext.api.name == "x"'),
      'rule.toml',
    );
    expect(absent).toContain('error no-equal: process.Ext.api.name == "x"');
  });

  it('is told by its name where the text alone does not tell it', () => {
    const query = '# Hunt\n\n```KQL\nDeviceProcessEvents\n| where FileName =~ "plink.exe"\n```\n';
    expect(said(query, 'hunt.md').filter((one) => one.startsWith('error'))).toEqual([]);
  });

  it('does not blame search macros, which only open folders define', () => {
    const text = splunk('\'`sysmon` EventCode=1 Image="*\\\\plink.exe" | `drop_dm_object_name(Processes)`\'');
    expect(said(text, 'rule.yml').filter((one) => one.includes('splunk-macro'))).toEqual([]);
  });
});

describe('lists for placeholders', () => {
  it('are known to the check', () => {
    const text = `title: T
id: 00000000-0000-4000-8000-000000000001
status: test
description: D
logsource: {product: windows, category: process_creation}
detection:
  sel:
    User|expand: '%Admins%'
  condition: sel
level: low
`;
    const of = (placeholders: Record<string, string[]>) =>
      checkText({ text, fileName: 'rule.yml', placeholders }, { techniques: new Map(), mappings }).map(
        ({ code }) => code,
      );
    expect(of({})).toContain('unsupported-placeholder');
    expect(of({ Admins: ['adm_*'] })).not.toContain('unsupported-placeholder');
  });
});
