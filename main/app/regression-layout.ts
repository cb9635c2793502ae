import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { accessFault, findSources, type SourceRoot } from '../ingest/source.ts';
import { entryOf, readYaml, type YamlMap, type YamlNode } from '../../shared/catalog/yaml/tree.ts';
import { positionAt } from '../../shared/model/span.ts';

/** Folder that a layout's paths begin with, and beside which its rules stand. */
const DATA_FOLDER = 'regression_data';

/** One test of a rule on a log, as an `info.yml` names it. */
export interface RegressionTest {
  /** Display name of the info file, and the one-based line of the test in it. */
  readonly info: string;
  readonly line: number;
  readonly name: string;
  readonly ruleId: string;
  readonly ruleTitle: string;
  /** The log: as found, or as it would be. */
  readonly log: string;
  /** Fewest hits that the rule must have; 0 where it must have none. */
  readonly wanted: number;
}

/** An info file that gives no test, or only some of its tests. */
export interface LayoutFault {
  readonly info: string;
  readonly line: number;
  readonly message: string;
}

export interface RegressionLayout {
  readonly tests: readonly RegressionTest[];
  readonly faults: readonly LayoutFault[];
  /** Folders that hold a `regression_data` with tests in it: where the rules are, unless the user says otherwise. */
  readonly ruleFolders: readonly string[];
}

/**
 * Finds the tests below folders in the layout of SigmaHQ's regression_data: `info.yml` with `rule_metadata` (a list of
 * `id`) and `regression_tests_info` (a list of `name`, `type`, `path`, `provider`, `match_count`).
 */
export async function findRegressionTests(roots: readonly SourceRoot[]): Promise<RegressionLayout> {
  const layout = { tests: [] as RegressionTest[], faults: [] as LayoutFault[], ruleFolders: new Set<string>() };
  for (const { path, displayName: info, fault } of await findSources(roots)) {
    if (fault) layout.faults.push({ info, line: 1, message: fault.message });
    if (fault || !/^info\.ya?ml$/i.test(basename(path))) continue;
    const text = await readFile(path, 'utf8').catch((error: unknown) => accessFault(error));
    if (typeof text !== 'string') {
      layout.faults.push({ info, line: 1, message: text.message });
      continue;
    }
    const { tests, faults } = readInfo(text, info);
    layout.faults.push(...faults);
    for (const test of tests) layout.tests.push({ ...test, log: await findLog(path, test.log) });
    const base = baseOf(path);
    if (tests.length > 0 && base !== undefined) layout.ruleFolders.add(base);
  }
  return { ...layout, ruleFolders: [...layout.ruleFolders] };
}

/** Reads one info file; files of that name that tell of no regression tests give nothing. */
export function readInfo(text: string, info: string): { tests: RegressionTest[]; faults: LayoutFault[] } {
  const tests: RegressionTest[] = [];
  const faults: LayoutFault[] = [];
  const lineOf = (node: YamlNode): number => positionAt(text, node.span.start).line;
  for (const { root, diagnostics } of readYaml(text)) {
    const isInfo = root?.kind === 'map' && entryOf(root, 'regression_tests_info') !== undefined;
    if (isInfo || text.includes('regression_tests_info')) {
      for (const { message, span } of diagnostics) {
        faults.push({ info, line: positionAt(text, span.start).line, message });
      }
    }
    if (!isInfo) continue;
    const fault = (node: YamlNode, message: string) => faults.push({ info, line: lineOf(node), message });
    const rules = mapsOf(root, 'rule_metadata').flatMap((rule) => {
      const id = textOf(rule, 'id');
      return id === '' ? [] : [{ id, title: textOf(rule, 'title') }];
    });
    if (rules.length === 0) fault(root, 'rule_metadata names no rule id');
    const entries = mapsOf(root, 'regression_tests_info');
    if (entries.length === 0) fault(root, 'regression_tests_info has no test');
    for (const entry of entries) {
      const log = textOf(entry, 'path');
      const name = textOf(entry, 'name');
      if (log === '') fault(entry, 'The test has no path');
      for (const rule of log === '' ? [] : rules) {
        const wanted = wantedHits(name, textOf(entry, 'match_count'));
        if (wanted === undefined) fault(entry, 'match_count is no whole number');
        tests.push({
          ...{ info, line: lineOf(entry), name: name || 'Test', log },
          ...{ ruleId: rule.id, ruleTitle: rule.title, wanted: wanted ?? 1 },
        });
      }
    }
  }
  return { tests, faults };
}

/**
 * A test is negative where its name says so (`Negative Detection Test`) or where it counts on no match. A count is
 * the fewest hits: the layout's own counts leave out repeated events.
 */
function wantedHits(name: string, count: string): number | undefined {
  if (/\bnegative\b/i.test(name)) return 0;
  if (count === '') return 1;
  return /^\d{1,9}$/.test(count) ? Number(count) : undefined;
}

/** The folder that holds the layout's `regression_data`; undefined where the file stands in none. */
function baseOf(path: string): string | undefined {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (basename(folder) === DATA_FOLDER) return dirname(folder);
  }
  return undefined;
}

/** A log's path is relative to a folder above the info file; failing that it may lie beside the info file. */
async function findLog(info: string, written: string): Promise<string> {
  if (isAbsolute(written)) return written;
  const relative = written.replaceAll('\\', '/');
  for (let folder = dirname(info); ; folder = dirname(folder)) {
    const path = join(folder, relative);
    if (await isThere(path)) return path;
    if (folder === dirname(folder)) break;
  }
  const beside = join(dirname(info), basename(relative));
  return (await isThere(beside)) ? beside : join(baseOf(info) ?? dirname(info), relative);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

function mapsOf(map: YamlMap, key: string): YamlMap[] {
  const value = entryOf(map, key)?.value;
  return value?.kind === 'list' ? value.items.filter((item) => item.kind === 'map') : [];
}

function textOf(map: YamlMap, key: string): string {
  const value = entryOf(map, key)?.value;
  return value?.kind === 'scalar' ? value.text.trim() : '';
}
