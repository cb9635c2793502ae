import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TechniqueJson } from '../../shared/catalog/page/page-json.ts';
import { runCli } from '../testing/run-cli.ts';

let folder: string;
let rules: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'catalog-cli-'));
  rules = join(folder, 'rules');
  mkdirSync(rules);
  writeFileSync(join(rules, 'a.yml'), rule('One <b>', "Image|endswith: '\\plink.exe'", 'windows', 'attack.t1572'));
  writeFileSync(
    join(rules, 'b.yml'),
    rule('Two', "CommandLine|contains: ['=x|`y`', '<i>']", 'windows', 'attack.t1572'),
  );
  writeFileSync(join(rules, 'c.yml'), rule('Three', "Image|endswith: '/ssh'", 'linux', 'attack.t1572'));
  writeFileSync(join(rules, 'd.yml'), rule('Four', "Image|endswith: '\\plink.exe'", 'windows', 'attack.t1021.001'));
  writeFileSync(join(rules, 'e.yml'), 'detection: [unclosed\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function rule(title: string, line: string, product: string, tag: string): string {
  return `title: ${title}
id: 00000000-0000-0000-0000-0000000000${String(title.length).padStart(2, '0')}
level: high
tags: [${tag}]
logsource: { product: ${product}, category: process_creation }
detection:
  selection:
    ${line}
  filter:
    User: SYSTEM
  condition: selection and not filter
`;
}

const run = (...args: string[]) => runCli('catalog', ...args);

describe('catalog technique', () => {
  it('prints the page in the agreed keys', async () => {
    const { code, out, err } = await run(
      'technique',
      't1572',
      '--rules',
      rules,
      '--scope',
      'windows',
      '--format',
      'json',
    );
    const page = JSON.parse(out) as TechniqueJson;
    expect(code).toBe(0);
    expect(Object.keys(page)).toEqual([
      'technique',
      'vendors',
      'events',
      'fields',
      'indicators',
      'exclusions',
      'rules',
      'notParsed',
    ]);
    expect(page.technique).toBe('T1572');
    expect(page.vendors).toEqual({ sigma: 2, elastic: 0, splunk: 0, kusto: 0 });
    expect(page.events).toEqual([
      { channel: 'Microsoft-Windows-Sysmon/Operational', eventId: 1, rules: 2 },
      { channel: 'Security', eventId: 4688, rules: 2 },
    ]);
    expect(page.fields).toContainEqual({
      field: 'process.path',
      native: ['Image'],
      rules: 1,
      how: { ends_with: 1 },
      samples: ['\\plink.exe'],
    });
    expect(page.indicators).toContainEqual({ field: 'process.name', op: 'eq', value: 'plink.exe', rules: 1, reach: 2 });
    expect(page.exclusions).toEqual([{ field: 'user.name', op: 'eq', value: 'SYSTEM', rules: 2 }]);
    expect(page.rules.map(({ title, file }) => [title, file])).toEqual([
      ['One <b>', `${rules}/a.yml`],
      ['Two', `${rules}/b.yml`],
    ]);
    expect(new Set(page.notParsed.map(({ file }) => file))).toEqual(new Set([`${rules}/e.yml`]));
    expect(Object.keys(page.notParsed[0] ?? {})).toEqual(['file', 'reason', 'line', 'column']);
    expect(err).toContain('T1572: 2 rules of 5 rules');
  });

  it('counts all platforms where no scope is given', async () => {
    const { out } = await run('technique', 'T1572', '--rules', rules, '--format', 'json');
    expect((JSON.parse(out) as TechniqueJson).vendors.sigma).toBe(3);
  });

  it('rolls sub-techniques up, where not asked to leave them', async () => {
    const count = async (...more: string[]) => {
      const { out } = await run('technique', 'T1021', '--rules', rules, '--format', 'json', ...more);
      return (JSON.parse(out) as TechniqueJson).rules.length;
    };
    expect(await count()).toBe(1);
    expect(await count('--no-subtechniques')).toBe(0);
  });

  it('writes Markdown, HTML and CSV in which no text of a rule is more than text', async () => {
    const md = (await run('technique', 'T1572', '--rules', rules)).out;
    expect(md).toContain('# T1572 Protocol Tunneling');
    expect(md).toContain('One &#60;b&#62;');
    expect(md).toContain('``=x\\|`y` ``'.replace('``=x', '`` =x'));
    const file = join(folder, 'page.html');
    expect(await run('technique', 'T1572', '--rules', rules, '--format', 'html', '--out', file)).toMatchObject({
      code: 0,
      out: '',
    });
    const html = readFileSync(file, 'utf8');
    expect(html).toContain('One &lt;b&gt;');
    expect(html).not.toMatch(/<b>|<i>|<script|src=|href=/);
    const csv = (await run('technique', 'T1572', '--rules', rules, '--format', 'csv')).out;
    expect(csv).toContain("'=x|`y`");
  });

  it('tells wrong calls from failures', async () => {
    expect((await run('technique', 'plink', '--rules', rules)).code).toBe(2);
    expect((await run('technique', 'T1572')).code).toBe(2);
    expect((await run('technique', 'T1572', '--rules', rules, '--scope', 'moon')).code).toBe(2);
    expect(await run('technique', 'T1572', '--rules', join(folder, 'none'))).toMatchObject({ code: 1 });
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect((await run('technique', 'T1572', '--rules', empty)).err).toContain('no rule could be read');
    expect((await run('technique', 'T1572', '--rules', rules, '--out', join(folder, 'none', 'x'))).code).toBe(1);
  });
});

describe('catalog stats', () => {
  it('prints how much of each language was read', async () => {
    const { code, out, err } = await run('stats', '--rules', rules);
    expect(code).toBe(0);
    expect(out).toMatch(/sigma +5 +4 80\.0%/);
    expect(out).toMatch(/^ {2}sigma: \d+ \d+\.\d% of \d+ rules; 0 of several events/m);
    expect(err).toContain('e.yml');
  });

  it('gives the same as JSON', async () => {
    const { out } = await run('stats', '--rules', rules, '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      rules: 5,
      files: 5,
      languages: [{ language: 'sigma', rules: 5, parsed: 4 }],
      fencedKql: { blocks: 0, parsed: 0 },
      running: [{ vendor: 'sigma' }],
    });
  });
});
