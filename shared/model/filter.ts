import { z } from 'zod';
import { OPS } from './predicate.ts';

/**
 * What a view of the events shows. Fields resolve as in rules (data field by name; `Channel`, `Provider_Name`,
 * `EventID`, `Computer`, `Level`, `RecordID`, `File` are always there), so a chip and a predicate mean the same.
 */
export const filterChip = z.object({
  field: z.string().min(1).max(512),
  op: z.enum(OPS).exclude(['eq_field', 'in_lookup']),
  /** As a predicate's value, see `PredicateValue`. Ignored by is_null and is_not_null. */
  value: z.string().max(65_536),
  negated: z.boolean(),
  enabled: z.boolean(),
});
export type FilterChip = z.infer<typeof filterChip>;

export const viewFilter = z.object({
  chips: z.array(filterChip).max(64),
  /** Free text that must occur, in any case, somewhere in the event's values; '' for none. */
  text: z.string().max(4096),
  /** Half-open, microseconds since the epoch, UTC; null for all time. Events without a time are outside any range. */
  range: z.object({ fromUs: z.number(), toUs: z.number() }).nullable(),
  /** Which events: all, hits of the enabled rules, hits of the draft, hits of one rule, or those with a tag or a note. */
  of: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('all') }),
    z.object({ kind: z.literal('hits') }),
    z.object({ kind: z.literal('draft') }),
    z.object({ kind: z.literal('tagged') }),
    z.object({ kind: z.literal('rule'), rule: z.string().max(256) }),
  ]),
});
export type ViewFilter = z.infer<typeof viewFilter>;

export const EMPTY_FILTER: ViewFilter = { chips: [], text: '', range: null, of: { kind: 'all' } };
