import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEval } from './eval/parser.ts';
import { printEval, type EvalNode } from './eval/tree.ts';
import { parseSearch } from './search/parser.ts';
import { searchTokens } from './search/tokens.ts';
import { printSearch, type SearchNode } from './search/tree.ts';

const NOWHERE = { start: 0, end: 0 };

/** A tree without its places, which a printed text has elsewhere. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'span');
  return Object.fromEntries(entries.map(([key, part]) => [key, bare(part)]));
}

function search(text: string): SearchNode | undefined {
  return parseSearch(searchTokens(text, { start: 0, end: text.length }), text.length);
}

function evaluation(text: string): EvalNode {
  return parseEval(text, { start: 0, end: text.length });
}

const field = fc.constantFrom('EventCode', 'Processes.process_name', 'a b', 'x{}.y', 'user"s', 'IN', 'OR');
const word = fc
  .stringMatching(/^[a-zA-Z0-9*.:\\/-]{1,8}$/)
  .filter((text) => !/^(?:and|or|not|in|term|case)$/i.test(text));
const quoted = fc.string({ maxLength: 8 });
const searchText = fc.oneof(
  word.map((text) => ({ text, isQuoted: false, span: NOWHERE })),
  quoted.map((text) => ({ text, isQuoted: true, span: NOWHERE })),
);

const searchTree = fc.letrec<{ node: SearchNode; leaf: SearchNode }>((tie) => ({
  leaf: fc.oneof(
    fc.record({
      kind: fc.constant('compare' as const),
      field,
      operator: fc.constantFrom('=' as const, '!=' as const, '<' as const, '>=' as const),
      value: searchText,
      span: fc.constant(NOWHERE),
    }),
    fc.record({
      kind: fc.constant('in' as const),
      field,
      operator: fc.constantFrom('IN' as const, '=' as const, '!=' as const),
      values: fc.array(searchText, { minLength: 1, maxLength: 3 }),
      span: fc.constant(NOWHERE),
    }),
    fc.record({
      kind: fc.constant('term' as const),
      directive: fc.constantFrom('' as const, 'TERM' as const, 'CASE' as const),
      value: searchText,
      span: fc.constant(NOWHERE),
    }),
    fc.constant<SearchNode>({ kind: 'nothing', span: NOWHERE }),
  ),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      children: fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
      span: fc.constant(NOWHERE),
    }),
    fc.record({ kind: fc.constant('not' as const), child: tie('node'), span: fc.constant(NOWHERE) }),
  ),
})).node;

const evalTree = fc.letrec<{ node: EvalNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      kind: fc.constant('field' as const),
      name: fc.constantFrom('a', 'b.c{}', 'not', "it's"),
      span: fc.constant(NOWHERE),
    }),
    fc.record({ kind: fc.constant('string' as const), value: quoted, span: fc.constant(NOWHERE) }),
    fc.record({
      kind: fc.constant('number' as const),
      text: fc.constantFrom('0', '12', '3.5'),
      span: fc.constant(NOWHERE),
    }),
    fc.record({
      kind: fc.constant('call' as const),
      name: fc.constantFrom('match', 'if', 'true'),
      args: fc.array(tie('node'), { maxLength: 3 }),
      span: fc.constant(NOWHERE),
    }),
    fc.record({
      kind: fc.constant('unary' as const),
      operator: fc.constantFrom('NOT' as const, '-' as const),
      child: tie('node'),
      span: fc.constant(NOWHERE),
    }),
    fc.record({
      kind: fc.constant('binary' as const),
      operator: fc.constantFrom('OR', 'AND', '=', '!=', '<=', 'LIKE', '+', '-', '.', '*', '%'),
      left: tie('node'),
      right: tie('node'),
      span: fc.constant(NOWHERE),
    }) as fc.Arbitrary<EvalNode>,
    fc.record({
      kind: fc.constant('in' as const),
      left: tie('node'),
      values: fc.array(tie('node'), { minLength: 1, maxLength: 2 }),
      span: fc.constant(NOWHERE),
    }),
  ),
})).node;

describe('search expressions', () => {
  it('read back what they print', () => {
    fc.assert(
      fc.property(searchTree, (tree) => {
        expect(bare(search(printSearch(tree)))).toEqual(bare(tree));
      }),
    );
  });

  it('bind OR tighter than AND, written or not', () => {
    const shape = (text: string): unknown => bare(search(text));
    expect(shape('a=1 OR b=2 c=3')).toEqual(shape('(a=1 OR b=2) AND (c=3)'));
    expect(shape('a=1 NOT b=2 OR c=3')).toEqual(shape('a=1 AND ((NOT b=2) OR c=3)'));
  });

  it.each(['a=', '(a=1', 'a=1)', 'a="b', 'a IN ()', '[search x', 'OR a=1', 'a=1 AND'])('refuse %s', (text) => {
    expect(() => search(text)).toThrow();
  });
});

describe('eval expressions', () => {
  it('read back what they print', () => {
    fc.assert(
      fc.property(evalTree, (tree) => {
        expect(bare(evaluation(printEval(tree)))).toEqual(bare(tree));
      }),
    );
  });

  it('bind AND tighter than OR and comparisons tighter than NOT', () => {
    const shape = (text: string): unknown => bare(evaluation(text));
    expect(shape('a=1 OR b=2 AND c=3')).toEqual(shape('a=1 OR (b=2 AND c=3)'));
    expect(shape('NOT a="x" AND b=2')).toEqual(shape('(NOT (a="x")) AND (b=2)'));
  });

  it.each(['a=', 'match(a', 'a b', '"x', ')', ''])('refuse %s', (text) => {
    expect(() => evaluation(text)).toThrow();
  });
});
