import { Command, CommanderError, Option } from 'commander';
import { statsCommand, techniqueCommand, type PageFormat } from './catalog-command.ts';
import { EXIT, type CommandContext } from './context.ts';
import { coverageCommand, type CoverageFormat } from './coverage-command.ts';
import { eventsCommand } from './events-command.ts';
import { addMessagesCommands, dataOption, messagesIn } from './messages-command.ts';
import type { HitFormat } from './hit-formats.ts';
import { addReadingOptions, readingOf, type ReadingOptions } from './reading-options.ts';
import { addRulesCommands, RULES_HELP, noCacheOption, placeholdersOption } from './rules-commands.ts';
import { ingestReportCommand, type ReportFormat } from './ingest-report-command.ts';
import { scanCommand } from './scan-command.ts';

const EXIT_HELP = `
Exit codes:
  0  it ran, with or without hits
  1  it failed: no rule or no log could be read, the output could not be written, or it was interrupted
  2  it was called in a wrong way
Files that cannot be read do not end a run: stderr lists them, and everything else goes on.`;

const LOGS =
  'log files (EVTX, XML, JSON, JSON lines, CSV, text of wevtutil; also in zip or gzip archives) and folders of them, told by content';

/** Options that take several values. */
const SEVERAL: ReadonlySet<string> = new Set(['--rules', '--placeholders', '--channels', '--logs']);

/**
 * Reads the command line and runs the command. Gives the exit code.
 * @param args without the program's own name.
 */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  let code: number = EXIT.ran;
  const program = new Command('rulewright')
    .description('Opens event logs, matches detection rules and shows what hits, offline.')
    .version(context.version)
    .addHelpText('after', EXIT_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    });
  const scan = program
    .command('scan')
    .description('match rules against logs and print the hits as they are found')
    .argument('<paths...>', LOGS)
    .requiredOption('--rules <paths...>', RULES_HELP)
    .addOption(new Option('--format <format>', 'of the hits').choices(['table', 'jsonl', 'csv']).default('table'))
    .option('--out <file>', 'write the hits there in place of stdout')
    .addOption(placeholdersOption())
    .addOption(noCacheOption())
    .action(async (paths: string[], options: ScanCommandOptions) => {
      const { rules, placeholders = [], format, out, cache } = options;
      const reading = readingOf(options);
      code = await scanCommand({ paths, rules, placeholders, format, out, cache, reading }, context);
    });
  const events = program
    .command('events')
    .description('print the events of logs, one JSON object a line')
    .argument('<paths...>', LOGS)
    .addOption(new Option('--format <format>', 'of the events').choices(['jsonl']).default('jsonl'))
    .option('--out <file>', 'write the events there in place of stdout')
    .option('--messages', 'with the message of each event, from what `messages import` keeps')
    .addOption(dataOption())
    .action(async (paths: string[], options: EventsOptions) => {
      const { out, messages, data } = options;
      const folder = messages ? messagesIn(data) : undefined;
      code = await eventsCommand({ paths, out, reading: readingOf(options), messages: folder }, context);
    });
  addCatalogCommands(program, context, (given) => {
    code = given;
  });
  const report = program
    .command('ingest-report')
    .description('read logs and tell of each file what was read, recovered and damaged, and why')
    .argument('<paths...>', LOGS)
    .addOption(new Option('--format <format>', 'of the report').choices(['table', 'json']).default('table'))
    .option('--out <file>', 'write the report there in place of stdout')
    .action(async (paths: string[], options: ReadingOptions & { format: ReportFormat; out?: string }) => {
      const { format, out } = options;
      code = await ingestReportCommand({ paths, format, out, reading: readingOf(options) }, context);
    });
  for (const command of [scan, events, report]) addReadingOptions(command);
  for (const command of program.commands) command.addHelpText('after', EXIT_HELP);
  addMessagesCommands(program, context, (exit) => {
    code = exit;
  });
  addRulesCommands(program, context, (exit) => {
    code = exit;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // An option that takes several values takes whatever follows it.
    if (error.code === 'commander.missingArgument' && args.some((arg) => SEVERAL.has(arg))) {
      context.stderr.write('Logs stand before options that take several values, or behind --\n');
    }
    return error.exitCode === 0 ? EXIT.ran : EXIT.badUsage;
  }
  return code;
}

function addCatalogCommands(program: Command, context: CommandContext, end: (code: number) => void): void {
  const catalog = program.command('catalog').description("what the rules of four vendors' collections know");
  const help = 'rule files of any vendor, and folders of them (YAML, TOML, Markdown with KQL)';
  catalog
    .command('technique')
    .description("print an ATT&CK technique's page: events, fields, indicators, exclusions, rules")
    .argument('<id>', 'such as T1572 or T1021.001')
    .requiredOption('--rules <paths...>', help)
    .addOption(
      new Option('--scope <scope>', 'windows: only rules over Windows events')
        .choices(['windows', 'all'])
        .default('all'),
    )
    .addOption(new Option('--format <format>', 'of the page').choices(['json', 'md', 'html', 'csv']).default('md'))
    .option('--no-subtechniques', 'without the rules of its sub-techniques')
    .option('--out <file>', 'write the page there in place of stdout')
    .action(async (technique: string, options: TechniqueOptions) => {
      const { rules, scope, format, out, subtechniques } = options;
      end(await techniqueCommand({ technique, rules, scope, format, out, subtechniques }, context));
    });
  const coverage = catalog
    .command('coverage')
    .description('tell of each ATT&CK technique the rules, whether the logs have the events that they read, and hits')
    .argument('<paths...>', LOGS)
    .requiredOption('--rules <paths...>', help)
    .addOption(
      new Option('--scope <scope>', 'windows: only rules over Windows events')
        .choices(['windows', 'all'])
        .default('all'),
    )
    .addOption(
      new Option('--format <format>', 'navigator: a layer of the ATT&CK Navigator')
        .choices(['table', 'json', 'csv', 'navigator'])
        .default('table'),
    )
    .option('--out <file>', 'write it there in place of stdout')
    .addOption(noCacheOption())
    .action(async (paths: string[], options: CoverageOptions) => {
      const { rules, scope, format, out, cache } = options;
      end(await coverageCommand({ paths, rules, scope, format, out, cache, reading: readingOf(options) }, context));
    });
  addReadingOptions(coverage);
  catalog
    .command('stats')
    .description('print how many rules of each language were read, wholly or in part, and why not')
    .requiredOption('--rules <paths...>', help)
    .addOption(new Option('--format <format>', 'of the figures').choices(['table', 'json']).default('table'))
    .option('--out <file>', 'write the figures there in place of stdout')
    .action(async ({ rules, format, out }: { rules: string[]; format: 'table' | 'json'; out?: string }) => {
      end(await statsCommand({ rules, format, out }, context));
    });
}

interface ScanCommandOptions extends ReadingOptions {
  readonly rules: string[];
  readonly placeholders?: string[];
  readonly format: HitFormat;
  readonly cache: boolean;
  readonly out?: string;
}

interface EventsOptions extends ReadingOptions {
  readonly out?: string;
  readonly messages?: true;
  readonly data?: string;
}

interface CoverageOptions extends ReadingOptions {
  readonly rules: string[];
  readonly scope: 'windows' | 'all';
  readonly format: CoverageFormat;
  readonly cache: boolean;
  readonly out?: string;
}

interface TechniqueOptions {
  readonly rules: string[];
  readonly scope: 'windows' | 'all';
  readonly format: PageFormat;
  readonly out?: string;
  readonly subtechniques: boolean;
}
