import { tableOf } from '../../shared/catalog/coverage/case.ts';
import type { FilterChip, ViewFilter } from '../../shared/model/filter.ts';
import type { EventTag, Tag } from '../../shared/model/tag.ts';
import { insertPredicate, sigmaLine, type WantedPredicate } from '../../shared/language/insert-predicate.ts';
import { ruleOfEvent, testOfValue, type EventOrigin, type FieldValue } from '../../shared/language/rule-of-event.ts';
import type { Api } from '../api/workbench.ts';
import { copyText } from '../ui/clipboard.ts';
import { CaseClient } from './case-client.ts';
import { CatalogClient } from './catalog.ts';
import type { CoverageState } from './coverage-state.ts';
import { DraftClient } from './draft.ts';
import { fieldColumns } from './columns.ts';
import * as filters from './filters.ts';
import { MessagesClient } from './messages.ts';
import { KeptDrafts } from './kept-drafts.ts';
import { Notices } from './notices.ts';
import { keepSettings } from './settings.ts';
import { NO_SELECTION, createUiStore, type OpenView, type ShownFault, type UiStore } from './ui-state.ts';
import { sameQuestion, ViewClient } from './view-client.ts';

/** Everything a component may need: the state, the clients that change it, and the one way to the main process. */
export class Workspace {
  readonly api: Api;
  readonly store: UiStore = createUiStore();
  readonly notices: Notices;
  readonly messages: MessagesClient;
  readonly case: CaseClient;
  readonly draft: DraftClient;
  readonly views: ViewClient;
  readonly catalog: CatalogClient;
  /** Where the grid was scrolled to, and for which question: it is unmounted while another activity is shown. */
  #grid: { readonly view: OpenView | null; readonly offset: number } = { view: null, offset: 0 };

  constructor(api: Api) {
    this.api = api;
    this.notices = new Notices(this.store);
    this.messages = new MessagesClient(api, this.store, this.notices);
    this.case = new CaseClient(api, this.store, this.notices, this.messages);
    this.draft = new DraftClient(api, this.store, this.notices, this.case);
    this.views = new ViewClient(api, this.store, this.notices);
    this.catalog = new CatalogClient(api, this.store, this.notices);
  }

  async start(): Promise<void> {
    this.views.start();
    this.draft.start();
    this.catalog.start();
    const kept = new KeptDrafts(this.api, this.store, this.case, this.draft);
    await Promise.all([keepSettings(this.api, this.store), kept.start()]);
    await this.case.start();
    void kept.offer();
  }

  /** Offset in pixels at which the grid of a view starts. */
  gridPlace(view: OpenView | null): number {
    return view && this.#grid.view && sameQuestion(view, this.#grid.view) ? this.#grid.offset : 0;
  }

  keepGridPlace(view: OpenView | null, offset: number): void {
    this.#grid = { view, offset };
  }

  /** Goes to another filter, as a step that can be taken back. */
  setFilter(change: (filter: ViewFilter) => ViewFilter): void {
    this.store.setState((state) => filters.visit(state, change(state.filter)));
  }

  filterValue(field: string, value: string | null, negated: boolean): void {
    this.addChip(filters.valueChip(field, value, negated));
  }

  addChip(chip: FilterChip): void {
    this.setFilter((filter) => filters.addChip(filter, chip));
  }

  setRange(range: filters.TimeRange | null): void {
    this.setFilter((filter) => ({ ...filter, range }));
  }

  zoomBack(): void {
    this.setRange(filters.enclosingRange(this.store.getState()));
  }

  back(): void {
    this.store.setState((state) => filters.back(state));
  }

  forward(): void {
    this.store.setState((state) => filters.forward(state));
  }

  /** Everything that happened around an instant; "back" returns to the search it came from. */
  pivot(timeUs: number, minutes: number): void {
    this.store.setState({ pivotMinutes: minutes });
    this.setFilter((filter) => ({
      ...filter,
      chips: filter.chips.map((chip) => ({ ...chip, enabled: false })),
      text: '',
      range: filters.pivotRange(timeUs, minutes),
      of: { kind: 'all' },
    }));
  }

  /** Shows the hits of one rule. */
  showHitsOf(rule: string): void {
    this.setFilter((filter) => ({ ...filter, of: { kind: 'rule', rule } }));
    this.store.setState({ activity: 'hits' });
  }

  /** Shows every event with a tag or a note. */
  showTagged(): void {
    this.setFilter((filter) => ({ ...filter, chips: [], text: '', range: null, of: { kind: 'tagged' } }));
    this.store.setState({ activity: 'timeline' });
  }

  /** Shows all events of a kind, as the catalog names it; an event id of null means any of the channel. */
  showKind(channel: string, eventId: number | null): void {
    const chip = { op: 'eq', negated: false, enabled: true } as const;
    const table = tableOf({ channel });
    this.setFilter((filter) => ({
      ...filter,
      chips: [
        table === undefined
          ? { ...chip, field: 'Channel', value: channel }
          : { ...chip, field: 'Provider_Name', value: table },
        ...(eventId === null ? [] : [{ ...chip, field: 'EventID', value: String(eventId) }]),
      ],
      text: '',
      range: null,
      of: { kind: 'all' },
    }));
    this.store.setState({ activity: 'timeline' });
  }

  setCoverage(change: Partial<CoverageState>): void {
    this.store.setState((state) => ({ coverage: { ...state.coverage, ...change } }));
  }

  /** Selects the event at a position of the open view. */
  async moveTo(index: number): Promise<void> {
    const view = this.store.getState().view;
    if (!view || view.total === 0) return;
    const at = Math.min(Math.max(index, 0), view.total - 1);
    this.store.setState({ cursor: at, moving: true });
    const row = await this.views.load(at);
    const now = this.store.getState();
    // The user has gone on: then it is the next move's to end.
    if (now.cursor !== at) return;
    if (!row) {
      this.store.setState({ moving: false });
      // Its view was closed under way: the row is asked of the new one.
      if (now.view !== view) await this.moveTo(at);
      return;
    }
    const { event } = row;
    this.store.setState({ selected: event, selectedUs: row.time === '' ? null : row.timeUs, moving: false });
    if (now.view === view) return;
    // The case has grown meanwhile: the event stands elsewhere.
    const found = await this.views.locate({ event });
    const { selected, cursor } = this.store.getState();
    if (selected === event && cursor === at) this.store.setState({ cursor: found?.exact ? found.index : null });
  }

  /** Selects the next (or, with -1, the previous) event. */
  async moveBy(step: number): Promise<void> {
    const { cursor } = this.store.getState();
    await this.moveTo(cursor === null ? 0 : cursor + step);
  }

  /** Selects the next event (or, with -1, the previous one) that a rule or the draft hits. */
  async moveToHit(step: 1 | -1): Promise<void> {
    const { view, cursor } = this.store.getState();
    if (!view) return;
    const from = cursor ?? (step === 1 ? -1 : view.total);
    const result = await this.api.call('view.nextHit', { view: view.view, from, step });
    if (!result.ok) this.notices.fault('The next hit could not be found', result.fault);
    else if (result.value.index !== null) await this.moveTo(result.value.index);
  }

  /** Sets an event's tag, its note, or both. */
  async tagEvent(event: number, change: Partial<EventTag>): Promise<void> {
    const result = await this.api.call('event.tag', { event, ...change });
    if (!result.ok) {
      this.notices.fault('The event was not tagged', result.fault);
      return;
    }
    this.store.setState((state) => ({ tagging: state.tagging + 1 }));
    this.views.refresh();
  }

  /** Gives the selected event a tag, or takes it away where it has that one. */
  async toggleTag(tag: Tag): Promise<void> {
    const { selected, cursor } = this.store.getState();
    // Who types fast tags the row under the cursor, whose event may not be here yet.
    const event = cursor === null ? selected : (await this.views.load(cursor))?.event;
    if (event === null || event === undefined) return;
    const result = await this.api.call('event.get', { event });
    if (!result.ok) this.notices.fault('The event was not tagged', result.fault);
    else await this.tagEvent(event, { tag: result.value.tag === tag ? null : tag });
  }

  /** Selects the first event at or after an instant. */
  async goToTime(timeUs: number): Promise<void> {
    const found = await this.views.locate({ timeUs });
    if (found) await this.moveTo(found.index);
  }

  /** Selects an event, in the open view where it is in it, else among all events. */
  async showEvent(event: number, timeUs: number | null): Promise<void> {
    const found = await this.views.locate({ event });
    this.store.setState({
      selected: event,
      selectedUs: timeUs,
      cursor: found?.exact ? found.index : null,
      moving: false,
    });
    // The view that opens finds its place in it.
    if (!found?.exact) this.setFilter((filter) => ({ ...filter, of: { kind: 'all' } }));
  }

  clearSelection(): void {
    this.store.setState(NO_SELECTION);
  }

  stack(field: string, rarestFirst: boolean): void {
    this.store.setState({ stack: { field, rarestFirst }, sideTab: 'values' });
  }

  /** Puts a test into the open rule; where it has no place for it, or none is open, the test's line is copied. */
  async putInDraft(wanted: WantedPredicate): Promise<void> {
    const line = sigmaLine(wanted);
    if (line === undefined) return;
    const { draft } = this.store.getState();
    const inserted = draft.open ? insertPredicate(draft.text, wanted) : undefined;
    if (inserted) {
      this.draft.replace(inserted.text, inserted.span);
      return;
    }
    await this.copy(line);
    const why = draft.open ? 'The draft has no selection to put it in' : 'No rule is open';
    this.notices.add({ tone: 'info', text: `${why}: copied ${line}` });
  }

  /** Uses a value of an event in the open rule; where none is open, begins one. @param event -1 where it is of none. */
  async useInRule(value: FieldValue, event: number): Promise<void> {
    if (this.store.getState().draft.open) {
      await this.putInDraft(testOfValue(value));
      return;
    }
    let origin: EventOrigin = { channel: '', provider: '', eventId: null };
    if (event >= 0) {
      const result = await this.api.call('event.get', { event });
      if (result.ok) origin = result.value;
    }
    const { default: logsources } = await import('../../rules/mappings/logsources.yaml?raw');
    const { text, span } = ruleOfEvent(origin, value, crypto.randomUUID(), logsources);
    await this.draft.startWith(text, span);
  }

  async setRulesEnabled(rules: readonly string[], enabled: boolean): Promise<void> {
    if (rules.length === 0) return;
    const result = await this.api.call('rules.enable', { rules: [...rules], enabled });
    if (!result.ok) this.notices.fault(enabled ? 'Could not turn rules on' : 'Could not turn rules off', result.fault);
  }

  /** Takes lists for placeholders; gives what is wrong with them, or undefined. */
  async setPlaceholders(text: string): Promise<ShownFault | undefined> {
    const result = await this.api.call('rules.placeholders', { text });
    if (!result.ok) return result.fault;
    this.store.setState({ placeholders: text });
    await this.draft.again();
    return undefined;
  }

  async unloadRules(rules: readonly string[]): Promise<void> {
    const result = await this.api.call('rules.unload', { rules: [...rules] });
    if (!result.ok) this.notices.fault('The rule could not be unloaded', result.fault);
    else this.store.setState({ ruleShown: null });
  }

  /** Copies the page that the catalog shows, where it is a technique's. */
  async copyTechniquePage(): Promise<void> {
    const { place } = this.store.getState().catalog;
    const text = place?.kind === 'technique' ? await this.catalog.markdown(place.id) : undefined;
    if (text !== undefined) await this.copy(text);
  }

  async copy(text: string): Promise<void> {
    if (await copyText(text)) return;
    this.notices.add({ tone: 'error', text: 'Nothing was copied: the clipboard is not available' });
  }

  /** Writes what the view shows, with the columns that are shown. */
  async exportView(format: 'csv' | 'jsonl'): Promise<void> {
    const { view, columns } = this.store.getState();
    if (!view) return;
    const result = await this.api.call('view.export', { view: view.view, format, columns: [...fieldColumns(columns)] });
    if (!result.ok) this.notices.fault('The view was not exported', result.fault);
    else if (result.value.name !== null) {
      this.notices.add({
        tone: 'info',
        text: `${result.value.events.toLocaleString('en-US')} events written to ${result.value.name}`,
      });
    }
  }
}
