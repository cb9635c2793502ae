import { NO_HINTS, type RuleHints } from '../../shared/language/complete/item.ts';
import type { Api } from '../api/workbench.ts';
import { taggedTechniques } from './catalog-state.ts';
import { openEvents, type UiStore } from './ui-state.ts';

/** Values that are counted in the open logs; the list shows about as many. */
const MOST_COUNTED = 60;
/** What is offered while writing does not wait longer than this; what comes later is there the next time. */
const PATIENCE_MS = 250;
/** Answers kept; one is asked for each field that is written. */
const MOST_KEPT = 50;

/**
 * What the catalog's rules for the draft's techniques test, with counts of the open logs: for completion. Answers are
 * kept while the catalog, the techniques and the open events stay the same.
 */
export class DraftHints {
  readonly #api: Api;
  readonly #store: UiStore;
  readonly #kept = new Map<string, Promise<RuleHints>>();

  constructor(api: Api, store: UiStore) {
    this.#api = api;
    this.#store = store;
  }

  /**
   * @param field whose values are wanted, by its name in the open logs; undefined for none.
   * @param isExcluded for what rules leave out instead of what they look for.
   * @returns never rejects; nothing where the catalog does not answer in time.
   */
  async of(field: string | undefined, isExcluded: boolean): Promise<RuleHints> {
    const state = this.#store.getState();
    const { draft, catalog } = state;
    const techniques = taggedTechniques(draft.text);
    const events = openEvents(state);
    const question = JSON.stringify([techniques, field, isExcluded, catalog.revision, events]);
    let answer = this.#kept.get(question);
    if (!answer) {
      answer = this.#ask(techniques, field ?? null, isExcluded, events > 0);
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(question, answer);
      // What could not be answered is asked again.
      void answer.then((hints) => hints === NO_HINTS && this.#kept.delete(question));
    }
    const late = new Promise<RuleHints>((resolve) => setTimeout(resolve, PATIENCE_MS, NO_HINTS));
    return Promise.race([answer, late]);
  }

  async #ask(
    techniques: readonly string[],
    field: string | null,
    isExcluded: boolean,
    hasEvents: boolean,
  ): Promise<RuleHints> {
    const found = await this.#api.call('catalog.hints', { techniques: [...techniques], field, isExcluded });
    if (!found.ok) return NO_HINTS;
    const { fields, values } = found.value;
    const counts = field !== null && hasEvents ? await this.#count(field, values) : [];
    return { techniques, fields, values: values.map((each, i) => ({ ...each, events: counts[i] ?? null })) };
  }

  async #count(
    field: string,
    values: readonly Pick<RuleHints['values'][number], 'op' | 'value'>[],
  ): Promise<readonly (number | null)[]> {
    const tests = values.slice(0, MOST_COUNTED).map(({ op, value }) => ({ field, op, value }));
    if (tests.length === 0) return [];
    const counted = await this.#api.call('case.count', { tests });
    return counted.ok ? counted.value.counts : [];
  }
}
