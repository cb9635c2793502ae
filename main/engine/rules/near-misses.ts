import { fail, ok, type Result } from '../../../shared/model/fault.ts';
import type { CallOutput } from '../../../shared/ipc/contract.ts';
import type { Expr } from '../../../shared/model/predicate.ts';
import { relaxations, type Relaxation } from '../../../shared/matching/relax.ts';
import type { EventTable } from '../../columns/event-table.ts';
import type { Matching } from '../../match/api.ts';
import { Pace, scanTable } from '../pace.ts';
import { notRunOf, type ReadRules } from './rule-set.ts';

/** Parts that are counted at most: more lines would not be read. */
const MOST_PARTS = 60;

/**
 * Counts, for each part of each rule of a text, the events that are no hit for this part alone: they fulfil the rest
 * of the condition. Rules that cannot run, that count, or that filter others have none.
 * @param isStopped whether to give up, with `cancelled`; asked every few milliseconds.
 */
export async function nearMisses(
  text: string,
  context: { readonly read: ReadRules; readonly matching: Matching; readonly table: EventTable },
  isStopped: () => boolean,
): Promise<Result<CallOutput<'draft.near'>>> {
  const { matching, table } = context;
  const { rules } = context.read(text, 'draft');
  const { notRun } = matching.compile(rules);
  const parts = rules
    .flatMap((rule, index) => {
      const { condition, logsource } = rule;
      const isCounted =
        condition && !rule.correlation && !rule.filter && notRunOf(rule, notRun.get(index)).length === 0;
      return isCounted ? relaxations(condition).map((relaxed) => ({ ...relaxed, condition, logsource })) : [];
    })
    .slice(0, MOST_PARTS)
    .map(({ part, span, without, condition, logsource }) => ({
      part,
      span,
      events: 0,
      scan: matching.compileExpr(missing(without, condition), logsource),
    }));
  const finished = await scanTable(
    table,
    (shape, from, to) => {
      for (const part of parts) part.scan.run(shape, from, to, () => part.events++);
    },
    new Pace(isStopped),
  );
  if (!finished) return fail({ code: 'cancelled', message: 'Newer near misses are being counted' });
  return ok({ parts: parts.map(({ part, span, events }) => ({ part, span: { ...span }, events })) });
}

/** What the rest of a condition lets through and the whole does not. */
function missing(without: Relaxation['without'], condition: Expr): Expr {
  const { span } = condition;
  return { kind: 'and', children: [without, { kind: 'not', child: condition, span }], span };
}
