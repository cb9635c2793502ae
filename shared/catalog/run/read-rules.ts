import type { Rule, RuleText } from '../../model/rule.ts';
import type { CatalogRule } from '../catalog-rule.ts';
import { detectDialect, type Dialect } from '../detect.ts';
import type { SplunkMacro } from '../dialects/splunk/macro.ts';
import { readRules, type ReadOptions } from '../read.ts';
import { readDialect } from '../read-catalog.ts';
import { runnableCounting } from './counting.ts';
import { runnableAlternatives, runnableRule, type RuleOrigin, type RunMappings } from './runnable.ts';
import { isSequence, runnableSequence } from './sequence.ts';

/** Search macros by name, as the rules' folders define them. */
export type Macros = ReadonlyMap<string, SplunkMacro>;

/**
 * Reads the rules of a text for running, whatever vendor's they are: told by its content, and Sigma where that says
 * nothing. Never throws on bad text.
 * @param mappings gives the mappings that only other vendors' rules need.
 */
export function readAnyRules(
  text: string,
  fileName: string,
  mappings: () => RunMappings,
  macros: Macros,
  options: ReadOptions = {},
): RuleText {
  const dialect: Dialect = detectDialect(text, fileName) ?? 'sigma';
  switch (dialect) {
    case 'sigma':
      return readRules(text, fileName, options);
    case 'splunk-macro':
      return { rules: [], diagnostics: [] };
    case 'elastic':
    case 'splunk':
    case 'kusto': {
      const { rules, diagnostics } = readDialect(dialect, text, fileName, macros);
      const origin = { text, fileName };
      return {
        rules: rules.map((rule) => runnable(rule, origin, mappings())),
        diagnostics,
      };
    }
  }
}

function runnable(rule: CatalogRule, origin: RuleOrigin, mappings: RunMappings): Rule {
  if (isSequence(rule)) return runnableSequence(rule, origin, mappings);
  if (rule.alternatives && rule.alternatives.queries.length > 0)
    return runnableAlternatives(rule, rule.alternatives, origin, mappings);
  return rule.counting && rule.condition
    ? runnableCounting(rule, origin, mappings)
    : runnableRule(rule, origin, mappings);
}
