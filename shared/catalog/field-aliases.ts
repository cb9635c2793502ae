import { parse } from 'yaml';
import { z } from 'zod';
import { registryData } from './registry-data.ts';

const source = z
  .union([
    z.string(),
    z.strictObject({
      field: z.string().optional(),
      join: z.array(z.string()).length(2).optional(),
      with: z.string().optional(),
      as: z.literal('registry data').optional(),
      values: z.record(z.string(), z.string()).optional(),
      prefixes: z.record(z.string(), z.string()).optional(),
      suffixes: z.record(z.string(), z.string()).optional(),
    }),
  ])
  .transform((written, context): FieldSource => {
    if (typeof written === 'string') return { fields: [written] };
    const fields = written.join ?? (written.field === undefined ? [] : [written.field]);
    if (fields.length === 0) context.addIssue('an alias names a field or fields to join');
    const { with: separator, as: form, values, prefixes, suffixes } = written;
    if (form && fields.length !== 2) context.addIssue('registry data is made of a type and a value');
    return {
      fields,
      ...(separator === undefined ? {} : { separator }),
      ...(form ? { form } : {}),
      ...(values ? { values } : {}),
      ...(prefixes ? { prefixes } : {}),
      ...(suffixes ? { suffixes } : {}),
    };
  });

const alias = z
  .union([source, z.array(source)])
  .transform((written): readonly FieldSource[] => (Array.isArray(written) ? written : [written]));

/** Where a field's value is to be had from: one event field, or two joined, then rewritten. */
export interface FieldSource {
  readonly fields: readonly string[];
  readonly separator?: string;
  /** How the fields make one value, where that is not to write one behind the other: see registry-data.ts. */
  readonly form?: 'registry data';
  /** Whole values, as the event writes them to as rules write them. */
  readonly values?: Readonly<Record<string, string>>;
  /** Beginnings of values, likewise. */
  readonly prefixes?: Readonly<Record<string, string>>;
  /** Ends of values, likewise. */
  readonly suffixes?: Readonly<Record<string, string>>;
}

/** Schema of rules/mappings/field-aliases.yaml. */
const aliasFile = z.strictObject({
  version: z.literal(1),
  sets: z.record(z.string(), z.record(z.string(), alias)),
  general: z.record(z.string(), alias),
});

export interface FieldAliases {
  /** What a field is in events under a set; undefined where the set says nothing of it. */
  ofSet(set: string, field: string): readonly FieldSource[] | undefined;
  /** Names to try in events that lack the field. */
  general(field: string): readonly FieldSource[];
  readonly sets: readonly string[];
}

/** Reads field-aliases.yaml. Throws with the place of the fault: it is a broken installation. */
export function readFieldAliases(text: string): FieldAliases {
  const { sets, general } = aliasFile.parse(parse(text));
  const setMap = new Map(Object.entries(sets).map(([name, fields]) => [name, new Map(Object.entries(fields))]));
  const generalMap = new Map(Object.entries(general));
  return {
    sets: [...setMap.keys()],
    ofSet: (set, field) => setMap.get(set)?.get(field),
    general: (field) => generalMap.get(field) ?? [],
  };
}

/** The value of a source, as rules write it. @param texts one for each of its fields. */
export function sourceValue(source: FieldSource, texts: readonly string[]): string {
  if (source.form) return registryData(texts[0] ?? '', texts[1] ?? '');
  const text = texts.join(source.separator ?? '');
  const whole = source.values && Object.hasOwn(source.values, text) ? source.values[text] : undefined;
  if (whole !== undefined) return whole;
  return rewrittenEnd(source, rewrittenStart(source, text));
}

function rewrittenStart({ prefixes = {} }: FieldSource, text: string): string {
  for (const [prefix, replacement] of Object.entries(prefixes)) {
    if (text.toLowerCase().startsWith(prefix.toLowerCase())) return replacement + text.slice(prefix.length);
  }
  return text;
}

function rewrittenEnd({ suffixes = {} }: FieldSource, text: string): string {
  for (const [suffix, replacement] of Object.entries(suffixes)) {
    if (text.toLowerCase().endsWith(suffix.toLowerCase()))
      return text.slice(0, text.length - suffix.length) + replacement;
  }
  return text;
}
