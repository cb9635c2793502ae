import type { Expr, Predicate } from '../../model/predicate.ts';
import type { Diagnostic, EventKind, Rule } from '../../model/rule.ts';
import type { Span } from '../../model/span.ts';
import type { Alternatives, CatalogRule, EventQuery } from '../catalog-rule.ts';
import { normaliseRule, type CatalogMappings } from '../normalise/normalise.ts';
import type { NormalisedRule } from '../normalise/normalised-rule.ts';
import type { RunEvent, RunEvents } from './run-events.ts';
import { specialise, type FieldNames, type Obstacle, type Specialised } from './specialise.ts';

/** What running rules of other vendors needs to know. */
export interface RunMappings extends CatalogMappings {
  readonly run: RunEvents;
}

/** Where a rule stands. */
export interface RuleOrigin {
  readonly text: string;
  readonly fileName: string;
}

/** A query's condition in the terms of the events that it can run on. */
export interface PlacedQuery {
  readonly expr: Expr;
  readonly kinds: readonly EventKind[];
  /** Events that the query reads too but can't run on, and why. */
  readonly leftOut: readonly LeftOut[];
}

interface LeftOut {
  readonly event: RunEvent;
  readonly obstacle: Obstacle;
  /** Whether the rule reads it only as one of all its channel's. */
  readonly isOfMany: boolean;
}

export type Placed = PlacedQuery | { readonly obstacles: readonly Obstacle[] };

/**
 * A rule of another vendor as one that the matcher runs on Windows events. Where nothing in the events says exactly
 * what the rule asks for, it can't run, and says at which place of it.
 */
export function runnableRule(rule: CatalogRule, origin: RuleOrigin, mappings: RunMappings): Rule {
  const [query] = rule.queries;
  const broken = rule.notParsed.filter(({ severity }) => severity === 'error');
  if (broken.length > 0) return notRun(rule, rule.notParsed);
  if (!rule.condition || !query) {
    const reason = rule.notRunnable === '' ? 'The rule is no test of single events' : rule.notRunnable;
    return notRun(rule, [...rule.notParsed, error('not-runnable', reason, rule.querySpan)]);
  }
  const placed = placeQuery(rule, { ...query, predicates: rule.condition }, origin, mappings);
  if ('obstacles' in placed) return notRun(rule, [...rule.notParsed, ...placed.obstacles.map(obstacleError)]);
  return {
    ...aboutRule(rule),
    logsource: { product: 'windows', kinds: placed.kinds },
    condition: placed.expr,
    diagnostics: [...rule.notParsed, ...(rule.runNotes ?? []), ...leftOutNotes(placed.leftOut)],
  };
}

/** As runnableRule, for a rule of several queries: those that can run do, and what the others lack is said. */
export function runnableAlternatives(
  rule: CatalogRule,
  { queries, notRun: left }: Alternatives,
  origin: RuleOrigin,
  mappings: RunMappings,
): Rule {
  const placed = queries.map((query) => placeQuery(rule, query, origin, mappings));
  const done = placed.flatMap((one) => ('obstacles' in one ? [] : [one]));
  const obstacles = [...left, ...placed.flatMap((one) => ('obstacles' in one ? one.obstacles.slice(0, 1) : []))];
  if (done.length === 0) return notRun(rule, [...rule.notParsed, ...distinct(obstacles).map(obstacleError)]);
  const children = done.map(withGuard);
  const [only] = children;
  return {
    ...aboutRule(rule),
    logsource: { product: 'windows', kinds: distinctKinds(done.flatMap(({ kinds }) => kinds)) },
    condition: children.length === 1 && only ? only : { kind: 'or', children, span: rule.querySpan },
    diagnostics: [
      ...rule.notParsed,
      ...(rule.runNotes ?? []),
      ...distinct(obstacles).map(({ message, span }): Diagnostic => {
        return { severity: 'warning', code: 'runs-in-part', message: `A query of it is not run: ${message}`, span };
      }),
      ...leftOutNotes(done.flatMap(({ leftOut }) => leftOut)),
    ],
  };
}

function distinctKinds(kinds: readonly EventKind[]): readonly EventKind[] {
  return [...new Map(kinds.map((kind) => [JSON.stringify(kind), kind])).values()];
}

/** A placed query's test with which events it is of. */
export function withGuard({ expr, kinds }: PlacedQuery): Expr {
  const events = kinds.flatMap(({ channel, events: ids }) =>
    (channel ?? []).flatMap((name) => (ids ?? [undefined]).map((eventId) => ({ channel: name, eventId }))),
  );
  return { kind: 'and', children: [eventGuard(events, expr.span), expr], span: expr.span };
}

/** Puts one query's condition into the terms of events. @param query its `predicates` are the condition. */
export function placeQuery(
  rule: CatalogRule,
  query: EventQuery,
  origin: RuleOrigin,
  mappings: RunMappings,
  isUsable?: UsableTest,
): Placed {
  const placed = placeEvents(rule, query, origin, mappings, isUsable);
  if ('obstacles' in placed) return placed;
  return { ...guarded(placed.done, query.predicates?.span ?? query.span), leftOut: placed.leftOut };
}

/** Whether an event has what a rule needs besides its condition; if not, what is missing. */
export type UsableTest = (event: RunEvent, names: FieldNames) => Obstacle | undefined;

/** A condition as it stands in each of the events that it can run on. */
export interface PlacedEvents {
  readonly done: readonly { readonly event: RunEvent; readonly expr: Expr }[];
  readonly leftOut: readonly LeftOut[];
}

/** As placeQuery, event by event. */
export function placeEvents(
  rule: CatalogRule,
  query: EventQuery,
  { text, fileName }: RuleOrigin,
  mappings: RunMappings,
  isUsable: UsableTest = () => undefined,
): PlacedEvents | { readonly obstacles: readonly Obstacle[] } {
  const { predicates: condition } = query;
  if (!condition) return { obstacles: [{ message: 'The query tests nothing', span: query.span }] };
  const normalised = normaliseRule(
    { ...rule, queries: [query], sequence: undefined },
    { text, fileName, position: 0 },
    mappings,
  );
  if (!normalised.isWindows && normalised.events.length === 0) {
    return { obstacles: [{ message: 'The rule reads no Windows events', span: rule.querySpan }] };
  }
  if (normalised.events.length === 0) {
    return { obstacles: [{ message: 'No mapping says which Windows events the rule reads', span: rule.querySpan }] };
  }
  const names = fieldNames(rule, query, normalised);
  const done: { event: RunEvent; expr: Expr }[] = [];
  const leftOut: LeftOut[] = [];
  // What stands in the way where the least does: other events may lack what the rule is not about.
  let obstacles: readonly Obstacle[] = [];
  const note = (found: readonly Obstacle[]): void => {
    if (obstacles.length === 0 || found.length < obstacles.length) obstacles = found;
  };
  const seen = new Set<string>();
  for (const read of normalised.events) {
    // An event may be read by itself, and with another (`also`).
    const candidates = mappings.run.eventsFor(rule.vendor, read).filter(({ channel, eventId }) => {
      const key = `${channel}/${eventId ?? '*'}`;
      return !seen.has(key) && seen.add(key);
    });
    if (candidates.length === 0 && seen.size > 0 && !read.channel.startsWith('defender/')) continue;
    // Of a channel as a whole, its single kinds are tried only where not all of its events can be run on.
    const [whole] = candidates;
    for (const event of candidates) {
      const blocked = isUsable(event, names);
      const result: Specialised = blocked
        ? { obstacles: [blocked] }
        : specialise(condition, event, names, mappings.run);
      if ('obstacles' in result) {
        note(distinct(result.obstacles));
        const [first] = result.obstacles;
        const isOfMany = whole?.eventId === undefined || event !== whole;
        if (first) leftOut.push({ event, obstacle: first, isOfMany });
        continue;
      }
      if (result.expr.kind !== 'constant' || result.expr.value) done.push({ event, expr: result.expr });
      if (event === whole && event.eventId === undefined) break;
    }
    if (candidates.length === 0) {
      const table = read.channel.replace('defender/', '');
      note([{ message: `Nothing in Windows' logs is equal to ${table}`, span: query.span }]);
    }
  }
  if (done.length > 0) return { done, leftOut };
  if (obstacles.length > 0) return { obstacles };
  return {
    obstacles: [{ message: 'What the rule asks for can hold in no event that it reads', span: condition.span }],
  };
}

function fieldNames({ vendor }: CatalogRule, { sources }: EventQuery, { predicates }: NormalisedRule): FieldNames {
  const canonical = new Map<string, string>();
  for (const { native, field, isMapped, role } of predicates) {
    if (isMapped && role !== 'scope') canonical.set(native, field);
  }
  const isModelled = sources.some(({ kind, name }) =>
    kind === 'datamodel' ? true : kind === 'table' && name.startsWith('Device'),
  );
  return { vendor, canonical, hasOwnNames: !isModelled };
}

/**
 * The conditions of several events as one: events of which the same is asked stand together; where there are several
 * such groups, each says by event id, and by channel where that is not enough, for which events it is.
 */
function guarded(done: readonly { event: RunEvent; expr: Expr }[], span: Span): Pick<PlacedQuery, 'expr' | 'kinds'> {
  const groups = new Map<string, { expr: Expr; events: Map<EventKind, RunEvent> }>();
  for (const { event, expr } of done) {
    const key = JSON.stringify(expr, (name, value: unknown) => (name === 'span' ? undefined : value));
    const group = groups.get(key);
    if (group) group.events.set(event.kind, event);
    else groups.set(key, { expr, events: new Map([[event.kind, event]]) });
  }
  const all = [...groups.values()];
  const kinds = [...new Set(all.flatMap(({ events }) => [...events.keys()]))];
  const [first] = all;
  if (all.length === 1 && first) return { expr: first.expr, kinds };
  const children = all.map(({ expr, events }): Expr => ({
    kind: 'and',
    children: [eventGuard([...events.values()], span), expr],
    span,
  }));
  return { expr: { kind: 'or', children, span }, kinds };
}

/** A test that an event is one of these. */
export function eventGuard(events: readonly Pick<RunEvent, 'channel' | 'eventId'>[], span: Span): Expr {
  const byChannel = new Map<string, number[] | undefined>();
  for (const { channel, eventId } of events) {
    const known = byChannel.get(channel);
    if (eventId === undefined) byChannel.set(channel, undefined);
    else if (known || !byChannel.has(channel)) byChannel.set(channel, [...(known ?? []), eventId]);
  }
  const of = (field: string, texts: readonly (string | number)[]): Predicate => ({
    kind: 'predicate',
    ...{ field, op: 'eq', quantifier: 'any', caseSensitive: false, native: 'events', span },
    values: texts.map((text) => ({ text: String(text), span })),
  });
  const tests = [...byChannel].map(([channel, ids]): Expr => {
    // Some exports have no channel: then the logsource has told the event by its provider.
    const noChannel: Expr = { ...of('Channel', []), op: 'is_null' };
    const isOfChannel: Expr = { kind: 'or', children: [of('Channel', [channel]), noChannel], span };
    return ids ? { kind: 'and', children: [of('EventID', ids), isOfChannel], span } : isOfChannel;
  });
  const [only] = tests;
  return tests.length === 1 && only ? only : { kind: 'or', children: tests, span };
}

// ---------------------------------------------------------------- diagnostics

/** What a rule says of itself, for one that runs. */
export function aboutRule(rule: CatalogRule): Omit<Rule, 'logsource' | 'condition' | 'diagnostics'> {
  const { vendor, id, title, description, status, level, author, date, tags, techniques, span } = rule;
  const about = { vendor, id, title, description, status, level, author, date, tags, techniques, span };
  return { ...about, references: [], falsePositives: [], selections: [] };
}

export function notRun(rule: CatalogRule, diagnostics: readonly Diagnostic[]): Rule {
  return { ...aboutRule(rule), logsource: {}, condition: undefined, diagnostics };
}

export function error(code: string, message: string, span: Span): Diagnostic {
  return { severity: 'error', code, message, span };
}

export function obstacleError({ message, span }: Obstacle): Diagnostic {
  return error('no-equal', message, span);
}

/** One note for each kind of events that the rule can't run on though it runs on others. */
export function leftOutNotes(leftOut: readonly LeftOut[]): readonly Diagnostic[] {
  return leftOut.map(({ event, obstacle, isOfMany }) => ({
    severity: isOfMany ? 'info' : 'warning',
    code: 'runs-in-part',
    message: `Not run on ${eventName(event)}: ${obstacle.message}`,
    span: obstacle.span,
  }));
}

function eventName({ channel, eventId }: RunEvent): string {
  const name = channel.replace(/^Microsoft-Windows-/, '').replace(/\/Operational$/, '');
  return eventId === undefined ? name : `${name} ${eventId}`;
}

function distinct(obstacles: readonly Obstacle[]): readonly Obstacle[] {
  return [...new Map(obstacles.map((one) => [`${one.span.start} ${one.message}`, one])).values()];
}
