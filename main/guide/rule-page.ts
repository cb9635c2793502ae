import { readFile, stat } from 'node:fs/promises';
import { detectDialect } from '../../shared/catalog/detect.ts';
import { expandedSearch } from '../../shared/catalog/dialects/splunk/read.ts';
import { readDialect } from '../../shared/catalog/read-catalog.ts';
import type { NormalisedPredicate, NormalisedRule } from '../../shared/catalog/normalise/normalised-rule.ts';
import type { CallOutput } from '../../shared/ipc/contract.ts';
import type { CatalogPredicate } from '../../shared/ipc/catalog-calls.ts';
import { fail, ok, type Result } from '../../shared/model/fault.ts';
import { accessFault } from '../ingest/source.ts';
import { ruleText } from '../catalog/rule-text.ts';
import type { Wire } from './wire.ts';

type RulePage = Omit<CallOutput<'catalog.rule'>, 'loaded'>;

/** A rule with all that it tests, and its file's text read again. */
export async function rulePage(wire: Wire, name: string): Promise<Result<RulePage>> {
  const { catalog } = wire;
  const indexed = catalog.rule(name);
  if (!indexed) return fail({ code: 'not-found', message: 'This rule is no longer in the catalog' });
  const { rule, file } = indexed;
  const { text, textFault, hasChanged } = await fileText(catalog.pathOf(file), file, catalog.builtAt);
  return ok({
    ...wire.ruleRef(indexed),
    id: rule.id,
    description: rule.description,
    author: rule.author,
    date: rule.date,
    techniques: rule.techniques.map((id) => wire.technique(id)),
    events: rule.events.map((event) => wire.event(event)),
    expanded:
      text === null || rule.vendor !== 'splunk'
        ? ''
        : expandedSearch(text, file, rule.position, catalog.folders.splunkMacros),
    sources: text === null ? [] : sourcesOf(text, file, rule.position),
    sequence: sequenceWords(rule.sequence),
    predicates: rule.predicates.map((predicate) => wirePredicate(wire, rule, predicate)),
    notParsed: rule.notParsed.map((place) => ({ ...place })),
    notRunnable: rule.notRunnable,
    text,
    textFault,
    hasChanged,
    span: { ...rule.span },
    querySpan: { ...rule.querySpan },
  });
}

function wirePredicate(wire: Wire, rule: NormalisedRule, predicate: NormalisedPredicate): CatalogPredicate {
  const { field, native, op, nativeOp, values, quantifier, negated, role, context, caseSensitive, span } = predicate;
  const { derived, placeholders } = predicate;
  return {
    field,
    native,
    op,
    nativeOp,
    values: [...values],
    quantifier,
    negated,
    role,
    context,
    caseSensitive,
    derived: derived ? { field: derived.field, values: [...derived.values] } : null,
    placeholders: [...(placeholders ?? [])],
    span: { ...span },
    // A Sigma rule names the very field; others by way of the canonical one.
    logField: rule.vendor === 'sigma' && native !== 'keyword' ? { field: native, part: 'whole' } : wire.logField(field),
  };
}

async function fileText(
  path: string | undefined,
  file: string,
  builtAt: number,
): Promise<Pick<RulePage, 'text' | 'textFault' | 'hasChanged'>> {
  if (path === undefined)
    return { text: null, textFault: 'Its folder was taken out of the catalog', hasChanged: false };
  try {
    const [bytes, { mtimeMs }] = await Promise.all([readFile(path), stat(path)]);
    return { text: ruleText(bytes), textFault: '', hasChanged: mtimeMs > builtAt };
  } catch (error) {
    return { text: null, textFault: accessFault(error, file).message, hasChanged: false };
  }
}

/** What a rule says of its logs. Read again from its text, since the catalog keeps only the events that follow. */
function sourcesOf(text: string, file: string, position: number): RulePage['sources'] {
  const dialect = detectDialect(text, file);
  if (dialect === undefined || dialect === 'splunk-macro') return [];
  const rule = readDialect(dialect, text, file, new Map()).rules[position];
  const sources = (rule?.queries ?? []).flatMap((query) => query.sources);
  return [...new Map(sources.map(({ kind, name }) => [`${kind} ${name}`, { kind, name }])).values()];
}

function sequenceWords(sequence: NormalisedRule['sequence']): string {
  if (!sequence) return '';
  const { kind, by, maxSpanUs } = sequence;
  return [
    kind === 'sequence' ? 'Events in this order' : 'Events in any order',
    by.length > 0 ? `with the same ${by.join(', ')}` : '',
    maxSpanUs === undefined ? '' : `within ${spanWords(maxSpanUs)}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function spanWords(us: number): string {
  const seconds = us / 1_000_000;
  const unit = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ].find(([size]) => seconds >= (size as number) && seconds % (size as number) === 0) as [number, string] | undefined;
  return unit ? `${seconds / unit[0]} ${unit[1]}` : `${seconds} s`;
}
