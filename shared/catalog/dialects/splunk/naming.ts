import type { Span } from '../../../model/span.ts';
import { Bindings, type Binding, type Counted, type Found } from './bindings.ts';
import { optionOf, readAggregates, readNames, readRenamings, splitClauses } from './clauses.ts';
import { countedBy, groupingOf, spanUs } from './counting.ts';
import type { QueryDraft } from './draft.ts';
import { behindOf, isAggregate } from './eval/lower.ts';
import { parseAssignments } from './eval/parser.ts';
import { splitPipeline, type SplCommand } from './pipeline.ts';
import { searchTokens, unescapeSpl, type SearchToken } from './search/tokens.ts';

/** Commands that give rows which stand for several events, or for none. */
const AGGREGATING = new Set(['stats', 'sistats', 'chart', 'timechart', 'top', 'rare', 'sitop', 'cluster']);
/** Commands that judge an event by the others. */
const LEARNING = new Set(
  'apply fit anomalydetection anomalies outlier predict trendline delta accum autoregress head tail'.split(' '),
);
/** Aggregations that give a field's own values. */
const KEEPING = new Set(['values', 'list', 'first', 'last', 'earliest', 'latest', 'mode']);

/** Where a search has come to, command by command. */
export interface Stage {
  readonly main: QueryDraft;
  readonly names: Bindings;
  readonly depth: number;
  /** Width of the windows that `bin _time` has cut time into. */
  bucketUs: number | undefined;
  /** Whether rows are groups of events by now. */
  isGrouped: boolean;
  /** Fields that all events of a group have alike. */
  groupBy: readonly string[];
}

export function stageOf(main: QueryDraft, depth: number): Stage {
  return { main, names: new Bindings(main), depth, bucketUs: undefined, isGrouped: false, groupBy: [] };
}

/**
 * Takes up what a command does to the names of a search: those that it makes, renames or leaves.
 * @param text the expanded search.
 * @param inexact told why no plain test of single events can stand for it.
 * @returns false where it is a command of another kind.
 */
export function nameCommand(command: SplCommand, stage: Stage, text: string, inexact: string[]): boolean {
  const { name, args } = command;
  const tokens = (): SearchToken[] => searchTokens(text, args);
  const { names } = stage;
  switch (name) {
    case 'bin':
    case 'bucket':
      bucket(tokens(), stage);
      return true;
    case 'eval':
      assign(text, args, stage);
      return true;
    case 'rename':
      for (const { from, to } of readRenamings(tokens())) names.rename(from, to);
      return true;
    case 'transaction':
      inexact.push('It groups events');
      names.set('duration', { kind: 'aggregate' });
      names.set('eventcount', { kind: 'aggregate' });
      return true;
    case 'eventstats':
    case 'streamstats':
      window(name, tokens(), stage);
      return true;
    case 'rex':
      extract(text, args, stage);
      return true;
    case 'spath':
      copyPath(tokens(), stage);
      return true;
    case 'lookup':
      lookUp(tokens(), stage);
      return true;
    case 'iplocation':
      for (const made of ['City', 'Country', 'Region', 'lat', 'lon']) {
        names.set(made, { kind: 'computed', query: stage.main, made: undefined });
      }
      return true;
    case 'foreach':
      inexact.push('foreach computes over several fields');
      forEach(text, tokens(), stage);
      return true;
  }
  if (AGGREGATING.has(name)) {
    if (name === 'top' || name === 'rare') inexact.push(`${name} keeps some rows only`);
    const { head, by } = splitClauses(tokens());
    keepNames(head, by, stage);
    return true;
  }
  if (!LEARNING.has(name)) return false;
  inexact.push(`${name} judges an event by others`);
  learn(tokens(), stage);
  return true;
}

/** After an aggregation only its outputs and what it groups by have a name. */
export function keepNames(head: readonly SearchToken[], by: readonly SearchToken[], stage: Stage): void {
  const { names, isGrouped } = stage;
  stage.isGrouped = true;
  const grouping = groupingOf(readNames(by), names, spanUs(optionOf(by, 'span') ?? '') ?? stage.bucketUs);
  stage.groupBy = grouping?.groupBy ?? [];
  const kept = new Map<string, Binding>();
  for (const name of readNames(by)) kept.set(name, names.get(name));
  for (const aggregate of readAggregates(head)) {
    const { name, argument, output } = aggregate;
    if (argument.includes('*') || output.includes('*')) return;
    const isSame = KEEPING.has(name) && argument !== '' && argument !== '_time';
    if (kept.has(output)) continue;
    kept.set(output, isSame ? names.get(argument) : aggregateOf(countedBy(aggregate, grouping, names, isGrouped)));
  }
  names.replace(kept);
}

function aggregateOf(counted: Counted | undefined): Binding {
  return counted ? { kind: 'aggregate', counted } : { kind: 'aggregate' };
}

function bucket(tokens: readonly SearchToken[], stage: Stage): void {
  if (readNames(tokens).includes('_time')) stage.bucketUs = spanUs(optionOf(tokens, 'span') ?? '');
}

function assign(text: string, args: Span, { main, names }: Stage): void {
  for (const { name, value } of parseAssignments(text, args)) {
    const folded = value.kind === 'call' && /^(?:lower|upper)$/.test(value.name) ? value.args[0] : undefined;
    const source = folded?.kind === 'field' ? names.get(folded.name) : undefined;
    if (value.kind === 'field') names.set(name, names.get(value.name));
    else if (source?.kind === 'event') names.set(name, { ...source, isFolded: true });
    else if (isAggregate(value, { names })) names.set(name, { kind: 'aggregate' });
    else {
      const of = behindOf(value, names);
      const made = { value, names: names.copy() };
      names.set(name, { kind: 'computed', query: of?.query ?? main, made, ...(of ? { of } : {}) });
    }
  }
}

function window(name: string, tokens: readonly SearchToken[], { names, isGrouped, bucketUs }: Stage): void {
  const { head, by } = splitClauses(tokens);
  const grouping = name === 'eventstats' ? groupingOf(readNames(by), names, bucketUs) : undefined;
  for (const aggregate of readAggregates(head)) {
    const isSame = KEEPING.has(aggregate.name) && aggregate.argument !== '';
    const counted = countedBy(aggregate, grouping, names, isGrouped);
    names.set(aggregate.output, isSame ? names.get(aggregate.argument) : aggregateOf(counted));
  }
}

function learn(tokens: readonly SearchToken[], { names }: Stage): void {
  tokens.forEach((token, i) => {
    const made = tokens[i + 1];
    if (token.kind === 'word' && token.text.toLowerCase() === 'as' && made) names.set(made.text, { kind: 'aggregate' });
  });
}

/** `rex field=a "…(?<b>…)…"`: what the groups find. */
function extract(text: string, args: Span, { main, names }: Stage): void {
  const written = text.slice(args.start, args.end);
  const parts = /^field\s*=\s*(?:"([^"]*)"|([\w.{}:@-]+))\s+"((?:[^"\\]|\\[^])*)"$/.exec(written);
  const source = names.get(parts?.[1] ?? parts?.[2] ?? '_raw');
  const expression = parts?.[3];
  let found: Found | undefined;
  if (source.kind === 'event' && expression !== undefined && isOneGroup(expression)) {
    const span = { start: args.end - expression.length - 1, end: args.end - 1 };
    found = { field: source.field, expression: unescapeSpl(expression), span };
  }
  const query = source.kind === 'event' ? source.query : main;
  for (const [, name] of written.matchAll(/\(\?P?<(\w+)>/g)) {
    if (name !== undefined) names.set(name, { kind: 'computed', query, made: undefined, ...(found ? { found } : {}) });
  }
}

/** Whether an expression has one group, which takes part in each match. */
function isOneGroup(expression: string): boolean {
  const plain = expression.replace(/\\[^]/g, '').replace(/\[\^?\]?[^\]]*\]/g, '');
  return plain.split('(').length === 2 && !plain.includes('|') && !/\)[?*{]/.test(plain);
}

/** `spath output=a path=b`: a copy of a field under another name. */
function copyPath(tokens: readonly SearchToken[], { names }: Stage): void {
  const output = optionOf(tokens, 'output');
  const path = optionOf(tokens, 'path') ?? readNames(tokens)[0];
  if (output !== undefined && path !== undefined) names.set(output, names.get(path));
}

function lookUp(tokens: readonly SearchToken[], { names }: Stage): void {
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && /^output(?:new)?$/i.test(text));
  const [lookup, ...inputs] = readRenamings(withoutOptions(at < 0 ? tokens : tokens.slice(0, at)));
  const [input] = inputs;
  if (!lookup || !input || at < 0) return;
  const binding = names.get(input.to);
  const query = binding.kind === 'aggregate' ? undefined : binding.query;
  for (const { to } of readRenamings(tokens.slice(at + 1))) {
    const field = binding.kind === 'event' ? binding.field : input.to;
    names.set(to, query ? { kind: 'lookup', lookup: lookup.from, field, query } : { kind: 'aggregate' });
  }
}

function withoutOptions(tokens: readonly SearchToken[]): SearchToken[] {
  return tokens.filter(
    ({ kind }, i) => kind !== 'operator' && tokens[i + 1]?.kind !== 'operator' && tokens[i - 1]?.kind !== 'operator',
  );
}

function forEach(text: string, tokens: readonly SearchToken[], { names }: Stage): void {
  const inner = tokens.find(({ kind }) => kind === 'subsearch');
  if (!inner) return;
  const { commands } = splitPipeline(text, { start: inner.start + 1, end: inner.end - 1 });
  for (const command of commands) {
    if (command.name !== 'eval') continue;
    const assigned = /^\s*['"]?([\w.]+)['"]?\s*=/.exec(text.slice(command.args.start, command.args.end));
    if (assigned?.[1] !== undefined) names.set(assigned[1], { kind: 'aggregate' });
  }
}
