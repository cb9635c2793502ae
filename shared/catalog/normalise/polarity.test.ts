import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expr, Predicate } from '../../model/predicate.ts';
import { placePredicates } from './polarity.ts';

const span = { start: 0, end: 0 };
const leaf = (field: string): Predicate => ({
  kind: 'predicate',
  field,
  op: 'eq',
  values: [{ text: 'v', span }],
  quantifier: 'any',
  caseSensitive: false,
  native: '',
  span,
});
const and = (...children: Expr[]): Expr => ({ kind: 'and', children, span });
const or = (...children: Expr[]): Expr => ({ kind: 'or', children, span });
const not = (child: Expr): Expr => ({ kind: 'not', child, span });
const roles = (expr: Expr) =>
  Object.fromEntries(placePredicates(expr).map((one) => [one.predicate.field, one.polarity]));

const [a, b, c] = [leaf('a'), leaf('b'), leaf('c')];

describe('polarity', () => {
  it('tells indicators, exclusions and negated predicates apart', () => {
    expect(roles(and(a, not(b)))).toEqual({ a: 'indicator', b: 'exclusion' });
    expect(roles(and(a, not(or(b, c))))).toEqual({ a: 'indicator', b: 'exclusion', c: 'exclusion' });
    expect(roles(and(a, not(and(b, c))))).toEqual({ a: 'indicator', b: 'exclusion', c: 'exclusion' });
    expect(roles(or(a, not(b)))).toEqual({ a: 'indicator', b: 'negated' });
    expect(roles(or(a, and(b, not(c))))).toEqual({ a: 'indicator', b: 'indicator', c: 'negated' });
    expect(roles(and(or(a, b), not(c)))).toEqual({ a: 'indicator', b: 'indicator', c: 'exclusion' });
    expect(roles(not(a))).toEqual({ a: 'exclusion' });
  });

  it('sees that a NOT of a NOT is none, and that an exception of an exclusion is looked for', () => {
    expect(roles(not(not(a)))).toEqual({ a: 'indicator' });
    expect(roles(and(a, not(and(b, not(c)))))).toEqual({ a: 'indicator', b: 'exclusion', c: 'indicator' });
  });

  it('takes a selection of one for what it holds', () => {
    expect(roles(and(a, not(or(b))))).toEqual({ a: 'indicator', b: 'exclusion' });
    expect(roles(or(and(a, not(b))))).toEqual({ a: 'indicator', b: 'exclusion' });
  });

  it('says the way down', () => {
    const paths = placePredicates(and(a, not(or(b, c)))).map(({ path }) => path);
    expect(paths).toEqual(['AND[0]', 'AND[1]/NOT/OR[0]', 'AND[1]/NOT/OR[1]']);
  });
});

/** Expressions in which each predicate has a field of its own. */
const tree = fc
  .letrec<{ node: Expr }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant<Expr>(a),
      fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((children) => and(...children)),
      fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((children) => or(...children)),
      tie('node').map(not),
    ),
  }))
  .node.map((expr) => {
    let next = 0;
    const named = (one: Expr): Expr => {
      if (one.kind === 'predicate') return leaf(`f${next++}`);
      if (one.kind === 'not') return not(named(one.child));
      return one.kind === 'constant' ? one : { ...one, children: one.children.map(named) };
    };
    return named(expr);
  });

/** Straight from the words of the specification, over the written tree: an oracle. */
function oracle(expr: Expr): Record<string, string> {
  const result: Record<string, string> = {};
  const visit = (one: Expr, above: readonly ('and' | 'or' | 'not')[]): void => {
    if (one.kind === 'predicate') {
      const nots = above.filter((kind) => kind === 'not').length;
      const first = above.indexOf('not');
      if (nots % 2 === 0) result[one.field] = 'indicator';
      else result[one.field] = above.slice(0, first).includes('or') ? 'negated' : 'exclusion';
    } else if (one.kind === 'not') {
      const below = bare(one.child);
      if (below.kind === 'not') visit(below.child, above);
      else visit(below, [...above, 'not']);
    } else if (one.kind !== 'constant') {
      const real = one.children.length > 1;
      for (const child of one.children) visit(child, real ? [...above, one.kind] : above);
    }
  };
  visit(expr, []);
  return result;
}

function bare(expr: Expr): Expr {
  return (expr.kind === 'and' || expr.kind === 'or') && expr.children.length === 1 ? bare(expr.children[0]!) : expr;
}

describe('polarity of any expression', () => {
  it('is what the specification says', () => {
    fc.assert(
      fc.property(tree, (expr) => {
        expect(roles(expr)).toEqual(oracle(expr));
      }),
    );
  });

  it('keeps every predicate once, in order', () => {
    fc.assert(
      fc.property(tree, (expr) => {
        const fields = placePredicates(expr).map(({ predicate }) => predicate.field);
        expect(fields).toEqual(fields.map((_, i) => `f${i}`));
      }),
    );
  });

  it('turns indicators of a conjunction into exclusions under a NOT', () => {
    fc.assert(
      fc.property(fc.array(fc.constant(0), { minLength: 1, maxLength: 6 }), (list) => {
        const all = and(...list.map((_, i) => leaf(`f${i}`)));
        expect(Object.values(roles(all))).toEqual(list.map(() => 'indicator'));
        expect(Object.values(roles(and(leaf('x'), not(all)))).slice(1)).toEqual(list.map(() => 'exclusion'));
      }),
    );
  });
});
