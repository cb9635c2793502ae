import type { Op } from '../../model/predicate.ts';
import type { Vendor } from '../../model/rule.ts';
import type { IndexedRule } from '../index/catalog-index.ts';
import type { CatalogEvent, NormalisedPredicate } from '../normalise/normalised-rule.ts';
import type { NotParsedRow, TechniquePage } from './technique-page.ts';

/** A predicate of a rule, as the page's JSON tells it. */
export interface PredicateJson {
  readonly field: string;
  readonly nativeField: string;
  readonly op: Op;
  readonly nativeOp: string;
  readonly values: readonly string[];
  readonly quantifier: 'any' | 'all';
  readonly negated: boolean;
  readonly role: NormalisedPredicate['role'];
  readonly context: string;
  readonly derived?: NormalisedPredicate['derived'];
  readonly placeholders?: readonly string[];
}

export interface RuleJson {
  readonly vendor: Vendor;
  readonly id: string;
  readonly title: string;
  readonly file: string;
  readonly language: string;
  readonly level: string;
  readonly status: string;
  readonly techniques: readonly string[];
  readonly events: readonly CatalogEvent[];
  /** Without the exclusions. */
  readonly predicates: readonly PredicateJson[];
  readonly exclusions: readonly PredicateJson[];
}

/** A technique's page for scripts: a contract. Every row is there, those that only scope too. */
export interface TechniqueJson {
  readonly technique: string;
  readonly vendors: Readonly<Partial<Record<Vendor, number>>>;
  readonly events: readonly { readonly channel: string; readonly eventId: number | null; readonly rules: number }[];
  readonly fields: readonly {
    readonly field: string;
    readonly native: readonly string[];
    readonly rules: number;
    readonly how: Readonly<Partial<Record<Op, number>>>;
    readonly samples: readonly string[];
  }[];
  readonly indicators: readonly {
    readonly field: string;
    readonly op: Op;
    readonly value: string;
    readonly rules: number;
    readonly reach: number;
  }[];
  readonly exclusions: readonly {
    readonly field: string;
    readonly op: Op;
    readonly value: string;
    readonly rules: number;
  }[];
  readonly rules: readonly RuleJson[];
  readonly notParsed: readonly NotParsedRow[];
}

export function techniqueJson(page: TechniquePage): TechniqueJson {
  return {
    technique: page.technique,
    vendors: page.vendors,
    events: page.events.map(({ channel, eventId, rules }) => ({ channel, eventId, rules })),
    fields: page.fields.map(({ field, native, rules, how, samples }) => ({ field, native, rules, how, samples })),
    indicators: page.indicators.map(({ field, op, value, rules, reach }) => ({ field, op, value, rules, reach })),
    exclusions: page.exclusions.map(({ field, op, value, rules }) => ({ field, op, value, rules })),
    rules: page.rules.map(ruleJson),
    notParsed: page.notParsed,
  };
}

export function ruleJson({ file, rule }: Pick<IndexedRule, 'file' | 'rule'>): RuleJson {
  const { vendor, id, title, language, level, status, techniques, events, predicates } = rule;
  const isExclusion = ({ role }: NormalisedPredicate): boolean => role === 'exclusion';
  return {
    vendor,
    id,
    title,
    file,
    language,
    level,
    status,
    techniques,
    events,
    predicates: predicates.filter((predicate) => !isExclusion(predicate)).map(predicateJson),
    exclusions: predicates.filter(isExclusion).map(predicateJson),
  };
}

function predicateJson(predicate: NormalisedPredicate): PredicateJson {
  const { field, native, op, nativeOp, values, quantifier, negated, role, context, derived, placeholders } = predicate;
  return {
    field,
    nativeField: native,
    op,
    nativeOp,
    values,
    quantifier,
    negated,
    role,
    context,
    ...(derived ? { derived } : {}),
    ...(placeholders ? { placeholders } : {}),
  };
}
