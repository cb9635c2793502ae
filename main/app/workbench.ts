import { basename, join } from 'node:path';
import { ok, type Result, type Fault } from '../../shared/model/fault.ts';
import type { CallInput, CallOutput, CaseSummary, Grant, Handlers } from '../../shared/ipc/contract.ts';
import type { OpenOptions } from '../../shared/model/open-options.ts';
import type { EngineCallName } from '../engine/api.ts';
import type { SourceRoot } from '../ingest/source.ts';
import type { ImportOptions, ImportReport } from '../messages/import-messages.ts';
import { ThreadClient } from '../worker/thread-client.ts';
import { DecodePool, decodeThreadCount } from '../worker/ingest/decode-pool.ts';
import type { CatalogCallMap, EngineCallMap, SqlCallMap } from '../worker/protocol.ts';
import { writeAtomically } from '../store/atomic-file.ts';
import { CaseWork } from './case-work.ts';
import { CatalogFolderList } from './catalog-folders.ts';
import { CatalogWork } from './catalog-work.ts';
import { FileHandles } from './file-handles.ts';
import { Jobs } from './jobs.ts';
import { messagesFolder } from './data-folder.ts';
import { MessageWork } from './message-work.ts';
import type { OpenKind, WorkbenchPorts } from './ports.ts';
import { KeptTags } from './kept-tags.ts';
import { PlaceholderLists } from './placeholder-lists.ts';
import { runRegression, type RegressionOptions, type RegressionRun } from './regression-run.ts';
import { checkRules, type CheckOptions, type CheckResult } from './check-run.ts';
import {
  dumpEvents,
  readLedger,
  scanLogs,
  type DumpOptions,
  type LedgerResult,
  type RunOptions,
  type RunResult,
  type ScanOptions,
  type ScanResult,
  type Threads,
} from './scan-run.ts';
import { SettingsStore } from './settings-store.ts';
import { lookAtSource } from './source-look.ts';
import { SqlWork } from './sql-work.ts';
import { SummaryTeller } from './summary-teller.ts';

/** Below the content folder: the logs of the sample incident, and our own rules. */
const SAMPLE_LOGS = ['samples', 'tunnel-incident'];
const STARTER_RULES = ['starter'];

/**
 * The program without its window: everything that the window, the command line and the tests can ask for. Owns the
 * threads, the jobs, the granted files and the settings; the events and rules live on the engine's thread.
 */
export class Workbench {
  readonly handlers: Handlers;
  readonly #threads: Threads;
  readonly #handles = new FileHandles();
  readonly #jobs: Jobs;
  readonly #teller: SummaryTeller;
  readonly #work: CaseWork;
  readonly #lists: PlaceholderLists;
  readonly #sql: SqlWork;
  readonly #keptTags: KeptTags;
  readonly #catalogThread: ThreadClient<CatalogCallMap>;
  readonly #catalog: CatalogWork;
  /** Granted from outside and not yet asked for by the window. */
  #granted: Grant[] = [];

  private constructor(
    private readonly ports: WorkbenchPorts,
    private readonly settings: SettingsStore,
  ) {
    const crashed = (fault: Fault): void => {
      this.#teller.changed();
      this.#sql.forget();
      void this.#work.recover((isReopening) => {
        ports.emit('engine.died', { fault: { ...fault, span: undefined }, isReopening });
      });
    };
    this.#threads = {
      engine: new ThreadClient<EngineCallMap>(ports.threads.engine, crashed),
      decode: new DecodePool(ports.threads.decode, ports.decodeThreads ?? decodeThreadCount()),
    };
    this.#teller = new SummaryTeller(
      () => this.#summary(),
      (summary) => {
        ports.emit('case.changed', summary);
      },
    );
    this.#jobs = new Jobs((progress) => {
      ports.emit('job.progress', progress);
      this.#teller.changed();
    });
    const sqlThread: ThreadClient<SqlCallMap> = new ThreadClient<SqlCallMap>(ports.threads.sql, () => {
      // It holds nothing, so a new one is as good.
      sqlThread.restart();
    });
    this.#sql = new SqlWork(this.#threads.engine, sqlThread);
    this.#lists = new PlaceholderLists(settings, this.#threads.engine);
    const { dataFolder } = ports;
    const keptTags = dataFolder === undefined ? undefined : join(dataFolder, 'tags.json');
    this.#keptTags = new KeptTags(keptTags, this.#threads.engine);
    const onCaseFile = (path: string): Promise<unknown> => settings.addRecentCase(path);
    this.#work = new CaseWork(this.#threads, this.#jobs, onCaseFile, this.#lists, this.#keptTags);
    this.#catalogThread = new ThreadClient<CatalogCallMap>(ports.threads.catalog, () => {
      this.#catalog.crashed();
    });
    this.#catalog = new CatalogWork(
      this.#catalogThread,
      this.#threads.engine,
      new CatalogFolderList(
        this.#starterRoot,
        dataFolder === undefined ? undefined : join(dataFolder, 'catalog-folders.json'),
      ),
      this.#jobs,
      ports.dialogs,
      (revision) => {
        ports.emit('catalog.changed', { revision });
      },
    );
    const messages = new MessageWork(
      this.#threads.engine,
      this.#catalogThread,
      this.#jobs,
      dataFolder === undefined ? undefined : messagesFolder(dataFolder),
    );
    this.handlers = {
      ...this.#catalog.handlers((handles) => this.#resolve(handles)),
      ...messages.handlers((handles) => this.#resolve(handles)),
      ...this.#appHandlers(),
      ...this.#caseHandlers(),
      ...this.#ruleHandlers(),
      ...this.#engineHandlers(),
    };
  }

  /** Opens the workbench with an empty case. Threads start when they are first needed. */
  static async open(ports: WorkbenchPorts): Promise<Workbench> {
    const path = ports.dataFolder === undefined ? undefined : join(ports.dataFolder, 'settings.json');
    const workbench = new Workbench(ports, await SettingsStore.open(path));
    await workbench.#keptTags.read();
    await workbench.grant(ports.paths);
    return workbench;
  }

  /** Lets the window open files that the user named outside its dialogs: dropped, or on the command line. */
  async grant(paths: readonly string[]): Promise<readonly Grant[]> {
    const grants = await Promise.all(paths.map((path) => this.#handles.grant(path)));
    this.#granted.push(...grants);
    return grants;
  }

  /** Runs rules over logs without a case; see `scanLogs`. */
  scan(options: ScanOptions): Promise<Result<ScanResult>> {
    return scanLogs(this.#threads, options);
  }

  /** Runs the tests that rules come with; see `runRegression`. */
  testRules(options: RegressionOptions): Promise<Result<RegressionRun>> {
    return runRegression(this.#threads, options);
  }

  /** Says what is wrong with rules; see `checkRules`. */
  checkRules(options: CheckOptions): Promise<Result<CheckResult>> {
    return checkRules(this.#threads, options);
  }

  /** Reads logs and gives their events as JSON lines; see `dumpEvents`. */
  events(options: DumpOptions): Promise<Result<RunResult>> {
    return dumpEvents(this.#threads, options);
  }

  /** Reads logs and tells what became of each file; see `readLedger`. */
  ledger(options: RunOptions): Promise<Result<LedgerResult>> {
    return readLedger(this.#threads, options);
  }

  /** Reads message data and keeps it in a folder; see `importMessages`. */
  importMessages(options: ImportOptions & { readonly folder: string }): Promise<Result<ImportReport>> {
    const { roots, folder, provider, signal, onProgress } = options;
    return this.#catalogThread.call('importMessages', { roots, folder, provider }, { signal, onItem: onProgress });
  }

  /** Resolves when no job runs or waits. */
  idle(): Promise<void> {
    return this.#jobs.idle();
  }

  /** Ends all threads, once settings and tags are written. */
  async close(): Promise<void> {
    this.#jobs.cancelAll();
    this.#teller.stop();
    await this.#keptTags.written();
    await Promise.all([
      this.settings.written(),
      this.#threads.engine.close(),
      this.#threads.decode.close(),
      this.#sql.close(),
      this.#catalogThread.close(),
    ]);
  }

  async #summary(): Promise<Result<CaseSummary>> {
    const summary = await this.#threads.engine.call('summary', null);
    return summary.ok ? ok({ ...summary.value, jobs: this.#jobs.list() }) : summary;
  }

  /** Calls that the engine answers by itself; those that change its state are followed by a new summary. */
  #engineHandlers(): Pick<Handlers, EngineCallName> {
    const { engine } = this.#threads;
    const ask =
      <N extends EngineCallName>(name: N) =>
      (input: CallInput<N>): Promise<Result<CallOutput<N>>> =>
        engine.call(name, input) as Promise<Result<CallOutput<N>>>;
    const change =
      <N extends EngineCallName>(name: N) =>
      async (input: CallInput<N>): Promise<Result<CallOutput<N>>> => {
        const result = await ask(name)(input);
        this.#teller.changed();
        return result;
      };
    return {
      'draft.run': (input) =>
        engine.call('draft.run', input, {
          onItem: (partial) => {
            this.ports.emit('draft.partial', partial);
          },
        }),
      'draft.clear': ask('draft.clear'),
      'draft.near': ask('draft.near'),
      'view.open': ask('view.open'),
      'view.rows': ask('view.rows'),
      'view.locate': ask('view.locate'),
      'view.nextHit': ask('view.nextHit'),
      'view.histogram': ask('view.histogram'),
      'view.values': ask('view.values'),
      'view.fields': ask('view.fields'),
      'event.get': ask('event.get'),
      'event.tag': async (input) => {
        const tagged = await change('event.tag')(input);
        if (tagged.ok) this.#keptTags.changed();
        return tagged;
      },
      'case.count': ask('case.count'),
      'case.kinds': ask('case.kinds'),
      'sql.schema': ask('sql.schema'),
      'rules.list': ask('rules.list'),
      'rules.text': ask('rules.text'),
      'rules.enable': change('rules.enable'),
      'rules.unload': change('rules.unload'),
    };
  }

  #appHandlers() {
    const { ports, settings } = this;
    return {
      'app.info': () => {
        const granted = this.#granted;
        this.#granted = [];
        const { version, runtime } = ports;
        const notices = settings.fault ? [{ ...settings.fault, span: undefined }] : [];
        return done({ version, runtime, platform: process.platform, granted, notices });
      },
      'settings.get': () => done({ ...settings.values }),
      'settings.set': async ({ key, value }) => emptied(await settings.set(key, value)),
      'dialog.logs': ({ folder }) => this.#ask('logs', folder),
      'dialog.rules': ({ folder }) => this.#ask('rules', folder),
      'dialog.openCase': () => this.#ask('case', false),
      'dialog.messages': ({ folder }) => this.#ask('messages', folder),
      'job.cancel': ({ job }) => {
        // One that has just ended is no mistake of the user's.
        this.#jobs.cancel(job);
        return done({});
      },
    } satisfies Partial<Handlers>;
  }

  #caseHandlers() {
    return {
      'ingest.start': ({ handles, options }) =>
        this.#withRoots(handles, (roots) => ok({ job: this.#work.ingest(roots, this.#reading(options)) })),
      'ingest.again': ({ sources, options }) => done({ job: this.#work.again(sources, this.#reading(options)) }),
      'tables.look': (input) => lookAtSource(this.#threads.engine, this.settings.tables, input),
      'tables.keep': async ({ header, mapping }) => emptied(await this.settings.keepTable(header, mapping)),
      'sample.open': () => {
        const root = { path: join(this.ports.contentFolder, ...SAMPLE_LOGS), name: 'Sample incident' };
        // The rules come with it: a newcomer should see hits, not only events.
        this.#loadStarterRules();
        return done({ job: this.#work.ingest([root], {}) });
      },
      'sources.list': () => this.#threads.engine.call('sources', null),
      'case.summary': () => this.#summary(),
      'case.close': async () => {
        this.#sql.forget();
        const closed = await this.#work.close();
        this.#teller.changed();
        return emptied(closed);
      },
      'sql.run': (input) => this.#sql.run(input),
      'sql.cancel': () => {
        this.#sql.cancel();
        return done({});
      },
      'case.save': ({ as }) => this.#saveCase(as),
      'case.open': ({ handle }) =>
        this.#withRoots([handle], ([root]) => ok({ job: this.#work.openCase(root as SourceRoot) })),
      'case.recent': async () =>
        ok(await Promise.all(this.settings.recentCases.map((path) => this.#handles.grant(path)))),
    } satisfies Partial<Handlers>;
  }

  #ruleHandlers() {
    return {
      'rules.load': ({ handles }) =>
        this.#withRoots(handles, (roots) => {
          void this.#catalog.opened(roots);
          return ok({ job: this.#work.loadRules(roots) });
        }),
      'rules.loadStarter': () => done({ job: this.#loadStarterRules() }),
      'rules.save': (input) => this.#saveRule(input),
      'rules.placeholders': async ({ text }) => {
        const set = await this.#lists.set(text);
        this.#teller.changed();
        return emptied(set);
      },
      'view.export': (input) => this.#exportView(input),
    } satisfies Partial<Handlers>;
  }

  /** Options with what the user said of tables. */
  #reading(options: OpenOptions): OpenOptions {
    return { ...options, tables: [...(options.tables ?? []), ...this.settings.tables] };
  }

  #loadStarterRules(): string {
    return this.#work.loadRules([this.#starterRoot]);
  }

  get #starterRoot(): SourceRoot {
    return { path: join(this.ports.contentFolder, ...STARTER_RULES), name: 'starter' };
  }

  async #ask(what: OpenKind, folder: boolean): Promise<Result<Grant[]>> {
    const paths = await this.ports.dialogs.openPaths(what, folder);
    return ok(await Promise.all(paths.map((path) => this.#handles.grant(path))));
  }

  async #withRoots<T>(
    handles: readonly string[],
    use: (roots: readonly SourceRoot[]) => Result<T>,
  ): Promise<Result<T>> {
    const roots = this.#resolve(handles);
    return roots.ok ? use(roots.value) : roots;
  }

  /** Paths of handles; those granted from outside are taken up by this. */
  #resolve(handles: readonly string[]): Result<readonly SourceRoot[]> {
    this.#granted = this.#granted.filter(({ handle }) => !handles.includes(handle));
    return this.#handles.resolve(handles);
  }

  async #saveCase(as: boolean): Promise<Result<{ name: string | null }>> {
    const known = as ? undefined : this.#work.path;
    const path = known ?? (await this.ports.dialogs.savePath('case', basename(this.#work.path ?? 'case.rwcase')));
    if (path === undefined) return ok({ name: null });
    const saved = await this.#work.save(path);
    return saved.ok ? ok({ name: basename(path) }) : saved;
  }

  async #saveRule({ text, suggestedName }: CallInput<'rules.save'>): Promise<Result<{ name: string | null }>> {
    const path = await this.ports.dialogs.savePath('rule', suggestedName);
    if (path === undefined) return ok({ name: null });
    const written = await writeAtomically(path, (write) => write(Buffer.from(text)));
    if (!written.ok) return written;
    this.#work.loadRules([{ path, name: basename(path) }]);
    return ok({ name: basename(path) });
  }

  async #exportView(input: CallInput<'view.export'>): Promise<Result<CallOutput<'view.export'>>> {
    const path = await this.ports.dialogs.savePath(input.format, `events.${input.format}`);
    if (path === undefined) return ok({ name: null, events: 0 });
    const written = await this.#work.exportView(input, path);
    return written.ok ? ok({ name: basename(path), events: written.value.events }) : written;
  }
}

function done<T>(value: T): Promise<Result<T>> {
  return Promise.resolve(ok(value));
}

/** For calls that give nothing back. */
function emptied(result: Result<unknown>): Result<Record<string, never>> {
  return result.ok ? ok({}) : result;
}
