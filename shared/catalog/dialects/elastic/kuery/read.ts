import { runnable, startLowering } from '../lower.ts';
import { lostParts, unreadable, type QueryReading } from '../reading.ts';
import type { PlacedString } from '../toml-places.ts';
import { lowerKuery } from './lower.ts';
import { parseKuery } from './parse.ts';
import { runnableWords } from './words.ts';

/** Reads a Kuery query: one event. */
export function readKuery({ text, place }: PlacedString): QueryReading {
  const parsed = parseKuery(text);
  if (!parsed.ok) return unreadable('kuery', parsed.fault, place);
  const lowering = startLowering(place);
  const predicates = parsed.tree && lowerKuery(parsed.tree, lowering);
  const { condition, notRunnable } = runnable(predicates, lowering);
  const span = place({ start: 0, end: text.length });
  return {
    events: [{ predicates, absent: false, span }],
    sequence: undefined,
    notParsed: lostParts('kuery', lowering),
    condition: condition && runnableWords(condition),
    notRunnable,
  };
}
