import type { CallOutput, DraftResult } from '../../shared/ipc/contract.ts';
import type { Span } from '../../shared/model/span.ts';
import type { Api } from '../api/workbench.ts';
import type { CaseClient } from './case-client.ts';
import { DraftHints } from './draft-hints.ts';
import { visit } from './filters.ts';
import type { Notices } from './notices.ts';
import { openEvents, NO_DRAFT, type Draft, type UiStore } from './ui-state.ts';

/** Time after the last key before the draft runs; the next key cancels a run that is under way. */
const DEBOUNCE_MS = 40;
/** Shortest time between two runs that only a growing case asks for. */
const RERUN_MS = 1000;

/** A rule to begin with: complete enough to run, with a value that hits nothing until it is changed. */
const TEMPLATE = `title: New rule
id: 00000000-0000-4000-8000-000000000000
status: experimental
description: Says what the rule finds and why that matters
logsource:
  category: process_creation
  product: windows
detection:
  selection:
    Image|endswith: '\\change-me.exe'
  condition: selection
falsepositives:
  - Unknown
level: medium
`;

/**
 * The rule in the editor and its runs over the open events. A run is asked shortly after the last key; each has the
 * version of the text it was asked for, and an answer that is not of the newest run is dropped. A long run tells of
 * its hits as it finds them.
 */
export class DraftClient {
  /** What other rules have, to be offered while writing. */
  readonly hints: DraftHints;
  readonly #api: Api;
  readonly #store: UiStore;
  readonly #notices: Notices;
  readonly #case: CaseClient;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #rerun: ReturnType<typeof setTimeout> | undefined;
  #run = 0;

  constructor(api: Api, store: UiStore, notices: Notices, caseClient: CaseClient) {
    this.#api = api;
    this.#store = store;
    this.#notices = notices;
    this.#case = caseClient;
    this.hints = new DraftHints(api, store);
  }

  /** Runs the draft again when the case has other events than before; takes what long runs find on their way. */
  start(): () => void {
    const stopPartial = this.#api.on('draft.partial', (result) => {
      const { draft } = this.#store.getState();
      if (draft.open && draft.running && draft.version === result.version) this.#take(result);
    });
    const stopEvents = this.#store.subscribe((state, before) => {
      if (!state.draft.open || openEvents(state) === openEvents(before) || this.#rerun !== undefined) return;
      this.#rerun = setTimeout(() => {
        this.#rerun = undefined;
        void this.#runNow();
      }, RERUN_MS);
    });
    return () => {
      stopPartial();
      stopEvents();
    };
  }

  /** Takes the editor's text. */
  edit(text: string): void {
    const { draft } = this.#store.getState();
    if (text === draft.text) return;
    this.#set({ text, version: draft.version + 1, running: true });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#runNow(), DEBOUNCE_MS);
  }

  /** Runs the text again, where what it depends on has changed. */
  again(): Promise<void> {
    return this.#runNow();
  }

  async startNew(): Promise<void> {
    if (await this.#mayLeave()) this.#load(TEMPLATE, 'new-rule.yml', null, null, '');
  }

  /** Opens a rule of the set, at a place in it where one is given (offsets of the file). */
  async openRule(rule: string, at?: Span): Promise<void> {
    const { draft } = this.#store.getState();
    if (draft.open && draft.rule === rule) {
      this.#set({ reveal: at ? { ...at } : draft.reveal });
      this.#showEditor();
      return;
    }
    if (!(await this.#mayLeave())) return;
    const result = await this.#api.call('rules.text', { rule });
    if (!result.ok) {
      this.#notices.fault('The rule could not be opened', result.fault);
      return;
    }
    const { text, file, span } = result.value;
    const start = { start: span.start, end: span.start };
    this.#load(text, file, rule, at ?? (span.start > 0 ? start : null), text);
  }

  /** Begins a rule with a text, and shows a place of it. */
  async startWith(text: string, reveal: Span): Promise<void> {
    if (await this.#mayLeave()) this.#load(text, 'new-rule.yml', null, reveal, '');
  }

  /** Puts a rule that is in no file, or was changed since, into the editor. */
  restore({ text, name, savedText }: Pick<Draft, 'text' | 'name' | 'savedText'>): void {
    this.#load(text, name, null, null, savedText);
  }

  /** Puts a changed text into the editor, and shows a place of it. */
  replace(text: string, reveal: Span): void {
    this.edit(text);
    this.#set({ reveal });
  }

  async save(): Promise<boolean> {
    const { draft } = this.#store.getState();
    if (!draft.open) return false;
    const suggestedName = draft.name.split(/[\\/]/).at(-1) ?? 'rule.yml';
    const result = await this.#api.call('rules.save', { text: draft.text, suggestedName });
    if (!result.ok) {
      this.#notices.fault('The rule was not saved; its text is still in the editor', result.fault);
      return false;
    }
    if (result.value.name === null) return false;
    this.#set({ name: result.value.name, savedText: draft.text });
    return true;
  }

  async close(): Promise<void> {
    if (!(await this.#mayLeave())) return;
    clearTimeout(this.#timer);
    this.#run++;
    this.#store.setState((state) => ({
      draft: { ...NO_DRAFT, version: state.draft.version + 1, showHits: state.draft.showHits },
      ...(state.filter.of.kind === 'draft' ? visit(state, { ...state.filter, of: { kind: 'all' } }) : {}),
    }));
    await this.#api.call('draft.clear', {});
  }

  /** Events that one part of a text alone keeps from being hits; undefined where that could not be counted. */
  async near(text: string): Promise<CallOutput<'draft.near'>['parts'] | undefined> {
    const { draft } = this.#store.getState();
    const result = await this.#api.call('draft.near', { text, name: draft.name });
    if (result.ok) return result.value.parts;
    if (result.fault.code !== 'cancelled') this.#notices.fault('Near misses were not counted', result.fault);
    return undefined;
  }

  /** Switches the grid between the draft's hits and all events. */
  showHits(show: boolean): void {
    this.#set({ showHits: show });
    const { filter } = this.#store.getState();
    if (show !== (filter.of.kind === 'draft')) {
      this.#store.setState((state) => visit(state, { ...state.filter, of: { kind: show ? 'draft' : 'all' } }));
    }
  }

  #load(text: string, name: string, rule: string | null, reveal: Span | null, savedText: string): void {
    const { draft } = this.#store.getState();
    this.#showEditor();
    this.#store.setState({
      draft: { ...draft, open: true, text, name, rule, savedText, version: draft.version + 1, result: null, reveal },
    });
    void this.#runNow();
  }

  /** The editor stands in the timeline and in the catalog; in other activities whoever opens a rule wants the first. */
  #showEditor(): void {
    this.#store.setState(({ activity }) => ({ activity: activity === 'catalog' ? 'catalog' : 'timeline' }));
  }

  async #runNow(): Promise<void> {
    clearTimeout(this.#timer);
    const { draft } = this.#store.getState();
    if (!draft.open) return;
    const run = ++this.#run;
    this.#set({ running: true });
    const result = await this.#api.call('draft.run', {
      text: draft.text,
      version: draft.version,
      name: draft.name,
    });
    // A newer run, or a newer text whose run is due, makes this answer old.
    if (run !== this.#run || this.#store.getState().draft.version !== draft.version) return;
    if (!result.ok) {
      if (result.fault.code !== 'cancelled') this.#set({ running: false, fault: result.fault });
      else this.#set({ running: false });
      return;
    }
    this.#set({ running: false });
    this.#take(result.value);
  }

  #take(result: DraftResult): void {
    const first = this.#store.getState().draft.result === null;
    this.#set({ fault: null, result });
    const ran = result.rules.some((rule) => rule.hits !== null);
    if (first && ran && this.#store.getState().draft.showHits) this.showHits(true);
  }

  async #mayLeave(): Promise<boolean> {
    const { draft } = this.#store.getState();
    if (!isWorthKeeping(draft)) return true;
    const choice = await this.#case.ask('Save this rule?', `${draft.name} has changes that are not saved.`, [
      { id: 'save', label: 'Save rule', primary: true },
      { id: 'discard', label: 'Discard' },
    ]);
    if (choice === 'save') return this.save();
    return choice === 'discard';
  }

  #set(change: Partial<Draft>): void {
    this.#store.setState((state) => ({ draft: { ...state.draft, ...change } }));
  }
}

/** Whether the editor holds work that would be lost: changes that are in no file, beyond what a new rule begins with. */
export function isWorthKeeping(draft: Draft): boolean {
  return isDraftChanged(draft) && !(draft.rule === null && draft.text === TEMPLATE);
}

/** Whether the editor holds changes that are in no file. */
export function isDraftChanged(draft: Draft): boolean {
  return draft.open && draft.text !== draft.savedText;
}
