import type { Expr } from '../../../model/predicate.ts';
import type { NamedExpr } from '../../../model/rule.ts';
import type { Span } from '../../../model/span.ts';
import type { Report } from '../../diagnostics.ts';
import type { YamlScalar } from '../../yaml/tree.ts';
import { readCount, readNear, type Aggregation } from './aggregation.ts';

/** A selection by name; `expr` is undefined where the selection itself is faulty (and has said so). */
export interface SelectionSlot {
  readonly name: string;
  readonly nameSpan: Span;
  readonly named: NamedExpr | undefined;
}

/** What of a condition was understood, though it can't run as a whole; for the catalog. */
export interface ConditionParts {
  /** The part before an aggregation, or all of it. A selection that is faulty or unknown is a constant in it. */
  readonly expr: Expr | undefined;
  /** What `| near` asks for: further events near the first one's. */
  readonly near: Expr | undefined;
  /** The aggregation as written, where it is one that old Sigma had, such as `count() by src_ip > 50`. */
  readonly aggregation: string | undefined;
}

interface Token {
  readonly text: string;
  readonly lower: string;
  readonly span: Span;
}

const TOKEN = /[()|]|[^\s()|]+/g;
const OPERATORS = new Set(['and', 'or', 'not', '(', ')', '|']);
const RIGHT_BINDING: Readonly<Record<string, number>> = { or: 1, and: 2 };
const NOT_BINDING = 3;
const DEPTH_LIMIT = 500;

/** What went wrong is reported before this is thrown; it ends one condition only. */
class Stop extends Error {}

/**
 * Pratt parser of one Sigma condition: `or` < `and` < `not` < `1 of x*` and brackets. Operators in any case.
 * It gives the tree with the selections put in, or undefined with at least one error reported.
 */
class ConditionParser {
  readonly #tokens: Token[];
  readonly #end: Span;
  #next = 0;
  #isGood = true;
  #depth = 0;
  #left: Expr | undefined;
  #near: Expr | undefined;
  #written: string | undefined;
  #aggregate: Aggregation | undefined;

  constructor(
    scalar: YamlScalar,
    private readonly selections: readonly SelectionSlot[],
    private readonly used: Set<string>,
    private readonly report: Report,
  ) {
    this.#tokens = [...scalar.text.matchAll(TOKEN)].map((match) => {
      const from = scalar.at(match.index);
      const after = match.index + match[0].length;
      // Before a blank, which may be a line fold, the end is one past the last unit; else it is the next unit's place.
      const isBeforeBlank = /\s/.test(scalar.text[after] ?? '');
      const to = isBeforeBlank ? scalar.at(after - 1) + 1 : scalar.at(after);
      return { text: match[0], lower: match[0].toLowerCase(), span: { start: from, end: to } };
    });
    const end = this.#tokens.at(-1)?.span.end ?? scalar.span.end;
    this.#end = { start: Math.max(scalar.span.start, end - 1), end };
  }

  parse(): Expr | undefined {
    try {
      if (this.#tokens.length === 0) this.#stop('sigma-condition-empty', 'The condition is empty', this.#end);
      const expr = this.#expression(0);
      this.#left = expr;
      const rest = this.#peek();
      if (rest?.text === '|') this.#aggregation(expr);
      else if (rest?.text === ')') this.#stop('sigma-condition-syntax', 'This bracket was never opened', rest.span);
      else if (rest) {
        this.#stop('sigma-condition-syntax', `Expected and, or, or the end, found "${rest.text}"`, rest.span);
      }
      return this.#isGood ? expr : undefined;
    } catch (error) {
      if (error instanceof Stop) return undefined;
      throw error;
    }
  }

  get aggregate(): Aggregation | undefined {
    return this.#isGood ? this.#aggregate : undefined;
  }

  get parts(): ConditionParts {
    return { expr: this.#left, near: this.#near, aggregation: this.#written };
  }

  #expression(binding: number): Expr {
    if (++this.#depth > DEPTH_LIMIT) this.#stop('sigma-condition-depth', 'Brackets are nested too deeply', this.#end);
    const first = this.#next;
    let left = this.#prefix();
    for (;;) {
      const operator = this.#peek();
      const power = operator ? RIGHT_BINDING[operator.lower] : undefined;
      if (!operator || power === undefined || power <= binding) break;
      this.#next++;
      const right = this.#expression(power);
      left = { kind: operator.lower as 'and' | 'or', children: [left, right], span: this.#spanFrom(first) };
    }
    this.#depth--;
    return left;
  }

  #prefix(): Expr {
    const token = this.#peek();
    if (!token) this.#stop('sigma-condition-syntax', 'The condition ends where a selection should stand', this.#end);
    this.#next++;
    if (token.text === '(') {
      const inner = this.#expression(0);
      const close = this.#peek();
      if (close?.text === '|') {
        this.#stop('unsupported-aggregation', 'An aggregation must stand at the end, outside brackets', close.span);
      }
      if (close?.text !== ')') this.#stop('sigma-condition-syntax', 'This bracket is never closed', token.span);
      this.#next++;
      return inner;
    }
    if (token.lower === 'not') {
      const first = this.#next - 1;
      return { kind: 'not', child: this.#expression(NOT_BINDING), span: this.#spanFrom(first) };
    }
    if (OPERATORS.has(token.lower)) {
      this.#stop('sigma-condition-syntax', `Expected a selection, found "${token.text}"`, token.span);
    }
    const of = this.#peek();
    if (of?.lower === 'of' && /^(?:\d+|all|any)$/.test(token.lower)) return this.#quantified(token, of);
    return this.#selection(token);
  }

  #selection(token: Token): Expr {
    const slot = this.selections.find((selection) => selection.name === token.text);
    if (!slot) {
      this.#isGood = false;
      const hint = this.selections.find((selection) => selection.name.toLowerCase() === token.lower);
      const message = `There is no selection named "${token.text}"${hint ? `; did you mean ${hint.name}?` : ''}`;
      this.report.error('sigma-unknown-selection', message, token.span);
      return { kind: 'constant', value: false, span: token.span };
    }
    return this.#use(slot, token.span);
  }

  #use(slot: SelectionSlot, span: Span): Expr {
    this.used.add(slot.name);
    if (slot.named) return slot.named.expr;
    this.#isGood = false;
    return { kind: 'constant', value: false, span };
  }

  /** `1 of x*`, `all of x*`, `any of them`. */
  #quantified(count: Token, of: Token): Expr {
    this.#next++;
    const pattern = this.#peek();
    if (!pattern || OPERATORS.has(pattern.lower)) {
      this.#stop('sigma-condition-syntax', 'Expected a selection name, a pattern or "them"', of.span);
    }
    this.#next++;
    const span = { start: count.span.start, end: pattern.span.end };
    if (/^\d+$/.test(count.text) && count.text !== '1') {
      this.#stop(
        'unsupported-quantifier',
        `"${count.text} of" is not in Sigma; only 1 of, any of and all of`,
        count.span,
      );
    }
    const matches = this.selections.filter(({ name }) =>
      pattern.lower === 'them' ? !name.startsWith('_') : isMeant(pattern.text, name),
    );
    if (matches.length === 0) {
      this.#isGood = false;
      this.report.error('sigma-unknown-selection', `No selection name fits "${pattern.text}"`, pattern.span);
      return { kind: 'constant', value: false, span };
    }
    const children = matches.map((slot) => this.#use(slot, span));
    if (children.length === 1) return children[0] as Expr;
    return { kind: count.lower === 'all' ? 'and' : 'or', children, span };
  }

  /** `| count() by x > 5` and `| near y`: the aggregations that correlation rules replaced. */
  #aggregation(expr: Expr): void {
    const bar = this.#tokens[this.#next++] as Token;
    const word = this.#peek()?.lower ?? '';
    const span = { start: bar.span.start, end: this.#end.end };
    if (word === 'near') {
      this.#next++;
      this.#near = this.#expression(0);
      const rest = this.#peek();
      if (rest) this.#stop('sigma-condition-syntax', `Expected and, or, or the end, found "${rest.text}"`, rest.span);
      const leaves = new Map(this.selections.flatMap(({ name, named }) => (named ? [[named.expr, name]] : [])));
      this.#aggregate = readNear(expr, this.#near, leaves, span);
      return;
    }
    const written = this.#tokens.slice(this.#next).map((token) => token.text);
    this.#next = this.#tokens.length;
    this.#aggregate = readCount(written.join(' '), expr, span);
    if (!this.#aggregate) {
      const message = 'Expected count, min, max, avg or sum, as in: count(field) by field > 5; or near and selections';
      this.#stop('unsupported-aggregation', message, span);
    }
    this.#written = written
      .join(' ')
      .replace(/\s*([()])\s*/g, '$1')
      .replace(')', ') ');
  }

  /** From a token to the one read last. */
  #spanFrom(first: number): Span {
    const start = this.#tokens[first]?.span.start ?? this.#end.start;
    return { start, end: this.#tokens[this.#next - 1]?.span.end ?? this.#end.end };
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #stop(code: string, message: string, span: Span): never {
    this.report.error(code, message, span);
    throw new Stop();
  }
}

/**
 * Whether a pattern means a selection. A pattern is `them` with a restriction (specification, "1/all of
 * search-identifier-pattern"), and names that start with `_` are not of `them`: it must start with `_` itself.
 */
function isMeant(pattern: string, name: string): boolean {
  return matchesName(pattern, name) && (!name.startsWith('_') || pattern.startsWith('_'));
}

/** Whether a selection's name fits a pattern in which `*` is any run of characters. */
function matchesName(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === name;
  const first = parts[0] as string;
  const last = parts.at(-1) as string;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  const end = name.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * Reads one condition text. Adds the names it uses to `used`; `condition` is undefined where it can't be used, with
 * the reasons reported.
 */
export function readCondition(
  scalar: YamlScalar,
  selections: readonly SelectionSlot[],
  used: Set<string>,
  report: Report,
): {
  readonly condition: Expr | undefined;
  readonly parts: ConditionParts;
  /** What stands behind a bar, where that was understood. */
  readonly aggregation: Aggregation | undefined;
} {
  const parser = new ConditionParser(scalar, selections, used, report);
  const condition = parser.parse();
  return { condition, parts: parser.parts, aggregation: parser.aggregate };
}
