import { Damage } from './container/damage.ts';

/** Nodes of the tree made for one record, or for one template definition. A 64 KiB record has fewer, unless its parts multiply. */
const RECORD_NODES = 200_000;
/** Nodes of all trees of one chunk; real ones stay below a fiftieth. */
const CHUNK_NODES = 1_000_000;
/** Elements, templates and nested values within each other. */
const DEPTH_LIMIT = 120;
/** Bytes of text that one record, and all records of a chunk, may come to. Real ones stay below a twentieth. */
const RECORD_TEXT = 4 << 20;
const CHUNK_TEXT = 8 << 20;
/** Cells of one record, and of all records of a chunk. A chunk has room for 16,000 values, or 64,000 items of arrays. */
const RECORD_CELLS = 200_000;
const CHUNK_CELLS = 1_000_000;

/**
 * What the records of one chunk may expand to. A template may be used, and may use a value or another template, any
 * number of times: so a few kilobytes could ask for more than any memory holds. Whatever makes more of a chunk than
 * is there takes it from here first, and throws Damage where nothing is left.
 */
export class Allowance {
  nodes = CHUNK_NODES;
  #text = CHUNK_TEXT;
  #cells = CHUNK_CELLS;
  #recordText = RECORD_TEXT;
  #recordCells = RECORD_CELLS;

  startChunk(): void {
    this.nodes = CHUNK_NODES;
    this.#text = CHUNK_TEXT;
    this.#cells = CHUNK_CELLS;
    this.startRecord();
  }

  startRecord(): void {
    this.#recordText = RECORD_TEXT;
    this.#recordCells = RECORD_CELLS;
  }

  /** @param size bytes or UTF-16 units. */
  takeText(size: number): void {
    this.#recordText -= size;
    this.#text -= size;
    if (this.#recordText < 0 || this.#text < 0) throw new Damage('The record expands to too much text', 0);
  }

  takeCells(count: number): void {
    this.#recordCells -= count;
    this.#cells -= count;
    if (this.#recordCells < 0 || this.#cells < 0) throw new Damage('The record expands to too many fields', 0);
  }
}

/** What reading one record, or one template definition, may cost: shared by all that is read for it. */
export class Budget {
  #nodes = RECORD_NODES;

  /** @param depth that is left: that of the outer budget, where a definition is read on the way. */
  constructor(
    readonly allowance: Allowance,
    public depth = DEPTH_LIMIT,
  ) {}

  /** @param at offset within the chunk, for the fault. */
  takeNode(at: number): void {
    if (--this.#nodes < 0 || --this.allowance.nodes < 0) {
      throw new Damage('The record expands to too many elements', at);
    }
  }

  /** Goes one level down; come back up by `depth++`, unless Damage is thrown. @param what is nested, as in "Elements". */
  descend(what: string, at: number): void {
    if (--this.depth < 0) throw new Damage(`${what} are nested too deeply`, at);
  }
}
