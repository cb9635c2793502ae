/**
 * What a rule comes to on the open logs:
 *   hit      it runs and hits
 *   ready    at least one kind of event that it reads is open, so it could hit
 *   absent   none of them is open, or the engine says that it cannot fire: no hit says nothing
 *   unknown  nothing says which events it reads, or no logs are open
 */
export const RULE_STATES = ['hit', 'ready', 'absent', 'unknown'] as const;
export type RuleState = (typeof RULE_STATES)[number];

/** A technique's is that of its best rule; `none` has no rule at all. */
export const TECHNIQUE_STATES = [...RULE_STATES, 'none'] as const;
export type TechniqueState = (typeof TECHNIQUE_STATES)[number];
