import type { Report } from '../../diagnostics.ts';
import type { YamlNode } from '../../yaml/tree.ts';

/** Microseconds of each unit. The specification has s, m, h and d; w, M (a mean month) and y are in use. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1e6,
  m: 60e6,
  h: 3600e6,
  d: 86_400e6,
  w: 7 * 86_400e6,
  M: 2_629_746e6,
  y: 31_556_952e6,
};

/** Reads `90m` and the like, in microseconds; undefined, with an error, where it is no span of time. */
export function readTimespan(node: YamlNode, report: Report): number | undefined {
  const match = node.kind === 'scalar' ? /^(\d{1,9})\s*([smhdwMy])$/.exec(node.text.trim()) : null;
  const us = match ? Number(match[1]) * (UNITS[match[2] as string] as number) : 0;
  if (us > 0) return us;
  report.error('sigma-bad-timespan', 'A span of time is a number and a letter: s, m, h or d, such as 90m', node.span);
  return undefined;
}
