import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import type { IngestProgress } from '../worker/protocol.ts';
import { clipped, printable } from './text.ts';

/** A progress bar on a terminal's stderr; without a terminal it is silent. */
export class ProgressBar {
  readonly #bar: SingleBar | undefined;
  #isStarted = false;
  readonly #startedAt = performance.now();

  constructor(stderr: Writable, isTty: boolean) {
    if (!isTty) return;
    const format = '{bar} {percentage}%  {files} files  {events} events  {rate}/s  {current}';
    this.#bar = new SingleBar({
      format,
      stream: stderr,
      clearOnComplete: true,
      hideCursor: true,
    });
  }

  update({ filesDone, filesTotal, bytesDone, bytesTotal, events, current }: IngestProgress): void {
    const seconds = Math.max((performance.now() - this.#startedAt) / 1000, 0.001);
    const payload = {
      files: `${filesDone}/${filesTotal}`,
      events: events.toLocaleString('en-US'),
      rate: Math.round(events / seconds).toLocaleString('en-US'),
      current: clipped(printable(current), 40),
    };
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#bar?.start(Math.max(bytesTotal, 1), bytesDone, payload);
    } else this.#bar?.update(bytesDone, payload);
  }

  stop(): void {
    if (this.#isStarted) this.#bar?.stop();
  }
}
