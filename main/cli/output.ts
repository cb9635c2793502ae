import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** The reader of our output has gone, as `| head` does: not a fault, but nothing is left to do. */
export class OutputClosed extends Error {}

/** Where a command's result goes; waits where the reader is slower. */
export class Output {
  #error: NodeJS.ErrnoException | undefined;

  constructor(private readonly stream: Writable) {
    stream.on('error', (error) => {
      this.#error = error;
    });
  }

  /** Opens a file to write to, in place of what it held. @throws what opening it throws */
  static async toFile(path: string): Promise<Output> {
    const stream = createWriteStream(path);
    await once(stream, 'open');
    return new Output(stream);
  }

  /** Whether the reader has gone. */
  get isClosed(): boolean {
    return this.#error?.code === 'EPIPE';
  }

  /** Why nothing can be written any more, but for a reader that has gone. */
  get fault(): string | undefined {
    return this.#error && !this.isClosed ? this.#error.message : undefined;
  }

  /** @throws OutputClosed, or the stream's own error (a full disk) */
  async write(text: string): Promise<void> {
    this.#check();
    if (this.stream.write(text)) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.stream.off('drain', go).off('error', go).off('close', go);
        resolve();
      };
      this.stream.on('drain', go).on('error', go).on('close', go);
    });
    this.#check();
  }

  /** Writes out what is buffered, and closes a file. @param isFile whether the stream is ours to close. */
  async finish(isFile: boolean): Promise<void> {
    if (this.#error) return;
    await new Promise<void>((resolve) => {
      this.stream.once('error', () => {
        resolve();
      });
      if (isFile) this.stream.end(resolve);
      else
        this.stream.write('', () => {
          resolve();
        });
    });
  }

  #check(): void {
    if (this.isClosed) throw new OutputClosed('The reader of the output has gone');
    if (this.#error) throw this.#error;
  }
}
