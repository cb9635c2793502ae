import type { Expr } from '../../../model/predicate.ts';
import type { Span } from '../../../model/span.ts';
import { SyntaxFault } from '../../syntax/cursor.ts';
import { eachPredicate, groupByOp, predicateOf } from '../common/lowering.ts';
import type { CountingInfo } from '../../catalog-rule.ts';
import { readNames, readRenamings, splitClauses } from './clauses.ts';
import { countingOf, evalComparison, evalConjuncts, searchComparison, searchConjuncts } from './counting.ts';
import { QueryDraft } from './draft.ts';
import { lowerChosen } from './eval/choices.ts';
import { lowerEval } from './eval/lower.ts';
import { parseEval } from './eval/parser.ts';
import { expandMacros, type ExpandedSearch, type SplunkMacro } from './macro.ts';
import { keepNames, nameCommand, stageOf, type Stage } from './naming.ts';
import { splitPipeline, trimmed, type SplCommand } from './pipeline.ts';
import { isScopeMacro, SCOPE_FIELDS } from './scope-fields.ts';
import { lowerSearch, type SearchScope } from './search/lower.ts';
import { parseSearch } from './search/parser.ts';
import { searchTokens, unescapeSpl, type SearchToken } from './search/tokens.ts';
import type { SearchNode } from './search/tree.ts';

/** Commands that neither choose events nor name fields in a way that matters here. */
const NEUTRAL = new Set(
  (
    'table fields sort dedup fillnull filldown makemv mvexpand mvcombine outputlookup collect xmlkv xpath ' +
    'multikv extract kv convert replace fromjson tojson addtotals addinfo untable xyseries transpose format return ' +
    'outputcsv nomv strcat highlight abstract setfields reverse sendalert sendemail cyberchef'
  ).split(' '),
);
const SUBSEARCH_DEPTH = 20;

/** What is missing of a search, with its place in the file. */
export interface SearchNote {
  readonly code: string;
  readonly message: string;
  readonly span: Span;
}

/** Reads the commands of a search into queries. */
export class SearchReader {
  readonly queries: QueryDraft[] = [];
  readonly notes: SearchNote[] = [];
  /** Why no plain test of single events can stand for the search. */
  readonly inexact: string[] = [];
  /** What it asks of groups of events, where that is one number. */
  counting: CountingInfo | undefined;
  /** Whether it tests of groups what only some of their events may have. */
  testsGroups = false;

  constructor(
    private readonly search: ExpandedSearch,
    private readonly macros: ReadonlyMap<string, SplunkMacro>,
  ) {}

  read(): void {
    this.#pipeline({ start: 0, end: this.search.text.length }, 0);
  }

  #pipeline(range: Span, depth: number, absent = false): Stage {
    const main = new QueryDraft(this.search.place(trimmed(this.search.text, range)), absent);
    this.queries.push(main);
    const stage = stageOf(main, depth);
    if (depth > SUBSEARCH_DEPTH) {
      this.#note('splunk-syntax', 'Subsearches are nested too deeply', range);
      return stage;
    }
    const { commands, faults } = splitPipeline(this.search.text, range);
    for (const fault of faults) this.#note('splunk-syntax', fault.message, fault.span);
    for (const command of commands) this.#guarded(() => this.#command(command, stage));
    return stage;
  }

  #guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      this.#note('splunk-syntax', error.message, error.span);
    }
  }

  #note(code: string, message: string, span: Span): void {
    this.notes.push({ code, message, span: this.search.place(span) });
  }

  #command(command: SplCommand, stage: Stage): void {
    const { name, args } = command;
    switch (name) {
      case 'search':
        this.#sourceMacros(args, stage);
        return this.#filter(this.#tokens(args), args.end, stage);
      case 'where':
        return this.#where(args, stage);
      case 'regex':
        return this.#regex(args, stage);
      case 'tstats':
      case 'mstats':
        return this.#tstats(args, stage);
      case 'from':
      case 'datamodel':
        return this.#datamodel(this.#tokens(args), stage);
      case 'inputlookup':
        this.inexact.push('It reads a lookup');
        return;
      case 'map':
        return this.#map(args, stage);
    }
    if (nameCommand(command, stage, this.search.text, this.inexact)) return;
    if (/^(?:join|append|appendcols|appendpipe|union|multisearch|set|selfjoin)$/.test(name)) {
      return this.#combine(name, args, stage);
    }
    if (!NEUTRAL.has(name)) {
      const label = name === '' ? 'This is no command' : `The command ${name} is not known`;
      this.inexact.push(label);
      this.#note('splunk-unknown-command', label, command.span);
    }
  }

  #tokens(range: Span): SearchToken[] {
    return searchTokens(this.search.text, range);
  }

  /** Notes the macros that say where events come from, those of subsearches left to these. */
  #sourceMacros(range: Span, { main }: Stage): void {
    const text = this.search.text;
    const subsearches = this.#tokens(range).filter(({ kind }) => kind === 'subsearch');
    for (const { name, definition, start } of this.search.calls) {
      if (start < range.start || start > range.end) continue;
      if (subsearches.some((inner) => start > inner.start && start < inner.end)) continue;
      const isFirst = text.slice(range.start, start).trim() === '';
      if (definition === undefined ? isFirst : isScopeMacro(definition)) main.addSource('macro', name);
    }
  }

  #filter(tokens: readonly SearchToken[], end: number, stage: Stage): void {
    const tree = parseSearch(tokens, end);
    if (!tree) return;
    const all = searchConjuncts(tree);
    const tests = all.filter((node) => !this.#counts(searchComparison(node), stage));
    const rest: SearchNode = tests.length === all.length ? tree : { ...tree, kind: 'and', children: tests };
    if (tests.length > 0) this.#lower(stage, false, (scope) => lowerSearch(rest, scope));
  }

  /** Takes up a comparison of what was counted; false where it is none that we know. */
  #counts(asked: ReturnType<typeof searchComparison>, { names, depth }: Stage): boolean {
    const binding = asked && names.get(asked.name);
    if (!asked || binding?.kind !== 'aggregate' || !binding.counted || depth > 0) return false;
    if (this.counting) this.inexact.push('It asks more of groups of events than one number');
    this.counting ??= countingOf(binding.counted, asked.criterion, this.search.place(asked.span));
    return true;
  }

  #where(args: Span, stage: Stage): void {
    for (const node of evalConjuncts(parseEval(this.search.text, args))) {
      if (!this.#counts(evalComparison(node), stage)) this.#lower(stage, true, (scope) => lowerEval(node, scope));
    }
  }

  /** Lowers a filter and hands it to the query it speaks of, the main one where it speaks of several. */
  #lower(stage: Stage, isEval: boolean, lower: (scope: SearchScope) => Expr | undefined): void {
    const touched = new Set<QueryDraft>();
    const lost: { message: string; span: Span }[] = [];
    const expr = lower({
      place: this.search.place,
      inexact: this.inexact,
      lost,
      names: stage.names,
      conditionDepth: 0,
      isEval,
      chosen: lowerChosen,
      subsearch: (span, field, isNegated) => this.#subsearch(span, field, isNegated !== stage.main.absent, stage),
      touch: (query) => touched.add(query),
      object: (name) => stage.main.addSource('datamodel', name),
    });
    for (const { message, span } of lost) this.notes.push({ code: 'splunk-no-predicate', message, span });
    if (!expr) return;
    const [only] = touched;
    const query = touched.size === 1 && only ? only : stage.main;
    query.tests.push({ expr, isEval });
    for (const { predicate, isNegated } of eachPredicate(expr)) {
      if (stage.isGrouped && !stage.groupBy.includes(predicate.field)) this.testsGroups = true;
      const kind = SCOPE_FIELDS.get(predicate.field);
      if (!kind || isNegated) continue;
      for (const { text } of predicate.values) query.addSource(kind, text);
    }
  }

  /** A subsearch within an expression: its own query, or a test against a lookup. */
  #subsearch(span: Span, field: string, absent: boolean, stage: Stage): Expr | undefined {
    const inner = { start: span.start + 1, end: span.end - 1 };
    const { commands } = splitPipeline(this.search.text, inner);
    const [first] = commands;
    if (first?.name === 'inputlookup') return this.#lookupTest(first, commands, field, span);
    this.inexact.push('It needs the results of another search first');
    this.#pipeline(inner, stage.depth + 1, absent);
    return undefined;
  }

  #lookupTest(first: SplCommand, commands: readonly SplCommand[], field: string, span: Span): Expr | undefined {
    const lookup = readNames(this.#tokens(first.args))[0] ?? '';
    let name = field;
    for (const command of commands.slice(1)) {
      if (field !== '') break;
      if (command.name === 'fields' || command.name === 'table') {
        name = readNames(this.#tokens(command.args)).find((listed) => !/^[+-]$/.test(listed)) ?? name;
      } else if (command.name === 'rename') {
        const renamings = readRenamings(this.#tokens(command.args));
        name = renamings.find(({ from }) => name === '' || from === name)?.to ?? name;
      }
    }
    this.inexact.push(`It needs the lookup ${lookup}`);
    const place = this.search.place(span);
    const shape = { field: name || 'keyword', native: 'inputlookup', caseSensitive: false, quantifier: 'any' as const };
    return predicateOf({ ...shape, span: place }, 'in_lookup', [{ text: lookup, span: place }]);
  }

  #regex(args: Span, stage: Stage): void {
    const text = this.search.text.slice(args.start, args.end);
    const parts = /^(?:("[^"]*"|[\w.{}:@-]+)\s*(!?=)\s*)?"((?:[^"\\]|\\[^])*)"$/.exec(text);
    if (!parts) throw new SyntaxFault('Expected field="expression"', args);
    const [, name = '_raw', operator = '=', written = ''] = parts;
    const value = {
      text: unescapeSpl(written),
      span: this.search.place({ start: args.end - written.length - 1, end: args.end - 1 }),
    };
    this.#lower(stage, false, (scope) => {
      const field = name.replace(/^"|"$/g, '');
      const binding = stage.names.get(field);
      if (binding.kind === 'aggregate') return undefined;
      scope.touch(binding.query);
      if (binding.kind !== 'event') scope.inexact.push(`${field} is computed in the search`);
      const bound = binding.kind === 'event' ? binding.field : field;
      const span = this.search.place(args);
      const shape = {
        field: bound === '_raw' ? 'keyword' : bound,
        native: `regex ${operator}`,
        caseSensitive: true,
        span,
      };
      const test = groupByOp({ ...shape, quantifier: 'any' }, [{ op: 'match', value }]);
      return operator === '!=' ? { kind: 'not', child: test, span } : test;
    });
  }

  #tstats(args: Span, stage: Stage): void {
    const tokens = this.#tokens(args);
    const { head, from, where, by } = splitClauses(tokens);
    this.#datamodel(from, stage);
    this.#sourceMacros(args, stage);
    this.#filter(where, where.at(-1)?.end ?? args.end, stage);
    keepNames(head, by, stage);
  }

  /** `datamodel=X.Y`, `datamodel:X.Y`, `datamodel X Y search`. */
  #datamodel(tokens: readonly SearchToken[], { main }: Stage): void {
    const words = tokens.filter(({ kind }) => kind === 'word' || kind === 'value' || kind === 'string');
    const named = words.map(({ text }) => text.replace(/^datamodel:?/i, '')).filter((text) => text !== '');
    const [model, object] = named;
    if (model === undefined) return;
    const isPair = object !== undefined && !model.includes('.') && !/^(?:search|summariesonly|flat)$/i.test(object);
    main.addSource('datamodel', isPair ? `${model}.${object}` : model);
  }

  /** join, append and the like: each subsearch is a query of its own, whose fields are known from here on. */
  #combine(name: string, args: Span, stage: Stage): void {
    const tokens = this.#tokens(args);
    this.inexact.push(name === 'join' ? 'It joins two searches' : `It combines searches with ${name}`);
    for (const token of tokens) {
      if (token.kind !== 'subsearch' || name === 'appendpipe') continue;
      const inner = this.#pipeline({ start: token.start + 1, end: token.end - 1 }, stage.depth + 1);
      stage.names.addFrom(inner.names);
    }
  }

  /** `map search="…"`: a search for each result, written in a string. */
  #map(args: Span, stage: Stage): void {
    this.inexact.push('It runs another search for each result');
    const tokens = this.#tokens(args);
    const at = tokens.findIndex(({ text }) => text.toLowerCase() === 'search');
    const written = tokens[at + 2];
    if (at < 0 || written?.kind !== 'string') return;
    // Places within a decoded string are not kept: the string itself is shown.
    const place = this.search.place(written);
    const expanded = expandMacros(written.text, () => place.start, this.macros);
    const inner = new SearchReader({ ...expanded, place: () => place }, this.macros);
    inner.#pipeline({ start: 0, end: expanded.text.length }, stage.depth + 1);
    this.queries.push(...inner.queries);
    for (const { message } of expanded.faults) this.notes.push({ code: 'splunk-macro', message, span: place });
    this.notes.push(...inner.notes);
  }
}
