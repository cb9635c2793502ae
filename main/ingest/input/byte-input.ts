import { open, type FileHandle } from 'node:fs/promises';
import type { Fault } from '../../../shared/model/fault.ts';

/** Bytes from the first to the last: of a file, a part of one, or of what an archive holds. */
export interface ByteInput {
  /**
   * Fills `into` from `at` with the next bytes, up to `length` of them; fewer only at the end, where it gives 0.
   * @throws InputFault where what it reads is damaged; what reading a file throws
   */
  read(into: Uint8Array, at: number, length: number): Promise<number>;
  close(): Promise<void>;
}

/** Stands in the way of reading on, and is no bug. What was read before it is good. */
export class InputFault extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

/** A file, or the part [start, end) of one. */
export class FileInput implements ByteInput {
  #position: number;

  /** @param isOwned whether closing the input closes the file. */
  constructor(
    private readonly file: FileHandle,
    start = 0,
    private readonly end = Infinity,
    private readonly isOwned = true,
  ) {
    this.#position = start;
  }

  /** @throws what opening throws (ENOENT, EACCES, …) */
  static async open(path: string): Promise<FileInput> {
    return new FileInput(await open(path, 'r'));
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    const wanted = Math.min(length, this.end - this.#position);
    let got = 0;
    while (got < wanted) {
      const { bytesRead } = await this.file.read(into, at + got, wanted - got, this.#position);
      if (bytesRead === 0) break;
      got += bytesRead;
      this.#position += bytesRead;
    }
    return got;
  }

  async close(): Promise<void> {
    if (this.isOwned) await this.file.close();
  }
}

/** An input whose first bytes have been looked at, and come again. */
export class PeekedInput implements ByteInput {
  #given = 0;

  private constructor(
    /** The first bytes; all of them where there are fewer than were asked for. */
    readonly head: Uint8Array,
    private readonly input: ByteInput,
  ) {}

  /** Reads the first bytes. Where the input breaks off within them, what there is counts; reading on tells the fault. */
  static async of(input: ByteInput, length: number): Promise<PeekedInput> {
    const head = new Uint8Array(length);
    let filled = 0;
    try {
      filled = await input.read(head, 0, length);
    } catch (error) {
      if (!(error instanceof InputFault)) throw error;
      return new PeekedInput(new Uint8Array(), new BrokenInput(error, input));
    }
    return new PeekedInput(head.subarray(0, filled), input);
  }

  async read(into: Uint8Array, at: number, length: number): Promise<number> {
    if (this.#given < this.head.length) {
      const part = this.head.subarray(this.#given, this.#given + length);
      into.set(part, at);
      this.#given += part.length;
      return part.length;
    }
    return this.input.read(into, at, length);
  }

  close(): Promise<void> {
    return this.input.close();
  }
}

class BrokenInput implements ByteInput {
  constructor(
    private readonly error: InputFault,
    private readonly input: ByteInput,
  ) {}

  read(): Promise<number> {
    return Promise.reject(this.error);
  }

  close(): Promise<void> {
    return this.input.close();
  }
}
