import { closeSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fail, ok, type Fault, type Result } from '../../shared/model/fault.ts';
import { encodedText, encodingOf } from '../ingest/input/encoding.ts';
import { accessFault, findSources, type FoundSource, type SourceRoot } from '../ingest/source.ts';
import { isForeignSqlite, readProviderTables } from '../store/provider-table.ts';
import { TEXT_LIMIT, type MessagePiece, type MessagesRead } from './api.ts';
import { PackWriter } from './pack.ts';
import type { PackFolder } from './pack-folder.ts';
import { PeFile } from './pe/pe-file.ts';
import { looksLikeProviders, readProviderJson } from './providers/provider-json.ts';
import { providersOfDetails } from './providers/provider-details.ts';
import { providersOfRows } from './providers/provider-rows.ts';
import { readExecutable } from './read-executable.ts';

/** The largest JSON and SQLite files that are read: they are read whole. */
const WHOLE_FILE_LIMIT = 256 << 20;
/** Up to this size JSON is read to see whether it is a list of providers; larger files must begin as one. */
const JSON_LIMIT = 16 << 20;
/** Bytes that tell what a file is. */
const HEAD = 64 << 10;

export interface ImportOptions {
  readonly roots: readonly SourceRoot[];
  /** Name of the classic provider that the tables belong to, where the user says it. */
  readonly provider: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { filesDone: number; filesTotal: number; current: string }) => void;
}

/** A file that gave something, or in which something was wrong. */
export interface ImportedFile {
  readonly name: string;
  readonly manifests: number;
  readonly providers: number;
  /** Texts in message tables, and events with texts. */
  readonly messages: number;
  readonly faults: readonly Fault[];
}

export interface ImportReport {
  /** Of the pack; '' where nothing was imported. */
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly files: readonly ImportedFile[];
  /** Files without message data, not listed. */
  readonly others: number;
}

/**
 * Reads the message data in files and folders, told by content, and keeps it in the folder of packs as one import. What
 * could not be read is said file by file; the rest is kept. Fails where there is nothing to keep, and where it was
 * cancelled: then what was there before stays.
 */
export async function importMessages(options: ImportOptions, folder: PackFolder): Promise<Result<ImportReport>> {
  const { roots, signal, onProgress } = options;
  const found = await findSources(roots, () => signal.aborted);
  const pack = new PackWriter();
  const files: ImportedFile[] = [];
  let others = 0;
  let characters = 0;
  for (const [index, source] of found.entries()) {
    onProgress({ filesDone: index, filesTotal: found.length, current: source.displayName });
    // Lets a cancel arrive.
    await setImmediate();
    if (signal.aborted) return fail({ code: 'cancelled', message: 'The import was cancelled; nothing was kept of it' });
    const { pieces, faults } = await readSource(source);
    if (pieces.length + faults.length === 0) {
      others++;
      continue;
    }
    const kept: MessagePiece[] = [];
    const problems = [...faults];
    for (const piece of pieces) {
      characters += sizeOf(piece);
      if (characters > TEXT_LIMIT) {
        problems.push({ code: 'too-large', message: 'There is more message data than one import keeps' });
        break;
      }
      const named = piece.kind === 'table' && options.provider !== undefined ? [options.provider] : [];
      const whole = piece.kind === 'table' ? { ...piece, providers: named } : piece;
      pack.add(whole);
      kept.push(whole);
    }
    files.push(fileReport(source.displayName, kept, problems));
  }
  const name = roots.length === 1 ? (roots[0] as SourceRoot).name : `${roots.length} items`;
  if (pack.blocks.length === 0) return fail(nothingFound(name, files));
  const about = {
    name,
    importedAt: new Date().toISOString(),
    files: files.filter(({ messages }) => messages > 0).length,
  };
  const written = await folder.write(
    roots.map(({ path }) => path),
    pack,
    about,
  );
  return written.ok ? ok({ ...written.value, name, files, others }) : written;
}

/** Whether a file holds message data, by its beginning: what is dropped on the window goes to the logs otherwise. */
export function looksLikeMessages(head: Uint8Array): boolean {
  if (PeFile.isOne(head) || isForeignSqlite(head)) return true;
  return looksLikeProviders(textOf(Buffer.from(head)));
}

async function readSource(source: FoundSource): Promise<MessagesRead> {
  const { path, displayName, bytes, fault } = source;
  if (fault) return { pieces: [], faults: [fault] };
  if (/\.mta$/i.test(path)) return { pieces: [], faults: [DISPLAY_INFORMATION] };
  try {
    const file = openSync(path, 'r');
    try {
      const read = (offset: number, length: number): Buffer => {
        const into = Buffer.alloc(length);
        return into.subarray(0, readSync(file, into, 0, length, offset));
      };
      const head = read(0, Math.min(HEAD, bytes));
      if (PeFile.isOne(head)) return readExecutable({ size: bytes, read }, basename(displayName));
      if (!isForeignSqlite(head) && !mayBeProviders(textOf(head), bytes)) return { pieces: [], faults: [] };
    } finally {
      closeSync(file);
    }
    return await readWhole(path, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return { pieces: [], faults: [accessFault(error)] };
  }
}

function mayBeProviders(head: string, size: number): boolean {
  return size > JSON_LIMIT ? looksLikeProviders(head) : /^\s*[[{]/.test(head);
}

async function readWhole(path: string, size: number): Promise<MessagesRead> {
  if (size > WHOLE_FILE_LIMIT) {
    const message = `The file has more than ${WHOLE_FILE_LIMIT >> 20} MB, too much for message data`;
    return { pieces: [], faults: [{ code: 'too-large', message }] };
  }
  const bytes = await readFile(path);
  if (!isForeignSqlite(bytes)) return readProviderJson(textOf(bytes)) ?? { pieces: [], faults: [] };
  const tables = await readProviderTables(bytes, TEXT_LIMIT);
  if (!tables.ok) return { pieces: [], faults: [tables.fault] };
  const details = providersOfDetails(tables.value.details, TEXT_LIMIT);
  return { pieces: [...providersOfRows(tables.value.rows), ...details.pieces], faults: details.faults };
}

/** Text in the encoding that its mark tells: PowerShell writes UTF-16. */
function textOf(bytes: Buffer): string {
  const { encoding, bomBytes } = encodingOf(bytes);
  const rest = bytes.subarray(bomBytes);
  if (encoding !== 'utf-16be') return encodedText(rest, encoding === 'utf-8' ? 1 : 2);
  return encodedText(Buffer.from(rest.subarray(0, rest.length - (rest.length % 2))).swap16(), 2);
}

const DISPLAY_INFORMATION: Fault = {
  code: 'unreadable-source',
  message: "Event Viewer's display information (LocaleMetaData) is not supported: its layout is not published",
  detail: "Import the providers' DLL files, or their list as JSON",
};

function sizeOf(piece: MessagePiece): number {
  const sum = (texts: readonly string[]): number => texts.reduce((total, text) => total + text.length + 8, 0);
  switch (piece.kind) {
    case 'table':
      return sum(piece.texts);
    case 'manifest':
      return piece.events.length * 16 + sum(piece.templates.flatMap((fields) => fields.map(({ name }) => name)));
    case 'provider':
      return sum(piece.events.map(({ message }) => message)) + sum(Object.values(piece.parameters));
  }
}

function fileReport(name: string, pieces: readonly MessagePiece[], faults: readonly Fault[]): ImportedFile {
  const counts = { manifests: 0, providers: 0, messages: 0 };
  for (const piece of pieces) {
    if (piece.kind === 'table') counts.messages += piece.ids.length;
    else if (piece.kind === 'manifest') counts.manifests++;
    else {
      counts.providers++;
      counts.messages += piece.events.length;
    }
  }
  return { name, ...counts, faults };
}

function nothingFound(name: string, files: readonly ImportedFile[]): Fault {
  const [first] = files.flatMap((file) => file.faults.map((fault) => ({ ...fault, file: file.name })));
  if (first) return { ...first, message: `No message data could be read: ${first.message}` };
  return {
    code: 'not-found',
    message: `There is no message data in ${name}`,
    detail: 'It is in DLL, EXE and MUI files of Windows, and in lists of providers as JSON or SQLite',
  };
}
