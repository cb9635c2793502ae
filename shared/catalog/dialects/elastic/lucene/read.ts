import { runnable, startLowering } from '../lower.ts';
import { lostParts, unreadable, type QueryReading } from '../reading.ts';
import type { PlacedString } from '../toml-places.ts';
import { lowerLucene } from './lower.ts';
import { parseLucene } from './parse.ts';

/** Reads a Lucene query: one event. */
export function readLucene({ text, place }: PlacedString): QueryReading {
  const parsed = parseLucene(text);
  if (!parsed.ok) return unreadable('lucene', parsed.fault, place);
  const lowering = startLowering(place);
  const predicates = parsed.tree && lowerLucene(parsed.tree, lowering);
  return {
    events: [{ predicates, absent: false, span: place({ start: 0, end: text.length }) }],
    sequence: undefined,
    notParsed: lostParts('lucene', lowering),
    ...runnable(predicates, lowering),
  };
}
