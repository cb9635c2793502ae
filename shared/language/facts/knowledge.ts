import { parse } from 'yaml';
import type { z } from 'zod';
import type { logsourceFile } from '../../catalog/logsource.ts';

/** An ATT&CK technique. */
export interface Technique {
  /** Upper case, such as `T1572`. */
  readonly id: string;
  readonly name: string;
  /** Names as in Sigma tags, such as `command-and-control`. */
  readonly tactics: readonly string[];
}

/** The parts of a Sigma log source; a part that is absent says nothing. */
export interface LogsourceParts {
  readonly category?: string;
  readonly product?: string;
  readonly service?: string;
}

/** A log source that a rule can name, and which events it means, in a few words. */
export interface KnownLogsource extends LogsourceParts {
  readonly meaning: string;
}

/** Field names that events of a log source usually have, most useful first. */
export interface CommonFields {
  readonly logsource: LogsourceParts;
  readonly fields: readonly string[];
}

/** What the editor knows beyond the text: read once from the files in `rules/mappings`. */
export interface Knowledge {
  readonly techniques: ReadonlyMap<string, Technique>;
  /** Tactic name to its id. */
  readonly tactics: ReadonlyMap<string, string>;
  readonly logsources: readonly KnownLogsource[];
  readonly commonFields: readonly CommonFields[];
}

/** Rows of a tab-separated table: `#` opens a comment line, the first other line is the head. */
function rowsOf(text: string): string[][] {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .slice(1)
    .map((line) => line.split('\t'));
}

/** Reads `attack-techniques.tsv`: id, name, tactics with commas between. */
export function readTechniques(text: string): ReadonlyMap<string, Technique> {
  const techniques = new Map<string, Technique>();
  for (const [id = '', name = '', tactics = ''] of rowsOf(text)) {
    techniques.set(id, { id, name, tactics: tactics.split(',').filter((tactic) => tactic !== '') });
  }
  return techniques;
}

/** Reads `attack-tactics.tsv`: id and name. */
export function readTactics(text: string): ReadonlyMap<string, string> {
  return new Map(rowsOf(text).map(([id = '', name = '']) => [name, id]));
}

/** Reads `common-fields.tsv`: `category=… product=… service=…` and field names with blanks between. */
export function readCommonFields(text: string): CommonFields[] {
  return rowsOf(text).map(([source = '', fields = '']) => {
    const parts: { category?: string; product?: string; service?: string } = {};
    for (const part of source.split(' ')) {
      const [name, value] = part.split('=');
      if (value !== undefined && (name === 'category' || name === 'product' || name === 'service')) parts[name] = value;
    }
    return { logsource: parts, fields: fields.split(' ').filter((field) => field !== '') };
  });
}

/**
 * Reads `logsources.yaml` for completion: each log source with the channels and event ids that it means. The file is
 * checked against its schema where the matcher reads it.
 */
export function readKnownLogsources(text: string): KnownLogsource[] {
  const { logsources } = parse(text) as z.output<typeof logsourceFile>;
  return logsources.map(({ category, product, service, sources }) => ({
    ...(category !== undefined && { category }),
    ...(product !== undefined && { product }),
    ...(service !== undefined && { service }),
    meaning: sources
      .map(({ channel, provider, events }) => {
        const [name = ''] = [channel ?? provider ?? []].flat();
        const short = name.replace(/^Microsoft-Windows-/, '').replace(/\/Operational$/, '');
        return [short, (events ?? []).join(', ')].filter((part) => part !== '').join(' ');
      })
      .join(' · '),
  }));
}

/** Common fields of a rule's log source: those of the most specific row first, without repeats. */
export function fieldsFor(known: readonly CommonFields[], logsource: LogsourceParts): string[] {
  const partsOf = ({ category, product, service }: LogsourceParts): number =>
    [category, product, service].filter((part) => part !== undefined).length;
  const fits = known.filter(
    ({ logsource: { category, product, service } }) =>
      (category === undefined || category === logsource.category) &&
      (product === undefined || product === logsource.product) &&
      (service === undefined || service === logsource.service),
  );
  const ranked = fits.toSorted((a, b) => partsOf(b.logsource) - partsOf(a.logsource));
  return [...new Set(ranked.flatMap((row) => row.fields))];
}
