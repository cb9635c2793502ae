import { basename } from 'node:path';
import type { OpenCase } from '../../shared/catalog/coverage/case.ts';
import { hitsByTechnique } from '../../shared/catalog/coverage/coverage.ts';
import type { CallInput, CallOutput, Handlers } from '../../shared/ipc/contract.ts';
import { ok, type Result } from '../../shared/model/fault.ts';
import type { SourceRoot } from '../ingest/source.ts';
import { writeAtomically } from '../store/atomic-file.ts';
import type { CatalogCallMap, CatalogCallName } from '../worker/protocol.ts';
import type { ThreadClient } from '../worker/thread-client.ts';
import type { CatalogFolderList } from './catalog-folders.ts';
import type { JobHandle, JobOutcome, Jobs } from './jobs.ts';
import { openCase } from './open-case.ts';
import type { Dialogs, SaveKind } from './ports.ts';
import type { Threads } from './scan-run.ts';

const CATALOG = 'catalog';

type CatalogHandlers = Pick<Handlers, Extract<keyof Handlers, `${'catalog' | 'coverage'}.${string}`>>;

/**
 * The catalog's long work as jobs, and the window's calls of it. It is built when it is first asked for, and again when
 * folders come or go; until the new one is there the old one answers.
 */
export class CatalogWork {
  /** The build that the first questions wait for. */
  #first: Promise<unknown> | undefined;
  #builds = 0;

  constructor(
    private readonly thread: ThreadClient<CatalogCallMap>,
    private readonly engine: Threads['engine'],
    private readonly folders: CatalogFolderList,
    private readonly jobs: Jobs,
    private readonly dialogs: Dialogs,
    private readonly onChanged: (revision: number) => void,
  ) {}

  /** Adds what rules were loaded from. Before anybody asked for the catalog it is only remembered. */
  async opened(roots: readonly SourceRoot[]): Promise<void> {
    await this.folders.add(roots);
    if (this.#first !== undefined) this.build();
  }

  /** Builds the catalog of all folders. Gives the job. */
  build(): string {
    this.#builds++;
    const job = this.jobs.start('catalog', CATALOG, (handle) => this.#build(handle));
    this.#first ??= this.jobs.finished(job);
    return job;
  }

  /** The thread died: what it held is built again when it is asked for. */
  crashed(): void {
    this.thread.restart();
    this.#first = undefined;
  }

  handlers(resolve: (handles: readonly string[]) => Result<readonly SourceRoot[]>): CatalogHandlers {
    const ask =
      <N extends CatalogCallName>(name: N) =>
      async (input: CallInput<N>): Promise<Result<CallOutput<N>>> => {
        await this.#built();
        return this.thread.call(name, input) as Promise<Result<CallOutput<N>>>;
      };
    return {
      'catalog.summary': () => this.#summary(),
      'catalog.open': async ({ handles }) => {
        const roots = resolve(handles);
        return roots.ok ? this.#afterChange(await this.folders.add(roots.value)) : roots;
      },
      'catalog.close': async ({ folder }) => this.#afterChange(await this.folders.remove(folder)),
      'catalog.refresh': () => Promise.resolve(ok({ job: this.build() })),
      'catalog.techniques': async (input) => {
        const [lines, hits] = await Promise.all([ask('catalog.techniques')(input), this.#hitsByTechnique()]);
        return lines.ok ? ok(lines.value.map((line) => ({ ...line, hits: hits.get(line.id) ?? 0 }))) : lines;
      },
      'catalog.technique': ask('catalog.technique'),
      'catalog.event': ask('catalog.event'),
      'catalog.indicator': ask('catalog.indicator'),
      'catalog.field': ask('catalog.field'),
      'catalog.hints': ask('catalog.hints'),
      'catalog.search': ask('catalog.search'),
      'catalog.similar': ask('catalog.similar'),
      'catalog.overlap': ask('catalog.overlap'),
      'catalog.notParsed': ask('catalog.notParsed'),
      'catalog.rule': (input) => this.#rule(input),
      'catalog.markdown': async (input) => {
        await this.#built();
        return this.thread.call('render', { ...input, format: 'md' });
      },
      'catalog.export': (input) => this.#export(input),
      'coverage.case': (input) => this.#onCase((open) => this.thread.call('coverage', { ...input, open })),
      'coverage.technique': (input) => this.#onCase((open) => this.thread.call('techniqueOnCase', { ...input, open })),
      'coverage.export': (input) => this.#exportCoverage(input),
    };
  }

  async #built(): Promise<void> {
    if (this.#first === undefined) this.build();
    await this.#first;
  }

  async #build({ signal, update }: JobHandle): Promise<JobOutcome> {
    const roots = await this.folders.roots();
    const built = await this.thread.call(
      'build',
      { roots },
      {
        signal,
        onItem: ({ filesDone, filesTotal, current }) => {
          update({ filesDone, filesTotal, current });
        },
      },
    );
    this.#builds--;
    if (!built.ok) return built;
    if (!built.value.isCancelled) this.onChanged(built.value.revision);
    return ok({ isPartial: built.value.isCancelled });
  }

  #afterChange(changed: Result<boolean>): Result<{ job: string }> {
    return changed.ok ? ok({ job: this.build() }) : changed;
  }

  async #summary(): Promise<Result<CallOutput<'catalog.summary'>>> {
    await this.#built();
    const summary = await this.thread.call('summary', null);
    return summary.ok ? ok({ ...summary.value, isBuilding: this.#builds > 0 }) : summary;
  }

  async #rule(input: CallInput<'catalog.rule'>): Promise<Result<CallOutput<'catalog.rule'>>> {
    await this.#built();
    const page = await this.thread.call('rule', input);
    if (!page.ok) return page;
    const { id, file, title } = page.value;
    const rules = await this.engine.call('rules.list', {});
    const same = rules.ok ? rules.value.filter((rule) => rule.id === id && rule.title === title) : [];
    const known = same.find((rule) => rule.file === file) ?? same[0];
    return ok({ ...page.value, loaded: known ? { rule: known.rule, hits: known.hits, enabled: known.enabled } : null });
  }

  /** Hits of enabled rules by technique, those of sub-techniques with their parent's. */
  async #hitsByTechnique(): Promise<ReadonlyMap<string, number>> {
    const open = await openCase(this.engine);
    return hitsByTechnique(open.ok ? open.value.rules : []);
  }

  /** Asks the catalog about what is open. */
  async #onCase<T>(ask: (open: OpenCase) => Promise<Result<T>>): Promise<Result<T>> {
    await this.#built();
    const open = await openCase(this.engine);
    return open.ok ? ask(open.value) : open;
  }

  async #exportCoverage(input: CallInput<'coverage.export'>): Promise<Result<{ name: string | null }>> {
    const summary = await this.engine.call('summary', null);
    const name = (summary.ok ? summary.value.name : '') || 'Open logs';
    const rendered = await this.#onCase((open) => this.thread.call('renderCoverage', { ...input, open, name }));
    if (!rendered.ok) return rendered;
    const suffix = input.format === 'csv' ? 'csv' : 'json';
    return this.#write(
      `page-${suffix}`,
      input.format === 'navigator' ? 'layer.json' : `coverage.${suffix}`,
      rendered.value,
    );
  }

  async #export(input: CallInput<'catalog.export'>): Promise<Result<{ name: string | null }>> {
    await this.#built();
    const rendered = await this.thread.call('render', input);
    if (!rendered.ok) return rendered;
    return this.#write(`page-${input.format}`, `${input.technique}.${input.format}`, rendered.value);
  }

  async #write(
    kind: SaveKind,
    suggested: string,
    { text }: { text: string },
  ): Promise<Result<{ name: string | null }>> {
    const path = await this.dialogs.savePath(kind, suggested);
    if (path === undefined) return ok({ name: null });
    const written = await writeAtomically(path, (write) => write(Buffer.from(text)));
    return written.ok ? ok({ name: basename(path) }) : written;
  }
}
