/** Careful access to values of a parsed TOML (or other untyped) tree: what isn't of the type asked for is absent. */
export type Table = Readonly<Record<string, unknown>>;

export function asTable(value: unknown): Table | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : undefined;
}

export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return value instanceof Date ? value.toISOString() : undefined;
}

/** The texts of a list; a text alone is a list of one. */
export function asTexts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => asText(item) ?? []);
}

/** The tables of a list; a table alone is a list of one. */
export function asTables(value: unknown): Table[] {
  return (Array.isArray(value) ? value : [value]).flatMap((item: unknown): Table[] => {
    const table = asTable(item);
    return table ? [table] : [];
  });
}
