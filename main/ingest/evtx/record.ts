import type { BatchBuilder, EventSpine } from '../../columns/batch-builder.ts';
import { FLAG_DIGITS_SHIFT, FLAG_NO_TIME, FLAG_RECOVERED } from '../../columns/batch.ts';
import { occurrenceName } from '../../columns/event-data.ts';
import { ABSENT, type ValueRef } from '../../columns/value-ref.ts';
import { filetimeNs, filetimeUs, parseInstant, type Instant } from '../../../shared/model/time.ts';
import { Allowance } from './allowance.ts';
import type { Part } from './binxml.ts';
import { Chunk, RECORD_HEADER_SIZE } from './container/chunk.ts';
import { Damage } from './container/damage.ts';
import { SPINE_PARTS, type Context } from './describe.ts';
import { Expander } from './expand.ts';
import { HeadCache, type KnownHead } from './head-cache.ts';
import {
  Instance,
  readOnlyInstance,
  TYPE_ARRAY,
  TYPE_BINXML,
  TYPE_FILETIME,
  TYPE_NULL,
  TYPE_STRING,
} from './instance.ts';
import { isSpreadable, LITERAL, MIXED, NOTHING, Program, SEEN_STRIDE, UNMADE, type Binding } from './program.ts';
import { RowCells } from './row-cells.ts';
import { TemplateStore, type Template } from './template.ts';
import { ValueReader } from './value.ts';

const COMPUTER = SPINE_PARTS.indexOf('computer');
const PROCESS = SPINE_PARTS.indexOf('processId');
const THREAD = SPINE_PARTS.indexOf('threadId');
const TIME = SPINE_PARTS.indexOf('time');
const RECORD = SPINE_PARTS.indexOf('record');
/** Values that are shown without their names where a recovered record's template is lost. */
const NAMELESS_LIMIT = 200;
/** Bytes of a channel, provider or the like: each distinct one is kept as long as the log is read. */
const HEAD_TEXT_LIMIT = 4000;
const DIGITS = 7 << FLAG_DIGITS_SHIFT;

/**
 * Turns the records of the chunk in `chunk` into rows of a batch builder. One per builder: templates, heads and
 * columns found once serve all files.
 *
 * The usual record, one template with one nested for its data, runs the templates' programs over its values: no
 * tree and no string is made. Any other is expanded to a tree, which is described and run as a program of its own.
 * Cells that were written before a record turned out to be damaged are taken back, so that it leaves no trace.
 */
export class RecordDecoder {
  readonly chunk = new Chunk();
  readonly allowance = new Allowance();
  readonly templates = new TemplateStore(this.chunk, this.allowance);
  readonly values: ValueReader;
  readonly expander: Expander;
  readonly #heads = new HeadCache();
  #generation: number;
  #chunkNumber = 0;

  readonly #outer = new Instance();
  readonly #inner = new Instance();
  readonly #spineRefs = new Int32Array(SPINE_PARTS.length);
  readonly #cells = new RowCells();
  readonly #spine: EventSpine = {
    timeUs: 0,
    flags: 0,
    head: 0,
    computer: ABSENT,
    record: 0,
    offset: 0,
    length: 0,
    processId: ABSENT,
    threadId: ABSENT,
    writtenDeltaUs: 0,
  };

  constructor(private readonly builder: BatchBuilder) {
    this.#generation = builder.generation;
    this.values = new ValueReader(this.chunk, builder.dictionary, this.allowance);
    this.expander = new Expander(this.chunk, this.templates, this.values, this.allowance);
  }

  /** Call when the builder may have started anew: after `take`. */
  refresh(): void {
    if (this.#generation === this.builder.generation) return;
    this.#generation = this.builder.generation;
    this.values.forgetRefs();
    this.#heads.clear();
    this.templates.forgetRefs();
  }

  /** Call when another chunk is in the buffer. */
  chunkReplaced(base: number, available: number): void {
    this.#chunkNumber++;
    this.chunk.replaced(base, available);
    this.templates.chunkReplaced();
    this.allowance.startChunk();
  }

  /**
   * Adds the record at an offset of the chunk to the builder.
   * @param size as its header says; the record lies within the chunk.
   * @param flags bits to set beside the time's.
   * Throws Damage, having added nothing.
   */
  decode(at: number, size: number, flags: number): void {
    this.allowance.startRecord();
    this.expander.isRecovering = (flags & FLAG_RECOVERED) !== 0;
    try {
      if (!this.#decodeUsual(at, size, flags)) this.decodeAny(at, size, flags);
    } catch (error) {
      this.#cells.abandon();
      throw error;
    }
  }

  /** As `decode`, by the general way; tests hold the two against each other. */
  decodeAny(at: number, size: number, flags: number): void {
    const tree = this.expander.expand(at + RECORD_HEADER_SIZE, at + size - 4);
    if (tree.length === 0) throw new Damage('The record holds no XML', at + RECORD_HEADER_SIZE);
    const outer = this.#outer;
    outer.count = 0;
    const program = new Program(tree, 'event', (parts) => this.#partsText(parts, outer));
    this.allowance.takeText(program.nameLength);
    this.#runSpine(program, outer);
    const head = this.#head();
    this.#cells.begin(head.shape);
    this.#runFields(program, program.bindingFor(head.shape), outer);
    this.#finish(program, outer, head, at, size, flags);
  }

  #decodeUsual(at: number, size: number, flags: number): boolean {
    const { chunk } = this;
    const end = at + size - 4;
    const outer = this.#outer;
    const inner = this.#inner;
    if (!readOnlyInstance(chunk, outer, at + RECORD_HEADER_SIZE, end)) return false;
    const program = this.expander.templateOf(outer).programFor('event');
    if (!program.isPlain) return false;
    let section: Program | undefined;
    let special = outer.special;
    const nested = program.nested;
    if (nested >= 0 && nested < outer.count) {
      const type = outer.types[nested];
      const length = outer.sizes[nested] as number;
      if (type === TYPE_BINXML) {
        special--;
        if (length > 0) {
          section = this.#section(outer.at[nested] as number, length, program.nestedContext);
          if (!section?.isPlain || section.nested >= 0) return false;
          if (!program.hasOnlySystemFields || section.hasSystemFields) return false;
          if (inner.special !== 0 && !isSpreadable(section, inner)) return false;
        }
      } else if (type !== TYPE_NULL) return false;
    }
    if (special !== 0 && !isSpreadable(program, outer)) return false;

    this.#runSpine(program, outer);
    const head = this.#head();
    this.#cells.begin(head.shape);
    if (program.fields.length > 0) this.#runFields(program, program.bindingFor(head.shape), outer);
    if (section) this.#runFields(section, section.bindingFor(head.shape), inner);
    this.#finish(program, outer, head, at, size, flags);
    return true;
  }

  /** The program of the XML nested in a record, its values in `#inner`. */
  #section(at: number, size: number, context: Context): Program | undefined {
    const inner = this.#inner;
    if (readOnlyInstance(this.chunk, inner, at, at + size)) return this.#sectionTemplate(inner).programFor(context);
    const nodes = this.expander.expandNested(at, at + size);
    inner.count = 0;
    inner.special = 0;
    return new Program(nodes, context, (parts) => this.#partsText(parts, inner));
  }

  #sectionTemplate(instance: Instance): Template {
    try {
      return this.expander.templateOf(instance);
    } catch (error) {
      if (this.expander.isRecovering && error instanceof Damage && instance.count <= NAMELESS_LIMIT) {
        return this.templates.nameless(instance.count);
      }
      throw error;
    }
  }

  /** Refs of all spine parts but time and record number. */
  #runSpine(program: Program, instance: Instance): void {
    program.enterChunk(this.#chunkNumber);
    const sources = program.spineSources;
    const refs = this.#spineRefs;
    for (let i = 0; i < TIME; i++) {
      const source = sources[i] as number;
      if (source >= 0) {
        refs[i] = source < instance.count ? this.#valueRef(program.spineSeen, i, instance, source) : ABSENT;
      } else if (source === NOTHING) refs[i] = ABSENT;
      else if (source === LITERAL) refs[i] = this.#literal(program.spineLiterals, program.spineParts, i);
      else refs[i] = this.#mixed(program.spineParts[i] as readonly Part[], instance);
    }
  }

  #runFields(program: Program, binding: Binding, instance: Instance): void {
    program.enterChunk(this.#chunkNumber);
    const sources = program.fieldSources;
    const slots = binding.slots;
    const { types, count } = instance;
    this.allowance.takeCells(sources.length);
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i] as number;
      let ref: ValueRef;
      if (source >= 0) {
        if (source >= count) continue;
        const type = types[source] as number;
        if (type >= TYPE_ARRAY) {
          this.#spread(program, binding, i, instance, source);
          continue;
        }
        ref = this.#valueRef(program.fieldSeen, i, instance, source);
      } else if (source === MIXED) ref = this.#mixed(program.fieldParts[i] as readonly Part[], instance);
      else ref = this.#literal(program.fieldLiterals, program.fieldParts, i);
      if (ref === ABSENT) continue;
      const slot = slots[i] as number;
      if (slot < 0) this.#putOverflow(program.fields[i] as string, ref);
      else binding.shape.put(slot, ref);
    }
  }

  /**
   * The ref of a value. Most values of a field repeat the record before: `seen` holds, for each field, where in this
   * chunk that value was, its size and type, and its ref; comparing bytes is cheaper than decoding and hashing them.
   */
  #valueRef(seen: Int32Array, field: number, instance: Instance, source: number): ValueRef {
    const type = instance.types[source] as number;
    const at = instance.at[source] as number;
    const size = instance.sizes[source] as number;
    // Small numbers are their own refs.
    if (type !== TYPE_STRING && (type < 0x09 || type === 0x14)) return this.values.ref(type, at, size);
    const entry = field * SEEN_STRIDE;
    const kind = size | (type << 16);
    if (seen[entry] === kind && this.values.areSame(seen[entry + 1] as number, at, size))
      return seen[entry + 2] as number;
    const ref = this.values.ref(type, at, size);
    seen[entry] = kind;
    seen[entry + 1] = at;
    seen[entry + 2] = ref;
    return ref;
  }

  /** Gives each item of an array its own column. */
  #spread(program: Program, binding: Binding, field: number, instance: Instance, source: number): void {
    const type = (instance.types[source] as number) & ~TYPE_ARRAY;
    let item = 0;
    this.values.eachItem(type, instance.at[source] as number, instance.sizes[source] as number, (at, size) => {
      const ref = this.values.ref(type, at, size);
      this.allowance.takeCells(1);
      const slot = program.itemSlot(binding, field, item++);
      if (ref === ABSENT) return;
      if (slot < 0) this.#putOverflow(occurrenceName(program.fields[field] as string, item), ref);
      else binding.shape.put(slot, ref);
    });
  }

  #putOverflow(field: string, ref: ValueRef): void {
    this.allowance.takeText(field.length + this.#textSize(ref));
    this.#cells.putOverflow(field, ref);
  }

  /** UTF-8 bytes of a text of the dictionary; 0 for any other ref. */
  #textSize(ref: ValueRef): number {
    const { dictionary } = this.builder;
    return ref < 0 ? 0 : dictionary.end(ref) - dictionary.start(ref);
  }

  #literal(literals: Int32Array, parts: readonly (readonly Part[])[], i: number): ValueRef {
    const known = literals[i] as ValueRef;
    if (known !== UNMADE) return known;
    const text = (parts[i] as readonly Part[]).map((part) => (part.kind === 'text' ? part.text : '')).join('');
    const ref = this.builder.dictionary.refOfText(text);
    literals[i] = ref;
    return ref;
  }

  /** The ref of literal text and values joined; ABSENT where no part has a text. */
  #mixed(parts: readonly Part[], instance: Instance): ValueRef {
    return this.#append(parts, instance) ? this.values.endRef() : ABSENT;
  }

  #partsText(parts: readonly Part[], instance: Instance): string {
    this.#append(parts, instance);
    return this.values.endText();
  }

  #append(parts: readonly Part[], instance: Instance): boolean {
    this.values.begin();
    let hasText = false;
    for (const part of parts) {
      if (part.kind === 'text') {
        this.values.appendText(part.text);
        hasText = true;
      } else if (part.kind === 'value') {
        if (this.values.append(part.type, part.at, part.size)) hasText = true;
      } else if (part.index < instance.count) {
        const i = part.index;
        const type = instance.types[i] as number;
        if (this.values.append(type, instance.at[i] as number, instance.sizes[i] as number)) hasText = true;
      }
    }
    return hasText;
  }

  #head(): KnownHead {
    let head = this.#heads.find(this.#spineRefs);
    if (!head) this.#heads.add(this.#spineRefs, (head = this.#newHead()));
    return head;
  }

  #newHead(): KnownHead {
    // In the order of SPINE_PARTS.
    const channel = this.#headText(0);
    const provider = this.#headText(1);
    const eventId = this.#headNumber(3);
    const shape = this.builder.shapeFor(channel, provider, eventId);
    const id = this.builder.headFor({
      channel,
      provider,
      providerGuid: this.#headText(2),
      eventId,
      version: this.#headNumber(4),
      level: this.#headNumber(5),
      task: this.#headNumber(6),
      opcode: this.#headNumber(7),
      keywords: this.#headText(8),
      qualifiers: this.#headNumber(9),
      shape: shape.shape,
    });
    return { id, shape };
  }

  #headText(part: number): string {
    const ref = this.#spineRefs[part] as ValueRef;
    if (this.#textSize(ref) > HEAD_TEXT_LIMIT) throw new Damage(`Its ${SPINE_PARTS[part]} is too long`, 0);
    return this.builder.dictionary.refText(ref) ?? '';
  }

  #headNumber(part: number): number | undefined {
    const digits = this.#headText(part).trim();
    return /^(?:\d{1,9}|0x[0-9a-f]{1,7})$/i.test(digits) ? Number(digits) : undefined;
  }

  #finish(program: Program, instance: Instance, head: KnownHead, at: number, size: number, flags: number): void {
    const { builder } = this;
    const spine = this.#spine;
    const view = this.chunk.view;
    this.#time(program, instance, at);
    spine.flags |= flags;
    spine.head = head.id;
    spine.computer = this.#spineRefs[COMPUTER] as number;
    spine.processId = this.#spineRefs[PROCESS] as number;
    spine.threadId = this.#spineRefs[THREAD] as number;
    spine.record =
      this.#recordNumber(program, instance) ??
      view.getUint32(at + 12, true) * 4294967296 + view.getUint32(at + 8, true);
    spine.offset = this.chunk.base + at;
    spine.length = size;
    this.#cells.end(builder.count, builder.dictionary);
    builder.add(spine);
  }

  /** TimeCreated, and how far the record header's clock is from it; that clock alone where there is no other. */
  #time(program: Program, instance: Instance, at: number): void {
    const spine = this.#spine;
    const view = this.chunk.view;
    const headerLow = view.getUint32(at + 16, true);
    const headerHigh = view.getUint32(at + 20, true);
    const written = filetimeUs(headerLow, headerHigh);
    const isWrittenUsable = (headerLow !== 0 || headerHigh !== 0) && Number.isSafeInteger(written);
    const source = program.spineSources[TIME] as number;
    let us = NaN;
    let ns = 0;
    if (source >= 0 && source < instance.count && instance.types[source] === TYPE_FILETIME) {
      if (instance.sizes[source] === 8) {
        const from = instance.at[source] as number;
        const low = view.getUint32(from, true);
        const high = view.getUint32(from + 4, true);
        // 0 is no time, but zeros where a time was.
        if (low !== 0 || high !== 0) us = filetimeUs(low, high);
        ns = filetimeNs(low, high);
      }
    } else if (source !== NOTHING) {
      const instant = this.#textInstant(program, instance);
      if (instant) {
        this.#setTime(instant.us, instant.ns | (instant.digits << FLAG_DIGITS_SHIFT), isWrittenUsable ? written : NaN);
        return;
      }
    }
    if (Number.isSafeInteger(us)) this.#setTime(us, ns | DIGITS, isWrittenUsable ? written : NaN);
    else if (isWrittenUsable) this.#setTime(written, filetimeNs(headerLow, headerHigh) | DIGITS, written);
    else {
      spine.timeUs = 0;
      spine.flags = FLAG_NO_TIME;
      spine.writtenDeltaUs = 0;
    }
  }

  #setTime(us: number, flags: number, written: number): void {
    this.#spine.timeUs = us;
    this.#spine.flags = flags;
    this.#spine.writtenDeltaUs = Number.isNaN(written) ? 0 : written - us;
  }

  #textInstant(program: Program, instance: Instance): Instant | undefined {
    this.#append(program.spineParts[TIME] as readonly Part[], instance);
    return parseInstant(this.values.endText());
  }

  /** EventRecordID; undefined where there is none, or zeros where it was. */
  #recordNumber(program: Program, instance: Instance): number | undefined {
    const source = program.spineSources[RECORD] as number;
    if (source === NOTHING) return undefined;
    const isNumber = source >= 0 && source < instance.count && instance.types[source] === 0x0a;
    if (isNumber && instance.sizes[source] === 8) {
      const from = instance.at[source] as number;
      const number = this.chunk.view.getUint32(from + 4, true) * 4294967296 + this.chunk.view.getUint32(from, true);
      return number === 0 ? undefined : number;
    }
    if (!this.#append(program.spineParts[RECORD] as readonly Part[], instance)) return undefined;
    const text = this.values.endText();
    return /^0*[1-9]\d{0,19}$/.test(text) ? Number(text) : undefined;
  }
}
