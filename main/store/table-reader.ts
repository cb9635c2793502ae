/**
 * Reads the rows of a table straight from the pages of an SQLite file (sqlite.org/fileformat2.html): the counterpart
 * of `TablePages`, for files that SQLite itself may have changed since. Nothing in the file is trusted: whatever leads
 * nowhere, or round in a circle, throws BadPages.
 */

/** Thrown where pages are not as they must be. */
export class BadPages extends Error {}

const HEADER_BYTES = 100;
const INTERIOR = 5;
const LEAF = 13;
/** Levels of pages over one another: a tree of more than four holds more rows than a file has bytes. */
const DEEPEST = 20;
const UTF8 = 1;
/** Type of a cell with a floating-point number; another program may have written a whole one so. */
const FLOAT = 7;

/** The cells of the row in hand. */
export interface Row {
  /** Numbers; NaN where the cell is NULL, or lacks because the table was widened later. */
  readonly numbers: Float64Array;
  /** Bytes that hold the row's texts. */
  readonly bytes: Uint8Array;
  /** Where each text begins and ends in `bytes`; begins at -1 where the cell is none. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** One file's tables of rows with numbers and texts. */
export class TableReader {
  readonly #image: Uint8Array;
  readonly #view: DataView;
  readonly #pageBytes: number;
  /** Bytes of a page that content may take. */
  readonly #usable: number;
  readonly #pages: number;

  /** @param image the file's bytes, which begin as SQLite files do. */
  constructor(image: Uint8Array) {
    this.#image = image;
    this.#view = new DataView(image.buffer, image.byteOffset, image.byteLength);
    const size = this.#view.getUint16(16);
    this.#pageBytes = size === 1 ? 65_536 : size;
    const isPower = (this.#pageBytes & (this.#pageBytes - 1)) === 0;
    if (this.#pageBytes < 512 || !isPower) throw new BadPages(`The page size is ${this.#pageBytes}`);
    this.#usable = this.#pageBytes - (image[20] as number);
    if (this.#usable < 480) throw new BadPages('The pages have no room');
    if (this.#view.getUint32(56) !== UTF8) throw new BadPages('The texts are not UTF-8');
    this.#pages = Math.floor(image.length / this.#pageBytes);
  }

  /**
   * Visits the rows in the order of their ids.
   * @param root page of the table. @param columns cells that are read of each row.
   * @param take is given each row's id; the row is valid until it returns.
   * @param rest called after each page of rows; false stops. Gives whether all were visited.
   */
  async rows(
    root: number,
    columns: number,
    take: (id: number, row: Row) => void,
    rest: () => Promise<boolean> | boolean,
  ): Promise<boolean> {
    const cursor = new Cells(columns);
    // Each page belongs to a table once.
    let left = this.#pages;
    const visit = async (page: number, depth: number): Promise<boolean> => {
      if (depth > DEEPEST || --left < 0) throw new BadPages(`Page ${page} is met again`);
      const base = this.#base(page);
      const header = base + (page === 1 ? HEADER_BYTES : 0);
      const kind = this.#image[header];
      const cells = this.#view.getUint16(header + 3);
      if (kind === LEAF) {
        if (8 + cells * 2 > this.#usable) throw new BadPages(`Page ${page} has ${cells} cells`);
        for (let i = 0; i < cells; i++) {
          const at = base + this.#view.getUint16(header + 8 + i * 2);
          take(this.#readCell(at, base + this.#usable, cursor), cursor);
        }
        return rest();
      }
      if (kind !== INTERIOR || 12 + cells * 2 > this.#usable) throw new BadPages(`Page ${page} is of no table`);
      for (let i = 0; i < cells; i++) {
        const at = this.#view.getUint16(header + 12 + i * 2);
        if (at + 4 > this.#usable) throw new BadPages(`Page ${page} has a cell outside`);
        if (!(await visit(this.#view.getUint32(base + at), depth + 1))) return false;
      }
      return visit(this.#view.getUint32(header + 8), depth + 1);
    };
    return visit(root, 0);
  }

  #base(page: number): number {
    if (page < 1 || page > this.#pages) throw new BadPages(`There is no page ${page}`);
    return (page - 1) * this.#pageBytes;
  }

  /** Reads a leaf's cell ("B-tree Pages"): size of the record, id of the row, the record or its begin. */
  #readCell(at: number, end: number, cells: Cells): number {
    const image = this.#image;
    const size = cells.varint(image, at, end);
    const id = cells.varint(image, cells.behind, end);
    const start = cells.behind;
    const { inside, overflows } = this.#split(size);
    if (start + inside + (overflows ? 4 : 0) > end) throw new BadPages('A cell runs past its page');
    if (overflows) cells.read(this.#joined(start, inside, size), 0, size);
    else cells.read(image, start, start + size);
    return id;
  }

  /** How much of a record lies in its leaf ("Cell Payload Overflow Pages"). */
  #split(size: number): { inside: number; overflows: boolean } {
    const usable = this.#usable;
    const most = usable - 35;
    if (size <= most) return { inside: size, overflows: false };
    const least = Math.floor(((usable - 12) * 32) / 255) - 23;
    const inside = least + ((size - least) % (usable - 4));
    return { inside: inside <= most ? inside : least, overflows: true };
  }

  /** A record whose rest is on pages of its own. */
  #joined(start: number, inside: number, size: number): Uint8Array {
    if (size > this.#image.length) throw new BadPages(`A record of ${size} bytes is larger than the file`);
    const record = new Uint8Array(size);
    record.set(this.#image.subarray(start, start + inside));
    let next = this.#view.getUint32(start + inside);
    for (let done = inside; done < size;) {
      const base = this.#base(next);
      const bytes = Math.min(size - done, this.#usable - 4);
      record.set(this.#image.subarray(base + 4, base + 4 + bytes), done);
      done += bytes;
      next = this.#view.getUint32(base);
    }
    return record;
  }
}

/** Takes a record apart ("Record Format"). */
class Cells implements Row {
  readonly numbers: Float64Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  bytes: Uint8Array = new Uint8Array(0);
  /** Place behind the last varint. */
  behind = 0;

  constructor(private readonly columns: number) {
    this.numbers = new Float64Array(columns);
    this.starts = new Int32Array(columns);
    this.ends = new Int32Array(columns);
  }

  /** A varint of up to 53 bits; one that is larger, as negative ids are, is none here. */
  varint(bytes: Uint8Array, at: number, end: number): number {
    let value = 0;
    for (let i = 0; i < 8 && at < end; i++) {
      const byte = bytes[at++] as number;
      value = value * 128 + (byte & 0x7f);
      if (byte < 128) {
        this.behind = at;
        return value;
      }
    }
    throw new BadPages('A number is too long');
  }

  read(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    let type = start;
    const typesEnd = start + this.varint(bytes, type, end);
    type = this.behind;
    if (typesEnd > end) throw new BadPages("A record's header is too long");
    let at = typesEnd;
    for (let i = 0; i < this.columns; i++) {
      this.starts[i] = -1;
      this.numbers[i] = NaN;
      if (type >= typesEnd) continue;
      let kind = bytes[type] as number;
      if (kind < 128) type++;
      else {
        kind = this.varint(bytes, type, typesEnd);
        type = this.behind;
      }
      at = this.#cell(i, kind, at, end);
    }
  }

  /** Reads a cell of a serial type, and gives the place behind. */
  #cell(i: number, kind: number, at: number, end: number): number {
    if (kind === 0) return at;
    if (kind === 8 || kind === 9) {
      this.numbers[i] = kind - 8;
      return at;
    }
    const isText = kind >= 13 && kind % 2 === 1;
    if (!isText && (kind > FLOAT || kind < 1)) throw new BadPages(`A cell is of type ${kind}`);
    const size = isText ? (kind - 13) / 2 : kind <= 4 ? kind : kind === 5 ? 6 : 8;
    if (at + size > end) throw new BadPages('A cell runs past its record');
    if (isText) {
      this.starts[i] = at;
      this.ends[i] = at + size;
    } else if (kind === FLOAT) {
      this.numbers[i] = new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 8).getFloat64(0);
    } else this.numbers[i] = bigEndian(this.bytes, at, size);
    return at + size;
  }
}

/** A signed whole number of 1 to 8 bytes. */
function bigEndian(bytes: Uint8Array, at: number, size: number): number {
  let value = ((bytes[at] as number) << 24) >> 24;
  for (let i = 1; i < size; i++) value = value * 256 + (bytes[at + i] as number);
  return value;
}
