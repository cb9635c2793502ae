import { readFile, stat } from 'node:fs/promises';
import { accessFault, findSources, type FoundSource, type SourceRoot } from '../ingest/source.ts';
import type { RuleFile } from '../engine/api.ts';
import { detectDialect, RULE_FILE_NAME } from '../../shared/catalog/detect.ts';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';

/** Bytes of a rule file; the largest of the public collections is below 100 KiB. */
const RULE_FILE_LIMIT = 4 << 20;
const READ_AT_ONCE = 32;

export interface FoundRules {
  readonly files: readonly RuleFile[];
  /** Files and folders that could not be read, each with its name. */
  readonly faults: readonly Fault[];
  /** Files of folders that are no rules, though they have a rule file's ending: without any of a rule's own keys. */
  readonly others: number;
}

/**
 * Reads rule files: each file given, whatever its name, and in folders those that have a rule file's ending (not the
 * ones in hidden folders such as `.git`) and a vendor's keys, since rule collections hold other files too. Splunk's
 * search macros are among them: its rules need them.
 * @param isCancelled asked at each file: gives what there is so far.
 */
export async function findRules(
  roots: readonly SourceRoot[],
  isCancelled: () => boolean = () => false,
): Promise<FoundRules> {
  const result = { files: [] as RuleFile[], faults: [] as Fault[], others: 0 };
  for (const root of roots) {
    const isFolder = await stat(root.path).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    const found = await findSources([root], isCancelled);
    const named = found.filter(
      ({ displayName, fault }) => !isFolder || fault !== undefined || isRuleName(displayName.slice(root.name.length)),
    );
    for (let at = 0; at < named.length && !isCancelled(); at += READ_AT_ONCE) {
      const read = await Promise.all(named.slice(at, at + READ_AT_ONCE).map(readRule));
      for (const rule of read) {
        if (!rule.ok) result.faults.push(rule.fault);
        else if (isFolder && !detectDialect(rule.value.text, rule.value.name)) result.others++;
        else result.files.push(rule.value);
      }
    }
  }
  return result;
}

async function readRule({ path, displayName: name, bytes, fault }: FoundSource): Promise<Result<RuleFile>> {
  if (fault) return fail(fault);
  if (bytes > RULE_FILE_LIMIT) {
    const message = `Larger than a rule file may be (${RULE_FILE_LIMIT >> 20} MiB)`;
    return fail({ code: 'too-large', message, file: name });
  }
  try {
    return ok({ name, path, text: await readFile(path, 'utf8') });
  } catch (error) {
    return fail(accessFault(error, name));
  }
}

function isRuleName(relative: string): boolean {
  return RULE_FILE_NAME.test(relative) && !/[\\/]\.[^\\/]/.test(relative);
}
