import { COMPARISONS, type Correlation, type CorrelationPart, type Criterion } from '../../../model/correlation.ts';
import type { Report } from '../../diagnostics.ts';
import { entryOf, type YamlEntry, type YamlMap, type YamlNode } from '../../yaml/tree.ts';
import { UUID } from './metadata.ts';
import { readTimespan } from './timespan.ts';

/** Types that a `correlation` may have (specification 2.1; value_median is of the tools that convert rules). */
const TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
] as const;
const KEYS = ['type', 'rules', 'aliases', 'group-by', 'timespan', 'condition', 'generate', 'field'];
const MEDIAN = 50;

/**
 * Reads `correlation:`; undefined, with errors reported, where it cannot be used. Whether the rules that it refers to
 * exist is not known here.
 * Format: Sigma correlation rules specification 2.1.
 */
export function readCorrelation(document: YamlMap, entry: YamlEntry, report: Report): Correlation | undefined {
  const before = report.diagnostics.length;
  const map = entry.value;
  if (map.kind !== 'map') {
    report.error('sigma-bad-correlation', 'The correlation must be a map', map.span);
    return undefined;
  }
  for (const { key } of map.entries) {
    if (KEYS.includes(key.text)) continue;
    report.warning('sigma-unknown-key', `A correlation has no "${key.text}"; only ${KEYS.join(', ')}`, key.span);
  }
  const type = readType(map, entry, report);
  const parts = readParts(map, entry, report);
  const groupBy = readNames(map, 'group-by', report);
  if (!entryOf(map, 'group-by')) {
    report.info('sigma-missing-group-by', 'Without group-by all events are counted together', entry.key.span);
  }
  const timespan = entryOf(map, 'timespan');
  if (!timespan) report.error('sigma-missing-timespan', 'The correlation has no timespan', entry.key.span);
  const timespanUs = timespan ? readTimespan(timespan.value, report) : undefined;
  const aliases = readAliases(map, parts, groupBy, report);
  const condition = type ? readCondition(map, entry, type.name, parts.length, report) : undefined;
  const generate = readGenerate(map, document, report);
  const isGood = report.diagnostics.slice(before).every(({ severity }) => severity !== 'error');
  if (!isGood || !type || timespanUs === undefined || !condition) return undefined;
  return { type: type.type, parts, groupBy, aliases, timespanUs, ...condition, generate, span: map.span };
}

function readType(
  map: YamlMap,
  entry: YamlEntry,
  report: Report,
): { readonly name: string; readonly type: Correlation['type'] } | undefined {
  const value = entryOf(map, 'type')?.value;
  if (!value) {
    report.error('sigma-missing-correlation-type', 'The correlation has no type', entry.key.span);
    return undefined;
  }
  const name = value.kind === 'scalar' ? value.text : '';
  if (name === 'value_median') return { name, type: 'value_percentile' };
  const type = TYPES.find((known) => known === name);
  if (!type) {
    const message = `Unknown correlation type "${name}"; Sigma has ${TYPES.join(', ')}`;
    report.error('sigma-unknown-correlation-type', message, value.span);
    return undefined;
  }
  return { name, type };
}

function readParts(map: YamlMap, entry: YamlEntry, report: Report): CorrelationPart[] {
  const rules = entryOf(map, 'rules');
  if (!rules) {
    report.error('sigma-missing-rules', 'The correlation names no rules', entry.key.span);
    return [];
  }
  const items = rules.value.kind === 'list' ? rules.value.items : [rules.value];
  if (items.length === 0) report.error('sigma-missing-rules', 'The list of rules is empty', rules.value.span);
  const parts: CorrelationPart[] = [];
  for (const item of items) {
    if (item.kind !== 'scalar' || item.text === '') {
      report.error('sigma-bad-value-type', 'A rule is referred to by its id or name', item.span);
    } else if (parts.some(({ name }) => name === item.text)) {
      report.error('sigma-duplicate-reference', `The rule "${item.text}" stands twice in the list`, item.span);
    } else parts.push({ kind: 'reference', name: item.text, span: item.span });
  }
  return parts;
}

function readNames(map: YamlMap, key: string, report: Report): string[] {
  const entry = entryOf(map, key);
  return entry ? namesOf(entry, report) : [];
}

function namesOf({ key, value }: YamlEntry, report: Report): string[] {
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => {
    if (item.kind === 'scalar' && item.text !== '') return [item.text];
    report.error('sigma-bad-value-type', `${key.text} takes names of fields`, item.span);
    return [];
  });
}

function readAliases(
  map: YamlMap,
  parts: readonly CorrelationPart[],
  groupBy: readonly string[],
  report: Report,
): Correlation['aliases'] {
  const entry = entryOf(map, 'aliases');
  const aliases = Object.create(null) as Record<string, Record<string, string>>;
  if (!entry) return aliases;
  if (entry.value.kind !== 'map') {
    report.error('sigma-bad-aliases', 'aliases must be a map of names', entry.value.span);
    return aliases;
  }
  for (const { key, value } of entry.value.entries) {
    if (value.kind !== 'map') {
      report.error('sigma-bad-aliases', 'An alias is a map of a field name for each rule', value.span);
      continue;
    }
    const fields = Object.create(null) as Record<string, string>;
    for (const { key: rule, value: field } of value.entries) {
      // A rule may be listed by its id and named here, or the other way round: the linker tells.
      if (!parts.some(({ name }) => name === rule.text || isId(name) !== isId(rule.text))) {
        report.error('sigma-unknown-alias-rule', `"${rule.text}" is not among the rules of the correlation`, rule.span);
      } else if (field.kind !== 'scalar' || field.text === '') {
        report.error('sigma-bad-aliases', 'An alias stands for one field of a rule', field.span);
      } else fields[rule.text] = field.text;
    }
    const without = parts.filter(({ name }) => fields[name] === undefined);
    const isByName = Object.keys(fields).every((name) => parts.some((part) => part.name === name));
    if (without.length > 0 && isByName && groupBy.includes(key.text)) {
      const names = without.map(({ name }) => name).join(', ');
      report.info('sigma-alias-not-for-all', `For ${names} "${key.text}" is taken as the field's own name`, key.span);
    }
    aliases[key.text] = fields;
  }
  return aliases;
}

function isId(name: string): boolean {
  return UUID.test(name);
}

type Condition = Pick<Correlation, 'criteria' | 'fields'> & { percentile?: number };

/** What the number of a window is compared with; for temporal correlations it may be left out: all rules then. */
function readCondition(
  map: YamlMap,
  entry: YamlEntry,
  type: string,
  parts: number,
  report: Report,
): Condition | undefined {
  const condition = entryOf(map, 'condition');
  const isTemporal = type.startsWith('temporal');
  if (!condition) {
    if (isTemporal) return { criteria: [{ op: 'gte', value: parts }], fields: [] };
    report.error('sigma-missing-condition', 'The correlation has no condition', entry.key.span);
    return undefined;
  }
  if (condition.value.kind !== 'map') {
    report.error('sigma-bad-condition', 'The condition must be a map, such as gte: 10', condition.value.span);
    return undefined;
  }
  const criteria = readCriteria(condition.value, report);
  const compares = condition.value.entries.some(({ key }) => key.text !== 'field' && key.text !== 'percentile');
  if (!compares) {
    const message = `The condition compares with nothing; it needs one of ${COMPARISONS.join(', ')}`;
    report.error('sigma-bad-condition', message, condition.value.span);
  }
  const needsField = type.startsWith('value_');
  // The published schema has it beside the condition, the text of the specification in it.
  const field = entryOf(condition.value, 'field') ?? entryOf(map, 'field');
  if (needsField && !field) {
    report.error('sigma-missing-field', `A ${type} correlation needs a field in its condition`, condition.key.span);
  }
  if (!needsField && field) {
    report.warning('sigma-field-ignored', `A ${type} correlation looks at no field`, field.key.span);
  }
  const fields = needsField && field ? namesOf(field, report) : [];
  if (type !== 'value_count' && fields.length > 1) {
    report.error('sigma-bad-condition', `A ${type} correlation takes one field`, (field as YamlEntry).value.span);
  }
  const percentile = readPercentile(condition.value, type, report);
  return { criteria, fields, ...(percentile === undefined ? {} : { percentile }) };
}

function readCriteria(map: YamlMap, report: Report): Criterion[] {
  const criteria: Criterion[] = [];
  for (const { key, value } of map.entries) {
    if (key.text === 'field' || key.text === 'percentile') continue;
    const op = COMPARISONS.find((known) => known === key.text);
    if (!op) {
      const message = `Unknown comparison "${key.text}"; Sigma has ${COMPARISONS.join(', ')}`;
      report.error('sigma-unknown-comparison', message, key.span);
      continue;
    }
    const number = numberOf(value);
    if (number === undefined) report.error('sigma-bad-condition', 'A comparison needs a number', value.span);
    else criteria.push({ op, value: number });
  }
  return criteria;
}

function readPercentile(map: YamlMap, type: string, report: Report): number | undefined {
  const entry = entryOf(map, 'percentile');
  if (!entry) return type === 'value_median' ? MEDIAN : undefined;
  if (type !== 'value_percentile') {
    report.warning('sigma-percentile-ignored', `A ${type} correlation has no percentile`, entry.key.span);
    return type === 'value_median' ? MEDIAN : undefined;
  }
  const value = numberOf(entry.value);
  if (value !== undefined && value >= 0 && value <= 100) return value;
  report.error('sigma-bad-condition', 'A percentile is a number from 0 to 100', entry.value.span);
  return undefined;
}

function numberOf(node: YamlNode): number | undefined {
  if (node.kind !== 'scalar' || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(node.text)) return undefined;
  return Number(node.text);
}

/** The specification has `generate` beside `correlation`; rules in use have it within, too. */
function readGenerate(map: YamlMap, document: YamlMap, report: Report): boolean {
  const entry = entryOf(map, 'generate') ?? entryOf(document, 'generate');
  if (!entry) return false;
  const { value } = entry;
  if (value.kind === 'scalar' && value.type === 'bool') return value.text.toLowerCase() === 'true';
  report.error('sigma-bad-value-type', 'generate must be true or false', value.span);
  return false;
}
