import type { OpenOptions } from '../../shared/model/open-options.ts';
import { PackFolder } from '../messages/pack-folder.ts';
import type { CommandContext } from './context.ts';
import { runCommand } from './run-command.ts';
import { readSummary } from './summary.ts';

export interface EventsArguments {
  readonly paths: readonly string[];
  readonly out: string | undefined;
  readonly reading: OpenOptions;
  /** Folder of message data, where lines should have messages. */
  readonly messages: string | undefined;
}

/** `rulewright events`. Gives the exit code. */
export function eventsCommand(args: EventsArguments, context: CommandContext): Promise<number> {
  if (args.messages !== undefined && new PackFolder(args.messages).list().packs.length === 0) {
    context.stderr.write('rulewright: no message data is imported, so that every message is null: messages import\n');
  }
  return runCommand(context, {
    out: args.out,
    inputs: args.paths,
    run: (workbench, output, bar) =>
      workbench.events({
        logs: args.paths.map((path) => ({ path, name: path })),
        options: args.reading,
        signal: context.signal,
        onProgress: (progress) => {
          bar.update(progress);
        },
        messages: args.messages,
        onLines: (lines) => output.write(lines),
      }),
    summary: (result) => readSummary(result, args.reading),
  });
}
