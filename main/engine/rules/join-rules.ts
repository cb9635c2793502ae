import type { EventTable } from '../../columns/event-table.ts';
import type { Matching, RulePlan } from '../../match/api.ts';
import { scanTable, type Pace } from '../pace.ts';
import { takeCorrelations, type LoadedRule, type RuleSet } from './rule-set.ts';

/**
 * Tests rules that join a set, and those whose hits change by it or by others leaving, on all events; then puts them
 * into the set. Gives false, and leaves the set as it is, where it was cancelled.
 * @param leaving keys of rules that leave.
 */
export async function joinRules(
  set: RuleSet,
  loaded: readonly LoadedRule[],
  leaving: ReadonlySet<string>,
  { matching, table }: { readonly matching: Matching; readonly table: EventTable },
  pace: Pace,
  onRows?: (rows: number) => void,
): Promise<boolean> {
  const affected = set.affectedBy(loaded, leaving);
  const tested = [...loaded, ...affected];
  if (tested.length === 0) {
    set.remove([...leaving]);
    return true;
  }
  const plan = matching.compile(
    tested.map(({ rule }) => rule),
    { others: set.othersOf(loaded, new Set([...leaving, ...affected.map(({ key }) => key)])) },
  );
  if (!(await runPlan(plan, tested, table, pace, onRows))) return false;
  set.remove([...leaving]);
  set.add(loaded, plan, affected);
  set.tidy(matching);
  return true;
}

/** Tests all rules of a set on another table than before. False, and the set as it is, where it was cancelled. */
export async function testAnew(
  set: RuleSet,
  { matching, table }: { readonly matching: Matching; readonly table: EventTable },
  pace: Pace,
  onRows?: (rows: number) => void,
): Promise<boolean> {
  const tested = set.copies();
  const plan = matching.compile(tested.map(({ rule }) => rule));
  if (!(await runPlan(plan, tested, table, pace, onRows))) return false;
  set.add([], plan, tested);
  set.tidy(matching);
  return true;
}

/** Runs a plan of these rules over all events, and gives them their hits. False where it was cancelled. */
async function runPlan(
  plan: RulePlan,
  tested: readonly LoadedRule[],
  table: EventTable,
  pace: Pace,
  onRows?: (rows: number) => void,
): Promise<boolean> {
  const finished = await scanTable(
    table,
    (shape, fromRow, toRow) => plan.run(shape, fromRow, toRow, (rule, event) => tested[rule]?.hits.add(event)),
    pace,
    onRows,
  );
  if (!finished || pace.isCancelled) return false;
  takeCorrelations(plan, tested);
  return true;
}
