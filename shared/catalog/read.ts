import type { RuleText } from '../model/rule.ts';
import { readSigma, type SigmaOptions } from './dialects/sigma/read.ts';

export type ReadOptions = SigmaOptions;

/**
 * Reads the rules of a text, whatever its dialect. Never throws; faults are in the result.
 * @param _fileName helps to tell dialects apart; Sigma is the only one so far.
 */
export function readRules(text: string, _fileName?: string, options: ReadOptions = {}): RuleText {
  return readSigma(text, options);
}
