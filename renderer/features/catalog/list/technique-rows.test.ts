import { describe, expect, it } from 'vitest';
import type { CatalogTechniqueLine } from '../../../../shared/ipc/catalog-calls.ts';
import { listRows, richest, type ListRow } from './technique-rows.ts';

function line(id: string, name: string, tactics: string[], all: number): CatalogTechniqueLine {
  return { id, name, tactics, all, hits: 0, vendors: { sigma: all, elastic: 0, splunk: 0, kusto: 0 } };
}

const LINES = [
  line('T1003', 'OS Credential Dumping', ['credential-access'], 3),
  line('T1003.001', 'LSASS Memory', ['credential-access'], 3),
  line('T1053', 'Scheduled Task/Job', ['execution', 'persistence'], 5),
  line('T1055', 'Process Injection', ['defense-evasion'], 0),
  line('T9999', '', [], 1),
];

const texts = (rows: readonly ListRow[]): string[] =>
  rows.map((row) => (row.kind === 'tactic' ? row.name : `${row.depth} ${row.line.id}`));

describe('the list of techniques', () => {
  it('has each technique under all of its tactics, in the order of an attack, and none without rules', () => {
    expect(texts(listRows(LINES, '', false, new Set()))).toEqual([
      'Execution',
      '1 T1053',
      'Persistence',
      '1 T1053',
      'Credential access',
      '1 T1003',
      '2 T1003.001',
      'No tactic known',
      '1 T9999',
    ]);
  });

  it('finds by id and name, shows the technique of a sub-technique, and techniques without rules', () => {
    expect(texts(listRows(LINES, 'lsass', false, new Set()))).toEqual(['Credential access', '1 T1003', '2 T1003.001']);
    expect(texts(listRows(LINES, 't1055 inject', false, new Set()))).toEqual(['Defense evasion', '1 T1055']);
    expect(listRows(LINES, 'nothing like it', true, new Set())).toEqual([]);
  });

  it('folds a tactic, but not while something is looked for', () => {
    const folded = new Set(['tactic execution']);
    expect(texts(listRows(LINES, '', false, folded)).slice(0, 2)).toEqual(['Execution', 'Persistence']);
    expect(texts(listRows(LINES, 'T1053', false, folded)).slice(0, 2)).toEqual(['Execution', '1 T1053']);
  });

  it('opens with the technique that most rules name', () => {
    expect(richest(LINES)).toBe('T1053');
    expect(richest([])).toBeUndefined();
  });
});
