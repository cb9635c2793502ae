import type { OpenOptions } from '../../shared/model/open-options.ts';
import type { Level } from '../../shared/model/severity.ts';
import { EXIT, type CommandContext } from './context.ts';
import { asGiven, canRead } from './paths.ts';
import { hitWriter, type HitFormat } from './hit-formats.ts';
import { runCommand } from './run-command.ts';
import { scanSummary } from './summary.ts';

export interface ScanArguments {
  readonly paths: readonly string[];
  readonly rules: readonly string[];
  readonly placeholders: readonly string[];
  readonly format: HitFormat;
  readonly out: string | undefined;
  readonly cache: boolean;
  readonly reading: OpenOptions;
}

/** `rulewright scan`. Gives the exit code. */
export async function scanCommand(args: ScanArguments, context: CommandContext): Promise<number> {
  if (!(await canRead(args.rules, '--rules ', context))) return EXIT.failed;
  if (!(await canRead(args.placeholders, '--placeholders ', context))) return EXIT.failed;
  const toTerminal = args.out === undefined && context.stdoutColumns !== undefined;
  const style = {
    colours: toTerminal && context.allowsColours,
    width: args.out === undefined ? context.stdoutColumns : undefined,
  };
  const writer = hitWriter(args.format, style);
  const hitsByLevel = new Map<Level, number>();
  return runCommand(context, {
    out: args.out,
    inputs: [...args.paths, ...args.rules, ...args.placeholders],
    run: async (workbench, output, bar) => {
      let isBegun = false;
      const begin = async () => {
        if (!isBegun) await output.write(writer.head);
        isBegun = true;
      };
      const result = await workbench.scan({
        logs: args.paths.map(asGiven),
        rules: args.rules.map(asGiven),
        placeholders: args.placeholders.map(asGiven),
        usesCache: args.cache,
        options: args.reading,
        signal: context.signal,
        onProgress: (progress) => {
          bar.update(progress);
        },
        onHits: async (hits) => {
          await begin();
          for (const { level } of hits) hitsByLevel.set(level, (hitsByLevel.get(level) ?? 0) + 1);
          await output.write(writer.lines(hits));
        },
      });
      // A CSV without hits still has its header.
      if (result.ok) await begin().catch(() => undefined);
      return result;
    },
    summary: (result) => scanSummary(result, args.reading, hitsByLevel),
    useless: ({ rules }) => (rules.run === 0 ? 'none of the rules can run' : undefined),
  });
}
