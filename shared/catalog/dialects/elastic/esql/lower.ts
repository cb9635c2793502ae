import type { Expr } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import {
  eachPredicate,
  FLIPPED,
  groupByOp,
  joined,
  opValue,
  predicateOf,
  RANGE_OPS,
  nativeFunctions,
  type OpValue,
  type TestShape,
} from '../../common/lowering.ts';
import { isAddressField, regexValue, type Lowering } from '../lower.ts';
import { lowerKuery } from '../kuery/lower.ts';
import { parseKuery } from '../kuery/parse.ts';
import { isWordField } from '../kuery/words.ts';
import { escapedPieces, piecesValue } from '../wildcards.ts';
import { COMPARISONS, type EsqlBinary, type EsqlExpr, type EsqlString } from './ast.ts';
import { sideOf, type Columns, type Side } from './side.ts';

type Test = Extract<EsqlExpr, { kind: 'test' }>;
type Call = Extract<EsqlExpr, { kind: 'call' }>;

/** Makes predicates of conditions. A new one for every state of the columns is cheap. */
export class EsqlLowering {
  readonly #lowering: Lowering;
  readonly #columns: Columns;
  /** Expressions of KQL(), which know no null. */
  readonly #twoValued: WeakSet<Expr>;

  constructor(lowering: Lowering, columns: Columns, twoValued: WeakSet<Expr>) {
    this.#lowering = lowering;
    this.#columns = columns;
    this.#twoValued = twoValued;
  }

  /** The predicates of a condition; undefined where nothing comes out. */
  lower(expr: EsqlExpr): Expr | undefined {
    const span = this.#lowering.place(expr.span);
    switch (expr.kind) {
      case 'and':
      case 'or': {
        const children = expr.children.flatMap((child) => this.lower(child) ?? []);
        return children.length === 0 ? undefined : joined(expr.kind, children, span);
      }
      case 'not': {
        const child = this.lower(expr.child);
        return child && { kind: 'not', child, span };
      }
      case 'boolean':
        return { kind: 'constant', value: expr.value, span };
      case 'field':
        return this.#testOf(expr) ?? this.#equals(this.#side(expr), '', 'true', span, span);
      case 'test':
        return this.#test(expr, span);
      case 'isNull':
        return this.#isNull(expr.subject, expr.negated, span);
      case 'call':
        return this.#call(expr, span);
      case 'binary':
        return this.#binary(expr.op, expr.left, expr.right, span);
      case 'cast':
        return this.lower(expr.subject);
      default:
        return this.#lose('A value stands where a condition should', expr.span);
    }
  }

  /** What a column of conditions stands for. */
  #testOf(expr: EsqlExpr): Expr | undefined {
    return expr.kind === 'field' ? this.#columns.get(expr.name)?.test : undefined;
  }

  #test(expr: Test, span: Span): Expr | undefined {
    const side = this.#side(expr.subject);
    if (side.text === 'true' && expr.op === 'in') return this.#anyOf(expr, span);
    const shape = this.#shape(side, `${expr.negated ? 'not ' : ''}${expr.op}`, span);
    if (!shape) return this.#lose('A test of a constant', expr.span);
    const values = expr.values.flatMap((value) => this.#testValue(expr.op, value, shape.field));
    if (values.length === 0) return undefined;
    const test = groupByOp(shape, values);
    if (expr.op === ':') this.#lowering.inexact.push(`The rule searches for words in ${shape.field}`);
    const flagged: Expr =
      expr.op === 'rlike' && test.kind === 'predicate' ? { ...test, regexFlags: side.foldsCase ? 'is' : 's' } : test;
    return expr.negated ? { kind: 'not', child: flagged, span } : flagged;
  }

  /** `true in (condition, …)`: one of the conditions holds. */
  #anyOf({ values, negated }: Test, span: Span): Expr | undefined {
    const children = values.flatMap((value) => this.lower(value) ?? []);
    if (children.length === 0) return undefined;
    const any = joined('or', children, span);
    return negated ? { kind: 'not', child: any, span } : any;
  }

  #testValue(op: Test['op'], value: EsqlExpr, field: string): OpValue[] {
    const { text } = this.#side(value);
    const span = this.#lowering.place(value.span);
    if (text === undefined) {
      this.#lose(`${field} is compared with a value that is no constant`, value.span);
      return [];
    }
    if (op === 'rlike') return [regexValue(text, span, this.#lowering)];
    return [op === 'like' ? piecesValue(escapedPieces(text), span) : opValue({ op: 'eq', text }, span)];
  }

  #isNull(subject: EsqlExpr, negated: boolean, span: Span): Expr | undefined {
    const shape = this.#shape(this.#side(subject), negated ? 'is not null' : 'is null', span);
    if (!shape) return this.#lose('A null test of a constant', subject.span);
    return predicateOf(shape, negated ? 'is_not_null' : 'is_null', []);
  }

  #binary(op: EsqlBinary, left: EsqlExpr, right: EsqlExpr, span: Span): Expr | undefined {
    if (!(COMPARISONS as readonly string[]).includes(op)) {
      return this.#lose('A number stands where a condition should', { start: left.span.start, end: right.span.end });
    }
    const truth = this.#truth(op, left, right, span) ?? this.#truth(op, right, left, span);
    if (truth) return truth;
    const [leftSide, rightSide] = [this.#side(left), this.#side(right)];
    const flips = leftSide.field === undefined && rightSide.field !== undefined;
    const [node, subject, otherNode, other] = flips
      ? [right, rightSide, left, leftSide]
      : [left, leftSide, right, rightSide];
    const native = flips ? (FLIPPED[op] ?? op) : op;
    const test = this.#comparison(node, subject, native, other, this.#lowering.place(otherNode.span), span);
    return test && native === '!=' ? { kind: 'not', child: test, span } : test;
  }

  /** `(a == "x") == true`: a condition compared with a truth value. */
  #truth(op: EsqlBinary, condition: EsqlExpr, other: EsqlExpr, span: Span): Expr | undefined {
    if (other.kind !== 'boolean' || (op !== '==' && op !== '!=') || !isCondition(condition)) return undefined;
    const child = this.lower(condition);
    return child && other.value !== (op === '==') ? { kind: 'not', child, span } : child;
  }

  #comparison(node: EsqlExpr, subject: Side, op: string, other: Side, at: Span, span: Span): Expr | undefined {
    const range = RANGE_OPS[op];
    const column = this.#testOf(node);
    if (column && !range && (other.text === 'true' || other.text === 'false')) {
      return other.text === 'true' ? column : { kind: 'not', child: column, span };
    }
    if (other.text !== undefined && !range) return this.#equals(subject, op, other.text, at, span);
    const shape = this.#shape(subject, op, span);
    if (!shape) return this.#lose('A comparison of constants', node.span);
    if (other.text !== undefined) return predicateOf(shape, range ?? 'eq', [{ text: other.text, span: at }]);
    if (other.field === undefined) {
      // A time window, such as `@timestamp > now() - 7 days`, or a parameter.
      this.#lowering.inexact.push(`The rule compares ${shape.field} with a value known only when it runs`);
      return undefined;
    }
    if (range) return this.#lose(`Two fields compared with ${op}`, node.span);
    this.#shape(other, op, span);
    return { ...predicateOf(shape, 'eq_field', [{ text: other.field, span: at }]), fieldCompare: 'eq' };
  }

  #equals(side: Side, native: string, text: string, at: Span, span: Span): Expr | undefined {
    const shape = this.#shape(side, native, span);
    return shape && predicateOf(shape, 'eq', [{ text, span: at }]);
  }

  #call(expr: Call, span: Span): Expr | undefined {
    const [subject, ...others] = expr.args;
    const name = expr.name.toLowerCase();
    const placed = {
      starts_with: 'starts_with',
      ends_with: 'ends_with',
      contains: 'contains',
      cidr_match: 'cidr',
    } as const;
    switch (name) {
      case 'starts_with':
      case 'ends_with':
      case 'contains':
      case 'cidr_match': {
        const values = others.flatMap((other) => this.#constants(other));
        const shape = subject && this.#shape(this.#side(subject), expr.name, span);
        if (!shape || values.length === 0) break;
        return groupByOp(
          shape,
          values.map((value) => ({ op: placed[name], value })),
        );
      }
      case 'match':
      case 'match_phrase':
      case 'mv_contains': {
        const values = others.slice(0, 1).flatMap((other) => this.#constants(other));
        const shape = subject && this.#shape(this.#side(subject), expr.name, span);
        if (!shape || values.length === 0) break;
        this.#lowering.inexact.push(`The rule searches for words in ${shape.field}`);
        return groupByOp(
          shape,
          values.map((value) => ({ op: 'eq', value })),
        );
      }
      case 'case': {
        const [yes, no] = others;
        const isPlain =
          yes?.kind === 'boolean' && (no === undefined || (no.kind === 'boolean' && no.value !== yes.value));
        if (!subject || !isPlain || others.length > 2 || (no === undefined && !yes.value)) break;
        const child = this.lower(subject);
        return child && !yes.value ? { kind: 'not', child, span } : child;
      }
      case 'kql':
        if (subject?.kind !== 'string') break;
        return this.#kql(subject);
    }
    return this.#lose(`The function ${expr.name} gives no predicate`, expr.span);
  }

  /** The constants of an argument: itself, or a list's. */
  #constants(expr: EsqlExpr): { readonly text: string; readonly span: Span }[] {
    const items = expr.kind === 'list' ? expr.items : [expr];
    return items.flatMap((item) => {
      const { text } = this.#side(item);
      return text === undefined ? [] : [{ text, span: this.#lowering.place(item.span) }];
    });
  }

  /** A Kuery query inside. Its places are exact where its string has no escapes. */
  #kql({ text, textStart, span }: EsqlString): Expr | undefined {
    const inside = ({ start, end }: Span): Span =>
      this.#lowering.place({ start: textStart + start, end: Math.min(textStart + end, span.end) });
    const parsed = parseKuery(text);
    if (!parsed.ok) {
      this.#lowering.lost.push({ message: `KQL(): ${parsed.fault.message}`, span: inside(parsed.fault.span) });
      return undefined;
    }
    if (!parsed.tree) return undefined;
    const expr = lowerKuery(parsed.tree, { ...this.#lowering, place: inside });
    for (const { predicate } of eachPredicate(expr)) {
      if (isWordField(predicate.field))
        this.#lowering.inexact.push(`The rule searches for words in ${predicate.field}`);
    }
    this.#twoValued.add(expr);
    return expr;
  }

  #side(expr: EsqlExpr): Side {
    return sideOf(expr, this.#columns);
  }

  #shape(side: Side, native: string, span: Span): TestShape | undefined {
    if (side.field === undefined) return undefined;
    if (side.isComputed) this.#lowering.inexact.push(`The rule tests ${side.field}, which it computes`);
    else if (side.functions.length > 0) {
      this.#lowering.inexact.push(`The rule tests ${side.functions.join(' of ')} of ${side.field}`);
    }
    const functions = nativeFunctions(side.functions);
    const caseSensitive = !side.foldsCase && !isAddressField(side.field);
    return { field: side.field, native: functions + native, caseSensitive, quantifier: 'any', span };
  }

  #lose(message: string, span: Span): undefined {
    this.#lowering.lost.push({ message, span: this.#lowering.place(span) });
    return undefined;
  }
}

const ASKING = /^(?:starts_with|ends_with|contains|cidr_match|match|match_phrase|mv_contains|kql)$/i;

function isCondition(expr: EsqlExpr): boolean {
  switch (expr.kind) {
    case 'test':
    case 'isNull':
    case 'and':
    case 'or':
    case 'not':
      return true;
    case 'binary':
      return (COMPARISONS as readonly string[]).includes(expr.op);
    case 'call':
      return ASKING.test(expr.name);
    default:
      return false;
  }
}

/**
 * The condition in the matcher's two-valued logic: in ES|QL a comparison with an absent field is null, and so is its
 * negation. Example: `NOT f == "a"` holds only where f is there and isn't "a".
 */
export function withoutNulls(expr: Expr, twoValued: WeakSet<Expr>, isNegated = false): Expr {
  if (twoValued.has(expr)) return isNegated ? { kind: 'not', child: expr, span: expr.span } : expr;
  switch (expr.kind) {
    case 'not':
      return withoutNulls(expr.child, twoValued, !isNegated);
    case 'and':
    case 'or': {
      const kind = isNegated === (expr.kind === 'and') ? 'or' : 'and';
      return {
        kind,
        children: expr.children.map((child) => withoutNulls(child, twoValued, isNegated)),
        span: expr.span,
      };
    }
    case 'constant':
      return { ...expr, value: expr.value !== isNegated };
    case 'predicate': {
      if (!isNegated) return expr;
      const negated: Expr = { kind: 'not', child: expr, span: expr.span };
      if (expr.op === 'is_null' || expr.op === 'is_not_null') return negated;
      const isThere: Expr = { ...expr, op: 'is_not_null', values: [], native: 'is not null' };
      return { kind: 'and', children: [isThere, negated], span: expr.span };
    }
  }
}
