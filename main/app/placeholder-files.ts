import { readFile } from 'node:fs/promises';
import { readPlaceholders } from '../../shared/catalog/dialects/sigma/placeholders.ts';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import { positionAt } from '../../shared/model/span.ts';
import type { RuleFile } from '../engine/api.ts';
import { accessFault, type SourceRoot } from '../ingest/source.ts';

/**
 * Reads files with lists for placeholders (a YAML map of names and lists), to be passed on before the rules' files.
 * Fails with the place of the first fault: with half of the lists rules would say that the others are missing.
 */
export async function readPlaceholderFiles(roots: readonly SourceRoot[]): Promise<Result<readonly RuleFile[]>> {
  const files: RuleFile[] = [];
  for (const { path, name } of roots) {
    try {
      files.push(placeholderFile(await readFile(path, 'utf8'), name, path));
    } catch (error) {
      return fail({ ...accessFault(error, name), file: name });
    }
  }
  for (const file of files) {
    const fault = placeholderFault(file);
    if (fault) return fail(fault);
  }
  return ok(files);
}

/** Lists for placeholders as a file for the engine. @param path tells it from the others, and from its next version. */
export function placeholderFile(text: string, name: string, path: string): RuleFile {
  return { name, path, text, kind: 'placeholders' };
}

/** The first fault of a file with lists, at its place. */
export function placeholderFault({ text, name }: RuleFile): Fault | undefined {
  const first = readPlaceholders(text).diagnostics.find(({ severity }) => severity === 'error');
  if (!first) return undefined;
  const { line, column } = positionAt(text, first.span.start);
  const { start, end } = first.span;
  const message = `${name}:${line}:${column}: ${first.message}`;
  return { code: 'bad-request', message, span: { start, end }, line, file: name };
}
