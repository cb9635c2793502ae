import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { CatalogRoot } from '../guide/catalog-root.ts';
import type { SourceRoot } from '../ingest/source.ts';
import { ok, type Result } from '../../shared/model/fault.ts';
import { writeAtomically } from '../store/atomic-file.ts';

const schema = z.object({
  version: z.literal(1),
  roots: z.array(z.object({ path: z.string(), name: z.string() })),
});

/**
 * The folders and files that the catalog is built from: the program's own first, then what the user opened, kept
 * between runs. Each has a name of its own, by which its files are shown and found again.
 */
export class CatalogFolderList {
  #roots: CatalogRoot[] = [];
  #read: Promise<void> | undefined;

  /**
   * @param own the starter rules.
   * @param file where the user's are kept; undefined keeps them in memory.
   */
  constructor(
    private readonly own: SourceRoot,
    private readonly file: string | undefined,
  ) {}

  async roots(): Promise<readonly CatalogRoot[]> {
    await (this.#read ??= this.#load());
    return this.#roots;
  }

  /** Adds what is not there yet. Gives whether something was new. */
  async add(roots: readonly SourceRoot[]): Promise<Result<boolean>> {
    await this.roots();
    const before = this.#roots.length;
    for (const root of roots) this.#add(root);
    return this.#roots.length === before ? ok(false) : this.#save();
  }

  /** Takes one out; the program's own stay. Gives whether it was there. */
  async remove(folder: string): Promise<Result<boolean>> {
    const roots = await this.roots();
    const left = roots.filter((root) => root.folder !== folder || root.isOwn);
    if (left.length === roots.length) return ok(false);
    this.#roots = left;
    return this.#save();
  }

  #add({ path, name }: SourceRoot, isOwn = false): void {
    if (this.#roots.some((root) => root.path === path)) return;
    const taken = new Set(this.#roots.map((root) => root.name));
    let unique = name;
    for (let n = 2; taken.has(unique); n++) unique = `${name} (${n})`;
    this.#roots = [...this.#roots, { path, name: unique, folder: randomUUID(), isOwn }];
  }

  async #load(): Promise<void> {
    this.#add(this.own, true);
    if (this.file === undefined) return;
    try {
      for (const root of schema.parse(JSON.parse(await readFile(this.file, 'utf8'))).roots) this.#add(root);
    } catch {
      // Not there yet, or damaged: the user opens the folders again, and nothing else is lost.
    }
  }

  async #save(): Promise<Result<boolean>> {
    const { file } = this;
    if (file === undefined) return ok(true);
    const roots = this.#roots.filter(({ isOwn }) => !isOwn).map(({ path, name }) => ({ path, name }));
    await mkdir(dirname(file), { recursive: true }).catch(() => undefined);
    const written = await writeAtomically(file, (write) =>
      write(Buffer.from(JSON.stringify({ version: 1, roots } satisfies z.infer<typeof schema>, null, 2))),
    );
    return written.ok ? ok(true) : written;
  }
}
