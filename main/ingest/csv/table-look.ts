import type { CsvMapping } from '../../../shared/model/csv-mapping.ts';
import { formatInstant } from '../../../shared/model/time.ts';
import { HEAD_BYTES } from '../detect.ts';
import { FLAT_ROLES, type Role } from '../events/flat-roles.ts';
import { Archives } from '../input/archives.ts';
import { encodingOf } from '../input/encoding.ts';
import { csvLayout, sampleRecords, type CsvColumn } from './csv-layout.ts';
import { columnTimeReader } from './mapped-columns.ts';

/** Rows that are shown of a table. */
const ROWS = 20;

/** A table's first rows, what its columns are taken for, and its times so read: ISO 8601, null where that fails. */
export interface TableLook {
  readonly mapping: CsvMapping;
  readonly rows: readonly (readonly string[])[];
  readonly times: readonly (string | null)[];
}

/** The first HEAD_BYTES of a text log as text, and whether that is all. @throws what `Archives.open` throws */
export async function readTableHead(path: string): Promise<{ text: string; isWhole: boolean }> {
  const archives = new Archives();
  try {
    const { input, head } = await archives.open(path);
    await input.close();
    const bytes = Buffer.from(head);
    const { encoding, bomBytes } = encodingOf(bytes);
    const text = new TextDecoder(encoding).decode(bytes.subarray(bomBytes));
    return { text, isWhole: bytes.length < HEAD_BYTES };
  } finally {
    await archives.close();
  }
}

/**
 * Looks at a table's head.
 * @param mapping what the columns are taken for; null for what is kept of this header, else a guess.
 * @param delimiter takes the table as written with it, and guesses.
 * @param kept what the user said of tables.
 */
export function lookAtTable(
  { text, isWhole }: { readonly text: string; readonly isWhole: boolean },
  mapping: CsvMapping | null,
  delimiter: string | null,
  kept: readonly CsvMapping[],
): TableLook | undefined {
  const layout = csvLayout(text, isWhole, kept);
  const wanted = mapping?.delimiter ?? delimiter ?? layout?.delimiter ?? ',';
  const body = text.slice(layout?.start ?? 0, isWhole ? undefined : text.lastIndexOf('\n') + 1);
  const { columns, rows } = sampleRecords(body, wanted);
  if (columns.length === 0) return undefined;
  const shown = rows.slice(0, ROWS);
  const use = mapping ?? (delimiter === null ? layout?.mapping : undefined) ?? guess(columns, wanted);
  return { mapping: use, rows: shown, times: timesOf(shown, use) };
}

function timesOf(rows: readonly (readonly string[])[], { header, time }: CsvMapping): (string | null)[] {
  if (!time) return rows.map(() => null);
  const at = time.columns.map((column) => header.indexOf(column));
  const read = columnTimeReader(time);
  return rows.map((row) => {
    const found = read(at.flatMap((column) => row[column]?.trim() || []).join(' '));
    return found ? formatInstant(found.instant) : null;
  });
}

function guess(columns: readonly CsvColumn[], delimiter: string): CsvMapping {
  const header = columns.map(({ name }) => name);
  const of = (role: Role): string | null => {
    const named = header.filter((name) => FLAT_ROLES.get(name)?.role === role);
    const rank = (name: string): number => FLAT_ROLES.get(name)?.rank ?? 0;
    return named.sort((a, b) => rank(a) - rank(b))[0] ?? null;
  };
  const time = of('time') ?? columns.find(({ isTimeByContent }) => isTimeByContent)?.name;
  return {
    header,
    delimiter,
    time: time === undefined ? null : { columns: [time], format: 'known', pattern: '', zone: null },
    computer: of('computer'),
    channel: of('channel'),
    provider: of('provider'),
    eventId: of('eventId'),
    fixedChannel: '',
  };
}
