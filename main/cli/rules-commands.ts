import { Option, type Command } from 'commander';
import type { CommandContext } from './context.ts';
import { rulesCheckCommand } from './rules-check-command.ts';
import type { CheckFormat } from './rules-check-formats.ts';
import { rulesTestCommand } from './rules-test-command.ts';
import type { TestFormat } from './rules-test-formats.ts';

export const RULES_HELP = 'rule files of any vendor, and folders of them (YAML, TOML, Markdown with KQL, query files)';

const CHECK_EXIT_HELP = `
Exit codes:
  0  no errors (there may be warnings and notes)
  1  there are errors, or nothing could be read
  2  it was called in a wrong way`;

const TEST_EXIT_HELP = `
Finds info.yml files in the layout of SigmaHQ's regression_data: rule_metadata names the rules by id, and
regression_tests_info the logs. A test whose name says "negative", or whose match_count is 0, must not hit.

Exit codes:
  0  all tests passed
  1  a test failed or could not be run, or there was none
  2  it was called in a wrong way`;

/**
 * Adds `rules check` and `rules test` to the program.
 * @param onExit takes the exit code of a command that ran.
 */
export function addRulesCommands(program: Command, context: CommandContext, onExit: (code: number) => void): void {
  const rules = program.command('rules').description('check and test detection rules');
  rules
    .command('check')
    .description('list what is wrong with rules, and with --logs which can never fire there')
    .argument('<paths...>', RULES_HELP)
    .addOption(new Option('--format <format>', 'of the findings').choices(['text', 'json', 'sarif']).default('text'))
    .option('--out <file>', 'write the findings there in place of stdout')
    .addOption(placeholdersOption())
    .addOption(noCacheOption())
    .option('--logs <paths...>', 'log files and folders of them, on which the rules should be able to fire')
    .addHelpText('after', CHECK_EXIT_HELP)
    .action(async (paths: string[], options: CheckOptions) => {
      const { format, out, cache, logs = [], placeholders = [] } = options;
      onExit(await rulesCheckCommand({ rules: paths, placeholders, logs, format, out, cache }, context));
    });
  rules
    .command('test')
    .description('run the regression tests that rules come with')
    .argument('<dirs...>', 'folders with tests')
    .option('--rules <paths...>', 'rule files and folders; without it, the folder that holds regression_data')
    .addOption(new Option('--format <format>', 'of the results').choices(['text', 'json', 'junit']).default('text'))
    .option('--out <file>', 'write the results there in place of stdout')
    .addOption(placeholdersOption())
    .addHelpText('after', TEST_EXIT_HELP)
    .action(async (dirs: string[], options: TestOptions) => {
      const { format, out, rules: paths = [], placeholders = [] } = options;
      onExit(await rulesTestCommand({ tests: dirs, rules: paths, placeholders, format, out }, context));
    });
}

interface CheckOptions {
  readonly format: CheckFormat;
  readonly cache: boolean;
  readonly out?: string;
  readonly logs?: string[];
  readonly placeholders?: string[];
}

interface TestOptions {
  readonly format: TestFormat;
  readonly out?: string;
  readonly rules?: string[];
  readonly placeholders?: string[];
}

/** Commander gives `cache`, true where it is not named. */
export function noCacheOption(): Option {
  return new Option('--no-cache', 'read all rules anew, and keep none of them for the next run');
}

/** The lists that `expand` puts in place of placeholders. */
export function placeholdersOption(): Option {
  return new Option('--placeholders <files...>', 'YAML maps of names and lists, for %name% under the modifier expand');
}
