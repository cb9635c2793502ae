import type { CatalogTechniqueLine } from '../../../../shared/ipc/catalog-calls.ts';
import { TACTICS, tacticTitle } from '../../../ui/tactics.ts';

/** A row of the list: a tactic, or a technique below it. */
export type ListRow =
  | { readonly kind: 'tactic'; readonly key: string; readonly name: string; readonly techniques: number }
  | { readonly kind: 'technique'; readonly key: string; readonly line: CatalogTechniqueLine; readonly depth: 1 | 2 };

/**
 * The list: techniques by tactic (each under all of its own), sub-techniques below theirs. A technique stays where it or
 * one of its sub-techniques fits the words.
 * @param listsAll whether techniques without rules are shown; words find them in any case.
 * @param folded keys of tactics whose techniques are hidden.
 */
export function listRows(
  lines: readonly CatalogTechniqueLine[],
  words: string,
  listsAll: boolean,
  folded: ReadonlySet<string>,
): readonly ListRow[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const isShown = ({ id, name, all }: CatalogTechniqueLine): boolean => {
    const text = `${id} ${name}`.toLowerCase();
    return wanted.every((word) => text.includes(word)) && (listsAll || all > 0 || wanted.length > 0);
  };
  const shown = new Set(lines.filter(isShown).map(({ id }) => id));
  const parents = new Set([...shown].map((id) => id.replace(/\..*$/, '')));
  const listed = lines.filter(({ id }) => shown.has(id) || parents.has(id));
  const tactics = [...TACTICS.map(([name]) => name), ''];
  return tactics.flatMap((tactic): readonly ListRow[] => {
    const here = listed.filter(({ tactics: of }) => (tactic === '' ? of.length === 0 : of.includes(tactic)));
    if (here.length === 0) return [];
    const key = `tactic ${tactic}`;
    const name = tactic === '' ? 'No tactic known' : tacticTitle(tactic);
    const head: ListRow = { kind: 'tactic', key, name, techniques: here.length };
    if (folded.has(key) && wanted.length === 0) return [head];
    return [
      head,
      ...here.map((line): ListRow => ({
        kind: 'technique',
        key: `${tactic} ${line.id}`,
        line,
        depth: line.id.includes('.') ? 2 : 1,
      })),
    ];
  });
}

/** The technique with most rules: what is shown before anything was chosen. */
export function richest(lines: readonly CatalogTechniqueLine[]): string | undefined {
  return lines.toSorted((a, b) => b.all - a.all || (a.id < b.id ? -1 : 1))[0]?.id;
}
