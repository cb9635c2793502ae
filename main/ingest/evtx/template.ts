import { Budget, type Allowance } from './allowance.ts';
import { BinXmlReader, type Attribute, type InstanceHandler, type NameMention, type Node } from './binxml.ts';
import { CHUNK_SIZE, type Chunk } from './container/chunk.ts';
import { Damage } from './container/damage.ts';
import { DEFINITION_HEADER_SIZE } from './instance.ts';
import type { Context } from './describe.ts';
import { compile, Program } from './program.ts';

/** A template definition: its tree, and the programs made of it. */
export class Template {
  readonly #programs: Partial<Record<Context, Program | Damage>> = {};

  constructor(
    readonly nodes: readonly Node[],
    /** First four bytes of its GUID, which an instance repeats. */
    readonly id: number,
    /** It holds values, or instances of other templates, of its chunk: in another it would mean something else. */
    readonly isBound = false,
  ) {}

  /** The program for where an instance of the template stands. Throws Damage, the same again at each call. */
  programFor(context: Context): Program {
    const program = (this.#programs[context] ??= tryToCompile(this.nodes, context));
    if (program instanceof Damage) throw program;
    return program;
  }

  forgetRefs(): void {
    for (const program of Object.values(this.#programs)) if (program instanceof Program) program.forgetRefs();
  }
}

function tryToCompile(nodes: readonly Node[], context: Context): Program | Damage {
  try {
    return compile(nodes, context);
  } catch (error) {
    if (error instanceof Damage) return error;
    throw error;
  }
}

/** One byte form of a template, as it stood in some chunk. */
interface Form {
  readonly template: Template;
  /** Header from the GUID on, and the tokens. */
  readonly bytes: DataView;
  /** Name mentions, offsets relative to `bytes`. */
  readonly mentions: readonly NameMention[];
}

/** Bytes of template forms kept; past it, all are forgotten, so that no log can fill the memory. */
const KEPT_BYTES = 16 << 20;
/** Forms of one id and size; real ones are a handful. All are compared with each definition of that id and size. */
const FORMS_LIMIT = 32;
/** Ids of one file that are known at a time. */
const ID_LIMIT = 1 << 16;

/**
 * Templates by their place in the chunk at hand, and by content across chunks. A definition's bytes alone do not
 * tell its content: names that stood earlier in the chunk are mentioned by their offset. So a form is the same
 * where all bytes but those offsets agree, and each mentioned name is the same text. Ids and GUIDs decide nothing:
 * they are used again with other content.
 */
export class TemplateStore {
  #here = new Map<number, Template | Damage>();
  readonly #forms = new Map<number, Form[]>();
  /** By id: contents that differ. */
  readonly #templates = new Map<number, Template[]>();
  /** By id; undefined where several contents share one. */
  readonly #byId = new Map<number, Template | undefined>();
  readonly #nameless = new Map<number, Template>();
  #keptBytes = 0;
  /** Definitions being read, to see one that contains itself. */
  readonly #open = new Set<number>();

  constructor(
    private readonly chunk: Chunk,
    private readonly allowance: Allowance,
  ) {}

  /** Forgets which template has which id: another file is read. */
  fileReplaced(): void {
    this.#byId.clear();
  }

  /** Forgets where templates are: another chunk is in the buffer. */
  chunkReplaced(): void {
    this.#here.clear();
  }

  /** Forgets refs and columns held by programs: the batch builder started anew. */
  forgetRefs(): void {
    for (const templates of this.#templates.values()) for (const template of templates) template.forgetRefs();
    for (const forms of this.#forms.values()) for (const { template } of forms) template.forgetRefs();
    for (const template of this.#nameless.values()) template.forgetRefs();
    for (const known of this.#here.values()) if (known instanceof Template) known.forgetRefs();
  }

  /** The template of an id, where just one content was met under it in this file so far, one that any chunk can use. */
  onlyOf(id: number): Template | undefined {
    return this.#byId.get(id);
  }

  /** A stand-in for a lost template of EventData: its values in order, without their names. */
  nameless(count: number): Template {
    let template = this.#nameless.get(count);
    if (!template) {
      const data = Array.from({ length: count }, (_, index): Node => {
        return { kind: 'element', name: 'Data', attributes: [], children: [{ kind: 'substitution', index }] };
      });
      // As the only child of Event or UserData alike, its Data become `Data`, `Data[2]` ….
      template = new Template([{ kind: 'element', name: 'EventData', attributes: [], children: data }], 0);
      this.#nameless.set(count, template);
    }
    return template;
  }

  /** The template whose definition is at an offset of the chunk. Throws Damage, the same again for the same place. */
  at(offset: number, budget: Budget | undefined, onInstance: InstanceHandler): Template {
    const known = this.#here.get(offset);
    if (known instanceof Template) return known;
    if (known) throw known;
    if (this.#open.has(offset)) throw new Damage('A template contains itself', offset);
    this.#open.add(offset);
    try {
      const template = this.#load(offset, budget, onInstance);
      this.#here.set(offset, template);
      this.#noteId(template);
      return template;
    } catch (error) {
      if (error instanceof Damage) this.#here.set(offset, error);
      throw error;
    } finally {
      this.#open.delete(offset);
    }
  }

  #noteId(template: Template): void {
    const { id } = template;
    if (this.#byId.get(id) === template) return;
    const isNew = !this.#byId.has(id) && !template.isBound;
    if (this.#byId.size >= ID_LIMIT) this.#byId.clear();
    this.#byId.set(id, isNew ? template : undefined);
  }

  #load(offset: number, budget: Budget | undefined, onInstance: InstanceHandler): Template {
    const { chunk } = this;
    if (offset + DEFINITION_HEADER_SIZE > CHUNK_SIZE) {
      throw new Damage(`A template's offset ${offset} leads out of the chunk`, offset);
    }
    const id = chunk.view.getUint32(offset + 4, true);
    const size = chunk.view.getUint32(offset + 20, true);
    const start = offset + DEFINITION_HEADER_SIZE;
    if (start + size > CHUNK_SIZE) throw new Damage('A template definition runs past the chunk', offset);
    const key = id ^ Math.imul(size, 0x9e3779b1);
    for (const form of this.#forms.get(key) ?? []) if (this.#isForm(form, offset + 4, size + 20)) return form.template;

    const seen = { instance: false };
    const own = new Budget(this.allowance, budget?.depth);
    const reader = new BinXmlReader(chunk, start, start + size, own, (at, end, inner, out) => {
      seen.instance = true;
      return onInstance(at, end, inner, out);
    });
    const nodes = reader.readAll(true);
    // Values within the definition lie in this chunk only: such a template cannot be used in another.
    if (seen.instance || hasValue(nodes)) return new Template(nodes, id, true);
    return this.#keep(key, offset + 4, size + 20, nodes, id, reader.mentions);
  }

  #keep(key: number, at: number, size: number, nodes: Node[], id: number, mentions: readonly NameMention[]): Template {
    if (this.#keptBytes > KEPT_BYTES) {
      this.#forms.clear();
      this.#templates.clear();
      this.#byId.clear();
      this.#nameless.clear();
      this.#keptBytes = 0;
    }
    const template = this.#templateOf(id, nodes);
    const form: Form = {
      template,
      bytes: new DataView(this.chunk.view.buffer.slice(at, at + size)),
      mentions: mentions.map((mention) => ({ ...mention, at: mention.at - at })),
    };
    // The tree takes some ten times the bytes that it was read from.
    this.#keptBytes += size * 12 + mentions.length * 64;
    const forms = this.#forms.get(key);
    if (forms && forms.length >= FORMS_LIMIT) forms.length = 0;
    if (forms) forms.push(form);
    else this.#forms.set(key, [form]);
    return template;
  }

  #templateOf(id: number, nodes: Node[]): Template {
    const known = this.#templates.get(id) ?? [];
    let template = known.find((other) => areSame(other.nodes, nodes));
    if (!template) {
      template = new Template(nodes, id);
      if (known.length >= FORMS_LIMIT) known.length = 0;
      known.push(template);
      this.#templates.set(id, known);
    }
    return template;
  }

  #isForm(form: Form, at: number, size: number): boolean {
    if (form.bytes.byteLength !== size) return false;
    let from = 0;
    for (const mention of form.mentions) {
      if (!this.#sameBytes(form.bytes, from, mention.at, at)) return false;
      const offset = this.chunk.view.getUint32(at + mention.at, true);
      const behind = at + mention.at + 4;
      if ((offset === behind) !== mention.isInline) return false;
      // An inline name begins with a link to another name of the chunk: four bytes that may differ.
      from = mention.at + (mention.isInline ? 8 : 4);
      if (!mention.isInline && this.chunk.nameAt(offset) !== mention.name) return false;
    }
    return this.#sameBytes(form.bytes, from, size, at);
  }

  #sameBytes(form: DataView, from: number, to: number, at: number): boolean {
    const { view } = this.chunk;
    let i = from;
    for (; i + 4 <= to; i += 4) if (form.getInt32(i) !== view.getInt32(at + i)) return false;
    for (; i < to; i++) if (form.getUint8(i) !== view.getUint8(at + i)) return false;
    return true;
  }
}

function areSame(first: readonly Node[], second: readonly Node[]): boolean {
  return first.length === second.length && first.every((node, i) => isSame(node, second[i] as Node));
}

function isSame(first: Node, second: Node): boolean {
  switch (first.kind) {
    case 'text':
      return second.kind === 'text' && first.text === second.text;
    case 'substitution':
      return second.kind === 'substitution' && first.index === second.index;
    case 'instruction':
      return second.kind === 'instruction' && first.target === second.target && first.data === second.data;
    case 'element':
      return (
        second.kind === 'element' &&
        first.name === second.name &&
        first.attributes.length === second.attributes.length &&
        first.attributes.every(({ name, parts }, i) => {
          const other = second.attributes[i] as Attribute;
          return name === other.name && areSame(parts, other.parts);
        }) &&
        areSame(first.children, second.children)
      );
    case 'value':
      // It lies in the chunk: such a template is no other's like.
      return false;
  }
}

function hasValue(nodes: readonly Node[]): boolean {
  return nodes.some((node) => {
    if (node.kind === 'value') return true;
    if (node.kind !== 'element') return false;
    return node.attributes.some((attribute) => hasValue(attribute.parts)) || hasValue(node.children);
  });
}
