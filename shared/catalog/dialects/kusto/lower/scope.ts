import type { Expr } from '../../../../model/predicate.ts';
import type { Span } from '../../../../model/span.ts';
import type { ScopeSource } from '../../../catalog-rule.ts';
import type { KqlNode, KqlStatement } from '../query/tree.ts';

/** A kind of event that a query reads, while it is being put together. Spans are places in the query's text. */
export class QueryDraft {
  readonly sources: ScopeSource[] = [];
  readonly tests: Expr[] = [];

  constructor(
    readonly span: Span,
    readonly absent: boolean,
  ) {}

  addTable(name: string): void {
    if (!this.sources.some((known) => known.name === name)) this.sources.push({ kind: 'table', name });
  }

  get predicates(): Expr | undefined {
    const children = this.tests.flatMap((expr) => (expr.kind === 'and' ? expr.children : [expr]));
    const [only] = children;
    if (children.length < 2) return only;
    return {
      kind: 'and',
      children,
      span: { start: (only as Expr).span.start, end: (children.at(-1) as Expr).span.end },
    };
  }
}

/** What an aggregation counts of each group of events, and how these are made. */
export interface Counted {
  /** Field whose distinct values are counted; undefined where events are. */
  readonly distinct: string | undefined;
  readonly groupBy: readonly string[];
  /** Width of the windows of time that groups are within; undefined for all time. */
  readonly timespanUs: number | undefined;
}

/** The one field that a value was made from, and how. */
interface FieldBehind {
  readonly field: string;
  readonly isFolded: boolean;
  /** Outermost first. */
  readonly functions: readonly string[];
  /** The expression of `extract` that found it. */
  readonly extracted?: Extracted;
}

/** What `extract` looks for in a field. */
export interface Extracted {
  readonly expression: string;
  readonly node: KqlNode;
  /** Whether the whole match is taken, not a group of it. */
  readonly isWhole: boolean;
}

/** The expression that made a column, and what the names in it meant there. */
export interface Made {
  readonly value: KqlNode;
  readonly leg: Leg;
  readonly definitions: Definitions;
}

/** What a column's name means at a place of a query. */
export type Column =
  /** A field of the events under its own name there; `isFolded` where its letters' case was changed. */
  | { readonly kind: 'field'; readonly field: string; readonly isFolded: boolean; readonly query: QueryDraft }
  /** Made from fields of single events. */
  | {
      readonly kind: 'computed';
      readonly query: QueryDraft;
      /** Where functions of one field made it. */
      readonly of?: FieldBehind;
      /** Where it says whether something holds, or which of several things does. */
      readonly made?: Made;
    }
  /** Comes out of several events. */
  | { readonly kind: 'aggregate'; readonly counted?: Counted };

/** Names that summarize gives to columns that the query doesn't name. */
const AGGREGATE_NAME =
  /^(?:count_?|(?:count|dcount|set|list|max|min|avg|sum|countif|dcountif|percentile|stdev|variance)_\w*)$/;

const SNAPSHOT_LIMIT = 200;

/** One way that rows come by: a source, and what its columns are called by now. A union gives several. */
export class Leg {
  #columns = new Map<string, Column>();
  /** Whether of each group of events only one is left (`arg_max`, `take_any`). */
  isReduced = false;
  /** Whether rows are groups of events by now. */
  isGrouped = false;
  /** Fields that all events of a group have alike. */
  groupBy: readonly string[] = [];

  constructor(readonly query: QueryDraft) {}

  get(name: string): Column {
    const known = this.#columns.get(name);
    if (known) return known;
    if (AGGREGATE_NAME.test(name)) return { kind: 'aggregate' };
    return { kind: 'field', field: name, isFolded: false, query: this.query };
  }

  set(name: string, column: Column): void {
    this.#columns.set(name, column);
  }

  /** The names as they are now, for the same events. Undefined where they are too many to be kept over and over. */
  snapshot(): Leg | undefined {
    if (this.#columns.size > SNAPSHOT_LIMIT) return undefined;
    const copy = new Leg(this.query);
    copy.#columns = new Map(this.#columns);
    return copy;
  }

  /** Adds the columns of a joined leg: what both have is the joined one's with a 1 behind its name. */
  join(other: Leg): void {
    for (const [name, column] of other.#columns) this.#columns.set(this.#columns.has(name) ? `${name}1` : name, column);
  }
}

/** A definition that `let` made, and the definitions that it could see. */
export interface Definition {
  readonly statement: Exclude<KqlStatement, { kind: 'expression' | 'directive' }>;
  readonly scope: Definitions;
}

/** An argument of a function's call, and the names that it was written among. */
export interface BoundArgument {
  readonly argument: KqlNode;
  readonly scope: Definitions;
}

interface Entries {
  readonly byName: Map<string, { readonly order: number; readonly value: Definition | BoundArgument }[]>;
  count: number;
}

/** Names that `let` and parameters of functions gave. A definition sees those before it: also one of its own name. */
export class Definitions {
  /** @param limit how many of the entries are seen. */
  constructor(
    private readonly outer: Definitions | undefined,
    private readonly entries: Entries = { byName: new Map(), count: 0 },
    private readonly limit = Infinity,
  ) {}

  get(name: string): Definition | BoundArgument | undefined {
    const own = this.entries.byName.get(name)?.findLast(({ order }) => order < this.limit);
    return own?.value ?? this.outer?.get(name);
  }

  define(statement: Definition['statement']): void {
    this.#add(statement.name, { statement, scope: new Definitions(this.outer, this.entries, this.entries.count) });
  }

  bind(name: string, argument: KqlNode, scope: Definitions): void {
    this.#add(name, { argument, scope });
  }

  #add(name: string, value: Definition | BoundArgument): void {
    const entry = { order: this.entries.count++, value };
    const known = this.entries.byName.get(name);
    if (known) known.push(entry);
    else this.entries.byName.set(name, [entry]);
  }
}
