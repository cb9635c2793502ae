import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKql } from './parser.ts';
import { printStatement, type KqlNode, type KqlStage, type KqlStatement } from './tree.ts';

const span = { start: 0, end: 0 };

/** A tree without its places, which a printed text has elsewhere. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'span');
  return Object.fromEntries(entries.map(([key, part]) => [key, bare(part)]));
}

const name = fc.constantFrom('FileName', 'a b', 'has', '_x1', '$left', "it's", 'by');
const text = fc.string({ maxLength: 6 });
const table = fc.constantFrom('DeviceEvents', 'T1');

const trees = fc.letrec<{ node: KqlNode; stage: KqlStage; query: KqlNode; constant: KqlNode }>((tie) => ({
  constant: fc.oneof(
    text.map((value): KqlNode => ({ kind: 'string', value, span })),
    fc.constantFrom('1', '5m', '1.5', 'true').map((written): KqlNode => ({ kind: 'literal', text: written, span })),
  ),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    name.map((value): KqlNode => ({ kind: 'name', name: value, span })),
    tie('constant'),
    fc.array(tie('constant'), { maxLength: 3 }).map((items): KqlNode => ({ kind: 'list', items, span })),
    fc
      .tuple(fc.constantFrom('f', 'not', 'iff'), fc.array(tie('node'), { maxLength: 2 }), fc.constantFrom('', 'n'))
      .map(([called, args, label]): KqlNode => {
        return { kind: 'call', name: called, args: args.map((value) => ({ name: label, value })), span };
      }),
    fc.tuple(tie('node'), name).map(([left, key]): KqlNode => ({ kind: 'path', left, name: key, span })),
    tie('node').map((child): KqlNode => ({ kind: 'minus', child, span })),
    fc
      .tuple(
        fc.constantFrom('or', 'and', '==', '!~', '>=', 'has', '!contains_cs', 'matches regex', '+', '-', '*', '%'),
        tie('node'),
        tie('node'),
      )
      .map(([operator, left, right]): KqlNode => ({ kind: 'binary', operator, left, right, span })),
    fc
      .tuple(fc.constantFrom('in', '!in~', 'has_any', 'has_all'), tie('node'), fc.array(tie('node'), { maxLength: 2 }))
      .map(([operator, left, items]): KqlNode => {
        return { kind: 'binary', operator, left, right: { kind: 'list', items, span }, span };
      }),
    fc
      .tuple(fc.boolean(), tie('node'), tie('constant'), tie('constant'))
      .map(([isNegated, left, low, high]): KqlNode => ({ kind: 'between', isNegated, left, low, high, span })),
  ),
  stage: fc.oneof(
    tie('node').map((condition): KqlStage => ({ kind: 'where', condition, span })),
    fc.tuple(fc.constantFrom('extend', 'project'), tie('node')).map(([stage, value]): KqlStage => {
      return { kind: 'columns', name: stage, columns: [{ name: 'x', value }], span };
    }),
    tie('node').map((value): KqlStage => {
      return {
        kind: 'summarize',
        columns: [{ name: 'n', value }],
        by: [{ name: '', value: { kind: 'name', name: 'k', span } }],
        span,
      };
    }),
    tie('query').map((right): KqlStage => {
      const options = [{ name: 'kind', value: 'inner' }];
      return { kind: 'join', name: 'join', options, right, on: [{ kind: 'name', name: 'k', span }], span };
    }),
    tie('query').map((query): KqlStage => ({ kind: 'union', options: [], tables: [query], span })),
    fc.constant<KqlStage>({ kind: 'other', name: 'take', text: '5', span }),
    fc.tuple(tie('node'), tie('stage')).map(([value, inner]): KqlStage => {
      const body: KqlNode = { kind: 'query', source: undefined, stages: [inner], span };
      return { kind: 'apply', columns: [{ name: 'x', value }], limit: ' to typeof(string)', body, span };
    }),
  ),
  query: fc.tuple(table, fc.array(tie('stage'), { minLength: 1, maxLength: 3 })).map(([source, stages]): KqlNode => ({
    kind: 'query',
    source: { kind: 'name', name: source, span },
    stages,
    span,
  })),
}));

const statement: fc.Arbitrary<KqlStatement> = fc.oneof(
  trees.query.map((value): KqlStatement => ({ kind: 'expression', value, span })),
  trees.node.map((value): KqlStatement => ({ kind: 'let', name: 'x', value, span })),
  trees.query.map((value): KqlStatement => {
    return { kind: 'function', name: 'f', parameters: ['a'], body: [{ kind: 'expression', value, span }], span };
  }),
);

describe('KQL', () => {
  it('reads back what it prints', () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), (statements) => {
        const { statements: read, faults } = parseKql(statements.map(printStatement).join(';\n'));
        expect(faults).toEqual([]);
        expect(bare(read)).toEqual(bare(statements));
      }),
    );
  });

  it('binds and tighter than or, and comparisons tighter than and', () => {
    const tree = (condition: string): unknown => bare(parseKql(`T | where ${condition}`).statements);
    expect(tree('a == 1 or b has "x" and c + 1 > 2')).toEqual(tree('(a == 1) or ((b has "x") and ((c + 1) > 2))'));
  });

  it.each([
    ['"a\\\\b\\"c"', 'a\\b"c'],
    ['@"C:\\x ""y"""', 'C:\\x "y"'],
    ["h'secret'", 'secret'],
    ['h@"a\\b"', 'a\\b'],
    ['"C:\\Windows"', 'C:\\Windows'],
    ['"a" "b"', 'ab'],
    ['```line\n"two"```', 'line\n"two"'],
    ['"\\u0041"', 'A'],
  ])('reads the string %s', (written, value) => {
    const [read] = parseKql(`let x = ${written}`).statements;
    expect(read).toMatchObject({ kind: 'let', value: { kind: 'string', value } });
  });

  it('reports a faulty operator and goes on', () => {
    const { statements, faults } = parseKql(
      'T | where a == | where b == 1 | where (c has "x" d) | take 5; U | where e == 2',
    );
    expect(faults.length).toBe(2);
    expect(JSON.stringify(bare(statements))).toMatch(/"name":"b".*"name":"take".*"name":"U".*"name":"e"/);
  });

  it('takes a blank line as the end of a query', () => {
    expect(parseKql('T | where a == 1\n\nU | where b == 2').statements.length).toBe(2);
  });
});
