import { fail, type Fault, type Result } from '../../shared/model/fault.ts';
import type { JobProgress } from '../../shared/ipc/contract.ts';

/** Least time between two progress messages of a job. */
const PROGRESS_MS = 100;

type Update = Partial<Omit<JobProgress, 'job' | 'kind' | 'state' | 'fault' | 'eventsPerSecond'>>;

/** What a job's work sees of the job. */
export interface JobHandle {
  readonly signal: AbortSignal;
  readonly update: (progress: Update) => void;
}

/** What a job's work gives: a fault that did not keep it from being done is shown beside it. */
export type JobOutcome = Result<{ readonly isPartial?: boolean; readonly fault?: Fault }>;

interface Job {
  readonly lane: string;
  readonly progress: JobProgress;
  readonly abort: AbortController;
  readonly done: Promise<JobProgress>;
  startedAt: number;
  sentAt: number;
}

/**
 * Long work with progress and cancel. Jobs of one lane run one after another, in the order they were started; each
 * tells its progress at most ten times a second and its final state exactly once.
 */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #lanes = new Map<string, Promise<unknown>>();
  #next = 1;

  constructor(
    private readonly emit: (progress: JobProgress) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Starts a job, or queues it behind those of its lane. Gives its id at once. */
  start(kind: JobProgress['kind'], lane: string, work: (job: JobHandle) => Promise<JobOutcome>): string {
    const id = `job-${this.#next++}`;
    const progress: JobProgress = {
      job: id,
      kind,
      state: 'running',
      filesDone: 0,
      filesTotal: 0,
      bytesDone: 0,
      bytesTotal: 0,
      events: 0,
      eventsPerSecond: 0,
      current: '',
    };
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    const done = before.then(() => this.#run(job, work));
    const job: Job = { lane, progress, abort: new AbortController(), done, startedAt: this.now(), sentAt: -Infinity };
    this.#jobs.set(id, job);
    this.#lanes.set(lane, done);
    this.#send(job);
    return id;
  }

  /** Asks a job to end; false where there is none of that id any more. */
  cancel(id: string): boolean {
    const job = this.#jobs.get(id);
    job?.abort.abort();
    return job !== undefined;
  }

  cancelAll(): void {
    for (const job of this.#jobs.values()) job.abort.abort();
  }

  cancelLane(lane: string): void {
    for (const job of this.#jobs.values()) if (job.lane === lane) job.abort.abort();
  }

  /** Resolves when what was started in a lane so far is over. */
  async laneIdle(lane: string): Promise<void> {
    await this.#lanes.get(lane);
  }

  /** Resolves with the job's final state; undefined where it is over or never was. */
  finished(id: string): Promise<JobProgress> | undefined {
    return this.#jobs.get(id)?.done;
  }

  /** Resolves when nothing runs or waits any more. */
  async idle(): Promise<void> {
    while (this.#jobs.size > 0) await Promise.all([...this.#jobs.values()].map((job) => job.done));
  }

  /** Jobs that run or wait, oldest first. */
  list(): JobProgress[] {
    return [...this.#jobs.values()].map((job) => ({ ...job.progress }));
  }

  async #run(job: Job, work: (handle: JobHandle) => Promise<JobOutcome>): Promise<JobProgress> {
    const { signal } = job.abort;
    job.startedAt = this.now();
    const outcome = signal.aborted
      ? fail({ code: 'cancelled', message: 'Cancelled' })
      : await work({
          signal,
          update: (update) => {
            this.#update(job, update);
          },
        }).catch((error: unknown): JobOutcome => {
          return fail({ code: 'internal', message: 'Something went wrong inside the program', detail: String(error) });
        });
    const fault = outcome.ok ? outcome.value.fault : outcome.fault;
    const isCancelled = outcome.ok ? outcome.value.isPartial === true : outcome.fault.code === 'cancelled';
    job.progress.state = isCancelled ? 'cancelled' : outcome.ok ? 'done' : 'failed';
    if (fault) job.progress.fault = { ...fault };
    this.#jobs.delete(job.progress.job);
    this.#send(job);
    return { ...job.progress };
  }

  #update(job: Job, update: Update): void {
    Object.assign(job.progress, update);
    const seconds = (this.now() - job.startedAt) / 1000;
    job.progress.eventsPerSecond = seconds > 0 ? job.progress.events / seconds : 0;
    if (this.now() - job.sentAt >= PROGRESS_MS) this.#send(job);
  }

  #send(job: Job): void {
    job.sentAt = this.now();
    this.emit({ ...job.progress });
  }
}
