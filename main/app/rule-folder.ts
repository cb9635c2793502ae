import { readFile, stat } from 'node:fs/promises';
import { accessFault, findSources, type SourceRoot } from '../ingest/source.ts';
import type { RuleFile } from '../engine/api.ts';
import type { Fault } from '../../shared/model/fault.ts';

/** Bytes of a rule file; the largest of the public collections is below 100 KiB. */
const RULE_FILE_LIMIT = 4 << 20;

/** Top-level keys of which every Sigma document has one (specification: rules, correlations, filters, collections). */
const RULE_KEY = /^(?:detection|logsource|correlation|filter|action)\s*:/m;

export interface FoundRules {
  readonly files: readonly RuleFile[];
  /** Files and folders that could not be read, each with its name. */
  readonly faults: readonly Fault[];
  /** YAML files of folders that are no rules: without any of a rule's own keys. */
  readonly others: number;
}

/**
 * Reads rule files: each file given, whatever its name, and in folders those that end in `.yml` or `.yaml` (not the
 * ones in hidden folders such as `.git`) and have a rule's keys, since rule collections hold other YAML files too.
 * @param isCancelled asked at each file: gives what there is so far.
 */
export async function findRules(
  roots: readonly SourceRoot[],
  isCancelled: () => boolean = () => false,
): Promise<FoundRules> {
  const files: RuleFile[] = [];
  const faults: Fault[] = [];
  let others = 0;
  for (const root of roots) {
    const isFolder = await stat(root.path).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    for (const found of await findSources([root], isCancelled)) {
      if (isCancelled()) break;
      const { path, displayName: name, bytes, fault } = found;
      if (isFolder && !fault && !isRuleName(name.slice(root.name.length))) continue;
      if (fault) faults.push(fault);
      else if (bytes > RULE_FILE_LIMIT) {
        faults.push({
          code: 'too-large',
          message: `Larger than a rule file may be (${RULE_FILE_LIMIT >> 20} MiB)`,
          file: name,
        });
      } else {
        try {
          const text = await readFile(path, 'utf8');
          if (isFolder && !RULE_KEY.test(text)) others++;
          else files.push({ name, path, text });
        } catch (error) {
          faults.push(accessFault(error, name));
        }
      }
    }
  }
  return { files, faults, others };
}

function isRuleName(relative: string): boolean {
  return /\.ya?ml$/i.test(relative) && !/[\\/]\.[^\\/]/.test(relative);
}
