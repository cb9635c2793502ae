import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { PlacedTag } from '../engine/event-tags.ts';
import { writeAtomically } from '../store/atomic-file.ts';
import type { EngineCallMap } from '../worker/protocol.ts';
import type { ThreadClient } from '../worker/thread-client.ts';
import { NOTE_LIMIT, TAGS } from '../../shared/model/tag.ts';

/** How soon after a change it is written. */
const WRITE_MS = 400;
/** Tags that are kept at most. */
const LIMIT = 20_000;

const schema = z.object({
  version: z.literal(1),
  tags: z
    .array(
      z.object({
        path: z.string(),
        record: z.number(),
        timeUs: z.number(),
        tag: z.enum(TAGS).nullable(),
        note: z.string().max(NOTE_LIMIT),
      }),
    )
    .max(LIMIT),
});

/**
 * Tags and notes that are in no case file yet, kept on disk by the path of their log: when the engine or the program
 * ends unexpectedly, they come back with the next opening of the same logs or case. Let go of once a case with them
 * is saved or closed.
 */
export class KeptTags {
  #tags: readonly PlacedTag[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  /** @param path of the file; undefined keeps them in memory only. */
  constructor(
    private readonly path: string | undefined,
    private readonly engine: ThreadClient<EngineCallMap>,
  ) {}

  /** Reads what an earlier session kept. A file that is missing or cannot be understood is as none: it holds nothing that could be shown. */
  async read(): Promise<void> {
    if (this.path === undefined) return;
    try {
      this.#tags = schema.parse(JSON.parse(await readFile(this.path, 'utf8'))).tags;
    } catch {
      this.#tags = [];
    }
  }

  /** Says that a tag or note changed. */
  changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#take(), WRITE_MS);
    this.#timer.unref();
  }

  /** Gives them to the case, before logs are read and after a case was opened. */
  async give(): Promise<void> {
    // What was changed in the last moment goes before.
    await this.#pending();
    if (this.#tags.length > 0) await this.engine.call('keepTags', { tags: this.#tags });
  }

  /** Lets go of those of the case's files: they are in its file now, or given up. */
  async letGo(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const placed = await this.engine.call('placedTags', null);
    if (placed.ok) await this.#set(this.#others(placed.value.paths));
  }

  /** Resolves when what changed is written. */
  async written(): Promise<void> {
    await this.#pending();
    await this.#writing;
  }

  async #pending(): Promise<void> {
    if (this.#timer === undefined) return;
    await this.#take();
  }

  async #take(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const placed = await this.engine.call('placedTags', null);
    // An engine that has died says nothing: what was kept stays.
    if (placed.ok) await this.#set([...placed.value.tags, ...this.#others(placed.value.paths)].slice(0, LIMIT));
  }

  #others(paths: readonly string[]): PlacedTag[] {
    const open = new Set(paths);
    return this.#tags.filter((tag) => !open.has(tag.path));
  }

  async #set(tags: readonly PlacedTag[]): Promise<void> {
    if (tags.length === 0 && this.#tags.length === 0) return;
    this.#tags = tags;
    const { path } = this;
    if (path === undefined) return;
    // One after another, each with the newest state; a folder that cannot be written costs the memory only.
    this.#writing = this.#writing.then(async () => {
      const bytes = Buffer.from(JSON.stringify({ version: 1, tags: this.#tags }));
      await mkdir(dirname(path), { recursive: true });
      await writeAtomically(path, (write) => write(bytes));
    });
    this.#writing = this.#writing.catch(() => undefined);
    await this.#writing;
  }
}
