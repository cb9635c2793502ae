import type { Units } from '../input/text-window.ts';

/**
 * Finds the top-level JSON values of a file that comes in pieces, by bytes, without a value ever being parsed:
 * JSON lines, values one after another (pretty-printed or not), and the elements of top-level arrays.
 *
 * A byte-level machine of strings, escapes and brackets. It knows just enough grammar (what may stand before an
 * opening bracket or quote) to notice a record that was cut off before the next one begins:
 *
 *   {"a":1            the `{` of the second line cannot follow a `1`, so line 1 is reported
 *   {"b":2}           and the scan starts afresh with this value
 *
 *   {"a":             here the `{` may follow; but the file ends or line 3 shows that it was no part of the first
 *   {"b":2}           value: then the scan goes back to where a line last began with `{`
 *   {"c":3}
 *
 * Exports that put all events in one object (`{"Records":[…]}`) are told by `opensList`: the list's elements are
 * then values, and the object around them is none.
 *
 * Whether a value is valid JSON otherwise, the parser says later, of that value alone. Works on UTF-8 bytes and
 * on UTF-16 units alike, since all that it looks at is ASCII. Offsets are units from the start of the text.
 */

/** Where something begins: offset in units, one-based line, and one-based column in units. */
export interface Place {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export type SplitFault =
  /** Not JSON: a stray text (until the line's end, or the next comma or bracket in an array). */
  | { readonly kind: 'stray'; readonly start: Place; readonly end: number }
  /** A value that breaks the grammar at `at`; skipped up to `end`. */
  | {
      readonly kind: 'syntax';
      readonly start: Place;
      readonly at: Place;
      readonly end: number;
      readonly reason: string;
    }
  /** A value longer than the limit, skipped. */
  | { readonly kind: 'too-large'; readonly start: Place; readonly end: number }
  /** A further list of lists in what is behind an export's list of events. */
  | { readonly kind: 'unread-rows'; readonly start: Place; readonly end: number }
  /** The file ends within a value, or within the top-level array. */
  | { readonly kind: 'truncated'; readonly start: Place; readonly end: number; readonly within: 'value' | 'array' };

export interface SplitHandler {
  /**
   * A value: units [start.offset, end). Called while the piece that ends it is pushed.
   * @param exactNumbers whether it holds numbers whose text a double would not give back.
   * @param inArray whether it is an element of a top-level array. @param keys of all objects in it.
   */
  value(start: Place, end: number, exactNumbers: boolean, inArray: boolean, keys: number): void;
  fault(fault: SplitFault): void;
  /**
   * Whether a list of objects or of lists, one or two levels within an outermost object or in a list of objects there,
   * holds the file's events.
   * @param start of the outermost object. @param key units [start, end) of the list's key, without its quotes.
   * @param list offset of the list's bracket.
   */
  opensList(start: Place, key: readonly [start: number, end: number], list: number): boolean;
}

/** Levels of nesting within a value; real logs have fewer than 20. */
export const DEPTH_LIMIT = 256;
/** Characters of a stray text that are kept for the message. */
const STRAY_KEPT = 1024;

const BETWEEN = 0;
const VALUE = 1;
const STRING = 2;
const ESCAPE = 3;
const STRAY = 4;
/** After broken grammar: skips to the line's end, */
const RESYNC = 5;
/** then looks at each line's first character for the start of a value. */
const RESYNC_LINE = 6;
/** Behind an export's list of events, up to the end of the object around it; and within a string there. */
const TAIL = 7;
const TAIL_STRING = 8;
const TAIL_ESCAPE = 9;

const NEWLINE = 10;
const BLANK = 32;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const LOWER_E = 101;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** A byte order mark, which stands between values where files were put together: in UTF-16, and in UTF-8. */
const WIDE_MARK = 0xfeff;
const MARK: readonly number[] = [0xef, 0xbb, 0xbf];

const NOWHERE: Place = { offset: 0, line: 1, column: 1 };

export class JsonSplitter {
  #mode = BETWEEN;
  #position = 0;
  #line = 1;
  #lineStart = 0;
  #inArray = false;
  #arrayStart = NOWHERE;
  #start = NOWHERE;
  /** Opening brackets of the value in hand. */
  readonly #stack = new Uint8Array(DEPTH_LIMIT);
  #depth = 0;
  /** The last unit outside strings that is not blank; a quote stands for a whole string. */
  #last = 0;
  /** Whether the line has had nothing but blanks so far. */
  #fresh = true;
  #digits = 0;
  /** Bytes of a byte order mark that were seen between values. */
  #mark = 0;
  #exactNumbers = false;
  #keys = 0;
  #brokenAt = NOWHERE;
  #brokenReason = '';
  /** The last place where a line began with `{` within the value in hand. */
  #candidate: Place | undefined;
  /** The last string outside arrays: perhaps a key. */
  #stringStart = 0;
  #stringEnd = 0;
  #arrayAt = 0;
  /** Objects around the array in hand, or around what is behind it. */
  #around = 0;

  /**
   * @param limit units that a value may have.
   * @param hasPrefixes whether each line has a text before its object, which is then no fault.
   */
  constructor(
    private readonly handler: SplitHandler,
    private readonly limit: number,
    private readonly hasPrefixes = false,
  ) {}

  /** Units before this offset are not needed any more. */
  get keepFrom(): number {
    const length = this.#position - this.#start.offset;
    switch (this.#mode) {
      case VALUE:
      case STRING:
      case ESCAPE:
        return length > this.limit ? this.#position : this.#start.offset;
      case STRAY:
        return length > STRAY_KEPT ? this.#position : this.#start.offset;
      default:
        return this.#position - this.#mark;
    }
  }

  /** The offset of the unit to push next: it may be one that was there before, see `push` and `end`. */
  get position(): number {
    return this.#position;
  }

  /** Takes the next piece of the text, from `position` on. Goes back where `position` is then before the piece's end. */
  push(units: Units): void {
    const base = this.#position;
    let i = 0;
    while (i < units.length) {
      switch (this.#mode) {
        case STRING:
          i = this.#string(units, i, base);
          break;
        case VALUE:
          i = this.#value(units, i, base);
          break;
        case ESCAPE:
          // A control character is not part of an escape: it ends the line that the string was cut off in.
          this.#mode = STRING;
          if ((units[i] as number) >= BLANK) i++;
          break;
        case STRAY:
          i = this.#stray(units, i, base);
          break;
        case RESYNC:
          while (i < units.length && units[i] !== NEWLINE) i++;
          if (i < units.length) {
            this.#newline(base + i++);
            this.#mode = RESYNC_LINE;
          }
          break;
        case RESYNC_LINE:
          i = this.#resyncLine(units, i, base);
          break;
        case TAIL:
        case TAIL_STRING:
        case TAIL_ESCAPE:
          i = this.#tail(units, i, base);
          break;
        default:
          i = this.#between(units, i, base);
      }
      if (i < 0) return;
    }
    this.#position = base + units.length;
  }

  /** Says that the text is at its end. False where it goes back: then the text from `position` on is to come again. */
  end(): boolean {
    const end = this.#position;
    switch (this.#mode) {
      case VALUE:
      case STRING:
      case ESCAPE:
        if (this.#canGoBack(end)) {
          this.#goBack();
          return false;
        }
        if (end - this.#start.offset > this.limit) this.handler.fault({ kind: 'too-large', start: this.#start, end });
        this.handler.fault({ kind: 'truncated', start: this.#start, end, within: 'value' });
        break;
      case STRAY:
        this.handler.fault({ kind: 'stray', start: this.#start, end });
        break;
      case RESYNC:
      case RESYNC_LINE:
        this.#reportBroken(end);
        break;
    }
    this.#mode = BETWEEN;
    if (this.#inArray || this.#around > 0) {
      this.handler.fault({ kind: 'truncated', start: this.#arrayStart, end, within: 'array' });
    }
    return true;
  }

  /** Whether the value in hand was cut off before a line that begins a new one. */
  #canGoBack(end: number): boolean {
    return this.#candidate !== undefined && end - this.#start.offset <= this.limit;
  }

  #goBack(): -1 {
    const to = this.#candidate as Place;
    this.#brokenAt = to;
    this.#brokenReason = 'a new value, where the one before is not closed';
    this.#reportBroken(to.offset);
    this.#candidate = undefined;
    this.#mode = BETWEEN;
    this.#position = to.offset;
    this.#line = to.line;
    this.#lineStart = to.offset - to.column + 1;
    this.#fresh = true;
    return -1;
  }

  #place(offset: number): Place {
    return { offset, line: this.#line, column: offset - this.#lineStart + 1 };
  }

  #newline(offset: number): void {
    this.#line++;
    this.#lineStart = offset + 1;
    this.#fresh = true;
  }

  #between(units: Units, i: number, base: number): number {
    const unit = units[i] as number;
    if (unit === MARK[this.#mark]) {
      this.#mark = (this.#mark + 1) % MARK.length;
      return i + 1;
    }
    if (this.#mark > 0) {
      // No mark after all, but text in which a character begins with the same bytes.
      this.#start = this.#place(base + i - this.#mark);
      this.#mark = 0;
      this.#mode = STRAY;
      return i;
    }
    if (unit === NEWLINE) this.#newline(base + i);
    if (unit === WIDE_MARK || unit === NEWLINE || unit === BLANK || unit === 9 || unit === 13 || unit === COMMA)
      return i + 1;
    if (unit === OPEN_ARRAY && !this.#inArray && !this.hasPrefixes) {
      this.#inArray = true;
      this.#arrayStart = this.#place(base + i);
      return i + 1;
    }
    if (unit === CLOSE_ARRAY && this.#inArray) {
      this.#inArray = false;
      if (this.#around > 0) this.#mode = TAIL;
      return i + 1;
    }
    this.#begin(base + i);
    if (unit === OPEN_OBJECT || (unit === OPEN_ARRAY && !this.hasPrefixes)) {
      this.#mode = VALUE;
      return i;
    }
    const isString = unit === QUOTE && !this.hasPrefixes;
    this.#mode = isString ? STRING : STRAY;
    return isString ? i + 1 : i;
  }

  #begin(offset: number): void {
    this.#candidate = undefined;
    this.#stringEnd = 0;
    this.#start = this.#place(offset);
    this.#depth = 0;
    this.#exactNumbers = false;
    this.#digits = 0;
    this.#keys = 0;
    this.#last = COLON;
  }

  #string(units: Units, i: number, base: number): number {
    for (; i < units.length; i++) {
      const unit = units[i] as number;
      if (unit === QUOTE) {
        this.#last = QUOTE;
        this.#mode = VALUE;
        this.#stringEnd = base + i;
        if (this.#depth === 0) this.#finish(base + i + 1);
        return i + 1;
      }
      if (unit === BACKSLASH) {
        this.#mode = ESCAPE;
        return i + 1;
      }
      if (unit < BLANK) return this.#broken(units, i, base, 'a line break or control character within a string');
    }
    return i;
  }

  #value(units: Units, from: number, base: number): number {
    let last = this.#last;
    for (let i = from; i < units.length; i++) {
      const unit = units[i] as number;
      if (unit === BLANK || unit === 9 || unit === 13) continue;
      if (unit === NEWLINE) {
        if (this.hasPrefixes) return this.#broken(units, i, base, 'the end of the line');
        this.#newline(base + i);
        continue;
      }
      switch (unit) {
        case QUOTE:
          if (!this.#mayOpen(last, true)) return this.#broken(units, i, base, 'a string that is not expected here');
          this.#mode = STRING;
          this.#fresh = false;
          this.#stringStart = base + i + 1;
          return i + 1;
        case OPEN_OBJECT:
        case OPEN_ARRAY:
          if (!this.#mayOpen(last, false)) return this.#broken(units, i, base, 'a bracket that is not expected here');
          if (last === OPEN_ARRAY && this.#enterList()) {
            this.#mode = BETWEEN;
            return i;
          }
          if (unit === OPEN_ARRAY) this.#arrayAt = base + i;
          else if (this.#fresh && this.#depth > 0 && base + i - this.#lineStart < this.#start.column) {
            this.#candidate = this.#place(base + i);
          }
          if (this.#depth === DEPTH_LIMIT) return this.#broken(units, i, base, `more than ${DEPTH_LIMIT} levels`);
          this.#stack[this.#depth++] = unit;
          break;
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          // The codes of both brackets' halves are two apart.
          if (this.#stack[this.#depth - 1] !== unit - 2) return this.#broken(units, i, base, 'a wrong closing bracket');
          if (--this.#depth === 0) {
            this.#finish(base + i + 1);
            return i + 1;
          }
          break;
        case COLON:
          this.#keys++;
          break;
        default:
          this.#noteNumber(unit, last);
      }
      last = unit;
      this.#last = unit;
      this.#fresh = false;
    }
    return units.length;
  }

  /** Whether the array that was just opened is an export's list of events; then its elements are values. */
  #enterList(): boolean {
    const depth = this.#depth - 1;
    const isInObjects =
      depth === 1 ||
      (depth === 2 && this.#stack[1] === OPEN_OBJECT) ||
      (depth === 3 && this.#stack[1] === OPEN_ARRAY && this.#stack[2] === OPEN_OBJECT);
    if (!isInObjects || this.#stack[0] !== OPEN_OBJECT || this.#inArray) return false;
    if (!this.handler.opensList(this.#start, [this.#stringStart, this.#stringEnd], this.#arrayAt)) return false;
    this.#inArray = true;
    this.#arrayStart = this.#start;
    this.#around = depth;
    return true;
  }

  /** Passes over what is behind a list of events, in the objects around it. */
  #tail(units: Units, from: number, base: number): number {
    for (let i = from; i < units.length; i++) {
      const unit = units[i] as number;
      if (unit === NEWLINE) this.#newline(base + i);
      if (this.#mode === TAIL_ESCAPE) this.#mode = TAIL_STRING;
      else if (this.#mode === TAIL_STRING) {
        if (unit === BACKSLASH) this.#mode = TAIL_ESCAPE;
        else if (unit === QUOTE) this.#mode = TAIL;
      } else if (unit === QUOTE) this.#mode = TAIL_STRING;
      else if (unit === OPEN_OBJECT || unit === OPEN_ARRAY) {
        this.#around++;
        if (unit === OPEN_ARRAY && this.#last === OPEN_ARRAY) {
          this.handler.fault({ kind: 'unread-rows', start: this.#place(base + i), end: base + i });
        }
      } else if ((unit === CLOSE_OBJECT || unit === CLOSE_ARRAY) && --this.#around === 0) {
        this.#mode = BETWEEN;
        return i + 1;
      }
      if (unit > BLANK) this.#last = unit;
    }
    return units.length;
  }

  /** Whether a string or a bracket may follow `last` in the bracket in hand. */
  #mayOpen(last: number, isString: boolean): boolean {
    if (this.#depth === 0 || last === COLON) return true;
    if (this.#stack[this.#depth - 1] === OPEN_ARRAY) return last === OPEN_ARRAY || last === COMMA;
    return isString && (last === OPEN_OBJECT || last === COMMA);
  }

  /** A double gives back the digits of whole numbers of up to 15 digits; anything else must be kept as text. */
  #noteNumber(unit: number, last: number): void {
    const afterDigit = last >= ZERO && last <= NINE;
    if (unit >= ZERO && unit <= NINE) {
      this.#digits = afterDigit ? this.#digits + 1 : 1;
      if (this.#digits > 15 || (unit === ZERO && last === MINUS)) this.#exactNumbers = true;
    } else if (unit === DOT || ((unit | 32) === LOWER_E && afterDigit)) this.#exactNumbers = true;
  }

  #stray(units: Units, i: number, base: number): number {
    for (; i < units.length; i++) {
      const unit = units[i] as number;
      if (this.hasPrefixes && unit === OPEN_OBJECT) {
        this.#begin(base + i);
        this.#mode = VALUE;
        return i;
      }
      if (unit === NEWLINE || (this.#inArray && (unit === COMMA || unit === CLOSE_ARRAY))) {
        this.#mode = BETWEEN;
        this.handler.fault({ kind: 'stray', start: this.#start, end: base + i });
        return i;
      }
    }
    return i;
  }

  #finish(end: number): void {
    this.#mode = BETWEEN;
    if (end - this.#start.offset > this.limit) this.handler.fault({ kind: 'too-large', start: this.#start, end });
    else this.handler.value(this.#start, end, this.#exactNumbers, this.#inArray, this.#keys);
  }

  /** Notes broken grammar at unit i. A bracket that begins a line begins a new value; else the line is given up. */
  #broken(units: Units, i: number, base: number, reason: string): number {
    this.#brokenAt = this.#place(base + i);
    if (this.#canGoBack(base + i)) return this.#goBack();
    this.#brokenReason = reason;
    this.#mode = units[i] === OPEN_OBJECT && this.#fresh ? RESYNC_LINE : RESYNC;
    return i;
  }

  #resyncLine(units: Units, i: number, base: number): number {
    const unit = units[i] as number;
    if (unit === BLANK || unit === 9 || unit === 13) return i + 1;
    if (unit === NEWLINE) {
      this.#newline(base + i);
      return i + 1;
    }
    if (this.hasPrefixes) {
      this.#reportBroken(base + i);
      this.#mode = BETWEEN;
      return i;
    }
    // Deeper than the broken value's own start it would be a part of it, as in pretty-printed text.
    const shallow = base + i - this.#lineStart < this.#start.column;
    if (shallow && (unit === OPEN_OBJECT || (unit === CLOSE_ARRAY && this.#inArray))) {
      this.#reportBroken(base + i);
      this.#mode = BETWEEN;
    } else this.#mode = RESYNC;
    return i;
  }

  #reportBroken(end: number): void {
    const fault = { start: this.#start, at: this.#brokenAt, end, reason: this.#brokenReason };
    this.handler.fault({ kind: 'syntax', ...fault });
  }
}
