import type { ManifestEvent, ManifestField, ValueMap } from '../api.ts';
import type { Bytes, DamageLog } from './bytes.ts';

/** A provider of a WEVT_TEMPLATE resource. */
export interface WevtProvider {
  readonly guid: string;
  readonly name: string;
  readonly events: readonly ManifestEvent[];
  readonly templates: readonly (readonly ManifestField[])[];
  readonly maps: readonly ValueMap[];
}

const NO_MESSAGE = 0xffff_ffff;
/** Providers of one manifest; Windows' files have fewer than 10. */
const PROVIDER_LIMIT = 1024;
/** Values of one template, and entries of one map, that are read. */
const FIELD_LIMIT = 1024;
/** How often the bytes of a resource may be read on the average. */
const SHARING = 4;
/** Type of the provider attribute that holds its name, as seen in real files. */
const PROVIDER_NAME = 0x1000_0001;

/**
 * A WEVT_TEMPLATE resource ("CRIM"), after libfwevt's description of the format, version 3.1, and real files of version
 * 5.1, in which a map's header has a word more (0: its entries are values, 1: bits) and a PRVA element names the
 * provider. All offsets in it count from its start. What it says of channels, levels, tasks, opcodes and keywords is
 * not needed for a message.
 */
export function readManifest(crim: Bytes, damage: DamageLog): WevtProvider[] {
  const providers: WevtProvider[] = [];
  damage.guard(() => {
    if (crim.signature(0) !== 'CRIM') throw crim.damage('The event manifest does not begin with CRIM', 0);
    const count = crim.u32(12);
    crim.bytes(16, count * 20);
    if (count > PROVIDER_LIMIT) throw crim.damage(`The event manifest says that it has ${count} providers`, 12);
    // Names may be shared, but not without end, or a small file could give any amount.
    let left = crim.length * SHARING;
    for (let i = 0; i < count && left >= 0; i++) {
      const at = 16 + i * 20;
      const reader = new ProviderReader(crim, damage, left);
      damage.guard(() => providers.push(reader.read(crim.guid(at), crim.u32(at + 16))));
      left = reader.left;
    }
  });
  return providers;
}

class ProviderReader {
  readonly #maps: ValueMap[] = [];
  /** Indexes of maps by their offset; undefined for one that is damaged. */
  readonly #mapAt = new Map<number, number | undefined>();
  readonly #templates: (readonly ManifestField[])[] = [];
  /** Likewise of templates. */
  readonly #templateAt = new Map<number, number | undefined>();

  /** @param left bytes that definitions may still take. */
  constructor(
    private readonly crim: Bytes,
    private readonly damage: DamageLog,
    public left: number,
  ) {}

  read(guid: string, at: number): WevtProvider {
    const { crim } = this;
    if (crim.signature(at) !== 'WEVT') throw crim.damage('A provider does not begin with WEVT', at);
    const count = crim.u32(at + 12);
    crim.bytes(at + 20, count * 8);
    const events: ManifestEvent[] = [];
    let name = '';
    for (let i = 0; i < count && this.left >= 0; i++) {
      const element = crim.u32(at + 20 + i * 8);
      this.damage.guard(() => {
        const signature = crim.signature(element);
        if (signature === 'EVNT') this.#readEvents(element, events);
        else if (signature === 'PRVA') name = this.#nameIn(element) ?? name;
      });
    }
    return { guid, name, events, templates: this.#templates, maps: this.#maps };
  }

  #readEvents(at: number, events: ManifestEvent[]): void {
    const { crim } = this;
    const count = crim.u32(at + 8);
    crim.bytes(at + 16, count * 48);
    for (let i = 0; i < count; i++) {
      const event = at + 16 + i * 48;
      this.#take(48, event);
      const messageId = crim.u32(event + 16);
      const template = crim.u32(event + 20);
      events.push({
        id: crim.u16(event),
        version: crim.u8(event + 2),
        messageId: messageId === NO_MESSAGE ? undefined : messageId,
        template: template === 0 ? undefined : this.#templateIndex(template),
      });
    }
  }

  #templateIndex(at: number): number | undefined {
    if (this.#templateAt.has(at)) return this.#templateAt.get(at);
    const fields = this.damage.guard(() => this.#readTemplate(at));
    const index = fields === undefined ? undefined : this.#templates.push(fields) - 1;
    this.#templateAt.set(at, index);
    return index;
  }

  /** The names of a template's values; what the template looks like as XML is in the log itself. */
  #readTemplate(at: number): readonly ManifestField[] {
    const { crim } = this;
    if (crim.signature(at) !== 'TEMP') throw crim.damage('A template does not begin with TEMP', at);
    const count = crim.u32(at + 8);
    const names = crim.u32(at + 12);
    const items = crim.u32(at + 16);
    if (count > FIELD_LIMIT) throw crim.damage(`A template says that it has ${count} values`, at + 8);
    // Members of a structure have names beyond those of the values, and no place of their own in a message.
    const shown = Math.min(count, names);
    this.#take(count * 20, at);
    return Array.from({ length: shown }, (_, i): ManifestField => {
      const item = items + i * 20;
      const name = this.#sizedText(crim.u32(item + 16));
      const map = crim.u32(item + 8);
      const index = map === 0 ? undefined : this.#mapIndex(map);
      return index === undefined ? { name } : { name, map: index };
    });
  }

  #mapIndex(at: number): number | undefined {
    if (this.#mapAt.has(at)) return this.#mapAt.get(at);
    const map = this.damage.guard(() => this.#readMap(at));
    const index = map === undefined ? undefined : this.#maps.push(map) - 1;
    this.#mapAt.set(at, index);
    return index;
  }

  #readMap(at: number): ValueMap {
    const { crim } = this;
    const signature = crim.signature(at);
    if (signature !== 'VMAP' && signature !== 'BMAP') throw crim.damage('A map begins with neither VMAP nor BMAP', at);
    const size = crim.u32(at + 4);
    // The older header has 16 bytes; which one it is, size and count tell together.
    const isOld = size === 16 + crim.u32(at + 12) * 8 && size !== 20 + crim.u32(at + 16) * 8;
    const count = crim.u32(at + (isOld ? 12 : 16));
    const first = at + (isOld ? 16 : 20);
    if (count > FIELD_LIMIT) throw crim.damage(`A map says that it has ${count} entries`, at + 12);
    this.#take(count * 8, at);
    const entries = Array.from({ length: count }, (_, i) => {
      return [crim.u32(first + i * 8), crim.u32(first + i * 8 + 4)] as const;
    });
    return { isBits: signature === 'BMAP', entries };
  }

  #nameIn(at: number): string | undefined {
    const { crim } = this;
    const count = crim.u32(at + 8);
    crim.bytes(at + 12, count * 8);
    for (let i = 0; i < count; i++) {
      if (crim.u32(at + 12 + i * 8) !== PROVIDER_NAME) continue;
      const text = crim.text16ToNul(crim.u32(at + 16 + i * 8));
      this.#take(text.length * 2, at);
      return text;
    }
    return undefined;
  }

  /** A text behind its size in bytes, which counts itself. */
  #sizedText(at: number): string {
    const size = this.crim.u32(at);
    if (size < 4) throw this.crim.damage(`A name says that it is ${size} bytes long`, at);
    this.#take(size, at);
    return this.crim.text16(at + 4, size - 4);
  }

  /** Counts bytes as read. */
  #take(bytes: number, at: number): void {
    this.left -= bytes;
    if (this.left < 0) throw this.crim.damage('Definitions share their bytes too often: what is left is not read', at);
  }
}
