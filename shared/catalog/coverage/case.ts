import type { CatalogEvent } from '../normalise/normalised-rule.ts';

/** A kind of event of the open logs. */
export interface CaseKind extends CatalogEvent {
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

/** How many events of a kind are open; an event id of null means any of the channel. Channels compare without case. */
export function eventCounter(kinds: readonly CaseKind[]): (event: CatalogEvent) => number {
  const counts = new Map<string, number>();
  const add = (key: string, events: number): void => void counts.set(key, (counts.get(key) ?? 0) + events);
  for (const { channel, eventId, events } of kinds) {
    add(keyOf({ channel, eventId: null }), events);
    if (eventId !== null) add(keyOf({ channel, eventId }), events);
  }
  return (event) => counts.get(keyOf(event)) ?? 0;
}

function keyOf({ channel, eventId }: CatalogEvent): string {
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
