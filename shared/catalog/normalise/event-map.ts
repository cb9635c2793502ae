import { parse } from 'yaml';
import { z } from 'zod';
import type { Vendor } from '../../model/rule.ts';
import type { ScopeSource } from '../catalog-rule.ts';
import type { LogsourceMap } from '../logsource.ts';
import type { CatalogEvent } from './normalised-rule.ts';

const events = z.record(z.string(), z.array(z.string()));
const channels = z.record(z.string(), z.string());

/** Schema of rules/mappings/catalog-events.yaml. */
const eventFile = z.strictObject({
  version: z.literal(1),
  channels,
  sigma: events,
  elastic: z.strictObject({
    categories: events,
    datasets: channels,
    any: z.array(z.string()),
    providers: channels,
  }),
  splunk: z.strictObject({ datamodels: events, macros: channels, sources: z.array(z.string()), dataSources: channels }),
  kusto: z.strictObject({
    tables: events,
    byAction: z.array(z.string()),
    byChannel: z.record(z.string(), z.array(z.string())),
  }),
});

/** What one query says of the events it reads. */
export interface QueryFacts {
  readonly vendor: Vendor;
  readonly sources: readonly ScopeSource[];
  /** Ids that it tests for, not under a NOT. */
  readonly eventIds: readonly number[];
  /** Values of other fields that it tests for by equality, by native name. */
  readonly valuesOf: (native: string) => readonly string[];
  readonly isWindows: boolean;
}

/** The mapping of logs to Windows events; immutable. */
export interface EventMap {
  /** The events that a query looks at; none where it reads other logs. */
  eventsOf(query: QueryFacts): readonly CatalogEvent[];
}

type Facts = z.output<typeof eventFile>;

/** Reads catalog-events.yaml. Throws with the place of the fault: it is a broken installation. */
export function readEventMap(text: string, logsources: LogsourceMap): EventMap {
  const facts = eventFile.parse(parse(text));
  const reader = new EventReader(facts, logsources);
  return {
    eventsOf: (query) => {
      switch (query.vendor) {
        case 'sigma':
          return reader.sigma(query);
        case 'elastic':
          return query.isWindows ? reader.elastic(query) : [];
        case 'splunk':
          return reader.splunk(query);
        case 'kusto':
          return reader.kusto(query);
      }
    },
  };
}

class EventReader {
  constructor(
    private readonly facts: Facts,
    private readonly logsources: LogsourceMap,
  ) {}

  sigma({ sources, eventIds }: QueryFacts): readonly CatalogEvent[] {
    const [category = '', product = '', service = ''] = namesOf(sources, 'logsource')[0]?.split('/') ?? [];
    if (product !== '' && product !== 'windows') return [];
    const mapped = Object.hasOwn(this.facts.sigma, category) ? this.facts.sigma[category] : undefined;
    if (mapped) return narrowed(this.#events(mapped), eventIds);
    const coverage = this.logsources.coverage({
      ...(category === '' ? {} : { category }),
      ...(product === '' ? {} : { product }),
      ...(service === '' ? {} : { service }),
    });
    const known = (coverage.mapped ?? []).flat().flatMap(({ channel, provider, events: ids }) => {
      const names = channel ?? provider ?? [];
      return names.flatMap((name) => (ids ?? [null]).map((eventId): CatalogEvent => ({ channel: name, eventId })));
    });
    return narrowed(known, eventIds);
  }

  elastic({ sources, eventIds, valuesOf }: QueryFacts): readonly CatalogEvent[] {
    const { datasets, any, providers, categories } = this.facts.elastic;
    const found = new Set<string>();
    let hasOther = false;
    for (const provider of valuesOf('event.provider')) {
      if (Object.hasOwn(providers, provider)) found.add(this.#channel(providers[provider] as string));
    }
    const isByProvider = found.size > 0;
    for (const name of [...namesOf(sources, 'index'), ...namesOf(sources, 'dataset')]) {
      const bare = name.replace(/^logs-/, '');
      const dataset = Object.keys(datasets).find((prefix) => bare.startsWith(prefix));
      if (dataset !== undefined && !isByProvider) found.add(this.#channel(datasets[dataset] as string));
      else if (dataset === undefined && !any.some((prefix) => bare.startsWith(prefix))) hasOther = true;
    }
    const chosen = [...found].map((channel): CatalogEvent => ({ channel, eventId: null }));
    if (eventIds.length > 0 && chosen.length > 0) return narrowed(chosen, eventIds);
    const types = [...valuesOf('event.type'), ...valuesOf('event.action')];
    const byCategory = namesOf(sources, 'event_category').flatMap((category) => {
      const exact = types.flatMap((type) => categories[`${category}/${type}`] ?? []);
      return exact.length > 0 ? exact : (categories[category] ?? []);
    });
    if (chosen.length > 0 && !hasOther && eventIds.length === 0) {
      const within = this.#events(byCategory).filter(({ channel }) => found.has(channel));
      return within.length > 0 ? unique(within) : chosen;
    }
    return narrowed(this.#events(byCategory), eventIds);
  }

  splunk({ sources, eventIds }: QueryFacts): readonly CatalogEvent[] {
    const { datamodels, macros, sources: prefixes, dataSources } = this.facts.splunk;
    const listed = namesOf(sources, 'data_source');
    const known = listed.flatMap((entry) =>
      entry.split(/ AND /).flatMap((part) => this.#dataSource(part.trim(), dataSources)),
    );
    const channels = [
      ...namesOf(sources, 'macro').flatMap((name) => (Object.hasOwn(macros, name) ? (macros[name] ?? []) : [])),
      ...namesOf(sources, 'sourcetype').flatMap((name) => {
        const prefix = prefixes.find((start) => name.toLowerCase().startsWith(start.toLowerCase()));
        return prefix === undefined ? [] : [name.slice(prefix.length)];
      }),
    ].map((name): CatalogEvent => ({ channel: this.#channel(name), eventId: null }));
    const tested = eventIds.length > 0 ? narrowed(unique(channels), eventIds) : [];
    if (listed.length > 0) return unique([...known, ...tested]);
    const modelled = namesOf(sources, 'datamodel').flatMap(
      (name) => datamodels[name] ?? datamodels[name.split('.')[0] ?? ''] ?? [],
    );
    return unique([...narrowed(this.#events(modelled), eventIds), ...(tested.length > 0 ? tested : channels)]);
  }

  /** `Sysmon EventID 1`, `NTLM Operational 8004,8005`. */
  #dataSource(entry: string, dataSources: Readonly<Record<string, string>>): readonly CatalogEvent[] {
    const match = /^(.*\S)\s+(\d+(?:\s*,\s*\d+)*)$/.exec(entry);
    const name = match?.[1]?.toLowerCase();
    const channel = Object.entries(dataSources).find(([known]) => known.toLowerCase() === name)?.[1];
    if (channel === undefined) return [];
    return (match?.[2] ?? '').split(',').map((id) => ({ channel: this.#channel(channel), eventId: Number(id) }));
  }

  kusto({ sources, eventIds, valuesOf }: QueryFacts): readonly CatalogEvent[] {
    const { tables, byAction, byChannel } = this.facts.kusto;
    const found = namesOf(sources, 'table').flatMap((table): readonly CatalogEvent[] => {
      const actions = byAction.includes(table) ? valuesOf('ActionType') : [];
      if (actions.length > 0) return actions.map((name) => ({ channel: `defender/${table}/${name}`, eventId: null }));
      if (Object.hasOwn(tables, table)) {
        const listed = this.#events(tables[table] ?? []);
        return table.startsWith('Device') ? listed : narrowed(listed, eventIds);
      }
      if (!Object.hasOwn(byChannel, table)) return [];
      const channels = (byChannel[table] ?? []).flatMap(valuesOf);
      return narrowed(
        channels.map((channel) => ({ channel: this.#providerChannel(channel), eventId: null })),
        eventIds,
      );
    });
    return unique(found);
  }

  /** A provider's channel where the mapping knows it; else the text is a channel itself. */
  #providerChannel(name: string): string {
    const { providers } = this.facts.elastic;
    return this.#channel(Object.hasOwn(providers, name) ? (providers[name] as string) : name);
  }

  #channel(name: string): string {
    const lower = name.toLowerCase();
    const full = Object.hasOwn(this.facts.channels, lower) ? this.facts.channels[lower] : undefined;
    return full ?? Object.values(this.facts.channels).find((known) => known.toLowerCase() === lower) ?? name;
  }

  #events(written: readonly string[]): readonly CatalogEvent[] {
    return unique(
      written.map((text) => {
        const at = text.lastIndexOf('/');
        const id = text.slice(at + 1);
        return { channel: this.#channel(text.slice(0, at)), eventId: id === '*' ? null : Number(id) };
      }),
    );
  }
}

function namesOf(sources: readonly ScopeSource[], kind: ScopeSource['kind']): readonly string[] {
  return sources.filter((source) => source.kind === kind).map(({ name }) => name);
}

/** The events that are left by a test of ids; all of them where none of the ids is among them. */
function narrowed(known: readonly CatalogEvent[], eventIds: readonly number[]): readonly CatalogEvent[] {
  if (eventIds.length === 0) return unique(known);
  const left = known.flatMap(({ channel, eventId }): readonly CatalogEvent[] => {
    if (eventId === null) return eventIds.map((id) => ({ channel, eventId: id }));
    return eventIds.includes(eventId) ? [{ channel, eventId }] : [];
  });
  return unique(left.length > 0 ? left : known);
}

export function eventKey({ channel, eventId }: CatalogEvent): string {
  return `${channel}/${eventId ?? '*'}`;
}

export function unique(list: readonly CatalogEvent[]): readonly CatalogEvent[] {
  const byKey = new Map(list.map((event) => [eventKey(event), event]));
  return [...byKey.values()];
}
