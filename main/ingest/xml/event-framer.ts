/** Finds the events in XML by their tags alone, so that a broken one does not take the others with it. */
export interface FrameHandler {
  /** An event's text: units [start, end). */
  event(start: number, end: number): void;
  /** An event that is cut off, or too large; what comes behind `end` goes on. */
  broken(start: number, end: number, why: 'cut' | 'too-large' | 'end'): void;
  /** What stands between events, in order and without overlap. */
  between(start: number, end: number): void;
}

/** What an event's element is called. */
export interface FrameTag {
  /** Its start. */
  readonly open: RegExp;
  /** Its start or its end. */
  readonly both: RegExp;
  /** The start of an event, not of an element of the same name among its data. */
  readonly begins: RegExp | undefined;
  readonly empty: RegExp;
}

/** Windows' own, with or without a prefix for its namespace. */
export const EVENT_TAG: FrameTag = {
  open: /<(?:[\w-]+:)?Event(?=[\s>/])/g,
  both: /<(?:[\w-]+:)?Event(?=[\s>/])|<\/(?:[\w-]+:)?Event\s*>/g,
  begins: /^<(?:[\w-]+:)?Event[^<>]*>\s*<(?:[\w-]+:)?System[\s>/]/,
  empty: /^<(?:[\w-]+:)?Event[^<>]*\/>/,
};

/** PowerShell's objects, which hold others of the same name. */
export const OBJECT_TAG: FrameTag = {
  open: /<Obj(?=[\s>/])/g,
  both: /<Obj(?=[\s>/])|<\/Obj\s*>/g,
  begins: undefined,
  empty: /^<Obj[^<>]*\/>/,
};

/** Units that a look at what follows a tag may need. */
const LOOK_AHEAD = 4096;
/** A stretch without events is told when it has so many units, so that it need not be kept. */
const BETWEEN_UNITS = 65_536;
/** Units that a tag cut by a piece's end may have. */
const TAG_UNITS = 64;

/**
 * A machine over text that comes in growing windows. Works on one character a unit, whatever the encoding, since all
 * that it looks for is ASCII.
 *
 * Worked example: `<Event><System>…<Event><System>…</Event>` is one broken event (`cut`) and one event, since an
 * event does not begin within another; `<Event><System>…<UserData><Event>…</Event></UserData></Event>` is one event.
 */
export class EventFramer {
  /** Where the event in hand begins; undefined between events. */
  #start: number | undefined;
  /** Where looking goes on. */
  #at = 0;
  #betweenFrom = 0;
  #depth = 0;

  /** @param limit units that an event may have. */
  constructor(
    private readonly handler: FrameHandler,
    private readonly limit: number,
    private readonly tag: FrameTag,
  ) {}

  /** Units before this one are not needed any more. */
  get keepFrom(): number {
    return this.#start ?? this.#betweenFrom;
  }

  /** Units before this one have been looked at. */
  get lookFrom(): number {
    return this.#at;
  }

  /**
   * Looks through the text that is there.
   * @param text units [base, …), with base at most `lookFrom`.
   */
  advance(text: string, base: number, isLast: boolean): void {
    for (;;) {
      const isFound =
        this.#start === undefined ? this.#findStart(text, base, isLast) : this.#findEnd(text, base, isLast);
      if (!isFound) break;
    }
    if (!isLast) return;
    const end = base + text.length;
    if (this.#start !== undefined) this.handler.broken(this.#start, end, 'end');
    else if (end > this.#betweenFrom) this.handler.between(this.#betweenFrom, end);
  }

  #findStart(text: string, base: number, isLast: boolean): boolean {
    const { open } = this.tag;
    open.lastIndex = this.#at - base;
    const match = open.exec(text);
    const until = match ? base + match.index : isLast ? undefined : base + text.length - TAG_UNITS;
    if (until !== undefined && until > this.#betweenFrom + (match ? 0 : BETWEEN_UNITS)) {
      this.handler.between(this.#betweenFrom, until);
      this.#betweenFrom = until;
    }
    if (!match) {
      this.#at = Math.max(this.#at, base + text.length - TAG_UNITS);
      return false;
    }
    this.#start = base + match.index;
    this.#at = this.#start;
    this.#depth = 0;
    return true;
  }

  #findEnd(text: string, base: number, isLast: boolean): boolean {
    const start = this.#start as number;
    const { both, begins, empty: isEmpty } = this.tag;
    both.lastIndex = this.#at - base;
    const match = both.exec(text);
    const at = match ? base + match.index : base + text.length;
    if (at - start > this.limit) {
      this.#close(at, 'too-large');
      return true;
    }
    if (!match) {
      this.#at = Math.max(this.#at, base + text.length - TAG_UNITS);
      return false;
    }
    if (match[0].startsWith('</')) {
      this.#at = at + match[0].length;
      if (--this.#depth === 0) this.#close(this.#at, undefined);
      return true;
    }
    if (text.length - match.index < LOOK_AHEAD && !isLast) {
      this.#at = at;
      return false;
    }
    const ahead = text.slice(match.index, match.index + LOOK_AHEAD);
    if (this.#depth > 0 && begins?.test(ahead) === true) {
      this.#close(at, 'cut');
      return true;
    }
    const empty = isEmpty.exec(ahead);
    this.#at = at + (empty ? empty[0].length : match[0].length);
    if (!empty) this.#depth++;
    else if (this.#depth === 0) this.#close(this.#at, undefined);
    return true;
  }

  #close(end: number, why: 'cut' | 'too-large' | undefined): void {
    const start = this.#start as number;
    this.#start = undefined;
    this.#at = end;
    this.#betweenFrom = end;
    if (why === undefined) this.handler.event(start, end);
    else this.handler.broken(start, end, why);
  }
}
