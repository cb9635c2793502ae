import type { Head } from '../columns/batch.ts';
import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import { coveredBy, type Coverage } from '../../shared/catalog/logsource.ts';
import { Binder } from './binder.ts';
import type { FieldResolver, SourceName } from './fields.ts';
import { CHUNK, ChunkSets, Program, type ProgramRule } from './program.ts';
import type { PlannedRule } from './rule-groups.ts';
import type { RuleUnits } from './rule-units.ts';
import { specialise, type CellExpr } from './specialise.ts';
import type { TableValues } from './value-sets.ts';

/** Covers every event. */
export const EVERYWHERE: Coverage = { isKnown: true, mapped: [], plain: true };

/** What a plan is made with. */
export interface PlanContext {
  readonly table: EventTable;
  readonly resolver: FieldResolver;
  readonly sourceName: SourceName;
  /** What has been found of the table's values. */
  readonly values: TableValues;
}

/** A rule set over a table: a program for each kind of event, made when the first such event comes and made anew when its shape gets new fields. */
export class Plan {
  readonly #programs = new Map<string, { program: Program; fields: number }>();
  /** By head id of the table. */
  #headPrograms: ({ program: Program; fields: number } | undefined)[] = [];
  readonly #chunkSets = new ChunkSets();

  constructor(
    private readonly units: RuleUnits,
    private readonly context: PlanContext,
  ) {}

  /** Tests rows [fromRow, toRow) of a shape; hits come in the order of the rows. */
  run(shape: ShapeTable, fromRow: number, toRow: number, onHit: (rule: number, event: number) => void): void {
    const { table } = this.context;
    let from = fromRow;
    while (from < toRow) {
      const program = this.#programOfRow(shape, from);
      let to = from + 1;
      const limit = Math.min(toRow, from + CHUNK);
      while (to < limit && this.#programOfRow(shape, to) === program) to++;
      program.run(table, shape, from, to - from, onHit);
      from = to;
    }
  }

  /**
   * A rule's tree as it stands for events of a head; undefined where its logsource doesn't cover them.
   * `false` means that it can't hold for such an event.
   */
  treeFor(rule: PlannedRule, shape: ShapeTable, head: Head): CellExpr | undefined {
    const aliasSet = coveredBy(rule.coverage, head);
    if (aliasSet === undefined) return undefined;
    return specialise(rule.expr, this.#binderFor(shape, head).under(aliasSet));
  }

  #programOfRow(shape: ShapeTable, row: number): Program {
    const { table } = this.context;
    const headId = table.head.data[shape.events.data[row] as number] as number;
    const known = this.#headPrograms[headId];
    if (known?.fields === shape.fields.length) return known.program;
    const head = table.heads[headId] as Head;
    const key = JSON.stringify([shape.id, head.channel, head.provider, head.eventId ?? null]);
    let entry = this.#programs.get(key);
    if (entry?.fields !== shape.fields.length) {
      entry = { program: this.#build(shape, head), fields: shape.fields.length };
      this.#programs.set(key, entry);
    }
    this.#headPrograms[headId] = entry;
    return entry.program;
  }

  #build(shape: ShapeTable, head: Head): Program {
    const binder = this.#binderFor(shape, head);
    const rules: ProgramRule[] = [];
    this.units.forEachRule(head, ({ number, expr }, aliasSet) => {
      const bound = specialise(expr, binder.under(aliasSet));
      if (bound !== false) rules.push({ number, expr: bound });
    });
    return new Program(rules, binder, this.#chunkSets, this.context.sourceName);
  }

  #binderFor(shape: ShapeTable, head: Head): Binder {
    return new Binder(this.units, this.context, shape, head);
  }
}
