import type { Expr } from '../../../model/predicate.ts';
import type { Diagnostic, Rule, RuleText } from '../../../model/rule.ts';
import type { Span } from '../../../model/span.ts';
import { Report } from '../../diagnostics.ts';
import { entryOf, readYaml, type YamlEntry, type YamlMap, type YamlNode } from '../../yaml/tree.ts';
import type { Aggregation } from './aggregation.ts';
import { readCorrelation } from './correlation.ts';
import { FILTER_KEYS, readFilter } from './filter.ts';
import { readTimespan } from './timespan.ts';
import type { Correlation } from '../../../model/correlation.ts';
import { readCondition, type ConditionParts, type SelectionSlot } from './condition.ts';
import { readSelection, type Placeholders } from './detection.ts';
import { applyActions, type RuleDocument } from './documents.ts';
import { readId, readLogsource, readMetadata, startOf, textHash } from './metadata.ts';

/** Keys of `detection` that are no selections. */
const RESERVED = new Set(['condition', 'timeframe']);

export interface SigmaOptions {
  /** Lists for `expand`; a rule with a placeholder that has none can't run. */
  readonly placeholders?: Placeholders;
}

/**
 * Reads a Sigma text: each YAML document becomes a rule (`action` documents applied). Never throws. All faults of a
 * rule are collected, each at its place; a rule with an error has no condition.
 * Format: Sigma rules specification 2.1.
 */
export function readSigma(text: string, options: SigmaOptions = {}): RuleText {
  const { documents, diagnostics } = readSigmaDocuments(text, options);
  return { rules: documents.map(({ rule }) => rule), diagnostics };
}

/** A rule, and what of its detection was understood even where the rule can't run. */
export interface SigmaDocument {
  readonly rule: Rule;
  /** One for each text of the condition, which may be a list. */
  readonly conditions: readonly ConditionParts[];
  readonly detectionSpan: Span;
}

/** As readSigma, with what the catalog needs of rules that can't run. */
export function readSigmaDocuments(
  text: string,
  options: SigmaOptions = {},
): { readonly documents: readonly SigmaDocument[]; readonly diagnostics: readonly Diagnostic[] } {
  const { rules, diagnostics } = applyActions(readYaml(text));
  const documents = rules.map((rule) => readDocument(rule, text, options.placeholders ?? {}));
  if (documents.length < 2) return { documents, diagnostics };
  const origin = textHash(text);
  return { documents: documents.map((one) => ({ ...one, rule: { ...one.rule, origin } })), diagnostics };
}

function readDocument(document: RuleDocument, source: string, placeholders: Placeholders): SigmaDocument {
  const { map, span } = document;
  const report = new Report(document.diagnostics);
  const metadata = readMetadata(map, report);
  const id = readId(map, source.slice(span.start, span.end), report);
  const about = entryOf(map, 'correlation');
  const filtering = entryOf(map, 'detection') ? undefined : entryOf(map, 'filter');
  const detected = about
    ? readAbout(map, about, report)
    : filtering
      ? readFiltering(map, filtering, report, placeholders)
      : readPlain(map, report, placeholders);
  const { condition, conditions, ...rest } = detected;
  const runs = !report.hasError;
  const rule: Rule = {
    vendor: 'sigma',
    id,
    ...metadata,
    ...rest,
    condition: runs ? condition : undefined,
    diagnostics: report.diagnostics,
    span,
  };
  const place = about ?? filtering ?? entryOf(map, 'detection');
  return { rule, conditions, detectionSpan: place?.value.span ?? span };
}

/** What a document detects. */
interface Detected extends Pick<Rule, 'logsource' | 'selections' | 'condition' | 'correlation' | 'filter'> {
  readonly conditions: readonly ConditionParts[];
}

function readPlain(map: YamlMap, report: Report, placeholders: Placeholders): Detected {
  const logsource = readLogsource(map, report) ?? {};
  const detection = entryOf(map, 'detection');
  if (!detection) report.error('sigma-missing-detection', 'The rule has no detection', startOf(map));
  const read = detection ? readDetection(detection, RESERVED, report, placeholders) : NOTHING;
  return { logsource, ...read };
}

function readAbout(map: YamlMap, entry: YamlEntry, report: Report): Detected {
  if (entryOf(map, 'detection')) {
    const message = 'A document has a detection or a correlation, not both; the parts of a file are split by ---';
    report.error('sigma-bad-correlation', message, entry.key.span);
  }
  const correlation = readCorrelation(map, entry, report);
  const condition: Expr = { kind: 'constant', value: false, span: entry.value.span };
  return { logsource: {}, selections: [], condition, conditions: [], ...(correlation ? { correlation } : {}) };
}

function readFiltering(map: YamlMap, entry: YamlEntry, report: Report, placeholders: Placeholders): Detected {
  const logsource = readLogsource(map, report) ?? {};
  const filter = readFilter(entry, report);
  const { correlation, ...read } = readDetection(entry, FILTER_KEYS, report, placeholders);
  if (correlation) report.error('unsupported-aggregation', 'A filter cannot aggregate', correlation.span);
  return { logsource, ...read, ...(filter ? { filter } : {}) };
}

type Detection = Pick<Detected, 'selections' | 'condition' | 'conditions' | 'correlation'>;
const NOTHING: Detection = { selections: [], condition: undefined, conditions: [] };

function readDetection(
  detection: YamlEntry,
  reserved: ReadonlySet<string>,
  report: Report,
  placeholders: Placeholders,
): Detection {
  if (detection.value.kind !== 'map') {
    report.error(
      'sigma-bad-detection',
      'The detection must be a map of selections and a condition',
      detection.value.span,
    );
    return NOTHING;
  }
  const slots: SelectionSlot[] = detection.value.entries
    .filter((entry) => !reserved.has(entry.key.text))
    .map(({ key, value }) => {
      const expr = readSelection(value, report, placeholders);
      const span = { start: key.span.start, end: Math.max(key.span.end, value.span.end) };
      return { name: key.text, nameSpan: key.span, named: expr && { name: key.text, expr, span } };
    });
  const condition = entryOf(detection.value, 'condition');
  if (!condition) {
    report.error('sigma-missing-condition', 'The detection has no condition', detection.key.span);
  }
  const used = new Set<string>();
  const texts = condition ? conditionTexts(condition.value, report) : [];
  const read = texts.map((text) => readCondition(text, slots, used, report));
  const exprs = read.map(({ condition }) => condition);
  if (condition && exprs.every((expr) => expr !== undefined)) {
    for (const slot of slots) {
      if (!used.has(slot.name)) {
        report.warning('sigma-unused-selection', `The condition does not use ${slot.name}`, slot.nameSpan);
      }
    }
  }
  const correlation = readAggregation(
    detection,
    read.map(({ aggregation }) => aggregation),
    report,
  );
  return {
    selections: slots.flatMap((slot) => slot.named ?? []),
    condition: joinConditions(exprs, condition?.value),
    conditions: read.map(({ parts }) => parts),
    ...(correlation ? { correlation } : {}),
  };
}

/** An old aggregation, with its `timeframe`, as the correlation that it is. */
function readAggregation(
  detection: YamlEntry,
  aggregations: readonly (Aggregation | undefined)[],
  report: Report,
): Correlation | undefined {
  const timeframe = entryOf(detection.value as YamlMap, 'timeframe');
  const [aggregation] = aggregations.filter((known) => known !== undefined);
  if (!aggregation) {
    if (timeframe && !report.diagnostics.some((known) => known.code === 'unsupported-aggregation')) {
      const message = 'A timeframe has no meaning without an aggregation';
      report.warning('sigma-timeframe-ignored', message, timeframe.key.span);
    }
    return undefined;
  }
  if (aggregations.length > 1) {
    const message = 'An aggregation cannot stand in a list of conditions';
    report.error('unsupported-aggregation', message, aggregation.span);
  }
  if (!timeframe) {
    const message = 'Without a timeframe the aggregation spans all events';
    report.info('sigma-missing-timeframe', message, aggregation.span);
  }
  const timespanUs = timeframe ? readTimespan(timeframe.value, report) : Infinity;
  return timespanUs === undefined ? undefined : { ...aggregation, aliases: {}, timespanUs, generate: false };
}

/** A condition is one text, or a list of them of which one is enough. */
function conditionTexts(value: YamlNode, report: Report): readonly (YamlNode & { kind: 'scalar' })[] {
  const items = value.kind === 'list' ? value.items : [value];
  const texts = items.flatMap((item) => (item.kind === 'scalar' ? [item] : []));
  if (texts.length < items.length || items.length === 0) {
    report.error('sigma-bad-condition', 'The condition must be text or a list of texts', value.span);
  }
  return texts;
}

function joinConditions(exprs: readonly (Expr | undefined)[], value: YamlNode | undefined): Expr | undefined {
  const good = exprs.filter((expr) => expr !== undefined);
  if (!value || good.length === 0 || good.length < exprs.length) return undefined;
  return good.length === 1 ? good[0] : { kind: 'or', children: good, span: value.span };
}
