/** Bytes of a page: SQLite's default. */
export const PAGE_BYTES = 4096;
/** SQLite locks the byte at 1 GiB; the page that holds it is never used ("The Lock-Byte Page"). */
export const LOCK_PAGE = 2 ** 30 / PAGE_BYTES + 1;
const PIECE_PAGES = 256;

/**
 * The pages behind the first ones of a database file, in the order of their numbers. They are handed over by pieces,
 * so that a file needs no more memory than a piece.
 */
export class PageFile {
  #pieces: Uint8Array[] = [];
  #piece = new Uint8Array(PIECE_PAGES * PAGE_BYTES);
  #used = 0;
  #pages: number;

  /** @param pages how many the file has before these. */
  constructor(pages: number) {
    this.#pages = pages;
  }

  /** Pages of the file so far. */
  get pages(): number {
    return this.#pages;
  }

  /** Adds a copy of a page and gives its number, from 1. */
  add(page: Uint8Array): number {
    if (this.#pages + 1 === LOCK_PAGE) this.#put(new Uint8Array(PAGE_BYTES));
    this.#put(page);
    return this.#pages;
  }

  /** Whether a full piece waits to be taken. */
  get hasPieces(): boolean {
    return this.#pieces.length > 0;
  }

  /** Hands over the full pieces. @param all also the one that is not full: after the last page. */
  take(all = false): Uint8Array[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    if (all) pieces.push(this.#piece.subarray(0, this.#used));
    return pieces;
  }

  #put(page: Uint8Array): void {
    if (this.#used === this.#piece.length) {
      this.#pieces.push(this.#piece);
      this.#piece = new Uint8Array(PIECE_PAGES * PAGE_BYTES);
      this.#used = 0;
    }
    this.#piece.set(page, this.#used);
    this.#used += PAGE_BYTES;
    this.#pages++;
  }
}
