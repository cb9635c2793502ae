import type { ChunkBuffer } from './chunk-buffer.ts';

/** Text as it stands, or the value of the instance with that index and type; an optional one may be absent. */
export type XmlContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly index: number; readonly type: number; readonly optional: boolean };

export interface XmlAttribute {
  readonly name: string;
  readonly content: XmlContent;
}

export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly (XmlElement | XmlContent)[];
  /** The element is left out where this value is absent. */
  readonly dependsOn?: number;
}

const TOKEN = {
  endOfFragment: 0x00,
  openElement: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  endElement: 0x04,
  text: 0x05,
  attribute: 0x06,
  value: 0x0d,
  optionalValue: 0x0e,
  fragment: 0x0f,
} as const;
/** On openElement: attributes follow. On attribute: another one follows. */
const MORE = 0x40;
const NO_DEPENDENCY = 0xffff;

export const text = (value: string): XmlContent => ({ kind: 'text', text: value });

export const element = (
  name: string,
  attributes: readonly (readonly [string, XmlContent])[],
  children: readonly (XmlElement | XmlContent)[],
  dependsOn?: number,
): XmlElement => ({
  name,
  attributes: attributes.map(([attribute, content]) => ({ name: attribute, content })),
  children,
  ...(dependsOn === undefined ? {} : { dependsOn }),
});

/** `0F 01 01 00`: what every BinXML fragment starts with (token, version 1.1, flags). */
export function writeFragmentHeader(chunk: ChunkBuffer): void {
  chunk.cursor.u32(0x0001_0100 | TOKEN.fragment);
}

export function writeFragmentEnd(chunk: ChunkBuffer): void {
  chunk.cursor.u8(TOKEN.endOfFragment);
}

/** A template: an XML tree with places for values. Its GUID is made from the tree, so equal trees have equal ones. */
export class XmlTemplate {
  readonly guid: Uint8Array;
  /** The GUID's first four bytes. */
  readonly id: number;
  /** Picks the bucket in the chunk's template table: the name hash over the GUID's 16-bit words (seen in real logs). */
  readonly hash: number;

  constructor(readonly root: XmlElement) {
    this.guid = guidOf(JSON.stringify(root));
    const view = new DataView(this.guid.buffer);
    this.id = view.getUint32(0, true);
    let hash = 0;
    for (let at = 0; at < 16; at += 2) hash = (Math.imul(hash, 65_599) + view.getUint16(at, true)) | 0;
    this.hash = hash >>> 0;
  }

  /** Writes the definition's fragment at the chunk's cursor. */
  writeDefinition(chunk: ChunkBuffer): void {
    writeFragmentHeader(chunk);
    writeElement(chunk, this.root);
    writeFragmentEnd(chunk);
  }
}

function writeElement(chunk: ChunkBuffer, node: XmlElement): void {
  const { cursor } = chunk;
  const hasAttributes = node.attributes.length > 0;
  cursor.u8(TOKEN.openElement | (hasAttributes ? MORE : 0));
  cursor.u16(node.dependsOn ?? NO_DEPENDENCY);
  const sizeAt = cursor.position;
  cursor.position += 4;
  chunk.name(node.name);
  if (hasAttributes) writeAttributes(chunk, node.attributes);
  if (node.children.length === 0) {
    cursor.u8(TOKEN.closeEmpty);
  } else {
    cursor.u8(TOKEN.closeStart);
    for (const child of node.children) {
      if ('kind' in child) writeContent(chunk, child);
      else writeElement(chunk, child);
    }
    cursor.u8(TOKEN.endElement);
  }
  cursor.u32At(sizeAt, cursor.position - sizeAt - 4);
}

function writeAttributes(chunk: ChunkBuffer, attributes: readonly XmlAttribute[]): void {
  const { cursor } = chunk;
  const sizeAt = cursor.position;
  cursor.position += 4;
  attributes.forEach((attribute, i) => {
    cursor.u8(TOKEN.attribute | (i < attributes.length - 1 ? MORE : 0));
    chunk.name(attribute.name);
    writeContent(chunk, attribute.content);
  });
  cursor.u32At(sizeAt, cursor.position - sizeAt - 4);
}

function writeContent(chunk: ChunkBuffer, content: XmlContent): void {
  const { cursor } = chunk;
  if (content.kind === 'text') {
    cursor.u8(TOKEN.text);
    cursor.u8(1);
    cursor.u16(content.text.length);
    cursor.utf16(content.text);
    return;
  }
  cursor.u8(content.optional ? TOKEN.optionalValue : TOKEN.value);
  cursor.u16(content.index);
  cursor.u8(content.type);
}

/** 128 bits of a text: four FNV-1a runs from different starts, each mixed at the end. Not for secrets. */
function guidOf(source: string): Uint8Array<ArrayBuffer> {
  const guid = new Uint8Array(16);
  const view = new DataView(guid.buffer);
  for (let part = 0; part < 4; part++) {
    let hash = Math.imul(0x9e37_79b1, part + 1) ^ 0x811c_9dc5;
    for (let i = 0; i < source.length; i++) hash = Math.imul(hash ^ source.charCodeAt(i), 16_777_619);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    view.setUint32(part * 4, hash ^ (hash >>> 13), true);
  }
  return guid;
}
