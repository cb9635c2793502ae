import type { Diagnostic } from '../../../model/rule.ts';
import { LEVELS, type Level } from '../../../model/severity.ts';
import type { Span } from '../../../model/span.ts';
import type { CatalogRule, CatalogText, EventQuery } from '../../catalog-rule.ts';
import { entryOf, readYaml, type YamlMap, type YamlNode, type YamlScalar } from '../../yaml/tree.ts';
import { readRawHeader } from '../common/raw-query.ts';
import { labelled, readMarkdown, techniquesIn, type FencedBlock } from './markdown.ts';
import { platformsOfTables } from './platforms.ts';
import { parseKql } from './query/parser.ts';
import { looksLikeKql, queryKey, readQueryText, runOfAll, type ReadQuery } from './query-text.ts';

/**
 * Reads Kusto rules: an analytic rule of Sentinel in YAML, or a markdown text with queries in fenced blocks, which is
 * one rule.
 * @param fileName its ending tells the two apart, and says of a query by itself that it is one; without one, the text does.
 */
export function readKusto(text: string, fileName: string): CatalogText {
  if (/\.(?:md|markdown)$/i.test(fileName)) return readMarkdownRule(text, fileName);
  if (/\.(?:kql|kusto|csl)$/i.test(fileName)) return readRawKql(text, fileName);
  if (/\.ya?ml$/i.test(fileName) || !/^\s*(?:```|~~~)/m.test(text)) return readAnalyticRules(text, fileName);
  return readMarkdownRule(text, fileName);
}

/** What a file is called without folders and ending: the id of a rule that has none. */
function baseName(fileName: string): string {
  return (fileName.split(/[\\/]/).at(-1) ?? fileName).replace(/\.\w+$/, '');
}

function diagnostic(severity: Diagnostic['severity'], code: string, message: string, span: Span): Diagnostic {
  return { severity, code, message, span };
}

function problemsOf(read: ReadQuery): Diagnostic[] {
  const isEmpty = read.queries.every(({ predicates }) => predicates === undefined);
  return read.problems.map(({ code, message, span }) => diagnostic(isEmpty ? 'error' : 'warning', code, message, span));
}

function tablesOf(queries: readonly EventQuery[]): string[] {
  return queries.flatMap(({ sources }) => sources.flatMap(({ kind, name }) => (kind === 'table' ? [name] : [])));
}

// ---------------------------------------------------------------- markdown

const KQL_LANGUAGES = new Set(['', 'kql', 'kusto', 'csl', 'c#']);

/** The language that a block is in, if not KQL; the same word may stand behind the fence of both. */
function otherLanguage({ language }: FencedBlock, content: string): string | undefined {
  const isKql = KQL_LANGUAGES.has(language) || language.startsWith('kql');
  if (!isKql) return `The block is in ${language}, not KQL`;
  return looksLikeKql(content) || language.startsWith('kql') ? undefined : 'The block is no query';
}

/** A fenced block that holds a query in KQL. */
export interface FencedQuery {
  readonly span: Span;
  /** Whether all of it follows the grammar. */
  readonly isWhole: boolean;
}

/** The blocks of a markdown text that hold KQL; those in other languages, and those that are no query, left out. */
export function fencedQueries(text: string): readonly FencedQuery[] {
  return readMarkdown(text).blocks.flatMap((block) => {
    const content = text.slice(block.content.start, block.content.end);
    if (otherLanguage(block, content) !== undefined) return [];
    return [{ span: block.span, isWhole: parseKql(content).faults.length === 0 }];
  });
}

function readMarkdownRule(text: string, fileName: string): CatalogText {
  const { title, description, blocks, lines } = readMarkdown(text);
  const diagnostics: Diagnostic[] = [];
  const queries: EventQuery[] = [];
  const notParsed: Diagnostic[] = [];
  const reads: ReadQuery[] = [];
  const known = new Set<string>();
  let querySpan: Span | undefined;
  for (const block of blocks) {
    const content = text.slice(block.content.start, block.content.end);
    const reason = otherLanguage(block, content);
    if (reason !== undefined) {
      diagnostics.push(diagnostic('info', 'kusto-not-a-query', reason, block.span));
      continue;
    }
    const { start } = block.content;
    const read = readQueryText(content, (span) => ({ start: start + span.start, end: start + span.end }));
    if (!read.hasQuery && read.problems.length === 0) {
      diagnostics.push(diagnostic('info', 'kusto-only-definitions', 'The block only defines names', block.span));
      continue;
    }
    if (read.queries.length === 0 && read.problems.length === 0) {
      diagnostics.push(diagnostic('info', 'kusto-no-events', 'The query reads no logged events', block.span));
      continue;
    }
    querySpan ??= block.content;
    for (const problem of problemsOf(read)) notParsed.push(problem);
    // A file often has the same query for Defender and for Sentinel.
    const fresh = read.queries.filter((query) => !known.has(queryKey(query)));
    for (const query of read.queries) known.add(queryKey(query));
    if (fresh.length > 0 || read.queries.length === 0) reads.push(read);
    queries.push(...fresh);
  }
  const span = { start: 0, end: text.length };
  if (!querySpan) {
    const message = 'The text has no KQL query in a fenced block';
    return {
      rules: [],
      diagnostics: [...diagnostics, diagnostic('info', 'kusto-no-query', message, { start: 0, end: 0 })],
    };
  }
  const run = runOfAll(reads);
  const os = labelled(lines, 'os').toLowerCase();
  const rule: CatalogRule = {
    vendor: 'kusto',
    language: 'kql',
    id: labelled(lines, 'id') || baseName(fileName),
    title: title || baseName(fileName),
    description,
    status: '',
    level: 'informational',
    author: labelled(lines, 'author') || labelled(lines, 'name'),
    date: '',
    tags: [],
    techniques: techniquesIn(lines),
    platforms: os.includes('windows') ? ['windows'] : platformsOfTables(tablesOf(queries)),
    queries,
    sequence: undefined,
    notParsed,
    ...runParts(run),
    span,
    querySpan,
  };
  return { rules: [rule], diagnostics };
}

function runParts({
  condition,
  notRunnable,
  alternatives,
  runNotes,
  counting,
}: ReturnType<typeof runOfAll>): Pick<
  CatalogRule,
  'condition' | 'notRunnable' | 'alternatives' | 'runNotes' | 'counting'
> {
  const more = { ...(alternatives ? { alternatives } : {}), ...(counting ? { counting } : {}) };
  return { condition, notRunnable, runNotes, ...more };
}

// ---------------------------------------------------------------- a query by itself

function readRawKql(text: string, fileName: string): CatalogText {
  const read = readQueryText(text, (span) => span);
  const span = { start: 0, end: text.length };
  if (!read.hasQuery && read.problems.length === 0) {
    return {
      rules: [],
      diagnostics: [diagnostic('info', 'kusto-only-definitions', 'The file only defines names', span)],
    };
  }
  const rule: CatalogRule = {
    vendor: 'kusto',
    language: 'kql',
    ...readRawHeader(text, fileName, /^[ \t]*\/\/(.*)$/gm),
    platforms: platformsOfTables(tablesOf(read.queries)),
    queries: read.queries,
    sequence: undefined,
    notParsed: problemsOf(read),
    ...runParts(read),
    span,
    querySpan: span,
  };
  return { rules: [rule], diagnostics: [] };
}

// ---------------------------------------------------------------- YAML

function readAnalyticRules(text: string, fileName: string): CatalogText {
  const rules: CatalogRule[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const document of readYaml(text)) {
    const { root } = document;
    const query = root?.kind === 'map' ? entryOf(root, 'query')?.value : undefined;
    if (root?.kind === 'map' && query?.kind === 'scalar' && query.text.trim() !== '') {
      rules.push(analyticRule(root, query, fileName, document.diagnostics));
      continue;
    }
    diagnostics.push(...document.diagnostics);
    if (!root) continue;
    const end = text.indexOf('\n', root.span.start);
    const span = { start: root.span.start, end: end < 0 ? root.span.end : Math.min(end, root.span.end) };
    diagnostics.push(diagnostic('error', 'kusto-no-query', 'This is no analytic rule: it has no query', span));
  }
  return { rules, diagnostics };
}

function analyticRule(root: YamlMap, query: YamlScalar, fileName: string, faults: readonly Diagnostic[]): CatalogRule {
  const { length } = query.text;
  // One past the last unit: the next unit's place could lie behind a line's indentation.
  const place = ({ start, end }: Span): Span => {
    const from = query.at(Math.min(start, Math.max(length - 1, 0)));
    return { start: from, end: end > start ? query.at(end - 1) + 1 : from };
  };
  const read = readQueryText(query.text, place);
  const [first, ...rest] = read.queries;
  const dataTypes = textsOf(root, 'requiredDataConnectors', 'dataTypes');
  const extra = dataTypes.map((name) => ({ kind: 'data_source' as const, name }));
  const tags = [...textsOf(root, 'tactics'), ...textsOf(root, 'relevantTechniques')];
  const techniques = tags.map((tag) => tag.toUpperCase()).filter((tag) => /^T\d{4}(?:\.\d{3})?$/.test(tag));
  return {
    vendor: 'kusto',
    language: 'kql',
    id: textOf(root, 'id') || baseName(fileName),
    title: textOf(root, 'name') || baseName(fileName),
    description: textOf(root, 'description'),
    status: textOf(root, 'status').toLowerCase(),
    level: levelOf(textOf(root, 'severity')),
    author: authorOf(root),
    date: '',
    tags,
    techniques: [...new Set(techniques)],
    platforms: platformsOfTables([...tablesOf(read.queries), ...dataTypes]),
    queries: first ? [{ ...first, sources: [...first.sources, ...extra] }, ...rest] : [],
    sequence: undefined,
    notParsed: [...faults, ...problemsOf(read)],
    ...runParts(read),
    span: root.span,
    querySpan: query.span,
  };
}

function levelOf(severity: string): Level {
  return LEVELS.find((level) => level === severity.toLowerCase()) ?? 'informational';
}

function textOf(map: YamlMap, key: string): string {
  const value = entryOf(map, key)?.value;
  return value?.kind === 'scalar' && value.type !== 'null' ? value.text.trim() : '';
}

/** `metadata: author: name: …` */
function authorOf(root: YamlMap): string {
  const metadata = entryOf(root, 'metadata')?.value;
  const author = metadata?.kind === 'map' ? entryOf(metadata, 'author')?.value : undefined;
  return author?.kind === 'map' ? textOf(author, 'name') : textOf(root, 'author');
}

/** All texts of a list, or of the lists under `inner` in each of its maps. */
function textsOf(map: YamlMap, key: string, inner?: string): string[] {
  const value = entryOf(map, key)?.value;
  const items: readonly YamlNode[] = value?.kind === 'list' ? value.items : [];
  return items.flatMap((item) => {
    if (item.kind === 'scalar') return inner === undefined ? [item.text] : [];
    return item.kind === 'map' && inner !== undefined ? textsOf(item, inner) : [];
  });
}
