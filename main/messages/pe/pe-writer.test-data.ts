/** Writes executables, message tables and event manifests, as the readers' descriptions have them. For tests. */

/** Bytes that grow, with numbers put in later. */
class Out {
  #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  u8(value: number): this {
    this.#bytes.push(value & 0xff);
    return this;
  }

  u16(value: number): this {
    return this.u8(value).u8(value >>> 8);
  }

  u32(value: number): this {
    return this.u16(value & 0xffff).u16(value >>> 16);
  }

  bytes(from: Iterable<number>): this {
    for (const byte of from) this.#bytes.push(byte);
    return this;
  }

  ascii(text: string): this {
    return this.bytes(Buffer.from(text, 'latin1'));
  }

  utf16(text: string): this {
    return this.bytes(Buffer.from(text, 'utf16le'));
  }

  guid(text: string): this {
    const hex = Buffer.from(text.replace(/[{}-]/g, ''), 'hex');
    const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    return this.bytes(order.map((i) => hex[i] as number));
  }

  align(to: number): this {
    while (this.length % to !== 0) this.u8(0);
    return this;
  }

  set32(at: number, value: number): void {
    for (let i = 0; i < 4; i++) this.#bytes[at + i] = (value >>> (i * 8)) & 0xff;
  }

  finish(): Buffer {
    return Buffer.from(this.#bytes);
  }
}

export interface WrittenResource {
  readonly type: number | string;
  readonly language: number;
  readonly data: Uint8Array;
}

const SECTION_RVA = 0x1000;
const SECTION_OFFSET = 0x400;

/** An executable with one section, of resources. Each resource is name 1 of its type. */
export function writePe(resources: readonly WrittenResource[], is64 = true): Buffer {
  const section = resourceSection(resources);
  const optionalSize = is64 ? 240 : 224;
  const out = new Out().ascii('MZ').bytes(new Uint8Array(58)).u32(0x80);
  out.bytes(new Uint8Array(0x80 - out.length)).ascii('PE\0\0');
  out
    .u16(is64 ? 0x8664 : 0x14c)
    .u16(1)
    .u32(0)
    .u32(0)
    .u32(0)
    .u16(optionalSize)
    .u16(0x2022);
  const optional = out.length;
  out.u16(is64 ? 0x20b : 0x10b).bytes(new Uint8Array((is64 ? 112 : 96) - 6));
  out.u32(16).bytes(new Uint8Array(16)).u32(SECTION_RVA).u32(section.length);
  out.bytes(new Uint8Array(optional + optionalSize - out.length));
  out.ascii('.rsrc\0\0\0').u32(section.length).u32(SECTION_RVA).u32(section.length).u32(SECTION_OFFSET);
  out.bytes(new Uint8Array(16));
  out.bytes(new Uint8Array(SECTION_OFFSET - out.length));
  return Buffer.concat([out.finish(), section]);
}

function resourceSection(resources: readonly WrittenResource[]): Buffer {
  const types = [...new Set(resources.map(({ type }) => type))].sort((a, b) =>
    typeof a === typeof b ? Number(a > b) - Number(a < b) : typeof a === 'string' ? -1 : 1,
  );
  const out = new Out();
  const fixes: { at: number; set: () => number }[] = [];
  const directory = (names: number, ids: number): void => {
    out.u32(0).u32(0).u32(0).u16(names).u16(ids);
  };
  const entry = (key: number, set: () => number): void => {
    out.u32(key);
    fixes.push({ at: out.length, set });
    out.u32(0);
  };
  const named = types.filter((type) => typeof type === 'string').length;
  directory(named, types.length - named);
  const nameAt = new Map<string, number>();
  const levels = types.map(() => ({ names: 0, languages: 0 }));
  types.forEach((type, i) => {
    const level = levels[i] as { names: number };
    if (typeof type === 'string') fixes.push({ at: out.length, set: () => 0x80000000 + (nameAt.get(type) as number) });
    entry(typeof type === 'number' ? type : 0, () => 0x80000000 + level.names);
  });
  const dataAt: number[] = [];
  types.forEach((type, i) => {
    const level = levels[i] as { names: number; languages: number };
    level.names = out.length;
    directory(0, 1);
    entry(1, () => 0x80000000 + level.languages);
    level.languages = out.length;
    const own = resources.flatMap((resource, index) => (resource.type === type ? [{ resource, index }] : []));
    directory(0, own.length);
    for (const { resource, index } of own) entry(resource.language, () => dataAt[index] as number);
  });
  for (const type of types) {
    if (typeof type !== 'string') continue;
    nameAt.set(type, out.length);
    out.u16(type.length).utf16(type);
  }
  out.align(4);
  resources.forEach(({ data }, i) => {
    dataAt[i] = out.length;
    const at = out.length;
    out.u32(0).u32(data.length).u32(0).u32(0).align(8);
    out.set32(at, SECTION_RVA + out.length);
    out.bytes(data).align(8);
  });
  for (const { at, set } of fixes) out.set32(at, set());
  return out.finish();
}

export interface WrittenMessage {
  readonly id: number;
  readonly text: string;
  /** Latin-1 where it is not Unicode. */
  readonly isUnicode: boolean;
}

/** A message table; numbers that follow each other make one block. */
export function writeMessageTable(messages: readonly WrittenMessage[]): Buffer {
  const sorted = [...messages].sort((a, b) => a.id - b.id);
  const blocks: WrittenMessage[][] = [];
  for (const message of sorted) {
    const last = blocks.at(-1);
    if (last && (last.at(-1) as WrittenMessage).id + 1 === message.id) last.push(message);
    else blocks.push([message]);
  }
  const out = new Out().u32(blocks.length);
  const places = blocks.map((block) => {
    out.u32((block[0] as WrittenMessage).id).u32((block.at(-1) as WrittenMessage).id);
    out.u32(0);
    return out.length - 4;
  });
  blocks.forEach((block, i) => {
    out.set32(places[i] as number, out.length);
    for (const { text, isUnicode } of block) {
      const bytes = Buffer.from(`${text}\0`, isUnicode ? 'utf16le' : 'latin1');
      const length = Math.ceil((4 + bytes.length) / 4) * 4;
      out
        .u16(length)
        .u16(isUnicode ? 1 : 0)
        .bytes(bytes)
        .bytes(new Uint8Array(length - 4 - bytes.length));
    }
  });
  return out.finish();
}

export interface WrittenProvider {
  readonly guid: string;
  readonly name: string;
  readonly events: readonly {
    readonly id: number;
    readonly version: number;
    readonly messageId: number | undefined;
    readonly template: number | undefined;
  }[];
  readonly templates: readonly (readonly { readonly name: string; readonly map?: number }[])[];
  readonly maps: readonly { readonly isBits: boolean; readonly entries: readonly (readonly [number, number])[] }[];
}

/** An event manifest. @param isOld writes maps as version 3.1 has them */
export function writeManifest(providers: readonly WrittenProvider[], isOld = false): Buffer {
  const out = new Out()
    .ascii('CRIM')
    .u32(0)
    .u16(isOld ? 3 : 5)
    .u16(1)
    .u32(providers.length);
  const places = providers.map(({ guid }) => {
    out.guid(guid).u32(0);
    return out.length - 4;
  });
  providers.forEach((provider, i) => {
    out.set32(places[i] as number, out.length);
    writeProvider(out, provider, isOld);
  });
  out.set32(4, out.length);
  return out.finish();
}

function writeProvider(out: Out, provider: WrittenProvider, isOld: boolean): void {
  const start = out.length;
  out.ascii('WEVT').u32(0).u32(0xffffffff).u32(4).u32(0);
  const elements = out.length;
  for (let i = 0; i < 4; i++) out.u32(0).u32(0);
  const element = (index: number): void => out.set32(elements + index * 8, out.length);
  element(0);
  const mapAt = writeMaps(out, provider.maps, isOld);
  element(1);
  const templateAt = writeTemplates(out, provider.templates, mapAt);
  element(2);
  out.ascii('PRVA').u32(0).u32(1).u32(0x10000001);
  out
    .u32(out.length + 4)
    .utf16(`${provider.name}\0`)
    .align(4);
  element(3);
  out.ascii('EVNT').u32(0).u32(provider.events.length).u32(0);
  for (const { id, version, messageId, template } of provider.events) {
    out.u16(id).u8(version).u8(0).u8(4).u8(0).u16(0).u32(0).u32(0);
    out.u32(messageId ?? 0xffffffff).u32(template === undefined ? 0 : (templateAt[template] as number));
    out.bytes(new Uint8Array(24));
  }
  out.set32(start + 4, out.length - start);
}

function writeMaps(out: Out, maps: WrittenProvider['maps'], isOld: boolean): number[] {
  out.ascii('MAPS').u32(0).u32(maps.length);
  return maps.map(({ isBits, entries }) => {
    const at = out.length;
    out
      .ascii(isBits ? 'BMAP' : 'VMAP')
      .u32((isOld ? 16 : 20) + entries.length * 8)
      .u32(0);
    if (!isOld) out.u32(isBits ? 1 : 0);
    out.u32(entries.length);
    for (const [value, messageId] of entries) out.u32(value).u32(messageId);
    return at;
  });
}

function writeTemplates(out: Out, templates: WrittenProvider['templates'], mapAt: readonly number[]): number[] {
  out.ascii('TTBL').u32(0).u32(templates.length);
  return templates.map((fields) => {
    const at = out.length;
    out.ascii('TEMP').u32(0).u32(fields.length).u32(fields.length).u32(0).u32(1).bytes(new Uint8Array(16));
    // A binary XML fragment of nothing: its header and its end.
    out.u32(0x00010f00).align(4);
    out.set32(at + 16, out.length);
    const names = fields.map(({ map }) => {
      out
        .u32(0)
        .u8(1)
        .u8(1)
        .u16(0)
        .u32(map === undefined ? 0 : (mapAt[map] as number))
        .u32(0)
        .u32(0);
      return out.length - 4;
    });
    fields.forEach(({ name }, i) => {
      out.set32(names[i] as number, out.length);
      out
        .u32(4 + (name.length + 1) * 2)
        .utf16(`${name}\0`)
        .align(4);
    });
    out.set32(at + 4, out.length - at);
    return at;
  });
}
