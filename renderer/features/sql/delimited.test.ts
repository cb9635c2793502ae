import { expect, it } from 'vitest';
import { delimited } from './delimited.ts';

it('quotes what would end a cell or run as a formula', () => {
  const rows = [
    ['a,b', 1.5, null],
    ['say "x"\nnow', -2, '=1+1'],
    ['-12', 0, 'C:\\a\tb'],
  ] as const;
  expect(delimited(['x', 'y', 'z'], rows, ',')).toBe(
    'x,y,z\r\n"a,b",1.5,\r\n"say ""x""\nnow",-2,\'=1+1\r\n-12,0,C:\\a\tb\r\n',
  );
  expect(delimited(['x', 'y', 'z'], rows, '\t')).toBe(
    'x\ty\tz\r\na,b\t1.5\t\r\nsay "x" now\t-2\t\'=1+1\r\n-12\t0\tC:\\a b\r\n',
  );
});
