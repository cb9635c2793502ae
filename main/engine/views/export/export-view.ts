import type { Result } from '../../../../shared/model/fault.ts';
import { writeAtomically } from '../../../store/atomic-file.ts';
import type { Pace } from '../../pace.ts';
import type { RowSource } from '../rows.ts';
import type { View } from '../views.ts';
import { CsvLines } from './csv-lines.ts';
import { JsonLines } from './json-lines.ts';
import { RuleTitles } from './rule-titles.ts';

/** Rows between two looks at the clock, and characters between two writes. */
const SLICE_ROWS = 512;
const PIECE_LENGTH = 1 << 20;

/** Thrown to leave the place of the file as it was. */
class Cancelled extends Error {}

/**
 * Writes a view's events, all of them and in its order: as CSV (RFC 4180, UTF-8) the fixed columns, then the named
 * ones; as JSON lines whole events. @param pace may cancel: then nothing is written.
 */
export async function exportView(
  { events }: View,
  {
    format,
    columns,
    path,
  }: { readonly format: 'csv' | 'jsonl'; readonly columns: readonly string[]; readonly path: string },
  live: RowSource,
  pace: Pace,
  onProgress: (done: number, total: number) => void,
): Promise<Result<{ events: number }>> {
  // Copied, so that the case of the view is written to its end even if another is opened meanwhile.
  const source = { ...live };
  try {
    const written = await writeAtomically(path, async (write) => {
      const csv = format === 'csv' ? new CsvLines(columns, source) : undefined;
      const titles = csv ? undefined : await RuleTitles.make(source, pace);
      const lines = csv ?? (titles && new JsonLines(source, titles));
      if (!lines) throw new Cancelled();
      let text = csv?.heading ?? '';
      for (let i = 0; i < events.length; i++) {
        text += lines.of(events[i] as number);
        if (i % SLICE_ROWS !== 0) continue;
        if (text.length >= PIECE_LENGTH) {
          await write(Buffer.from(text));
          text = '';
          onProgress(i, events.length);
        }
        if (pace.isDue && !(await pace.rest())) throw new Cancelled();
      }
      await write(Buffer.from(text));
    });
    return written.ok ? { ok: true, value: { events: events.length } } : written;
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    return { ok: false, fault: { code: 'cancelled', message: 'The export was cancelled; nothing was written' } };
  }
}
