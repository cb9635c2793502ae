import { z } from 'zod';
import { RULE_STATES, TECHNIQUE_STATES } from '../catalog/coverage/states.ts';
import { VENDORS } from '../model/rule.ts';
import { catalogRuleRef } from './catalog-calls.ts';

/** The coverage's part of the contract: which techniques the rules could show on the open logs, and which they do. */

const count = z.number().int().min(0);
const vendor = z.enum(VENDORS);
const state = z.enum(RULE_STATES);
const scope = z.enum(['windows', 'all']);
const event = z.object({ channel: z.string(), eventId: z.number().int().nullable(), title: z.string() });

const row = z.object({
  technique: z.string(),
  /** '' where ATT&CK has no such technique. */
  name: z.string(),
  /** Names, such as `command-and-control`. */
  tactics: z.array(z.string()),
  state: z.enum(TECHNIQUE_STATES),
  /** Rules tagged with it or a sub-technique of it, each once. */
  rules: count,
  vendors: z.record(vendor, count),
  /** Its rules by what they come to on the open logs. */
  states: z.record(state, count),
  /** Rules that are loaded and run, and rules that could hit and are not. */
  run: count,
  idle: count,
  hits: count,
  /** Kinds of events that its rules read, and how many of the kinds the open logs have. */
  events: count,
  eventsOpen: count,
});
export type CoverageRow = z.infer<typeof row>;

const ruleOnCase = z.object({
  rule: catalogRuleRef,
  state,
  /** Why it cannot fire on the open logs, where the engine says so. */
  reason: z.string(),
  /** Its key in the rule set, where it is loaded. */
  loaded: z.string().nullable(),
  /** Whether it is loaded, enabled and able to run. */
  isRun: z.boolean(),
  hits: count,
});
export type CoverageRule = z.infer<typeof ruleOnCase>;

const coverage = z.object({
  revision: z.number().int(),
  hasLogs: z.boolean(),
  /** Every technique that ATT&CK or a rule names, by id. */
  rows: z.array(row),
  /** Kinds of open events that no rule reads, most events first. */
  unread: z.array(event.extend({ events: count })),
});
export type CaseCoverage = z.infer<typeof coverage>;

const technique = z.object({
  row: row.nullable(),
  /** The kinds of events that its rules read, most rules first. */
  events: z.array(event.extend({ rules: count, open: count })),
  /** Its rules, those with hits first. */
  rules: z.array(ruleOnCase),
});
export type TechniqueOnCase = z.infer<typeof technique>;

const format = z.enum(['navigator', 'csv', 'json']);
export type CoverageFormat = z.infer<typeof format>;

export const coverageCalls = {
  /** Every technique on the open logs. */
  'coverage.case': { input: z.object({ scope }), output: coverage },
  /** One technique on the open logs: the events that it needs, and its rules. */
  'coverage.technique': { input: z.object({ technique: z.string().max(32), scope }), output: technique },
  /** Writes the coverage where the user says, as a layer of the ATT&CK Navigator among others; null means cancelled. */
  'coverage.export': { input: z.object({ scope, format }), output: z.object({ name: z.string().nullable() }) },
} as const;
