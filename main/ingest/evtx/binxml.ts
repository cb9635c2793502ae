import type { Budget } from './allowance.ts';
import { CHUNK_SIZE, NAME_UNITS_LIMIT, type Chunk } from './container/chunk.ts';
import { Damage } from './container/damage.ts';

/** A piece of text within an element or attribute. `value` lies in the chunk; `substitution` stands for one. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'substitution'; readonly index: number }
  | { readonly kind: 'value'; readonly type: number; readonly at: number; readonly size: number };

export interface Attribute {
  readonly name: string;
  readonly parts: readonly Part[];
}

export interface Element {
  readonly kind: 'element';
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly children: readonly Node[];
}

export interface Instruction {
  readonly kind: 'instruction';
  readonly target: string;
  readonly data: string;
}

export type Node = Element | Part | Instruction;

/** Where a template mentions a name: what must agree before the template of another chunk counts as the same. */
export interface NameMention {
  /** Offset within the chunk of the four bytes that say where the name is. */
  readonly at: number;
  readonly name: string;
  /** The name stands right behind those four bytes. */
  readonly isInline: boolean;
}

/** Takes a template instance (token 0x0c at `at`), adds its nodes to `out`, gives the offset behind it. */
export type InstanceHandler = (at: number, end: number, budget: Budget, out: Node[]) => number;

const MORE = 0x40;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * Reads BinXML tokens ([MS-EVEN6] 2.2.12) from a chunk into a tree. No offset, length or count is believed before
 * it is held against the end of what is being read.
 */
export class BinXmlReader {
  readonly mentions: NameMention[] = [];
  readonly #chunk: Chunk;
  readonly #end: number;
  readonly #budget: Budget;
  readonly #onInstance: InstanceHandler;
  pos: number;

  /** @param end offset behind the last byte that may be read. */
  constructor(chunk: Chunk, at: number, end: number, budget: Budget, onInstance: InstanceHandler) {
    this.#chunk = chunk;
    this.pos = at;
    this.#end = end;
    this.#budget = budget;
    this.#onInstance = onInstance;
  }

  /** Reads up to the end-of-fragment token or the end, several fragments in a row included. */
  readAll(hasDependencyIds: boolean): Node[] {
    const nodes: Node[] = [];
    while (this.pos < this.#end) {
      const token = this.#chunk.bytes[this.pos] as number;
      if (token === 0x00) break;
      if (token === 0x0f) {
        this.#need(4);
        this.pos += 4;
      } else this.#readNode(token, hasDependencyIds, nodes);
    }
    return nodes;
  }

  #readNode(token: number, hasDependencyIds: boolean, out: Node[]): void {
    this.#budget.takeNode(this.pos);
    switch (token & ~MORE) {
      case 0x01:
        out.push(this.#readElement(token, hasDependencyIds));
        return;
      case 0x0a:
        out.push(this.#readInstruction());
        return;
      case 0x0c:
        this.pos = this.#onInstance(this.pos, this.#end, this.#budget, out);
        return;
      default:
        out.push(this.#readPart(token));
    }
  }

  #readElement(token: number, hasDependencyIds: boolean): Element {
    this.#budget.descend('Elements', this.pos);
    this.pos += 1;
    this.#skipDependencyId(hasDependencyIds);
    this.#need(8);
    this.pos += 4;
    const name = this.#readName();
    const attributes: Attribute[] = [];
    if ((token & MORE) !== 0) {
      this.#need(4);
      this.pos += 4;
    }
    const children: Node[] = [];
    for (;;) {
      const next = this.#byte();
      if ((next & ~MORE) === 0x06) attributes.push(this.#readAttribute());
      else if (next === 0x02) {
        this.pos += 1;
        this.#readChildren(hasDependencyIds, children);
        break;
      } else if (next === 0x03) {
        this.pos += 1;
        break;
      } else throw new Damage(`Token 0x${next.toString(16)} within the tag of ${name.slice(0, 60)}`, this.pos);
    }
    this.#budget.depth++;
    return { kind: 'element', name, attributes, children };
  }

  #readChildren(hasDependencyIds: boolean, out: Node[]): void {
    for (;;) {
      const token = this.#byte();
      if (token === 0x04) {
        this.pos += 1;
        return;
      }
      if (token === 0x0f) {
        this.#need(4);
        this.pos += 4;
      } else this.#readNode(token, hasDependencyIds, out);
    }
  }

  /**
   * An element's dependency id is there in templates, and in a nested value it isn't; but writers differ. So the
   * expected layout is taken if its size and name make sense, else the other one.
   */
  #skipDependencyId(expected: boolean): void {
    const first = expected ? 2 : 0;
    if (this.#isElementHeader(this.pos + first)) this.pos += first;
    else if (this.#isElementHeader(this.pos + 2 - first)) this.pos += 2 - first;
    else throw new Damage('An element has neither a size nor a name that makes sense', this.pos);
  }

  #isElementHeader(at: number): boolean {
    if (at + 8 > this.#end) return false;
    const size = this.#chunk.view.getUint32(at, true);
    if (size > CHUNK_SIZE) return false;
    const name = this.#chunk.view.getUint32(at + 4, true);
    if (name + 10 > CHUNK_SIZE) return false;
    if (name !== at + 8 && name < 128) return false;
    const units = this.#chunk.view.getUint16(name + 6, true);
    const end = name + 8 + units * 2;
    return (
      units > 0 && units <= NAME_UNITS_LIMIT && end + 2 <= CHUNK_SIZE && this.#chunk.view.getUint16(end, true) === 0
    );
  }

  #readAttribute(): Attribute {
    this.#budget.takeNode(this.pos);
    this.pos += 1;
    const name = this.#readName();
    const parts: Part[] = [];
    for (;;) {
      const token = this.#byte();
      const kind = token & ~MORE;
      if (kind === 0x06 || token === 0x02 || token === 0x03) return { name, parts };
      this.#budget.takeNode(this.pos);
      parts.push(this.#readPart(token));
    }
  }

  #readPart(token: number): Part {
    const start = this.pos;
    switch (token & ~MORE) {
      case 0x05:
        return this.#readValue();
      case 0x07:
        this.pos += 1;
        return { kind: 'text', text: this.#readCounted() };
      case 0x08: {
        this.#need(3);
        this.pos += 3;
        const unit = this.#chunk.view.getUint16(start + 1, true);
        return { kind: 'text', text: unit >= 0xd800 && unit < 0xe000 ? '\ufffd' : String.fromCharCode(unit) };
      }
      case 0x09: {
        this.pos += 1;
        const name = this.#readName();
        return { kind: 'text', text: ENTITIES[name] ?? `&${name};` };
      }
      case 0x0d:
      case 0x0e: {
        this.#need(4);
        this.pos += 4;
        return { kind: 'substitution', index: this.#chunk.view.getUint16(start + 1, true) };
      }
      default:
        throw new Damage(`Token 0x${token.toString(16)} is not one of BinXML here`, start);
    }
  }

  /** A literal value: type, then for a text its count and units. Windows writes no other type; sizes are natural. */
  #readValue(): Part {
    this.#need(2);
    const type = this.#chunk.bytes[this.pos + 1] as number;
    this.pos += 2;
    if (type === 0x01) return { kind: 'text', text: this.#readCounted() };
    const size = NATURAL_SIZE[type];
    if (size === undefined) throw new Damage(`A literal value has the type 0x${type.toString(16)}`, this.pos - 1);
    this.#need(size);
    const at = this.pos;
    this.pos += size;
    return { kind: 'value', type, at, size };
  }

  #readInstruction(): Instruction {
    this.pos += 1;
    const target = this.#readName();
    let data = '';
    if (this.pos < this.#end && this.#chunk.bytes[this.pos] === 0x0b) {
      this.pos += 1;
      data = this.#readCounted();
    }
    return { kind: 'instruction', target, data };
  }

  #readCounted(): string {
    this.#need(2);
    const size = this.#chunk.view.getUint16(this.pos, true) * 2;
    this.pos += 2;
    this.#need(size);
    const text = this.#chunk.utf16(this.pos, size);
    this.pos += size;
    return text;
  }

  #readName(): string {
    this.#need(4);
    const at = this.pos;
    const offset = this.#chunk.view.getUint32(at, true);
    const name = this.#chunk.nameAt(offset);
    if (name === undefined) throw new Damage(`A name's offset ${offset} leads to no name`, at);
    this.pos += 4;
    const isInline = offset === this.pos;
    if (isInline) {
      const size = this.#chunk.nameSize(offset);
      this.#need(size);
      this.pos += size;
    }
    this.mentions.push({ at, name, isInline });
    return name;
  }

  #byte(): number {
    this.#need(1);
    return this.#chunk.bytes[this.pos] as number;
  }

  #need(size: number): void {
    if (this.pos + size > this.#end) throw new Damage('The binary XML breaks off', this.pos);
  }
}

/** Sizes of the value types that have only one. */
const NATURAL_SIZE: Readonly<Record<number, number>> = {
  0x00: 0,
  0x03: 1,
  0x04: 1,
  0x05: 2,
  0x06: 2,
  0x07: 4,
  0x08: 4,
  0x09: 8,
  0x0a: 8,
  0x0b: 4,
  0x0c: 8,
  0x0d: 4,
  0x0f: 16,
  0x11: 8,
  0x12: 16,
  0x14: 4,
  0x15: 8,
};
