import { describe, expect, it } from 'vitest';
import { detectDialect } from '../../detect.ts';
import { readDialect, type RuleDialect } from '../../read-catalog.ts';
import { eachPredicate } from './lowering.ts';

const KQL = `// Title: Tunnels
// MITRE: T1572, t1021.001
let names = dynamic(["a.exe"]);
DeviceProcessEvents
| where FileName in (names)
`;
const SPL =
  '``` Looks for tunnels, T1572 ```\n| tstats count from datamodel=Endpoint.Processes where Processes.process_name=a.exe';
const EQL = '// T1572\nprocess where process.name : "a.exe"';
const ESQL = '/* T1572 */ from logs-* | where process.name == "a.exe"';

describe('files that hold nothing but a query', () => {
  it.each([
    ['tunnels_by_name.kql', KQL, 'kusto', 'kql', 'FileName', ['T1572', 'T1021.001']],
    ['tunnels.spl', SPL, 'splunk', 'spl', 'Processes.process_name', ['T1572']],
    ['tunnels.eql', EQL, 'elastic', 'eql', 'process.name', ['T1572']],
    ['tunnels.esql', ESQL, 'elastic', 'esql', 'process.name', ['T1572']],
  ])('%s', (name, text, dialect, language, field, techniques) => {
    expect(detectDialect(text, name)).toBe(dialect);
    const { rules, diagnostics } = readDialect(dialect as RuleDialect, text, `rules/${name}`, new Map());
    expect(diagnostics).toEqual([]);
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({ language, techniques, notRunnable: '' });
    const predicates = rules[0]?.queries.flatMap((query) =>
      query.predicates ? [...eachPredicate(query.predicates)] : [],
    );
    expect(predicates?.map(({ predicate }) => predicate.field)).toEqual([field]);
    const value = predicates?.[0]?.predicate.values[0];
    expect(value && text.slice(value.span.start, value.span.end)).toContain('a.exe');
  });

  it('are called as their comments say, else as the file', () => {
    const titles = (text: string, name: string): (string | undefined)[] =>
      readDialect('kusto', text, name, new Map()).rules.map(({ title }) => title);
    expect(titles(KQL, 'x.kql')).toEqual(['Tunnels']);
    expect(titles('T | where a == 1', 'odd_tunnels.kql')).toEqual(['odd tunnels']);
  });

  it('are none where the content is another', () => {
    expect(detectDialect('PK\0\0a=b', 'app.spl')).toBeUndefined();
    expect(detectDialect('', 'x.kql')).toBeUndefined();
    expect(detectDialect('just words', 'x.eql')).toBeUndefined();
    const broken = readDialect('elastic', 'process where (', 'x.eql', new Map()).rules[0];
    expect(broken?.notParsed[0]).toMatchObject({ severity: 'error', span: { start: 15, end: 15 } });
  });
});
