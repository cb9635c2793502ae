import type { Expr } from '../../../../model/predicate.ts';
import type { Diagnostic } from '../../../../model/rule.ts';
import { isLargerThan, joined } from '../../common/lowering.ts';
import { runnable, startLowering, type Lowering } from '../lower.ts';
import { lostParts, unreadable, type QueryReading } from '../reading.ts';
import type { PlacedString } from '../toml-places.ts';
import type { EsqlColumn, EsqlCommand, EsqlExpr, EsqlQuery } from './ast.ts';
import { EsqlLowering, withoutNulls } from './lower.ts';
import { parseEsql } from './parse.ts';
import { EsqlCounting } from './counting.ts';
import { computedColumn, ownSide, sideOf, type Column } from './side.ts';

/** Reads an ES|QL query: one event, tested by the WHERE commands before the first STATS. */
export function readEsql({ text, place }: PlacedString): QueryReading {
  const parsed = parseEsql(text);
  if (!parsed.ok) return unreadable('esql', parsed.fault, place);
  const lowering = startLowering(place);
  const walk = new PipelineReader(lowering);
  walk.read(parsed.tree);
  const span = place(parsed.tree.span);
  const predicates = walk.tests.length === 0 ? undefined : joined('and', walk.tests, span);
  const counting = walk.counting.result();
  if (walk.counting.obstacle !== undefined) lowering.inexact.push(walk.counting.obstacle);
  const condition = predicates && withoutNulls(predicates, walk.twoValued);
  return {
    events: [{ indices: walk.indices, predicates, absent: false, span }],
    sequence: undefined,
    notParsed: [...walk.unknown, ...lostParts('esql', lowering)],
    ...(counting ? { counting } : {}),
    ...runnable(condition, lowering),
  };
}

/** A column's condition with more nodes than this isn't put in its place: chains of columns would multiply. */
const MAX_COLUMN_NODES = 400;

/** Goes through the commands of a query in their order. */
class PipelineReader {
  readonly tests: Expr[] = [];
  readonly indices: string[] = [];
  readonly unknown: Diagnostic[] = [];
  readonly twoValued = new WeakSet<Expr>();
  readonly #lowering: Lowering;
  readonly #columns = new Map<string, Column>();
  readonly counting: EsqlCounting;
  #isGrouped = false;

  constructor(lowering: Lowering) {
    this.#lowering = lowering;
    this.counting = new EsqlCounting(lowering.place);
  }

  read({ commands }: EsqlQuery): void {
    for (const command of commands) this.#command(command);
  }

  #command(command: EsqlCommand): void {
    const { inexact } = this.#lowering;
    switch (command.kind) {
      case 'from':
        for (const index of command.indices) this.indices.push(index);
        break;
      case 'where':
        // What stands after STATS tests groups, and events only where it tests what they are grouped by.
        for (const part of this.#isGrouped
          ? this.counting.filter(command.condition)
          : this.counting.withoutWindow(command.condition)) {
          this.#where(part);
        }
        break;
      case 'eval':
        for (const column of command.columns) {
          this.#define(column);
          this.counting.define(column);
        }
        break;
      case 'rename':
        for (const { from, to } of command.pairs) this.#rename(from, to);
        break;
      case 'stats':
        this.#isGrouped = true;
        this.counting.group(command, this.#columns);
        break;
      case 'grok':
      case 'dissect':
        for (const name of command.patterns.flatMap(extractedNames)) this.#columns.set(name, computedColumn(name));
        break;
      case 'completion':
        this.#columns.set(command.name ?? 'completion', computedColumn(command.name ?? 'completion'));
        break;
      case 'enrich':
      case 'lookup':
        inexact.push(
          `The rule adds fields from an index of its own (${command.kind === 'enrich' ? 'ENRICH' : 'LOOKUP JOIN'})`,
        );
        break;
      case 'limit':
        // Of groups it is only how many are shown.
        if (!this.#isGrouped) inexact.push('The rule keeps only the first rows (LIMIT)');
        break;
      case 'row':
        inexact.push('The rule makes its rows itself (ROW)');
        break;
      case 'other':
        this.#other(command);
        break;
      case 'keep':
      case 'drop':
      case 'sort':
      case 'mv_expand':
        break;
    }
  }

  #where(condition: EsqlExpr): void {
    const test = this.#lower(condition, this.#lowering);
    if (test) this.tests.push(test);
  }

  #lower(expr: EsqlExpr, lowering: Lowering): Expr | undefined {
    return new EsqlLowering(lowering, this.#columns, this.twoValued).lower(expr);
  }

  #define({ name, expr }: EsqlColumn): void {
    if (name === undefined) return;
    const side = sideOf(expr, this.#columns);
    const isPlain = !side.isComputed && (side.field !== undefined || side.text !== undefined || side.isNull);
    const test = isTest(expr) ? this.#columnTest(expr) : undefined;
    this.#columns.set(
      name,
      isPlain || test ? { side: isPlain ? side : computedColumn(name).side, test } : computedColumn(name),
    );
  }

  /** A column's condition, where all of it is understood and exact. */
  #columnTest(expr: EsqlExpr): Expr | undefined {
    const trial: Lowering = { ...this.#lowering, inexact: [], lost: [] };
    const test = this.#lower(expr, trial);
    if (!test || trial.lost.length > 0 || trial.inexact.length > 0) return undefined;
    return isLargerThan(test, MAX_COLUMN_NODES) ? undefined : test;
  }

  #rename(from: string, to: string): void {
    const known = this.#columns.get(from);
    this.#columns.delete(from);
    this.#columns.set(to, known ?? { side: ownSide(from), test: undefined });
  }

  #other({ name, span }: Extract<EsqlCommand, { kind: 'other' }>): void {
    const message = `The command ${name.toUpperCase()} is not understood`;
    this.#lowering.inexact.push(message);
    this.unknown.push({ severity: 'warning', code: 'elastic-esql-command', message, span: this.#lowering.place(span) });
  }
}

function isTest({ kind }: EsqlExpr): boolean {
  return ['and', 'or', 'not', 'test', 'isNull', 'binary', 'call'].includes(kind);
}

/** Names that a grok (`%{SYNTAX:name}`, `(?<name>…)`) or dissect (`%{name}`) pattern fills. */
function extractedNames(pattern: EsqlExpr): string[] {
  if (pattern.kind !== 'string') return [];
  const named = pattern.text.matchAll(/%\{(?:[A-Z0-9_]+:)?[+*&?]?([\w.@]+)[^}]*\}|\(\?<([\w.@]+)>/g);
  return [...named].flatMap(([, field, group]) => field ?? group ?? []);
}
