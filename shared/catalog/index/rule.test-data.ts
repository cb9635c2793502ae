import type { NormalisedPredicate, NormalisedRule } from '../normalise/normalised-rule.ts';
import type { CatalogEntry } from './catalog-index.ts';

const span = { start: 0, end: 0 };

/** A test of Image by `eq`, but for what is given. */
export function predicate(more: Partial<NormalisedPredicate>): NormalisedPredicate {
  return {
    field: 'process.path',
    native: 'Image',
    isMapped: true,
    op: 'eq',
    values: ['x'],
    quantifier: 'any',
    negated: false,
    role: 'indicator',
    context: '',
    nativeOp: '',
    caseSensitive: false,
    span,
    ...more,
  };
}

/** A Sigma rule for T1572 over Security 4688, but for what is given. */
export function rule(
  title: string,
  predicates: readonly NormalisedPredicate[],
  more: Partial<NormalisedRule> = {},
): CatalogEntry {
  const made: NormalisedRule = {
    vendor: 'sigma',
    language: 'sigma',
    id: title,
    title,
    description: '',
    status: 'test',
    level: 'low',
    author: '',
    date: '',
    tags: [],
    techniques: ['T1572'],
    platforms: ['windows'],
    isWindows: true,
    events: [{ channel: 'Security', eventId: 4688 }],
    sequence: undefined,
    predicates,
    notParsed: [],
    notRunnable: '',
    position: 0,
    span,
    querySpan: span,
    ...more,
  };
  return { file: `${title}.yml`, rule: made };
}
