import { VENDORS, type Vendor } from '../../model/rule.ts';
import { compareText, type CatalogIndex, type IndexedRule } from '../index/catalog-index.ts';
import { eventKey } from '../normalise/event-map.ts';
import type { CatalogEvent } from '../normalise/normalised-rule.ts';
import { eventCounter, ruleFinder, type CaseKind, type CaseRule, type OpenCase } from './case.ts';
import { RULE_STATES, type RuleState, type TechniqueState } from './states.ts';

/** A catalog's rule on the open logs. */
export interface RuleOnCase {
  readonly rule: IndexedRule;
  readonly state: RuleState;
  /** The same rule in the rule set, where it is loaded. */
  readonly loaded: CaseRule | undefined;
}

/** A kind of event that a technique's rules read. */
export interface NeededEvent extends CatalogEvent {
  readonly rules: number;
  /** How many are open. */
  readonly open: number;
}

/** A technique on the open logs; its sub-techniques' rules are its own too, each once. */
export interface TechniqueCoverage {
  readonly technique: string;
  readonly state: TechniqueState;
  readonly rules: number;
  readonly vendors: Readonly<Record<Vendor, number>>;
  readonly states: Readonly<Record<RuleState, number>>;
  /** Rules of the catalog that are loaded and run. */
  readonly run: number;
  /** Rules that could hit here (`ready`) and are not run: what loading them would add. */
  readonly idle: number;
  /** Hits of all rules of the rule set that are tagged with it, also of those that the catalog does not have. */
  readonly hits: number;
  /** Most rules first. */
  readonly events: readonly NeededEvent[];
}

export interface Coverage {
  /** Whether any logs are open: else nothing is ready, absent or hit. */
  readonly hasLogs: boolean;
  readonly techniques: readonly TechniqueCoverage[];
  /** Kinds of open events that no rule of the catalog (within the scope) reads, most events first. */
  readonly unread: readonly CaseKind[];
}

export interface CoverageChoice {
  /** `windows`: only rules over Windows events. */
  readonly scope: 'windows' | 'all';
}

/**
 * The coverage of a case: for each technique its rules, whether the events that they read are open, and their hits.
 * A rule that reads several kinds of events is ready where one of them is open: for a rule about a sequence that is
 * less than it needs.
 * @param names techniques to list even where no rule is tagged with them.
 */
export function coverageOf(
  index: CatalogIndex,
  open: OpenCase,
  choice: CoverageChoice,
  names: Iterable<string> = [],
): Coverage {
  const counter = eventCounter(open.kinds);
  const judge = ruleJudge(open);
  const rulesOf = rulesByTechnique(index, choice);
  const hits = hitsByTechnique(open.rules);
  const ids = new Set([...names, ...rulesOf.keys(), ...hits.keys()]);
  const judged = new Map<number, RuleOnCase>();
  const onCase = (number: number): RuleOnCase => {
    let known = judged.get(number);
    if (!known) judged.set(number, (known = judge(index.rules[number] as IndexedRule)));
    return known;
  };
  return {
    hasLogs: open.kinds.length > 0,
    techniques: [...ids]
      .sort(compareText)
      .map((id) => technique(id, [...(rulesOf.get(id) ?? [])].map(onCase), hits.get(id) ?? 0, counter)),
    unread: unreadKinds(index, open.kinds, choice),
  };
}

/** The rules of one technique (its sub-techniques' included) on the open logs, best state first. */
export function techniqueOnCase(
  index: CatalogIndex,
  open: OpenCase,
  id: string,
  choice: CoverageChoice,
): readonly RuleOnCase[] {
  const judge = ruleJudge(open);
  return [...(rulesByTechnique(index, choice).get(id) ?? [])]
    .map((number) => judge(index.rules[number] as IndexedRule))
    .sort(
      (a, b) =>
        RULE_STATES.indexOf(a.state) - RULE_STATES.indexOf(b.state) ||
        (b.loaded?.hits ?? 0) - (a.loaded?.hits ?? 0) ||
        compareText(a.rule.rule.title, b.rule.rule.title),
    );
}

/** Says what rules come to on the open logs. */
function ruleJudge(open: OpenCase): (rule: IndexedRule) => RuleOnCase {
  const count = eventCounter(open.kinds);
  const find = ruleFinder(open.rules);
  return (indexed) => {
    const { rule, file } = indexed;
    const loaded = find({ id: rule.id, title: rule.title, file });
    return { rule: indexed, loaded, state: stateOf(loaded, rule.events) };
  };

  function stateOf(loaded: CaseRule | undefined, events: readonly CatalogEvent[]): RuleState {
    if (loaded?.isRun && loaded.hits > 0) return 'hit';
    if (open.kinds.length === 0) return 'unknown';
    if (loaded?.cannotFire != null) return 'absent';
    if (events.length === 0) return 'unknown';
    return events.some((event) => count(event) > 0) ? 'ready' : 'absent';
  }
}

function technique(
  id: string,
  rules: readonly RuleOnCase[],
  hits: number,
  count: (event: CatalogEvent) => number,
): TechniqueCoverage {
  const vendors = zeroes(VENDORS);
  const states = zeroes(RULE_STATES);
  const needed = new Map<string, { event: CatalogEvent; rules: number }>();
  let [run, idle] = [0, 0];
  for (const { rule, state, loaded } of rules) {
    vendors[rule.rule.vendor]++;
    states[state]++;
    if (loaded?.isRun) run++;
    else if (state === 'ready') idle++;
    for (const event of rule.rule.events) {
      const known = needed.get(eventKey(event));
      if (known) known.rules++;
      else needed.set(eventKey(event), { event, rules: 1 });
    }
  }
  const events = [...needed.values()]
    .map(({ event: { channel, eventId }, rules: n }) => ({
      channel,
      eventId,
      rules: n,
      open: count({ channel, eventId }),
    }))
    .sort((a, b) => b.rules - a.rules || compareText(a.channel, b.channel) || (a.eventId ?? -1) - (b.eventId ?? -1));
  const best = hits > 0 ? 'hit' : RULE_STATES.find((state) => states[state] > 0);
  return { technique: id, state: best ?? 'none', rules: rules.length, vendors, states, run, idle, hits, events };
}

function zeroes<K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
}

/** A technique, and for a sub-technique the one that it belongs to. */
function withParent(id: string): readonly string[] {
  const dot = id.indexOf('.');
  return dot < 0 ? [id] : [id, id.slice(0, dot)];
}

function rulesByTechnique(index: CatalogIndex, { scope }: CoverageChoice): ReadonlyMap<string, ReadonlySet<number>> {
  const rules = new Map<string, Set<number>>();
  for (const { number, rule } of index.rules) {
    if (scope === 'windows' && !rule.isWindows) continue;
    for (const id of rule.techniques.flatMap(withParent)) {
      const known = rules.get(id);
      if (known) known.add(number);
      else rules.set(id, new Set([number]));
    }
  }
  return rules;
}

/** Hits of the rules that run, those of sub-techniques with their technique's too. */
export function hitsByTechnique(rules: readonly CaseRule[]): ReadonlyMap<string, number> {
  const hits = new Map<string, number>();
  for (const { isRun, techniques, hits: n } of rules) {
    if (!isRun || n === 0) continue;
    for (const id of new Set(techniques.flatMap(withParent))) hits.set(id, (hits.get(id) ?? 0) + n);
  }
  return hits;
}

function unreadKinds(index: CatalogIndex, kinds: readonly CaseKind[], { scope }: CoverageChoice): readonly CaseKind[] {
  const read = new Set<string>();
  for (const { event, rules } of index.byEvent.values()) {
    const isRead = scope === 'all' || rules.some((number) => index.rules[number]?.rule.isWindows === true);
    if (isRead) read.add(eventKey(lowered(event)));
  }
  return kinds
    .filter(({ channel, eventId }) => {
      const isOf = (id: number | null): boolean => read.has(eventKey(lowered({ channel, eventId: id })));
      // Events without a channel are no Windows events, or a table that has no kinds.
      return channel !== '' && !isOf(eventId) && !isOf(null);
    })
    .toSorted((a, b) => b.events - a.events || compareText(a.channel, b.channel));
}

function lowered({ channel, eventId }: CatalogEvent): CatalogEvent {
  return { channel: channel.toLowerCase(), eventId };
}
