import type { Expr } from '../../../model/predicate.ts';
import type { Diagnostic, NamedExpr, Rule, RuleText } from '../../../model/rule.ts';
import type { Span } from '../../../model/span.ts';
import { Report } from '../../diagnostics.ts';
import { entryOf, readYaml, type YamlEntry, type YamlMap, type YamlNode } from '../../yaml/tree.ts';
import { readCondition, type ConditionParts, type SelectionSlot } from './condition.ts';
import { readSelection, type Placeholders } from './detection.ts';
import { applyActions, type RuleDocument } from './documents.ts';
import { readId, readLogsource, readMetadata, startOf } from './metadata.ts';

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
  return { documents: rules.map((rule) => readDocument(rule, text, options.placeholders ?? {})), diagnostics };
}

function readDocument(document: RuleDocument, source: string, placeholders: Placeholders): SigmaDocument {
  const { map, span } = document;
  const report = new Report(document.diagnostics);
  const metadata = readMetadata(map, report);
  const id = readId(map, source.slice(span.start, span.end), report);
  const kind = metaRuleKind(map);
  if (kind) {
    const message = `${kind.name} are not supported yet`;
    report.error(kind.code, message, kind.entry.key.span);
    const rule: Rule = {
      vendor: 'sigma',
      id,
      ...metadata,
      logsource: {},
      selections: [],
      condition: undefined,
      diagnostics: report.diagnostics,
      span,
    };
    return { rule, conditions: [], detectionSpan: kind.entry.value.span };
  }
  const logsource = readLogsource(map, report) ?? {};
  const { selections, condition, conditions } = readDetection(map, report, placeholders);
  const runs = !report.hasError;
  const rule: Rule = {
    vendor: 'sigma',
    id,
    ...metadata,
    logsource,
    selections,
    condition: runs ? condition : undefined,
    diagnostics: report.diagnostics,
    span,
  };
  return { rule, conditions, detectionSpan: entryOf(map, 'detection')?.value.span ?? span };
}

/** A document that speaks about other rules. */
function metaRuleKind(map: YamlMap): { entry: YamlEntry; code: string; name: string } | undefined {
  const correlation = entryOf(map, 'correlation');
  if (correlation) return { entry: correlation, code: 'unsupported-correlation', name: 'Correlation rules' };
  const filter = entryOf(map, 'filter');
  if (filter && !entryOf(map, 'detection')) {
    return { entry: filter, code: 'unsupported-global-filter', name: 'Global filters' };
  }
  return undefined;
}

function readDetection(
  map: YamlMap,
  report: Report,
  placeholders: Placeholders,
): {
  readonly selections: readonly NamedExpr[];
  readonly condition: Expr | undefined;
  readonly conditions: readonly ConditionParts[];
} {
  const nothing = { selections: [], condition: undefined, conditions: [] };
  const detection = entryOf(map, 'detection');
  if (!detection) {
    report.error('sigma-missing-detection', 'The rule has no detection', startOf(map));
    return nothing;
  }
  if (detection.value.kind !== 'map') {
    report.error(
      'sigma-bad-detection',
      'The detection must be a map of selections and a condition',
      detection.value.span,
    );
    return nothing;
  }
  const slots: SelectionSlot[] = detection.value.entries
    .filter((entry) => !RESERVED.has(entry.key.text))
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
  const timeframe = entryOf(detection.value, 'timeframe');
  if (timeframe && !report.diagnostics.some((known) => known.code === 'unsupported-aggregation')) {
    report.warning('sigma-timeframe-ignored', 'A timeframe has no meaning without an aggregation', timeframe.key.span);
  }
  return {
    selections: slots.flatMap((slot) => slot.named ?? []),
    condition: joinConditions(exprs, condition?.value),
    conditions: read.map(({ parts }) => parts),
  };
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
