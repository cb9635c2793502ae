import type { NormalisedPredicate, NormalisedRule } from '../../shared/catalog/normalise/normalised-rule.ts';
import type { CachedFile } from './catalog-cache.ts';

/** Texts that stand often (fields, operators, paths in the tree, values) as numbers. */
export class TextTable {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}

/** A predicate as an array: numbers of texts, flags, values, span, and what few predicates have. */
type PackedPredicate = readonly [
  field: number,
  native: number,
  op: number,
  nativeOp: number,
  role: number,
  context: number,
  flags: number,
  start: number,
  end: number,
  values: readonly number[],
  rare?: Pick<NormalisedPredicate, Rare>,
];

type Rare = 'derived' | 'placeholders' | 'encodings' | 'algorithm';

export interface PackedFile extends Omit<CachedFile, 'rules'> {
  readonly rules: readonly (Omit<NormalisedRule, 'predicates'> & { readonly predicates: readonly PackedPredicate[] })[];
}

export function packFile(file: CachedFile, table: TextTable): PackedFile {
  return {
    ...file,
    rules: file.rules.map((rule) => ({
      ...rule,
      predicates: rule.predicates.map((predicate) => packPredicate(predicate, table)),
    })),
  };
}

export function unpackFile(file: PackedFile, texts: readonly string[]): CachedFile {
  return {
    ...file,
    dialect: file.dialect,
    macro: file.macro,
    rules: file.rules.map((rule) => ({
      ...rule,
      // JSON leaves out what is undefined.
      sequence: rule.sequence && { ...rule.sequence, maxSpanUs: rule.sequence.maxSpanUs },
      predicates: rule.predicates.map((predicate) => unpackPredicate(predicate, texts)),
    })),
  };
}

const MAPPED = 1;
const ALL = 2;
const NEGATED = 4;
const CASED = 8;
const WINDASH = 16;
const OPTIONAL = 32;

function packPredicate(predicate: NormalisedPredicate, table: TextTable): PackedPredicate {
  const { derived, placeholders, encodings, algorithm } = predicate;
  const flags =
    (predicate.isMapped ? MAPPED : 0) |
    (predicate.quantifier === 'all' ? ALL : 0) |
    (predicate.negated ? NEGATED : 0) |
    (predicate.caseSensitive ? CASED : 0) |
    (predicate.windash ? WINDASH : 0) |
    (predicate.optional ? OPTIONAL : 0);
  const packed = [
    table.number(predicate.field),
    table.number(predicate.native),
    table.number(predicate.op),
    table.number(predicate.nativeOp),
    table.number(predicate.role),
    table.number(predicate.context),
    flags,
    predicate.span.start,
    predicate.span.end,
    predicate.values.map((value) => table.number(value)),
  ] as const;
  const hasRare = derived ?? placeholders ?? encodings ?? algorithm;
  if (hasRare === undefined) return packed;
  return [
    ...packed,
    {
      ...(derived ? { derived } : {}),
      ...(placeholders ? { placeholders } : {}),
      ...(encodings ? { encodings } : {}),
      ...(algorithm === undefined ? {} : { algorithm }),
    },
  ];
}

function unpackPredicate(packed: PackedPredicate, texts: readonly string[]): NormalisedPredicate {
  const [field, native, op, nativeOp, role, context, flags, start, end, values, rare] = packed;
  const text = (number: number): string => texts[number] as string;
  const predicate: NormalisedPredicate = {
    field: text(field),
    native: text(native),
    isMapped: (flags & MAPPED) !== 0,
    op: text(op) as NormalisedPredicate['op'],
    values: values.map(text),
    quantifier: (flags & ALL) !== 0 ? 'all' : 'any',
    negated: (flags & NEGATED) !== 0,
    role: text(role) as NormalisedPredicate['role'],
    context: text(context),
    nativeOp: text(nativeOp),
    caseSensitive: (flags & CASED) !== 0,
    span: { start, end },
  };
  if (rare === undefined && (flags & (WINDASH | OPTIONAL)) === 0) return predicate;
  return {
    ...predicate,
    ...rare,
    ...((flags & WINDASH) !== 0 ? { windash: true as const } : {}),
    ...((flags & OPTIONAL) !== 0 ? { optional: true as const } : {}),
  };
}
