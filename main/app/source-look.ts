import { fail, ok, type Result } from '../../shared/model/fault.ts';
import type { CallInput, CallOutput } from '../../shared/ipc/contract.ts';
import type { CsvMapping } from '../../shared/model/csv-mapping.ts';
import { lookAtTable, readTableHead } from '../ingest/csv/table-look.ts';
import { InputFault } from '../ingest/input/byte-input.ts';
import { accessFault } from '../ingest/source.ts';
import type { EngineCallMap } from '../worker/protocol.ts';
import type { ThreadClient } from '../worker/thread-client.ts';

/** Answers `tables.look`: the first rows of a file of the case, taken for a table. @param kept what the settings have. */
export async function lookAtSource(
  engine: ThreadClient<EngineCallMap>,
  kept: readonly CsvMapping[],
  { source, mapping, delimiter }: CallInput<'tables.look'>,
): Promise<Result<CallOutput<'tables.look'>>> {
  const places = await engine.call('places', { sources: [source] });
  if (!places.ok) return places;
  const [place] = places.value;
  if (!place) return fail({ code: 'not-found', message: 'This file is no longer in the case' });
  try {
    const look = lookAtTable(await readTableHead(place.path), mapping, delimiter, kept);
    if (!look) return fail({ code: 'unreadable-source', message: 'It has no line that could be a header' });
    const header = look.mapping.header.join('\0');
    const isKept = kept.some((other) => other.header.join('\0') === header);
    return ok({
      mapping: look.mapping,
      isKept,
      rows: look.rows.map((row) => [...row]),
      times: [...look.times],
    });
  } catch (error) {
    if (error instanceof InputFault) return fail(error.fault);
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return fail(accessFault(error));
  }
}
