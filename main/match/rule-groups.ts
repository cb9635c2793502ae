import { coveredBy, isWindowsEvent, type Coverage, type EventIdentity } from '../../shared/catalog/logsource.ts';
import { plainPlace, type Unit, type UnitExpr } from './units.ts';

/** A rule as a plan needs it. */
export interface PlannedRule {
  /** The caller's number of the rule. */
  readonly number: number;
  readonly expr: UnitExpr;
  /** Which events it applies to. */
  readonly coverage: Coverage;
}

/** Rules of one coverage. */
export class RuleGroup {
  readonly keywords = new Set<Unit>();
  /** Rules that hold for events of certain ids only, by such an id; and the others. */
  readonly #byEventId = new Map<string, PlannedRule[]>();
  readonly #ofAnyId: PlannedRule[] = [];

  constructor(
    readonly number: number,
    readonly coverage: Coverage,
  ) {}

  add(rule: PlannedRule): void {
    const ids = eventIdsOf(rule.expr);
    if (!ids) this.#ofAnyId.push(rule);
    else for (const id of ids) addTo(this.#byEventId, id, rule);
  }

  /** The rules that may hold for events of an id. */
  rulesFor(eventId: number | undefined): readonly PlannedRule[] {
    const own = this.#byEventId.get(String(eventId));
    return own ? [...this.#ofAnyId, ...own] : this.#ofAnyId;
  }
}

/** A group that covers a kind of event, with the set of field aliases that it reads it under. */
export interface CoveringGroup {
  readonly group: RuleGroup;
  readonly aliasSet: string;
}

/** Groups by the channels and providers that they are about: there may be hundreds of groups and of kinds of events. */
export class GroupIndex {
  readonly #all: RuleGroup[] = [];
  readonly #byName = new Map<string, RuleGroup[]>();
  /** Groups that name neither. */
  readonly #unnamed: RuleGroup[] = [];

  add(group: RuleGroup): void {
    this.#all.push(group);
    const names = namesOf(group.coverage);
    if (!names) this.#unnamed.push(group);
    else for (const name of names) addTo(this.#byName, name, group);
  }

  /** The groups that cover events of a kind. */
  covering(event: EventIdentity): CoveringGroup[] {
    return this.#candidates(event).flatMap((group) => {
      const aliasSet = coveredBy(group.coverage, event);
      return aliasSet === undefined ? [] : [{ group, aliasSet }];
    });
  }

  #candidates(event: EventIdentity): readonly RuleGroup[] {
    if (!isWindowsEvent(event)) return this.#all;
    const named = [event.channel, event.provider].flatMap((name) => this.#byName.get(name.toLowerCase()) ?? []);
    return [...this.#unnamed, ...new Set(named)];
  }
}

/** The channels and providers of which a Windows event must have one to be covered; undefined where any may be. */
function namesOf({ mapped, aliasesOf }: Coverage): ReadonlySet<string> | undefined {
  if (aliasesOf) return undefined;
  // No source at all: no Windows event.
  if (!mapped) return new Set();
  const [sources] = mapped;
  if (!sources) return undefined;
  const names = sources.flatMap(({ channel = [], provider = [] }) => [...channel, ...provider]);
  return new Set(names.map((name) => name.toLowerCase()));
}

/**
 * The ids of which an event must have one for the tree to hold, as texts; undefined where it may hold whatever the id.
 * The field EventID is always the event's own id (see FieldResolver).
 */
function eventIdsOf(expr: UnitExpr): readonly string[] | undefined {
  switch (expr.kind) {
    case 'constant':
      return undefined;
    case 'unit': {
      const { field, predicate } = expr.unit;
      if (expr.negated || field !== 'EventID' || plainPlace(predicate) !== 'whole') return undefined;
      return predicate.values.map(({ text }) => text);
    }
    case 'and':
      for (const child of expr.children) {
        const ids = eventIdsOf(child);
        if (ids) return ids;
      }
      return undefined;
    case 'or': {
      const all: string[] = [];
      for (const child of expr.children) {
        const ids = eventIdsOf(child);
        if (!ids) return undefined;
        all.push(...ids);
      }
      return all;
    }
  }
}

/** Adds one to a list, which it may end already. */
function addTo<T>(map: Map<string, T[]>, key: string, one: T): void {
  const list = map.get(key);
  if (!list) map.set(key, [one]);
  else if (list.at(-1) !== one) list.push(one);
}
