import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { evtxBytes } from '../../evtx-writer/evtx-writer.ts';
import { CHUNK_SIZE } from '../container/chunk.ts';
import { FILE_HEADER_SIZE } from '../container/file.ts';
import { evtxFiles } from '../parity/read-all.ts';
import { sampleEvents } from '../parity/sample-events.ts';
import { subjectOf, type Subject } from './mutate.ts';

/** A written log with every value type, and what is below the folders: of each file the first chunk and a later one. */
export function fuzzSubjects(folders: readonly string[]): Subject[] {
  const subjects = [subjectOf('written', evtxBytes(sampleEvents(150)))];
  for (const folder of folders) {
    for (const path of evtxFiles(folder)) {
      const bytes = readFileSync(path);
      const chunks = Math.floor((bytes.length - FILE_HEADER_SIZE) / CHUNK_SIZE);
      if (chunks < 1) continue;
      const subject = subjectOf(basename(path), bytes, chunks > 1 ? [0, chunks >> 1] : [0]);
      if (subject.landmarks.length > 0) subjects.push(subject);
    }
  }
  return subjects;
}
