import type { CallInput, CallOutput } from '../../../shared/ipc/contract.ts';
import { fail, ok, type Result } from '../../../shared/model/fault.ts';
import { ANY_EVENT } from '../../../shared/catalog/logsource.ts';
import type { Predicate } from '../../../shared/model/predicate.ts';
import { UNTOLD, type Rule } from '../../../shared/model/rule.ts';
import type { CaseEvents } from '../case-events.ts';
import type { Matching } from '../../match/api.ts';
import { Pace, scanTable } from '../pace.ts';

const NOWHERE = { start: 0, end: 0 };

/**
 * How many events fulfil each of some tests, in one pass over all events: the tests are run as rules of one
 * predicate each, so that they mean what they mean in rules: `Image` is 4688's NewProcessName too.
 */
export async function countTests(
  { tests }: CallInput<'case.count'>,
  from: () => { readonly events: CaseEvents; readonly matching: Matching },
): Promise<Result<CallOutput<'case.count'>>> {
  const { events, matching } = from();
  const plan = matching.compile(tests.map(testRule));
  const counts = tests.map(() => 0);
  const finished = await scanTable(
    events.table,
    (shape, fromRow, toRow) => {
      plan.run(shape, fromRow, toRow, (test) => {
        counts[test] = (counts[test] as number) + 1;
      });
    },
    new Pace(() => from().events !== events),
  );
  if (!finished) return fail({ code: 'cancelled', message: 'The case was closed while its events were counted' });
  return ok({ events: events.table.count, counts: counts.map((count, i) => (plan.notRun.has(i) ? null : count)) });
}

function testRule({ field, op, value }: CallInput<'case.count'>['tests'][number], position: number): Rule {
  const condition: Predicate = {
    kind: 'predicate',
    field,
    op,
    values: op === 'is_null' || op === 'is_not_null' ? [] : [{ text: value, span: NOWHERE }],
    quantifier: 'any',
    caseSensitive: false,
    native: op,
    span: NOWHERE,
  };
  return {
    ...UNTOLD,
    id: `test-${position}`,
    logsource: ANY_EVENT,
    condition,
    diagnostics: [],
    span: NOWHERE,
  };
}

/** The kinds of events that there are, most events first. */
export function eventKinds({ table }: CaseEvents): CallOutput<'case.kinds'> {
  const kinds = new Map<string, CallOutput<'case.kinds'>[number]>();
  for (const { channel, provider: name, eventId, count } of table.shapes) {
    const provider = channel === '' ? name : '';
    const key = `${channel}\n${provider}\n${eventId ?? ''}`;
    const known = kinds.get(key);
    if (known) known.events += count;
    else kinds.set(key, { channel, provider, eventId: eventId ?? null, events: count });
  }
  return [...kinds.values()].sort((a, b) => b.events - a.events);
}
