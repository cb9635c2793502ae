import type { EventTable } from '../../columns/event-table.ts';
import type { CaseContents, StoredHits } from '../../store/case-contents.ts';
import type { CaseFiles } from '../../store/case-files.ts';
import type { CaseIndex } from '../../store/case-index.ts';
import { EVENTS_VIEW_COLUMNS, HITS_VIEW_COLUMNS, shapeViewColumns } from '../../store/schema.ts';
import { viewNames } from '../../store/view-names.ts';
import type { CallInput, CallOutput } from '../../../shared/ipc/contract.ts';
import { fail, ok, type Result } from '../../../shared/model/fault.ts';
import { Pace } from '../pace.ts';

/** What the case is at one revision. */
export interface CaseNow {
  readonly revision: number;
  readonly contents: CaseContents;
  readonly hits: readonly StoredHits[];
}

/** The analyst's own questions. The index is built at the first one, and anew where the case has changed since. */
export class CaseSql {
  #index: CaseIndex | undefined;
  #revision = -1;
  /** Number of the newest question. */
  #newest = 0;
  /** Settles when the question before has ended: one at a time uses the index. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly files: CaseFiles) {}

  /** A newer question ends an older one, with `cancelled`. */
  run(question: CallInput<'sql.run'>, now: () => CaseNow): Promise<Result<CallOutput<'sql.run'>>> {
    const number = ++this.#newest;
    const answer = this.#last.then(() => this.#answer(question, now, number));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  /** Lets go of the index, once no question uses it. */
  close(): void {
    this.#newest++;
    this.#last = this.#last.then(() => this.#drop());
  }

  async #answer(
    question: CallInput<'sql.run'>,
    now: () => CaseNow,
    number: number,
  ): Promise<Result<CallOutput<'sql.run'>>> {
    const pace = new Pace(() => number !== this.#newest);
    if (pace.isCancelled) return fail({ code: 'cancelled', message: 'A newer query took its place' });
    const rest = (): Promise<boolean> => (pace.isDue ? pace.rest() : Promise.resolve(!pace.isCancelled));
    const start = performance.now();
    const { revision, contents, hits } = now();
    let indexMs = 0;
    if (!this.#index || this.#revision !== revision) {
      this.#drop();
      const built = await this.files.index(contents, hits, rest);
      if (!built.ok) return built;
      this.#index = built.value;
      this.#revision = revision;
      indexMs = performance.now() - start;
    }
    const answer = await this.#index.query(question, rest);
    if (!answer.ok) return answer;
    const { columns, rows, truncated, elapsedMs } = answer.value;
    return ok({ columns: [...columns], rows: rows.map((row) => [...row]), truncated, elapsedMs, indexMs });
  }

  #drop(): void {
    this.#index?.close();
    this.#index = undefined;
  }
}

/** The views that a question can be put to, as they are now. @param hits of enabled rules. */
export function sqlViews({ count, shapes }: EventTable, hits: number): CallOutput<'sql.schema'> {
  const names = viewNames(shapes);
  const ofShapes = shapes.map((shape, i) => ({
    name: names[i] as string,
    columns: shapeViewColumns(shape),
    rows: shape.count,
  }));
  return [
    { name: 'events', columns: [...EVENTS_VIEW_COLUMNS], rows: count },
    { name: 'hits', columns: [...HITS_VIEW_COLUMNS], rows: hits },
    ...ofShapes.filter(({ rows }) => rows > 0).sort((a, b) => b.rows - a.rows),
  ];
}
