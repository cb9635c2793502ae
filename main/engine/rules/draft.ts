import { fail, ok, type Result } from '../../../shared/model/fault.ts';
import type { CallOutput } from '../../../shared/ipc/contract.ts';
import type { Expr } from '../../../shared/model/predicate.ts';
import type { Diagnostic, NamedExpr, Rule } from '../../../shared/model/rule.ts';
import type { EventTable, ShapeTable } from '../../columns/event-table.ts';
import type { Head } from '../../columns/batch.ts';
import type { Matching, RulePlan } from '../../match/api.ts';
import { HitList } from './hits.ts';
import { Pace, scanTable } from '../pace.ts';
import { notRunOf, takeCorrelations, type ReadRules } from './rule-set.ts';

/** One selection being counted. */
interface SelectionCount {
  readonly selection: NamedExpr;
  readonly scan: ReturnType<Matching['compileExpr']>;
  events: number;
}

/** Time from a run's start to the first hits that it tells of before it is through, and from those to the next. */
const FIRST_PARTIAL_MS = 80;
const NEXT_PARTIAL_MS = 300;

/** What a text runs on. */
export interface DraftContext {
  readonly read: ReadRules;
  readonly matching: Matching;
  readonly table: EventTable;
  /** Rules that the draft may refer to, and filters; those that it is a new version of don't count. */
  readonly loaded?: readonly Rule[];
  /** Events that loaded rules hit which a filter is for; undefined where an earlier version of it is loaded. */
  readonly targetsOf?: (filter: Rule) => readonly Int32Array[] | undefined;
  /** Told of the hits so far, where the run takes long: `progress` says how far it is. */
  readonly onPartial?: (result: DraftResult) => void;
}

type DraftResult = CallOutput<'draft.run'>;

/** The rule in the editor: its plan and its hits, kept up as events come. */
export class Draft {
  #plan: RulePlan | undefined;
  #perRule: HitList[] = [];
  #marks = new Uint8Array(0);
  #distinct = new HitList();
  /** Whether the hits are those of a run that is not through: it will see later events by itself. */
  #isPartial = false;
  /** Counts runs and clears: a run that sees another number than its own stops. */
  #run = 0;

  /** Distinct events that the draft hits, ascending. */
  get hits(): Int32Array {
    return this.#distinct.events();
  }

  has(event: number): boolean {
    return this.#marks[event] === 1;
  }

  get plan(): RulePlan | undefined {
    return this.#plan;
  }

  /** Whether the rule at `index` of the plan hits an event. */
  ruleHits(index: number, event: number): boolean {
    return this.#perRule[index]?.has(event) ?? false;
  }

  clear(): void {
    this.#run++;
    this.#isPartial = false;
    this.#plan = undefined;
    this.#perRule = [];
    this.#marks = new Uint8Array(0);
    this.#distinct = new HitList();
  }

  /**
   * Runs a text over all events. The hits of the run before stay until there are some of this one to tell of, or it is
   * through. A later run, or a clear, makes this one give `cancelled`.
   */
  async run(text: string, version: number, context: DraftContext): Promise<Result<DraftResult>> {
    const { matching, table, loaded = [], onPartial } = context;
    const start = performance.now();
    const run = ++this.#run;
    const { rules: written, diagnostics } = context.read(text, 'draft');
    const ids = new Set(written.map(({ id }) => id));
    const others = loaded.filter(({ id }) => !ids.has(id));
    const rules = written.map(asTest);
    const plan = matching.compile(rules, { others });
    const counts = selectionCounts(rules, plan, matching);
    const perRule = rules.map(() => new HitList());
    const applies = new Applies(rules.length, plan, table);
    let candidates = 0;
    // Of filters only the set as it is written can say whether they are for any rule.
    const notes = written.some(({ filter }) => filter) ? matching.compile(written, { others }).notes : plan.notes;
    const found = allDiagnostics(rules, [...diagnostics, ...[...notes.values()].flat()], plan);
    const result = (): DraftResult => ({
      version,
      diagnostics: found,
      rules: rules.map((rule, index) => {
        const hits = notRunOf(rule, plan.notRun.get(index)).length > 0 ? null : (this.#perRule[index]?.count ?? 0);
        const { id, title, level } = rule;
        const takes = hits === null ? undefined : this.#takesAway(index, written[index] as Rule, context);
        const cannotFire = hits === 0 ? plan.cannotFire(index) : null;
        return { id, title, level, hits, cannotFire, ...(takes === undefined ? {} : { takesAway: takes }) };
      }),
      hits: this.#distinct.count,
      candidates,
      selections: counts.map(({ selection, events }) => ({ name: selection.name, span: selection.span, events })),
      elapsedMs: performance.now() - start,
    });
    let partialAt = start + FIRST_PARTIAL_MS;
    const finished = await scanTable(
      table,
      (shape, fromRow, toRow) => {
        const covered = applies.count(shape, fromRow, toRow);
        candidates += covered;
        if (covered === 0) return;
        plan.run(shape, fromRow, toRow, (rule, event) => perRule[rule]?.add(event));
        for (const count of counts) {
          count.scan.run(shape, fromRow, toRow, () => count.events++);
        }
      },
      new Pace(() => this.#run !== run),
      (done) => {
        if (!onPartial || done === table.count || performance.now() < partialAt) return;
        if (perRule.every(({ count }) => count === 0)) return;
        this.#keep(plan, perRule, table);
        this.#isPartial = true;
        onPartial({ ...result(), progress: { done, total: table.count } });
        partialAt = performance.now() + NEXT_PARTIAL_MS;
      },
    );
    if (!finished) return fail({ code: 'cancelled', message: 'A newer version of the draft is being run' });
    const hitLists = rules.map((rule, index) => ({ rule, hits: perRule[index] as HitList }));
    takeCorrelations(plan, hitLists);
    this.#keep(
      plan,
      hitLists.map(({ hits }) => hits),
      table,
    );
    return ok(result());
  }

  /** Tests events that came after the run. */
  extend(table: EventTable, ranges: readonly { shape: number; fromRow: number; toRow: number }[]): void {
    const plan = this.#plan;
    if (!plan || this.#isPartial) return;
    this.#reserve(table.count);
    for (const { shape, fromRow, toRow } of ranges) {
      plan.run(table.shapes[shape] as ShapeTable, fromRow, toRow, (rule, event) => {
        this.#perRule[rule]?.add(event);
        this.#mark(event);
      });
    }
  }

  /** Works out correlations on the events that came after the run. */
  correlate(): void {
    const plan = this.#plan;
    if (!plan?.isStale || this.#isPartial) return;
    const hitLists = plan.rules.map((rule, index) => ({ rule, hits: this.#perRule[index] as HitList }));
    takeCorrelations(plan, hitLists);
    this.#perRule = hitLists.map(({ hits }) => hits);
    this.#distinct = new HitList();
    this.#marks.fill(0);
    for (const list of this.#perRule) for (const event of list.events()) this.#mark(event);
  }

  /** How many hits of the loaded rules a filter takes away. */
  #takesAway(index: number, rule: Rule, { targetsOf }: DraftContext): number | undefined {
    const matched = this.#perRule[index];
    if (!rule.filter || !matched) return undefined;
    return targetsOf?.(rule)?.reduce((sum, events) => sum + events.filter((event) => matched.has(event)).length, 0);
  }

  #keep(plan: RulePlan, perRule: HitList[], table: EventTable): void {
    this.#plan = plan;
    this.#perRule = perRule;
    this.#isPartial = false;
    this.#marks = new Uint8Array(table.count);
    this.#distinct = new HitList();
    for (const list of perRule) for (const event of list.events()) this.#mark(event);
  }

  #mark(event: number): void {
    if (this.#marks[event] === 1) return;
    this.#marks[event] = 1;
    this.#distinct.add(event);
  }

  #reserve(count: number): void {
    if (this.#marks.length >= count) return;
    const marks = new Uint8Array(Math.max(count, this.#marks.length * 2));
    marks.set(this.#marks);
    this.#marks = marks;
  }
}

/** Which heads the logsource of at least one rule covers, asked of the plan once a head. */
class Applies {
  /** By head, filled at first sight. */
  readonly #any: (boolean | undefined)[] = [];
  /** By shape: whether all of its heads are covered, or none; undefined where that differs. Good for `#heads` heads. */
  #ofShape = new Map<number, boolean | undefined>();
  #heads = 0;

  constructor(
    private readonly rules: number,
    private readonly plan: RulePlan,
    private readonly table: EventTable,
  ) {}

  /** Events of a range of rows that at least one rule's logsource covers. */
  count(shape: ShapeTable, fromRow: number, toRow: number): number {
    const all = this.#whole(shape);
    if (all !== undefined) return all ? toRow - fromRow : 0;
    let count = 0;
    for (let row = fromRow; row < toRow; row++) {
      if (this.#isCovered(this.table.head.data[shape.events.data[row] as number] as number)) count++;
    }
    return count;
  }

  #whole(shape: ShapeTable): boolean | undefined {
    const { heads } = this.table;
    if (this.#heads !== heads.length) {
      this.#heads = heads.length;
      this.#ofShape = new Map();
      heads.forEach((head, id) => {
        const isCovered = this.#isCovered(id);
        const known = this.#ofShape.has(head.shape) ? this.#ofShape.get(head.shape) : isCovered;
        this.#ofShape.set(head.shape, known === isCovered ? known : undefined);
      });
    }
    return this.#ofShape.get(shape.id);
  }

  #isCovered(head: number): boolean {
    return (this.#any[head] ??= this.#ask(this.table.heads[head] as Head));
  }

  #ask(head: Head): boolean {
    for (let rule = 0; rule < this.rules; rule++) if (this.plan.applies(rule, head)) return true;
    return false;
  }
}

function selectionCounts(rules: readonly Rule[], plan: RulePlan, matching: Matching): SelectionCount[] {
  return rules.flatMap((rule, index) =>
    notRunOf(rule, plan.notRun.get(index)).length > 0
      ? []
      : partsOf(rule).map((selection) => ({
          selection,
          scan: matching.compileExpr(selection.expr, rule.logsource),
          events: 0,
        })),
  );
}

/** A filter as a rule that hits what it takes away; other rules as they are. */
function asTest(rule: Rule): Rule {
  const { filter, ...rest } = rule;
  const { condition } = rest;
  if (!filter || !condition) return rule;
  return { ...rest, condition: filter.keeps ? { kind: 'not', child: condition, span: condition.span } : condition };
}

/** Parts of a query that are counted at most. */
const PART_LIMIT = 30;

/** A Sigma rule's selections; of a query of another vendor what it joins at its top, by the places in its text. */
function partsOf({ vendor, selections, condition, correlation }: Rule): readonly NamedExpr[] {
  if (vendor === 'sigma' || selections.length > 0 || !condition || correlation) return selections;
  const parts = topOf(condition).map((expr) => {
    const positive = expr.kind === 'not' ? expr.child : expr;
    return { name: '', expr: positive, span: expr.span };
  });
  const byPlace = new Map(parts.map((part) => [`${part.span.start} ${part.span.end}`, part]));
  return [...byPlace.values()].slice(0, PART_LIMIT);
}

function topOf(expr: Expr): readonly Expr[] {
  return expr.kind === 'and' ? expr.children.flatMap(topOf) : [expr];
}

/** Of the text, of each rule, and of compiling; each place and message once, in the order of the text. */
function allDiagnostics(
  rules: readonly Rule[],
  ofText: readonly Diagnostic[],
  plan: RulePlan,
): CallOutput<'draft.run'>['diagnostics'] {
  const all = [...ofText, ...rules.flatMap((rule) => rule.diagnostics), ...[...plan.notRun.values()].flat()];
  const seen = new Map<string, Diagnostic>();
  for (const one of all) seen.set(`${one.span.start} ${one.span.end} ${one.code} ${one.message}`, one);
  return [...seen.values()]
    .sort((a, b) => a.span.start - b.span.start)
    .map((one) => ({ ...one, span: { ...one.span } }));
}
