import type { Correlation, CorrelationPart } from '../../model/correlation.ts';
import type { Diagnostic, EventKind, Rule } from '../../model/rule.ts';
import type { Expr } from '../../model/predicate.ts';
import type { CatalogRule, CountingInfo, EventQuery } from '../catalog-rule.ts';
import { columnNames, keyField, namesWith, type KeyField } from './keys.ts';
import type { RunEvent } from './run-events.ts';
import {
  aboutRule,
  eventGuard,
  leftOutNotes,
  notRun,
  obstacleError,
  placeEvents,
  type RuleOrigin,
  type RunMappings,
} from './runnable.ts';
import type { FieldNames, Obstacle } from './specialise.ts';

/** Events of which the same is asked under the same names. */
interface Group {
  readonly expr: Expr;
  readonly keys: readonly string[];
  readonly counted: string | undefined;
  readonly events: RunEvent[];
}

/**
 * A rule that counts, as a correlation: one part for each kind of events that has the rule's fields under names of its
 * own. Where our windows are not the rule's, or a group is another, a note says so.
 */
export function runnableCounting(rule: CatalogRule, origin: RuleOrigin, mappings: RunMappings): Rule {
  const counting = rule.counting as CountingInfo;
  const [query] = rule.queries;
  if (!query || rule.queries.length > 1) {
    const obstacle = { message: 'It counts over several searches', span: counting.span };
    return notRun(rule, [...rule.notParsed, obstacleError(obstacle)]);
  }
  const read = new CountedEvents(rule, counting, mappings);
  const placed = placeEvents(rule, { ...query, predicates: rule.condition }, origin, mappings, read.obstacle);
  if ('obstacles' in placed) return notRun(rule, [...rule.notParsed, ...placed.obstacles.map(obstacleError)]);
  const groups = read.groups(placed.done);
  return {
    ...aboutRule(rule),
    logsource: { product: 'windows', kinds: placed.done.map(({ event }): EventKind => event.kind) },
    condition: { kind: 'constant', value: false, span: rule.querySpan },
    correlation: correlationOf(counting, groups, read.usedKeys(placed.done), query),
    diagnostics: [...rule.notParsed, ...(rule.runNotes ?? []), ...leftOutNotes(placed.leftOut), ...read.notes()],
  };
}

/** @param natives the rule's names of the keys that the groups have. */
function correlationOf(
  counting: CountingInfo,
  groups: readonly Group[],
  natives: readonly string[],
  { span }: EventQuery,
): Correlation {
  const parts = groups.map(({ expr, events }, i): CorrelationPart => {
    const guard = eventGuard(events, span);
    return { kind: 'inline', name: `events ${i + 1}`, expr: { kind: 'and', children: [guard, expr], span }, span };
  });
  const byPart = (fieldOf: (group: Group) => string): Readonly<Record<string, string>> =>
    Object.fromEntries(groups.map((group, i) => [`events ${i + 1}`, fieldOf(group)]));
  const columns = columnNames(natives.map((native) => [native]));
  const aliases = columns.map((column, at) => [column, byPart(({ keys }) => keys[at] as string)] as const);
  const { distinct } = counting;
  const column = distinct === undefined || columns.includes(distinct) ? 'counted' : distinct;
  const counted = distinct === undefined ? [] : [[column, byPart((group) => group.counted ?? '')] as const];
  return {
    type: counting.distinct === undefined ? 'event_count' : 'value_count',
    parts,
    groupBy: columns,
    aliases: Object.fromEntries([...aliases, ...counted]),
    timespanUs: counting.window === 'history' ? Infinity : (counting.timespanUs ?? Infinity),
    criteria: [counting.criterion],
    fields: counted.map(([name]) => name),
    generate: false,
    span: counting.span,
  };
}

/** Finds the fields that are grouped by and counted in each kind of events. */
class CountedEvents {
  readonly #finer = new Set<string>();
  readonly #keys = new Map<RunEvent, { keys: readonly string[]; counted: string | undefined }>();

  constructor(
    private readonly rule: CatalogRule,
    private readonly counting: CountingInfo,
    private readonly mappings: RunMappings,
  ) {}

  readonly obstacle = (event: RunEvent, known: FieldNames): Obstacle | undefined => {
    const { groupBy, distinct, span } = this.counting;
    const natives = [...groupBy, ...(distinct === undefined ? [] : [distinct])];
    const names = namesWith(natives, known, this.mappings);
    const fields = natives.map((native) => [native, keyField(native, event, names, this.mappings.run)] as const);
    const missing = fields.find(([, { kind }]) => kind === 'none')?.[0];
    if (missing !== undefined) {
      return { message: `${missing}, by which events are counted, has no equal in these logs`, span };
    }
    const counted = distinct === undefined ? undefined : fields.at(-1)?.[1];
    if (counted?.kind === 'same') return { message: `All these events have the same ${distinct ?? ''}`, span };
    if (counted?.kind === 'field' && counted.isFiner) {
      return { message: `${distinct ?? ''}, whose values are counted, is only a part of a field in these logs`, span };
    }
    for (const [native, field] of fields) if (field.kind === 'field' && field.isFiner) this.#finer.add(native);
    const nameOf = (field: KeyField | undefined): string | undefined =>
      field?.kind === 'field' ? field.field : undefined;
    const keys = fields.slice(0, groupBy.length).map(([, field]) => nameOf(field) ?? '');
    this.#keys.set(event, { keys, counted: nameOf(counted) });
    return undefined;
  };

  /** Events with the same test and the same names together; keys that are the same in all events are left out. */
  groups(done: readonly { readonly event: RunEvent; readonly expr: Expr }[]): readonly Group[] {
    const groups = new Map<string, Group>();
    const all = done.map(({ event, expr }) => ({
      event,
      expr,
      ...(this.#keys.get(event) ?? { keys: [], counted: undefined }),
    }));
    const used = this.#used(done);
    for (const { event, expr, keys, counted } of all) {
      // Where one kind of events has a key and another has always the same: the key of that one is its event id.
      const own = keys.flatMap((key, at) => (used[at] ? [key === '' ? 'EventID' : key] : []));
      const id = JSON.stringify([own, counted, expr], (name, value: unknown) => (name === 'span' ? undefined : value));
      const group = groups.get(id);
      if (group) group.events.push(event);
      else groups.set(id, { expr, keys: own, counted, events: [event] });
    }
    return [...groups.values()];
  }

  /** The rule's names of the keys that are left. */
  usedKeys(done: readonly { readonly event: RunEvent }[]): readonly string[] {
    const used = this.#used(done);
    return this.counting.groupBy.filter((_, at) => used[at]);
  }

  #used(done: readonly { readonly event: RunEvent }[]): readonly boolean[] {
    return this.counting.groupBy.map((_, at) =>
      done.some(({ event }) => (this.#keys.get(event)?.keys[at] ?? '') !== ''),
    );
  }

  /** In what our counting is not the rule's. */
  notes(): readonly Diagnostic[] {
    const { window, timespanUs, span } = this.counting;
    const note = (message: string): Diagnostic => ({ severity: 'info', code: 'runs-differently', message, span });
    const finer = [...this.#finer].map((native) =>
      note(`${native} is a part of a field here: groups are of whole fields, so that one may be several`),
    );
    const differs = note(windowNote(window, timespanUs));
    return [window === 'history' ? { ...differs, severity: 'warning' } : differs, ...finer];
  }
}

function windowNote(window: CountingInfo['window'], timespanUs: number | undefined): string {
  switch (window) {
    case 'buckets':
      return `Windows of ${durationText(timespanUs)} slide here; the rule's begin at full ones`;
    case 'lookback':
      return `Counted within ${durationText(timespanUs)}, as far as a run of the rule looks back`;
    case 'search':
      return 'Counted over all open logs; the rule counts over the time that is searched';
    case 'history':
      return `What is new in the open logs; the rule looks ${durationText(timespanUs)} back`;
  }
}

const UNITS: readonly (readonly [string, number])[] = [
  ['day', 86_400e6],
  ['hour', 3600e6],
  ['minute', 60e6],
  ['second', 1e6],
];

function durationText(us: number | undefined): string {
  if (us === undefined) return 'some time';
  const [name, size] = UNITS.find(([, unit]) => us >= unit && us % unit === 0) ?? ['second', 1e6];
  const count = us / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
