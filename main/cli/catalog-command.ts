import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { techniqueJson } from '../../shared/catalog/page/page-json.ts';
import { renderCsv } from '../../shared/catalog/page/render-csv.ts';
import { renderHtml } from '../../shared/catalog/page/render-html.ts';
import { renderMarkdown } from '../../shared/catalog/page/render-markdown.ts';
import { techniquePage, type TechniquePage } from '../../shared/catalog/page/technique-page.ts';
import { buildIndex } from '../../shared/catalog/index/catalog-index.ts';
import { readTechniques, type Technique } from '../../shared/language/facts/knowledge.ts';
import { loadCatalogMappings } from '../catalog/mappings.ts';
import { readCatalogFolders, type CatalogFolders } from '../catalog/read-folders.ts';
import { fencedRate, runRates } from '../catalog/run-rates.ts';
import { findRules } from '../app/rule-folder.ts';
import { accessFault } from '../ingest/source.ts';
import { catalogStats } from './catalog-stats.ts';
import { EXIT, type CommandContext } from './context.ts';
import { Output, OutputClosed } from './output.ts';
import { clipped, counted, printable } from './text.ts';

export type PageFormat = 'json' | 'md' | 'html' | 'csv';

export interface TechniqueArguments {
  readonly technique: string;
  readonly rules: readonly string[];
  readonly scope: 'windows' | 'all';
  readonly format: PageFormat;
  readonly subtechniques: boolean;
  readonly out: string | undefined;
}

export interface StatsArguments {
  readonly rules: readonly string[];
  readonly format: 'table' | 'json';
  readonly out: string | undefined;
}

/** `rulewright catalog technique`. Gives the exit code. */
export async function techniqueCommand(args: TechniqueArguments, context: CommandContext): Promise<number> {
  if (!/^T\d{4}(?:\.\d{3})?$/i.test(args.technique)) {
    const message = `"${printable(args.technique)}" is no ATT&CK technique id, such as T1572 or T1021.001`;
    context.stderr.write(`rulewright: ${message}\n`);
    return EXIT.badUsage;
  }
  return withCatalog(args, context, (folders) => {
    const index = buildIndex(folders.entries);
    const { scope, subtechniques } = args;
    const page = techniquePage(index, args.technique, { scope, subtechniques }, folders.unread);
    const known = techniques(context.contentFolder);
    if (!known.has(page.technique)) {
      context.stderr.write(`rulewright: ATT&CK has no technique ${page.technique} that this version knows\n`);
    }
    const counts = `${counted(page.rules.length, 'rule')} of ${counted(index.rules.length, 'rule')} in the catalog`;
    context.stderr.write(`${page.technique}: ${counts}\n`);
    return rendered(page, known.get(page.technique)?.name ?? '', args.format);
  });
}

/** `rulewright catalog stats`. Gives the exit code. */
export function statsCommand(args: StatsArguments, context: CommandContext): Promise<number> {
  return withCatalog(args, context, async (folders, seconds) => {
    const roots = args.rules.map((path) => ({ path, name: path }));
    const { files } = await findRules(roots, () => context.signal.aborted);
    const stats = { running: runRates(files, context.contentFolder), fenced: fencedRate(files) };
    return catalogStats(folders, stats, seconds, args.format);
  });
}

function rendered(page: TechniquePage, name: string, format: PageFormat): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(techniqueJson(page), undefined, 2)}\n`;
    case 'md':
      return renderMarkdown(page, name);
    case 'html':
      return renderHtml(page, name);
    case 'csv':
      return renderCsv(page);
  }
}

function techniques(contentFolder: string): ReadonlyMap<string, Technique> {
  return readTechniques(readFileSync(join(contentFolder, 'mappings', 'attack-techniques.tsv'), 'utf8'));
}

/** Reads the catalog, writes what `show` makes of it, and says on stderr what was not read. Gives the exit code. */
async function withCatalog(
  args: Pick<TechniqueArguments, 'rules' | 'out'>,
  context: CommandContext,
  show: (folders: CatalogFolders, seconds: number) => string | Promise<string>,
): Promise<number> {
  const say = (line: string) => context.stderr.write(`${line}\n`);
  for (const path of args.rules) {
    try {
      await stat(path);
    } catch (error) {
      say(`rulewright: --rules ${printable(path)}: ${accessFault(error, path).message}`);
      return EXIT.failed;
    }
  }
  const startedAt = performance.now();
  const folders = await readCatalogFolders({
    roots: args.rules.map((path) => ({ path, name: path })),
    mappings: loadCatalogMappings(context.contentFolder),
    cacheFolder: undefined,
    signal: context.signal,
    ...(context.isStderrTty ? { onProgress: progressLine(context) } : {}),
  });
  if (context.isStderrTty) context.stderr.write('\r\u001b[K');
  const seconds = (performance.now() - startedAt) / 1000;
  if (folders.isCancelled) {
    say('rulewright: stopped before all rules were read');
    return EXIT.failed;
  }
  const code = await write(await show(folders, seconds), args.out, context);
  for (const line of unreadLines(folders)) say(line);
  if (code !== EXIT.ran) return code;
  if (folders.entries.length > 0) return EXIT.ran;
  say('rulewright: no rule could be read');
  return EXIT.failed;
}

function progressLine(context: CommandContext): NonNullable<Parameters<typeof readCatalogFolders>[0]['onProgress']> {
  return ({ filesDone, filesTotal, rules, current }) => {
    const line = `${filesDone}/${filesTotal} files  ${counted(rules, 'rule')}  ${clipped(printable(current), 60)}`;
    context.stderr.write(`\r\u001b[K${line}`);
  };
}

async function write(text: string, out: string | undefined, context: CommandContext): Promise<number> {
  try {
    const output = out === undefined ? new Output(context.stdout) : await Output.toFile(out);
    await output.write(text);
    await output.finish(out !== undefined);
    if (output.fault === undefined) return EXIT.ran;
    throw new Error(output.fault);
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT.ran;
    context.stderr.write(`rulewright: cannot write the output: ${(error as Error).message}\n`);
    return EXIT.failed;
  }
}

const LISTED = 20;

function unreadLines({ faults, unread }: CatalogFolders): readonly string[] {
  const lines = [
    ...faults.map(({ file = '', message }) => `${printable(file)}: ${printable(message)}`),
    ...unread.map(({ file, line, column, reason }) => `${printable(file)}:${line}:${column}: ${printable(reason)}`),
  ];
  if (lines.length === 0) return [];
  const more = lines.length > LISTED ? [`  … and ${lines.length - LISTED} more`] : [];
  return [`not read (${lines.length}):`, ...lines.slice(0, LISTED).map((line) => `  ${line}`), ...more];
}
