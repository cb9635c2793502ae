import type { CatalogRule } from '../../catalog-rule.ts';
import type { SplunkMacro } from './macro.ts';
import { readSplunk } from './read.ts';
import { show } from '../one-line.test-data.ts';

/** Macros that the searches of tests may call. */
export const macros = new Map<string, SplunkMacro>(
  [
    { name: 'sysmon', parameters: [], definition: 'sourcetype=xml:sysmon OR source=sysmon' },
    { name: 'shells', parameters: [], definition: '(Processes.process_name IN (cmd.exe, "pwsh.exe"))' },
    { name: 'named', parameters: ['field', 'value'], definition: '$field$="*$value$*"' },
    { name: 'loop', parameters: [], definition: '`loop`' },
  ].map((macro) => [macro.name, macro]),
);

/** The rule of one search. */
export function read(search: string): CatalogRule {
  const text = `name: Test\nid: 1\nstatus: production\ntype: TTP\nsearch: |-\n  ${search.replaceAll('\n', '\n  ')}\n`;
  const [rule] = readSplunk(text, 'detections/endpoint/test.yml', macros).rules;
  return rule as CatalogRule;
}

/** The predicates of each query of a rule. */
export function predicates(search: string): string[] {
  return read(search).queries.map((query) => show(query.predicates));
}
