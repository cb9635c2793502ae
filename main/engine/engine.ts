/* eslint-disable max-lines -- one method for each call of the engine; what a call does is told in the part that it names */
import { basename } from 'node:path';
import type { EventBatch, Head } from '../columns/batch.ts';
import { eventValues } from '../columns/event-data.ts';
import type { ShapeTable } from '../columns/event-table.ts';
import { withoutSources } from '../columns/without-sources.ts';
import type { CreateMatching } from '../match/api.ts';
import type { CaseContents, StoredHits } from '../store/case-contents.ts';
import { RuleLinks } from '../match/linking/rule-links.ts';
import type { CaseFiles } from '../store/case-files.ts';
import type { CallInput, CallOutput, CaseSummary, SourceLine } from '../../shared/ipc/contract.ts';
import type { FieldAliases } from '../../shared/catalog/field-aliases.ts';
import { fail, ok, type Result, lossCount } from '../../shared/model/fault.ts';
import type { Rule } from '../../shared/model/rule.ts';
import { LEVELS } from '../../shared/model/severity.ts';
import type {
  EngineApi,
  LoadedRules,
  PlacedTags,
  RuleFile,
  SourceEnd,
  SourcePlace,
  SourceStart,
  SqlImage,
} from './api.ts';
import { CaseEvents } from './case-events.ts';
import { countTests, eventKinds } from './views/case-counts.ts';
import { eventDetail, type ReadRaw } from './views/detail.ts';
import { EventTags, type PlacedTag } from './event-tags.ts';
import { Draft } from './rules/draft.ts';
import { nearMisses } from './rules/near-misses.ts';
import type { EventTitles } from './views/event-titles.ts';
import { exportView } from './views/export/export-view.ts';
import { histogram } from './views/counting/histogram.ts';
import { fieldValues } from './views/counting/value-counts.ts';
import { viewFields } from './views/counting/view-fields.ts';
import { HitMarks } from './rules/hits.ts';
import { OpenCase, restoredEvents } from './open-case.ts';
import { Pace } from './pace.ts';
import { sqlViews } from './views/case-sql.ts';
import { reachable } from './views/reachable.ts';
import { eventRows, type RowSource } from './views/rows.ts';
import { ruleLines } from './rules/rule-lines.ts';
import { joinRules, testAnew } from './rules/join-rules.ts';
import type { RuleReader } from './rules/rule-reader.ts';
import { RuleSet, storedRules, type LoadedRule } from './rules/rule-set.ts';
import { locate, nextHit, Views, type View } from './views/views.ts';

/** Times the last working out of correlations took, that must have passed before the next. */
const CORRELATE_PAUSE = 10;

/** What the engine is made of. */
export interface EngineParts {
  readonly contentFolder: string;
  readonly titles: EventTitles;
  readonly aliases: FieldAliases;
  readonly files: CaseFiles;
  readonly createMatching: CreateMatching;
  readonly ruleReader: RuleReader;
  readonly readRaw: ReadRaw;
}

/**
 * The case and the rules, on one thread. The parts know nothing of each other; what happens in which order is said
 * here: a batch is added and tested, then counted; a rule set is tested, then joins.
 */
export class Engine implements EngineApi {
  #case: OpenCase;
  #revision = 1;
  #nextSource = 0;
  readonly #rules = new RuleSet();
  readonly #marks = new HitMarks();
  readonly #draft = new Draft();
  /** Counts askings for near misses, and newer drafts: a count that sees another number than its own stops. */
  #nearCount = 0;
  readonly #views = new Views();
  readonly #source: RowSource;
  /** When correlations were last worked out, and how long that took, in milliseconds. */
  #correlated = { endedAt: -Infinity, took: 0 };

  constructor(private readonly parts: EngineParts) {
    this.#case = this.#emptyCase();
    this.#source = this.#rowSource();
  }

  nextSource(): number {
    return this.#nextSource++;
  }

  startSource(start: SourceStart): void {
    this.#nextSource = Math.max(this.#nextSource, start.source + 1);
    this.#case.events.start(start);
    this.#case.opened.add(start.path);
    this.#case.tags.begun(start);
    this.#changed();
  }

  append(batch: EventBatch): Result<{ events: number; hits: number }> {
    const { events } = this.#case;
    const found: { rule: LoadedRule; event: number }[] = [];
    const appended = this.#case.append(
      batch,
      (table) => this.parts.files.room(table),
      ({ ranges }) => {
        for (const { shape, fromRow, toRow } of ranges) {
          this.#rules.run(events.table.shapes[shape] as ShapeTable, fromRow, toRow, (rule, event) =>
            found.push({ rule, event }),
          );
        }
      },
    );
    if (!appended.ok) return appended;
    this.#marks.reserve(events.table.count);
    let hits = 0;
    for (const { rule, event } of found) {
      rule.hits.add(event);
      if (!rule.enabled) continue;
      this.#mark(rule, event);
      hits++;
    }
    this.#draft.extend(events.table, appended.value.ranges);
    this.#changed();
    return ok({ events: appended.value.count, hits });
  }

  endSource(source: number, end: SourceEnd): void {
    this.#case.events.end(source, end);
    this.#changed();
    // Working them out costs time in what was collected, not in what is new: with many files not after each.
    const { endedAt, took } = this.#correlated;
    if (performance.now() - endedAt > took * CORRELATE_PAUSE) this.correlate();
  }

  leaveUnread(start: SourceStart): void {
    this.#nextSource = Math.max(this.#nextSource, start.source + 1);
    this.#case.events.leaveUnread(start);
    this.#changed();
  }

  places(sources: readonly number[]): SourcePlace[] {
    const { events } = this.#case;
    return sources.flatMap((number) => {
      const line = events.sources[number];
      return line ? [{ source: line.source, name: line.name, path: line.path, bytes: line.bytes }] : [];
    });
  }

  async dropSources(
    sources: readonly number[],
    onProgress: (done: number, total: number) => void,
  ): Promise<Result<null>> {
    const { events, name, file, opened } = this.#case;
    const dropped = new Set(sources);
    const tags = this.#case.tags.without(events.table, dropped);
    const table = withoutSources(events.table, dropped);
    const left = events.lines().filter(({ source }) => !dropped.has(source));
    const next = this.#makeCase(restoredEvents(this.parts.aliases, table, left));
    const nextSource = this.#nextSource;
    this.#replaceCase(next);
    this.#nextSource = nextSource;
    Object.assign(next, { name, file, tags });
    for (const path of opened) next.opened.add(path);
    const pace = new Pace(() => this.#case !== next);
    const { matching } = next;
    const tested = await testAnew(this.#rules, { matching, table }, pace, (rows) => onProgress(rows, table.count));
    if (!tested) return fail({ code: 'cancelled', message: 'The case was closed meanwhile' });
    // Also marks the case as changed.
    this.#remark();
    return ok(null);
  }

  correlate(): void {
    const start = performance.now();
    if (this.#rules.correlate()) this.#remark();
    this.#draft.correlate();
    const endedAt = performance.now();
    this.#correlated = { endedAt, took: endedAt - start };
  }

  sources(): SourceLine[] {
    return this.#case.events.lines().map(({ path: _, ...line }) => ({ ...line, faults: [...line.faults] }));
  }

  summary(): CaseSummary {
    const { events, name, unsaved } = this.#case;
    const marks = this.#marks;
    return {
      revision: this.#revision,
      name,
      // A case without events is nothing to lose, whatever rules were loaded.
      unsaved: unsaved && events.table.count > 0,
      events: events.table.count - events.recovered,
      recovered: events.recovered,
      damaged: events.damaged(),
      leftOut: events.leftOut(),
      capacity: this.parts.files.capacity(events.table),
      sources: events.lines().length,
      sourcesWithFaults: events.lines().filter((source) => lossCount(source) > 0 && source.state !== 'skipped').length,
      hosts: events.hosts(),
      channels: events.channels(),
      firstUs: events.firstUs,
      lastUs: events.lastUs,
      ...this.#rules.counts(),
      hitEvents: marks.events,
      hitsByLevel: Object.fromEntries(
        LEVELS.map((level, i) => [level, marks.byLevel[i]]),
      ) as CaseSummary['hitsByLevel'],
      tagged: this.#case.tags.count,
      jobs: [],
    };
  }

  async saveCase(path: string): Promise<Result<{ bytes: number }>> {
    const saved = this.#case;
    const { revision, contents, hits } = this.#now();
    const pace = new Pace(() => false);
    const written = await this.parts.files.write(path, contents, hits, async () => {
      if (pace.isDue) await pace.rest();
    });
    if (!written.ok) return written;
    saved.name = basename(path);
    saved.file = path;
    // Events may have come while the file was written.
    if (this.#case === saved && this.#revision === revision) saved.unsaved = false;
    this.#revision++;
    return written;
  }

  async openCase(
    path: string,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<Result<{ events: number }>> {
    const pace = new Pace(() => signal.aborted);
    const read = await this.parts.files.read(path, async (done, total) => {
      onProgress(done, total);
      return pace.rest();
    });
    if (!read.ok) return read;
    const { table, sources, ruleFiles, rules, tags } = read.value;
    this.#replaceCase(this.#makeCase(restoredEvents(this.parts.aliases, table, sources)));
    this.#nextSource = sources.reduce((next, { source }) => Math.max(next, source + 1), 0);
    this.#case.name = basename(path);
    this.#case.file = path;
    this.#case.tags = EventTags.restored(tags);
    // Rules are read and run again: what their hits are is never taken from a file.
    this.#rules.remove(this.#rules.rules().map(({ key }) => key));
    this.#remark();
    const loaded = await this.loadRules(ruleFiles, signal, onProgress);
    if (!loaded.ok) return loaded;
    const disabled = new Set(
      rules.filter((rule) => !rule.enabled).map(({ file, id }) => `${ruleFiles[file]?.path} ${id}`),
    );
    this['rules.enable']({
      rules: this.#rules
        .rules()
        .filter(({ file, rule }) => disabled.has(`${file.path} ${rule.id}`))
        .map(({ key }) => key),
      enabled: false,
    });
    this.#case.unsaved = false;
    return ok({ events: table.count });
  }

  closeCase(): void {
    this.#replaceCase(this.#emptyCase());
    this.#rules.compileAnew(this.#case.matching);
  }

  async loadRules(
    files: readonly RuleFile[],
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<Result<LoadedRules>> {
    const current = this.#case;
    const { table } = current.events;
    const pace = new Pace(() => signal.aborted || this.#case !== current);
    const report = (done: number): void => onProgress(done, files.length + table.count);
    const cancelled = fail({ code: 'cancelled', message: 'Loading the rules was cancelled; the rules before it stay' });
    const { ruleReader } = this.parts;
    const taken = ruleReader.take(files);
    const paths = new Set(taken.map(({ path }) => path));
    const others = [...new Set(this.#rules.rules().map(({ file }) => file))].filter(({ path }) => !paths.has(path));
    const { contextOf } = ruleReader;
    const wanted = [...this.#rules.changed(taken, contextOf), ...ruleReader.outdated(others)];
    const { read, keep } = await ruleReader.reading(wanted.length);
    const loaded = await this.#rules.read(wanted, { read, contextOf }, pace, report);
    if (!loaded) return cancelled;
    const { matching } = current;
    const joined = await joinRules(this.#rules, loaded, new Set(), { matching, table }, pace, (rows) =>
      report(files.length + rows),
    );
    if (!joined) return cancelled;
    this.#remark();
    const kept = await keep();
    const rules = this.#rules.rules().filter(({ file }) => paths.has(file.path)).length;
    return ok({ rules, ...(kept.ok ? {} : { notKept: kept.fault }) });
  }

  async exportView(
    input: { view: string; format: 'csv' | 'jsonl'; columns: readonly string[] },
    path: string,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<Result<{ events: number }>> {
    const view = this.#views.get(input.view);
    if (!view.ok) return view;
    const pace = new Pace(() => signal.aborted);
    return exportView(view.value, { ...input, path }, this.#source, pace, onProgress);
  }

  async 'draft.run'(
    { text, version, name }: CallInput<'draft.run'>,
    onPartial?: (result: CallOutput<'draft.run'>) => void,
  ): Promise<Result<CallOutput<'draft.run'>>> {
    // Near misses are of the text before.
    this.#nearCount++;
    const { matching, events } = this.#case;
    const rules = this.#rules.rules();
    const loaded = rules.map(({ rule }) => rule);
    const targetsOf = (filter: Rule): Int32Array[] | undefined => {
      if (loaded.some(({ id }) => id === filter.id)) return undefined;
      const links = new RuleLinks([filter]);
      return rules.flatMap(({ rule, hits }) => (links.filtersOf(rule).length > 0 ? [hits.events()] : []));
    };
    const read = (text: string) => this.parts.ruleReader.read(text, name ?? 'draft');
    const context = { read, matching, table: events.table, loaded, targetsOf };
    return this.#draft.run(text, version, onPartial ? { ...context, onPartial } : context);
  }

  'draft.near'({ text, name }: CallInput<'draft.near'>): Promise<Result<CallOutput<'draft.near'>>> {
    const { matching, events } = this.#case;
    const read = (written: string) => this.parts.ruleReader.read(written, name ?? 'draft');
    const count = ++this.#nearCount;
    return nearMisses(text, { read, matching, table: events.table }, () => this.#nearCount !== count);
  }

  'draft.clear'(): Result<CallOutput<'draft.clear'>> {
    this.#draft.clear();
    return ok({});
  }

  'view.open'(input: CallInput<'view.open'>): Promise<Result<CallOutput<'view.open'>>> {
    return this.#views.open(input, () => this.#source);
  }

  'view.rows'({ view, from, count, columns }: CallInput<'view.rows'>): Result<CallOutput<'view.rows'>> {
    return this.#inView(view, ({ events }) => eventRows(events.subarray(from, from + count), columns, this.#source));
  }

  'view.locate'({ view, target }: CallInput<'view.locate'>): Result<CallOutput<'view.locate'>> {
    return this.#inView(view, (open) => locate(open, target, this.#case.events));
  }

  'view.nextHit'({ view, ...wanted }: CallInput<'view.nextHit'>): Result<CallOutput<'view.nextHit'>> {
    return this.#inView(view, (open) => nextHit(open, wanted, this.#source));
  }

  'view.histogram'(input: CallInput<'view.histogram'>): Promise<Result<CallOutput<'view.histogram'>>> {
    return this.#countIn(input.view, (open, pace) => histogram(open, input, { ...this.#source }, pace));
  }

  'view.values'(input: CallInput<'view.values'>): Promise<Result<CallOutput<'view.values'>>> {
    return this.#countIn(input.view, (open, pace) => fieldValues(open, input, this.#case.events, pace));
  }

  'view.fields'({ view }: CallInput<'view.fields'>): Promise<Result<CallOutput<'view.fields'>>> {
    return this.#countIn(view, (open, pace) => viewFields(open, this.#case.events, pace));
  }

  eventValues(event: number): Result<{ head: Head; values: readonly { field: string; value: string }[] }> {
    const { table } = this.#case.events;
    if (event < 0 || event >= table.count) return fail({ code: 'not-found', message: 'There is no such event' });
    return ok({ head: table.headOf(event), values: eventValues(table, event) });
  }

  'event.get'({ event }: CallInput<'event.get'>): Promise<Result<CallOutput<'event.get'>>> {
    return eventDetail(event, this.#source, this.#draft, reachable(this.parts.readRaw, this.#case));
  }

  'event.tag'({ event, ...change }: CallInput<'event.tag'>): Result<CallOutput<'event.tag'>> {
    const { events, tags } = this.#case;
    if (event < 0 || event >= events.table.count) return fail({ code: 'not-found', message: 'There is no such event' });
    const { tag = tags.of(event).tag, note = tags.of(event).note } = change;
    tags.set(event, { tag, note });
    this.#case.unsaved = true;
    this.#changed();
    return ok({});
  }

  placedTags(): PlacedTags {
    const { events, tags } = this.#case;
    const paths = events.lines().map(({ path }) => path);
    return { paths, tags: tags.placed(events.table, (source) => events.sources[source]?.path) };
  }

  keepTags(kept: readonly PlacedTag[]): void {
    const { events, tags } = this.#case;
    const { count } = tags;
    tags.keep(kept, events.lines(), events.table);
    if (tags.count === count) return;
    this.#case.unsaved = true;
    this.#changed();
  }

  'case.count'(input: CallInput<'case.count'>): Promise<Result<CallOutput<'case.count'>>> {
    return countTests(input, () => this.#source);
  }

  'case.kinds'(): Result<CallOutput<'case.kinds'>> {
    return ok(eventKinds(this.#case.events));
  }

  async sqlImage(known: number | null, signal: AbortSignal): Promise<Result<SqlImage>> {
    const { revision, contents, hits } = this.#now();
    if (revision === known) return ok({ revision, image: undefined });
    const pace = new Pace(() => signal.aborted);
    const image = await this.parts.files.image(contents, hits, () =>
      pace.isDue ? pace.rest() : Promise.resolve(!pace.isCancelled),
    );
    return image.ok ? ok({ revision, image: image.value }) : image;
  }

  'sql.schema'(): Result<CallOutput<'sql.schema'>> {
    const enabled = this.#rules.rules().filter((rule) => rule.enabled);
    return ok(
      sqlViews(
        this.#case.events.table,
        enabled.reduce((sum, { hits }) => sum + hits.events().length, 0),
      ),
    );
  }

  'rules.list'(): Result<CallOutput<'rules.list'>> {
    return ok(ruleLines(this.#rules, this.#case.events.table));
  }

  'rules.text'({ rule }: CallInput<'rules.text'>): Result<CallOutput<'rules.text'>> {
    const loaded = this.#rules.get(rule);
    if (!loaded) return fail({ code: 'not-found', message: 'This rule is no longer loaded' });
    return ok({ text: loaded.file.text, file: loaded.file.name, span: { ...loaded.rule.span } });
  }

  /** Unknown keys are passed over: the rule may have been unloaded meanwhile. */
  'rules.enable'({ rules, enabled }: CallInput<'rules.enable'>): Result<CallOutput<'rules.enable'>> {
    const changed = rules.flatMap((key) => this.#rules.get(key) ?? []).filter((rule) => rule.enabled !== enabled);
    for (const rule of changed) rule.enabled = enabled;
    this.#remark();
    return ok({});
  }

  async 'rules.unload'({ rules }: CallInput<'rules.unload'>): Promise<Result<CallOutput<'rules.unload'>>> {
    const current = this.#case;
    const leaving = new Set(rules);
    if (this.#rules.affectedBy([], leaving).length === 0) {
      this.#rules.remove(rules);
      this.#remark();
      return ok({});
    }
    const { matching, events } = current;
    const pace = new Pace(() => this.#case !== current);
    const joined = await joinRules(this.#rules, [], leaving, { matching, table: events.table }, pace);
    if (!joined) return fail({ code: 'cancelled', message: 'The case was closed meanwhile' });
    this.#remark();
    return ok({});
  }

  /** The case as it is stored. */
  #now(): { revision: number; contents: CaseContents; hits: readonly StoredHits[] } {
    const { ruleFiles, rules, hits } = storedRules(this.#rules);
    const { table } = this.#case.events;
    const files = [...ruleFiles, ...this.parts.ruleReader.macroFiles];
    const contents = {
      table,
      sources: this.#case.events.lines(),
      ruleFiles: files,
      rules,
      tags: this.#case.tags.stored(),
    };
    return { revision: this.#revision, contents, hits };
  }

  #inView<T>(id: string, use: (view: View) => T): Result<T> {
    const view = this.#views.get(id);
    return view.ok ? ok(use(view.value)) : view;
  }

  /** Counts over a view, giving way now and then; ends where the view is dropped meanwhile. */
  async #countIn<T>(id: string, count: (view: View, pace: Pace) => Promise<T | undefined>): Promise<Result<T>> {
    const view = this.#views.get(id);
    if (!view.ok) return view;
    const counted = await count(view.value, new Pace(() => !this.#views.has(id)));
    return counted === undefined
      ? fail({ code: 'not-found', message: 'This view was closed; open it again' })
      : ok(counted);
  }

  #mark({ slot, rule }: LoadedRule, event: number): void {
    this.#marks.add({ slot, level: rule.level }, event);
  }

  /** Makes the marks of all events anew, as after rules came, went, or were switched. */
  #remark(): void {
    this.#marks.clear();
    this.#marks.reserve(this.#case.events.table.count);
    for (const rule of this.#rules.rules()) {
      if (rule.enabled) for (const event of rule.hits.events()) this.#mark(rule, event);
    }
    this.#changed();
    this.#case.unsaved = true;
  }

  #changed(): void {
    this.#revision++;
  }

  #makeCase(events: CaseEvents): OpenCase {
    return new OpenCase(events, this.parts.createMatching, this.parts.contentFolder);
  }

  #emptyCase(): OpenCase {
    return this.#makeCase(new CaseEvents(this.parts.aliases));
  }

  /** Everything of the case before goes; rules stay, without hits. */
  #replaceCase(next: OpenCase): void {
    this.#case = next;
    this.#nextSource = 0;
    this.#draft.clear();
    this.#views.clear();
    this.#rules.forgetHits();
    this.#remark();
    next.unsaved = false;
  }

  /** What views and rows read, always as it is now. */
  #rowSource(): RowSource {
    const engine = (): { case: OpenCase; revision: number } => ({ case: this.#case, revision: this.#revision });
    const draft = this.#draft;
    const rules = this.#rules;
    return {
      get events() {
        return engine().case.events;
      },
      get matching() {
        return engine().case.matching;
      },
      get tags() {
        return engine().case.tags;
      },
      get revision() {
        return engine().revision;
      },
      get draftHits() {
        return draft.hits;
      },
      isDraftHit: (event) => draft.has(event),
      hitsOf: (key) => rules.get(key)?.hits.events(),
      marks: this.#marks,
      rules,
      titles: this.parts.titles,
    };
  }
}
