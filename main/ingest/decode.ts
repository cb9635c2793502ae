import { decodeEvtx } from './evtx/decode-evtx.ts';
import { readRawEvtx } from './evtx/read-raw-evtx.ts';
import { decodeJson } from './json/decode-json.ts';
import { detectFile, type Detected } from './detect.ts';
import { readRawJson } from './json/read-raw-json.ts';
import { accessFault } from './source.ts';
import type { DecodeFile, RawEvent, SourceReport } from './api.ts';
import type { Fault, Result } from '../../shared/model/fault.ts';

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

/** Reads a file with the decoder for what it holds; what is no log is `skipped` and says why. */
export const decodeFile: DecodeFile = async (path, builder, options, sink) => {
  let detected: Detected;
  try {
    detected = await detectFile(path);
  } catch (error) {
    return unreadReport('failed', accessFault(error));
  }
  switch (detected.kind) {
    case 'json':
      return decodeJson(path, builder, options, sink);
    case 'evtx':
      return decodeEvtx(path, builder, options, sink);
    case 'none':
      return unreadReport('skipped', { code: 'unreadable-source', message: detected.reason });
  }
};

/** Decodes one event again from its file. @param format as the file's report had it. */
export function readRaw(path: string, format: string, offset: number, length: number): Result<RawEvent> {
  if (format === 'evtx') return readRawEvtx(path, offset);
  return readRawJson(path, offset, length);
}
