import { readFileSync } from 'node:fs';
import { detectDialect } from '../../shared/catalog/detect.ts';
import type { Fault } from '../../shared/model/fault.ts';
import { findRuleFiles } from '../catalog/rule-files.ts';
import { ruleText } from '../catalog/rule-text.ts';
import type { RuleFile } from '../engine/api.ts';
import { Pace } from '../engine/pace.ts';
import { accessFault, type SourceRoot } from '../ingest/source.ts';

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
 * search macros are among them: its rules need them. Synchronously, some milliseconds at a time: for thousands of
 * small files awaiting each took five times as long.
 * @param isCancelled asked now and then: gives what there is so far.
 */
export async function findRules(
  roots: readonly SourceRoot[],
  isCancelled: () => boolean = () => false,
): Promise<FoundRules> {
  const pace = new Pace(isCancelled);
  const result = { files: [] as RuleFile[], faults: [] as Fault[], others: 0 };
  const found = await findRuleFiles(roots, pace);
  result.faults.push(...found.faults);
  for (const { path, name, isNamed } of found.files) {
    if (pace.isDue && !(await pace.rest())) return result;
    try {
      const text = ruleText(readFileSync(path));
      if (isNamed || detectDialect(text, name)) result.files.push({ name, path, text });
      else result.others++;
    } catch (error) {
      result.faults.push(accessFault(error, name));
    }
  }
  return result;
}
