import type { CatalogEvent } from '../normalise/normalised-rule.ts';

/** A kind of event of the open logs. */
export interface CaseKind extends CatalogEvent {
  /** Of events without a channel, such as the table of a Defender export; '' for others. */
  readonly provider: string;
  readonly events: number;
}

/** A rule of the rule set, as the engine knows it. */
export interface CaseRule {
  /** Its key in the rule set. */
  readonly key: string;
  readonly id: string;
  readonly title: string;
  /** Display path of its file. */
  readonly file: string;
  /** Upper case. */
  readonly techniques: readonly string[];
  /** Enabled and able to run. */
  readonly isRun: boolean;
  /** Why it cannot fire on the open logs, where the engine can say so. */
  readonly cannotFire: string | null;
  readonly hits: number;
}

/** What is open: the kinds of its events, and the rule set with its hits. */
export interface OpenCase {
  readonly kinds: readonly CaseKind[];
  readonly rules: readonly CaseRule[];
}

/** What the catalog writes before a table of Microsoft Defender, which stands for a channel; an action may follow. */
const TABLE = 'defender/';

/** The table of a catalog's event, where it is one of Defender's. */
export function tableOf({ channel }: Pick<CatalogEvent, 'channel'>): string | undefined {
  return channel.startsWith(TABLE) ? channel.split('/')[1] : undefined;
}

/**
 * How many events of a kind are open; an event id of null means any of the channel. Channels compare without case. Of
 * a Defender table's actions nothing is known here: each has the events of its table.
 */
export function eventCounter(kinds: readonly CaseKind[]): (event: CatalogEvent) => number {
  const counts = new Map<string, number>();
  const add = (key: string, events: number): void => void counts.set(key, (counts.get(key) ?? 0) + events);
  for (const { channel, provider, eventId, events } of kinds) {
    const name = channel === '' ? TABLE + provider : channel;
    add(keyOf(name, null), events);
    if (eventId !== null) add(keyOf(name, eventId), events);
  }
  return (event) => {
    const table = tableOf(event);
    return counts.get(table === undefined ? keyOf(event.channel, event.eventId) : keyOf(TABLE + table, null)) ?? 0;
  };
}

function keyOf(channel: string, eventId: number | null): string {
  return `${channel.toLowerCase()}/${eventId ?? '*'}`;
}

/** Finds a catalog's rule in the rule set: by id and title, of the same file where several have them. */
export function ruleFinder(
  rules: readonly CaseRule[],
): (rule: Pick<CaseRule, 'id' | 'title' | 'file'>) => CaseRule | undefined {
  const known = new Map<string, CaseRule[]>();
  for (const rule of rules) {
    const key = `${rule.id}\n${rule.title}`;
    const same = known.get(key);
    if (same) same.push(rule);
    else known.set(key, [rule]);
  }
  return ({ id, title, file }) => {
    const same = known.get(`${id}\n${title}`);
    return same?.find((rule) => rule.file === file) ?? same?.[0];
  };
}
