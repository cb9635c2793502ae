import { UNTOLD, type Diagnostic, type Rule, type RuleText } from '../../../shared/model/rule.ts';
import type { Matching, RulePlan } from '../../match/api.ts';
import { linkKeys } from '../../match/linking/rule-links.ts';
import type { StoredHits, StoredRule } from '../../store/case-contents.ts';
import type { RuleFile } from '../api.ts';
import { HitList } from './hits.ts';
import type { Pace } from '../pace.ts';
import type { RuleReader } from './rule-reader.ts';

/** Reads a rule file's text, whatever the vendor (shared/catalog/read.ts). Never throws on bad text. */
export type ReadRules = (text: string, fileName: string) => RuleText;

/** One rule of the set, or a file that gave none: then `rule.condition` is undefined and its diagnostics say why. */
export interface LoadedRule {
  /** Number within the session, never used twice. */
  readonly slot: number;
  /** Name of the rule towards the window; a rule keeps it when its file is loaded again. */
  readonly key: string;
  readonly rule: Rule;
  readonly file: RuleFile;
  /** What besides the file's text and name its reading hung on, see `RuleReader.contextOf`. */
  readonly context: string;
  /** How many rules the file gave. */
  readonly ofFile: number;
  enabled: boolean;
  hits: HitList;
}

/** Rules that were compiled together. */
interface PlanGroup {
  readonly plan: RulePlan;
  /** By index in `plan.rules`; undefined where the rule has left the set. */
  readonly members: (LoadedRule | undefined)[];
}

/** Plans run one after the other: past this many they are compiled to fewer. */
const GROUP_LIMIT = 6;

/**
 * The loaded rules and their compiled plans. Every loaded rule is tested on every event, also while it is disabled:
 * so switching a rule on or off is only a matter of which hits count.
 */
export class RuleSet {
  readonly #rules = new Map<string, LoadedRule>();
  readonly #bySlot = new Map<number, LoadedRule>();
  #groups: PlanGroup[] = [];
  #places = new Map<number, { group: PlanGroup; index: number }>();
  #cannotFire = { kinds: -1, bySlot: new Map<number, string | null>() };
  #nextSlot = 0;
  #nextKey = 1;

  get size(): number {
    return this.#rules.size;
  }

  /** In the order of loading. */
  rules(): LoadedRule[] {
    return [...this.#rules.values()];
  }

  get(key: string): LoadedRule | undefined {
    return this.#rules.get(key);
  }

  bySlot(slot: number): LoadedRule | undefined {
    return this.#bySlot.get(slot);
  }

  /**
   * Of some files those that would give other rules than the set has of them: the others need not be read, compiled
   * and tested again.
   */
  changed(files: readonly RuleFile[], contextOf: RuleReader['contextOf']): RuleFile[] {
    const known = this.#byPath();
    return files.filter(({ path, name, text }) => {
      const rules = known.get(path);
      const [first] = rules ?? [];
      // One of its rules may have been taken out.
      if (!rules || first?.ofFile !== rules.length) return true;
      const { file, context } = first;
      return file.text !== text || file.name !== name || context !== contextOf(text, name);
    });
  }

  /** Prepares the rules of files without adding them. Gives undefined where it was cancelled. */
  async read(
    files: readonly RuleFile[],
    { read, contextOf }: { readonly read: ReadRules; readonly contextOf: RuleReader['contextOf'] },
    pace: Pace,
    onProgress?: (files: number) => void,
  ): Promise<LoadedRule[] | undefined> {
    const loaded: LoadedRule[] = [];
    const known = this.#byPath();
    for (const [i, file] of files.entries()) {
      const rules = withUnread(read(file.text, file.name), file);
      const context = contextOf(file.text, file.name);
      const old = known.get(file.path) ?? [];
      for (const rule of rules) {
        const before = old.find((other) => other.rule.id === rule.id);
        if (before) old.splice(old.indexOf(before), 1);
        loaded.push({
          slot: this.#nextSlot++,
          key: before?.key ?? `r${this.#nextKey++}`,
          rule,
          file,
          context,
          ofFile: rules.length,
          enabled: before?.enabled ?? true,
          hits: new HitList(),
        });
      }
      if (!pace.isDue) continue;
      onProgress?.(i + 1);
      if (!(await pace.rest())) return undefined;
    }
    return loaded;
  }

  #byPath(): Map<string, LoadedRule[]> {
    const byPath = new Map<string, LoadedRule[]>();
    for (const rule of this.#rules.values()) {
      const rules = byPath.get(rule.file.path);
      if (rules) rules.push(rule);
      else byPath.set(rule.file.path, [rule]);
    }
    return byPath;
  }

  /**
   * Rules that stay in the set, but hit otherwise once others join and leave: those that a filter is for or a
   * correlation looks at, and such correlations. Gives copies without hits, to be compiled and tested anew.
   * @param joining rules that will be added; earlier rules of their files leave.
   * @param leaving keys of rules that leave besides.
   */
  affectedBy(joining: readonly LoadedRule[], leaving: ReadonlySet<string> = new Set()): LoadedRule[] {
    const stay = this.#staying(joining).filter(({ key }) => !leaving.has(key));
    const before = linkKeys(this.rules().map(({ rule }) => rule));
    const after = linkKeys([...joining, ...stay].map(({ rule }) => rule));
    return stay
      .filter(({ rule }) => before.get(rule) !== after.get(rule))
      .map((loaded) => ({ ...loaded, slot: this.#nextSlot++, hits: new HitList() }));
  }

  /**
   * Rules that those of a plan may refer to once they have joined.
   * @param without keys of rules of the plan, and of those that leave.
   */
  othersOf(joining: readonly LoadedRule[], without: ReadonlySet<string>): Rule[] {
    return this.#staying(joining).flatMap(({ key, rule }) => (without.has(key) ? [] : [rule]));
  }

  #staying(joining: readonly LoadedRule[]): LoadedRule[] {
    const paths = new Set(joining.map(({ file }) => file.path));
    return this.rules().filter(({ file }) => !paths.has(file.path));
  }

  /** Copies of all rules without hits, to be compiled and tested anew; `add` takes them as affected ones. */
  copies(): LoadedRule[] {
    return this.rules().map((loaded) => ({ ...loaded, slot: this.#nextSlot++, hits: new HitList() }));
  }

  /**
   * Adds rules with their plan, once their hits are known; earlier rules of the same files leave. Gives those.
   * @param affected further rules of the plan: they take their own place, unless they have left meanwhile.
   */
  add(loaded: readonly LoadedRule[], plan: RulePlan, affected: readonly LoadedRule[] = []): LoadedRule[] {
    const stay = new Set(this.#staying(loaded).map(({ key }) => key));
    const left = this.remove(
      this.rules()
        .filter(({ key }) => !stay.has(key))
        .map((rule) => rule.key),
    );
    for (const rule of loaded) {
      this.#rules.set(rule.key, rule);
      this.#bySlot.set(rule.slot, rule);
    }
    const still = affected.map((rule) => {
      const before = this.#rules.get(rule.key);
      if (!before) return undefined;
      this.#leavePlan(before);
      rule.enabled = before.enabled;
      this.#rules.set(rule.key, rule);
      this.#bySlot.set(rule.slot, rule);
      return rule;
    });
    this.#addGroup(plan, [...loaded, ...still]);
    return left;
  }

  /** Takes rules out; unknown keys are ignored. Gives those that were there. */
  remove(keys: readonly string[]): LoadedRule[] {
    const left: LoadedRule[] = [];
    for (const key of keys) {
      const rule = this.#rules.get(key);
      if (!rule) continue;
      left.push(rule);
      this.#rules.delete(key);
      this.#leavePlan(rule);
    }
    this.#groups = this.#groups.filter((group) => group.members.some((member) => member !== undefined));
    return left;
  }

  #leavePlan(rule: LoadedRule): void {
    this.#bySlot.delete(rule.slot);
    const place = this.#places.get(rule.slot);
    if (place) place.group.members[place.index] = undefined;
    this.#places.delete(rule.slot);
  }

  /** Works out the hits of correlations, where events have come since. Gives whether there were any to work out. */
  correlate(): boolean {
    const stale = this.#groups.filter(({ plan }) => plan.isStale);
    for (const { plan, members } of stale) takeCorrelations(plan, members);
    return stale.length > 0;
  }

  /** Runs the plans over rows of a shape. */
  run(
    shape: Parameters<RulePlan['run']>[0],
    fromRow: number,
    toRow: number,
    onHit: (rule: LoadedRule, event: number) => void,
  ): void {
    for (const { plan, members } of this.#groups) {
      plan.run(shape, fromRow, toRow, (index, event) => {
        const rule = members[index];
        if (rule) onHit(rule, event);
      });
    }
  }

  /** Why a rule cannot run; empty where it can. */
  notRun(rule: LoadedRule): readonly Diagnostic[] {
    const place = this.#places.get(rule.slot);
    return notRunOf(rule.rule, place?.group.plan.notRun.get(place.index));
  }

  /** Warnings of a rule that runs: its own, and those that only the whole set shows. */
  notesOf(rule: LoadedRule): readonly Diagnostic[] {
    const place = this.#places.get(rule.slot);
    const ofSet = place?.group.plan.notes.get(place.index) ?? [];
    return [...rule.rule.diagnostics, ...ofSet].filter(({ severity }) => severity === 'warning');
  }

  /**
   * Why a rule cannot fire on the events that there are; null where it can.
   * @param kinds a number that changes with the kinds of events and their fields: answers are kept till then.
   */
  cannotFire(rule: LoadedRule, kinds: number): string | null {
    if (this.#cannotFire.kinds !== kinds) this.#cannotFire = { kinds, bySlot: new Map() };
    const { bySlot } = this.#cannotFire;
    const known = bySlot.get(rule.slot);
    if (known !== undefined) return known;
    const place = this.#places.get(rule.slot);
    const reason = place ? place.group.plan.cannotFire(place.index) : null;
    bySlot.set(rule.slot, reason);
    return reason;
  }

  /** The plan that holds a rule, and the rule's number in it. */
  placeOf(rule: LoadedRule): { plan: RulePlan; index: number } | undefined {
    const place = this.#places.get(rule.slot);
    return place && { plan: place.group.plan, index: place.index };
  }

  /**
   * Compiles few plans out of many, which a session of loading file by file leaves: all but the largest to one, and that
   * one too where most of its rules have left. Those with correlations stay: they hold what has been collected.
   */
  tidy(matching: Matching): void {
    const plain = this.#groups.filter(({ plan }) => !plan.correlates);
    if (plain.length <= GROUP_LIMIT) return;
    const largest = plain.reduce((a, b) => (liveOf(b).length > liveOf(a).length ? b : a));
    const stays = liveOf(largest).length * 2 > largest.members.length;
    const merged = new Set(plain.filter((group) => group !== largest || !stays));
    const members = [...merged].flatMap(liveOf);
    const keys = new Set(members.map(({ key }) => key));
    const others = this.rules().flatMap(({ key, rule }) => (keys.has(key) ? [] : [rule]));
    this.#groups = this.#groups.filter((group) => !merged.has(group));
    const rules = members.map(({ rule }) => rule);
    this.#addGroup(matching.compile(rules, { others }), members);
  }

  /** Compiles all rules for another table. Hits stay as they are. */
  compileAnew(matching: Matching): void {
    const rules = this.rules();
    this.#groups = [];
    this.#places = new Map();
    this.#cannotFire = { kinds: -1, bySlot: new Map() };
    if (rules.length > 0) this.#addGroup(matching.compile(rules.map((loaded) => loaded.rule)), rules);
  }

  /** For another case. */
  forgetHits(): void {
    for (const rule of this.#rules.values()) rule.hits = new HitList();
  }

  /** How many rules are loaded, enabled, and loaded but unable to run. */
  counts(): { rulesLoaded: number; rulesEnabled: number; rulesNotRun: number } {
    let rulesEnabled = 0;
    let rulesNotRun = 0;
    for (const rule of this.#rules.values()) {
      if (rule.enabled) rulesEnabled++;
      if (this.notRun(rule).length > 0) rulesNotRun++;
    }
    return { rulesLoaded: this.#rules.size, rulesEnabled, rulesNotRun };
  }

  #addGroup(plan: RulePlan, members: (LoadedRule | undefined)[]): void {
    const group = { plan, members };
    if (members.length > 0) this.#groups.push(group);
    members.forEach((rule, index) => rule && this.#places.set(rule.slot, { group, index }));
    this.#cannotFire = { kinds: -1, bySlot: new Map() };
  }
}

/** The rules of a group that have not left. */
function liveOf({ members }: PlanGroup): LoadedRule[] {
  return members.filter((member) => member !== undefined);
}

/** Puts the hits of a plan's correlations to their rules, in place of those that they had. */
export function takeCorrelations(
  plan: RulePlan,
  members: readonly ({ rule: Rule; hits: HitList } | undefined)[],
): void {
  if (!plan.correlates) return;
  for (const member of members) if (member?.rule.correlation) member.hits = new HitList();
  for (const { rule, event } of plan.correlate()) members[rule]?.hits.add(event);
}

/** A rule's own errors and those of compiling, each once. */
export function notRunOf(rule: Rule, compiled: readonly Diagnostic[] | undefined): readonly Diagnostic[] {
  if (compiled) return compiled;
  return rule.condition === undefined ? rule.diagnostics.filter(({ severity }) => severity === 'error') : [];
}

/** The file's rules, and one entry more for what is wrong with the file itself, so that it is listed and counted. */
function withUnread(text: RuleText, file: RuleFile): Rule[] {
  const errors = text.diagnostics.filter(({ severity }) => severity === 'error');
  const isEmpty = text.rules.length === 0;
  // A text of another kind that only looked like one with queries.
  if (isEmpty && text.diagnostics.some(({ code }) => code === 'kusto-no-query')) return [];
  if (errors.length === 0 && !isEmpty) return [...text.rules];
  const span = { start: 0, end: file.text.length };
  const none: Diagnostic = { severity: 'error', code: 'no-rule', message: 'The file holds no rule', span };
  const unread: Rule = {
    ...UNTOLD,
    vendor: text.rules[0]?.vendor ?? 'sigma',
    title: file.name,
    condition: undefined,
    diagnostics: errors.length > 0 ? errors : [none],
    span,
  };
  return [...text.rules, unread];
}

/** The set as it is stored in a case: files once, each rule with the position of its file, and the hits. */
export function storedRules(set: RuleSet): { ruleFiles: RuleFile[]; rules: StoredRule[]; hits: StoredHits[] } {
  const files: RuleFile[] = [];
  const positions = new Map<RuleFile, number>();
  const rules = set.rules().map(({ slot, rule, file, enabled }) => {
    const position = positions.get(file) ?? files.push(file) - 1;
    positions.set(file, position);
    const { id, title, level, vendor } = rule;
    return { rule: slot, file: position, id, title, level, vendor, enabled };
  });
  // The hits as they are now: they may grow while a file is written.
  const hits = set.rules().map(({ slot, hits }) => ({ rule: slot, events: hits.events().slice() }));
  return { ruleFiles: files, rules, hits };
}
