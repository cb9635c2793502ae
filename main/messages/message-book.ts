import type { Head } from '../columns/batch.ts';
import type { Manifest, MessagePiece, MessageTable, ProviderTexts, ValueMap } from './api.ts';
import type { MessageFiles } from './message-files.ts';
import type { Pack, PackFolder } from './pack-folder.ts';
import type { PackBlock } from './pack.ts';

/** What an event's message is found by. */
export type MessageKey = Pick<Head, 'provider' | 'providerGuid' | 'eventId' | 'version' | 'qualifiers'>;

/** The message of a kind of event, and what its values mean. */
export interface FoundMessage {
  /** As FormatMessage takes it; '' where only the title is known. */
  readonly message: string;
  readonly title: string;
  /** Such as `en-US`; '' where it is not known. */
  readonly language: string;
  /** What was imported that it comes from, to show. */
  readonly from: string;
  /** Names of the values of `%1`, `%2`, …; undefined where they are not known. */
  readonly fields: readonly string[] | undefined;
  /** What a value stands for, where its field has a map. @param index of the field */
  readonly valueName: (index: number, value: string) => string | undefined;
  /** What `%%1833` stands for. */
  readonly parameter: (number: number) => string | undefined;
}

interface Place {
  readonly pack: Pack;
  readonly block: PackBlock;
}

/** Blocks kept unpacked. */
const KEPT_BLOCKS = 64;
/** Kinds of events whose messages are kept. */
const KEPT_KINDS = 10_000;
/** Bits of a map that are named. */
const MAP_BITS = 32n;

/**
 * Finds messages in what was imported. Costs nothing until it is asked; unpacks only the provider and the tables that a
 * lookup needs, and keeps those. The newest import goes first, English first within it.
 */
export class MessageBook {
  #list: readonly Pack[] = [];
  #providers = new Map<string, Place[]>();
  #manifests = new Map<string, Place[]>();
  #tables = new Map<string, Place[]>();
  #namedTables = new Map<string, Place[]>();
  readonly #blocks = new Map<PackBlock, MessagePiece | undefined>();
  readonly #found = new Map<string, FoundMessage | undefined>();

  constructor(
    private readonly packs: PackFolder,
    private readonly files: MessageFiles,
  ) {}

  /** Whether nothing is imported. */
  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  /** The message of a kind of event; undefined where it is in nothing that was imported when `refresh` was called. */
  find(key: MessageKey): FoundMessage | undefined {
    const { provider, providerGuid, eventId, version, qualifiers } = key;
    if (this.isEmpty || eventId === undefined) return undefined;
    const name = JSON.stringify([provider, providerGuid, eventId, version, qualifiers]);
    if (!this.#found.has(name)) {
      // A log can have kinds of events without end.
      if (this.#found.size === KEPT_KINDS) this.#found.clear();
      this.#found.set(name, this.#inProviders(key, eventId) ?? this.#inManifests(key, eventId) ?? this.#inTables(key));
    }
    return this.#found.get(name);
  }

  #inProviders(key: MessageKey, id: number): FoundMessage | undefined {
    for (const { pack, block } of placesOf(this.#providers, key)) {
      const texts = this.#read(pack, block) as ProviderTexts | undefined;
      const event = bestVersion(texts?.events.filter((one) => isOf(one.id, id, key.qualifiers)) ?? [], key.version);
      if (!texts || !event) continue;
      const { message, title, fields } = event;
      const others = this.#parameters(key);
      const parameter = (number: number) => texts.parameters[String(number)] ?? others(number);
      const from = pack.header.name;
      return { message, title, language: texts.language, from, fields, valueName: () => undefined, parameter };
    }
    return undefined;
  }

  #inManifests(key: MessageKey, id: number): FoundMessage | undefined {
    for (const { pack, block } of placesOf(this.#manifests, key)) {
      const manifest = this.#read(pack, block) as Manifest | undefined;
      const event = bestVersion(manifest?.events.filter((one) => one.id === id) ?? [], key.version);
      if (!manifest || event?.messageId === undefined) continue;
      const found = this.#text([manifest.file], event.messageId);
      if (!found) continue;
      const fields = event.template === undefined ? undefined : manifest.templates[event.template];
      return {
        message: found.text,
        title: '',
        language: found.language,
        from: found.from,
        fields: fields?.map(({ name }) => name),
        valueName: (index, value) => {
          const mapIndex = fields?.[index]?.map;
          const map = mapIndex === undefined ? undefined : manifest.maps[mapIndex];
          return map && nameOf(map, value, (messageId) => this.#text([manifest.file], messageId)?.text);
        },
        parameter: this.#parameters(key, manifest),
      };
    }
    return undefined;
  }

  /** Classic providers: the number of the message is the event's id with its qualifiers above. */
  #inTables(key: MessageKey): FoundMessage | undefined {
    const { provider, eventId = 0, qualifiers } = key;
    const files = [...this.#named(key, 'messageFiles'), ...this.files.messagesOf(provider)];
    const named = this.#namedTables.get(provider.toLowerCase()) ?? [];
    const places = [...named, ...byLanguage(files.flatMap((file) => this.#tables.get(file) ?? []))];
    for (const place of places) {
      const table = this.#read(place.pack, place.block) as MessageTable | undefined;
      if (!table) continue;
      const at = qualifiers === undefined ? onlyWithId(table, eventId) : indexOf(table, qualifiers * 0x10000 + eventId);
      const message = at === undefined ? undefined : table.texts[at];
      if (message === undefined) continue;
      const { language } = table;
      const from = place.pack.header.name;
      const parameter = this.#parameters(key);
      return { message, title: '', language, from, fields: undefined, valueName: () => undefined, parameter };
    }
    return undefined;
  }

  /** Files that lists of providers name for a provider. */
  #named(key: MessageKey, which: 'messageFiles' | 'parameterFiles'): readonly string[] {
    return placesOf(this.#providers, key).flatMap(({ pack, block }) => {
      const texts = this.#read(pack, block) as ProviderTexts | undefined;
      return texts?.[which] ?? [];
    });
  }

  /**
   * What numbers in a provider's events stand for: by its parameter files, else by the file of its manifest. That one
   * has the texts of its events too, which are never meant.
   */
  #parameters(key: MessageKey, manifest?: Manifest): FoundMessage['parameter'] {
    const files = [...this.#named(key, 'parameterFiles'), ...this.files.parametersOf(key.provider)];
    const ofEvents = new Set(manifest?.events.map(({ messageId }) => messageId));
    return (number) => {
      const own = manifest && !ofEvents.has(number) ? [manifest.file] : [];
      return this.#text([...files, ...own], number)?.text.trimEnd();
    };
  }

  /** The text of a number in the first of the files that has it. */
  #text(files: readonly string[], id: number): { text: string; language: string; from: string } | undefined {
    for (const file of files) {
      for (const { pack, block } of byLanguage(this.#tables.get(file) ?? [])) {
        const table = this.#read(pack, block) as MessageTable | undefined;
        const at = table && indexOf(table, id);
        const text = at === undefined ? undefined : table?.texts[at];
        if (table && text !== undefined) return { text, language: table.language, from: pack.header.name };
      }
    }
    return undefined;
  }

  #read(pack: Pack, block: PackBlock): MessagePiece | undefined {
    if (this.#blocks.has(block)) return this.#blocks.get(block);
    const piece = pack.read(block);
    if (this.#blocks.size === KEPT_BLOCKS) {
      for (const oldest of this.#blocks.keys()) {
        this.#blocks.delete(oldest);
        break;
      }
    }
    this.#blocks.set(block, piece);
    return piece;
  }

  /** Takes in what was imported or removed since. */
  refresh(): void {
    const { packs } = this.packs.list();
    if (packs === this.#list) return;
    this.#list = packs;
    this.#blocks.clear();
    this.#found.clear();
    this.#providers = new Map();
    this.#manifests = new Map();
    this.#tables = new Map();
    this.#namedTables = new Map();
    for (const pack of packs) {
      for (const block of pack.header.blocks) {
        const place = { pack, block };
        if (block.kind === 'table') {
          add(this.#tables, block.file, place);
          for (const provider of block.providers) add(this.#namedTables, provider.toLowerCase(), place);
          continue;
        }
        const index = block.kind === 'provider' ? this.#providers : this.#manifests;
        if (block.guid !== '') add(index, block.guid, place);
        if (block.name !== '') add(index, block.name.toLowerCase(), place);
      }
    }
  }
}

function add(index: Map<string, Place[]>, key: string, place: Place): void {
  const known = index.get(key);
  if (known) known.push(place);
  else index.set(key, [place]);
}

/** By GUID first, which is exact; then by name. */
function placesOf(index: ReadonlyMap<string, Place[]>, { provider, providerGuid }: MessageKey): readonly Place[] {
  const guid = providerGuid.toLowerCase();
  // All zero is how lists say that a provider has none.
  const byGuid = /^[{}0-]*$/.test(guid) ? [] : (index.get(guid.startsWith('{') ? guid : `{${guid}}`) ?? []);
  const byName = index.get(provider.toLowerCase()) ?? [];
  return byLanguage([...byGuid, ...byName.filter((place) => !byGuid.includes(place))]);
}

/** English first, then what has no language, then the others; otherwise as given. */
function byLanguage(places: readonly Place[]): readonly Place[] {
  const rank = ({ block: { language } }: Place): number =>
    language === 'en-US' ? 0 : language.startsWith('en') ? 1 : language === '' ? 2 : 3;
  return places.length < 2 ? places : [...places].sort((a, b) => rank(a) - rank(b));
}

/** The event of the version asked for, else the newest. */
function bestVersion<T extends { readonly version?: number | undefined }>(
  events: readonly T[],
  version: number | undefined,
): T | undefined {
  const exact = events.find((event) => event.version === version);
  if (exact) return exact;
  return [...events].sort((a, b) => (b.version ?? -1) - (a.version ?? -1))[0];
}

function indexOf({ ids }: MessageTable, id: number): number | undefined {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] as number) < id) low = middle + 1;
    else high = middle;
  }
  return ids[low] === id ? low : undefined;
}

/** Whether a list's number is of an event: lists have the qualifiers above the ids of classic providers. */
function isOf(number: number, eventId: number, qualifiers: number | undefined): boolean {
  if (number <= 0xffff) return number === eventId;
  return number % 0x10000 === eventId && (qualifiers === undefined || Math.floor(number / 0x10000) === qualifiers);
}

/** Where the qualifiers are not known, the one message whose number ends with the event's id. */
function onlyWithId({ ids }: MessageTable, eventId: number): number | undefined {
  const found = ids.flatMap((id, i) => (id % 0x10000 === eventId ? [i] : []));
  return found.length === 1 ? found[0] : undefined;
}

function nameOf(map: ValueMap, value: string, textOf: (id: number) => string | undefined): string | undefined {
  if (!/^(?:\d{1,20}|0x[0-9a-f]{1,16})$/i.test(value)) return undefined;
  const number = BigInt(value);
  if (!map.isBits) {
    const entry = map.entries.find(([known]) => BigInt(known) === number);
    return entry && textOf(entry[1])?.trimEnd();
  }
  if (number === 0n || number >> MAP_BITS !== 0n) return undefined;
  const set = map.entries.filter(([bits]) => bits !== 0 && (number & BigInt(bits)) === BigInt(bits));
  const covered = set.reduce((sum, [bits]) => sum | BigInt(bits), 0n);
  const names = set.map(([, id]) => textOf(id)?.trimEnd());
  // A name for a part of the value would say something else.
  return covered !== number || names.includes(undefined) ? undefined : names.join(' | ');
}
