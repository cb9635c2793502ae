import type { CatalogMappings } from '../normalise/normalise.ts';
import type { RunEvent, RunEvents } from './run-events.ts';
import { formOf, type FieldNames } from './specialise.ts';

/** Fields that name a host: an event has one name of it. */
const HOST_KEYS = new Set(['host.id', 'agent.id', 'host.ip', 'DeviceId', 'dvc']);

/** Names that Splunk gives to a kind of events. */
const KIND_KEYS = new Set(['signature', 'vendor_product', 'EventDescription']);

/** Whether a native field tells one host from another. */
function isHostKey(native: string, { canonical }: FieldNames): boolean {
  return HOST_KEYS.has(native) || canonical.get(native) === 'host.name';
}

/** A field by which events are joined or counted, as it stands in an event. */
export type KeyField =
  /** The event's own field; `isFiner` where it tells more apart than the rule's does. */
  | { readonly kind: 'field'; readonly field: string; readonly isFiner: boolean }
  /** All such events have the same value of it. */
  | { readonly kind: 'same' }
  | { readonly kind: 'none' };

/** What a native field is in an event, to group by it or to count its values. */
export function keyField(native: string, event: RunEvent, names: FieldNames, events: RunEvents): KeyField {
  if (isHostKey(native, names)) return { kind: 'field', field: 'Computer', isFiner: false };
  if (event.words.has(native)) return { kind: 'same' };
  if (KIND_KEYS.has(native)) return { kind: 'field', field: 'EventID', isFiner: false };
  const form = formOf(native, event, names, events);
  switch (form?.kind) {
    case undefined:
    case 'absent':
    case 'by':
      return { kind: 'none' };
    case 'enum':
      // An open list names the same things by other words (accounts for their identifiers): each has a word of its own.
      return form.isOpen ? { kind: 'field', field: form.field, isFiner: true } : { kind: 'none' };
    case 'plain':
    case 'address':
    case 'registry':
    case 'data':
      return { kind: 'field', field: form.field, isFiner: false };
    case 'name':
    case 'before':
    case 'extension':
    case 'key':
    case 'hashes':
    case 'arguments':
      return { kind: 'field', field: form.field, isFiner: true };
  }
}

/** The names with some more of them known: those that a rule groups by, and does not test. */
export function namesWith(natives: readonly string[], names: FieldNames, { fields }: CatalogMappings): FieldNames {
  const canonical = new Map(names.canonical);
  for (const native of natives) {
    const known = canonical.has(native) ? undefined : fields.lookup(names.vendor, native, new Set());
    if (known) canonical.set(native, known.name);
  }
  return { ...names, canonical };
}

/**
 * Names for the columns that events are joined or counted by, no two the same.
 * @param natives by column: what the rule calls it, in each of its steps; steps that have no key of that place give ''.
 * Example: a step joined `by process.entity_id` with one `by process.parent.entity_id` gives
 * `process.entity_id = process.parent.entity_id`.
 */
export function columnNames(natives: readonly (readonly string[])[]): readonly string[] {
  const taken = new Set<string>();
  return natives.map((names) => {
    const name = [...new Set(names.filter((one) => one !== ''))].join(' = ');
    let own = name;
    for (let n = 2; taken.has(own); n++) own = `${name} (${n})`;
    taken.add(own);
    return own;
  });
}
