import { readTime } from './json-time.ts';
import { FLAT_ROLES, WINDOWS_ROLES, windowsName, type FlatRole, type Role } from './flat-roles.ts';
import { FieldList, flatten, isObject, type JsonObject } from './fields.ts';
import { safeInteger, smallInteger, type JsonEvent } from './json-event.ts';
import type { Instant } from '../../../shared/model/time.ts';

/** A field's name, what it is for and what the event calls it: worked out once a name, not once an event. */
interface NameUse {
  readonly use: FlatRole | undefined;
  /** Its name where the event is a Windows event. */
  readonly windows: string;
}

/** Names remembered; past that (a log with generated keys) they start anew. */
const NAMES_KEPT = 20_000;

/**
 * Reads events that are one JSON object of fields, nested or with dotted keys: Winlogbeat and other ECS exports,
 * NXLog, PowerShell, or anything at all. Fields that say what the event is go to its head; the rest are data.
 */
export class FlatReader {
  readonly #all = new FieldList();
  #uses = new Map<string, NameUse>();
  /** Index in #all of the best field of each role. */
  readonly #best = new Map<Role, number>();

  read(object: JsonObject, event: JsonEvent): void {
    const all = this.#all;
    all.clear();
    flatten(isObject(object._source) ? object._source : object, '', all);
    this.#pick();
    this.#head(event);
    const isWindows = event.channel !== '' || event.eventId !== undefined;
    if (isWindows) this.#windowsHead(event);
    for (let i = 0; i < all.count; i++) {
      const { use, windows } = this.#use(all.names[i] as string);
      const isTaken =
        use !== undefined &&
        !use.isData &&
        this.#best.get(use.role) === i &&
        (isWindows || !WINDOWS_ROLES.has(use.role));
      if (!isTaken) event.fields.add(isWindows ? windows : (all.names[i] as string), all.values[i] as string);
    }
  }

  #use(name: string): NameUse {
    let use = this.#uses.get(name);
    if (!use) {
      if (this.#uses.size >= NAMES_KEPT) this.#uses = new Map();
      use = { use: FLAT_ROLES.get(name), windows: windowsName(name) };
      this.#uses.set(name, use);
    }
    return use;
  }

  /** Finds the best field of each role whose value can play it. */
  #pick(): void {
    const best = this.#best;
    best.clear();
    for (let i = 0; i < this.#all.count; i++) {
      const { use } = this.#use(this.#all.names[i] as string);
      if (!use || !canBe(use.role, this.#all.values[i] as string)) continue;
      const known = best.get(use.role);
      if (known !== undefined) {
        const other = this.#use(this.#all.names[known] as string).use as FlatRole;
        if (other.rank <= use.rank) continue;
      }
      best.set(use.role, i);
    }
  }

  #value(role: Role): string | undefined {
    const index = this.#best.get(role);
    return index === undefined ? undefined : this.#all.values[index];
  }

  #head(event: JsonEvent): void {
    event.channel = this.#value('channel') ?? '';
    event.provider = this.#value('provider') ?? '';
    event.providerGuid = this.#value('providerGuid') ?? '';
    event.eventId = smallInteger(this.#value('eventId'));
    event.computer = this.#value('computer');
    event.processId = this.#value('processId');
    event.threadId = this.#value('threadId');
    event.time = this.#time();
    if (!event.time) event.badTime = this.#unreadTime();
  }

  #windowsHead(event: JsonEvent): void {
    event.version = smallInteger(this.#value('version'));
    event.level = smallInteger(this.#value('level'));
    event.task = smallInteger(this.#value('task'));
    event.opcode = smallInteger(this.#value('opcode'));
    event.keywords = this.#value('keywords') ?? '';
    event.qualifiers = smallInteger(this.#value('qualifiers'));
    event.record = safeInteger(this.#value('record'));
  }

  #time(): Instant | undefined {
    const text = this.#value('time');
    return text === undefined ? undefined : readTime(text);
  }

  #unreadTime(): string | undefined {
    for (let i = 0; i < this.#all.count; i++) {
      if (this.#use(this.#all.names[i] as string).use?.role === 'time') return this.#all.values[i];
    }
    return undefined;
  }
}

/** Whether a value can play a role: an event id that is no number stays data, and so does a time in words. */
function canBe(role: Role, value: string): boolean {
  switch (role) {
    case 'eventId':
    case 'version':
    case 'level':
    case 'task':
    case 'opcode':
    case 'qualifiers':
      return smallInteger(value) !== undefined;
    case 'record':
      return safeInteger(value) !== undefined;
    case 'time':
      return readTime(value) !== undefined;
    case 'keywords':
      return value.startsWith('0x') || /^-?\d+$/.test(value);
    default:
      return value !== '';
  }
}
