import { decodeCsv } from './csv/decode-csv.ts';
import { EvtxFile } from './evtx/container/file.ts';
import { decodeEvtx, decodeOpenEvtx } from './evtx/decode-evtx.ts';
import { readRawEvtx } from './evtx/read-raw-evtx.ts';
import { decodeJson } from './json/decode-json.ts';
import { decodeWevtutil } from './text/decode-wevtutil.ts';
import { decodeXml } from './xml/decode-xml.ts';
import { detect } from './detect.ts';
import { Archives, type OpenLog } from './input/archives.ts';
import { InputFault } from './input/byte-input.ts';
import { readTextAt } from './input/read-text-at.ts';
import { accessFault } from './source.ts';
import { FAULT_LIMIT, type DecodeFile, type DecodeOptions, type DecodeSink } from './api.ts';
import type { RawEvent, SourceReport } from './api.ts';
import type { BatchBuilder } from '../columns/batch-builder.ts';
import { fail, type Fault, type Result } from '../../shared/model/fault.ts';

const NOTHING: SourceReport = {
  format: '',
  state: 'skipped',
  events: 0,
  recovered: 0,
  damaged: 0,
  faultCount: 0,
  faults: [],
  bytesRead: 0,
};

/** The report of a file that was not read at all, and why. */
export function unreadReport(state: 'failed' | 'skipped', fault: Fault): SourceReport {
  return { ...NOTHING, state, faultCount: 1, faults: [fault] };
}

/**
 * Reads a log with the decoder for what it holds, unpacking it where it is packed; what is no log is `skipped` and says
 * why. @param path may go on within a zip archive, see `Archives`.
 */
export const decodeFile: DecodeFile = async (path, builder, options, sink) => {
  // The usual log is known by its first bytes, and is read as it is: no thread of the pool is waited for.
  const evtx = EvtxFile.openIfSuch(path);
  if (evtx) return decodeOpenEvtx(evtx, builder, options, sink);
  const archives = options.archives ?? new Archives();
  try {
    return await decodeLog(path, archives, builder, options, sink);
  } catch (error) {
    if (error instanceof InputFault) return unreadReport('failed', error.fault);
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return unreadReport('failed', accessFault(error));
  } finally {
    if (!options.archives) await archives.close();
  }
};

async function decodeLog(
  path: string,
  archives: Archives,
  builder: BatchBuilder,
  options: DecodeOptions,
  sink: DecodeSink,
): Promise<SourceReport> {
  const log = await archives.open(path);
  const { input, head } = log;
  try {
    const told = inPackedBytes(sink, log);
    // Nothing at all may be a damage that reading tells.
    if (head.length === 0) await input.read(new Uint8Array(1), 0, 1);
    const detected = detect(head, options.tables);
    switch (detected.kind) {
      case 'json':
        return await decodeJson({ input, ...detected }, builder, options, told);
      case 'xml':
        return await decodeXml({ input, ...detected }, builder, options, told);
      case 'csv':
        return await decodeCsv({ input, ...detected }, builder, options, told);
      case 'wevtutil':
        return await decodeWevtutil({ input, ...detected }, builder, options, told);
      case 'evtx':
        if (log.isPlain) return await decodeEvtx(path, builder, options, sink);
        return await decodePackedEvtx(log, archives, builder, options, told);
      case 'none':
        return unreadReport('skipped', { code: 'unreadable-source', message: detected.reason });
    }
  } finally {
    await input.close();
  }
}

/** Progress counts the bytes of the file that the user sees, which for gzip are the packed ones. */
function inPackedBytes(sink: DecodeSink, { packedBytes }: OpenLog): DecodeSink {
  if (!packedBytes) return sink;
  return {
    batch: (batch) => sink.batch(batch),
    progress: () => {
      sink.progress(packedBytes());
    },
    isCancelled: () => sink.isCancelled(),
  };
}

/** EVTX is read by places, so it is unpacked first; what there is of it where its packing is damaged. */
async function decodePackedEvtx(
  log: OpenLog,
  archives: Archives,
  builder: BatchBuilder,
  options: DecodeOptions,
  sink: DecodeSink,
): Promise<SourceReport> {
  const { path, fault } = await archives.unpack(log, () => sink.isCancelled());
  try {
    const report = await decodeEvtx(path, builder, options, sink);
    if (!fault) return report;
    const faults = [fault.fault, ...report.faults].slice(0, FAULT_LIMIT);
    return { ...report, state: 'partial', faultCount: report.faultCount + 1, faults };
  } finally {
    await archives.drop(path);
  }
}

/** The thread's own, for events that are looked at: what is unpacked for one serves the next. */
const looking = new Archives();
let queue: Promise<unknown> = Promise.resolve();

/** Decodes one event again from its file or archive. @param format as the file's report had it. */
export function readRaw(path: string, format: string, offset: number, length: number): Promise<Result<RawEvent>> {
  // One after the other, so that none takes away what another reads.
  const result = queue.then(() => readRawNow(path, format, offset, length));
  queue = result.catch(() => undefined);
  return result;
}

async function readRawNow(path: string, format: string, offset: number, length: number): Promise<Result<RawEvent>> {
  let file: string;
  try {
    file = await looking.fileOf(path);
  } catch (error) {
    if (error instanceof InputFault) return fail(error.fault);
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return fail({ ...accessFault(error), offset });
  }
  switch (format) {
    case 'evtx':
      return readRawEvtx(file, offset);
    case 'xml':
      return readTextAt(file, offset, length, 'xml');
    case 'csv':
    case 'text':
      return readTextAt(file, offset, length, 'text');
    default:
      return readTextAt(file, offset, length, 'json');
  }
}
