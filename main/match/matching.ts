import type { EventTable } from '../columns/event-table.ts';
import type { RegexEngine } from '../../shared/matching/regex.ts';
import type { Expr } from '../../shared/model/predicate.ts';
import type { Logsource, Rule } from '../../shared/model/rule.ts';
import type { CompileOptions, CreateMatching, ExprScan, Matching, RulePlan } from './api.ts';
import { CompiledPlan } from './compiled-plan.ts';
import { Collected } from './correlation/correlations.ts';
import { FieldResolver, type SourceName } from './fields.ts';
import { linkPlan } from './linking/link-plan.ts';
import { loadMappings, type Mappings } from './mappings.ts';
import { EVERYWHERE, Plan, type PlanContext } from './plan.ts';
import { createRegexEngine } from './regex-engine.ts';
import { RuleStock } from './rule-stock.ts';
import { TableValues } from './value-sets.ts';

/**
 * Makes a maker of matchers, which reads the mappings of a content folder once and keeps what it knows of rules from
 * table to table. One for each thread.
 */
export function matchingMaker(): CreateMatching {
  const stocks = new Map<string, RuleStock>();
  return (table, contentFolder, sourceName = String) => {
    let stock = stocks.get(contentFolder);
    if (!stock) stocks.set(contentFolder, (stock = new RuleStock(loadMappings(contentFolder), createRegexEngine())));
    return new TableMatching(table, stock.mappings, stock.regexes, sourceName, stock);
  };
}

/** Makes the matcher of one table, that shares nothing with those of others. See `CreateMatching`. */
export const createMatching: CreateMatching = (table, contentFolder, sourceName) =>
  matchingMaker()(table, contentFolder, sourceName);

/** A table's matcher: holds where the table's shapes have fields, and what has been found of its values. */
export class TableMatching implements Matching {
  readonly #resolver: FieldResolver;
  readonly #values = new TableValues();

  constructor(
    private readonly table: EventTable,
    mappings: Mappings,
    private readonly regexes: RegexEngine,
    private readonly sourceName: SourceName,
    private readonly stock = new RuleStock(mappings, regexes),
  ) {
    this.#resolver = new FieldResolver(mappings.aliases);
  }

  compile(rules: readonly Rule[], options: CompileOptions = {}): RulePlan {
    const { stock } = this;
    stock.trim();
    const previous = options.continues instanceof CompiledPlan ? options.continues.collected : undefined;
    const linked = linkPlan(rules, options.others ?? [], previous ?? new Collected(), (rule, expr) =>
      stock.testOf(rule, expr),
    );
    return new CompiledPlan(rules, linked, {
      table: this.table,
      resolver: this.#resolver,
      sourceName: this.sourceName,
      regexes: this.regexes,
      plan: new Plan(stock.unitsOf(linked.planned), this.#context()),
    });
  }

  compileExpr(expr: Expr, logsource?: Logsource): ExprScan {
    const { stock } = this;
    stock.trim();
    // A filter whose regex is refused matches nothing; whoever lets a user write one checks it beforehand.
    if (!stock.accepts(expr)) return { run: () => undefined };
    const coverage = logsource ? stock.coverage(logsource) : EVERYWHERE;
    const units = stock.unitsOf([{ number: 0, expr: stock.treeOf(expr), coverage }]);
    const plan = new Plan(units, this.#context());
    return { run: (shape, fromRow, toRow, onMatch) => plan.run(shape, fromRow, toRow, (_, event) => onMatch(event)) };
  }

  #context(): PlanContext {
    return { table: this.table, resolver: this.#resolver, sourceName: this.sourceName, values: this.#values };
  }
}
