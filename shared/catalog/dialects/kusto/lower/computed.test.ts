import { describe, expect, it } from 'vitest';
import { eachPredicate } from '../../common/lowering.ts';
import { predicates, read } from '../brief.test-data.ts';
import { show } from '../../one-line.test-data.ts';

describe('columns that a query computes', () => {
  it.each([
    // What a condition behind a column asks is asked of the event.
    ['T | extend x = a == 1 | where x', 'a eq 1'],
    ['T | extend x = a == 1 | where x == false', '!(a eq 1)'],
    ['T | extend x = ipv4_is_private(ip) | where x != true', '!(ip cidr 10.0.0.0/8|172.16.0.0/12|192.168.0.0/16)'],
    ['T | extend x = iff(a == 1, "yes", "no") | where x == "yes"', 'a eq 1'],
    ['T | extend x = iff(a == 1, "yes", "no") | where x != "yes"', '!(a eq 1)'],
    ['T | extend x = iif(a has "q", 1, 0) | where b == 2 | where x == 1', '(b eq 2 and a contains q)'],
    ['T | extend x = case(a == 1, "A", a == 2, "B", "C") | where x == "A"', 'a eq 1'],
    ['T | extend x = case(a == 1, "A", a == 2, "B", "C") | where x == "B"', '(!(a eq 1) and a eq 2)'],
    ['T | extend x = case(a == 1, "A", a == 2, "B", "C") | where x != "C"', '(a eq 1 or a eq 2)'],
    ['T | extend x = case(a == 1, "A", a == 2, "B", "C") | where x in ("A", "C")', '!((!(a eq 1) and a eq 2))'],
    ['T | extend x = case(a == 1, "A", "b") | where x =~ "B"', '!(a eq 1)'],
    // Names mean what they meant there.
    ['T | extend x = a == 1 | extend a = b | where x', 'a eq 1'],
    ['T | where iff(a == 1, true, b == 2)', '(a eq 1 or b eq 2)'],
    ['T | where iff(a == 1, false, b == 2)', '(!(a eq 1) and b eq 2)'],
    ['T | where iff(a == 1, b == 2, true)', '(!(a eq 1) or b eq 2)'],
    ['T | where iff(a == 1, b == 2, false)', '(a eq 1 and b eq 2)'],
    // A function of one field is told of that field.
    ['T | extend x = parse_command_line(a, "windows") | where x has "q"', 'a contains q'],
    ['T | extend x = tolower(split(a, "/")[1]) | where x == "q"', 'a eq q'],
    ['T | extend x = strcat(a, b) | where x == "q"', 'x eq q'],
    // What an expression finds is there where it matches.
    ['T | extend x = extract("[0-9]+", 0, a) | where isnotempty(x)', 'a match [0-9]+'],
    ['T | where isempty(extract("[0-9]+", 0, a))', '!(a match [0-9]+)'],
    ['T | extend x = extract("<Data Name=\\"Q\\">(.*?)</Data>", 1, EventData) | where x == "q"', 'EventData.Q eq q'],
  ])('%s', (query, wanted) => {
    expect(predicates(query)).toEqual([wanted]);
  });

  it('run where conditions stand behind them, and not where functions do', () => {
    expect(show(read('T | extend x = a == 1 | where x').condition)).toBe('a eq 1');
    expect(read('T | extend x = extract("[0-9]+", 0, a) | where isnotempty(x)').notRunnable).toBe('');
    const rule = read('T | extend x = substring(a, 2) | where x == "q"');
    expect(rule.notRunnable).toBe("substring() of a field can't be compared");
    const [test] = [
      ...eachPredicate(rule.queries[0]?.predicates ?? { kind: 'constant', value: true, span: rule.span }),
    ];
    expect(test?.predicate.native).toBe('substring() ==');
  });

  it('are no events of another query where constants made them', () => {
    const rule = read('let n = binary_shift_left(1, 20);\nT | where a == n and b == 1');
    expect(rule.queries.map(({ predicates: found }) => show(found))).toEqual(['b eq 1']);
    expect(rule.notParsed.map(({ message }) => message)).toEqual(['This is no test of one field']);
  });

  it('are followed only so far as it stays small', () => {
    const doubling = Array.from({ length: 40 }, (_, i) => `| extend x${i + 1} = x${i} and x${i}`).join(' ');
    expect(read(`T | extend x0 = a == 1 ${doubling} | where x40`).queries).toHaveLength(1);
    const long = Array.from({ length: 2000 }, (_, i) => `| extend y${i} = substring(y${i - 1}, 1) == "q"`).join(' ');
    expect(read(`T ${long} | where y1999`).queries).toHaveLength(1);
  });
});
