import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pathArguments, pathsOfSecondStart } from './command-line.ts';

it('takes paths from the command line, and no switches', () => {
  const argv = ['electron', '.', '--inspect=0', 'a.evtx', '', '-x', path.resolve('/logs/b.evtx')];
  expect(pathArguments(argv, 2, path.resolve('/home'))).toEqual([
    path.resolve('/home/a.evtx'),
    path.resolve('/logs/b.evtx'),
  ]);
});

it('takes nothing but absolute paths of a second start', () => {
  const paths = ['/a', '/b/c.evtx'].map((of) => path.resolve(of));
  expect(pathsOfSecondStart({ paths: [...paths, 7, '', 'relative', null, { path: '/x' }] })).toEqual(paths);
  fc.assert(
    fc.property(fc.anything(), (data) => {
      for (const of of pathsOfSecondStart(data)) expect(path.isAbsolute(of)).toBe(true);
    }),
  );
});
