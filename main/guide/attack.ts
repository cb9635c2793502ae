import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { readTactics, readTechniques, type Technique } from '../../shared/language/facts/knowledge.ts';

const notesFile = z.strictObject({ version: z.literal(1), notes: z.record(z.string(), z.string()) });

/** ATT&CK's names and tactics, and our own short texts. */
export interface Attack {
  /** By id, in the order of ids. */
  readonly techniques: ReadonlyMap<string, Technique>;
  /** Tactic ids by name, such as `TA0011` for `command-and-control`, in the order of an attack. */
  readonly tactics: ReadonlyMap<string, string>;
  readonly notes: ReadonlyMap<string, string>;
}

/** Reads what the content folder ships on ATT&CK. Throws where a file is missing or broken. */
export function loadAttack(contentFolder: string): Attack {
  const text = (name: string): string => readFileSync(join(contentFolder, 'mappings', name), 'utf8');
  const { notes } = notesFile.parse(parse(text('technique-notes.yaml')));
  return {
    techniques: readTechniques(text('attack-techniques.tsv')),
    tactics: readTactics(text('attack-tactics.tsv')),
    notes: new Map(Object.entries(notes).map(([id, note]) => [id, note.trim()])),
  };
}

/** The technique that a sub-technique belongs to; undefined for a technique. */
export function parentOf(technique: string): string | undefined {
  return /^(T\d+)\./.exec(technique)?.[1];
}
