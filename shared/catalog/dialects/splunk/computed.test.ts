import { describe, expect, it } from 'vitest';
import { predicates, read } from './brief.test-data.ts';
import { show } from '../one-line.test-data.ts';

describe('values that a search computes', () => {
  it.each([
    // A choice between constants asks for its condition.
    ['a=1 | eval x=if(match(b, "q"), "Yes", "No") | search x="yes"', '(a eq 1 and b match q)'],
    ['a=1 | eval x=if(match(b, "q"), "Yes", "No") | search x!="yes"', '(a eq 1 and !(b match q))'],
    ['a=1 | eval x=if(match(b, "q"), 1, 0) | where x IN ("1", "2")', '(a eq 1 and b match q)'],
    ['a=1 | eval x=case(b="p", "1", b="q", "2", 1=1, "0") | where x="2"', '(a eq 1 and !(b eq p) and b eq q)'],
    ['a=1 | eval x=case(b="p", "1", b="q", "1", true(), "0") | search x=0', '(a eq 1 and !((b eq p or b eq q)))'],
    ['a=1 | eval x=case(b="p", "1", b="q", "2") | search x=1', '(a eq 1 and b eq p)'],
    // Functions of one field are told of that field.
    ['a=1 | eval x=len(b) | search x>100', '(a eq 1 and b gt 100)'],
    ['a=1 | eval x=split(b, " "), y=lower(mvindex(x, 0)) | where like(y, "%q%")', '(a eq 1 and b contains q)'],
    ['a=1 | eval x=b . " " . c | where x="q"', '(a eq 1 and x eq q)'],
    // rex gives a value where its expression matches.
    ['a=1 | rex field=b "k=(?<x>\\\\d+)" | where isnotnull(x)', '(a eq 1 and b match k=(?<x>\\d+))'],
    ['a=1 | rex field=b "k=(?<x>\\\\d+)" | where isnull(x)', '(a eq 1 and !(b match k=(?<x>\\d+)))'],
    ['a=1 | rex field=b "k=(?<x>q)|l=(?<y>q)" | where isnotnull(x)', '(a eq 1 and x is_not_null)'],
    ['a=1 | rex field=b "k=(?<x>q)" | where x="q"', '(a eq 1 and x eq q)'],
  ])('%s', (search, wanted) => {
    expect(predicates(search)).toEqual([wanted]);
  });

  it('run where what is asked is sure also where fields are missing', () => {
    const why = (search: string): string => read(search).notRunnable;
    expect(why('a=1 | eval x=if(match(b, "q"), 1, 0) | where x=1')).toBe('');
    expect(why('a=1 | eval x=if(match(b, "q"), 1, 0) | where x=0')).toContain('fields that may be missing');
    expect(why('a=1 | eval x=if(b!="q", 1, 0) | where x=1')).toBe('');
    expect(why('a=1 | eval x=if(b!="q", 1, 0) | search x=1')).toContain('fields that may be missing');
    expect(why('a=1 | eval x=len(b) | where x>5')).toBe("len() of a field can't be compared");
    expect(show(read('a=1 | eval x=tostring(b) | where x="5"').condition)).toBe('(a eq 1 and b eq 5)');
  });

  it('are followed only so far as it stays small', () => {
    const doubling = Array.from({ length: 40 }, (_, i) => `| eval x${i + 1}=if(x${i}=1 AND x${i}=1, 1, 0)`).join(' ');
    expect(read(`a=1 | eval x0=if(b=1, 1, 0) ${doubling} | where x40=1`).queries).toHaveLength(1);
  });
});
