import { Option, type Command } from 'commander';
import { messagesFolder, programDataFolder } from '../app/data-folder.ts';
import { packLine } from '../app/message-work.ts';
import type { ImportedFile, ImportReport } from '../messages/import-messages.ts';
import { PackFolder } from '../messages/pack-folder.ts';
import { EXIT, type CommandContext } from './context.ts';
import { asGiven } from './paths.ts';
import { openWorkbench } from './run-command.ts';
import { clipped, counted, printable } from './text.ts';

type Format = 'table' | 'json';

interface Options {
  readonly data?: string;
  readonly provider?: string;
  readonly format: Format;
}

const IMPORT_HELP = `
What is read, told by content:
  message tables and event manifests in DLL, EXE, SYS and MUI files of Windows
  lists of providers as JSON: our own form, or PowerShell's of Get-WinEvent -ListProvider
  SQLite files with a table of the columns provider, id and message
See docs/messages.md for the forms.

Exit codes:
  0  something was imported
  1  nothing could be imported, or it was interrupted
  2  it was called in a wrong way`;

/** The option that names the data folder; without it, it is that of the window's program. */
export function dataOption(): Option {
  return new Option('--data <folder>', 'data folder that holds the message data').default(
    undefined,
    "the program's own",
  );
}

/** The folder of message data in a data folder that the user may have named. */
export function messagesIn(data: string | undefined): string {
  return messagesFolder(data ?? programDataFolder());
}

/**
 * Adds `messages import`, `list` and `remove` to the program.
 * @param onExit takes the exit code of a command that ran.
 */
export function addMessagesCommands(program: Command, context: CommandContext, onExit: (code: number) => void): void {
  const messages = program.command('messages').description('the texts of events, from message files of Windows');
  const format = () => new Option('--format <format>', 'of the output').choices(['table', 'json']).default('table');
  messages
    .command('import')
    .description('read message data and keep it for the window and for events --messages')
    .argument('<paths...>', 'files and folders of them')
    .option('--provider <name>', 'classic provider that the message tables belong to')
    .addOption(dataOption())
    .addOption(format())
    .addHelpText('after', IMPORT_HELP)
    .action(async (paths: string[], options: Options) => {
      onExit(await importCommand(paths, options, context));
    });
  messages
    .command('list')
    .description('list what was imported')
    .addOption(dataOption())
    .addOption(format())
    .action((options: Options) => {
      onExit(listCommand(options, context));
    });
  messages
    .command('remove')
    .description('forget an import')
    .argument('<id>', 'as the list has it')
    .addOption(dataOption())
    .action((id: string, options: Options) => {
      onExit(removeCommand(id, options, context));
    });
}

async function importCommand(paths: readonly string[], options: Options, context: CommandContext): Promise<number> {
  const workbench = await openWorkbench(context);
  try {
    const imported = await workbench.importMessages({
      roots: paths.map(asGiven),
      folder: messagesIn(options.data),
      provider: options.provider,
      signal: context.signal,
      onProgress: () => undefined,
    });
    if (!imported.ok) {
      const { message, detail, file } = imported.fault;
      const place = file === undefined ? '' : `${printable(file)}: `;
      const more = detail === undefined ? '' : ` (${printable(detail)})`;
      context.stderr.write(`rulewright: ${place}${printable(message)}${more}\n`);
      return EXIT.failed;
    }
    context.stdout.write(reportText(imported.value, options.format));
    context.stderr.write(`${summary(imported.value)}\n`);
    return EXIT.ran;
  } finally {
    await workbench.close();
  }
}

function reportText(report: ImportReport, format: Format): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  const lines = report.files.flatMap((file) => [
    row([String(file.providers + file.manifests), String(file.messages), printable(file.name)]),
    ...file.faults.map(faultLine),
  ]);
  return `${[row(['PROVIDERS', 'MESSAGES', 'FILE']), ...lines].join('\n')}\n`;
}

function row([providers = '', messages = '', file = '']: readonly string[]): string {
  return `${providers.padStart(9)}  ${messages.padStart(9)}  ${file}`;
}

function faultLine({ message, offset, line }: ImportedFile['faults'][number]): string {
  const place = line !== undefined ? `line ${line}: ` : offset !== undefined ? `byte ${offset}: ` : '';
  return `           ${place}${printable(message)}`;
}

function summary({ files, others, id, bytes }: ImportReport): string {
  const sum = (of: (file: ImportedFile) => number) => files.reduce((total, file) => total + of(file), 0);
  const providers = counted(
    sum((file) => file.providers + file.manifests),
    'provider',
  );
  const messages = counted(
    sum((file) => file.messages),
    'message',
  );
  const rest = others > 0 ? `; ${counted(others, 'other file')} without message data` : '';
  return `${providers}, ${messages} kept as ${id} (${counted(bytes, 'byte')})${rest}`;
}

function listCommand(options: Options, context: CommandContext): number {
  const { packs, faults } = new PackFolder(messagesIn(options.data)).list();
  const lines = packs.map(packLine);
  for (const { file, message } of faults) context.stderr.write(`rulewright: ${file ?? ''}: ${message}\n`);
  if (options.format === 'json') {
    context.stdout.write(`${JSON.stringify(lines, null, 2)}\n`);
    return EXIT.ran;
  }
  const head = ['ID', 'IMPORTED (UTC)', 'PROVIDERS', 'MESSAGES', 'LANGUAGES', 'FROM'];
  const widths = [16, 24, 9, 9, 12, 0];
  const text = [
    head,
    ...lines.map((line) => [
      line.id,
      line.importedAt,
      String(line.providers),
      String(line.messages),
      line.languages.join(' '),
      printable(line.name),
    ]),
  ]
    .map((cells) => cells.map((cell, i) => (i === 5 ? cell : clipped(cell, widths[i] ?? 0).padEnd(widths[i] ?? 0))))
    .map((cells) => cells.join('  '));
  context.stdout.write(`${text.join('\n')}\n`);
  return EXIT.ran;
}

function removeCommand(id: string, options: Options, context: CommandContext): number {
  if (new PackFolder(messagesIn(options.data)).remove(id)) return EXIT.ran;
  context.stderr.write(`rulewright: there is no message data ${printable(id)}; messages list shows what there is\n`);
  return EXIT.failed;
}
