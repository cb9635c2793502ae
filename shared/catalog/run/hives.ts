/** How the roots of the registry are called besides the names that Sysmon writes. */
const HIVES: readonly (readonly [string, string])[] = [
  ['\\REGISTRY\\MACHINE\\', 'HKLM\\'],
  ['REGISTRY\\MACHINE\\', 'HKLM\\'],
  ['MACHINE\\', 'HKLM\\'],
  ['HKEY_LOCAL_MACHINE\\', 'HKLM\\'],
  ['\\REGISTRY\\USER\\', 'HKU\\'],
  ['REGISTRY\\USER\\', 'HKU\\'],
  ['HKEY_USERS\\', 'HKU\\'],
  ['HKEY_CLASSES_ROOT\\', 'HKCR\\'],
];

/** A path that begins with a root's other name: the name that events have, the rest, and how much the other took. */
export function afterHive(
  text: string,
  caseSensitive: boolean,
): { readonly hive: string; readonly path: string; readonly taken: number } | undefined {
  const found = HIVES.find(([written]) => {
    const start = text.slice(0, written.length);
    return start === written || (!caseSensitive && start.toUpperCase() === written);
  });
  if (!found) return undefined;
  const [{ length }, hive] = found;
  return { hive, path: text.slice(length), taken: length };
}

/** What is left of a `wildcard` value's text behind its first `taken` literal characters. */
export function behindHive(text: string, taken: number): string {
  let at = 0;
  for (let count = 0; count < taken; count++) at += text[at] === '\\' && /[\\*?]/.test(text[at + 1] ?? '') ? 2 : 1;
  return text.slice(at);
}

/** Whether a text is the beginning of a root's other name, and not all of it. Never so for the empty text. */
export function isStartOfHive(text: string): boolean {
  const upper = text.toUpperCase();
  return text !== '' && HIVES.some(([written]) => written.length > text.length && written.startsWith(upper));
}
