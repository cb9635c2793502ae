import type { OpenCase } from '../../shared/catalog/coverage/case.ts';
import { renderCsv } from '../../shared/catalog/page/render-csv.ts';
import { renderHtml } from '../../shared/catalog/page/render-html.ts';
import { renderMarkdown } from '../../shared/catalog/page/render-markdown.ts';
import { techniqueJson } from '../../shared/catalog/page/page-json.ts';
import type { CallInput, CallOutput } from '../../shared/ipc/contract.ts';
import { fail, ok, type Result } from '../../shared/model/fault.ts';
import { loadCatalogMappings, type LoadedMappings } from '../catalog/mappings.ts';
import { once } from '../catalog/once.ts';
import { readCatalogFolders, type CatalogProgress } from '../catalog/read-folders.ts';
import { readEventTitles } from '../engine/views/event-titles.ts';
import { loadAttack } from './attack.ts';
import { BuiltCatalog } from './built-catalog.ts';
import type { CatalogRoot } from './catalog-root.ts';
import { notParsedRows, summaryOf } from './catalog-summary.ts';
import { coverageForWindow, renderCoverage, techniqueForCase } from './coverage.ts';
import { draftHints } from './hints.ts';
import { logFieldsOf } from './log-fields.ts';
import { fieldValues, indicatorRules, search } from './lookups.ts';
import { overlapPairs, similarRules } from './overlaps.ts';
import { eventForWindow, plainPage, techniqueForWindow, techniqueLines } from './pages.ts';
import { rulePage } from './rule-page.ts';
import { Wire, type GuideFacts } from './wire.ts';

export interface GuideOptions {
  /** Holds `mappings/`. */
  readonly contentFolder: string;
  /** Where the catalog is kept between runs; undefined to keep none. */
  readonly cacheFolder: string | undefined;
}

/**
 * Holds the catalog and answers what the window asks of it. A build makes a whole new catalog beside the old one,
 * which goes on answering until the new one is there. Lives on the catalog's thread.
 */
export class GuideService {
  readonly #facts: GuideFacts;
  readonly #mappings: LoadedMappings;
  #wire: Wire | undefined;
  #revision = 0;

  constructor(private readonly options: GuideOptions) {
    const { contentFolder } = options;
    this.#mappings = loadCatalogMappings(contentFolder);
    this.#facts = guideFacts(contentFolder, this.#mappings);
  }

  /** Reads the folders. Cancelled, it keeps the catalog as it was. */
  async build(
    roots: readonly CatalogRoot[],
    signal: AbortSignal,
    onProgress: (progress: CatalogProgress) => void,
  ): Promise<Result<{ revision: number; rules: number; isCancelled: boolean }>> {
    const builtAt = Date.now();
    const start = performance.now();
    const folders = await readCatalogFolders({
      roots,
      mappings: this.#mappings,
      cacheFolder: this.options.cacheFolder,
      signal,
      onProgress,
    });
    if (folders.isCancelled) return ok({ revision: this.#revision, rules: 0, isCancelled: true });
    const elapsed = (): number => performance.now() - start;
    const catalog = new BuiltCatalog(++this.#revision, roots, folders, builtAt, elapsed);
    this.#wire = new Wire(catalog, this.#facts);
    return ok({ revision: this.#revision, rules: catalog.index.rules.length, isCancelled: false });
  }

  summary(): Result<Omit<CallOutput<'catalog.summary'>, 'isBuilding'>> {
    return this.#ask(summaryOf);
  }

  techniques(input: CallInput<'catalog.techniques'>): Result<CallOutput<'catalog.techniques'>> {
    return this.#ask((wire) => techniqueLines(wire, input));
  }

  technique(input: CallInput<'catalog.technique'>): Result<CallOutput<'catalog.technique'>> {
    return this.#ask((wire) => techniqueForWindow(wire, input));
  }

  event(input: CallInput<'catalog.event'>): Result<CallOutput<'catalog.event'>> {
    return this.#ask((wire) => eventForWindow(wire, input));
  }

  async rule({ rule }: CallInput<'catalog.rule'>): Promise<Result<Omit<CallOutput<'catalog.rule'>, 'loaded'>>> {
    return this.#wire ? rulePage(this.#wire, rule) : NOT_BUILT;
  }

  indicator(input: CallInput<'catalog.indicator'>): Result<CallOutput<'catalog.indicator'>> {
    return this.#ask((wire) => indicatorRules(wire, input));
  }

  field(input: CallInput<'catalog.field'>): Result<CallOutput<'catalog.field'>> {
    return this.#ask((wire) => fieldValues(wire, input));
  }

  hints(input: CallInput<'catalog.hints'>): Result<CallOutput<'catalog.hints'>> {
    return this.#ask((wire) => draftHints(wire, input));
  }

  search(input: CallInput<'catalog.search'>): Result<CallOutput<'catalog.search'>> {
    return this.#ask((wire) => search(wire, input));
  }

  similar(input: CallInput<'catalog.similar'>): Result<CallOutput<'catalog.similar'>> {
    if (!this.#wire) return NOT_BUILT;
    const found = similarRules(this.#wire, input);
    return found ? ok(found) : fail({ code: 'not-found', message: 'This rule is no longer in the catalog' });
  }

  overlap(input: CallInput<'catalog.overlap'>): Result<CallOutput<'catalog.overlap'>> {
    return this.#ask((wire) => overlapPairs(wire, input));
  }

  coverage(input: CallInput<'coverage.case'> & { open: OpenCase }): Result<CallOutput<'coverage.case'>> {
    return this.#ask((wire) => coverageForWindow(wire, input));
  }

  techniqueOnCase(
    input: CallInput<'coverage.technique'> & { open: OpenCase },
  ): Result<CallOutput<'coverage.technique'>> {
    return this.#ask((wire) => techniqueForCase(wire, input));
  }

  /** The coverage as the text of a file. */
  renderCoverage(input: CallInput<'coverage.export'> & { open: OpenCase; name: string }): Result<{ text: string }> {
    return this.#ask((wire) => ({ text: renderCoverage(wire, input) }));
  }

  notParsed({ limit }: CallInput<'catalog.notParsed'>): Result<CallOutput<'catalog.notParsed'>> {
    return this.#ask((wire) => notParsedRows(wire, limit));
  }

  /** A technique's page as the text of a file. */
  render({ format, ...input }: Omit<CallInput<'catalog.export'>, 'name'>): Result<{ text: string }> {
    return this.#ask((wire) => {
      const page = plainPage(wire, input);
      const { name } = wire.technique(page.technique);
      switch (format) {
        case 'json':
          return { text: `${JSON.stringify(techniqueJson(page), null, 2)}\n` };
        case 'csv':
          return { text: renderCsv(page) };
        case 'html':
          return { text: renderHtml(page, name) };
        case 'md':
          return { text: renderMarkdown(page, name) };
      }
    });
  }

  #ask<T>(use: (wire: Wire) => T): Result<T> {
    return this.#wire ? ok(use(this.#wire)) : NOT_BUILT;
  }
}

/** Facts are read when a page first needs them: a catalog that comes from its cache is there without them. */
function guideFacts(contentFolder: string, mappings: LoadedMappings): GuideFacts {
  const attack = once(() => loadAttack(contentFolder));
  const titles = once(() => readEventTitles(contentFolder));
  const logFields = once(() => logFieldsOf(mappings.fields));
  return {
    get attack() {
      return attack();
    },
    get titles() {
      return titles();
    },
    get logFields() {
      return logFields();
    },
    get fields() {
      return mappings.fields;
    },
  };
}

const NOT_BUILT = fail({ code: 'not-found', message: 'The catalog was not built' });
