import type { CaseKind } from '../../shared/catalog/coverage/case.ts';
import { EventTable, type ShapeTable } from '../columns/event-table.ts';
import { ok, type Result } from '../../shared/model/fault.ts';
import { positionAt } from '../../shared/model/span.ts';
import type { Diagnostic, Rule, RuleText } from '../../shared/model/rule.ts';
import type { EventBatch } from '../columns/batch.ts';
import type { RuleFile, SourceStart } from '../engine/api.ts';
import { Pace } from '../engine/pace.ts';
import type { CorrelationHit, CreateMatching, MatchedField, RulePlan } from '../match/api.ts';
import type { BatchTarget } from '../worker/ingest/batch-receiver.ts';
import { RELATED_LIMIT, type RelatedEvent, type RuleNotRun, type ScanHit, type ScanRules } from './api.ts';
import { hitEvent, KeptEvents } from './kept-events.ts';

/** Bytes of distinct values after which table and matcher start anew: bounds the memory of a run without end. */
const DICTIONARY_LIMIT = 8 << 20;

/** Hits of correlations that are given away together. */
const HITS_AT_ONCE = 1000;

interface ScanOptions {
  readonly files: readonly RuleFile[];
  readonly readRules: (text: string, fileName: string) => RuleText;
  readonly createMatching: CreateMatching;
  /** Holds the mappings, see `rules/`. */
  readonly contentFolder: string;
  /** Takes the hits of each batch, in the order of events and rules; the next batch waits for it. */
  readonly onHits: (hits: readonly ScanHit[]) => Promise<void>;
}

/**
 * Matches batches as they come and keeps nothing but the dictionary, and what correlations count: for a run over any
 * amount of logs. `append` gives each batch's hits away and forgets its events; `finish` gives those of correlations.
 */
export class Scanner implements BatchTarget {
  readonly #rules: Rule[] = [];
  readonly #files: RuleFile[] = [];
  readonly #names: string[] = [];
  readonly #kept = new KeptEvents();
  readonly #kinds = new Map<string, { readonly kind: Omit<CaseKind, 'events'>; events: number }>();
  #table = new EventTable();
  #plan: RulePlan;
  /** Events of the batches before. */
  #seen = 0;
  hits = 0;
  readonly rules: ScanRules;

  /** Reads and compiles the rules, which takes seconds for thousands; undefined where it was cancelled. */
  static async create(options: ScanOptions, signal: AbortSignal): Promise<Scanner | undefined> {
    const pace = new Pace(() => signal.aborted);
    const texts: RuleText[] = [];
    for (const file of options.files) {
      texts.push(options.readRules(file.text, file.name));
      if (pace.isDue && !(await pace.rest())) return undefined;
    }
    return new Scanner(options, texts);
  }

  private constructor(
    private readonly options: ScanOptions,
    texts: readonly RuleText[],
  ) {
    const notRun: RuleNotRun[] = [];
    options.files.forEach((file, i) => {
      const { rules, diagnostics } = texts[i] as RuleText;
      for (const rule of rules) {
        this.#rules.push(rule);
        this.#files.push(file);
      }
      // Faults outside every rule: the file gave fewer rules than it has, or none.
      const error = diagnostics.find((diagnostic) => diagnostic.severity === 'error');
      if (error) notRun.push(notRunOf('', file.name, file, error));
    });
    this.#plan = this.#compile();
    for (const [index, diagnostics] of this.#plan.notRun) {
      const file = this.#files[index] as RuleFile;
      const first = diagnostics.find((diagnostic) => diagnostic.severity === 'error') ?? diagnostics[0];
      const { id, title } = this.#rules[index] as Rule;
      if (first) notRun.push(notRunOf(id, title, file, first));
    }
    const run = this.#rules.length - this.#plan.notRun.size;
    this.rules = { files: options.files.length, run, notRun };
  }

  nextSource(): number {
    return this.#names.length;
  }

  startSource(start: SourceStart): void {
    this.#names.push(start.name);
  }

  endSource(): void {
    // The receiver has the reports.
  }

  async append(batch: EventBatch): Promise<Result<null>> {
    // The decoder's numbering starts anew: the one moment at which the table may be replaced.
    if (batch.restart && this.#table.isCrowded(DICTIONARY_LIMIT)) {
      this.#table = new EventTable();
      this.#plan = this.#compile(this.#plan);
    }
    const { ranges, count } = this.#table.append(batch);
    const found: [event: number, rule: number][] = [];
    for (const { shape, fromRow, toRow } of ranges) {
      const rows = this.#table.shapes[shape];
      if (!rows) continue;
      this.#countKind(rows, toRow - fromRow);
      this.#plan.run(
        rows,
        fromRow,
        toRow,
        (rule, event) => found.push([event, rule]),
        (event) => this.#kept.keep(this.#table, event, this.#seen + event),
      );
    }
    found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const hits = found.map(([event, rule]) => this.#hit(event, rule));
    this.#table.clearEvents();
    this.#plan.advance(count);
    this.#seen += count;
    this.hits += hits.length;
    if (hits.length > 0) await this.options.onHits(hits);
    return ok(null);
  }

  /** The kinds of events that there were. */
  get kinds(): readonly CaseKind[] {
    return [...this.#kinds.values()].map(({ kind, events }) => ({ ...kind, events }));
  }

  #countKind({ channel, provider, eventId }: ShapeTable, events: number): void {
    const kind = { channel, provider: channel === '' ? provider : '', eventId: eventId ?? null };
    const key = JSON.stringify(kind);
    const known = this.#kinds.get(key);
    if (known) known.events += events;
    else this.#kinds.set(key, { kind, events });
  }

  /** Gives away the hits of correlations, when all events have been seen. Says what they had to leave out. */
  async finish(): Promise<string[]> {
    const found = this.#plan.correlate().sort((a, b) => a.timeUs - b.timeUs || a.event - b.event || a.rule - b.rule);
    this.hits += found.length;
    for (let at = 0; at < found.length; at += HITS_AT_ONCE) {
      const hits = found.slice(at, at + HITS_AT_ONCE).map((hit) => {
        const { id: ruleId, title, level } = this.#rules[hit.rule] as Rule;
        const of = this.#kept.read(hit.event, this.#names);
        return { ruleId, title, level, ...of, fields: hit.fields, related: this.#related(hit) };
      });
      await this.options.onHits(hits);
    }
    return this.#plan.correlationNotes().map(({ rule, diagnostic }) => {
      const file = this.#files[rule] as RuleFile;
      const { line, column } = positionAt(file.text, diagnostic.span.start);
      return `${file.name}:${line}:${column}: ${diagnostic.message}`;
    });
  }

  #related(hit: CorrelationHit): RelatedEvent[] {
    return hit
      .related()
      .slice(0, RELATED_LIMIT)
      .map((event) => {
        const { file, recordId, time } = this.#kept.read(event, this.#names);
        return { file, recordId, time };
      });
  }

  /** @param continues the plan before, where its table is replaced. */
  #compile(continues?: RulePlan): RulePlan {
    const matching = this.options.createMatching(this.#table, this.options.contentFolder);
    return matching.compile(this.#rules, continues ? { continues } : {});
  }

  #hit(event: number, index: number): ScanHit {
    const { id: ruleId, title, level } = this.#rules[index] as Rule;
    const fields = matchedFields(this.#plan.explain(index, event));
    return { ruleId, title, level, ...hitEvent(this.#table, event, this.#names), fields };
  }
}

function matchedFields(matched: readonly MatchedField[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const { field, value } of matched) {
    const known = fields[field];
    if (known === undefined) fields[field] = value;
    else if (typeof known === 'string') {
      if (known !== value) fields[field] = [known, value];
    } else if (!known.includes(value)) known.push(value);
  }
  return fields;
}

function notRunOf(ruleId: string, title: string, file: RuleFile, diagnostic: Diagnostic): RuleNotRun {
  const { code, message, span } = diagnostic;
  return { ruleId, title, file: file.name, ...positionAt(file.text, span.start), code, message };
}
