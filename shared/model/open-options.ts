import { z } from 'zod';
import { csvMapping } from './csv-mapping.ts';
import type { Instant } from './time.ts';

/** How logs are opened. What is not given is: all of them, read in the ordinary way. */
export const openOptions = z.object({
  /** Also recover records from slack space and damaged chunks. */
  recover: z.boolean().optional(),
  /**
   * Only events of this time, half-open, microseconds since the epoch, UTC. An event whose time could not be read is
   * kept: it may belong there.
   */
  timeRange: z.object({ from: z.number(), to: z.number() }).optional(),
  /** Only events of these channels, in any case of letters. '' stands for events without a channel. */
  channels: z.array(z.string().max(1024)).max(10_000).optional(),
  /** Zone of times that are written without one, see `readZone`; UTC where it is not given. */
  zone: z.string().max(64).optional(),
  /** What the columns of tables mean; those that are kept in the settings are added. */
  tables: z.array(csvMapping).max(500).optional(),
});
export type OpenOptions = z.infer<typeof openOptions>;

/** The range between two instants, of which either may be left open. @param to not in it. */
export function timeRangeOf(from: Instant | undefined, to: Instant | undefined): OpenOptions['timeRange'] {
  if (!from && !to) return undefined;
  return { from: from?.us ?? Number.MIN_SAFE_INTEGER, to: to?.us ?? Number.MAX_SAFE_INTEGER };
}
