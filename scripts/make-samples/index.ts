import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evtxBytes } from '../../main/ingest/evtx-writer/evtx-writer.ts';
import { beatObject, dumpObject } from './json-events.ts';
import type { LabelledEvent, Recorder } from './recorder.ts';
import { play } from './scenario.ts';

/** One file of the sample, with what is known of its events. */
export interface SampleFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly events: number;
  readonly firstRecordId: number;
  /** Record ids of the incident's events. */
  readonly incident: readonly number[];
  readonly hits: readonly { readonly rule: string; readonly recordId: number }[];
}

/**
 * What the sample must give, from the generator's own labels, not from any matcher. Record ids within a file are
 * unique; `hits` has an entry for each starter rule that hits.
 */
export interface Manifest {
  readonly files: readonly {
    readonly file: string;
    readonly events: number;
    readonly incidentRecords: readonly number[];
  }[];
  readonly totalEvents: number;
  readonly hits: Readonly<Record<string, readonly { readonly file: string; readonly recordId: number }[]>>;
}

/** Makes the sample incident in memory: the same bytes at every call. */
export function makeSample(): { readonly files: readonly SampleFile[]; readonly manifest: Manifest } {
  const files = play().flatMap(({ recorder }) =>
    recorder.host.output === 'evtx' ? evtxFiles(recorder) : [jsonFile(recorder)],
  );
  const hits: Record<string, { file: string; recordId: number }[]> = {};
  for (const file of files) {
    for (const { rule, recordId } of file.hits) (hits[rule] ??= []).push({ file: file.name, recordId });
  }
  const manifest = {
    files: files.map((file) => ({ file: file.name, events: file.events, incidentRecords: file.incident })),
    totalEvents: files.reduce((sum, file) => sum + file.events, 0),
    hits,
  };
  return { files, manifest };
}

/** A log that has been written for a while: its first record here has some number of its own. */
function firstRecord(recorder: Recorder, channel: string): number {
  let hash = 7;
  for (const letter of recorder.host.name + channel) hash = (hash * 31 + letter.charCodeAt(0)) % 90_000;
  return 1000 + hash;
}

function describe(events: readonly LabelledEvent[], firstRecordId: number): Omit<SampleFile, 'name' | 'bytes'> {
  const numbered = events.map(({ label }, i) => ({ label, recordId: firstRecordId + i }));
  return {
    events: events.length,
    firstRecordId,
    incident: numbered.filter(({ label }) => label.incident).map(({ recordId }) => recordId),
    hits: numbered.flatMap(({ label, recordId }) => label.hits.map((rule) => ({ rule, recordId }))),
  };
}

function evtxFiles(recorder: Recorder): SampleFile[] {
  return recorder.channels.map((channel) => {
    const events = recorder.channel(channel);
    const first = firstRecord(recorder, channel);
    return {
      // Windows' own way of writing a channel's name as a file's.
      name: `${recorder.host.name}/${channel.replaceAll('/', '%4')}.evtx`,
      bytes: evtxBytes(events.map(({ event }, i) => ({ ...event, recordId: first + i }))),
      ...describe(events, first),
    };
  });
}

/** All channels of a host in one file. Record ids are numbered through, so that they are unique within the file. */
function jsonFile(recorder: Recorder): SampleFile {
  const { host } = recorder;
  const events = recorder.channels
    .flatMap((channel) => recorder.channel(channel))
    .sort((a, b) => a.event.time.us - b.event.time.us || a.event.time.ns - b.event.time.ns);
  const first = firstRecord(recorder, '');
  const write = host.output === 'ecs' ? beatObject : dumpObject;
  const lines = events.map(({ event }, i) => JSON.stringify(write(event, first + i)));
  return {
    name: host.output === 'ecs' ? `${host.name}-winlogbeat.ndjson` : `${host.name}.ndjson`,
    bytes: Buffer.from(`${lines.join('\n')}\n`),
    ...describe(events, first),
  };
}

/** The manifest as JSON with a line for each file and each rule, so that a change shows where it is. */
function manifestText(manifest: Manifest): string {
  const block = (lines: readonly string[]): string => lines.map((line) => `    ${line}`).join(',\n');
  const files = manifest.files.map((file) => JSON.stringify(file));
  const hits = Object.entries(manifest.hits).map(([rule, list]) => `${JSON.stringify(rule)}: ${JSON.stringify(list)}`);
  return `{
  "totalEvents": ${manifest.totalEvents},
  "files": [\n${block(files)}\n  ],
  "hits": {\n${block(hits)}\n  }
}
`;
}

/** Folder of the sample, relative to the project's root. */
export const SAMPLE_FOLDER = join('rules', 'samples', 'tunnel-incident');
/** The manifest stands beside the folder, not in it: the folder is opened as it is, and all in it is logs. */
export const MANIFEST = '../tunnel-incident.manifest.json';

/**
 * Writes the sample into `rules/samples/tunnel-incident` below the project's root, or with `--check` only compares
 * what is there and throws where a file differs.
 */
export function run(args: readonly string[], root = process.cwd()): void {
  const folder = join(root, SAMPLE_FOLDER);
  const { files, manifest } = makeSample();
  const outputs = [...files, { name: MANIFEST, bytes: Buffer.from(manifestText(manifest)) }];
  const check = args.includes('--check');
  const different: string[] = [];
  for (const { name, bytes } of outputs) {
    const path = join(folder, ...name.split('/'));
    if (check) {
      if (!existsSync(path) || Buffer.compare(readFileSync(path), bytes) !== 0) different.push(name);
      continue;
    }
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, bytes);
  }
  const size = outputs.reduce((sum, { bytes }) => sum + bytes.length, 0);
  console.log(`${manifest.totalEvents} events in ${files.length} files, ${(size / 1e6).toFixed(1)} MB`);
  if (different.length > 0) throw new Error(`not what the generator makes: ${different.join(', ')}`);
}
