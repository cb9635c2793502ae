/**
 * Something in an EVTX chunk that cannot be read. Thrown inside the reader, caught once per record, and turned
 * into a located fault there: it never leaves this folder.
 */
export class Damage extends Error {
  /**
   * @param message what is wrong, as an analyst may read it.
   * @param at byte offset within the chunk.
   */
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
    this.name = 'Damage';
  }
}
