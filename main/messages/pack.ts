import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { fail, ok, type Result } from '../../shared/model/fault.ts';
import type { MessagePiece } from './api.ts';

/**
 * One import as one file: magic, length of the header (u32), header, blocks. Header and blocks are JSON, deflated. The
 * header says what each block holds, so that a lookup unpacks only what it needs. Version 1.
 */
const MAGIC = Buffer.from('RWMSG\0\0\x01', 'latin1');
const HEADER_LIMIT = 64 << 20;
const BLOCK_LIMIT = 256 << 20;

const blockSchema = z.object({
  kind: z.enum(['table', 'manifest', 'provider']),
  /** Of the file: tables and manifests. */
  file: z.string(),
  name: z.string(),
  guid: z.string(),
  language: z.string(),
  providers: z.array(z.string()),
  /** Messages or events in it. */
  count: z.number().int(),
  /** Bytes from the end of the header. */
  offset: z.number().int().min(0),
  length: z.number().int().min(0),
});
export type PackBlock = z.infer<typeof blockSchema>;

const headerSchema = z.object({
  /** What was imported, to show. */
  name: z.string(),
  /** ISO 8601, UTC. */
  importedAt: z.string(),
  /** Files that gave something. */
  files: z.number().int(),
  blocks: z.array(blockSchema),
});
export type PackHeader = z.infer<typeof headerSchema>;

const texts = z.array(z.string());
const numbers = z.array(z.number().int());
const pieceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('table'),
    file: z.string(),
    language: z.string(),
    providers: texts,
    ids: numbers,
    texts,
  }),
  z.object({
    kind: z.literal('manifest'),
    guid: z.string(),
    name: z.string(),
    file: z.string(),
    events: z.array(
      z.object({
        id: z.number().int(),
        version: z.number().int(),
        messageId: z.number().int().optional(),
        template: z.number().int().optional(),
      }),
    ),
    templates: z.array(z.array(z.object({ name: z.string(), map: z.number().int().optional() }))),
    maps: z.array(z.object({ isBits: z.boolean(), entries: z.array(z.tuple([z.number().int(), z.number().int()])) })),
  }),
  z.object({
    kind: z.literal('provider'),
    name: z.string(),
    guid: z.string(),
    language: z.string(),
    events: z.array(
      z.object({
        id: z.number().int(),
        version: z.number().int().optional(),
        message: z.string(),
        title: z.string(),
        fields: texts.optional(),
      }),
    ),
    parameters: z.record(z.string(), z.string()),
    messageFiles: texts,
    parameterFiles: texts,
  }),
]);

/** Collects the pieces of an import. */
export class PackWriter {
  readonly #blocks: PackBlock[] = [];
  readonly #bytes: Uint8Array[] = [];
  #offset = 0;

  add(piece: MessagePiece): void {
    const bytes = deflateRawSync(JSON.stringify(piece));
    const place = { offset: this.#offset, length: bytes.length };
    this.#blocks.push({ ...headOf(piece), ...place });
    this.#bytes.push(bytes);
    this.#offset += bytes.length;
  }

  get blocks(): readonly PackBlock[] {
    return this.#blocks;
  }

  /** The file's bytes, piece by piece. */
  finish(about: Omit<PackHeader, 'blocks'>): Uint8Array[] {
    const header = deflateRawSync(JSON.stringify({ ...about, blocks: this.#blocks } satisfies PackHeader));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    return [MAGIC, length, header, ...this.#bytes];
  }
}

function headOf(piece: MessagePiece): Omit<PackBlock, 'offset' | 'length'> {
  const { kind } = piece;
  switch (kind) {
    case 'table': {
      const { file, language, providers, ids } = piece;
      return { kind, file, name: '', guid: '', language, providers: [...providers], count: ids.length };
    }
    case 'manifest': {
      const { file, name, guid, events } = piece;
      return { kind, file, name, guid, language: '', providers: [], count: events.length };
    }
    case 'provider': {
      const { name, guid, language, events } = piece;
      return { kind, file: '', name, guid, language, providers: [], count: events.length };
    }
  }
}

/** Reads bytes of the pack's file. */
export type ReadAt = (offset: number, length: number) => Buffer;

export interface OpenPack {
  readonly header: PackHeader;
  /** Offset in the file at which the blocks begin. */
  readonly start: number;
}

/** Reads the header of a pack. */
export function openPack(read: ReadAt): Result<OpenPack> {
  const damaged = fail({ code: 'damaged-source', message: 'The message data in the data folder is damaged' });
  const start = read(0, MAGIC.length + 4);
  if (!start.subarray(0, 5).equals(MAGIC.subarray(0, 5)) || start.length < MAGIC.length + 4) return damaged;
  if (!start.subarray(0, MAGIC.length).equals(MAGIC)) {
    return fail({ code: 'unreadable-source', message: 'The message data is of another version: import it again' });
  }
  const length = start.readUInt32LE(MAGIC.length);
  if (length > HEADER_LIMIT) return damaged;
  const header = headerSchema.safeParse(unpack(read(MAGIC.length + 4, length), HEADER_LIMIT));
  return header.success ? ok({ header: header.data, start: MAGIC.length + 4 + length }) : damaged;
}

/** Reads a block; undefined where it is damaged. */
export function readBlock(read: ReadAt, start: number, block: PackBlock): MessagePiece | undefined {
  const piece = pieceSchema.safeParse(unpack(read(start + block.offset, block.length), BLOCK_LIMIT));
  return piece.success ? (piece.data as MessagePiece) : undefined;
}

function unpack(bytes: Uint8Array, limit: number): unknown {
  try {
    return JSON.parse(inflateRawSync(bytes, { maxOutputLength: limit }).toString('utf8'));
  } catch {
    // Not deflated, not JSON, or too large: damaged in any case, which the schema then says.
    return undefined;
  }
}
