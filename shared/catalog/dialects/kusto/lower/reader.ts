import type { Expr } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import type { CountingInfo } from '../../../catalog-rule.ts';
import { eachPredicate } from '../../common/lowering.ts';
import type { KqlArgument, KqlNode, KqlQuery, KqlStage, KqlStatement } from '../query/tree.ts';
import { conjuncts, countedColumns, countingOf, lookbackOf } from './counting.ts';
import { isChoice } from './choices.ts';
import { lowerCondition } from './predicates.ts';
import { Definitions, Leg, QueryDraft, type Column, type Counted, type Made } from './scope.ts';
import { namesIn, subjectOf, type ConditionScope } from './subject.ts';

/** Operators that neither choose events nor give columns another meaning. */
const NEUTRAL = new Set(
  'project-away project-keep project-reorder sort order render serialize as getschema consume'.split(' '),
);
/** Operators that leave some rows out, whichever they are. */
const LIMITING = new Set(['top', 'take', 'limit', 'sample']);
/** Nesting of queries through names, and queries read: names can stand for one another many times over. */
const DEPTH_LIMIT = 30;
const QUERY_LIMIT = 300;

/** Functions of a field that are told with it. */
const FUNCTIONS_LIMIT = 8;

export interface QueryNote {
  readonly message: string;
  readonly span: Span;
}

/** Reads the statements of a query text into queries with predicates. Spans are places in that text. */
export class QueryReader {
  readonly queries: QueryDraft[] = [];
  readonly notes: QueryNote[] = [];
  readonly inexact: string[] = [];
  /** What is shown otherwise than found: only the first rows. */
  readonly shown: QueryNote[] = [];
  /** What it asks of groups of events, where that is one number. */
  counting: CountingInfo | undefined;
  /** Whether it tests of groups what only some of their events may have. */
  testsGroups = false;
  /** How far back it looks, in microseconds, where it says so. */
  lookbackUs: number | undefined;
  /** Whether there was a query, not only definitions. */
  hasQuery = false;
  #depth = 0;

  read(statements: readonly KqlStatement[]): void {
    this.#statements(statements, new Definitions(undefined));
  }

  /** Reads statements in order; gives the rows of the last expression. */
  #statements(statements: readonly KqlStatement[], definitions: Definitions): Leg[] {
    let legs: Leg[] = [];
    for (const statement of statements) {
      switch (statement.kind) {
        case 'let':
        case 'function':
          definitions.define(statement);
          break;
        case 'expression':
          this.hasQuery = true;
          legs = this.#table(statement.value, definitions, false);
          break;
        case 'directive':
          break;
      }
    }
    return legs;
  }

  /** The rows that an expression of tables gives. `absent` where they must not be there. */
  #table(node: KqlNode, definitions: Definitions, absent: boolean): Leg[] {
    if (this.#depth >= DEPTH_LIMIT || this.queries.length >= QUERY_LIMIT) {
      this.notes.push({ message: 'Queries are nested too deeply, or are too many', span: node.span });
      return [];
    }
    this.#depth++;
    try {
      return this.#source(node, definitions, absent);
    } finally {
      this.#depth--;
    }
  }

  #source(node: KqlNode, definitions: Definitions, absent: boolean): Leg[] {
    switch (node.kind) {
      case 'query':
        return this.#query(node, definitions, absent);
      case 'name': {
        const known = definitions.get(node.name);
        if (!known) return [this.#events(node.name, node.span, absent)];
        if ('argument' in known) return this.#table(known.argument, known.scope, absent);
        if (known.statement.kind === 'let') return this.#table(known.statement.value, known.scope, absent);
        return this.#statements(known.statement.body, new Definitions(known.scope));
      }
      case 'call':
        return this.#call(node, definitions, absent);
      case 'path':
        // `database("x").Table`, `workspace("x").Table`
        return [this.#events(node.name, node.span, absent)];
      case 'star':
        return [this.#events('*', node.span, absent)];
      case 'opaque':
        this.inexact.push(`It reads ${node.name === 'datatable' ? 'a table of its own' : 'data from elsewhere'}`);
        return [new Leg(new QueryDraft(node.span, absent))];
      default:
        return [];
    }
  }

  #events(table: string, span: Span, absent: boolean): Leg {
    const query = new QueryDraft(span, absent);
    query.addTable(table);
    this.queries.push(query);
    return new Leg(query);
  }

  #call(node: KqlNode & { kind: 'call' }, definitions: Definitions, absent: boolean): Leg[] {
    const known = definitions.get(node.name);
    const [first] = node.args;
    if (known && !('argument' in known) && known.statement.kind === 'function') {
      const inner = new Definitions(known.scope);
      known.statement.parameters.forEach((name, i) => {
        const argument = node.args[i];
        if (argument) inner.bind(name, argument.value, definitions);
      });
      return this.#statements(known.statement.body, inner);
    }
    const name = node.name.toLowerCase();
    if (first && /^(?:materialize|toscalar|view)$/.test(name)) return this.#table(first.value, definitions, absent);
    if (first?.value.kind === 'string' && name === 'table') return [this.#events(first.value.value, node.span, absent)];
    if (name === '_getwatchlist') {
      this.inexact.push('It reads a watchlist');
      return [new Leg(new QueryDraft(node.span, absent))];
    }
    return [this.#events(node.name, node.span, absent)];
  }

  #query({ source, stages, span }: KqlQuery, definitions: Definitions, absent: boolean): Leg[] {
    let legs = source ? this.#table(source, definitions, absent) : [];
    for (const stage of stages) legs = this.#stage(stage, legs, definitions, absent, span);
    return legs;
  }

  #stage(stage: KqlStage, legs: Leg[], definitions: Definitions, absent: boolean, span: Span): Leg[] {
    switch (stage.kind) {
      case 'where':
        this.#filter(stage.condition, legs, definitions);
        return legs;
      case 'columns':
        for (const leg of legs) this.#columns(stage.name, stage.columns, leg, definitions);
        return legs;
      case 'summarize':
        for (const leg of legs) this.#summarize(stage, leg, definitions);
        return legs;
      case 'join':
        return this.#join(stage, legs, definitions, absent);
      case 'union': {
        return [...legs, ...stage.tables.flatMap((table) => this.#table(table, definitions, absent))];
      }
      case 'apply':
        this.#apply(stage, legs, definitions, absent);
        return legs;
      case 'search':
        return this.#search(stage, legs, definitions, absent, span);
      case 'other':
        this.#other(stage, legs);
        return legs;
    }
  }

  #filter(condition: KqlNode, legs: readonly Leg[], definitions: Definitions): void {
    for (const part of conjuncts(condition)) {
      this.lookbackUs ??= lookbackOf(part, definitions);
      if (!this.#counts(part, legs, definitions)) this.#filterBy(part, legs, definitions);
    }
  }

  /** Takes up what is asked of a count; false where the condition is another. */
  #counts(part: KqlNode, legs: readonly Leg[], definitions: Definitions): boolean {
    const [leg] = legs;
    const counting = leg && countingOf(part, leg, definitions);
    if (!counting) return false;
    if (this.counting || legs.length > 1) this.inexact.push('It asks more of groups of events than one number');
    this.counting ??= counting;
    return true;
  }

  #filterBy(condition: KqlNode, legs: readonly Leg[], definitions: Definitions): void {
    for (const [i, leg] of legs.entries()) {
      const scope: ConditionScope = {
        leg,
        definitions,
        inexact: this.inexact,
        // What can't be lowered is said once, however many sources the rows have.
        lost: i === 0 ? this.notes : [],
        touched: new Set(),
        depth: 0,
        query: (node) => this.#values(node, definitions, i === 0),
      };
      const expr = lowerCondition(condition, scope);
      if (!expr) continue;
      if (leg.isReduced) this.inexact.push('It filters what is left of groups of events');
      const [only] = scope.touched;
      const query = scope.touched.size === 1 && only ? only : leg.query;
      query.tests.push(expr);
      this.#noteOperators(expr);
      this.#noteGroups(expr, leg);
    }
  }

  /** A test of a group is one of its events only where it is of what they have alike. */
  #noteGroups(expr: Expr, leg: Leg): void {
    if (!leg.isGrouped) return;
    for (const { predicate } of eachPredicate(expr)) {
      if (!leg.groupBy.includes(predicate.field)) this.testsGroups = true;
    }
  }

  #noteOperators(expr: Expr): void {
    for (const { predicate } of eachPredicate(expr)) {
      if (predicate.op === 'match' && /\(\?[=!<]/.test(predicate.values[0]?.text.replaceAll('(?<', '(?P<') ?? '')) {
        this.inexact.push('A regular expression looks around, which RE2 lacks');
      }
    }
  }

  /** A query within a condition: what it is called, its events read once as a query of their own. */
  #values(node: KqlNode, definitions: Definitions, isFirst: boolean): string | undefined {
    switch (node.kind) {
      case 'name':
        if (!definitions.get(node.name)) return undefined;
        if (isFirst) this.#table(node, definitions, false);
        return node.name;
      case 'query':
        if (isFirst) this.#table(node, definitions, false);
        return node.source?.kind === 'name' ? node.source.name : 'a query';
      case 'call':
        if (!/^(?:_getwatchlist|materialize|toscalar)$/i.test(node.name) && !definitions.get(node.name))
          return undefined;
        if (isFirst) this.#table(node, definitions, false);
        return node.args[0]?.value.kind === 'string' ? node.args[0].value.value : node.name;
      case 'opaque':
        return node.name;
      default:
        return undefined;
    }
  }

  #columns(stage: string, columns: readonly KqlArgument[], leg: Leg, definitions: Definitions): void {
    // All right sides speak of the columns before.
    const made = columns.flatMap(({ name, value }): [string, Column][] => {
      if (name === '' || stage === 'distinct') return [];
      return name.split(',').map((each) => [each, this.#column(value, leg, definitions)]);
    });
    for (const [name, column] of made) leg.set(name, column);
  }

  /** What a column made by an expression means: a field under another name, or something computed. */
  #column(value: KqlNode, leg: Leg, definitions: Definitions): Column {
    const subject = subjectOf(value, { leg, definitions });
    if (!subject) {
      if (this.#isAggregate(value, leg)) return { kind: 'aggregate' };
      return { kind: 'computed', query: leg.query, ...madeBy(value, leg, definitions) };
    }
    const { column, functions, isFolded, extracted } = subject;
    if (column.kind === 'aggregate') return column;
    if (column.kind === 'computed') return { kind: 'computed', query: column.query };
    if (functions.length === 0) return { ...column, isFolded };
    const computed: Column = { kind: 'computed', query: column.query, ...madeBy(value, leg, definitions) };
    // What a choice gives is not made from what it asks.
    if (isChoice(value) || functions.length > FUNCTIONS_LIMIT || fieldsIn(value, leg, definitions).size > 1)
      return computed;
    return { ...computed, of: { field: column.field, isFolded, functions, ...(extracted ? { extracted } : {}) } };
  }

  #isAggregate(node: KqlNode, leg: Leg): boolean {
    if (node.kind === 'name') return leg.get(node.name).kind === 'aggregate';
    if (node.kind === 'binary') return this.#isAggregate(node.left, leg) || this.#isAggregate(node.right, leg);
    if (node.kind === 'call') return node.args.some(({ value }) => this.#isAggregate(value, leg));
    if (node.kind === 'path' || node.kind === 'index') return this.#isAggregate(node.left, leg);
    return false;
  }

  #summarize(stage: KqlStage & { kind: 'summarize' }, leg: Leg, definitions: Definitions): void {
    const counted = leg.isGrouped ? new Map<string, Counted>() : countedColumns(stage, leg, definitions);
    leg.isGrouped = true;
    leg.groupBy = [...counted.values()][0]?.groupBy ?? [];
    this.#columns('by', stage.by, leg, definitions);
    for (const [name, one] of counted) leg.set(name, { kind: 'aggregate', counted: one });
    for (const { name, value } of stage.columns) {
      const isOne = value.kind === 'call' && /^(?:take_any|any|arg_max|arg_min)$/i.test(value.name);
      if (isOne) leg.isReduced = true;
      if (name === '' || counted.has(name)) continue;
      const kept = isOne ? value.args.at(-1) : undefined;
      const column: Column =
        kept && kept.value.kind !== 'star' ? this.#column(kept.value, leg, definitions) : { kind: 'aggregate' };
      for (const each of name.split(',')) leg.set(each, column);
    }
  }

  /** The joined side's events are queries of their own; those of an anti join must not be there. */
  #join(stage: KqlStage & { kind: 'join' }, legs: Leg[], definitions: Definitions, absent: boolean): Leg[] {
    const kind = stage.options.find(({ name }) => name.toLowerCase() === 'kind')?.value.toLowerCase() ?? 'innerunique';
    this.inexact.push(stage.name === 'join' ? 'It joins two queries' : 'It looks values up in another query');
    const isAnti = kind.includes('anti');
    const joinedLegs = this.#table(stage.right, definitions, absent !== isAnti);
    const [other] = joinedLegs;
    if (other && !isAnti) for (const leg of legs) leg.join(other);
    return kind.startsWith('right') && kind !== 'rightouter' ? joinedLegs : legs;
  }

  #search(
    stage: KqlStage & { kind: 'search' },
    legs: Leg[],
    definitions: Definitions,
    absent: boolean,
    span: Span,
  ): Leg[] {
    let searched = legs;
    if (stage.tables.length > 0) searched = stage.tables.flatMap((table) => this.#table(table, definitions, absent));
    else if (searched.length === 0) searched = [this.#events('*', span, absent)];
    this.#filter(stage.condition, searched, definitions);
    return searched;
  }

  /** An element of an array stands for the array; what the inner query tests, some element must fulfil. */
  #apply(stage: KqlStage & { kind: 'apply' }, legs: Leg[], definitions: Definitions, absent: boolean): void {
    const { columns, body, span } = stage;
    this.inexact.push('It uses mv-apply');
    for (const leg of legs) this.#columns('mv-apply', columns, leg, definitions);
    const stages = body.kind === 'query' && !body.source ? body.stages : [];
    for (const inner of stages) this.#stage(inner, legs, definitions, absent, span);
  }

  #other(stage: KqlStage & { kind: 'other' }, legs: readonly Leg[]): void {
    const { name, text } = stage;
    if (NEUTRAL.has(name) || name === '') return;
    if (LIMITING.has(name)) {
      this.shown.push({ message: `${name} shows some of the rows only; here all are shown`, span: stage.span });
      return;
    }
    this.inexact.push(`It uses ${name}`);
    if (name === 'count') for (const leg of legs) leg.set('Count', { kind: 'aggregate' });
    if (name.startsWith('parse')) {
      for (const leg of legs) {
        for (const [, made] of text.matchAll(/(?:["'*]|^)\s*([A-Za-z_]\w*)\s*(?::\s*\w+)?(?=\s*(?:["'*@]|$))/g)) {
          if (made !== undefined) leg.set(made, { kind: 'computed', query: leg.query });
        }
      }
    }
    const renamed = name === 'mv-expand' ? /^\s*(\w+)\s*=\s*(\w+)/.exec(text) : null;
    if (renamed?.[1] === undefined || renamed[2] === undefined) return;
    for (const leg of legs) leg.set(renamed[1], leg.get(renamed[2]));
  }
}

/** What made a column, where that is a choice between things that are so or not. */
function madeBy(value: KqlNode, leg: Leg, definitions: Definitions): { readonly made?: Made } {
  const names = isChoice(value) ? leg.snapshot() : undefined;
  return names ? { made: { value, leg: names, definitions } } : {};
}

/** The fields that an expression is made from, each once; a computed value that has no one field counts as its own. */
function fieldsIn(value: KqlNode, leg: Leg, definitions: Definitions): ReadonlySet<string> {
  const names = namesIn(value).filter((name) => !definitions.get(name));
  return new Set(
    names.map((name) => {
      const column = leg.get(name);
      if (column.kind === 'field') return column.field;
      return column.kind === 'computed' ? (column.of?.field ?? `${name}()`) : `${name}()`;
    }),
  );
}
