import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Head } from '../../columns/batch.ts';

const titlesFile = z.object({
  events: z.array(
    z.object({
      channel: z.string(),
      provider: z.string().optional(),
      eventId: z.number().int(),
      title: z.string(),
      fields: z.array(z.string()).default([]),
    }),
  ),
});

/** What is known of a kind of event: its short name, and the fields that say most, in order. */
export interface EventTitle {
  readonly title: string;
  readonly fields: readonly string[];
}

/** Names of kinds of events, by head. One without a provider takes the only one that a channel has of its id. */
export interface EventTitles {
  of(head: Pick<Head, 'channel' | 'provider' | 'eventId'>): EventTitle | undefined;
}

/**
 * Reads `mappings/event-titles.yaml` of the content folder. A content folder without the file gives no titles; a
 * file that isn't as it must be is a fault of the installation and throws.
 */
export function readEventTitles(contentFolder: string): EventTitles {
  const byKey = new Map<string, EventTitle>();
  const onlyOne = new Map<string, EventTitle | undefined>();
  for (const { channel, provider, eventId, title, fields } of titlesFile.parse(parse(textOf(contentFolder))).events) {
    byKey.set(keyOf(channel, provider ?? '', eventId), { title, fields });
    const kind = keyOf(channel, '', eventId);
    onlyOne.set(kind, onlyOne.has(kind) ? undefined : { title, fields });
  }
  return {
    of(head) {
      if (head.eventId === undefined) return undefined;
      const kind = keyOf(head.channel, '', head.eventId);
      const own = byKey.get(keyOf(head.channel, head.provider, head.eventId)) ?? byKey.get(kind);
      return own ?? (head.provider === '' ? onlyOne.get(kind) : undefined);
    },
  };
}

function textOf(contentFolder: string): string {
  try {
    return readFileSync(join(contentFolder, 'mappings', 'event-titles.yaml'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'events: []';
    throw error;
  }
}

function keyOf(channel: string, provider: string, eventId: number): string {
  return JSON.stringify([channel.toLowerCase(), provider.toLowerCase(), eventId]);
}
