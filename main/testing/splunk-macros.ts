import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSplunkMacro, type SplunkMacro } from '../../shared/catalog/dialects/splunk/macro.ts';

/** Reads the macros of a folder of Splunk's security content; none where there is no such folder. */
export function readSplunkMacros(folder: string): ReadonlyMap<string, SplunkMacro> {
  const macros = new Map<string, SplunkMacro>();
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    return macros;
  }
  for (const name of names) {
    const macro = readSplunkMacro(readFileSync(join(folder, name), 'utf8'), name);
    if (macro) macros.set(macro.name, macro);
  }
  return macros;
}
