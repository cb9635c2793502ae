import { isZoneless, readTime } from './event-time.ts';
import { roleOf, WINDOWS_ROLES, windowsName, type FlatRole, type Role } from './flat-roles.ts';
import type { FieldList } from './field-list.ts';
import type { Instant } from '../../../shared/model/time.ts';
import { safeInteger, smallInteger, type LogEvent } from './log-event.ts';

/** A field's name, what it is for and what the event calls it: worked out once a name, not once an event. */
interface NameUse {
  readonly use: FlatRole | undefined;
  /** Its name where the event is a Windows event. */
  readonly windows: string;
}

/** Names remembered; past that (a log with generated keys) they start anew. */
const NAMES_KEPT = 20_000;

/**
 * Reads events that are a list of fields: JSON objects made flat, or rows of a table. Winlogbeat and other ECS
 * exports, NXLog, PowerShell, Sentinel, or anything at all. Fields that say what the event is go to its head; the rest are data.
 */
export class FlatReader {
  readonly #times = new LastTime();
  #uses = new Map<string, NameUse>();
  /** Index in #all of the best field of each role. */
  readonly #best = new Map<Role, number>();

  /** @param event already cleared. */
  read(all: FieldList, event: LogEvent): void {
    this.#pick(all);
    this.#head(all, event);
    const isWindows = event.channel !== '' || event.eventId !== undefined;
    if (isWindows) this.#windowsHead(all, event);
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
      use = { use: roleOf(name), windows: windowsName(name) };
      this.#uses.set(name, use);
    }
    return use;
  }

  /** Finds the best field of each role whose value can play it. */
  #pick(all: FieldList): void {
    const best = this.#best;
    best.clear();
    for (let i = 0; i < all.count; i++) {
      const { use } = this.#use(all.names[i] as string);
      if (!use || !canBe(use.role, all.values[i] as string, this.#times)) continue;
      const known = best.get(use.role);
      if (known !== undefined) {
        const other = this.#use(all.names[known] as string).use as FlatRole;
        if (other.rank <= use.rank) continue;
      }
      best.set(use.role, i);
    }
  }

  #value(all: FieldList, role: Role): string | undefined {
    const index = this.#best.get(role);
    return index === undefined ? undefined : all.values[index];
  }

  #head(all: FieldList, event: LogEvent): void {
    event.channel = this.#value(all, 'channel') ?? '';
    event.provider = this.#value(all, 'provider') ?? '';
    event.providerGuid = this.#value(all, 'providerGuid') ?? '';
    event.eventId = smallInteger(this.#value(all, 'eventId'));
    event.computer = this.#value(all, 'computer');
    event.processId = this.#value(all, 'processId');
    event.threadId = this.#value(all, 'threadId');
    const time = this.#best.get('time');
    if (time === undefined) event.badTime = this.#unreadTime(all);
    else {
      const text = all.values[time] as string;
      event.time = this.#times.of(text);
      event.isZoneless = isZoneless(text) && !/utc/i.test(all.names[time] as string);
    }
  }

  #windowsHead(all: FieldList, event: LogEvent): void {
    event.version = smallInteger(this.#value(all, 'version'));
    event.level = smallInteger(this.#value(all, 'level'));
    event.task = smallInteger(this.#value(all, 'task'));
    event.opcode = smallInteger(this.#value(all, 'opcode'));
    event.keywords = this.#value(all, 'keywords') ?? '';
    event.qualifiers = smallInteger(this.#value(all, 'qualifiers'));
    event.record = safeInteger(this.#value(all, 'record'));
  }

  #unreadTime(all: FieldList): string | undefined {
    for (let i = 0; i < all.count; i++) {
      const isTime = this.#use(all.names[i] as string).use?.role === 'time';
      if (isTime && all.values[i] !== '') return all.values[i];
    }
    return undefined;
  }
}

/** The time read last: whether a field can be the time, and what it is, are asked one after the other. */
class LastTime {
  #text = '';
  #instant: Instant | undefined;

  of(text: string): Instant | undefined {
    if (text !== this.#text) {
      this.#instant = readTime(text);
      this.#text = text;
    }
    return this.#instant;
  }
}

/** Whether a value can play a role: an event id that is no number stays data, and so does a time in words. */
function canBe(role: Role, value: string, times: LastTime): boolean {
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
      return times.of(value) !== undefined;
    case 'keywords':
      return value.startsWith('0x') || /^-?\d+$/.test(value);
    default:
      return value !== '';
  }
}
