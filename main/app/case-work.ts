import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CallInput } from '../../shared/ipc/contract.ts';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import type { OpenOptions } from '../../shared/model/open-options.ts';
import type { SourcePlace } from '../engine/api.ts';
import { Archives } from '../ingest/input/archives.ts';
import type { SourceRoot } from '../ingest/source.ts';
import type { JobHandle, JobOutcome, Jobs } from './jobs.ts';
import type { KeptTags } from './kept-tags.ts';
import type { PlaceholderLists } from './placeholder-lists.ts';
import { findRules } from './rule-folder.ts';
import { runThreads, type Threads } from './scan-run.ts';

/** Work that changes the case's events runs in one lane, one after another; rules load beside it. */
const EVENTS = 'events';
const RULES = 'rules';
/** What only reads goes on beside both. */
const EXPORT = 'export';

/** How the case came about, to make it anew after the engine was lost. */
type Step =
  | { readonly kind: 'case'; readonly root: SourceRoot }
  | { readonly kind: 'logs'; readonly roots: readonly SourceRoot[]; readonly options: OpenOptions }
  | { readonly kind: 'again'; readonly paths: ReadonlySet<string>; readonly options: OpenOptions }
  | { readonly kind: 'rules'; readonly roots: readonly SourceRoot[] };

/** Least time between two recoveries: what killed the engine may be in what is opened. */
const RECOVERY_PAUSE_MS = 30_000;

/** The case's long work, as jobs. */
export class CaseWork {
  /** Where the case was opened from or saved to. */
  #path: string | undefined;
  /** What the user loaded rules from, to load it again after the engine had to be restarted. */
  readonly #ruleRoots = new Map<string, SourceRoot>();
  #steps: Step[] = [];
  /** The steps are being taken again. */
  #isRecovering = false;
  #recoveredAt = -Infinity;

  constructor(
    private readonly threads: Threads,
    private readonly jobs: Jobs,
    private readonly onCaseFile: (path: string) => Promise<unknown>,
    private readonly lists: PlaceholderLists,
    private readonly tags: KeptTags,
  ) {}

  /** Reads logs into the case. Gives the job. */
  ingest(logs: readonly SourceRoot[], options: OpenOptions): string {
    this.#steps.push({ kind: 'logs', roots: logs, options });
    return this.jobs.start('ingest', EVENTS, (job) => this.#read(logs, options, job));
  }

  /**
   * Reads files of the case anew, in place of what was read of them before. Files that are not there any more stay as
   * they are: what the case has of them could not be had again. Gives the job.
   */
  again(sources: readonly number[], options: OpenOptions): string {
    return this.jobs.start('ingest', EVENTS, async (job) => {
      const places = await this.threads.engine.call('places', { sources });
      if (!places.ok) return places;
      const { there, gone } = await stillThere(places.value);
      const fault = gone.length > 0 ? { fault: notThere(gone) } : {};
      if (there.length === 0) return gone.length > 0 ? fail(notThere(gone)) : ok({});
      if (job.signal.aborted) return ok({ isPartial: true });
      this.#steps.push({ kind: 'again', paths: new Set(there.map(({ path }) => path)), options });
      const dropped = await this.threads.engine.call('dropSources', { sources: there.map(({ source }) => source) });
      if (!dropped.ok) return dropped;
      const read = await this.#read(there, options, job);
      return read.ok ? ok({ ...fault, ...read.value }) : read;
    });
  }

  async #read(logs: readonly SourceRoot[], options: OpenOptions, job: JobHandle): Promise<JobOutcome> {
    await this.tags.give();
    const run = await runThreads(
      this.threads,
      { logs, options, signal: job.signal, onProgress: (progress) => job.update(progress) },
      (port) => this.threads.engine.call('ingest', { port }, { transfer: [port] }),
    );
    return run.ok ? ok({ isPartial: run.value.totals.isCancelled }) : run;
  }

  /** Reads rule files and folders, adds their rules to the set and matches them. Gives the job. */
  loadRules(roots: readonly SourceRoot[]): string {
    for (const root of roots) this.#ruleRoots.set(root.path, root);
    this.#steps.push({ kind: 'rules', roots });
    return this.jobs.start('match', RULES, (job) => this.#loadRules(roots, job));
  }

  async #loadRules(roots: readonly SourceRoot[], job: JobHandle): Promise<JobOutcome> {
    const { files, faults } = await findRules(roots, () => job.signal.aborted);
    if (job.signal.aborted) return ok({ isPartial: true });
    job.update({ filesTotal: files.length });
    const loaded = await this.threads.engine.call(
      'loadRules',
      { files: [...this.lists.files(), ...files] },
      { signal: job.signal, onItem: ({ done, total }) => job.update({ filesDone: done, filesTotal: total }) },
    );
    if (!loaded.ok) return loaded;
    job.update({ filesDone: files.length, filesTotal: files.length });
    if (faults.length > 0) return ok({ fault: unreadRules(faults) });
    const { notKept } = loaded.value;
    return ok(notKept ? { fault: { ...notKept, message: `The cache of rules: ${notKept.message}` } } : {});
  }

  /** Opens a case file in place of the case. Gives the job. */
  openCase({ path, name }: SourceRoot): string {
    return this.jobs.start('open-case', EVENTS, async (job) => {
      job.update({ current: name, filesTotal: 1 });
      // Its rules are read on the engine's side.
      const lists = this.lists.files();
      if (lists.length > 0) await this.threads.engine.call('loadRules', { files: lists });
      const opened = await this.threads.engine.call(
        'openCase',
        { path },
        { signal: job.signal, onItem: ({ done, total }) => job.update({ bytesDone: done, bytesTotal: total }) },
      );
      if (!opened.ok) return opened;
      // It brings its own rules, in place of those before.
      this.#steps = [{ kind: 'case', root: { path, name } }];
      this.#path = path;
      await this.tags.give();
      await this.onCaseFile(path);
      job.update({ filesDone: 1, events: opened.value.events });
      return ok({});
    });
  }

  /** The place where the case was saved last. */
  get path(): string | undefined {
    return this.#path;
  }

  /** Writes a view's events to a file, as a job of its own; resolves when they are written. */
  async exportView(input: CallInput<'view.export'>, path: string): Promise<Result<{ events: number }>> {
    let result: Result<{ events: number }> = fail({ code: 'cancelled', message: 'The export was cancelled' });
    const job = this.jobs.start('export', EXPORT, async ({ signal, update }) => {
      update({ current: basename(path), filesTotal: 1 });
      result = await this.threads.engine.call(
        'exportView',
        { ...input, path },
        { signal, onItem: ({ done, total }) => update({ bytesDone: done, bytesTotal: total, events: done }) },
      );
      if (!result.ok) return result;
      update({ filesDone: 1, events: result.value.events });
      return ok({});
    });
    await this.jobs.finished(job);
    return result;
  }

  /** Saves the case, and resolves when it is saved. */
  async save(path: string): Promise<Result<null>> {
    let result: Result<null> = ok(null);
    const job = this.jobs.start('save', EVENTS, async ({ update }) => {
      update({ current: basename(path), filesTotal: 1 });
      const saved = await this.threads.engine.call('saveCase', { path });
      if (!saved.ok) {
        result = saved;
        return saved;
      }
      this.#path = path;
      await this.tags.letGo();
      await this.onCaseFile(path);
      update({ filesDone: 1, bytesDone: saved.value.bytes, bytesTotal: saved.value.bytes });
      return ok({});
    });
    const end = await this.jobs.finished(job);
    if (end && end.state !== 'done' && result.ok) {
      const fault: Fault = { code: 'cancelled', message: 'The case was not saved' };
      return { ok: false, fault };
    }
    return result;
  }

  /** Forgets all events, once running work on them has ended. Also starts the engine again where it had crashed. */
  async close(): Promise<Result<null>> {
    this.jobs.cancelLane(EVENTS);
    await this.jobs.laneIdle(EVENTS);
    this.#path = undefined;
    this.#steps = this.#steps.filter(({ kind }) => kind === 'rules');
    await this.tags.letGo();
    if (this.threads.engine.restart() && this.#ruleRoots.size > 0) this.loadRules([...this.#ruleRoots.values()]);
    return this.threads.engine.call('closeCase', null);
  }

  /**
   * Starts the engine again after it died, and does anew what made the case: its file and logs are opened, its rules
   * loaded. Not where that is what killed it: then it stays as it is until the case is closed.
   * @param tell told what happens, before it does.
   */
  async recover(tell: (isReopening: boolean) => void): Promise<void> {
    if (this.#isRecovering || performance.now() - this.#recoveredAt < RECOVERY_PAUSE_MS) {
      tell(false);
      return;
    }
    this.#isRecovering = true;
    // What was under way ends by itself, with a fault.
    await Promise.all([this.jobs.laneIdle(EVENTS), this.jobs.laneIdle(RULES)]);
    this.threads.engine.restart();
    const steps = this.#steps;
    this.#steps = [];
    tell(steps.length > 0);
    for (const step of steps) {
      const job = await this.#redo(step);
      const end = job === undefined ? undefined : await this.jobs.finished(job);
      // Died again: whoever closes the case starts it anew.
      if (end?.fault?.code === 'engine-crashed') break;
    }
    this.#isRecovering = false;
    this.#recoveredAt = performance.now();
  }

  async #redo(step: Step): Promise<string | undefined> {
    switch (step.kind) {
      case 'case':
        return this.openCase(step.root);
      case 'logs':
        return this.ingest(step.roots, step.options);
      case 'rules':
        return this.loadRules(step.roots);
      case 'again': {
        const lines = await this.threads.engine.call('sources', null);
        if (!lines.ok) return undefined;
        const places = await this.threads.engine.call('places', { sources: lines.value.map(({ source }) => source) });
        if (!places.ok) return undefined;
        const sources = places.value.filter(({ path }) => step.paths.has(path)).map(({ source }) => source);
        return sources.length > 0 ? this.again(sources, step.options) : undefined;
      }
    }
  }
}

function unreadRules(faults: readonly Fault[]): Fault {
  const first = faults[0];
  const detail = faults.map(({ file, message }) => `${file ?? ''}: ${message}`).join('\n');
  if (faults.length === 1 && first) return { ...first, message: `${first.file ?? ''}: ${first.message}` };
  return { code: 'unreadable-source', message: `${faults.length} rule files or folders could not be read`, detail };
}

/** Files that can still be opened, within archives too, and folders that were not come to; and those that cannot. */
async function stillThere(places: readonly SourcePlace[]): Promise<{ there: SourcePlace[]; gone: SourcePlace[] }> {
  const archives = new Archives();
  const there: SourcePlace[] = [];
  const gone: SourcePlace[] = [];
  for (const place of places) {
    try {
      if (!(await isFolder(place.path))) {
        const { input } = await archives.open(place.path);
        await input.close();
      }
      there.push(place);
    } catch {
      gone.push(place);
    }
  }
  await archives.close();
  return { there, gone };
}

async function isFolder(path: string): Promise<boolean> {
  // A path that goes on within an archive is none.
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() === true;
}

function notThere(gone: readonly SourcePlace[]): Fault {
  const [first] = gone;
  const message =
    gone.length === 1
      ? `${first?.name ?? ''} cannot be opened any more; its events are kept as they are`
      : `${gone.length} files cannot be opened any more; their events are kept as they are`;
  return { code: 'unreadable-source', message, detail: gone.map(({ name }) => name).join('\n') };
}
