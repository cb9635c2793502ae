import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CatalogPredicate } from '../../../../shared/ipc/catalog-calls.ts';
import { positionAt } from '../../../../shared/model/span.ts';
import { cutAt, lineNumbers, predicateOf } from './wanted.ts';

const predicate = (field: string, op: CatalogPredicate['op'], values: string[]): CatalogPredicate => ({
  field,
  native: field,
  op,
  nativeOp: '',
  values,
  quantifier: 'any',
  negated: false,
  role: 'indicator',
  context: '',
  caseSensitive: false,
  derived: null,
  placeholders: [],
  span: { start: 0, end: 0 },
  logField: null,
});

it('a value is found in its predicate, or in the name that a path asks for', () => {
  const path = predicate('process.path', 'ends_with', ['\\a.exe', '\\b.exe']);
  const list = [
    predicate('process.command_line', 'contains', ['-R']),
    { ...path, derived: { field: 'process.name', values: ['a.exe', 'b.exe'] } },
    predicate('user.name', 'is_null', []),
  ];
  expect(predicateOf(list, { field: 'process.command_line', op: 'contains', value: '-r' })).toBe(0);
  expect(predicateOf(list, { field: 'process.name', op: 'eq', value: 'B.exe' })).toBe(1);
  expect(predicateOf(list, { field: 'process.path', op: 'ends_with', value: '\\a.exe' })).toBe(1);
  expect(predicateOf(list, { field: 'user.name', op: 'is_null', value: '' })).toBe(2);
  expect(predicateOf(list, { field: 'process.path', op: 'eq', value: '\\a.exe' })).toBe(-1);
});

it('cuts lose nothing, whatever the place', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), fc.integer(), (text, start, end) => {
      expect(cutAt(text, { start, end }).join('')).toBe(text);
    }),
  );
});

it('there are as many numbers as lines', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\n', '\r\n', '\r')), (parts) => {
      const text = parts.join('');
      expect(lineNumbers(text).split('\n').length).toBe(positionAt(text, text.length).line);
    }),
  );
});
