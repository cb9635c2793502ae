import type { Expr, Op } from '../../../model/predicate.ts';
import type { Span } from '../../../model/span.ts';
import { joined, opValue, predicateOf, groupByOp, type OpValue, type TestShape } from '../common/lowering.ts';
import { type Lowering } from './lower.ts';
import { asTable, asTables, asText, asTexts, type Table } from './toml-value.ts';
import { escapedPieces, piecesValue } from './wildcards.ts';

/**
 * Reads a rule's `filters`: saved Kibana filters, each a query of Elasticsearch's query DSL (elastic.co/guide, "Query
 * DSL") that `meta.negate` may turn round. All of them must hold besides the query.
 * @param spans where each filter stands; they are the spans of the predicates.
 */
export function readFilters(
  filters: readonly Table[],
  spans: readonly Span[],
  whole: Span,
  lowering: Lowering,
): Expr[] {
  return filters.flatMap((filter, index) => {
    const meta = asTable(filter['meta']) ?? {};
    if (meta['disabled'] === true) return [];
    const span = spans[index] ?? whole;
    // Older filters hold the query's parts beside `meta`.
    const query = asTable(filter['query']) ?? filter;
    const expr = readDsl(query, span, lowering);
    if (!expr) return [];
    return [meta['negate'] === true ? { kind: 'not', child: expr, span } : expr];
  });
}

function readDsl(query: Table, span: Span, lowering: Lowering): Expr | undefined {
  const name = DSL_QUERIES.find((known) => asTable(query[known]) !== undefined);
  const body = name && asTable(query[name]);
  if (!name || !body) {
    const message = `A filter has a query that isn't understood: ${Object.keys(query).join(', ')}`;
    lowering.lost.push({ message, span });
    return undefined;
  }
  switch (name) {
    case 'bool':
      return readBool(body, span, lowering);
    case 'exists':
      return predicateOf(shapeOf(asText(body['field']) ?? '', name, true, span), 'is_not_null', []);
    case 'wildcard':
    case 'prefix':
    case 'term':
    case 'terms':
    case 'match':
    case 'match_phrase':
    case 'range':
      return readField(name, body, span);
  }
}

const DSL_QUERIES = [
  'bool',
  'exists',
  'wildcard',
  'prefix',
  'term',
  'terms',
  'match',
  'match_phrase',
  'range',
] as const;
type FieldQuery = Exclude<(typeof DSL_QUERIES)[number], 'bool' | 'exists'>;

function readBool(body: Table, span: Span, lowering: Lowering): Expr {
  const read = (key: string): Expr[] => asTables(body[key]).flatMap((query) => readDsl(query, span, lowering) ?? []);
  const should = read('should');
  const all: Expr[] = [
    ...read('must'),
    ...read('filter'),
    ...read('must_not').map((child): Expr => ({ kind: 'not', child, span })),
    ...(should.length > 0 ? [joined('or', should, span)] : []),
  ];
  return joined('and', all, span);
}

const RANGES: Readonly<Record<string, Op>> = { gt: 'gt', gte: 'gte', lt: 'lt', lte: 'lte' };

/** A query on one field: `{field: value}` or `{field: {value: …, case_insensitive: …}}`. */
function readField(name: FieldQuery, body: Table, span: Span): Expr {
  const fields = Object.entries(body).filter(([field]) => field !== 'boost');
  const tests = fields.map(([field, written]): Expr => {
    const options = asTable(written);
    const shape = shapeOf(field, name, options?.['case_insensitive'] !== true, span);
    if (name === 'range') {
      const bounds = Object.entries(options ?? {}).flatMap(([key, bound]): Expr[] => {
        const op = RANGES[key];
        return op ? [predicateOf(shape, op, [{ text: asText(bound) ?? '', span }])] : [];
      });
      return joined('and', bounds, span);
    }
    const texts = asTexts(options ? (options['value'] ?? options['query'] ?? options['wildcard']) : written);
    return groupByOp(
      shape,
      texts.map((text) => fieldValue(name, text, span)),
    );
  });
  return joined('and', tests, span);
}

function fieldValue(name: FieldQuery, text: string, span: Span): OpValue {
  if (name === 'wildcard') return piecesValue(escapedPieces(text), span);
  return opValue({ op: name === 'prefix' ? 'starts_with' : 'eq', text }, span);
}

function shapeOf(field: string, native: string, caseSensitive: boolean, span: Span): TestShape {
  return { field, native, caseSensitive, quantifier: 'any', span };
}
