import type { Expr, Predicate } from '../../../model/predicate.ts';
import type { Span } from '../../../model/span.ts';
import { parseNetwork } from '../../../matching/ip.ts';
import { mapPredicates, type OpValue } from '../common/lowering.ts';
import { anchored, translateLuceneRegex } from './lucene-regex.ts';

/**
 * What turning a query into predicates needs to know and to say. Every Elastic language lowers its syntax tree with
 * one of these.
 */
export interface Lowering {
  /** Maps a range of the query's text to the file. */
  readonly place: (span: Span) => Span;
  /** Why the predicates say less than the query does, so that they can't stand for it in the matcher; first ones first. */
  readonly inexact: string[];
  /** Parts that give no predicate at all. */
  readonly lost: { readonly message: string; readonly span: Span }[];
}

export function startLowering(place: (span: Span) => Span): Lowering {
  return { place, inexact: [], lost: [] };
}

/**
 * Whether a field holds addresses, by the naming of the Elastic Common Schema (`source.ip`, `host.ip`, `*_ip`). A
 * `flattened` object has keywords only, and `cidrIp` of AWS holds networks as text.
 */
export function isAddressField(field: string): boolean {
  return !/\.flattened\.|cidrIp/.test(field) && /(?:^|[._])(?:ip|ip_address|address_ip)$|[a-z](?:Ip|IP)$/.test(field);
}

/** Whether a value is a network in `address/prefix` form. */
export function isNetwork(text: string): boolean {
  return text.includes('/') && parseNetwork(text) !== undefined;
}

/** What the matcher runs in place of a query, or why there is nothing. */
export interface Runnable {
  readonly condition: Expr | undefined;
  readonly notRunnable: string;
}

/**
 * The expression that the matcher can run in place of a query, or why there is none. Its regular expressions are made
 * into RE2's, see `runnablePatterns`.
 */
export function runnable(expr: Expr | undefined, { inexact, lost }: Lowering): Runnable {
  const reason = lost[0]?.message ?? inexact[0] ?? (expr ? undefined : 'The query tests nothing');
  if (reason !== undefined || !expr) return { condition: undefined, notRunnable: reason ?? '' };
  return { condition: runnablePatterns(expr), notRunnable: '' };
}

/**
 * An expression with its regular expressions, which stand in predicates as the rule's author wrote them, turned into
 * RE2's that cover whole values, as Elasticsearch means them; the matcher's `match` looks anywhere in a text. To be
 * used on a query's predicates before they are run, once.
 */
export function runnablePatterns(expr: Expr): Expr {
  const translate = (predicate: Predicate): Expr => {
    if (predicate.op !== 'match') return predicate;
    const values = predicate.values.map((value) => {
      const translated = translateLuceneRegex(value.text);
      // What has no equal was said where the query was read; such a rule does not run.
      return translated.ok ? { ...value, text: anchored(translated.pattern) } : value;
    });
    return { ...predicate, values };
  };
  return mapPredicates(expr, translate);
}

/** A regular expression of Lucene as an op value, as written; says so where RE2 has no equal for it. */
export function regexValue(source: string, span: Span, lowering: Lowering): OpValue {
  const translated = translateLuceneRegex(source);
  if (!translated.ok) lowering.inexact.push(`A regular expression has ${translated.reason}, which RE2 lacks`);
  return { op: 'match', value: { text: source, span } };
}
