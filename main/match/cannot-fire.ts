import type { Head } from '../columns/batch.ts';
import type { EventTable, ShapeTable } from '../columns/event-table.ts';
import type { Coverage, EventSource } from '../../shared/catalog/logsource.ts';
import type { Logsource } from '../../shared/model/rule.ts';
import type { FieldResolver } from './fields.ts';
import type { Plan } from './plan.ts';
import type { PlannedRule } from './rule-groups.ts';
import type { UnitExpr } from './units.ts';

/**
 * Distinct kinds of events of a table: one head for each. A table that keeps no events (a run that gives them away)
 * has had the kinds that its heads tell of.
 */
export function kindsOf(table: EventTable): { head: Head; shape: ShapeTable }[] {
  const seen = new Set<string>();
  const kinds: { head: Head; shape: ShapeTable }[] = [];
  for (const head of table.heads) {
    const shape = table.shapes[head.shape] as ShapeTable;
    const key = JSON.stringify([head.shape, head.channel, head.provider, head.eventId ?? null]);
    if ((shape.count === 0 && table.count > 0) || seen.has(key)) continue;
    seen.add(key);
    kinds.push({ head, shape });
  }
  return kinds;
}

/** Says why a rule can't fire on the table's events, or null where it could (or where there are no events at all). */
export function whyNever(
  rule: PlannedRule,
  logsource: Logsource,
  plan: Plan,
  resolver: FieldResolver,
  table: EventTable,
): string | null {
  const kinds = kindsOf(table);
  if (kinds.length === 0) return null;
  const covered = kinds
    .map((kind) => ({ ...kind, tree: plan.treeFor(rule, kind.shape, kind.head) }))
    .filter((kind) => kind.tree !== undefined);
  if (covered.length === 0) return whyUncovered(rule.coverage, logsource, kinds);
  if (covered.some((kind) => kind.tree !== false)) return null;
  const missing = missingFields(rule.expr, covered, resolver);
  if (missing.length > 0) return `no such event has the field ${missing.join(' or ')}`;
  const ids = eventIdsOf(rule.expr);
  if (ids.length > 0) return `no event with id ${listed(ids)} in ${channelsOf(covered)}`;
  return 'what it asks of channel, provider or event id holds for no event';
}

function whyUncovered(coverage: Coverage, logsource: Logsource, kinds: readonly { head: Head }[]): string {
  if (!coverage.mapped) return `no events of ${nameOf(logsource)}: every open event is from a Windows channel`;
  const sources = coverage.mapped.flat();
  const channels = [...new Set(sources.flatMap((source) => source.channel ?? source.provider ?? []))];
  const isOpen = (source: EventSource): boolean => {
    const { channel } = source;
    return kinds.some(({ head }) => channel?.some((known) => known.toLowerCase() === head.channel.toLowerCase()));
  };
  const open = sources.filter(isOpen);
  if (open.length === 0) return `no events of channel ${channels.join(' or ')}`;
  const ids = open.flatMap((source) => source.events ?? []);
  const names = [...new Set(open.flatMap((source) => source.channel ?? []))].join(' or ');
  return ids.length > 0 ? `no event with id ${listed(ids)} in ${names}` : `no event of its provider in ${names}`;
}

function nameOf({ category, product, service }: Logsource): string {
  return [product, category, service].filter((part) => part !== undefined).join('/');
}

function listed(ids: readonly (number | string)[]): string {
  const distinct = [...new Set(ids.map(String))];
  return distinct.length > 4 ? `${distinct.slice(0, 4).join(', ')} …` : distinct.join(' or ');
}

function channelsOf(kinds: readonly { head: Head }[]): string {
  return [...new Set(kinds.map(({ head }) => (head.channel === '' ? 'plain events' : head.channel)))]
    .slice(0, 3)
    .join(', ');
}

/** Fields that the rule cannot do without and that no covered event has. */
function missingFields(
  expr: UnitExpr,
  covered: readonly { head: Head; shape: ShapeTable }[],
  resolver: FieldResolver,
): string[] {
  const needed = neededFields(expr) ?? new Set<string>();
  return [...needed].filter((field) =>
    covered.every(({ shape }) => resolver.resolve(shape, field, '').parts.length === 0),
  );
}

/** Fields of which a positive unit must hold in every way the tree can hold. */
function neededFields(expr: UnitExpr): Set<string> | undefined {
  switch (expr.kind) {
    case 'constant':
      return undefined;
    case 'unit':
      return expr.negated || expr.unit.predicate.op === 'is_null' ? new Set() : new Set([expr.unit.field]);
    case 'and': {
      const all = new Set<string>();
      for (const child of expr.children) for (const field of neededFields(child) ?? []) all.add(field);
      return all;
    }
    case 'or': {
      const sets = expr.children.map((child) => neededFields(child) ?? new Set<string>());
      const [first = new Set<string>(), ...rest] = sets;
      return new Set([...first].filter((field) => rest.every((set) => set.has(field))));
    }
  }
}

function eventIdsOf(expr: UnitExpr): string[] {
  if (expr.kind === 'constant') return [];
  if (expr.kind !== 'unit') return expr.children.flatMap(eventIdsOf);
  const { unit, negated } = expr;
  if (negated || unit.field !== 'EventID' || unit.predicate.op !== 'eq') return [];
  return unit.predicate.values.map((value) => value.text);
}
