import { join } from 'node:path';
import { EventTable } from '../../main/columns/event-table.ts';
import { Draft, type DraftContext } from '../../main/engine/rules/draft.ts';
import { RuleReader } from '../../main/engine/rules/rule-reader.ts';
import { createMatching } from '../../main/match/matching.ts';
import { projectRoot } from '../../main/testing/corpus.ts';
import { makeBatches } from './match-events.ts';

/** A rule that is being typed; % takes a growing text. */
const RULE = `title: Draft
logsource: {category: process_creation, product: windows}
detection:
  selection:
    CommandLine|contains: ['%', ' --config ']
    Image|endswith: ['\\rundll32.exe', '\\regsvr32.exe']
  filter:
    ParentImage|startswith: 'C:\\Program Files'
  condition: selection and not filter
`;
const TYPED = '-ForceV1 quiet';
const KEYS = 40;

/**
 * Types into a rule over open events and prints how long, in elapsed time, the whole answer and the first hits take.
 * Arguments: numbers of events (default 200000 and 2000000).
 */
export async function run(args: readonly string[]): Promise<void> {
  for (const count of args.length > 0 ? args.map(Number) : [200_000, 2_000_000]) {
    const table = new EventTable();
    for (const batch of makeBatches(count, 'realistic')) table.append(batch);
    await typeInto(table);
  }
}

/** Types into a rule over these events, and prints the times. */
export async function typeInto(table: EventTable): Promise<void> {
  const matching = createMatching(table, join(projectRoot, 'rules'));
  const { read } = new RuleReader(join(projectRoot, 'rules'));
  const draft = new Draft();
  const whole: number[] = [];
  const firsts: number[] = [];
  let hits = 0;
  for (let key = 0; key < KEYS; key++) {
    const text = RULE.replace('%', TYPED.slice(0, 1 + (key % TYPED.length)));
    const start = performance.now();
    let first = 0;
    const onPartial = (): void => {
      first ||= performance.now() - start;
    };
    const result = await draft.run(text, key, { read, matching, table, onPartial });
    whole.push(performance.now() - start);
    firsts.push(first || performance.now() - start);
    if (!result.ok) throw new Error(result.fault.message);
    hits = Math.max(hits, result.value.hits);
  }
  console.log(`draft, ${table.count} events, ${table.dictionary.size} distinct texts, up to ${hits} hits`);
  console.log(`  answer      ${spread(whole)}`);
  console.log(`  first hits  ${spread(firsts)}`);
  console.log(`  cancelled by the next key after ${spread(await cancelTimes(draft, { read, matching, table }))}`);
}

/** How long a run goes on after the next one was asked for. */
async function cancelTimes(draft: Draft, context: DraftContext): Promise<number[]> {
  const times: number[] = [];
  for (let key = 0; key < 10; key++) {
    const running = draft.run(RULE.replace('%', `x${String(key)}`), key, context);
    // Once it rests for the first time.
    await new Promise((resolve) => setImmediate(resolve));
    const asked = performance.now();
    const next = draft.run(RULE.replace('%', `y${String(key)}`), key, context);
    const { ok } = await running;
    if (!ok) times.push(performance.now() - asked);
    await next;
  }
  return times;
}

function spread(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  if (sorted.length === 0) return 'no run was that long';
  const at = (part: number): string => (sorted[Math.floor((sorted.length - 1) * part)] as number).toFixed(0);
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms`;
}
