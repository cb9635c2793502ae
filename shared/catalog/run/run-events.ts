import { parse } from 'yaml';
import { z } from 'zod';
import type { EventKind, Vendor } from '../../model/rule.ts';
import type { CatalogEvent } from '../normalise/normalised-rule.ts';
import { formSchema, type Form } from './form.ts';

const words = z.record(z.string(), z.array(z.string()));
const forms = z.record(z.string(), formSchema);
const names = z.partialRecord(z.enum(['elastic', 'splunk', 'kusto']), z.record(z.string(), z.string()));

/** Schema of rules/mappings/run-events.yaml. */
const runFile = z.strictObject({
  version: z.literal(1),
  channels: z.record(
    z.string(),
    z.strictObject({ channel: z.string(), provider: z.string().optional(), words: words.default({}) }),
  ),
  also: z.partialRecord(z.enum(['elastic', 'splunk', 'kusto']), z.record(z.string(), z.array(z.string()))),
  words,
  fields: forms.default({}),
  own: names,
  notOwn: z.partialRecord(z.enum(['elastic', 'splunk', 'kusto']), z.array(z.string())),
  kinds: z.array(
    z.strictObject({
      events: z.array(z.string()).min(1),
      tables: z.array(z.string()).default([]),
      words: words.default({}),
      native: forms.default({}),
      fields: forms.default({}),
    }),
  ),
});

/** An event that rules can run on, and what fields are in it. */
export interface RunEvent {
  readonly channel: string;
  /** Undefined: any event of the channel; only its own fields are known then. */
  readonly eventId: number | undefined;
  readonly kind: EventKind;
  /** What it always says of itself, by native field. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** By native name; undefined where that has no equal though its canonical field has. */
  readonly native: ReadonlyMap<string, Form | undefined>;
  /** By canonical name. */
  readonly fields: ReadonlyMap<string, Form | undefined>;
}

/** The mapping of vendors' fields to those of events; immutable. */
export interface RunEvents {
  /**
   * Events that stand for one that a rule reads. For a whole channel: first any of its events, then those that more is
   * known of.
   */
  eventsFor(vendor: Vendor, event: CatalogEvent): readonly RunEvent[];
  /** The event's own field that a vendor's name means in any event; undefined where it is no such name. */
  ownField(vendor: Vendor, native: string): string | undefined;
  /** Whether a vendor's name looks like an event's own but is made by its product. */
  isMadeUp(vendor: Vendor, native: string): boolean;
}

/** Reads run-events.yaml. Throws with the place of the fault: it is a broken installation. */
export function readRunEvents(text: string): RunEvents {
  const file = runFile.parse(parse(text, { merge: true }));
  const events = new Map<string, RunEvent>();
  const byChannel = new Map<string, RunEvent[]>();
  const byTable = new Map<string, RunEvent[]>();
  const channels = new Map(Object.values(file.channels).map((one) => [one.channel, one]));
  const general = Object.entries(file.words);
  const add = <K>(map: Map<K, RunEvent[]>, key: K, event: RunEvent): void => {
    const known = map.get(key);
    if (known) known.push(event);
    else map.set(key, [event]);
  };
  for (const kind of file.kinds) {
    for (const written of kind.events) {
      const [name = '', id = ''] = written.split('/');
      const source = Object.hasOwn(file.channels, name) ? file.channels[name] : undefined;
      if (!source || !/^\d+$/.test(id) || events.has(written)) throw new Error(`"${written}" is no event, or twice`);
      const event: RunEvent = {
        channel: source.channel,
        eventId: Number(id),
        kind: kindOf(source, Number(id)),
        words: new Map([...general, ...Object.entries(source.words), ...Object.entries(kind.words)]),
        native: new Map(Object.entries(kind.native)),
        fields: new Map(Object.entries({ ...file.fields, ...kind.fields })),
      };
      events.set(`${source.channel}/${id}`, event);
      add(byChannel, source.channel, event);
      for (const table of kind.tables) add(byTable, table, event);
    }
  }
  const anyOf = (channel: string, eventId: number | undefined): RunEvent => {
    const source = channels.get(channel);
    const kind = kindOf(source ?? { channel }, eventId);
    const ownWords = new Map([...general, ...Object.entries(source?.words ?? {})]);
    return { channel, eventId, kind, words: ownWords, native: new Map(), fields: new Map(Object.entries(file.fields)) };
  };
  const also = alsoRead(file, events);
  return {
    eventsFor: (vendor, { channel, eventId }) => {
      if (channel.startsWith('defender/')) return byTable.get(channel.slice('defender/'.length)) ?? [];
      if (eventId !== null) {
        const one = events.get(`${channel}/${eventId}`) ?? anyOf(channel, eventId);
        return [one, ...(also.get(`${vendor} ${channel}/${eventId}`) ?? [])];
      }
      return [anyOf(channel, undefined), ...(byChannel.get(channel) ?? [])];
    },
    isMadeUp: (vendor, native) => vendor !== 'sigma' && (file.notOwn[vendor]?.includes(native) ?? false),
    ownField: (vendor, native) => (vendor === 'sigma' ? native : ownField(file, vendor, native)),
  };
}

/** By vendor and event, both of their full names. */
function alsoRead(
  { also, channels }: z.output<typeof runFile>,
  events: ReadonlyMap<string, RunEvent>,
): ReadonlyMap<string, readonly RunEvent[]> {
  const keyOf = (written: string): string => {
    const [name = '', id = ''] = written.split('/');
    return `${channels[name]?.channel ?? name}/${id}`;
  };
  const entries = Object.entries(also).flatMap(([vendor, listed]) =>
    Object.entries(listed).map(([event, others]) => {
      const found = others.flatMap((other) => events.get(keyOf(other)) ?? []);
      if (found.length < others.length) throw new Error(`also, ${event}: an event that no kind describes`);
      return [`${vendor} ${keyOf(event)}`, found] as const;
    }),
  );
  return new Map(entries);
}

function kindOf(
  { channel, provider }: { channel: string; provider?: string | undefined },
  eventId?: number,
): EventKind {
  return {
    channel: [channel],
    ...(provider === undefined ? {} : { provider: [provider] }),
    ...(eventId === undefined ? {} : { events: [eventId] }),
  };
}

function ownField(
  { own, notOwn }: z.output<typeof runFile>,
  vendor: Exclude<Vendor, 'sigma'>,
  native: string,
): string | undefined {
  const listed = own[vendor];
  if (listed && Object.hasOwn(listed, native)) return listed[native];
  if (notOwn[vendor]?.includes(native)) return undefined;
  switch (vendor) {
    case 'elastic':
      return /^winlog\.(?:event_data|user_data)\.(.+)$/.exec(native)?.[1];
    case 'splunk':
      // Windows' names are in camel case; those that Splunk makes of a message's text have underscores.
      return /^[A-Z][A-Za-z0-9]*$/.test(native) ? native : undefined;
    case 'kusto': {
      const plain = native.replace(/^EventData\./, '');
      return /^[A-Z][A-Za-z0-9]*$/.test(plain) ? plain : undefined;
    }
  }
}
