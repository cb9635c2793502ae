import type { Expr } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import {
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
import { regexValue, type Lowering } from '../lower.ts';
import { eqlPieces, piecesValue } from '../wildcards.ts';
import { COMPARISONS, type EqlBinary, type EqlExpr, type EqlFilter, type EqlTest } from './ast.ts';

/** An event that a condition speaks of besides its own (`descendant of […]`). */
export interface EqlRelated {
  readonly filter: EqlFilter;
  readonly isNegated: boolean;
}

type Test = Extract<EqlExpr, { kind: 'test' }>;
type Call = Extract<EqlExpr, { kind: 'call' }>;

/** What stands on one side of a comparison. */
interface Side {
  /** The first field in it; undefined for a constant. */
  readonly field: string | undefined;
  /** A constant's text. */
  readonly text: string | undefined;
  readonly isNull: boolean;
  readonly optional: boolean;
  /** Functions between the field and the comparison, such as `length`. */
  readonly functions: readonly string[];
}

/** Makes predicates of a condition; undefined where nothing comes out. Related events are added to `related`. */
export function lowerEql(expr: EqlExpr, lowering: Lowering, related: EqlRelated[]): Expr | undefined {
  return new EqlLowering(lowering, related).lower(expr, false);
}

class EqlLowering {
  readonly #lowering: Lowering;
  readonly #related: EqlRelated[];

  constructor(lowering: Lowering, related: EqlRelated[]) {
    this.#lowering = lowering;
    this.#related = related;
  }

  lower(expr: EqlExpr, isNegated: boolean): Expr | undefined {
    const span = this.#lowering.place(expr.span);
    switch (expr.kind) {
      case 'and':
      case 'or': {
        const children = expr.children.flatMap((child) => this.lower(child, isNegated) ?? []);
        return children.length === 0 ? undefined : joined(expr.kind, children, span);
      }
      case 'not': {
        const child = this.lower(expr.child, !isNegated);
        return child && { kind: 'not', child, span };
      }
      case 'boolean':
        return { kind: 'constant', value: expr.value, span };
      case 'field': {
        const shape = this.#shape(this.#side(expr), '', true, span);
        return shape && groupByOp(shape, [{ op: 'eq', value: { text: 'true', span } }]);
      }
      case 'test':
        return this.#test(expr, span);
      case 'call':
        return this.#call(expr, span);
      case 'binary':
        return this.#binary(expr.op, expr.left, expr.right, span);
      case 'relation':
        this.#related.push({ filter: expr.filter, isNegated });
        this.#lowering.inexact.push(`The rule looks for a process that is ${expr.relation} of another`);
        return undefined;
      case 'sign':
      case 'string':
      case 'number':
      case 'null':
        return this.#lose('A value stands where a condition should', expr.span);
    }
  }

  #test(expr: Test, span: Span): Expr | undefined {
    const native = `${expr.negated ? 'not ' : ''}${expr.op}`;
    const isLoose = expr.op === ':' || expr.op.endsWith('~');
    const shape = this.#shape(this.#side(expr.subject), native, !isLoose, span);
    if (!shape) return this.#lose('A test of a constant', expr.span);
    const values = expr.values.flatMap((value) => this.#testValue(expr.op, value));
    if (values.length === 0) return undefined;
    const isRegex = expr.op === 'regex' || expr.op === 'regex~';
    const test = groupByOp(shape, values);
    // Lucene's dot stands for any character, line feeds too.
    const flagged: Expr = isRegex && test.kind === 'predicate' ? { ...test, regexFlags: isLoose ? 'is' : 's' } : test;
    return expr.negated ? { kind: 'not', child: flagged, span } : flagged;
  }

  #testValue(op: EqlTest, value: EqlExpr): OpValue[] {
    const side = this.#side(value);
    const span = this.#lowering.place(value.span);
    if (side.text === undefined) {
      this.#lose('A value that is no constant', value.span);
      return [];
    }
    if (op === 'regex' || op === 'regex~') return [regexValue(side.text, span, this.#lowering)];
    const hasWildcards = value.kind === 'string' && op !== 'in' && op !== 'in~';
    return [hasWildcards ? piecesValue(eqlPieces(side.text), span) : opValue({ op: 'eq', text: side.text }, span)];
  }

  #binary(op: EqlBinary, left: EqlExpr, right: EqlExpr, span: Span): Expr | undefined {
    if (!(COMPARISONS as readonly string[]).includes(op))
      return this.#lose('A number stands where a condition should', span);
    const truth = this.#truth(op, left, right, span) ?? this.#truth(op, right, left, span);
    if (truth) return truth;
    const [leftSide, rightSide] = [this.#side(left), this.#side(right)];
    const flips = leftSide.field === undefined && rightSide.field !== undefined;
    const [subject, other, otherNode] = flips ? [rightSide, leftSide, left] : [leftSide, rightSide, right];
    const native = flips ? (FLIPPED[op] ?? op) : op;
    const found = this.#foundIn(flips ? right : left, native, other, span);
    if (found) return found;
    const shape = this.#shape(subject, native, true, span);
    if (!shape) return this.#lose('A comparison of constants', { start: left.span.start, end: right.span.end });
    const test = this.#comparison(shape, native, other, this.#lowering.place(otherNode.span));
    if (!test) return this.#lose(`Two fields compared with ${op}`, { start: left.span.start, end: right.span.end });
    const isNegated = native === '!=' && !other.isNull;
    return isNegated ? { kind: 'not', child: test, span } : test;
  }

  /** `endsWith(a, "b") == true`: a condition compared with a truth value. */
  #truth(op: EqlBinary, condition: EqlExpr, other: EqlExpr, span: Span): Expr | undefined {
    if (other.kind !== 'boolean' || (op !== '==' && op !== '!=') || !isCondition(condition)) return undefined;
    const isNegated = other.value !== (op === '==');
    const child = this.lower(condition, false);
    return child && isNegated ? { kind: 'not', child, span } : child;
  }

  #comparison(shape: TestShape, op: string, other: Side, span: Span): Expr | undefined {
    const range = RANGE_OPS[op];
    if (other.isNull) return predicateOf(shape, op === '!=' ? 'is_not_null' : 'is_null', []);
    if (other.text !== undefined) return predicateOf(shape, range ?? 'eq', [{ text: other.text, span }]);
    if (range || other.field === undefined) return undefined;
    if (other.functions.length > 0) this.#computed(other);
    return { ...predicateOf(shape, 'eq_field', [{ text: other.field, span }]), fieldCompare: 'eq' };
  }

  /** `indexOf(a, b) != null` asks whether a contains b, and `== null` whether it doesn't. */
  #foundIn(expr: EqlExpr, op: string, other: Side, span: Span): Expr | undefined {
    if (expr.kind !== 'call' || !other.isNull || !/^indexof~?$/i.test(expr.name) || expr.args.length !== 2)
      return undefined;
    const contains = this.#placed({ ...expr }, 'contains', `${expr.name} ${op}`, span);
    return contains && op === '==' ? { kind: 'not', child: contains, span } : contains;
  }

  #call(expr: Call, span: Span): Expr | undefined {
    const name = expr.name.toLowerCase().replace('~', '');
    switch (name) {
      case 'startswith':
        return this.#placed(expr, 'starts_with', expr.name, span);
      case 'endswith':
        return this.#placed(expr, 'ends_with', expr.name, span);
      case 'stringcontains':
        return this.#placed(expr, 'contains', expr.name, span);
      case 'cidrmatch': {
        const [subject, ...networks] = expr.args;
        const shape = subject && this.#shape(this.#side(subject), expr.name, false, span);
        const values = networks.flatMap((network): OpValue[] => {
          const { text } = this.#side(network);
          return text === undefined ? [] : [{ op: 'cidr', value: { text, span: this.#lowering.place(network.span) } }];
        });
        if (!shape || values.length < networks.length || values.length === 0) break;
        return groupByOp(shape, values);
      }
      case 'wildcard':
      case 'match': {
        const [subject, ...values] = expr.args;
        if (!subject || values.length === 0) break;
        const op = name === 'match' ? 'regex' : ':';
        return this.#test({ kind: 'test', op, negated: false, subject, values, list: true, span: expr.span }, span);
      }
    }
    return this.#lose(`The function ${expr.name} gives no predicate`, expr.span);
  }

  /** startsWith and its like: the second argument is constant, or another field. */
  #placed(expr: Call, op: 'starts_with' | 'ends_with' | 'contains', native: string, span: Span): Expr | undefined {
    const [subject, ...others] = expr.args;
    const shape = subject && this.#shape(this.#side(subject), native, !expr.name.endsWith('~'), span);
    if (!shape || others.length === 0) return this.#lose(`The function ${expr.name} on a constant`, expr.span);
    const sides = others.map((other) => ({ side: this.#side(other), span: this.#lowering.place(other.span) }));
    const [first] = sides;
    if (sides.length === 1 && first?.side.field !== undefined) {
      if (first.side.functions.length > 0) this.#computed(first.side);
      const value = { text: first.side.field, span: first.span };
      return { ...predicateOf(shape, 'eq_field', [value]), fieldCompare: op };
    }
    return groupByOp(
      shape,
      sides.flatMap(({ side, span: at }) =>
        side.text === undefined ? [] : [{ op, value: { text: side.text, span: at } }],
      ),
    );
  }

  #shape(side: Side, native: string, caseSensitive: boolean, span: Span): TestShape | undefined {
    if (side.field === undefined) return undefined;
    if (side.functions.length > 0) this.#computed(side);
    const functions = nativeFunctions(side.functions);
    return {
      field: side.field,
      native: functions + native,
      caseSensitive,
      quantifier: 'any',
      ...(side.optional ? { optional: true } : {}),
      span,
    };
  }

  #computed(side: Side): void {
    this.#lowering.inexact.push(`The rule tests ${side.functions.join(' of ')} of ${side.field ?? 'a field'}`);
  }

  #lose(message: string, span: Span): undefined {
    this.#lowering.lost.push({ message, span: this.#lowering.place(span) });
    return undefined;
  }

  #side(expr: EqlExpr): Side {
    const constant = { field: undefined, isNull: false, optional: false, functions: [] };
    switch (expr.kind) {
      case 'string':
      case 'number':
        return { ...constant, text: expr.text };
      case 'boolean':
        return { ...constant, text: String(expr.value) };
      case 'null':
        return { ...constant, text: undefined, isNull: true };
      case 'field':
        return { ...constant, field: expr.name, optional: expr.optional, text: undefined };
      case 'sign': {
        const child = this.#side(expr.child);
        if (expr.child.kind === 'number')
          return { ...child, text: expr.sign === '-' ? `-${child.text ?? ''}` : child.text };
        return { ...child, functions: [expr.sign, ...child.functions] };
      }
      case 'call': {
        const sides = expr.args.map((arg) => this.#side(arg));
        const side = sides.find(({ field }) => field !== undefined);
        if (!side) return { ...constant, text: undefined };
        // A number or address as text is what a log holds anyway.
        return /^(?:string|number)$/i.test(expr.name) ? side : { ...side, functions: [expr.name, ...side.functions] };
      }
      case 'binary': {
        const left = this.#side(expr.left);
        const side = left.field === undefined ? this.#side(expr.right) : left;
        return { ...side, text: undefined, functions: [expr.op, ...side.functions] };
      }
      case 'and':
      case 'or':
      case 'not':
      case 'test':
      case 'relation':
        return { ...constant, text: undefined };
    }
  }
}

/** Functions that ask something; others give a value. */
const ASKING = /^(?:startswith|endswith|stringcontains|cidrmatch|wildcard|match)~?$/i;

function isCondition(expr: EqlExpr): boolean {
  switch (expr.kind) {
    case 'test':
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
