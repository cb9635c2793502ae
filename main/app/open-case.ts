import type { OpenCase } from '../../shared/catalog/coverage/case.ts';
import { ok, type Result } from '../../shared/model/fault.ts';
import type { Threads } from './scan-run.ts';

/** What is open, for the coverage: the kinds of events, and the rule set with its hits. */
export async function openCase(engine: Threads['engine']): Promise<Result<OpenCase>> {
  const [kinds, rules] = await Promise.all([engine.call('case.kinds', {}), engine.call('rules.list', {})]);
  if (!kinds.ok) return kinds;
  if (!rules.ok) return rules;
  return ok({
    kinds: kinds.value,
    rules: rules.value.map(({ rule, id, title, file, techniques, enabled, notRun, cannotFire, hits }) => ({
      key: rule,
      id,
      title,
      file,
      techniques,
      isRun: enabled && notRun.length === 0,
      cannotFire,
      hits,
    })),
  });
}
