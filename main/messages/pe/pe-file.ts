import { Bytes, Damage, type DamageLog } from './bytes.ts';

/** A file that is read piece by piece. */
export interface RandomFile {
  readonly size: number;
  /** The bytes from `offset`, fewer than `length` only at the end of the file. */
  read(offset: number, length: number): Uint8Array;
}

/** A resource's bytes in the file. */
export interface Resource {
  /** A number, or the name of a type that has one. */
  readonly type: number | string;
  /** Windows' language identifier, 0 for none. */
  readonly language: number;
  readonly offset: number;
  readonly size: number;
}

interface Section {
  readonly rva: number;
  /** Bytes that the file has of it. */
  readonly bytes: number;
  readonly offset: number;
}

/** Entries of one directory, and resources of a file, that are looked at. */
const ENTRY_LIMIT = 4096;
/** The largest resource that is read; the largest of Windows has a tenth. */
const RESOURCE_LIMIT = 64 << 20;
const HIGH_BIT = 0x8000_0000;
const LOW_BITS = 0x7fff_ffff;
/** Index of the resource table among an image's data directories. */
const RESOURCE_DIRECTORY = 2;
const OPTIONAL_32 = 0x10b;
const OPTIONAL_64 = 0x20b;

/**
 * The resources of an executable (PE: EXE, DLL, SYS, MUI), after Microsoft's "PE Format": DOS header, PE signature,
 * COFF header, optional header with the data directories, section table, and the resource tree of three levels: type,
 * name, language. Only the headers and the directories that are asked for are read.
 */
export class PeFile {
  private constructor(
    private readonly file: RandomFile,
    private readonly sections: readonly Section[],
    private readonly resourceRva: number,
  ) {}

  /** Whether a file begins as an executable does. */
  static isOne(head: Uint8Array): boolean {
    return head[0] === 0x4d && head[1] === 0x5a;
  }

  /** Reads the headers. @throws Damage */
  static open(file: RandomFile): PeFile {
    const dos = stretch(file, 0, 64);
    const peOffset = dos.u32(0x3c);
    const coff = stretch(file, peOffset, 24);
    if (coff.signature(0) !== 'PE\0\0') throw new Damage('There is no PE header', peOffset);
    const sectionCount = coff.u16(6);
    const optionalSize = coff.u16(20);
    const optional = stretch(file, peOffset + 24, optionalSize);
    const magic = optional.u16(0);
    if (magic !== OPTIONAL_32 && magic !== OPTIONAL_64) {
      throw new Damage(`The optional header is of an unknown kind (0x${magic.toString(16)})`, peOffset + 24);
    }
    const directories = magic === OPTIONAL_32 ? 96 : 112;
    const directoryCount = optional.u32(directories - 4);
    const isThere = directoryCount > RESOURCE_DIRECTORY;
    const resourceRva = isThere ? optional.u32(directories + RESOURCE_DIRECTORY * 8) : 0;
    const table = stretch(file, peOffset + 24 + optionalSize, sectionCount * 40);
    const sections = Array.from({ length: sectionCount }, (_, i): Section => {
      const at = i * 40;
      return { rva: table.u32(at + 12), bytes: table.u32(at + 16), offset: table.u32(at + 20) };
    });
    return new PeFile(file, sections, resourceRva);
  }

  /**
   * The resources of the given types.
   * @param damage takes what is wrong among them.
   */
  resources(types: readonly (number | string)[], damage: DamageLog): Resource[] {
    const found: Resource[] = [];
    const below = (entries: () => readonly Entry[], visit: (entry: Entry) => void): void => {
      for (const entry of damage.guard(entries) ?? []) damage.guard(() => visit(entry));
    };
    if (this.resourceRva === 0) return found;
    below(
      () => this.#entries(0).filter(({ key }) => types.includes(key)),
      (type) =>
        below(
          () => this.#entries(subdirectory(type)),
          (name) =>
            below(
              () => this.#entries(subdirectory(name)),
              (language) => {
                if (found.length === ENTRY_LIMIT) throw new Damage('There are too many resources', language.offset);
                found.push(this.#resource(type.key, language));
              },
            ),
        ),
    );
    return found;
  }

  /** The bytes of a resource. @throws Damage */
  bytesOf({ offset, size }: Resource): Bytes {
    if (size > RESOURCE_LIMIT) throw new Damage(`The resource says that it has ${size} bytes, too many`, offset);
    return stretch(this.file, offset, size);
  }

  #resource(type: number | string, entry: Entry): Resource {
    if (entry.target >= HIGH_BIT) throw new Damage('A resource directory is nested too deep', entry.offset);
    const data = stretch(this.file, this.#offsetOf(this.resourceRva + entry.target, 16, entry.offset), 16);
    const size = data.u32(4);
    const offset = this.#offsetOf(data.u32(0), size, data.start);
    return { type, language: typeof entry.key === 'number' ? entry.key : 0, offset, size };
  }

  /** @param at offset of the directory within the resource table. */
  #entries(at: number): Entry[] {
    const from = this.#offsetOf(this.resourceRva + at, 16, 0);
    const head = stretch(this.file, from, 16);
    const count = head.u16(12) + head.u16(14);
    if (count > ENTRY_LIMIT) throw new Damage(`A resource directory says that it has ${count} entries`, from + 12);
    const table = stretch(this.file, from + 16, count * 8);
    return Array.from({ length: count }, (_, i): Entry => {
      const key = table.u32(i * 8);
      const offset = table.start + i * 8;
      return { key: key >= HIGH_BIT ? this.#name(key & LOW_BITS, offset) : key, target: table.u32(i * 8 + 4), offset };
    });
  }

  #name(at: number, from: number): string {
    const offset = this.#offsetOf(this.resourceRva + at, 2, from);
    const length = stretch(this.file, offset, 2).u16(0) * 2;
    return stretch(this.file, offset + 2, length).text16(0, length);
  }

  /** Where in the file an address is. @param from offset of what names the address, for the fault. */
  #offsetOf(rva: number, length: number, from: number): number {
    for (const { rva: start, bytes, offset } of this.sections) {
      if (rva >= start && rva + length <= start + bytes) return offset + (rva - start);
    }
    throw new Damage(`The address 0x${rva.toString(16)} is in no section of the file`, from);
  }
}

interface Entry {
  readonly key: number | string;
  /** Offset within the resource table; the high bit says that a directory is there. */
  readonly target: number;
  /** Of the entry itself, in the file. */
  readonly offset: number;
}

function subdirectory({ target, offset }: Entry): number {
  if (target < HIGH_BIT) throw new Damage('A resource stands where a directory should be', offset);
  return target & LOW_BITS;
}

/** Bytes of a file, all of them. @throws Damage where the file is shorter */
function stretch(file: RandomFile, offset: number, length: number): Bytes {
  if (offset + length > file.size) throw new Damage('The file ends before what it announces', file.size);
  const bytes = file.read(offset, length);
  if (bytes.length < length) throw new Damage('The file ends before what it announces', offset + bytes.length);
  return new Bytes(bytes, offset);
}
