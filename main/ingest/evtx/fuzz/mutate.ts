import { CHUNK_SIZE } from '../container/chunk.ts';
import { FILE_HEADER_SIZE } from '../container/file.ts';
import { landmarksOf, type Landmark, type LandmarkKind } from './landmarks.ts';
import { pick, type Random } from './random.ts';

/** A log to mutate, and what it consists of. */
export interface Subject {
  readonly name: string;
  readonly bytes: Buffer;
  readonly landmarks: readonly Landmark[];
}

const TOKENS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x41, 0x45, 0x46, 0x4d, 0xff];
const TYPES = [0, 1, 2, 3, 4, 6, 8, 0x0a, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x20, 0x21, 0x23];
const SIZES = [0, 1, 2, 7, 27, 28, 0x7f, 0x80, 0xff, 0x1ff, 0x7fff, 0x8000, 0xfffe, 0xffff];
const LARGE = [0x10000, 0x10001, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff];

/**
 * @param bytes an EVTX file
 * @param chunks numbers of the chunks to take, counted from 0; small subjects make many cases a second.
 */
export function subjectOf(name: string, bytes: Uint8Array, chunks: readonly number[] = []): Subject {
  const parts = [bytes.subarray(0, FILE_HEADER_SIZE)];
  for (const chunk of chunks) {
    const base = FILE_HEADER_SIZE + chunk * CHUNK_SIZE;
    if (base + CHUNK_SIZE <= bytes.length) parts.push(bytes.subarray(base, base + CHUNK_SIZE));
  }
  const own = chunks.length === 0 ? Buffer.from(bytes) : Buffer.concat(parts);
  return { name, bytes: own, landmarks: landmarksOf(own) };
}

/**
 * A copy of a log with one to six things wrong, as disks, cut copies and attackers make them: mostly numbers that
 * mean something, set to what hurts in their place; else flips, stretches moved or zeroed, pieces of another log, cuts.
 */
export function mutate(subject: Subject, donor: Subject, random: Random): Buffer {
  const bytes = Buffer.from(subject.bytes);
  let end = bytes.length;
  for (let left = 1 + (random() % 6); left > 0; left--) {
    const kind = random() % 20;
    if (kind < 13) mutateLandmark(bytes, subject, random);
    else if (kind < 15) flip(bytes, random);
    else if (kind < 17) splice(bytes, subject, donor, random);
    else if (kind < 18) moveStretch(bytes, subject, random);
    else if (kind < 19) bytes.fill(random() % 2 === 0 ? 0 : random() % 256, ...stretch(bytes, random, 700));
    else if (random() % 4 === 0) end = Math.min(end, random() % (bytes.length + 1));
  }
  return bytes.subarray(0, end);
}

function mutateLandmark(bytes: Buffer, subject: Subject, random: Random): void {
  const { landmarks } = subject;
  if (landmarks.length === 0) return flip(bytes, random);
  // Half of the time among the first: there the definitions are that all other records use.
  const reach = random() % 2 === 0 ? Math.min(landmarks.length, 400) : landmarks.length;
  const landmark = pick(random, landmarks.slice(0, reach));
  const { at, width } = landmark;
  const old = bytes.readUIntLE(at, Math.min(width, 4));
  const value = numberFor(landmark.kind, old, landmark, subject, random);
  if (width === 8) {
    bytes.writeUInt32LE(value >>> 0, at);
    bytes.writeUInt32LE(random() % 2 === 0 ? 0 : random(), at + 4);
  } else if (width === 4) bytes.writeUInt32LE(value >>> 0, at);
  else if (width === 2) bytes.writeUInt16LE(value & 0xffff, at);
  else bytes[at] = value & 0xff;
}

function numberFor(kind: LandmarkKind, old: number, landmark: Landmark, subject: Subject, random: Random): number {
  switch (kind) {
    case 'token':
      return random() % 4 === 0 ? old ^ 0x40 : pick(random, TOKENS);
    case 'type':
      // Anything may be called an array, or nested XML.
      return random() % 3 === 0 ? old ^ 0x80 : pick(random, TYPES) | (random() % 4 === 0 ? 0x80 : 0);
    case 'offset':
      return offsetFor(landmark, subject, random);
    case 'index':
      return pick(random, [0, 1, old + 1, old - 1, random() % 64, 0xfffe, 0xffff]);
    case 'value':
      return random() % 2 === 0 ? pick(random, TOKENS) : random();
    case 'id':
      return random() % 3 === 0 ? pick(random, LARGE) : old ^ (1 << (random() % 32));
    case 'size':
    case 'units':
    case 'count':
      switch (random() % 4) {
        case 0:
          return old + pick(random, [-8, -4, -2, -1, 1, 2, 4, 8]);
        case 1:
          return old * 2;
        case 2:
          return pick(random, LARGE);
        default:
          return pick(random, SIZES);
      }
  }
}

/** An offset that leads to another thing of the chunk, to itself, round its edges, or out of it. */
function offsetFor(landmark: Landmark, subject: Subject, random: Random): number {
  const within = (at: number): number => (at - FILE_HEADER_SIZE) % CHUNK_SIZE;
  switch (random() % 6) {
    case 0:
      return within(landmark.at) + pick(random, [-10, -4, 0, 4, 8, 10, 14, 24]);
    case 1:
    case 2:
      return within(pick(random, subject.landmarks).at);
    case 3:
      return random() % CHUNK_SIZE;
    case 4:
      return CHUNK_SIZE - pick(random, [0, 1, 2, 4, 8, 9, 10, 11, 24, 28]);
    default:
      return pick(random, LARGE);
  }
}

function flip(bytes: Buffer, random: Random): void {
  const at = random() % bytes.length;
  bytes[at] = (bytes[at] as number) ^ (1 << (random() % 8));
}

function stretch(bytes: Buffer, random: Random, longest: number): [number, number] {
  const at = random() % bytes.length;
  return [at, Math.min(at + (random() % longest), bytes.length)];
}

/** Puts a piece of another log, or its whole second half, over one of this. */
function splice(bytes: Buffer, subject: Subject, donor: Subject, random: Random): void {
  if (subject.landmarks.length === 0 || donor.landmarks.length === 0) return;
  const to = pick(random, subject.landmarks).at;
  // At the same place of its chunk, so that its offsets lead to what they led to; or anywhere.
  const from = random() % 2 === 0 ? to : pick(random, donor.landmarks).at;
  const length = random() % 3 === 0 ? CHUNK_SIZE : random() % 3000;
  if (from < donor.bytes.length) donor.bytes.copy(bytes, to, from, Math.min(from + length, donor.bytes.length));
}

/** Copies a stretch that begins at one thing over another: records, tokens and values where they do not belong. */
function moveStretch(bytes: Buffer, subject: Subject, random: Random): void {
  if (subject.landmarks.length === 0) return;
  const from = pick(random, subject.landmarks).at;
  bytes.copyWithin(pick(random, subject.landmarks).at, from, from + 1 + (random() % 2000));
}
