import type { CatalogChoice, CatalogExportFormat } from '../../shared/ipc/catalog-calls.ts';
import type { CoverageFormat } from '../../shared/ipc/coverage-calls.ts';
import type { Api } from '../api/workbench.ts';
import { nextPlace, previousPlace, visitPlace, type CatalogPlace, type CatalogState } from './catalog-state.ts';
import type { Notices } from './notices.ts';
import type { UiStore } from './ui-state.ts';

/** What the catalog shows, and what can be done with it. */
export class CatalogClient {
  readonly #api: Api;
  readonly #store: UiStore;
  readonly #notices: Notices;

  constructor(api: Api, store: UiStore, notices: Notices) {
    this.#api = api;
    this.#store = store;
    this.#notices = notices;
  }

  /** Follows the catalog's builds. */
  start(): void {
    this.#api.on('catalog.changed', ({ revision }) => {
      this.#set((state) => ({ ...state, revision }));
      void this.refreshSummary();
    });
  }

  /** Shows a place in the catalog's activity. */
  show(place: CatalogPlace): void {
    this.#set((state) => visitPlace(state, place));
    this.#store.setState({ activity: 'catalog' });
  }

  /** Where nothing was chosen yet, begins with a place: what comes next leads back to it. */
  begin(place: CatalogPlace): void {
    this.#set((state) => (state.place === null ? visitPlace(state, place) : state));
  }

  back(): void {
    this.#set(previousPlace);
  }

  forward(): void {
    this.#set(nextPlace);
  }

  choose(change: Partial<CatalogChoice>): void {
    this.#set((state) => ({ ...state, choice: { ...state.choice, ...change } }));
  }

  listAll(listsAll: boolean): void {
    this.#set((state) => ({ ...state, listsAll }));
  }

  /** Asks what the catalog holds; the first time that builds it. */
  async refreshSummary(): Promise<void> {
    const result = await this.#api.call('catalog.summary', {});
    if (result.ok) this.#set((state) => ({ ...state, summary: result.value, revision: result.value.revision }));
    else this.#notices.fault('The catalog could not be built', result.fault);
  }

  /** Adds rule folders of any vendor. */
  async openFolders(): Promise<void> {
    const grants = await this.#api.call('dialog.rules', { folder: true });
    if (!grants.ok) {
      this.#notices.fault('The dialog could not be shown', grants.fault);
      return;
    }
    if (grants.value.length === 0) return;
    const started = await this.#api.call('catalog.open', { handles: grants.value.map(({ handle }) => handle) });
    if (!started.ok) this.#notices.fault('The folder was not added to the catalog', started.fault);
  }

  async closeFolder(folder: string): Promise<void> {
    const started = await this.#api.call('catalog.close', { folder });
    if (!started.ok) this.#notices.fault('The folder was not taken out of the catalog', started.fault);
  }

  async refresh(): Promise<void> {
    const started = await this.#api.call('catalog.refresh', {});
    if (!started.ok) this.#notices.fault('The catalog could not be read again', started.fault);
  }

  /** A technique's page as Markdown; undefined where that failed. */
  async markdown(technique: string): Promise<string | undefined> {
    const result = await this.#api.call('catalog.markdown', { technique, choice: this.#choice });
    if (result.ok) return result.value.text;
    this.#notices.fault('Nothing was copied', result.fault);
    return undefined;
  }

  async export(technique: string, format: CatalogExportFormat): Promise<void> {
    const result = await this.#api.call('catalog.export', { technique, format, choice: this.#choice });
    if (!result.ok) this.#notices.fault('The page was not exported', result.fault);
    else if (result.value.name !== null) {
      this.#notices.add({ tone: 'info', text: `${technique} written to ${result.value.name}` });
    }
  }

  /** Writes the coverage of the open case. */
  async exportCoverage(format: CoverageFormat): Promise<void> {
    const result = await this.#api.call('coverage.export', { scope: this.#choice.scope, format });
    if (!result.ok) this.#notices.fault('The coverage was not exported', result.fault);
    else if (result.value.name !== null) {
      this.#notices.add({ tone: 'info', text: `Coverage written to ${result.value.name}` });
    }
  }

  get #choice(): CatalogChoice {
    return this.#store.getState().catalog.choice;
  }

  #set(change: (state: CatalogState) => CatalogState): void {
    this.#store.setState((state) => ({ catalog: change(state.catalog) }));
  }
}
