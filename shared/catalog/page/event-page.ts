import { compareText, type CatalogIndex, type IndexedRule } from '../index/catalog-index.ts';
import { eventKey } from '../normalise/event-map.ts';
import type { CatalogEvent } from '../normalise/normalised-rule.ts';
import { guideOf, type Guide, type PageChoice } from './technique-page.ts';

/** What the catalog knows of one kind of event. */
export interface EventPage extends Guide, CatalogEvent {
  /** Techniques that its rules are tagged with, most rules first. */
  readonly techniques: readonly { readonly technique: string; readonly rules: number }[];
  /** Further rules that read the whole channel, whatever the event id. */
  readonly channelRules: number;
}

/** The page of an event: techniques, rules, and the fields that they use. */
export function eventPage(
  index: CatalogIndex,
  event: CatalogEvent,
  choice: Omit<PageChoice, 'subtechniques'>,
): EventPage {
  const rules = rulesOf(index, event).filter(
    (rule) => (choice.scope === 'all' || rule.rule.isWindows) && (choice.keeps?.(rule) ?? true),
  );
  const counts = new Map<string, number>();
  for (const technique of rules.flatMap(({ rule }) => rule.techniques)) {
    counts.set(technique, (counts.get(technique) ?? 0) + 1);
  }
  const { channel, eventId } = event;
  return {
    channel,
    eventId,
    ...guideOf(index, rules, choice),
    techniques: [...counts]
      .map(([technique, n]) => ({ technique, rules: n }))
      .sort((a, b) => b.rules - a.rules || compareText(a.technique, b.technique)),
    channelRules: eventId === null ? 0 : rulesOf(index, { channel, eventId: null }).length,
  };
}

function rulesOf(index: CatalogIndex, event: CatalogEvent): readonly IndexedRule[] {
  return (index.byEvent.get(eventKey(event))?.rules ?? []).map((number) => index.rules[number] as IndexedRule);
}
