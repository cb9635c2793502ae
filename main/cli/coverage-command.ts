import { basename } from 'node:path';
import type { CaseRule, OpenCase } from '../../shared/catalog/coverage/case.ts';
import { coverageOf, type Coverage } from '../../shared/catalog/coverage/coverage.ts';
import { navigatorLayer } from '../../shared/catalog/coverage/navigator.ts';
import {
  coverageCsv,
  coverageJson,
  eventText,
  withRules,
  type TechniqueNames,
} from '../../shared/catalog/coverage/render-coverage.ts';
import { TECHNIQUE_STATES, type TechniqueState } from '../../shared/catalog/coverage/states.ts';
import { buildIndex, type CatalogIndex } from '../../shared/catalog/index/catalog-index.ts';
import type { OpenOptions } from '../../shared/model/open-options.ts';
import type { ScanResult } from '../app/scan-run.ts';
import { loadCatalogMappings } from '../catalog/mappings.ts';
import { readCatalogFolders } from '../catalog/read-folders.ts';
import { loadAttack } from '../guide/attack.ts';
import { EXIT, type CommandContext } from './context.ts';
import { asGiven, canRead } from './paths.ts';
import { runCommand } from './run-command.ts';
import { readSummary } from './summary.ts';
import { clipped, counted, printable } from './text.ts';

export type CoverageFormat = 'table' | 'json' | 'csv' | 'navigator';

export interface CoverageArguments {
  /** Logs. */
  readonly paths: readonly string[];
  readonly rules: readonly string[];
  readonly scope: 'windows' | 'all';
  readonly format: CoverageFormat;
  readonly out: string | undefined;
  readonly cache: boolean;
  readonly reading: OpenOptions;
}

/** A rule by id and title, as scans name it. */
function nameOf({ id, title }: { readonly id: string; readonly title: string }): string {
  return `${id}\n${title}`;
}

/**
 * `rulewright catalog coverage`: reads the rules as a catalog, runs those that can run on the logs, and tells each
 * technique's rules, the events that they need, and their hits. Gives the exit code.
 */
export async function coverageCommand(args: CoverageArguments, context: CommandContext): Promise<number> {
  const { paths, rules, scope, format, out, reading } = args;
  if (!(await canRead(rules, '--rules ', context))) return EXIT.failed;
  const folders = await readCatalogFolders({
    roots: rules.map(asGiven),
    mappings: loadCatalogMappings(context.contentFolder),
    cacheFolder: undefined,
    signal: context.signal,
  });
  const index = buildIndex(folders.entries);
  const attack = loadAttack(context.contentFolder);
  const names: TechniqueNames = (id) => {
    const known = attack.techniques.get(id);
    return { name: known?.name ?? '', tactics: known?.tactics ?? [] };
  };
  const hits = new Map<string, number>();
  let coverage: Coverage | undefined;
  return runCommand<ScanResult>(context, {
    out,
    inputs: [...paths, ...rules],
    run: async (workbench, output, bar) => {
      const result = await workbench.scan({
        logs: paths.map(asGiven),
        rules: rules.map(asGiven),
        usesCache: args.cache,
        options: reading,
        signal: context.signal,
        onProgress: (progress) => {
          bar.update(progress);
        },
        onHits: (found) => {
          for (const { ruleId: id, title } of found) {
            const name = nameOf({ id, title });
            hits.set(name, (hits.get(name) ?? 0) + 1);
          }
        },
      });
      if (!result.ok) return result;
      coverage = coverageOf(index, openCase(index, result.value, hits), { scope });
      const layerName = paths.map((path) => basename(path)).join(', ');
      await output.write(rendered(coverage, names, format, layerName));
      return result;
    },
    summary: (result) => [...readSummary(result, reading), ...(coverage ? stateLines(coverage) : [])],
    useless: () => (index.rules.length === 0 ? 'no rule could be read' : undefined),
  });
}

/** What the run comes to: every rule of the catalog that it ran, with its hits. */
function openCase(
  { rules }: CatalogIndex,
  { kinds, rules: scanned }: ScanResult,
  hits: ReadonlyMap<string, number>,
): OpenCase {
  const notRun = new Set(scanned.notRun.map(({ ruleId: id, title }) => nameOf({ id, title })));
  const unread = new Set(scanned.notRun.filter(({ ruleId }) => ruleId === '').map(({ file }) => file));
  return {
    kinds,
    rules: rules.map(({ file, rule, number }): CaseRule => {
      const { id, title, techniques } = rule;
      const isRun = !notRun.has(nameOf(rule)) && !unread.has(file);
      return {
        key: `${number}`,
        id,
        title,
        file,
        techniques,
        isRun,
        cannotFire: null,
        hits: hits.get(nameOf(rule)) ?? 0,
      };
    }),
  };
}

function rendered(coverage: Coverage, names: TechniqueNames, format: CoverageFormat, name: string): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(coverageJson(coverage, names), undefined, 2)}\n`;
    case 'csv':
      return coverageCsv(coverage, names);
    case 'navigator':
      return `${JSON.stringify(navigatorLayer(coverage, name, []), undefined, 2)}\n`;
    case 'table':
      return table(coverage, names);
  }
}

const STATE_WORDS: Readonly<Record<TechniqueState, string>> = {
  hit: 'hits',
  ready: 'ready, no hit',
  absent: 'events absent',
  unknown: 'cannot tell',
  none: 'no rule',
};

const NAME_WIDTH = 40;
const EVENTS_LISTED = 3;

/** Techniques by what they come to, each with the events that it lacks; then events that no rule reads. */
function table({ techniques, unread }: Coverage, names: TechniqueNames): string {
  const heads = ['technique', 'name', 'on these logs', 'rules', 'run', 'ready', 'absent', 'hits', 'events missing'];
  const rows = withRules(techniques)
    .toSorted((a, b) => TECHNIQUE_STATES.indexOf(a.state) - TECHNIQUE_STATES.indexOf(b.state) || b.hits - a.hits)
    .map(({ technique, state, rules, run, states, hits, events }) => {
      const missing = events.filter(({ open }) => open === 0).map(eventText);
      const more = missing.length > EVENTS_LISTED ? ` and ${missing.length - EVENTS_LISTED} more` : '';
      return [
        technique,
        clipped(names(technique).name, NAME_WIDTH),
        STATE_WORDS[state],
        `${rules}`,
        `${run}`,
        `${states.ready}`,
        `${states.absent}`,
        `${hits}`,
        missing.slice(0, EVENTS_LISTED).join(', ') + more,
      ].map(printable);
    });
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => (row[i] as string).length)));
  const isNumber = (column: number): boolean => column >= 3 && column <= 7;
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number)))
      .join('  ')
      .trimEnd();
  const kinds = unread.map((kind) => `  ${printable(eventText(kind))}  ${counted(kind.events, 'event')}`);
  return [line(heads), ...rows.map(line), '', `events that no rule reads: ${unread.length}`, ...kinds, ''].join('\n');
}

function stateLines({ techniques }: Coverage): readonly string[] {
  const of = (state: TechniqueState): number => techniques.filter((row) => row.state === state).length;
  return TECHNIQUE_STATES.filter((state) => of(state) > 0).map(
    (state) => `Techniques ${STATE_WORDS[state]}: ${of(state).toLocaleString('en-US')}`,
  );
}
