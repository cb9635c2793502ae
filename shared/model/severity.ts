/** Levels of a detection rule, least to most severe (Sigma specification, `level`). */
export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** Rank of a level, 0 (informational) to 4 (critical). */
export function levelRank(level: Level): number {
  return LEVELS.indexOf(level);
}
