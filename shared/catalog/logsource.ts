import { parse } from 'yaml';
import { z } from 'zod';
import type { EventKind, Logsource } from '../model/rule.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const source = z.strictObject({
  channel: oneOrMore.optional(),
  provider: oneOrMore.optional(),
  events: z.array(z.number().int()).optional(),
  /** Set of field-aliases.yaml. */
  fields: z.string().optional(),
});

/** Schema of rules/mappings/logsources.yaml. */
export const logsourceFile = z.strictObject({
  version: z.literal(1),
  logsources: z.array(
    z.strictObject({
      category: z.string().optional(),
      product: z.string().optional(),
      service: z.string().optional(),
      sources: z.array(source).min(1),
    }),
  ),
});

/** Kinds of events that a logsource stands for; what is undefined is free. */
export interface EventSource extends EventKind {
  /** Set of field-aliases.yaml. */
  readonly fields?: string | undefined;
}

/** What an event says of where it comes from. */
export interface EventIdentity {
  readonly channel: string;
  readonly provider: string;
  readonly eventId: number | undefined;
}

/** Where a logsource applies. */
export interface Coverage {
  /** False where it is a Windows logsource that no mapping names. */
  readonly isKnown: boolean;
  /** Each must hold for one of its sources; empty means any event that has a channel. Undefined: none. */
  readonly mapped: readonly (readonly EventSource[])[] | undefined;
  /** Whether events that are not Windows events (isWindowsEvent) are covered. */
  readonly plain: boolean;
  /** For a test of any event: in place of the above, says under which aliases an event stands by its own kind. */
  readonly aliasesOf?: (event: EventIdentity) => string;
}

/** Any event, whatever its kind: for filters and counts, which name a field as rules do. */
export const ANY_EVENT: Logsource = { kinds: [{}] };

/** Before the name of an alias set: it holds only for fields that the event itself lacks. */
const FOR_LACKING = '?';

/** An alias set as `coveredBy` names it: which set of field-aliases.yaml, and whether the event's own fields go first. */
export function aliasSetNamed(name: string): { readonly set: string; readonly isForLacking: boolean } {
  const isForLacking = name.startsWith(FOR_LACKING);
  return { set: isForLacking ? name.slice(FOR_LACKING.length) : name, isForLacking };
}

/** The mapping of logsources to events; immutable. */
export interface LogsourceMap {
  coverage(logsource: Logsource): Coverage;
  /** Every category, product and service that the mapping names, for completion. */
  readonly names: {
    readonly categories: readonly string[];
    readonly products: readonly string[];
    readonly services: readonly string[];
  };
}

/** Reads logsources.yaml. Throws with the place of the fault: a mapping that can't be read is a broken installation. */
export function readLogsources(text: string): LogsourceMap {
  const { logsources } = logsourceFile.parse(parse(text));
  const byCategory = new Map<string, readonly EventSource[]>();
  const byService = new Map<string, readonly EventSource[]>();
  const products = new Set<string>();
  for (const { category, product, service, sources } of logsources) {
    if (category) byCategory.set(category, sources);
    if (service) byService.set(service, sources);
    if (product) products.add(product);
  }
  const withAliases = logsources.flatMap(({ sources }) => sources.filter(({ fields }) => fields !== undefined));
  const anyEvent: Coverage = {
    isKnown: true,
    mapped: [],
    plain: true,
    aliasesOf: (event) => {
      const set = withAliases.find((candidate) => isOfSource(event, candidate))?.fields;
      return set === undefined ? '' : FOR_LACKING + set;
    },
  };
  return {
    names: { categories: [...byCategory.keys()], products: [...products], services: [...byService.keys()] },
    coverage: ({ category, product, service, kinds }) => {
      if (kinds?.some(isFree)) return anyEvent;
      if (kinds) return { isKnown: true, mapped: [kinds], plain: false };
      if (product !== undefined && !products.has(product)) return { isKnown: true, mapped: undefined, plain: true };
      const wanted = [
        ...(category === undefined ? [] : [byCategory.get(category)]),
        ...(service === undefined ? [] : [byService.get(service)]),
      ];
      const plain = product === undefined;
      const mapped = wanted.filter((sources) => sources !== undefined);
      if (mapped.length < wanted.length) return { isKnown: plain, mapped: undefined, plain };
      return { isKnown: true, mapped, plain };
    },
  };
}

/**
 * Whether an event is from a Windows log: it has a channel, or, where the export left that out (as with the RPC trace
 * of some EVTX files), a provider and an event id.
 */
export function isWindowsEvent({ channel, provider, eventId }: EventIdentity): boolean {
  return channel !== '' || (provider !== '' && eventId !== undefined);
}

function isFree({ channel, provider, events }: EventKind): boolean {
  return channel === undefined && provider === undefined && events === undefined;
}

/** Whether an event belongs to a source. Names compare without case. */
export function isOfSource(event: EventIdentity, { channel, provider, events }: EventSource): boolean {
  if (events && (event.eventId === undefined || !events.includes(event.eventId))) return false;
  const inList = (name: string, names: readonly string[]): boolean =>
    names.some((known) => known.toLowerCase() === name.toLowerCase());
  // One of the two may be missing in the event; not both.
  const hasChannel = event.channel !== '' && channel !== undefined;
  const hasProvider = event.provider !== '' && provider !== undefined;
  if (!hasChannel && !hasProvider) return false;
  if (hasChannel && !inList(event.channel, channel)) return false;
  return !hasProvider || inList(event.provider, provider);
}

/**
 * Whether a logsource covers an event, and under which set of field aliases ('' for none, see `aliasSetNamed`);
 * undefined where it doesn't.
 */
export function coveredBy(coverage: Coverage, event: EventIdentity): string | undefined {
  const { mapped, plain, aliasesOf } = coverage;
  if (aliasesOf) return aliasesOf(event);
  if (mapped) {
    const found = mapped.map((sources) => sources.find((candidate) => isOfSource(event, candidate)));
    const isWindows = mapped.length > 0 || isWindowsEvent(event);
    if (isWindows && !found.includes(undefined)) return found.map((one) => one?.fields ?? '').find(Boolean) ?? '';
  }
  return plain && !isWindowsEvent(event) ? '' : undefined;
}
