import type { Expr } from '../../../model/predicate.ts';
import type { Diagnostic } from '../../../model/rule.ts';
import type { Span } from '../../../model/span.ts';
import type { CatalogRule, CatalogText, CountingInfo, EventQuery } from '../../catalog-rule.ts';
import { entryOf, readYaml, type YamlMap, type YamlNode, type YamlScalar } from '../../yaml/tree.ts';
import { eachPredicate } from '../common/lowering.ts';
import { readRawHeader } from '../common/raw-query.ts';
import { conditionOf } from './condition.ts';
import type { QueryDraft } from './draft.ts';
import { expandMacros, type SplunkMacro } from './macro.ts';
import { listOf, mapOf, platformsOf, readLevel, techniquesOf, textOf } from './metadata.ts';
import { SearchReader } from './reader.ts';
import { SCOPE_FIELDS } from './scope-fields.ts';

/**
 * Reads a detection of Splunk's security content: YAML with a search in SPL.
 * A file `*.spl` is a search by itself.
 * @param fileName path of the file, as much as is known: its folder names a platform.
 * @param macros by name; a call of one that is not among them is listed with the rule.
 */
export function readSplunk(text: string, fileName: string, macros: ReadonlyMap<string, SplunkMacro>): CatalogText {
  if (/\.spl$/i.test(fileName)) return { rules: [readRawSearch(text, fileName, macros)], diagnostics: [] };
  const rules: CatalogRule[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const document of readYaml(text)) {
    const { root } = document;
    const search = searchOf(root);
    if (root?.kind === 'map' && search) {
      rules.push(readDetection(root, search, fileName, macros, document.diagnostics));
      continue;
    }
    diagnostics.push(...document.diagnostics);
    if (root) {
      const message = 'This is no Splunk detection: it has no search';
      diagnostics.push({ severity: 'error', code: 'splunk-no-search', message, span: firstLine(text, root.span) });
    }
  }
  return { rules, diagnostics };
}

/**
 * The search of a rule with its macros put in, those that select no events left out; '' where it calls none that is
 * known.
 * @param position of the rule among its file's.
 */
export function expandedSearch(
  text: string,
  fileName: string,
  position: number,
  macros: ReadonlyMap<string, SplunkMacro>,
): string {
  const searches = /\.spl$/i.test(fileName) ? [text] : readYaml(text).flatMap(({ root }) => searchOf(root)?.text ?? []);
  const search = searches[position];
  if (search === undefined) return '';
  const expanded = expandMacros(search, (index) => index, macros);
  if (!expanded.calls.some(({ name }) => macros.has(name))) return '';
  // What a dropped macro leaves is a command of nothing.
  return expanded.text.replace(/\|\s*(?=\||$)/g, '').trim();
}

function searchOf(root: YamlNode | undefined): YamlScalar | undefined {
  const search = root?.kind === 'map' ? entryOf(root, 'search')?.value : undefined;
  return search?.kind === 'scalar' && search.text.trim() !== '' ? search : undefined;
}

/** A search by itself. */
function readRawSearch(text: string, fileName: string, macros: ReadonlyMap<string, SplunkMacro>): CatalogRule {
  const { counting, ...read } = readSearch({ text, at: (index) => index }, macros, []);
  const names = read.queries.flatMap(({ sources }) => sources.filter(({ kind }) => kind === 'macro'));
  const span = { start: 0, end: text.length };
  return {
    vendor: 'splunk',
    language: 'spl',
    ...readRawHeader(text, fileName, /```([^]*?)```/g),
    platforms: platformsOf(
      names.map(({ name }) => name),
      fileName,
    ),
    sequence: undefined,
    ...read,
    ...(counting ? { counting } : {}),
    span,
    querySpan: span,
  };
}

function firstLine(text: string, { start, end }: Span): Span {
  const lineEnd = text.indexOf('\n', start);
  return { start, end: lineEnd < 0 ? end : Math.min(lineEnd, end) };
}

function readDetection(
  root: YamlMap,
  search: YamlScalar,
  fileName: string,
  macros: ReadonlyMap<string, SplunkMacro>,
  faults: readonly Diagnostic[],
): CatalogRule {
  const tags = mapOf(root, 'tags');
  const dataSources = [...listOf(root, 'data_source'), ...listOf(root, 'data_sources')];
  const read = readSearch(search, macros, dataSources);
  const mitre = [...(tags ? listOf(tags, 'mitre_attack_id') : []), ...listOf(root, 'mitre_attack_id')];
  const type = textOf(root, 'type');
  const domain = tags ? textOf(tags, 'security_domain') : '';
  const stories = tags ? listOf(tags, 'analytic_story') : [];
  const macroNames = read.queries.flatMap(({ sources }) => sources.filter(({ kind }) => kind === 'macro'));
  return {
    vendor: 'splunk',
    language: 'spl',
    id: textOf(root, 'id') || textOf(root, 'name'),
    title: textOf(root, 'name'),
    description: textOf(root, 'description'),
    status: textOf(root, 'status'),
    level: readLevel(textOf(root, 'severity') || (tags ? textOf(tags, 'severity') : ''), type),
    author: textOf(root, 'author'),
    date: textOf(root, 'date'),
    tags: [type, domain, ...mitre, ...stories].filter((tag) => tag !== ''),
    techniques: techniquesOf(mitre),
    platforms: platformsOf([...dataSources, ...macroNames.map(({ name }) => name)], fileName),
    queries: read.queries,
    sequence: undefined,
    notParsed: [...faults, ...read.notParsed],
    condition: read.condition,
    ...(read.counting ? { counting: read.counting } : {}),
    notRunnable: read.notRunnable,
    span: root.span,
    querySpan: search.span,
  };
}

interface ReadSearch {
  readonly queries: readonly EventQuery[];
  readonly notParsed: readonly Diagnostic[];
  readonly condition: Expr | undefined;
  readonly notRunnable: string;
  readonly counting: CountingInfo | undefined;
}

function readSearch(
  scalar: Pick<YamlScalar, 'text' | 'at'>,
  macros: ReadonlyMap<string, SplunkMacro>,
  dataSources: readonly string[],
): ReadSearch {
  const { length } = scalar.text;
  // One past the last unit: the next unit's place could lie behind a line fold.
  const offsetAt = (index: number): number =>
    index < length || index === 0 ? scalar.at(index) : scalar.at(length - 1) + 1;
  const search = expandMacros(scalar.text, offsetAt, macros);
  const reader = new SearchReader(search, macros);
  reader.read();
  const drafts = reader.queries.filter((query, i) => i === 0 || query.tests.length > 0 || query.sources.length > 0);
  const [main] = drafts;
  for (const name of dataSources) main?.addSource('data_source', name);
  const isEmpty = drafts.every((query) => query.tests.length === 0);
  const missing = [...search.faults.map((fault) => ({ ...fault, code: 'splunk-macro' })), ...reader.notes];
  const notParsed = missing.map(({ code, message, span }): Diagnostic => {
    return { severity: isEmpty ? 'error' : 'warning', code, message, span };
  });
  const condition = drafts.length === 1 && main ? conditionOf(main) : undefined;
  const reason =
    missing[0]?.message ??
    reader.inexact[0] ??
    (reader.counting && reader.testsGroups ? 'It tests and counts what several events give together' : undefined) ??
    (drafts.length > 1 ? 'It combines several searches' : undefined) ??
    (condition ? scopeReason(condition) : 'The search tests no field');
  return {
    queries: drafts.map(eventQuery),
    notParsed,
    condition: reason === undefined ? condition : undefined,
    notRunnable: reason ?? '',
    counting: reader.counting,
  };
}

function eventQuery(draft: QueryDraft): EventQuery {
  return { sources: draft.sources, predicates: draft.predicates, absent: draft.absent, span: draft.span };
}

function scopeReason(condition: Expr): string | undefined {
  for (const { predicate } of eachPredicate(condition)) {
    if (SCOPE_FIELDS.has(predicate.field)) return `It joins ${predicate.field} with other tests`;
  }
  return undefined;
}
