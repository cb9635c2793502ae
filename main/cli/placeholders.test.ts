import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

const RULE = `title: Admin at work
id: 00000000-0000-4000-8000-000000000001
logsource: {category: application, product: test}
detection:
  sel:
    User|expand: '%Admins%'
  condition: sel
level: low
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'placeholders-cli-'));
  writeFileSync(at('rule.yml'), RULE);
  writeFileSync(at('lists.yml'), 'Admins: [adm_*, root]\n');
  writeFileSync(at('other.yml'), 'Hosts: [a]\n');
  writeFileSync(at('broken.yml'), 'Hosts: [a]\nAdmins: []\n');
  const users = ['adm_jo', 'ROOT', 'jo'];
  writeFileSync(at('log.jsonl'), users.map((User) => `${JSON.stringify({ User })}\n`).join(''));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('--placeholders', () => {
  it('gives rules the lists that they expand', async () => {
    const scan = ['scan', at('log.jsonl'), '--rules', at('rule.yml'), '--format', 'jsonl', '--placeholders'];
    const { code, out } = await runCli(...scan, at('other.yml'), at('lists.yml'));
    expect(code).toBe(0);
    const users = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { fields: { User: string } }).fields.User);
    expect(users).toEqual(['adm_jo', 'ROOT']);
  });

  it('leaves a missing list a fault of the rule, at its place', async () => {
    const without = await runCli('rules', 'check', at('rule.yml'), '--placeholders', at('other.yml'));
    expect(without.code).toBe(1);
    expect(without.out).toContain('rule.yml:6:18');
    expect(without.out).toContain('%Admins%');
    const withList = await runCli('rules', 'check', at('rule.yml'), '--placeholders', at('lists.yml'));
    expect(withList.code).toBe(0);
  });

  it('refuses lists that are broken, with the place', async () => {
    const { code, err } = await runCli('rules', 'check', at('rule.yml'), '--placeholders', at('broken.yml'));
    expect(code).toBe(1);
    expect(err).toContain('broken.yml:2:9: The list Admins is empty');
    const gone = await runCli('scan', at('log.jsonl'), '--rules', at('rule.yml'), '--placeholders', at('gone.yml'));
    expect(gone.code).toBe(1);
    expect(gone.err).toContain('--placeholders ');
  });
});
