import type { CaseSummary, Grant, JobProgress, SourceLine } from '../../shared/ipc/contract.ts';
import type { CsvMapping } from '../../shared/model/csv-mapping.ts';
import type { OpenOptions } from '../../shared/model/open-options.ts';
import type { Api } from '../api/workbench.ts';
import type { MessagesClient } from './messages.ts';
import type { Notices } from './notices.ts';
import type { Opening } from './opening.ts';
import { NO_SELECTION, type UiStore } from './ui-state.ts';

/** Ended jobs kept for display. */
const JOBS_KEPT = 20;

const JOB_WORDS: Readonly<Record<JobProgress['kind'], string>> = {
  ingest: 'Opening logs',
  match: 'Matching rules',
  save: 'Saving the case',
  'open-case': 'Opening the case',
  export: 'Exporting events',
  catalog: 'Reading the catalog',
  messages: 'Importing message data',
};

/** What a kind of job is called while it runs. */
export function jobWords(kind: JobProgress['kind']): string {
  return JOB_WORDS[kind];
}

/** Opens, saves and closes; follows the case's summary and its jobs. */
export class CaseClient {
  readonly #api: Api;
  readonly #store: UiStore;
  readonly #notices: Notices;
  readonly #messages: MessagesClient;

  constructor(api: Api, store: UiStore, notices: Notices, messages: MessagesClient) {
    this.#messages = messages;
    this.#api = api;
    this.#store = store;
    this.#notices = notices;
  }

  /** Follows the streams and asks for the state now; what was named on the command line is opened. */
  async start(): Promise<void> {
    this.#api.on('case.changed', (summary) => this.#takeSummary(summary));
    this.#api.on('job.progress', (job) => this.#takeJob(job));
    this.#api.on('menu.command', ({ command }) => {
      if (command === 'granted.open') void this.#openGranted();
    });
    this.#api.on('engine.died', ({ fault, isReopening }) => {
      const text = isReopening
        ? 'The engine stopped unexpectedly; what was open is being opened again'
        : 'The engine stopped unexpectedly, and again while reopening: close the case and open less of it, by time range or channels';
      this.#notices.add({ tone: 'error', text, fault });
    });
    this.#api.on('theme.changed', ({ dark }) => this.#store.setState({ systemDark: dark }));
    const asked = this.#api.call('case.summary', {});
    const info = await this.#api.call('app.info', {});
    const granted = info.ok ? info.value.granted : [];
    if (info.ok) this.#store.setState({ info: info.value });
    // The start page waits for no engine; it does not flash up before files that are about to open.
    if (granted.length === 0) this.#store.setState({ isReady: true });
    const summary = await asked;
    if (summary.ok) this.#takeSummary(summary.value);
    else this.#notices.fault('The state of the case could not be read', summary.fault);
    this.#store.setState({ isReady: true });
    if (granted.length > 0) await this.#openChosen(granted, false);
  }

  /** Opens what a second start of the program, or the system, handed over meanwhile. */
  async #openGranted(): Promise<void> {
    const info = await this.#api.call('app.info', {});
    if (info.ok && info.value.granted.length > 0) await this.#openChosen(info.value.granted, false);
  }

  /** @param choose shows the sheet of options before the chosen files are opened. */
  async openLogs(folder: boolean, choose = false): Promise<void> {
    const grants = await this.#api.call('dialog.logs', { folder });
    if (!grants.ok) this.#notices.fault('The dialog could not be shown', grants.fault);
    else if (grants.value.length > 0) await this.#openChosen(grants.value, choose);
  }

  /** @param choose as in `openLogs`. */
  async drop(files: readonly File[], choose: boolean): Promise<void> {
    const grants = await this.#api.grantDropped(files);
    if (grants.length > 0) await this.#openChosen(grants, choose);
    else
      this.#notices.add({
        tone: 'warning',
        text: 'Nothing was opened: what was dropped is not a file on this machine',
      });
  }

  async #openChosen(chosen: readonly Grant[], choose: boolean): Promise<void> {
    const grants = await this.#messages.takeFrom(chosen);
    if (grants.length === 0) return;
    if (choose) this.#store.setState({ opening: { kind: 'new', grants }, dialog: 'open-options' });
    else await this.ingest(grants, { ...this.#store.getState().reading });
  }

  /** Opens what the sheet was about, as it says. Recovery and the zone stay chosen. */
  async openWith(opening: Opening, options: OpenOptions): Promise<void> {
    this.#store.setState({
      opening: null,
      reading: { recover: options.recover ?? false, zone: options.zone ?? 'UTC' },
    });
    if (opening.kind === 'new') await this.ingest(opening.grants, options);
    else await this.readAgain(opening.sources, options);
  }

  async ingest(grants: readonly Grant[], options: OpenOptions): Promise<void> {
    const handles = grants.map((grant) => grant.handle);
    const names = grants.length === 1 ? grants[0]?.name : `${grants.length} items`;
    this.#store.setState({ lastOptions: options });
    const started = await this.#api.call('ingest.start', { handles, options });
    if (!started.ok) this.#notices.fault(`Could not open ${names ?? ''}`, started.fault);
  }

  /** Reads files of the case anew, in place of what was read of them before. */
  async readAgain(sources: readonly number[], options: OpenOptions): Promise<void> {
    this.#store.setState(NO_SELECTION);
    const started = await this.#api.call('ingest.again', { sources: [...sources], options });
    if (!started.ok) this.#notices.fault('The files could not be read again', started.fault);
  }

  /** Reads what a reading that was stopped left unread, as it was to be read. */
  async readRest(sources: readonly SourceLine[]): Promise<void> {
    const { lastOptions, reading } = this.#store.getState();
    await this.readAgain(
      sources.map(({ source }) => source),
      lastOptions ?? { ...reading },
    );
  }

  /** Keeps (or with null forgets) what the columns of a table are, and reads files anew by it. */
  async keepTable(header: readonly string[], mapping: CsvMapping | null, sources: readonly number[]): Promise<void> {
    const kept = await this.#api.call('tables.keep', { header: [...header], mapping });
    if (!kept.ok) this.#notices.fault('The columns could not be kept', kept.fault);
    else await this.readAgain(sources, { ...this.#store.getState().reading });
  }

  async openSample(): Promise<void> {
    const started = await this.#api.call('sample.open', {});
    if (!started.ok) this.#notices.fault('The sample incident could not be opened', started.fault);
  }

  async cancel(job: string): Promise<void> {
    const result = await this.#api.call('job.cancel', { job });
    if (!result.ok) this.#notices.fault('Could not cancel', result.fault);
  }

  async loadRules(folder: boolean): Promise<void> {
    const grants = await this.#api.call('dialog.rules', { folder });
    if (!grants.ok) {
      this.#notices.fault('The dialog could not be shown', grants.fault);
      return;
    }
    if (grants.value.length === 0) return;
    const started = await this.#api.call('rules.load', { handles: grants.value.map((grant) => grant.handle) });
    if (!started.ok) this.#notices.fault('The rules could not be loaded', started.fault);
    else this.#store.setState({ activity: 'rules' });
  }

  async loadStarterRules(): Promise<void> {
    const started = await this.#api.call('rules.loadStarter', {});
    if (!started.ok) this.#notices.fault('The starter rules could not be loaded', started.fault);
  }

  /** Gives whether the case is saved now. */
  async save(as: boolean): Promise<boolean> {
    const saved = await this.#api.call('case.save', { as });
    if (!saved.ok) {
      this.#notices.fault('The case was not saved; it stays open as it is', saved.fault, {
        label: 'Save as',
        command: 'case.saveAs',
      });
      return false;
    }
    return saved.value.name !== null;
  }

  async open(): Promise<void> {
    if (!(await this.#mayLeave())) return;
    const grants = await this.#api.call('dialog.openCase', {});
    if (!grants.ok) {
      this.#notices.fault('The dialog could not be shown', grants.fault);
      return;
    }
    const grant = grants.value[0];
    if (grant) await this.#openGrant(grant);
  }

  async openRecent(grant: Grant): Promise<void> {
    if (await this.#mayLeave()) await this.#openGrant(grant);
  }

  async close(): Promise<void> {
    if (!(await this.#mayLeave())) return;
    const closed = await this.#api.call('case.close', {});
    if (!closed.ok) this.#notices.fault('The case could not be closed', closed.fault);
    else this.#store.setState(NO_SELECTION);
  }

  /** Asks a question and waits for the answer: the id of a choice, or null. */
  ask(title: string, text: string, choices: readonly { id: string; label: string; primary?: boolean }[]) {
    return new Promise<string | null>((resolve) => {
      this.#store.setState({
        question: {
          title,
          text,
          choices,
          answer: (choice) => {
            this.#store.setState({ question: null });
            resolve(choice);
          },
        },
      });
    });
  }

  async #mayLeave(): Promise<boolean> {
    const summary = this.#store.getState().summary;
    if (!summary?.unsaved || summary.events + summary.recovered === 0) return true;
    const choice = await this.ask(
      'Save this case?',
      'Its index of events is not saved. The log files themselves are untouched.',
      [
        { id: 'save', label: 'Save case', primary: true },
        { id: 'discard', label: 'Discard' },
      ],
    );
    if (choice === 'save') return this.save(false);
    return choice === 'discard';
  }

  async #openGrant(grant: Grant): Promise<void> {
    const started = await this.#api.call('case.open', { handle: grant.handle });
    if (!started.ok) this.#notices.fault(`Could not open ${grant.name}`, started.fault);
    else this.#store.setState(NO_SELECTION);
  }

  #takeSummary(summary: CaseSummary): void {
    const before = this.#store.getState();
    const jobs = summary.jobs.reduce(withJob, before.jobs);
    this.#store.setState({ summary, jobs });
    this.#tellCapacity(before.summary?.capacity.state ?? 'ok', summary.capacity);
  }

  /** Says, once, that the case is nearly full, while there is still time to open less of the logs; and when it is. */
  #tellCapacity(before: CaseSummary['capacity']['state'], { state, message }: CaseSummary['capacity']): void {
    if (state === 'ok' || state === before) return;
    const rest =
      state === 'near'
        ? 'Consider a new case with only a time range, or only some channels'
        : 'What was read stays usable; open the rest in another case, by time range or by channels';
    this.#notices.add({
      tone: 'warning',
      text: `${message}. ${rest}`,
      action: { label: 'Open logs with options', command: 'logs.openWith' },
    });
  }

  #takeJob(job: JobProgress): void {
    const known = this.#store.getState().jobs.find((j) => j.job === job.job);
    this.#store.setState((state) => ({ jobs: withJob(state.jobs, job) }));
    if (job.state === 'failed' && known?.state !== 'failed' && job.fault) {
      this.#notices.fault(`${jobWords(job.kind)} failed; what was read before is kept`, job.fault);
    }
    if (job.state === 'cancelled' && known?.state !== 'cancelled' && job.kind === 'ingest') {
      this.#notices.add({
        tone: 'info',
        text: `Cancelled after ${job.filesDone} of ${job.filesTotal} files; the events read until then are kept`,
        action: { label: 'Show sources', command: 'show.sources' },
      });
    }
  }
}

/** Puts a job's news in its place. A job that has ended does not run again, whatever arrives late. */
function withJob(jobs: readonly JobProgress[], job: JobProgress): readonly JobProgress[] {
  const known = jobs.find((j) => j.job === job.job);
  if (!known) return [...jobs, job].slice(-JOBS_KEPT);
  if (known.state !== 'running' && job.state === 'running') return jobs;
  return jobs.map((j) => (j.job === job.job ? job : j));
}
