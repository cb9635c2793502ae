import type { Span } from '../../../model/span.ts';
import type { CountingInfo } from '../../catalog-rule.ts';
import { asTable, asTables, asText, asTexts, type Table } from './toml-value.ts';

/** What a rule's type asks of several events, or why that is nothing that can be counted. */
export type RuleCounting = { readonly counting: CountingInfo } | { readonly obstacle: string };

/** Reads what a `threshold` or `new_terms` rule counts; undefined for other types. */
export function readRuleCounting(rule: Table, span: Span): RuleCounting | undefined {
  switch (asText(rule['type'])) {
    case 'threshold':
      return readThreshold(rule, span);
    case 'new_terms':
      return readNewTerms(rule, span);
    default:
      return undefined;
  }
}

/** How far back a run of a rule looks, where it does not say. */
const DEFAULT_FROM = 'now-6m';

/** Microseconds that one run of a rule looks back: its `from`. */
export function lookbackUs(rule: Table): number | undefined {
  return beforeNowUs(asText(rule['from']) ?? DEFAULT_FROM);
}

function readThreshold(rule: Table, span: Span): RuleCounting {
  const threshold = asTable(rule['threshold']) ?? {};
  const groupBy = asTexts(threshold['field']).filter((field) => field !== '');
  const value = Number(threshold['value']);
  const [cardinality, ...more] = asTables(threshold['cardinality']);
  const named = groupBy.length === 0 ? '' : ` per ${groupBy.join(', ')}`;
  if (!Number.isFinite(value) || more.length > 0) return { obstacle: `The rule counts events${named} (threshold)` };
  const distinct = cardinality && asText(cardinality['field']);
  const least = cardinality ? Number(cardinality['value']) : value;
  // So many values are at least as many events.
  if (cardinality && (distinct === undefined || !Number.isFinite(least) || least < value)) {
    return { obstacle: `The rule counts events and values${named} (threshold)` };
  }
  const timespanUs = lookbackUs(rule);
  const counting: CountingInfo = {
    distinct,
    groupBy,
    window: timespanUs === undefined ? 'search' : 'lookback',
    timespanUs,
    criterion: { op: 'gte', value: least },
    span,
  };
  return { counting };
}

function readNewTerms(rule: Table, span: Span): RuleCounting {
  const terms = asTable(rule['new_terms']) ?? {};
  const groupBy = asTexts(terms['value']);
  const [history] = asTables(terms['history_window_start']);
  if (groupBy.length === 0) return { obstacle: 'The rule looks for values not seen before (new terms)' };
  const start = history && asText(history['value']);
  const counting: CountingInfo = {
    distinct: undefined,
    groupBy,
    window: 'history',
    timespanUs: start === undefined ? undefined : beforeNowUs(start),
    criterion: { op: 'gte', value: 1 },
    span,
  };
  return { counting };
}

const UNITS_US: Readonly<Record<string, number>> = { s: 1e6, m: 60e6, h: 3600e6, H: 3600e6, d: 86_400e6, w: 604_800e6 };

/** `now-9m` (Elasticsearch, "Date math"). */
function beforeNowUs(text: string): number | undefined {
  const match = /^now-(\d+)([smhHdw])$/.exec(text.trim());
  const unit = match && UNITS_US[match[2] as string];
  return unit ? Number(match[1]) * unit : undefined;
}
