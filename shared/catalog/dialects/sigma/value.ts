/** Names of the placeholders in a value, `%name%`; a backslash before a percent sign makes that one literal. */
const PLACEHOLDER = /\\%|%([^%\s\\][^%\\]*)%/g;

/**
 * Replaces the placeholders of a value, every combination of their values.
 * @returns the names that have no values, or the expanded texts.
 */
export function expandPlaceholders(
  text: string,
  lists: Readonly<Record<string, readonly string[]>>,
): { readonly unknown: readonly string[]; readonly texts: readonly string[] } {
  const unknown: string[] = [];
  let texts = [''];
  let last = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const before = text.slice(last, match.index);
    last = match.index + match[0].length;
    const name = match[1];
    const values = name === undefined ? ['%'] : Object.hasOwn(lists, name) ? (lists[name] as readonly string[]) : [];
    if (name !== undefined && values.length === 0) unknown.push(name);
    texts = texts.flatMap((head) => values.map((value) => head + before + value));
  }
  return { unknown, texts: texts.map((head) => head + text.slice(last)) };
}
