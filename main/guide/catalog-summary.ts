import type { CallOutput } from '../../shared/ipc/contract.ts';
import type { CatalogNotParsed } from '../../shared/ipc/catalog-calls.ts';
import { VENDORS, type Vendor } from '../../shared/model/rule.ts';
import type { NormalisedRule } from '../../shared/catalog/normalise/normalised-rule.ts';
import type { Wire } from './wire.ts';

/** How much of a rule was understood. A rule without a query (machine learning) has nothing to understand. */
export function understood({ notParsed, predicates }: NormalisedRule): 'full' | 'part' | 'none' {
  if (notParsed.length === 0) return 'full';
  return predicates.length === 0 ? 'none' : 'part';
}

/** What the catalog holds, and how well it was read. */
export function summaryOf({ catalog }: Wire): Omit<CallOutput<'catalog.summary'>, 'isBuilding'> {
  const { index, folders, unread, roots } = catalog;
  const vendors = Object.fromEntries(VENDORS.map((vendor) => [vendor, 0])) as Record<Vendor, number>;
  const languages = new Map<string, CallOutput<'catalog.summary'>['parse'][number]>();
  let windowsRules = 0;
  let notParsed = unread.length;
  for (const { rule } of index.rules) {
    const { vendor, language } = rule;
    vendors[vendor]++;
    if (rule.isWindows) windowsRules++;
    notParsed += rule.notParsed.length;
    const key = `${vendor} ${language}`;
    const line = languages.get(key) ?? { vendor, language, rules: 0, full: 0, part: 0, none: 0 };
    line.rules++;
    line[understood(rule)]++;
    languages.set(key, line);
  }
  return {
    revision: catalog.revision,
    folders: roots.map(({ folder, name, isOwn }) => ({
      folder,
      name,
      isOwn,
      rules: index.rules.filter(({ file }) => file === name || file.startsWith(`${name}/`)).length,
    })),
    files: folders.files,
    filesRead: folders.filesRead,
    others: folders.others,
    rules: index.rules.length,
    windowsRules,
    techniques: index.byTechnique.size,
    vendors,
    parse: [...languages.values()].sort(
      (a, b) => VENDORS.indexOf(a.vendor) - VENDORS.indexOf(b.vendor) || b.rules - a.rules,
    ),
    notParsed,
    faults: folders.faults.map(({ code, message, file }) => ({
      code,
      message,
      ...(file === undefined ? {} : { file }),
    })),
    elapsedMs: catalog.elapsedMs,
  };
}

/** Every place that could not be read: first files without rules, then rules by file. */
export function notParsedRows(wire: Wire, limit: number): CallOutput<'catalog.notParsed'> {
  const rows: CatalogNotParsed[] = [
    ...wire.catalog.unread.map(({ file, isError, reason, line, column }) => ({
      file,
      rule: null,
      title: '',
      vendor: null,
      isError,
      reason,
      line,
      column,
    })),
    ...wire.catalog.index.rules.flatMap((rule) => wire.notParsedOf(rule)),
  ];
  return { total: rows.length, rows: rows.slice(0, limit) };
}
